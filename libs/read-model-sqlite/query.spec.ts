import { expect, it } from '@jest/globals'
import type { Query } from '#libs/kernel/projection'
import { statementsOf } from '#libs/read-model-sqlite/query'
import { createIndex, createTable, readStore, tableOf } from '#libs/read-model-sqlite/schema'
import { openDatabase } from '#libs/sqlite/open'

const build = { name: 'cases', version: 1, build: 1 }
const north = { column: 'unit', is: '=', value: 'north' } as const

it.each<[string, Query]>([
  ['a first page', { where: [north], order: ['due'] }],
  ['a first page, descending', { where: [north], order: ['due'], descending: true }],
  ['a page after a row', { where: [north], order: ['due'], after: ['2020', 'k'] }],
  ['a page after a row, descending', { where: [north], order: ['due'], after: ['2020', 'k'], descending: true }],
  ['a page after a null', { where: [north], order: ['due'], after: [null, 'k'] }],
  ['a prefix', { where: [{ column: 'unit', is: 'like', value: 'no%' }], order: ['unit', 'due'] }],
])('%s reads stretches of the index and sorts nothing', (_, query) => {
  const db = openDatabase(':memory:', readStore)
  db.exec(createTable(build, { unit: 'text', due: 'text' }))
  db.exec(createIndex(build, ['unit', 'due'], 1))
  for (const { sql, values } of statementsOf(query)) {
    const plan = db.prepare<unknown[], [number, number, number, string]>(`explain query plan select * from ${tableOf(build)} where ${sql}`).raw().all(...values)
    expect(plan.map(([, , , detail]) => detail)).toEqual([expect.stringMatching(/^SEARCH .* USING INDEX .* \(unit[=>]/)])
  }
  db.close()
})
