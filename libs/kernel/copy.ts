import { canonical } from '#libs/kernel/canonical'
import type { Envelope } from '#libs/kernel/event'
import { leafHash, merkleTree } from '#libs/kernel/merkle'
import { formats } from '#libs/kernel/shape'
import type { Revision } from '#libs/kernel/store'

/** An event as it is stored, with its place. */
export interface RawEvent {
  readonly stream: string
  readonly revision: Revision
  /** The canonical envelope, exactly: the stored bytes are the UTF-8 of this. */
  readonly bytes: string
  /** Leaves of the log up to and including this event. */
  readonly size: number
}
/**
 * The second door to a log, for moving it from one engine to another and for nothing else: events keep their ids, revisions and times, which
 * `append` would set anew. Nothing but the command line opens it. Adapters pass `libs/contracts/log-copy.ts` whole.
 */
export interface LogCopy {
  /**
   * All events from the first in the order of the log, up to its end as it is when that is reached. Throws with code `foreign-event`, or
   * `damaged-file`, at what was not written by this program.
   */
  raw(): AsyncIterable<RawEvent>
  /**
   * Adds events to the end of a log of `expectedSize` leaves. Rejects with code `out-of-order`, `not-canonical` or `not-its-envelope`, and
   * nothing is written; `other-size` when the log has another size; `wrong-revision` when an event is not the next of its stream. After the
   * last, and after faults of the server, the first events of the list may be there. One writer at a time is the caller's care.
   */
  write(events: readonly RawEvent[], expectedSize: number): Promise<void>
  close(): Promise<void>
}

/** A fault with a stable code, which says at which event (`stream/revision`) it arose. */
export const copyFault = (code: string, message: string, at = ''): Error & { readonly code: string; readonly at: string } => Object.assign(new Error(message), { code, at })
const nameOf = ({ stream, revision }: Pick<RawEvent, 'stream' | 'revision'>): string => `${stream}/${revision}`
export const wrongRevision = (event: RawEvent): Error =>
  copyFault('wrong-revision', `The event ${nameOf(event)} is not the next of its stream in the log that is written`, nameOf(event))
export const otherSize = (expected: number): Error => copyFault('other-size', `The log that is written does not end after ${expected} events: somebody else writes to it`)

