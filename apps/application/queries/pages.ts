import type { Page } from '#apps/application/request'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Columns, ColumnValue, Projection, Query, StoredRow } from '#libs/kernel/projection'
import type { ReadModel } from '#libs/kernel/read-model'

/** How much of a list is asked for: default 50 rows, at most 200. */
export interface Paging {
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}
export const limitOf = ({ limit = 50 }: Paging): number => Math.min(Math.max(limit, 1), 200)

export const notACursor: { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] } = { kind: 'invalid', faults: [{ pointer: '/cursor', code: 'not-a-cursor' }] }

/** A place in a list, opaque to clients: the values of the order's columns and the key of the last row seen. */
export const cursorOf = (values: readonly ColumnValue[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')
/** What a cursor says; undefined without one, `bad` when it is none of ours. */
export const readCursor = ({ cursor }: Paging, values: number): readonly ColumnValue[] | undefined | 'bad' => {
  if (cursor === undefined) return undefined
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(read) && read.length === values && read.every(isColumnValue) ? read : 'bad'
  } catch {
    return 'bad'
  }
}
const isColumnValue = (value: unknown): value is ColumnValue => value === null || typeof value === 'string' || Number.isSafeInteger(value)

/** The state of a row, as its own projection wrote it. */
export const stateOf = <S, C extends Columns>(_of: Projection<S, C>, row: StoredRow): S => row.state as S

/** The state of a row beside that of a key, as its projection's `parts` wrote it. */
export const partOf = <P>(row: StoredRow): P => row.state as P

/** The values by which a row stands in its list. */
export type Place = (row: StoredRow) => readonly ColumnValue[]
export const placeBy =
  (...columns: readonly string[]): Place =>
  (row) => [...columns.map((column) => row.columns[column] ?? null), row.key]

/** Rows read at once, also where few of them are shown: a page in SQLite is read in one go, and nobody else is answered meanwhile. */
const mostAtOnce = 400

/** The rows of a question one after the other, read in pages: first what is wanted and one row more, then, as few of those are shown, twice as many each time. */
export const walk = async function* (readModel: ReadModel, name: string, query: Query, wanted: number): AsyncGenerator<StoredRow> {
  const place = placeBy(...(query.order ?? []))
  let limit = wanted + 1
  let page = await readModel.query(name, { ...query, limit })
  for (;;) {
    yield* page
    const last = page.at(-1)
    if (!last || page.length < limit) return
    limit = Math.max(limit, Math.min(2 * limit, mostAtOnce))
    page = await readModel.query(name, { ...query, after: place(last), limit })
  }
}

/** Rows looked at for one page, so that a reader who may see few of many does not make one page walk them all. */
const mostLookedAt = 2000
const leastBatch = 16

/**
 * A page of what `shown` makes of the rows; it leaves out rows by undefined, and the page is filled from the next ones. Whether there is more
 * is said of what is shown: a row that is left out is not betrayed by a cursor.
 */
export const pageOf = async <T>(rows: AsyncIterable<StoredRow>, paging: Paging, place: Place, shown: (batch: readonly StoredRow[]) => Promise<readonly (T | undefined)[]>): Promise<Page<T>> => {
  const limit = limitOf(paging)
  const kept: { readonly item: T; readonly row: StoredRow }[] = []
  let batch: StoredRow[] = []
  let looked = 0
  let last: StoredRow | undefined
  const take = async (): Promise<void> => {
    const items = await shown(batch)
    for (const [i, row] of batch.entries()) {
      const item = items[i]
      if (item !== undefined) kept.push({ item, row })
    }
    batch = []
  }
  for await (const row of rows) {
    batch.push(row)
    last = row
    looked++
    if (batch.length >= Math.max(limit + 1 - kept.length, leastBatch)) await take()
    if (kept.length > limit || looked >= mostLookedAt) break
  }
  await take()
  const answer = kept.slice(0, limit).map(({ item }) => item)
  const end = kept.length > limit ? kept[limit - 1]?.row : looked >= mostLookedAt ? last : undefined
  return end ? { rows: answer, cursor: cursorOf(place(end)), complete: false } : { rows: answer, complete: true }
}
