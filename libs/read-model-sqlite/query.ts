import type { ColumnValue, Condition, Query } from '#libs/kernel/projection'
import { quoted } from '#libs/read-model-sqlite/schema'
import { fault } from '#libs/sqlite/fault'

export interface Clause {
  /** SQL with `?` for each value: the same shape of question gives the same text, which is prepared once. */
  readonly sql: string
  readonly values: readonly ColumnValue[]
}

const all = (clauses: readonly Clause[]): Clause => ({
  sql: clauses.map(({ sql }) => sql).join(' and ') || 'true',
  values: clauses.flatMap(({ values }) => values),
})

/** `%`, `_` and `\` of LIKE as GLOB has them: GLOB tells upper from lower case, as LIKE does on PostgreSQL. */
export const globOf = (like: string): string =>
  like.replace(/\\(.)|[%_*?[]/gsu, (token, literal: string | undefined) => {
    const character = literal ?? token
    if (literal === undefined && token === '%') return '*'
    if (literal === undefined && token === '_') return '?'
    return '*?['.includes(character) ? `[${character}]` : character
  })

const condition = (c: Condition): Clause => {
  const column = quoted(c.column)
  switch (c.is) {
    case 'null':
      return { sql: `${column} is null`, values: [] }
    case 'not-null':
      return { sql: `${column} is not null`, values: [] }
    case 'in':
      return { sql: `${column} in (select value from json_each(?))`, values: [JSON.stringify(c.value)] }
    case 'like':
      return { sql: `${column} glob ?`, values: [globOf(String(c.value))] }
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return { sql: `${column} ${c.is} ?`, values: [c.value] }
  }
}
export const whereClause = (where: readonly Condition[] = []): Clause => all(where.map(condition))

/**
 * A query as statements whose rows follow one another in the order asked for. A first page is one statement; the page after a row is cut where
 * the order's columns leave the values of that row (`a = x and b > y`, then `a > x`), so that each statement is one stretch of an index,
 * also where columns are null. Null is smaller than every value, which is how SQLite sorts.
 */
export const stretches = ({ where, order = [], descending = false, after }: Query): readonly Clause[] => {
  const columns = [...order, 'key']
  const orderBy = ` order by ${columns.map((column) => `${quoted(column)}${descending ? ' desc' : ''}`).join(', ')}`
  const base = whereClause(where)
  const stretch = (extra: readonly Clause[]): Clause => {
    const { sql, values } = all(base.values.length > 0 || (where ?? []).length > 0 ? [base, ...extra] : extra)
    return { sql: `${sql}${orderBy}`, values }
  }
  if (!after) return [stretch([])]
  if (after.length !== columns.length) throw fault('bad-page', `A page begins after ${columns.length} values, not ${after.length}`)
  return columns
    .map((_, i) => i)
    .reverse()
    .flatMap((i) => {
      const same = columns.slice(0, i).map((column, j) => equal(column, after[j] ?? null))
      return beyond(columns[i] ?? 'key', after[i] ?? null, descending).map((further) => stretch([...same, further]))
    })
}
const equal = (column: string, value: ColumnValue): Clause => (value === null ? { sql: `${quoted(column)} is null`, values: [] } : { sql: `${quoted(column)} = ?`, values: [value] })
const beyond = (column: string, value: ColumnValue, descending: boolean): Clause[] => {
  const isNull: Clause = { sql: `${quoted(column)} is null`, values: [] }
  if (!descending) return value === null ? [{ sql: `${quoted(column)} is not null`, values: [] }] : [{ sql: `${quoted(column)} > ?`, values: [value] }]
  if (value === null) return []
  const smaller: Clause = { sql: `${quoted(column)} < ?`, values: [value] }
  return column === 'key' ? [smaller] : [smaller, isNull]
}

/** Every column that a question names. */
export const namedColumns = ({ where = [], order = [] }: Query): readonly string[] => [...where.map(({ column }) => column), ...order]
