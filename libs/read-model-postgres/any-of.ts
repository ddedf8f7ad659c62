import type { Columns, Condition } from '#libs/kernel/projection'
import { alternatives, firstOfEach } from '#libs/kernel/question'
import { askable, sqlOf } from '#libs/read-model-postgres/condition'
import type { Bind } from '#libs/read-model-postgres/condition'
import { along, namesOf, orderClause, wholeRow } from '#libs/read-model-postgres/stretch'
import type { Reading } from '#libs/read-model-postgres/stretch'

type List = readonly Condition[]

/** The lists of which a row may meet one, as this server can be asked them: those that no row meets are left out. */
export const listsOf = (anyOf: readonly List[], columns: Columns): readonly List[] =>
  alternatives(anyOf).flatMap((list) => {
    const asked = list.flatMap((c) => askable(c, columns) ?? [])
    return asked.length === list.length ? [asked] : []
  })

/**
 * The rows that meet one of many lists of conditions, each once, as one statement. Its text depends on the shapes of the lists and not on how many
 * there are: the values of those of one shape are the rows of arrays, to each of which the first entries of its stretch of an index are joined.
 * Where all of those come first among all, the rest of that stretch is read as well. States are read last, of the rows that are given.
 */
export const selectAny = ({ limit = Infinity, ...reading }: Reading & { readonly limit?: number | undefined }, lists: readonly List[]): string => {
  const { table, columns, order, descending, stretches, bind } = reading
  const parts = partsOf(lists).map((alike) => joined(alike, columns, bind))
  const few = firstOfEach(limit, lists.length)
  const limitTo = (rows: number): string => (rows === Infinity ? '' : ` limit ${bind(rows)}`)
  const [page, first, most] = [limitTo(limit), limitTo(few), limitTo(limit * parts.length)]
  const places = namesOf(order)
  const inOrder = ` order by ${orderClause(order, descending)}`
  const rowsOf = ({ where }: Joined, each: string, all = each): string => along(reading, places, stretches.map((one) => `${one} and ${where}`), each, all)
  const heads = parts.map((part, i) => `select ${i} as "in part", q."in list", p.* from ${part.from} cross join lateral (${rowsOf(part, first)}) p`)
  const more = (read: string, rest: string): readonly string[] =>
    parts.map(
      (part, i) => `select p.* from ${part.from} cross join lateral (${rowsOf(part, page, ` limit ${rest} offset ${read}`)}) p
      where (${i}, q."in list") in (select "in part", "in list" from head group by "in part", "in list" having count(*) = ${read})`,
    )
  const all = [`select ${places} from head`, ...(few === limit ? [] : more(bind(few), bind(limit - few)))]
  // A row may come once from each part, so more are sorted than the page takes. The last limit makes that join one by the key, whatever number of
  // rows the server expects.
  return `with head as materialized (select * from (${heads.join(' union all ')}) p${inOrder}${most})
    select r.* from (select distinct ${places} from (select * from (${all.join(' union all ')}) p${inOrder}${most}) p${inOrder}${page}) p
    cross join lateral (select ${wholeRow(columns)} from ${table} where "key" = p."key" limit 1) r order by ${orderClause(order, descending, 'p.')}`
}

/**
 * Lists of one shape each: the same columns compared in the same way. Those of one part differ in what some column is equal to, so none of them
 * holds a row of another, and a row comes from each part once at most.
 */
const partsOf = (lists: readonly List[]): readonly (readonly List[])[] => {
  const seen = new Map<string, number>()
  const parts = Map.groupBy(lists, (list) => {
    const shape = list.map(({ column, is }) => `${column} ${is}`).join(', ')
    const equal = JSON.stringify([shape, ...list.flatMap((c) => (c.is === '=' ? [c.value] : []))])
    const before = seen.get(equal) ?? 0
    seen.set(equal, before + 1)
    return `${shape} ${before}`
  })
  return [...parts.values()]
}

/** The values of a part as the rows of `q`, and its conditions on them. */
interface Joined {
  readonly from: string
  readonly where: string
}
const joined = (lists: readonly List[], columns: Columns, bind: Bind): Joined => {
  const [shape = []] = lists
  const arrays: string[] = []
  const where = shape.map((c, i) =>
    sqlOf(c, () => {
      const values = lists.map((list) => valueOf(list[i]))
      return `q.v${arrays.push(`${bind(values)}::${columns[c.column] === 'integer' ? 'bigint' : 'text'}[]`) - 1}`
    }),
  )
  const names = [...arrays.map((_, i) => `v${i}`), '"in list"'].join(', ')
  return { from: `${arrays.length > 0 ? `unnest(${arrays.join(', ')}) with ordinality` : '(values (1))'} q(${names})`, where: where.join(' and ') || 'true' }
}
const valueOf = (c: Condition | undefined): unknown => (c && 'value' in c ? c.value : undefined)
