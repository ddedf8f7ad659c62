import { connect } from '#libs/event-store-eventstoredb/client'
import { openCounter } from '#libs/event-store-eventstoredb/counter'
import { logReader } from '#libs/event-store-eventstoredb/log'
import { namesOf } from '#libs/event-store-eventstoredb/schema'
import { writerOf, type Writer } from '#libs/event-store-eventstoredb/writer'
import type { Clock } from '#libs/kernel/clock'
import type { EventStore } from '#libs/kernel/store'
import { fault } from '#libs/sqlite/fault'

export interface ClusterOptions {
  /** `esdb://…` or `esdb+discover://…`, as the package `@eventstore/db-client` reads it. */
  readonly url: string
  /** Which log of the cluster: several municipalities can share one. Letters a to z and digits; never changed once there are events. */
  readonly namespace?: string
  /** How long an append may take, and how long reading may wait for news, ms. */
  readonly timeoutMs?: number
  /** Told in one sentence when the connection to the server is lost; it is taken up again without being asked. */
  readonly onInterrupted?: (why: string) => void
}

/**
 * The event store on a cluster of EventStoreDB. Resolves when all leaves of the log are counted; rejects with code `unavailable` when the
 * server cannot be reached, `access-denied` when its user may not read `$all`.
 */
export const openEventStore = ({ clock, ...options }: ClusterOptions & { readonly clock: Clock }): Promise<EventStore> => opened(options, clock)

/** The same log for processes that only read: `append` rejects with code `read-only`. */
export const readLog = (options: ClusterOptions): Promise<EventStore> => opened(options, undefined)

const opened = async ({ url, namespace = 'vaka', timeoutMs = 10_000, onInterrupted = () => undefined }: ClusterOptions, clock: Clock | undefined): Promise<EventStore> => {
  const names = namesOf(namespace)
  const server = connect(url, timeoutMs)
  const counting = openCounter({ server, names, timeoutMs, writes: clock !== undefined, onInterrupted })
  const counter = await counting.catch(async (error: unknown) => {
    await server.close()
    throw error
  })
  const writer = clock ? writerOf(server, names, clock) : readOnly
  const closed = new AbortController()
  const pending = new Set<Promise<unknown>>()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    closed.abort()
    await Promise.allSettled(pending)
    await counter.close()
    await server.close()
  }
  return {
    ...logReader({ server, names, counter, closed: closed.signal, onRead: writer.seen, onInterrupted }),
    append: async (...append) => {
      if (closing) throw fault('closed', 'The event log is closed')
      const answer = writer.append(...append)
      const settled = answer.catch(() => undefined).finally(() => pending.delete(settled))
      pending.add(settled)
      return answer
    },
    close: () => (closing ??= close()),
  }
}

const readOnly: Writer = {
  append: async (stream) => {
    throw fault('read-only', `This reader of the event log cannot append to ${stream}`)
  },
  seen: () => undefined,
}
