import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { openEventStore, readLog } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import type { EventStore } from '#libs/kernel/store'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durability-'))
  file = join(folder, 'events.db')
})
afterEach(() => rm(folder, { recursive: true }))
const open = (): Promise<EventStore> => openEventStore({ file, clock: systemClock })

const flags = ['--conditions=source', '--no-warnings', '--input-type=module', '--eval']
const streams = Array.from({ length: 8 }, (_, i) => `case-${i}`)
/** Goes on where each stream ends, and prints each revision once it is acknowledged. */
const appendForEver = (path: string): string => `
  import { draft } from '#libs/contracts/event-samples'
  import { openEventStore } from '#libs/event-store-sqlite/store'
  import { systemClock } from '#libs/kernel/clock'
  const store = await openEventStore({ file: ${JSON.stringify(path)}, clock: systemClock })
  for (const stream of ${JSON.stringify(streams)}) {
    let revision = -1
    for await (const event of store.read(stream, { direction: 'backwards', limit: 1 })) revision = event.revision
    const go = async () => {
      for (;;) {
        const receipt = await store.append(stream, revision < 0 ? 'none' : revision, [draft(revision + 1), draft(revision + 2)])
        revision = receipt.revision
        console.log(stream, revision)
      }
    }
    void go()
  }`

/** Offset of SQLite's shared lock in a database file (https://sqlite.org/src/file/src/os.h, SHARED_FIRST). */
const sharedLock = 0x40000002
/** Whether the operating system holds that lock for this process. */
const isHeld = (path: string): boolean =>
  readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => new RegExp(` ${process.pid} [^ ]+:${statSync(path).ino} ${sharedLock} `).test(line))
const onLinux = process.platform === 'linux' ? it : it.skip

describe('a store that threads and readers of the same process have opened as well', () => {
  onLinux('still holds its file, so that no other program takes it for unused and deletes its write-ahead log', async () => {
    const store = await open()
    await store.append('case-0', 'none', [draft(0)])
    const reader = await readLog({ file })
    expect(isHeld(file)).toBe(true)
    await reader.close()
    await store.append('case-0', 0, [draft(1)])
    expect(isHeld(file)).toBe(true)
    await store.close()
  })
})

describe('a store whose process is killed', () => {
  it('holds every acknowledged event exactly once', async () => {
    const acknowledged = new Map<string, number>()
    for (const linesBeforeTheKill of [1, 40, 173, 400, 37]) {
      const child = spawn(process.execPath, [...flags, appendForEver(file)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(child, 'close')
      let lines = 0
      // What was printed before the kill and is read after it was acknowledged as well.
      for await (const line of createInterface({ input: child.stdout })) {
        const [stream = '', revision] = line.split(' ')
        acknowledged.set(stream, Number(revision))
        if (++lines === linesBeforeTheKill) child.kill('SIGKILL')
      }
      expect(await ended).toEqual([null, 'SIGKILL'])

      const store = await open()
      let positions = 0
      for (const stream of streams) {
        const numbers: unknown[] = []
        for await (const event of store.read(stream)) numbers.push([event.revision, event.data['n']])
        expect(numbers).toEqual(numbers.map((_, i) => [i, i]))
        expect(numbers.length).toBeGreaterThan(acknowledged.get(stream) ?? -1)
        expect(numbers.length % 2).toBe(0)
        positions += numbers.length
      }
      expect(await store.checkpoint('head')).toMatchObject({ size: positions })
      await store.close()
    }
  })
})

describe('a store that nobody closes', () => {
  it('keeps no process alive, with a subscription that waits neither', async () => {
    const source = `
      import { draft } from '#libs/contracts/event-samples'
      import { openEventStore } from '#libs/event-store-sqlite/store'
      import { systemClock } from '#libs/kernel/clock'
      const store = await openEventStore({ file: ${JSON.stringify(file)}, clock: systemClock })
      const follow = async (caughtUp) => {
        for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) if (item === 'caught-up') caughtUp()
      }
      await new Promise((resolve) => void follow(resolve))
      await store.append('case-1', 'none', [draft(0)])`
    const child = spawn(process.execPath, [...flags, source], { stdio: 'inherit', timeout: 15_000 })
    expect(await once(child, 'close')).toEqual([0, null])
    const log = await readLog({ file })
    expect(await log.checkpoint('head')).toMatchObject({ size: 1 })
    await log.close()
  })
})

describe('opening the log', () => {
  it('refuses a foreign and a damaged file', async () => {
    await writeFile(file, 'not a log, '.repeat(1000))
    await expect(open()).rejects.toMatchObject({ code: 'foreign-file' })
    await rm(file)
    const store = await open()
    await store.append('case-1', 'none', [draft(0, { text: 'x'.repeat(100_000) })])
    await store.close()
    await truncate(file, 50_000)
    await expect(open()).rejects.toMatchObject({ code: 'damaged-file' })
    await expect(readLog({ file })).rejects.toMatchObject({ code: 'damaged-file' })
  })

  it('for reading only follows the writer, appends nothing and creates nothing', async () => {
    await expect(readLog({ file })).rejects.toMatchObject({ code: 'missing-file' })
    const store = await open()
    const reader = await readLog({ file })
    const seen: unknown[] = []
    for await (const item of reader.subscribe({ after: 'start', signal: new AbortController().signal })) {
      seen.push(item === 'caught-up' ? item : item.size)
      if (seen.length === 1) await store.append('case-1', 'none', [draft(0)])
      if (seen.length === 2) break
    }
    expect(seen).toEqual(['caught-up', 1])
    expect(await reader.checkpoint('head')).toEqual(await store.checkpoint('head'))
    await expect(reader.append('case-1', 0, [draft(1)])).rejects.toMatchObject({ code: 'read-only' })
    await store.close()
    // The last writer has gone and taken the write-ahead log with it.
    const later = await readLog({ file })
    expect(await later.raw('case-1', 0)).toBe(await reader.raw('case-1', 0))
    await Promise.all([reader.close(), later.close()])
  })
})

describe('the time of the log', () => {
  it('never falls from one position to the next, whichever stream and process wrote it', async () => {
    const times = ['2026-03-01T10:00:00.000Z', '2026-03-01T09:00:00.000Z', '2026-03-01T10:00:01.000Z', '2026-02-01T00:00:00.000Z']
    for (const [i, now] of times.entries()) {
      const store = await openEventStore({ file, clock: { now: () => now } })
      await store.append(`case-${i}`, 'none', [draft(i)])
      await store.close()
    }
    const log = await readLog({ file })
    const recorded: unknown[] = []
    for await (const item of log.subscribe({ after: 'start', signal: new AbortController().signal })) {
      if (item === 'caught-up') break
      if ('stream' in item) recorded.push(item.recordedAt)
    }
    expect(recorded).toEqual([times[0], times[0], times[2], times[2]])
    await log.close()
  })
})
