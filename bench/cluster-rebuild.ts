import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client'
import { openEventStoreUrl, openReadModelUrl, readEventsUrl, readLogUrl } from '#apps/application/stores'
import { projections } from '#apps/projector/list'
import { fillLog } from '#bench/cluster-fill'
import { clusterAddress, runNamespace } from '#bench/cluster-town'
import { prepareLog } from '#bench/folder'
import { cpuAt, portsIn } from '#bench/processes'
import { projectAll } from '#bench/project'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, figure, ranged, ratio, report, spread, type Row } from '#bench/table'
import { namesOf } from '#libs/event-store-eventstoredb/schema'
import { systemClock } from '#libs/kernel/clock'
import { rebuild } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { queue } from '#projections/queue/queue'

/**
 * The log of a cluster read from its beginning beside the same log in a file: by the client of EventStoreDB alone (all of the server behind the same
 * filter, the text parsed), through the store port, and into the read stores: the queue, all projections on one reading, and all of them each on its
 * own reading, as a projector of a cluster keeps them. Each run in a process of its own, with the servers on the same cores.
 */
interface Run {
  readonly perSecond: number
  /** Processor time of an event, µs: of this process, of the servers of the log, of PostgreSQL. */
  readonly here: number
  readonly log: number
  readonly read: number
  readonly checksum?: string
}
type Work = 'client' | 'port' | 'queue' | 'all' | 'each'

const toTheEnd = async (store: EventStore): Promise<void> => {
  for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) if (item === 'caught-up') return
}
const clientAlone = async (address: string): Promise<void> => {
  const place = readEventsUrl(address)
  if (place.engine !== 'esdb') throw new Error('The client reads clusters')
  const client = EventStoreDBClient.connectionString(place.url)
  const subscription = client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: [namesOf(place.namespace).prefix] }) })
  subscription.on('caughtUp', () => subscription.push(null))
  for await (const { event } of subscription) if (event && !event.isJson) JSON.parse(Buffer.from(event.data).toString())
  await client.dispose()
}
const projectEach = async (store: EventStore, readModel: ReadModel): Promise<void> => {
  await Promise.all(projections.map((projection) => rebuild({ store, readModel, projection, signal: new AbortController().signal })))
}
/** One measurement, in this process. */
const run = async (work: string, events: string, read: string, size: number): Promise<Run> => {
  const servers = { log: events.startsWith('sqlite:') ? [] : portsIn(events), read: read.startsWith('sqlite:') ? [] : portsIn(read) }
  const store = await readLogUrl(events)
  const readModel = await openReadModelUrl(read)
  const before = { log: cpuAt(servers.log), read: cpuAt(servers.read), here: process.cpuUsage() }
  const started = performance.now()
  if (work === 'client') await clientAlone(events)
  else if (work === 'port') await toTheEnd(store)
  else if (work === 'all') await projectAll(store, readModel)
  else if (work === 'each') await projectEach(store, readModel)
  else await rebuild({ store, readModel, projection: queue, signal: new AbortController().signal })
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(before.here)
  const each = (total: number): number => (total * 1_000) / size
  const measured = { perSecond: (size * 1_000) / ms, here: (user + system) / size, log: each(cpuAt(servers.log) - before.log), read: each(cpuAt(servers.read) - before.read) }
  const checksum = work === 'client' || work === 'port' ? undefined : await readModel.checksum(queue.name)
  await readModel.close()
  await store.close()
  return { ...measured, ...(checksum !== undefined && { checksum }) }
}

