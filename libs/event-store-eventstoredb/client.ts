/**
 * The one file that knows the package `@eventstore/db-client`. Its successor, `@kurrent/kurrentdb-client`, names things otherwise (what is
 * `expectedRevision` here is `streamState` there): to change over is to change this file.
 *
 * It also keeps what that client does away from its callers: it never resumes a subscription, so whoever follows does; a stream that was
 * cancelled never ends by itself, so it is destroyed here; an append may never be answered, so it is given up after a time; of its errors
 * only what says for certain that nothing was written is told apart, all else is an outcome that is unknown.
 */
import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { BACKWARDS, binaryEvent, END, EventStoreDBClient, FORWARDS, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client'
import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client'
import type { Revision } from '#libs/kernel/store'
import { fault } from '#libs/sqlite/fault'

/** An event on its way to the server. */
export interface Proposed {
  /** A UUID. The server takes a second append with the same ids at the same place for the first one, and answers as to that. */
  readonly id: string
  readonly type: string
  /** Stored as these bytes of UTF-8, exactly. */
  readonly text: string
}
/** An event as the server gives it. */
export interface Served {
  readonly stream: string
  readonly revision: Revision
  /** Empty for what is no text. */
  readonly text: string
  /** Others have written it, as JSON: the text has its meaning, and not its bytes. */
  readonly isJson?: true
}
/** An event as it stands in the log of the whole server, between those of others. */
export interface Placed extends Served {
  readonly place: Place
}
/** A place in the log of the whole server. */
export interface Place {
  readonly commit: bigint
  readonly prepare: bigint
}
/** What a subscription gives: an event, a place up to which there are no others, or that the server has no more now. */
export type Followed = Placed | { readonly reached: Place } | 'caught-up'
export type Appended = { readonly outcome: 'appended'; readonly place: Place } | { readonly outcome: 'conflict'; readonly actual: Revision | 'none' | 'untold' }

export interface Server {
  /** Rejects with `outcome-unknown`, or with a code that says that nothing was written: `access-denied`, `append-too-large`, `stream-deleted`. */
  append(stream: string, expected: Revision | 'none', events: readonly Proposed[]): Promise<Appended>
  /** At most `limit` events from a revision on, or from the end. Nothing where there is no such stream. */
  readStream(stream: string, from: Revision | 'start' | 'end', direction: 'forwards' | 'backwards', limit?: number): AsyncIterable<Served>
  /** At most `limit` events of the whole server, whosever they are: forwards from the one at a place, backwards from the one before it. */
  readAll(from: Place | 'end', direction: 'forwards' | 'backwards', limit: number): AsyncIterable<Placed>
  /** Every event after the place in streams whose names begin so, then live, until the signal aborts or the server or the network ends it. */
  follow(prefix: string, after: Place | 'start', signal: AbortSignal): AsyncIterable<Followed>
  /** Ends all that is under way. */
  close(): Promise<void>
}

/** The server looks through so many events at once, and tells of a place after as many. By its own 32 an event cost it a third more. */
const searchedTogether = 512

/** `timeoutMs`: how long an append may take before its outcome is given up as unknown, and a read before it gives nothing more. */
export const connect = (url: string, timeoutMs: number): Server => {
  const client = EventStoreDBClient.connectionString(url)
  // Each append a call of its own, also where the connection has no user. The client's other way sends those of the whole process over one call: when
  // that is lost it forgets what other connections wait for, and an answer to what it has forgotten ends the process.
  Reflect.set(client, 'supports', async () => false)
  const closed = new AbortController()

  return {
    append: async (stream, expected, events) => {
      const proposed = events.map(({ id, type, text }) => binaryEvent({ id, type, data: Buffer.from(text) }))
      const options = {
        expectedRevision: expected === 'none' ? NO_STREAM : BigInt(expected),
        requiresLeader: true,
        deadline: timeoutMs,
      } as const
      try {
        const { position } = await within(timeoutMs, client.appendToStream(stream, proposed, options))
        if (!position) throw fault('outcome-unknown', 'The answer to the append has no position')
        return { outcome: 'appended', place: position }
      } catch (error) {
        return refusalOf(error)
      }
    },
    readStream: async function* (stream, from, direction, limit) {
      const fromRevision = from === 'start' ? START : from === 'end' ? END : BigInt(from)
      const options = { fromRevision, direction: direction === 'forwards' ? FORWARDS : BACKWARDS, ...(limit === undefined ? {} : { maxCount: limit }) } as const
      try {
        for await (const resolved of opened<ResolvedEvent>(client.readStream(stream, options), closed.signal, timeoutMs)) if (resolved.event) yield servedOf(resolved.event)
      } catch (error) {
        if (typeOf(error) !== 'stream-not-found') throw unreadable(error)
      }
    },
    readAll: async function* (from, direction, limit) {
      const options = { fromPosition: from === 'end' ? END : from, direction: direction === 'forwards' ? FORWARDS : BACKWARDS, maxCount: limit } as const
      try {
        for await (const { event } of opened<AllStreamResolvedEvent>(client.readAll(options), closed.signal, timeoutMs)) if (event) yield placedOf(event)
      } catch (error) {
        throw unreadable(error)
      }
    },
    follow: async function* (prefix, after, signal) {
      const filter = streamNameFilter({
        prefixes: [prefix],
        maxSearchWindow: searchedTogether,
        // Pushed into the stream itself, so that it is read in its turn among the events.
        checkpointReached: (into, reached) => void into.push({ reached }),
      })
      const subscription = client.subscribeToAll({ fromPosition: after === 'start' ? START : after, filter })
      let live = false
      subscription.on('caughtUp', () => subscription.push('caught-up'))
      subscription.on('fellBehind', () => subscription.push('fell-behind'))
      try {
        for await (const item of opened<AllStreamResolvedEvent | Told>(subscription, AbortSignal.any([signal, closed.signal]))) {
          if (item === 'caught-up' || item === 'fell-behind') live = item === 'caught-up'
          else if ('reached' in item) yield item
          else if (item.event) yield placedOf(item.event)
          if (!live || subscription.readableLength > 0) continue
          // The server says it once; what follows live is all there is whenever nothing more has arrived.
          await turn()
          if (subscription.readableLength === 0) yield 'caught-up'
        }
      } catch (error) {
        throw unreadable(error)
      }
    },
    close: async () => {
      closed.abort(fault('closed', 'The event log is closed'))
      await client.dispose()
    },
  }
}

type Told = { readonly reached: Place } | 'caught-up' | 'fell-behind'
type Opened = Pick<Readable, 'push' | 'iterator'> & {
  on(event: 'error', listener: () => void): unknown
  resume(): unknown
} & ({ cancel(): Promise<void> } | { unsubscribe(): Promise<void> })

/**
 * The items of a stream of the client, which is left neither half read nor waiting when its reader stops, fails or is told to end: destroying
 * it would leave what lies under it, unread, for ever, and `dispose` waits for that.
 */
async function* opened<T>(stream: Opened, signal: AbortSignal, idleMs?: number): AsyncGenerator<T> {
  // Wakes the reader; nothing is read from it.
  const wake = (): void => void stream.push({})
  let isAborted = signal.aborted
  const abort = (): void => {
    isAborted = true
    wake()
  }
  let isWaiting = true
  let isSilent = false
  const silence = setTimeout(() => {
    // A reader may take its time over what it has got.
    if (!isWaiting) return
    isSilent = true
    wake()
  }, idleMs ?? 0)
  if (idleMs === undefined) clearTimeout(silence)
  // The connection may break after the reader has gone.
  stream.on('error', () => undefined)
  signal.addEventListener('abort', abort)
  try {
    if (isAborted) throw signal.reason
    for await (const item of stream.iterator({ destroyOnReturn: false })) {
      if (isAborted) throw signal.reason
      if (isSilent) throw fault('unavailable', `The event store has not answered for ${idleMs} ms`)
      isWaiting = false
      yield item
      isWaiting = true
      if (idleMs !== undefined) silence.refresh()
    }
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', abort)
    const ended = 'cancel' in stream ? stream.cancel() : stream.unsubscribe()
    await ended.catch(() => undefined)
    stream.resume()
  }
}

type RecordedEvent = NonNullable<ResolvedEvent['event']>
/** What others have written as JSON comes parsed; what is ours is bytes. */
const servedOf = (event: RecordedEvent): Served => ({
  stream: event.streamId,
  revision: Number(event.revision),
  ...(event.isJson ? { text: JSON.stringify(event.data), isJson: true } : { text: isUtf8(event.data) ? textOf(event.data) : '' }),
})
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string => Buffer.from(buffer, byteOffset, byteLength).toString()
const placedOf = (event: NonNullable<AllStreamResolvedEvent['event']>): Placed => ({ ...servedOf(event), place: event.position })

const within = async <T>(ms: number, answer: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(fault('outcome-unknown', `There was no answer within ${ms} ms`))
  }, ms)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** What the server has refused for certain. Its word on what was expected can be wrong; only what it has counts. */
