import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Query } from '#libs/kernel/projection'
import { openConnections } from '#libs/postgres/connection'
import type { Connections } from '#libs/postgres/connection'
import { beside, select } from '#libs/read-model-postgres/query'
import { createIndex, createTable, openStore, tableOf } from '#libs/read-model-postgres/schema'
import { startPostgres } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'

const build = { name: 'cases', version: 1, build: 1 }
const columns = { unit: 'text', due: 'text' } as const
const north = { column: 'unit', is: '=', value: 'unit 7' } as const

let server: TestServer
let connections: Connections
beforeAll(async () => {
  server = await startPostgres()
  connections = openConnections({ url: await server.schema() })
  const { run } = connections
  await openStore(connections)
  await run(createTable(build, columns))
  await run(createIndex(build, ['unit', 'due'], 1))
  await run(`insert into ${tableOf(build)} select n, '{}', 'unit ' || n % 10, case when n % 7 = 0 then null else to_char(n % 300, '000') end from generate_series(1, 40000) n`)
  await run(`analyze ${tableOf(build)}`)
})
afterAll(async () => {
  await connections.close()
  await server.stop()
})

/** The text of a question, with the plans for its values and for all, of which the server chooses. */
const asked = async (query: Query) => {
  const values: unknown[] = []
  const statement = beside(`name = 'cases' and version = 1 and build = 1 and promoted`, select(query, tableOf(build), columns, (value) => `$${values.push(value)}`))
  const plan = async (how: string, given: readonly unknown[] = []): Promise<string> => (await connections.run(`explain (${how}) ${statement}`, given)).map((line) => String(line['QUERY PLAN'])).join('\n')
  return { statement, plans: [await plan('costs off', values), await plan('costs off, generic_plan')] }
}

it.each<[string, Query]>([
  ['a first page', { where: [north], order: ['due'] }],
  ['a first page, descending', { where: [north], order: ['due'], descending: true }],
  ['a page after a row', { where: [north], order: ['due'], after: ['150', '2'] }],
  ['a page after a row, descending', { where: [north], order: ['due'], after: ['150', '2'], descending: true }],
  ['a page after a null', { where: [north], order: ['due'], after: [null, '2'] }],
  ['a prefix', { where: [{ column: 'unit', is: 'like', value: 'unit 7%' }], order: ['unit', 'due'] }],
])('%s reads stretches of the index and sorts nothing', async (name, query) => {
  const { plans } = await asked({ ...query, limit: 51 })
  // Only a known prefix is a stretch.
  for (const plan of name === 'a prefix' ? plans.slice(0, 1) : plans) {
    expect(plan).toMatch(/Index Scan.* using "cases v1 b1 i1"[\s\S]*Index Cond: \(\(?unit [=>]/)
    expect(plan).toMatch(/^Nested Loop Left Join/)
    expect(plan).not.toMatch(/Sort|Seq Scan on "cases|Bitmap/)
  }
})

it.each<[string, Query]>([
  ['a first page', {}],
  ['a first page, descending', { descending: true }],
  ['a page after a row', { after: ['150', '2'] }],
  ['a page after a row, descending', { after: ['150', '2'], descending: true }],
])('%s of many lists reads a few entries of the index for each, and the table for its rows alone', async (_, query) => {
  const ofUnits = (count: number): Query => ({ anyOf: Array.from({ length: count }, (_, i) => [{ column: 'unit', is: '=', value: `unit ${i}` }]), order: ['due'], limit: 51, ...query })
  const { statement, plans } = await asked(ofUnits(100))
  expect((await asked(ofUnits(40))).statement).toBe(statement)
  for (const plan of plans) {
    const scans = [...plan.matchAll(/(\w+)\n +-> +([\w ]+? Scan)(?: Backward)?(?: using "cases v1 b1[ _](\w+)")? on "cases/g)].map(([, above, how, index]) => `${above} of ${how} ${index}`)
    expect(new Set(scans)).toEqual(new Set(['Limit of Index Only Scan i1', 'Limit of Index Scan pkey']))
    expect(plan).toMatch(/^Nested Loop Left Join/)
  }
})
