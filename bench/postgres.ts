import { join } from 'node:path'
import { filesOf } from '#apps/application/places'
import { projections } from '#apps/projector/list'
import { prepareFolder, prepareLog } from '#bench/folder'
import { unitIds } from '#bench/municipality'
import { projectAll } from '#bench/project'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, atMost, figure, quantile, ranged, ratio, report, spread, type Row } from '#bench/table'
import { readLog } from '#libs/event-store-sqlite/store'
import { rebuild } from '#libs/kernel/projector'
import type { Query } from '#libs/kernel/projection'
import type { ReadModel } from '#libs/kernel/read-model'
import { openConnections } from '#libs/postgres/connection'
import { beside, select } from '#libs/read-model-postgres/query'
import { tableOf } from '#libs/read-model-postgres/schema'
import { openReadModelPostgres } from '#libs/read-model-postgres/store'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { queue } from '#projections/queue/queue'

/**
 * The read store in PostgreSQL beside the one in SQLite, from the same logs: the queue and all projections from the beginning of a generated log
 * (`--events`), and the first page of the queue over `--open` open cases of 120 units, asked of the read model itself. The server runs beside
 * this process on the same cores and keeps its promises (`fsync`).
 */
const events = option('events', 200_000)
const open = option('open', 100_000)
const pages = option('pages', 2_000)
const warm = 200
const limit = 51

const project = async (file: string, readModel: ReadModel, names: 'queue' | 'all'): Promise<number> => {
  const store = await readLog({ file })
  const started = performance.now()
  if (names === 'queue') await rebuild({ store, readModel, projection: queue, signal: new AbortController().signal })
  else await projectAll(store, readModel)
  const seconds = (performance.now() - started) / 1000
  await store.close()
  return seconds
}
/** What the queue of some units asks for: its page and one row more. */
const waiting = (units: readonly string[]): Query => ({
  anyOf: units.flatMap((unit) => [[{ column: 'unit', is: '=', value: unit }, { column: 'open', is: '=', value: 1 }], [{ column: 'offered', is: '=', value: unit }]]),
  order: ['due_key', 'received'],
  limit,
})
const page = async (readModel: ReadModel, units: readonly string[]): Promise<number> => {
  const started = performance.now()
  const rows = await readModel.query(queue.name, waiting(units))
  if (rows.length === 0) throw new Error('An empty queue measures nothing')
  return performance.now() - started
}

// What only tests use is not built.
const { startPostgres }: typeof import('#libs/postgres/testing/server') = await import(new URL('../libs/postgres/testing/server.ts', import.meta.url).href)
const server = await startPostgres({ shared_buffers: '512MB', max_wal_size: '4GB' })
try {
  await inFolder(async (folder) => {
    const log = join(folder, 'events.db')
    const written = prepareLog(log, events, { seed: 1, from: '2000-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2100-01-01T00:00:00.000Z' })
    let runs = 0
    const openSqlite = (): Promise<ReadModel> => openReadModel({ file: join(folder, `read-${++runs}.db`) })
    const openPostgres = async (): Promise<ReadModel> => openReadModelPostgres({ url: await server.schema() })
    const sums = new Set<string>()
    const rate = (opening: () => Promise<ReadModel>, names: 'queue' | 'all') => async (): Promise<number> => {
      const readModel = await opening()
      const seconds = await project(log, readModel, names)
      sums.add(await readModel.checksum(queue.name))
      await readModel.close()
      return written.events / seconds
    }
    const measured = await rounds(option('rounds', 3), {
      'queue, SQLite': rate(openSqlite, 'queue'),
      'queue, PostgreSQL': rate(openPostgres, 'queue'),
      'all, SQLite': rate(openSqlite, 'all'),
      'all, PostgreSQL': rate(openPostgres, 'all'),
    })
    if (sums.size !== 1) throw new Error('SQLite and PostgreSQL hold different rows')
    report('postgres-rebuild', {
      rows: (['queue', 'all'] as const).flatMap((names) =>
        (['SQLite', 'PostgreSQL'] as const).map(
          (engine): Row => ({
            projections: names === 'all' ? `all ${projections.length} together` : names,
            engine,
            'events/s': ranged(spread(measured[`${names}, ${engine}`])),
            'ratio to SQLite': ranged(ratio(measured[`${names}, ${engine}`], measured[`${names}, SQLite`])),
          }),
        ),
      ),
      bars: [atLeast('the queue into PostgreSQL, events/s', spread(measured['queue, PostgreSQL']).median, 80_000)],
      notes: [`${written.events} events; the checksums of the queue are equal.`],
      raw: measured,
    })

    const backlog = join(folder, 'backlog')
    await prepareFolder(backlog, { generation: { seed: 1, cases: open, from: '2025-01-01T00:00:00.000Z', casesPerYear: open, until: '2026-06-01T00:00:00.000Z', stop: 'backlog' } })
    const url = await server.schema()
    const engines = { SQLite: await openSqlite(), PostgreSQL: await openReadModelPostgres({ url }) }
    for (const readModel of Object.values(engines)) await project(filesOf(backlog).events, readModel, 'queue')
    const asked = [
      { label: 'one unit', units: (n: number) => [unitIds[n % unitIds.length] ?? ''], pages },
      { label: '120 units', units: () => unitIds, pages: Math.ceil(pages / 10) },
    ]
    const latencies = new Map<string, number[]>()
    for (const { label, units, pages } of asked)
      for (let n = 0; n < pages + warm; n++)
        for (const [engine, readModel] of Object.entries(engines)) {
          const ms = await page(readModel, units(n))
          if (n >= warm) latencies.set(`${label} ${engine}`, [...(latencies.get(`${label} ${engine}`) ?? []), ms])
        }
    const cases = await engines.PostgreSQL.count(queue.name, [{ column: 'open', is: '=', value: 1 }])
    const [build] = await engines.PostgreSQL.status()
    if (!build) throw new Error('The queue has no build')
    const connections = openConnections({ url })
    const values: unknown[] = [build.name, build.version, build.build]
    const statement = beside('name = $1 and version = $2 and build = $3 and promoted', select(waiting(unitIds), tableOf(build), queue.columns, (value) => `$${values.push(value)}`))
    const plan = await connections.run<{ readonly 'QUERY PLAN': string }>(`explain (costs off) ${statement}`, values)
    await connections.close()
    for (const readModel of Object.values(engines)) await readModel.close()
    const p = (label: string, engine: string, q: number): number => quantile(latencies.get(`${label} ${engine}`) ?? [], q)
    report(open === 100_000 ? 'postgres-queue' : `postgres-queue-${open}`, {
      rows: asked.flatMap(({ label }) =>
        Object.keys(engines).map(
          (engine): Row => ({
            'first page of': label,
            engine,
            'open cases': figure(cases),
            'p50 ms': p(label, engine, 0.5),
            'p99 ms': p(label, engine, 0.99),
            'max ms': p(label, engine, 1),
            'p50 against SQLite': p(label, engine, 0.5) / p(label, 'SQLite', 0.5),
          }),
        ),
      ),
      bars: asked.map(({ label }) => atMost(`the queue of ${label} in PostgreSQL, p99`, p(label, 'PostgreSQL', 0.99), 20, ' ms')),
      notes: [`EXPLAIN of the page of 120 units: ${plan.map((line) => line['QUERY PLAN'].trim()).join(' / ')}`],
    })
  })
} finally {
  await server.stop()
}
