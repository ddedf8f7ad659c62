import type { Columns, Condition } from '#libs/kernel/projection'
import { quoted } from '#libs/read-model-postgres/schema'

/** Puts a value beside the statement and answers the `$n` that stands for it: the same shape of question gives the same text. */
export type Bind = (value: unknown) => string

/** PostgreSQL takes no NUL, so no stored text holds one. */
export const isStorable = (text: string): boolean => !text.includes('\0')

/**
 * A condition as this server can be asked it, undefined when no row meets it: no stored text holds a NUL, so a value with one stands just behind
 * what comes before it, and every text is greater than every integer.
 */
export const askable = (c: Condition, columns: Columns): Condition | undefined => {
  const isInteger = columns[c.column] === 'integer'
  switch (c.is) {
    case 'null':
    case 'not-null':
      return c
    case 'in':
      return { ...c, value: c.value.filter((value) => (isInteger ? Number.isSafeInteger(value) : isStorable(String(value)))) }
    case 'like':
      // A last backslash that takes nothing literally is meant itself; PostgreSQL refuses it.
      return isStorable(String(c.value)) ? { ...c, value: String(c.value).replace(/^((?:[^\\]|\\.)*)\\$/su, '$1\\\\') } : undefined
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (isInteger && typeof c.value === 'number') return c
      if (isInteger) return c.is === '<' || c.is === '<=' ? { column: c.column, is: 'not-null' } : undefined
      const value = String(c.value)
      if (isStorable(value)) return { ...c, value }
      return c.is === '=' ? undefined : { column: c.column, is: c.is.startsWith('>') ? '>' : '<=', value: value.slice(0, value.indexOf('\0')) }
    }
  }
}
/** A condition that can be asked, with `put` for what stands where its value would. */
export const sqlOf = (c: Condition, put: Bind): string => {
  const column = quoted(c.column)
  switch (c.is) {
    case 'null':
      return `${column} is null`
    case 'not-null':
      return `${column} is not null`
    case 'in':
      return `${column} = any(${put(c.value)})`
    case 'like':
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${column} ${c.is} ${put(c.value)}`
  }
}
export const whereClause = (where: readonly Condition[], columns: Columns, bind: Bind): string =>
  where
    .map((c) => askable(c, columns))
    .map((c) => (c ? sqlOf(c, bind) : 'false'))
    .join(' and ') || 'true'
