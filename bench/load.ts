import { join } from 'node:path'
import { loadCase } from '#apps/application/context'
import { prepareLog } from '#bench/folder'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, atMost, quantile, ranged, ratio, report, spread, type Row } from '#bench/table'
import { caseIdOf } from '#events/deviation'
import { eventLog } from '#libs/event-store-sqlite/schema'
import { readLog } from '#libs/event-store-sqlite/store'
import { openDatabase } from '#libs/sqlite/open'

/** P4: a case of 30 events loaded and folded as every command does it (read, upcast, evolve) against its raw rows with JSON.parse. */
const count = option('rounds', 7)
const sliceMs = option('slice', 700)
const length = option('length', 30)

await inFolder(async (folder) => {
  const file = join(folder, 'events.db')
  prepareLog(file, option('events', 100_000), { seed: 1, from: '2020-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2026-01-01T00:00:00.000Z', length })
  const db = openDatabase(file, { ...eventLog, readonly: true })
  const streams = db.prepare<[number], string>("select stream from event where stream like 'deviation-%' group by stream having count(*) = ?").pluck().all(length)
  const rowsOf = db.prepare<[string], [number, string]>('select position, bytes from event where stream = ? order by revision').raw()
  const store = await readLog({ file })
  const latencies: Record<string, number[]> = {}
  let turn = 0
  const slice = (name: string, load: (stream: string) => unknown) => async (): Promise<number> => {
    const times = (latencies[name] ??= [])
    const started = performance.now()
    let done = 0
    while (performance.now() < started + sliceMs) {
      const stream = streams[(turn = (turn + 7_919) % streams.length)] ?? ''
      const before = performance.now()
      await load(stream)
      times.push(performance.now() - before)
      done++
    }
    return (done * 1_000) / (performance.now() - started)
  }
  let seen = 0
  const measured = await rounds(count, {
    'raw rows, JSON.parse': slice('raw rows, JSON.parse', (stream) => {
      for (const [, bytes] of rowsOf.all(stream)) seen += JSON.parse(bytes).revision
    }),
    'loaded and folded': slice('loaded and folded', async (stream) => {
      seen += (await loadCase(store, caseIdOf(stream)))?.facts.revision ?? NaN
    }),
  })
  await store.close()
  db.close()
  if (Number.isNaN(seen)) throw new Error('A case was not found')
  const reference = measured['raw rows, JSON.parse']
  report('load', {
    rows: Object.entries(measured).map(([name, rates]): Row => ({
      variant: name,
      'cases/s': ranged(spread(rates)),
      'ratio to raw': ranged(ratio(rates, reference)),
      'p50 ms': quantile(latencies[name] ?? [], 0.5),
      'p99 ms': quantile(latencies[name] ?? [], 0.99),
    })),
    bars: [
      atLeast('P4 load and fold against raw rows', ratio(measured['loaded and folded'], reference).median, 0.5),
      atMost('P4 p99 of load and fold', quantile(latencies['loaded and folded'] ?? [], 0.99), 1, ' ms'),
    ],
    notes: [`${streams.length} cases of ${length} events.`],
    raw: measured,
  })
})
