import { parsed } from '#libs/event-store-eventstoredb/schema'
import { fault } from '#libs/sqlite/fault'

/**
 * The leaves of the log in their order: which event is the how manieth, where it stands, and how late it was by then. The server knows
 * neither; it places events among those of others, and tells of an event in a stream not even that.
 */
export interface Leaves {
  size(): number
  /** The next leaf. Throws with code `foreign-event` when it does not follow the last, in its stream or in the log. */
  add(leaf: Leaf): void
  /** How many leaves there are up to and including an event; undefined when it is not counted. */
  sizeOf(stream: string, revision: number): number | undefined
  /** The same of whatever stands exactly there. */
  sizeAt(position: number): number | undefined
  /** Position of the leaf that makes the log this large. */
  positionAt(size: number): number
  /** How many leaves come before the first that was recorded later than the instant (ms). */
  sizeBy(instant: number): number
}
export interface Leaf {
  readonly stream: string
  readonly revision: number
  readonly position: number
  /** ms since 1970. */
  readonly recordedAt: number
}

/** Two numbers for each leaf, one more in a list for each stream: some 45 MB for a million leaves. */
export const leavesOf = (): Leaves => {
  const positions: number[] = []
  /** The latest time up to each leaf: the clocks of several writers differ, and this never falls. */
  const times: number[] = []
  const streams = new Map<string, number[]>()

  return {
    size: () => positions.length,
    add: ({ stream, revision, position, recordedAt }) => {
      let sizes = streams.get(stream)
      if (!sizes) streams.set(stream, (sizes = []))
      if (revision !== sizes.length || position <= (positions.at(-1) ?? -1))
        throw fault('foreign-event', `The event ${stream}/${revision} does not follow what was before it: something was removed from the log, or written beside this program`)
      sizes.push(positions.push(position))
      times.push(Math.max(recordedAt, times.at(-1) ?? recordedAt))
    },
    sizeOf: (stream, revision) => streams.get(stream)?.[revision],
    sizeAt: (position) => {
      const size = firstAfter(positions, position)
      return size > 0 && positions[size - 1] === position ? size : undefined
    },
    positionAt: (size) => {
      const position = positions[size - 1]
      if (position === undefined) throw new RangeError(`There are not ${size} leaves`)
      return position
    },
    sizeBy: (instant) => firstAfter(times, instant),
  }
}

/** Index of the first number that is greater, in numbers that never fall. */
const firstAfter = (numbers: readonly number[], limit: number): number => {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** So many leaves to a page. */
export const pageSize = 1000
/**
 * A run of counted leaves, small: stream names once, numbers as differences. Every process that counts makes the same pages, so it does not
 * matter which of them writes one.
 */
export interface Page {
  /** Leaves before the page. */
  readonly from: number
  readonly streams: readonly string[]
  /** For each leaf [index in `streams`, revision, distance from the position before it, distance from the time before it]. */
  readonly leaves: readonly (readonly [stream: number, revision: number, position: number, recordedAt: number])[]
}
export const pageOf = (from: number, leaves: readonly Leaf[]): Page => {
  const streams = [...new Set(leaves.map(({ stream }) => stream))]
  const indices = new Map(streams.map((stream, index) => [stream, index]))
  let before = { position: 0, recordedAt: 0 }
  return {
    from,
    streams,
    leaves: leaves.map((leaf) => {
      const { position, recordedAt } = before
      before = leaf
      return [indices.get(leaf.stream) ?? 0, leaf.revision, leaf.position - position, leaf.recordedAt - recordedAt]
    }),
  }
}
/** The leaves of a page as it is stored; undefined when it is none that follows so many leaves. */
export const leavesIn = (text: string, from: number): readonly Leaf[] | undefined => {
  const page = parsed(text)
  if (!isPage(page) || page.from !== from) return undefined
  let [position, recordedAt] = [0, 0]
  return page.leaves.map(([stream, revision, further, later]) => ({
    stream: page.streams[stream] ?? '',
    revision,
    position: (position += further),
    recordedAt: (recordedAt += later),
  }))
}
const isPage = (value: unknown): value is Page => {
  if (typeof value !== 'object' || value === null || !('from' in value && 'streams' in value && 'leaves' in value)) return false
  const { streams, leaves } = value
  return (
    Array.isArray(streams) && streams.every((name) => typeof name === 'string') &&
    Array.isArray(leaves) && leaves.length === pageSize &&
    leaves.every((leaf) => Array.isArray(leaf) && leaf.length === 4 && leaf.every((number) => Number.isSafeInteger(number)) && leaf[0] in streams)
  )
}
