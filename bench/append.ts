import { join } from 'node:path'
import { closedLoop } from '#bench/closed-loop'
import { draftOf } from '#bench/draft'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, quantile, ranged, ratio, report, spread, type Row } from '#bench/table'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { eventLog, positionOf } from '#libs/event-store-sqlite/schema'
import { appendOf, none, type Append, type Written } from '#libs/event-store-sqlite/writer'
import { canonical } from '#libs/kernel/canonical'
import type { Draft } from '#libs/kernel/event'
import { uuidv7 } from '#libs/kernel/ids'
import { systemClock } from '#libs/kernel/clock'
import { groupCommit } from '#libs/sqlite/group-commit'
import { openDatabase } from '#libs/sqlite/open'

/**
 * P1, P2: durable appends of one event of about 800 stored bytes to new streams, through the store port and by better-sqlite3 itself into the
 * same table. Every variant builds its event and its text: the same bytes as the store's are canonical JSON; JSON.stringify, which gives others,
 * stands beside as the floor. Each run has a file of its own.
 */
const count = option('rounds', 7)
const sliceMs = option('slice', 1_000)
const callers = 32

const until = (end: number): boolean => performance.now() < end
const latencies: Record<string, number[]> = {}

/** Appends a second by so many callers. */
const appending = (name: string, callers: number, append: (stream: string, draft: Draft) => Promise<unknown>): Promise<number> =>
  closedLoop(callers, sliceMs, (latencies[name] ??= []), async () => {
    const id = uuidv7(Date.now())
    await append(`deviation-${id}`, draftOf(id))
  })

const port = (name: string, callers: number) => (): Promise<number> =>
  inFolder(async (folder) => {
    const store = await openEventStore({ file: join(folder, 'events.db'), clock: systemClock })
    try {
      return await appending(name, callers, async (stream, draft) => {
        const answer = await store.append(stream, 'none', [draft])
        if (answer.outcome !== 'appended') throw new Error('Nobody else writes here')
      })
    } finally {
      await store.close()
    }
  })
/** The same committer and program without the thread. */
const sameThread = (name: string, callers: number) => (): Promise<number> =>
  inFolder(async (folder) => {
    const file = join(folder, 'events.db')
    const db = openDatabase(file, eventLog)
    const writer = groupCommit<Append, Written>({ file, open: eventLog, program: '#libs/event-store-sqlite/writer', now: () => systemClock.now(), db })
    try {
      return await appending(name, callers, async (stream, draft) => {
        const written = await writer.submit(appendOf(stream, none, [draft]))
        if (typeof written === 'number') throw new Error('Nobody else writes here')
        return positionOf(written[0])
      })
    } finally {
      await writer.close()
      db.close()
    }
  })
/** What SQLite gives: prepared inserts, `perCommit` of them in a transaction, on this thread. */
const raw = (name: string, perCommit: number, json: (envelope: object) => string = JSON.stringify) => (): Promise<number> =>
  inFolder(async (folder) => {
    const db = openDatabase(join(folder, 'events.db'), eventLog)
    const insert = db.prepare('insert into event (position, stream, revision, recorded_at, bytes) values (?, ?, ?, ?, ?)')
    const [begin, commit] = [db.prepare('begin immediate'), db.prepare('commit')]
    const times = (latencies[name] ??= [])
    const started = performance.now()
    const end = started + sliceMs
    let position = 0
    while (until(end)) {
      const before = performance.now()
      const recordedAt = systemClock.now()
      begin.run()
      for (let i = 0; i < perCommit; i++) {
        const id = uuidv7(Date.now())
        const stream = `deviation-${id}`
        const { data, type, schemaVersion, meta } = draftOf(id)
        insert.run(++position, stream, 0, recordedAt, json({ data, id, meta, recordedAt, revision: 0, schemaVersion, stream, type }))
      }
      commit.run()
      times.push(performance.now() - before)
    }
    const rate = (position * 1_000) / (performance.now() - started)
    db.close()
    return rate
  })

const measured = await rounds(count, {
  'raw, 1 a commit': raw('raw, 1 a commit', 1),
  'raw, 32 a commit': raw('raw, 32 a commit', callers),
  'raw, 32 a commit, canonical JSON': raw('raw, 32 a commit, canonical JSON', callers, canonical),
  'port, 1 caller': port('port, 1 caller', 1),
  'port, 32 callers': port('port, 32 callers', callers),
  'port without thread, 1 caller': sameThread('port without thread, 1 caller', 1),
  'port without thread, 32 callers': sameThread('port without thread, 32 callers', callers),
})
const [one, group, sameBytes] = [measured['raw, 1 a commit'], measured['raw, 32 a commit'], measured['raw, 32 a commit, canonical JSON']]
const against = (name: string): readonly [string, number[]] => (name.includes('32') ? ['32 a commit', group] : ['1 a commit', one])
const rows = Object.entries(measured).map(([name, rates]): Row => {
  const [label, reference] = against(name)
  return {
    variant: name,
    'appends/s': ranged(spread(rates)),
    [`ratio to raw`]: `${ranged(ratio(rates, reference))} of ${label}`,
    'p50 ms': quantile(latencies[name] ?? [], 0.5),
    'p99 ms': quantile(latencies[name] ?? [], 0.99),
  }
})
report('append', {
  rows,
  bars: [
    atLeast('P1 32 callers through the port against raw group commit of the same bytes', ratio(measured['port, 32 callers'], sameBytes).median, 0.8),
    atLeast('P1 the same against raw group commit with JSON.stringify', ratio(measured['port, 32 callers'], group).median, 0.8),
    atLeast('P2 one caller through the worker against raw single', ratio(measured['port, 1 caller'], one).median, 0.5),
    atLeast('P2 one caller on the same thread against raw single', ratio(measured['port without thread, 1 caller'], one).median, 0.8),
  ],
  notes: [`${count} rounds of ${sliceMs} ms each, rotating; ${JSON.stringify(draftOf('')).length + 130} bytes an event.`],
  raw: measured,
})
