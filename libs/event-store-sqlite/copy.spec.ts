import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { logCopyContract, type LogCopyHarness } from '#libs/contracts/log-copy'
import { openLogCopy } from '#libs/event-store-sqlite/copy'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'

const make = async (): Promise<LogCopyHarness> => {
  const folder = await mkdtemp(join(tmpdir(), 'log-copy-'))
  return {
    copy: async (log) => openLogCopy({ file: join(folder, `${log}.db`) }),
    store: (log, clock = systemClock) => openEventStore({ file: join(folder, `${log}.db`), clock }),
    dispose: () => rm(folder, { recursive: true }),
  }
}
logCopyContract('The embedded engine', make)

describe('copying out of a file', () => {
  it('stops where an event is missing or is no text, and writes nothing when it is to read only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-copy-'))
    const file = join(folder, 'events.db')
    expect(() => openLogCopy({ file, readonly: true })).toThrow(expect.objectContaining({ code: 'missing-file' }))
    const store = await openEventStore({ file, clock: systemClock })
    for (let n = 0; n < 3; n++) await store.append(`case-${n}`, 'none', [draft(n)])
    await store.close()
    for (const [harm, expected] of [[`update event set bytes = cast(x'7bff7d' as text) where position = 3`, 2], ['update event set bytes = (select bytes from event where position = 1) where position = 3; delete from event where position = 2', 1]] as const) {
      const db = new Database(file)
      db.exec(harm)
      db.close()
      const copy = openLogCopy({ file, readonly: true })
      const seen: number[] = []
      const read = async (): Promise<void> => {
        for await (const { size } of copy.raw()) seen.push(size)
      }
      await expect(read()).rejects.toMatchObject({ code: 'damaged-file' })
      expect(seen).toHaveLength(expected)
      await expect(copy.write([], 0)).rejects.toMatchObject({ code: 'read-only' })
      await copy.close()
    }
    await rm(folder, { recursive: true })
  })
})
