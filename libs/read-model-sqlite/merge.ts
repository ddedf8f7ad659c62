import type { ColumnValue } from '#libs/kernel/projection'

/** Where a row stands in its list: the values of the columns of the order, of which the key is the last. */
export type Place = readonly ColumnValue[]
/** Up to `chunk` places of one list, from its beginning or after one of them. */
export type Places = (after: Place | undefined) => readonly Place[]

interface Head {
  readonly place: Place
  /** What has been read of its list, and which of it this is. */
  readonly chunk: readonly Place[]
  readonly at: number
  readonly read: Places
}

/** The places of lists that have one order as one list in that order, each place once. */
export const merged = function* (lists: readonly Places[], chunk: number, descending: boolean): Generator<Place> {
  /** One of each list, the one that comes first at the end. */
  const heads: Head[] = []
  const put = (read: Places, places: readonly Place[], at: number): void => {
    const place = places[at]
    if (!place) return
    let [from, to] = [0, heads.length]
    while (from < to) {
      const middle = (from + to) >> 1
      const other = heads[middle]
      if (other && precedes(place, other.place, descending)) from = middle + 1
      else to = middle
    }
    heads.splice(from, 0, { place, chunk: places, at, read })
  }
  for (const read of lists) put(read, read(undefined), 0)
  let last: ColumnValue | undefined
  for (let head = heads.pop(); head; head = heads.pop()) {
    const key = head.place.at(-1)
    if (key !== last) yield head.place
    last = key
    if (head.at + 1 < head.chunk.length) put(head.read, head.chunk, head.at + 1)
    else if (head.chunk.length === chunk) put(head.read, head.read(head.place), 0)
  }
}

const precedes = (a: Place, b: Place, descending: boolean): boolean => {
  for (const [i, value] of a.entries()) {
    const order = compare(value, b[i] ?? null)
    if (order !== 0) return order < 0 !== descending
  }
  return false
}
/** As SQLite compares what one column holds: null before every value, text by code point. */
const compare = (a: ColumnValue, b: ColumnValue): number => {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return typeof a === 'string' && typeof b === 'string' ? compareText(a, b) : Number(a) - Number(b)
}
/** JavaScript's own comparison puts characters beyond the first 65,536 before the last of those. */
const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0)
  return a.length - b.length
}
