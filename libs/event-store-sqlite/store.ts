import type { Clock } from '#libs/kernel/clock'
import type { EventStore, Revision } from '#libs/kernel/store'
import { logIdOf, logReader, signalOf } from '#libs/event-store-sqlite/log'
import { eventLog, positionOf } from '#libs/event-store-sqlite/schema'
import { appendOf, none } from '#libs/event-store-sqlite/writer'
import type { Append, Written } from '#libs/event-store-sqlite/writer'
import { fault } from '#libs/sqlite/fault'
import { groupCommit } from '#libs/sqlite/group-commit'
import { openDatabase } from '#libs/sqlite/open'

/**
 * The embedded event store: one SQLite file, or `:memory:`. Appends that arrive together share one commit in a thread of their own; reading
 * happens on the calling thread. The one writer of a data folder holds `lockFolder` as well. Throws as `openDatabase` does.
 */
export const openEventStore = async ({ file, clock }: { readonly file: string; readonly clock: Clock }): Promise<EventStore> => {
  const db = openDatabase(file, eventLog)
  const log = logReader(db)
  const writer = groupCommit<Append, Written>({
    file,
    open: eventLog,
    program: '#libs/event-store-sqlite/writer',
    signal: signalOf(logIdOf(db)),
    now: () => clock.now(),
    ...(file === ':memory:' ? { db } : {}),
  })
  return {
    ...log,
    append: async (stream, expected, events) => {
      if (events.length === 0) throw fault('empty-append', `An append to ${stream} holds no events`)
      if (stream === '') throw fault('bad-stream', 'An event belongs to a stream, and streams have names')
      const written = await writer.submit(appendOf(stream, expectedNumber(expected), events))
      if (typeof written === 'number') return { outcome: 'conflict', actual: written === none ? 'none' : written }
      const [position, revision, recordedAt] = written
      return { outcome: 'appended', revision, position: positionOf(position), recordedAt }
    },
    close: async () => {
      await writer.close()
      await log.close()
    },
  }
}

/**
 * The same log for threads and processes that only read: `append` rejects with code `read-only`. Throws with code `missing-file` where there
 * is no log.
 */
export const readLog = async ({ file }: { readonly file: string }): Promise<EventStore> => ({
  ...logReader(openDatabase(file, { ...eventLog, readonly: true })),
  append: async (stream) => {
    throw fault('read-only', `This reader of the event log cannot append to ${stream}`)
  },
})

const expectedNumber = (expected: Revision | 'none'): number => {
  if (expected === 'none') return none
  if (Number.isSafeInteger(expected) && expected >= 0) return expected
  throw fault('bad-revision', `${String(expected)} is no revision`)
}
