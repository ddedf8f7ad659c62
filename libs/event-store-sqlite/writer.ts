import { aroundOf, envelopeText } from '#libs/kernel/envelope'
import type { Draft } from '#libs/kernel/event'
import type { Batch, Program } from '#libs/sqlite/batch'

/** In place of a revision: the stream has no events. */
export const none = -1
/**
 * One append on its way to the writer's thread, flat because a flat list of texts is the cheapest to hand over: the stream, the expected
 * revision, then two texts for each event: its envelope up to `recordedAt` and from `schemaVersion` on.
 */
export type Append = readonly [stream: string, expected: number, ...around: string[]]
/** The last position and revision written and when; or, for a conflict, the revision that the stream has. */
export type Written = readonly [position: number, revision: number, recordedAt: string] | number

/** Throws `unstorable-value` for what JSON cannot hold. */
export const appendOf = (stream: string, expected: number, events: readonly Draft[]): Append => [stream, expected, ...events.flatMap((event) => aroundOf(stream, event))]

export const program: Program<Append, Written> = (db) => {
  const lastOfLog = db.prepare<[], [number, string]>('select position, recorded_at from event order by position desc limit 1').raw()
  const lastOfStream = db.prepare<[string], number>('select revision from event where stream = ? order by revision desc limit 1').pluck()
  const columns = 'insert into event (position, stream, revision, recorded_at, bytes)'
  // Expected revision and append in one statement: the conflict says that somebody was first, `exists` that there is no gap.
  const create = db.prepare(`${columns} values (?, ?, ?, ?, ?) on conflict (stream, revision) do nothing`)
  const extend = db.prepare(
    `${columns} select ?, ?, ?, ?, ? where exists (select 1 from event where stream = ? and revision = ?) on conflict (stream, revision) do nothing`,
  )
  const insert = db.prepare(`${columns} values (?, ?, ?, ?, ?)`)
  let seen: Batch | undefined
  let position = 0
  let latest = ''

  return ([stream, expected, ...around], batch) => {
    if (batch !== seen) {
      seen = batch
      const [lastPosition, lastRecordedAt] = lastOfLog.get() ?? [0, '']
      position = lastPosition
      // The log's time never falls, so that an instant divides it in two.
      latest = batch.at > lastRecordedAt ? batch.at : lastRecordedAt
    }
    let revision = expected
    for (let i = 0; i < around.length; i += 2) {
      const bytes = envelopeText(around[i] ?? '', latest, ++revision, around[i + 1] ?? '')
      const row = [++position, stream, revision, latest, bytes]
      const { changes } = i > 0 ? insert.run(row) : expected === none ? create.run(row) : extend.run(row, stream, expected)
      if (changes === 0) {
        position--
        return lastOfStream.get(stream) ?? none
      }
    }
    return [position, revision, latest]
  }
}