const [only, work = '', from = '', into = '', size = ''] = process.argv.slice(2)
if (only === '--only') console.log(JSON.stringify(await run(work, from, into, Number(size))))
else {
  const address = runNamespace(clusterAddress())
  // What only tests use is not built.
  const { startPostgres }: typeof import('#libs/postgres/testing/server') = await import(new URL('../libs/postgres/testing/server.ts', import.meta.url).href)
  const server = await startPostgres({ shared_buffers: '512MB', max_wal_size: '4GB' })
  try {
    await inFolder(async (folder) => {
      const file = join(folder, 'events.db')
      const written = prepareLog(file, option('events', 100_000), { seed: 1, from: '2000-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2100-01-01T00:00:00.000Z' })
      const filling = performance.now()
      await fillLog(file, address)
      const fillMs = performance.now() - filling
      const counting = performance.now()
      // It keeps what it has counted, so that the readers need not.
      await (await openEventStoreUrl(address, systemClock)).close()
      const countMs = performance.now() - counting
      const logs = { cluster: address, file: `sqlite:${file}` }
      let reads = 0
      const stores = { PostgreSQL: () => server.schema(), SQLite: async () => `sqlite:${join(folder, `read-${++reads}.db`)}` }
      const runs: Record<string, Run[]> = {}
      const one = (name: string, what: Work, log: keyof typeof logs, store: keyof typeof stores) => async (): Promise<number> => {
        const output = execFileSync(process.execPath, ['--no-warnings', fileURLToPath(import.meta.url), '--only', what, logs[log], await stores[store](), String(written.events)], { encoding: 'utf8' })
        const measured: Run = JSON.parse(output)
        ;(runs[name] ??= []).push(measured)
        return measured.perSecond
      }
      const variants: readonly (readonly [name: string, what: Work, log: keyof typeof logs, store: keyof typeof stores])[] = [
        ['read: client alone', 'client', 'cluster', 'SQLite'],
        ['read: port on the cluster', 'port', 'cluster', 'SQLite'],
        ['read: port on a file', 'port', 'file', 'SQLite'],
        ['queue: cluster into PostgreSQL', 'queue', 'cluster', 'PostgreSQL'],
        ['queue: file into PostgreSQL', 'queue', 'file', 'PostgreSQL'],
        ['queue: file into SQLite', 'queue', 'file', 'SQLite'],
        [`all ${projections.length}: cluster into PostgreSQL`, 'all', 'cluster', 'PostgreSQL'],
        [`all ${projections.length}: cluster into PostgreSQL, each by itself`, 'each', 'cluster', 'PostgreSQL'],
        [`all ${projections.length}: file into PostgreSQL`, 'all', 'file', 'PostgreSQL'],
        [`all ${projections.length}: file into SQLite`, 'all', 'file', 'SQLite'],
      ]
      const measured = await rounds(option('rounds', 3), Object.fromEntries(variants.map(([name, what, log, store]) => [name, one(name, what, log, store)])))
      const sums = new Set(Object.values(runs).flatMap((each) => each.flatMap(({ checksum }) => checksum ?? [])))
      if (sums.size !== 1) throw new Error('Not all read stores hold the same rows')
      const rates = (name: string): readonly number[] => measured[name] ?? []
      const bare = rates('read: client alone')
      const cost = (name: string, of: 'here' | 'log' | 'read'): number => spread((runs[name] ?? []).map((each) => each[of])).median
      report('cluster-rebuild', {
        rows: variants.map(
          ([name, , log, store]): Row => ({
            variant: name,
            'events/s': ranged(spread(rates(name))),
            'ratio to client alone': ranged(ratio(rates(name), bare)),
            'CPU µs here': cost(name, 'here'),
            'of EventStoreDB': log === 'file' ? '' : cost(name, 'log'),
            'of PostgreSQL': store === 'SQLite' ? '' : cost(name, 'read'),
          }),
        ),
        bars: [
          atLeast('reading through the port against the client alone', ratio(rates('read: port on the cluster'), bare).median, 0.9),
          atLeast('the queue from the cluster into PostgreSQL against reading by the client alone', ratio(rates('queue: cluster into PostgreSQL'), bare).median, 0.8),
          atLeast('the queue from a file into PostgreSQL, events/s', spread(rates('queue: file into PostgreSQL')).median, 80_000),
        ],
        notes: [
          `${written.events} events; the checksums of the queue are equal. ${portsIn(address).length} nodes of EventStoreDB and PostgreSQL on the same machine.`,
          `Put into the cluster at ${figure((written.events * 1_000) / fillMs)} events/s, many streams at once; counted at the first opening at ${figure((written.events * 1_000) / countMs)} events/s.`,
        ],
        raw: runs,
      })
    })
  } finally {
    await server.stop()
  }
}
