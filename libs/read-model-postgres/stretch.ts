import type { Columns } from '#libs/kernel/projection'
import type { Bind } from '#libs/read-model-postgres/condition'
import { quoted } from '#libs/read-model-postgres/schema'

/** What a question reads, in which order: stretches that follow one another, each a condition in SQL that is best a stretch of an index. */
export interface Reading {
  readonly table: string
  readonly columns: Columns
  readonly order: readonly string[]
  readonly descending?: boolean | undefined
  readonly stretches: readonly string[]
  readonly bind: Bind
}

export const namesOf = (columns: readonly string[]): string => columns.map(quoted).join(', ')
export const wholeRow = (columns: Columns): string => namesOf(['key', 'state', ...Object.keys(columns)])

/** Null is smaller than every value, which PostgreSQL must be told; the key is never null, and has the order of its own index. */
export const orderClause = (columns: readonly string[], descending = false, of = ''): string =>
  columns.map((column) => `${of}${quoted(column)}${descending ? ' desc' : ''}${column === 'key' ? '' : descending ? ' nulls last' : ' nulls first'}`).join(', ')

/** The rows of stretches one after the other, of which the later ones are only read when the earlier do not suffice. `each` ends the text of one of several, `all` that of all. */
export const along = ({ table, order, descending }: Reading, list: string, stretches: readonly string[], each: string, all = each): string => {
  const parts = stretches.map((where) => `select ${list} from ${table} where ${where} order by ${orderClause(order, descending)}`)
  return `${parts.length === 1 ? parts.join() : parts.map((part) => `(${part}${each})`).join(' union all ')}${all}`
}
