import type { Columns, Condition, Query } from '#libs/kernel/projection'
import { orderOf, stretches } from '#libs/kernel/question'
import { fault } from '#libs/postgres/fault'
import { quoted } from '#libs/read-model-postgres/schema'

/** Puts a value beside the statement and answers the `$n` that stands for it: the same shape of question gives the same text. */
export type Bind = (value: unknown) => string

/** PostgreSQL takes no NUL, so no stored text holds one. */
export const isStorable = (text: string): boolean => !text.includes('\0')

const condition = (c: Condition, columns: Columns, bind: Bind): string => {
  const column = quoted(c.column)
  const isInteger = columns[c.column] === 'integer'
  switch (c.is) {
    case 'null':
      return `${column} is null`
    case 'not-null':
      return `${column} is not null`
    case 'in':
      return `${column} = any(${bind(c.value.filter((value) => (isInteger ? Number.isSafeInteger(value) : isStorable(String(value)))))})`
    case 'like':
      // A last backslash that takes nothing literally is meant itself; PostgreSQL refuses it.
      return isStorable(String(c.value)) ? `${column} like ${bind(String(c.value).replace(/^((?:[^\\]|\\.)*)\\$/su, '$1\\\\'))}` : 'false'
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return isInteger ? integerComparison(column, c.is, c.value, bind) : textComparison(column, c.is, String(c.value), bind)
  }
}
type Comparison = '=' | '<' | '<=' | '>' | '>='
/** Every text is greater than every integer. */
const integerComparison = (column: string, is: Comparison, value: string | number, bind: Bind): string => {
  if (typeof value === 'number') return `${column} ${is} ${bind(value)}`
  return is === '<' || is === '<=' ? `${column} is not null` : 'false'
}
/** A value with a NUL would stand just behind what comes before it. */
const textComparison = (column: string, is: Comparison, value: string, bind: Bind): string => {
  const end = value.indexOf('\0')
  if (end < 0) return `${column} ${is} ${bind(value)}`
  return is === '=' ? 'false' : `${column} ${is.startsWith('>') ? '>' : '<='} ${bind(value.slice(0, end))}`
}
export const whereClause = (where: readonly Condition[], columns: Columns, bind: Bind): string => where.map((c) => condition(c, columns, bind)).join(' and ') || 'true'

/** Null is smaller than every value, which PostgreSQL must be told; the key is never null, and has the order of its own index. */
export const orderClause = (columns: readonly string[], descending = false): string =>
  columns.map((column) => `${quoted(column)}${descending ? ' desc' : ''}${column === 'key' ? '' : descending ? ' nulls last' : ' nulls first'}`).join(', ')

/** The rows of a query as one statement: its stretches one after the other, of which the later ones are only read when the earlier do not suffice. */
export const select = (query: Query, table: string, columns: Columns, bind: Bind): string => {
  const { after, descending, limit } = query
  const order = orderOf(query)
  if (after && after.length !== order.length) throw fault('bad-page', `A page begins after ${order.length} values, not ${after.length}`)
  const most = limit === undefined ? '' : ` limit ${bind(limit)}`
  const list = ['key', 'state', ...Object.keys(columns)].map(quoted).join(', ')
  const parts = stretches(query).map((where) => `select ${list} from ${table} where ${whereClause(where, columns, bind)} order by ${orderClause(order, descending)}${most}`)
  return parts.length === 1 ? parts.join() : `${parts.map((part) => `(${part})`).join(' union all ')}${most}`
}

/**
 * The rows of a statement beside the one row of the build they are about: without a row the build is not as the condition says, a row of nulls
 * says that there are none. So one round trip tells both. A nested loop is the only way to join `on true`, and keeps the order.
 */
export const beside = (build: string, statement: string): string => `select r.* from (select from build where ${build}) b left join (${statement}) r on true`
