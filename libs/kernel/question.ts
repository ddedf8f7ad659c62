import type { AnyProjection, ColumnValue, Condition, Query } from '#libs/kernel/projection'

/** Every column that a question names. */
export const namedColumns = ({ where = [], anyOf = [], order = [] }: Query): readonly string[] => [...[...where, ...anyOf.flat()].map(({ column }) => column), ...order]

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

/** The lists of `anyOf`, each once and without `in`: a list of values is one stretch for each of them. */
export const alternatives = (anyOf: readonly (readonly Condition[])[]): readonly (readonly Condition[])[] => {
  const apart = anyOf.flatMap((list) => list.reduce((lists, next) => lists.flatMap((before) => valueByValue(next).map((one) => [...before, one])), [new Array<Condition>()]))
  return [...new Map(apart.map((list) => [JSON.stringify(list), list])).values()]
}
const valueByValue = (condition: Condition): readonly Condition[] =>
  condition.is === 'in' ? condition.value.map((value) => ({ column: condition.column, is: '=', value })) : [condition]

/** How many rows of each of many stretches are read before it is known which of them fill a page: more than fall to each, and no more than the page. */
export const firstOfEach = (limit: number, stretches: number): number => Math.min(limit, Math.max(4, Math.ceil((8 * limit) / stretches)))

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