const refusalOf = (error: unknown): Appended => {
  switch (typeOf(error)) {
    case 'wrong-expected-version': {
      const actual = member(error, 'actualVersion')
      if (actual === NO_STREAM) return { outcome: 'conflict', actual: 'none' }
      return { outcome: 'conflict', actual: typeof actual === 'bigint' && actual >= 0n ? Number(actual) : 'untold' }
    }
    case 'access-denied':
      throw fault('access-denied', 'The event store does not let this user append')
    case 'maximum-append-size-exceeded':
      throw fault('append-too-large', `The event store takes at most ${String(member(error, 'maxAppendSize'))} bytes in one append`)
    case 'stream-deleted':
      throw fault('stream-deleted', `The stream ${String(member(error, 'streamName'))} has been deleted in the event store`)
    default:
      throw fault('outcome-unknown', `It is not known whether the event store holds the events: ${sentenceOf(error)}`)
  }
}
const unreadable = (error: unknown): Error => {
  const code = member(error, 'code')
  if (typeof code === 'string' && code !== 'ERR_STREAM_PREMATURE_CLOSE' && error instanceof Error) return error
  if (typeOf(error) === 'access-denied') return fault('access-denied', 'The event store does not let this user read')
  return fault('unavailable', `The event store cannot be read: ${sentenceOf(error)}`)
}
const member = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)
const typeOf = (error: unknown): unknown => member(error, 'type')
const sentenceOf = (error: unknown): string => String(member(error, 'message') ?? error).split('\n', 1).join().slice(0, 300)
