import { hash } from 'node:crypto'
import type { Server } from '#libs/event-store-eventstoredb/client'
import type { Counter } from '#libs/event-store-eventstoredb/counter'
import { resumed } from '#libs/event-store-eventstoredb/follow'
import { envelopeIn, isPosition, numberAt, numberOf, placeAt, positionOf, type Names } from '#libs/event-store-eventstoredb/schema'
import type { Recorded } from '#libs/kernel/event'
import type { Checkpoint, EventStore, Passed, ReadOptions, SubscribeOptions } from '#libs/kernel/store'
import { fault } from '#libs/sqlite/fault'

/** Most events that are left out before a subscription says that it has passed them. */
const mostPassed = 1000

/** The reading half of the port. */
export type LogReader = Omit<EventStore, 'append' | 'close'>
export interface LogOptions {
  readonly server: Server
  readonly names: Names
  readonly counter: Counter
  /** Ends subscriptions when the log is closed. */
  readonly closed: AbortSignal
  /** Told of each event that is read: the time of a stream's last event is wanted when the next is appended. */
  readonly onRead: (stream: string, revision: number, recordedAt: string) => void
  /** Told in one sentence when a connection is lost. */
  readonly onInterrupted: (why: string) => void
}

/** RFC 6962: the leading zero byte tells leaves from inner nodes. */
const leafOf = (text: string): string => hash('sha256', `\0${text}`)

export const logReader = ({ server, names, counter, closed, onRead, onInterrupted }: LogOptions): LogReader => {
  const { leaves } = counter
  let idOfLog: string | undefined
  const open = (): void => {
    if (closed.aborted) throw fault('closed', 'The event log is closed')
  }
  const textAt = async (size: number): Promise<string> => {
    const position = leaves.positionAt(size)
    for await (const event of server.readAll(placeAt(position), 'forwards', 1)) if (numberAt(event.place) === position) return event.text
    throw fault('foreign-event', `The event at ${positionOf(position)} has been removed from the log`)
  }
  /** The first leaf: nothing more needs to be written, and a log that was begun anew has another. */
  const logId = async (): Promise<string> => (idOfLog ??= leafOf(await textAt(1)))
  const recorded = (text: string, stream: string, revision: number, size: number): Recorded =>
    Object.assign(envelopeIn(text, stream, revision), { position: positionOf(leaves.positionAt(size)), size })
  /** Leaves up to what stands exactly there. */
  const sizeAt = async (position: number): Promise<number | undefined> => {
    const size = leaves.sizeAt(position)
    if (size !== undefined) return size
    await counter.upToNow()
    return leaves.sizeAt(position)
  }

  async function* read(stream: string, { from, direction = 'forwards', upTo, limit = Infinity }: ReadOptions = {}): AsyncGenerator<Recorded> {
    open()
    const last = upTo === undefined ? Infinity : numberOf(upTo)
    let left = limit
    if (left <= 0) return
    const start = from ?? (direction === 'forwards' ? 'start' : 'end')
    for await (const { revision, text } of server.readStream(names.served(stream), start, direction, last === Infinity && limit !== Infinity ? limit : undefined)) {
      const size = leaves.sizeOf(stream, revision) ?? (await counter.sizeOf(stream, revision))
      if (leaves.positionAt(size) > last) {
        if (direction === 'forwards') return
        continue
      }
      const event = recorded(text, stream, revision, size)
      onRead(stream, revision, event.recordedAt)
      yield event
      if (--left === 0) return
    }
  }

  const verified = async ({ logId: id, position, size, leaf }: Checkpoint): Promise<number> => {
    const found = isPosition(position) ? await sizeAt(numberOf(position)) : undefined
    if (found === undefined || found !== size || id !== (await logId()) || leaf !== leafOf(await textAt(found)))
      throw fault('log-replaced', 'The event log does not hold what was read from it before: it was restored, replaced or cut short. Rebuild what follows it.')
    return found
  }

  async function* subscribe({ after, streams, signal }: SubscribeOptions): AsyncGenerator<Recorded | Passed | 'caught-up'> {
    open()
    let size = after === 'start' ? 0 : await verified(after)
    const start = size === 0 ? 'start' : placeAt(leaves.positionAt(size))
    const isWanted = (stream: string): boolean => streams === undefined || streams.some((prefix) => stream.startsWith(prefix))
    const end = AbortSignal.any([signal, closed])
    let passed: Passed | undefined
    let passedOver = 0
    let isTold = false
    // All streams of the log, wanted or not: their events have to be counted.
    for await (const item of resumed(server, names.prefix, start, end)) {
      if (end.aborted) return
      if (item === 'caught-up') {
        if (passed) yield passed
        passed = undefined
        if (!isTold) yield item
        isTold = true
      } else if ('interrupted' in item) {
        onInterrupted(item.interrupted)
      } else if ('place' in item) {
        const position = positionOf(numberAt(item.place))
        const stream = names.own(item.stream)
        size++
        isTold = false
        if (isWanted(stream)) {
          passed = undefined
          passedOver = 0
          yield Object.assign(envelopeIn(item.text, stream, item.revision), { position, size })
        } else {
          passed = { passed: true, position, size }
          if (++passedOver % mostPassed > 0) continue
          yield passed
          passed = undefined
        }
      }
    }
  }

  return {
    read,
    subscribe,
    checkpoint: async (at) => {
      open()
      if (at === 'head') await counter.upToNow()
      const size = at === 'head' ? leaves.size() : await sizeAt(numberOf(at))
      if (size === 0) return 'start'
      if (size === undefined) throw fault('bad-position', `The event log has no event at ${at}`)
      const lastText = size === leaves.size() ? counter.lastText() : undefined
      const position = positionOf(leaves.positionAt(size))
      return { logId: await logId(), position, size, leaf: leafOf(lastText ?? (await textAt(size))) }
    },
    raw: async (stream, revision) => {
      open()
      for await (const served of server.readStream(names.served(stream), revision, 'forwards', 1)) if (served.revision === revision) return served.text
      return undefined
    },
    positionAt: async (instant) => {
      open()
      await counter.upToNow()
      const size = leaves.sizeBy(new Date(instant).getTime())
      return size === 0 ? undefined : positionOf(leaves.positionAt(size))
    },
  }
}
