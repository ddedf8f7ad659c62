import { randomUUID } from 'node:crypto'
import type { Server } from '#libs/event-store-eventstoredb/client'
import { envelopeIn, numberAt, positionOf, type Names } from '#libs/event-store-eventstoredb/schema'
import type { Clock } from '#libs/kernel/clock'
import { aroundOf, envelopeText } from '#libs/kernel/envelope'
import type { EventStore, Revision } from '#libs/kernel/store'
import { recent } from '#libs/privacy/recent'
import { fault } from '#libs/sqlite/fault'

/** Streams whose last event's time is remembered: those that commands have just read. */
const mostRemembered = 10_000

export interface Writer {
  readonly append: EventStore['append']
  /** To be told of each event that is read. */
  seen(stream: string, revision: Revision, recordedAt: string): void
}
export const writerOf = (server: Server, names: Names, clock: Clock): Writer => {
  const remembered = recent<string, { readonly revision: Revision; readonly recordedAt: string }>(mostRemembered)
  const seen: Writer['seen'] = (stream, revision, recordedAt) => {
    if ((remembered.get(stream)?.revision ?? -1) < revision) remembered.set(stream, { revision, recordedAt })
  }
  /** The last event of a stream, or the one at a revision; undefined when there is none. */
  const lastOf = async (stream: string, at: Revision | 'end') => {
    for await (const { revision, text } of server.readStream(names.served(stream), at, 'backwards', 1)) return { revision, recordedAt: envelopeIn(text, stream, revision).recordedAt }
    return undefined
  }
  const timeOf = async (stream: string, revision: Revision): Promise<string> => {
    const known = remembered.get(stream)
    const event = known?.revision === revision ? known : await lastOf(stream, revision)
    return event?.revision === revision ? event.recordedAt : ''
  }

  return {
    seen,
    append: async (stream, expected, events) => {
      if (events.length === 0) throw fault('empty-append', `An append to ${stream} holds no events`)
      if (stream === '') throw fault('bad-stream', 'An event belongs to a stream, and streams have names')
      if (expected !== 'none' && !(Number.isSafeInteger(expected) && expected >= 0)) throw fault('bad-revision', `${String(expected)} is no revision`)
      const around = events.map((event) => aroundOf(stream, event))
      // The clocks of several writers differ; within a stream time never falls.
      const [before, now] = [expected === 'none' ? '' : await timeOf(stream, expected), clock.now()]
      const recordedAt = before > now ? before : now
      const first = expected === 'none' ? 0 : expected + 1
      const proposed = events.map(({ type }, i) => {
        const [head, tail] = around[i] ?? ['', '']
        // An id for each attempt, not the event's own: the server would take a second append of the same events for the first and call it
        // done, with a time that was never stored. What the network repeats is the same attempt, and is stored once.
        return { id: randomUUID(), type, text: envelopeText(head, recordedAt, first + i, tail) }
      })
      const answer = await server.append(names.served(stream), expected, proposed)
      if (answer.outcome === 'conflict') {
        const actual = answer.actual === 'untold' ? ((await lastOf(stream, 'end'))?.revision ?? 'none') : answer.actual
        return { outcome: 'conflict', actual }
      }
      const revision = first + events.length - 1
      seen(stream, revision, recordedAt)
      return { outcome: 'appended', revision, position: positionOf(numberAt(answer.place)), recordedAt }
    },
  }
}
