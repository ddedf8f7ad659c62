import type { AnyProjection, ColumnValue, Condition, Query } from '#libs/kernel/projection'

/** Every column that a question names. */
export const namedColumns = ({ where = [], order = [] }: Query): readonly string[] => [...where.map(({ column }) => column), ...order]

/** The columns of the order of a question, with the key that ends every order. */
export const orderOf = ({ order = [] }: Query): readonly string[] => [...order, 'key']

/**
 * A question as stretches whose rows follow one another in the order asked for. A first page is one stretch; the page after a row is cut where
 * the order's columns leave the values of that row (`a = x and b > y`, then `a > x`), so that each is one stretch of an index, also where
 * columns are null. `after` has a value for each column of the order.
 */
export const stretches = (query: Query): readonly (readonly Condition[])[] => {
  const { where = [], descending = false, after } = query
  if (!after) return [where]
  const columns = orderOf(query)
  return columns
    .map((_, i) => i)
    .reverse()
    .flatMap((i) => {
      const same = columns.slice(0, i).map((column, j) => equal(column, after[j] ?? null))
      return beyond(columns[i] ?? 'key', after[i] ?? null, descending).map((further) => [...where, ...same, further])
    })
}
const equal = (column: string, value: ColumnValue): Condition => (value === null ? { column, is: 'null' } : { column, is: '=', value })
/** Null is smaller than every value, and the key never null. */
const beyond = (column: string, value: ColumnValue, descending: boolean): readonly Condition[] => {
  if (!descending) return value === null ? [{ column, is: 'not-null' }] : [{ column, is: '>', value }]
  if (value === null) return []
  const smaller: Condition = { column, is: '<', value }
  return column === 'key' ? [smaller] : [smaller, { column, is: 'null' }]
}

/** Whether the names of a projection can be told apart, and not be mistaken for SQL, on every engine. */
export const hasSoundNames = ({ name, version, columns, indices }: AnyProjection): boolean => {
  const names = Object.keys(columns)
  const lowered = new Set(names.map((column) => column.toLowerCase()))
  return (
    /^[a-z][a-z0-9-]{0,39}$/.test(name) &&
    // With the number of its build and of an index the name of a table has at most 63 characters, which is all that PostgreSQL keeps of one.
    Number.isSafeInteger(version) &&
    version > 0 &&
    version < 1_000_000 &&
    names.every((column) => /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(column)) &&
    lowered.size === names.length &&
    !lowered.has('key') &&
    !lowered.has('state') &&
    indices.flat().every((column) => column in columns)
  )
}
