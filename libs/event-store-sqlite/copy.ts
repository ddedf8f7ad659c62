import { isUtf8 } from 'node:buffer'
import { setImmediate as breath } from 'node:timers/promises'
import { eventLog } from '#libs/event-store-sqlite/schema'
import { fitting, otherSize, wrongRevision, type LogCopy, type RawEvent } from '#libs/kernel/copy'
import { fault } from '#libs/sqlite/fault'
import { openDatabase } from '#libs/sqlite/open'

const pageSize = 1000

/**
 * The log of a file for copying into it, or out of it with `readonly`. Who writes holds `lockFolder` on its folder, and so does who reads what
 * must stay as it is meanwhile. Throws as `openDatabase` does.
 */
export const openLogCopy = ({ file, readonly = false }: { readonly file: string; readonly readonly?: boolean }): LogCopy => {
  const db = openDatabase(file, { ...eventLog, readonly })
  // As bytes: what is no text would be mended silently, and two logs that differ be taken for the same.
  const page = db.prepare<[number], [number, string, number, Buffer]>(`select position, stream, revision, cast(bytes as blob) from event where position > ? order by position limit ${pageSize}`).raw()
  const last = db.prepare<[], [number, string]>('select position, recorded_at from event order by position desc limit 1').raw()
  const lastOfStream = db.prepare<[string], number>('select revision from event where stream = ? order by revision desc limit 1').pluck()
  const insert = db.prepare('insert into event (position, stream, revision, recorded_at, bytes) values (?, ?, ?, ?, ?)')

  async function* raw(): AsyncGenerator<RawEvent> {
    let size = 0
    for (;;) {
      if (!db.open) throw fault('closed', 'The event log is closed')
      const rows = page.all(size)
      for (const [position, stream, revision, bytes] of rows) {
        if (position !== ++size || !isUtf8(bytes)) throw fault('damaged-file', `The event log ${file} is damaged: its event ${size} is missing, or is no text. Restore it from a back-up.`)
        yield { stream, revision, bytes: bytes.toString(), size }
      }
      if (rows.length < pageSize) return
      await breath()
    }
  }
  const write = db.transaction((events: readonly RawEvent[], times: readonly string[], expectedSize: number) => {
    const [size, recordedAt] = last.get() ?? [0, '']
    if (size !== expectedSize) throw otherSize(expectedSize)
    let latest = recordedAt
    for (const [i, event] of events.entries()) {
      const { stream, revision, bytes } = event
      if ((lastOfStream.get(stream) ?? -1) !== revision - 1) throw wrongRevision(event)
      // On a cluster the clocks of several writers differ. The column divides the log by an instant, so in it time never falls.
      const time = times[i] ?? ''
      if (time > latest) latest = time
      insert.run(size + i + 1, stream, revision, latest, bytes)
    }
  })
  return {
    raw,
    write: async (events, expectedSize) => {
      if (readonly) throw fault('read-only', 'This reader of the event log writes nothing')
      const envelopes = fitting(events, expectedSize)
      write.immediate(events, envelopes.map(({ recordedAt }) => recordedAt), expectedSize)
    },
    close: async () => {
      db.close()
    },
  }
}
