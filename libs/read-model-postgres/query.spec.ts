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

it.each<[string, Query]>([
  ['a first page', { where: [north], order: ['due'] }],
  ['a first page, descending', { where: [north], order: ['due'], descending: true }],
  ['a page after a row', { where: [north], order: ['due'], after: ['150', '2'] }],
  ['a page after a row, descending', { where: [north], order: ['due'], after: ['150', '2'], descending: true }],
  ['a page after a null', { where: [north], order: ['due'], after: [null, '2'] }],
  ['a prefix', { where: [{ column: 'unit', is: 'like', value: 'unit 7%' }], order: ['unit', 'due'] }],
])('%s reads stretches of the index and sorts nothing', async (name, query) => {
  const values: unknown[] = []
  const statement = beside(`name = 'cases' and version = 1 and build = 1 and promoted`, select({ ...query, limit: 51 }, tableOf(build), columns, (value) => `$${values.push(value)}`))
  const nodes = async (how: string, given: readonly unknown[] = []): Promise<string> => (await connections.run(`explain (${how}) ${statement}`, given)).map((line) => String(line['QUERY PLAN'])).join('\n')
  // Planned for the values, and planned once for all: which of them runs is for the server to choose. Only a known prefix is a stretch.
  const plans = name === 'a prefix' ? [await nodes('costs off', values)] : [await nodes('costs off', values), await nodes('costs off, generic_plan')]
  for (const plan of plans) {
    expect(plan).toMatch(/Index Scan.* using "cases v1 b1 i1"[\s\S]*Index Cond: \(\(?unit [=>]/)
    expect(plan).toMatch(/^Nested Loop Left Join/)
    expect(plan).not.toMatch(/Sort|Seq Scan on "cases|Bitmap/)
  }
})
