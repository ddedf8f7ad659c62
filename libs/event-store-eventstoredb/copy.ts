import { connect, type Place, type Placed, type Proposed, type Server } from '#libs/event-store-eventstoredb/client'
import { resumed } from '#libs/event-store-eventstoredb/follow'
import { envelopeIn, namesOf, type Names } from '#libs/event-store-eventstoredb/schema'
import type { ClusterOptions } from '#libs/event-store-eventstoredb/store'
import { fitting, otherSize, wrongRevision, type LogCopy, type RawEvent } from '#libs/kernel/copy'
import type { Envelope } from '#libs/kernel/event'
import { derivedId } from '#libs/kernel/ids'
import { leafHash } from '#libs/kernel/merkle'
import { fault } from '#libs/sqlite/fault'

/** Less than the smallest limit that a server is run with, which is 1 MB for all of an append. */
const mostBytesPerAppend = 500_000
const mostPerAppend = 500
/** How often in a row a connection may be lost without anything new before reading is given up. */
const mostInterruptions = 8
/** Events of the whole server that are read at once when looking whether somebody else has written. */
const tailSize = 32

/**
 * A log of a cluster for copying into it or out of it. It counts nothing beside the log, as the store does, and so takes little memory. Resolves
 * at once; what it does rejects with `unavailable` when the server cannot be reached.
 */
export const openLogCopy = ({ url, namespace = 'vaka', timeoutMs = 10_000 }: Omit<ClusterOptions, 'onInterrupted'>): LogCopy => {
  const names = namesOf(namespace)
  const server = connect(url, timeoutMs)
  const closed = new AbortController()
  /** The end of the log, when it has been read or written by this handle. */
  let end: End | undefined
  let closing: Promise<void> | undefined

  async function* raw(): AsyncGenerator<RawEvent> {
    let size = 0
    let place: Place | 'start' = 'start'
    for await (const item of upToNow(server, names, timeoutMs, closed.signal)) {
      place = 'reached' in item ? item.reached : item.place
      if (!('reached' in item)) yield rawOf(item, names, ++size)
    }
    end = { size, place }
  }
  const endOfLog = async (): Promise<End> => {
    const events = raw()
    while ((await events.next()).done !== true) continue
    return end ?? { size: 0, place: 'start' }
  }

  return {
    raw,
    write: async (events, expectedSize) => {
      const envelopes = fitting(events, expectedSize)
      end ??= await endOfLog()
      if (end.size !== expectedSize || (await isAfter(server, names, end.place))) throw otherSize(expectedSize)
      if (expectedSize === 0) await refuseOldPages(server, names)
      // One after the other: that keeps the order of the log between its streams, for which the server has no word.
      for (const run of runsOf(events)) {
        const [first] = run
        if (!first) continue
        const proposed = run.map((event) => proposedOf(event, envelopes[event.size - expectedSize - 1]))
        const answer = await server.append(names.served(first.stream), first.revision === 0 ? 'none' : first.revision - 1, proposed)
        if (answer.outcome === 'conflict') throw wrongRevision(first)
        end = { size: end.size + run.length, place: answer.place }
      }
    },
    close: () => {
      closed.abort()
      return (closing ??= server.close())
    },
  }
}

interface End {
  readonly size: number
  readonly place: Place | 'start'
}

/** What of the log there is, and places up to which there is no more; ends when that is all. */
async function* upToNow(server: Server, names: Names, timeoutMs: number, closed: AbortSignal): AsyncGenerator<Placed | { readonly reached: Place }> {
  const silent = new AbortController()
  let isWaiting = true
  // A reader takes its time over what it has got; the server may not.
  const silence = setTimeout(() => {
    if (isWaiting) silent.abort()
  }, timeoutMs)
  let hasCome = false
  let interruptions = 0
  try {
    for await (const item of resumed(server, names.prefix, 'start', AbortSignal.any([silent.signal, closed]))) {
      if (item === 'caught-up') return
      if ('interrupted' in item) {
        if (!hasCome || ++interruptions === mostInterruptions) throw fault('unavailable', `The event store cannot be read: ${item.interrupted}`)
        continue
      }
      hasCome = true
      interruptions = 0
      isWaiting = false
      yield item
      isWaiting = true
      silence.refresh()
    }
    throw closed.aborted ? fault('closed', 'The event log is closed') : fault('unavailable', `The event store has told nothing new for ${timeoutMs} ms`)
  } finally {
    clearTimeout(silence)
  }
}

const rawOf = ({ stream: served, revision, text, isJson }: Placed, names: Names, size: number): RawEvent => {
  const stream = names.own(served)
  // Other programs write JSON, which the client reads and writes anew: nobody knows its bytes.
  if (isJson === true) throw fault('foreign-event', `The event ${stream}/${revision} was not written by this program`)
  envelopeIn(text, stream, revision)
  return { stream, revision, bytes: text, size }
}

/** Whether there is an event of the log after a place. */
const isAfter = async (server: Server, names: Names, place: Place | 'start'): Promise<boolean> => {
  let from: Place | 'end' = 'end'
  for (;;) {
    let isStart = true
    for await (const event of server.readAll(from, 'backwards', tailSize)) {
      if (place !== 'start' && event.place.commit <= place.commit) return false
      if (event.stream.startsWith(names.prefix)) return true
      isStart = false
      from = event.place
    }
    if (isStart) return false
  }
}

/** Pages without the log that they count belong to one whose streams were deleted: whoever opened the new one would count on from them. */
const refuseOldPages = async (server: Server, names: Names): Promise<void> => {
  for await (const { stream } of server.readStream(names.pages, 'start', 'forwards', 1))
    throw fault('old-pages', `The log is empty, and yet ${stream} holds pages of one that was there: choose another namespace`)
}

/** Events that stand together in the log and belong to one stream go in one append. */
function* runsOf(events: readonly RawEvent[]): Generator<readonly RawEvent[]> {
  let run: RawEvent[] = []
  let bytes = 0
  for (const event of events) {
    const length = Buffer.byteLength(event.bytes)
    const last = run.at(-1)
    if (last && (last.stream !== event.stream || last.revision !== event.revision - 1 || run.length === mostPerAppend || bytes + length > mostBytesPerAppend)) {
      yield run
      run = []
      bytes = 0
    }
    run.push(event)
    bytes += length
  }
  yield run
}

/** An id that follows from the bytes: the same event sent again, by an attempt that was thought lost, is stored once. */
const proposedOf = ({ bytes }: RawEvent, envelope: Envelope | undefined): Proposed => ({ id: derivedId(Buffer.from(leafHash(bytes), 'hex'), ''), type: envelope?.type ?? '', text: bytes })
