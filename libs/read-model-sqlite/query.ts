import type { ColumnValue, Condition, Query } from '#libs/kernel/projection'
import { orderOf, stretches } from '#libs/kernel/question'
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

/** Throws `bad-page` for a page after something that is not a row of the order. */
export const checkPage = (query: Query): void => {
  const { length } = orderOf(query)
  if (query.after && query.after.length !== length) throw fault('bad-page', `A page begins after ${length} values, not ${query.after.length}`)
}

/** A query as statements whose rows follow one another in the order asked for, each one stretch of an index. Null sorts first in SQLite as it is. */
export const statementsOf = (query: Query): readonly Clause[] => {
  const { where, after, descending = false } = query
  const columns = orderOf(query)
  const orderBy = ` order by ${columns.map((column) => `${quoted(column)}${descending ? ' desc' : ''}`).join(', ')}`
  const values = after?.filter((value) => value !== null)
  // What comes after a row without null is greater, compared as a whole, and one stretch; null is never greater.
  const clauses = !descending && values && values.length === after?.length ? [all([whereClause(where), beyond(columns, values)])] : stretches(query).map(whereClause)
  return clauses.map(({ sql, values }) => ({ sql: `${sql}${orderBy}`, values }))
}
const beyond = (columns: readonly string[], values: readonly ColumnValue[]): Clause => ({ sql: `(${columns.map(quoted).join(', ')}) > (${columns.map(() => '?').join(', ')})`, values })