/** The envelopes of events that are to be leaves from `expectedSize` on. Throws as `write` does. */
export const fitting = (events: readonly RawEvent[], expectedSize: number): readonly Envelope[] =>
  events.map((event, i) => {
    const at = nameOf(event)
    if (event.size !== expectedSize + i + 1) throw copyFault('out-of-order', `The event ${at} is leaf ${event.size}, where leaf ${expectedSize + i + 1} is next`, at)
    const envelope = parsed(event.bytes)
    if (!isCanonical(envelope, event.bytes)) throw copyFault('not-canonical', `The event ${at} is not stored as canonical JSON`, at)
    if (!isEnvelope(envelope) || envelope.stream !== event.stream || envelope.revision !== event.revision)
      throw copyFault('not-its-envelope', `What is stored as the event ${at} is not that event`, at)
    return envelope
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const isCanonical = (value: unknown, text: string): boolean => {
  try {
    return canonical(value) === text
  } catch {
    return false
  }
}
const members = ['data', 'id', 'meta', 'recordedAt', 'revision', 'schemaVersion', 'stream', 'type'].join()
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const isEnvelope = (value: unknown): value is Envelope => {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== members) return false
  const of = (name: keyof Envelope): unknown => Reflect.get(value, name)
  const [id, stream, type, recordedAt] = [of('id'), of('stream'), of('type'), of('recordedAt')]
  return (
    [id, stream, type].every((text) => typeof text === 'string' && text !== '') &&
    [of('revision'), of('schemaVersion')].every((n) => Number.isSafeInteger(n) && Number(n) >= 0) &&
    typeof recordedAt === 'string' && formats.instant.test(recordedAt) &&
    isObject(of('meta')) && isObject(of('data'))
  )
}

/** The first leaf at which two logs are not the same. A side without a leaf has ended before. */
export interface Difference {
  readonly outcome: 'differs'
  /** The how manieth leaf, from 1. */
  readonly at: number
  readonly from?: Leaf
  readonly to?: Leaf
}
export interface Leaf {
  readonly stream: string
  readonly revision: Revision
  readonly leaf: string
}
export interface Copied {
  readonly outcome: 'copied'
  /** Leaves of the target, which are now those of the source. */
  readonly size: number
  /** Leaves that it had. */
  readonly before: number
}
export interface Equal {
  readonly outcome: 'equal'
  readonly size: number
  /** RFC 6962, hex, each from the leaves of its own log. */
  readonly roots: { readonly from: string; readonly to: string }
  /** Events by the family of their stream, which is what stands before the first hyphen of its name. */
  readonly families: ReadonlyMap<string, number>
}
export interface Walk {
  /** Told now and then how many leaves are done. */
  readonly onProgress?: (size: number) => void
}

/** What is written at once: enough that a commit is cheap for each event, little enough that memory stays flat. */
const mostPerWrite = 1000
const mostCharactersPerWrite = 4_000_000
const progressEvery = 1000

/**
 * Adds to a log what another one has more. The target is empty or begins as the source does (a copy that was interrupted), and otherwise nothing is
 * written and the answer is the first leaf that differs. Throws what the logs throw; what was written then is a beginning, and the next copy
 * goes on after it.
 */
export const copyLog = async (from: LogCopy, to: LogCopy, { onProgress }: Walk = {}): Promise<Copied | Difference> => {
  const source = from.raw()[Symbol.asyncIterator]()
  let size = 0
  try {
    for await (const there of to.raw()) {
      const { value: here } = await source.next()
      if (!isSame(here, there)) return differenceAt(size + 1, here, there)
      if (++size % progressEvery === 0) onProgress?.(size)
    }
    const before = size
    let batch: RawEvent[] = []
    let characters = 0
    const flush = async (): Promise<void> => {
      await to.write(batch, size)
      size += batch.length
      batch = []
      characters = 0
      onProgress?.(size)
    }
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      batch.push(next.value)
      characters += next.value.bytes.length
      if (batch.length === mostPerWrite || characters >= mostCharactersPerWrite) await flush()
    }
    if (batch.length > 0) await flush()
    return { outcome: 'copied', size, before }
  } finally {
    await source.return?.()
  }
}

/** Reads two logs from their beginnings, side by side, and holds leaf against leaf. */
export const compareLogs = async (from: LogCopy, to: LogCopy, { onProgress }: Walk = {}): Promise<Equal | Difference> => {
  const source = from.raw()[Symbol.asyncIterator]()
  const target = to.raw()[Symbol.asyncIterator]()
  const trees = { from: merkleTree(), to: merkleTree() }
  const families = new Map<string, number>()
  try {
    for (;;) {
      const [{ value: here }, { value: there }] = [await source.next(), await target.next()]
      if (!here && !there) break
      if (!here || !there || !isSame(here, there)) return differenceAt(trees.from.size() + 1, here, there)
      const [leaf, other] = [leafHash(here.bytes), leafHash(there.bytes)]
      if (leaf !== other) return differenceAt(trees.from.size() + 1, here, there)
      trees.from.add(leaf)
      trees.to.add(other)
      const [family = ''] = here.stream.split('-', 1)
      families.set(family, (families.get(family) ?? 0) + 1)
      if (trees.from.size() % progressEvery === 0) onProgress?.(trees.from.size())
    }
  } finally {
    await source.return?.()
    await target.return?.()
  }
  return { outcome: 'equal', size: trees.from.size(), roots: { from: trees.from.root(), to: trees.to.root() }, families }
}

const isSame = (a: RawEvent | undefined, b: RawEvent): boolean => a !== undefined && a.bytes === b.bytes && a.stream === b.stream && a.revision === b.revision && a.size === b.size
const differenceAt = (at: number, from: RawEvent | undefined, to: RawEvent | undefined): Difference => ({
  outcome: 'differs',
  at,
  ...(from && { from: leafOf(from) }),
  ...(to && { to: leafOf(to) }),
})
const leafOf = ({ stream, revision, bytes }: RawEvent): Leaf => ({ stream, revision, leaf: leafHash(bytes) })
