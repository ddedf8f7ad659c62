import fc from 'fast-check'
import { orderOf } from '#libs/kernel/question'
import type { ColumnValue, Condition, Query } from '#libs/kernel/projection'

/** A row as this suite knows it: its columns by name, the key among them. */
export type PlainRow = Readonly<Record<string, ColumnValue>>

const units = Array.from({ length: 12 }, (_, i) => `unit ${i}`)
const dues = [null, '', 'a', 'aa', 'z', 'ö', '｡', '😀', '😁']
const scores = [null, -1, 0, 1, 2, 3]
/** Most of the rows in the first unit, ties and nulls in every column, no two with the same key. */
export const plainRows: readonly PlainRow[] = Array.from({ length: 300 }, (_, i) => ({
  key: `k${(i * 7919) % 1000}`,
  unit: units[Math.max(0, (i % 24) - 12)] ?? null,
  due: dues[(i * 5) % dues.length] ?? null,
  score: scores[(i * 11) % scores.length] ?? null,
}))

const compared = fc.constantFrom('=', '<', '<=', '>', '>=')
const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ column: fc.constant('due'), is: compared, value: fc.constantFrom('', 'a', 'aa', 'm', 'ö', '｡', '😀', 'a\0') }),
  fc.record({ column: fc.constant('score'), is: compared, value: fc.integer({ min: -2, max: 4 }) }),
  fc.record({ column: fc.constantFrom('due', 'score'), is: fc.constantFrom('null', 'not-null') }),
  fc.record({ column: fc.constant('score'), is: fc.constant('in'), value: fc.array(fc.integer({ min: -2, max: 4 })) }),
  fc.record({ column: fc.constant('unit'), is: fc.constant('in'), value: fc.subarray(units) }),
)
const unit: fc.Arbitrary<Condition> = fc.record({ column: fc.constant('unit'), is: fc.constant('='), value: fc.constantFrom(...units) })
/** Questions with few lists of conditions and with many, of one shape and of several, that share rows and do not. */
export const questions: fc.Arbitrary<Query & { readonly anyOf: NonNullable<Query['anyOf']> }> = fc.record({
  where: fc.array(condition, { maxLength: 1 }),
  anyOf: fc.array(fc.oneof({ weight: 3, arbitrary: fc.tuple(unit) }, { weight: 2, arbitrary: fc.tuple(unit, condition) }, { weight: 1, arbitrary: fc.array(condition, { maxLength: 2 }) }), { maxLength: 24, size: 'max' }),
  order: fc.shuffledSubarray(['due', 'score', 'unit']),
  descending: fc.boolean(),
  limit: fc.integer({ min: 5, max: 40 }),
})

/** The keys that a question without `after` is about, in its order: what it says, word for word. */
export const keysOf = (query: Query & { readonly anyOf: NonNullable<Query['anyOf']> }): readonly string[] => {
  const { where = [], anyOf, descending = false } = query
  const order = orderOf(query)
  return plainRows
    .filter((row) => [where, anyOf.find((list) => list.every((c) => meets(row, c)))].every((list) => list?.every((c) => meets(row, c)) ?? false))
    .toSorted((a, b) => (descending ? -1 : 1) * (order.map((column) => compare(a[column] ?? null, b[column] ?? null)).find((found) => found !== 0) ?? 0))
    .map(({ key }) => String(key))
}
const compare = (a: ColumnValue, b: ColumnValue): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  return typeof a === 'number' && typeof b === 'number' ? a - b : Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}
const meets = (row: PlainRow, c: Condition): boolean => {
  const found = row[c.column] ?? null
  if (c.is === 'null' || found === null) return c.is === 'null' && found === null
  switch (c.is) {
    case 'not-null':
      return true
    case 'in':
      return c.value.includes(found)
    case '=':
      return found === c.value
    case '<':
      return compare(found, c.value) < 0
    case '<=':
      return compare(found, c.value) <= 0
    case '>':
      return compare(found, c.value) > 0
    case '>=':
      return compare(found, c.value) >= 0
    case 'like':
      throw new Error('These questions have no like')
  }
}
