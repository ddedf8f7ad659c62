import type { Columns, Query } from '#libs/kernel/projection'
import { orderOf, stretches } from '#libs/kernel/question'
import { fault } from '#libs/postgres/fault'
import { listsOf, selectAny } from '#libs/read-model-postgres/any-of'
import { whereClause } from '#libs/read-model-postgres/condition'
import type { Bind } from '#libs/read-model-postgres/condition'
import { along, wholeRow } from '#libs/read-model-postgres/stretch'

/** The rows of a query as one statement. */
export const select = (query: Query, table: string, columns: Columns, bind: Bind): string => {
  const { after, anyOf, descending, limit } = query
  const order = orderOf(query)
  if (after && after.length !== order.length) throw fault('bad-page', `A page begins after ${order.length} values, not ${after.length}`)
  const lists = anyOf && listsOf(anyOf, columns)
  if (lists?.length === 0) return `select ${wholeRow(columns)} from ${table} where false`
  const reading = { table, columns, order: [...new Set(order)], descending, stretches: stretches(query).map((where) => whereClause(where, columns, bind)), bind }
  return lists ? selectAny({ ...reading, limit }, lists) : along(reading, wholeRow(columns), reading.stretches, limit === undefined ? '' : ` limit ${bind(limit)}`)
}

/**
 * The rows of a statement beside the one row of the build they are about: without a row the build is not as the condition says, a row of nulls
 * says that there are none. So one round trip tells both. A nested loop is the only way to join `on true`, and keeps the order.
 */
export const beside = (build: string, statement: string): string => `select r.* from (select from build where ${build}) b left join (${statement}) r on true`
