import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { eventStoreContract } from '#libs/contracts/event-store'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'

eventStoreContract('The embedded store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-'))
  const file = join(folder, 'events.db')
  return {
    open: (clock = systemClock) => openEventStore({ file, clock }),
    opening: `
      import { openEventStore } from '#libs/event-store-sqlite/store'
      import { systemClock } from '#libs/kernel/clock'
      const open = () => openEventStore({ file: ${JSON.stringify(file)}, clock: systemClock })`,
    dispose: () => rm(folder, { recursive: true }),
  }
})

describe('the embedded store in memory', () => {
  it('appends, refuses and follows as on disk', async () => {
    const store = await openEventStore({ file: ':memory:', clock: systemClock })
    expect(await store.append('case-1', 'none', [draft(0)])).toMatchObject({ outcome: 'appended', revision: 0 })
    expect(await store.append('case-1', 'none', [draft(1)])).toEqual({ outcome: 'conflict', actual: 0 })
    const seen: unknown[] = []
    for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) {
      if (item === 'caught-up') void store.append('case-1', 0, [draft(2)])
      else seen.push(item.size)
      if (seen.length === 2) break
    }
    expect(seen).toEqual([1, 2])
    await store.close()
  })
})
