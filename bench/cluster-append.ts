import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { binaryEvent, EventStoreDBClient, NO_STREAM } from '@eventstore/db-client'
import { readEventsUrl } from '#apps/application/stores'
import { closedLoop } from '#bench/closed-loop'
import { clusterAddress, runNamespace } from '#bench/cluster-town'
import { draftOf } from '#bench/draft'
import { cpuAt, portsIn } from '#bench/processes'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, quantile, ranged, ratio, report, spread, type Row } from '#bench/table'
import { openEventStore as openCluster } from '#libs/event-store-eventstoredb/store'
import { openEventStore as openFile } from '#libs/event-store-sqlite/store'
import { canonical } from '#libs/kernel/canonical'
import { systemClock } from '#libs/kernel/clock'
import { uuidv7 } from '#libs/kernel/ids'
import type { EventStore } from '#libs/kernel/store'

/**
 * Durable appends of one event of about 800 bytes to new streams: through the store port on a cluster of EventStoreDB, by its client alone in the same
 * process (the same bytes, expecting no stream, from the leader), and through the store port on a file. The servers share the cores with this process.
 */
const count = option('rounds', 7)
const sliceMs = option('slice', 1_000)
const callers = [1, 32, 128]
const address = clusterAddress()
const ports = portsIn(address)
const place = readEventsUrl(runNamespace(address))
if (place.engine !== 'esdb') throw new Error('EVENTSTORE_URL is the address of an EventStoreDB')
const { url, namespace } = place
// Both stay open: neither does anything while the other is timed.
const cluster = await openCluster({ url, namespace, clock: systemClock })
const sharing = EventStoreDBClient.connectionString(url)
/** Each append a call of its own, as the adapter has it for safety. By itself the client sends all over one call, where there is no user. */
const client = EventStoreDBClient.connectionString(url)
Reflect.set(client, 'supports', async () => false)

const latencies: Record<string, number[]> = {}
/** Processor time of an append, µs. */
const costs: Record<string, { readonly here: number; readonly server: number }[]> = {}
const measured = async (name: string, many: number, append: () => Promise<unknown>): Promise<number> => {
  const [own, theirs] = [process.cpuUsage(), cpuAt(ports)]
  const started = performance.now()
  const rate = await closedLoop(many, sliceMs, (latencies[name] ??= []), append)
  const appends = (rate * (performance.now() - started)) / 1_000
  const { user, system } = process.cpuUsage(own)
  ;(costs[name] ??= []).push({ here: (user + system) / appends, server: ((cpuAt(ports) - theirs) * 1_000) / appends })
  return rate
}
const throughPort = (name: string, many: number, store: EventStore): Promise<number> =>
  measured(name, many, async () => {
    const id = uuidv7(Date.now())
    const answer = await store.append(`deviation-${id}`, 'none', [draftOf(id)])
    if (answer.outcome !== 'appended') throw new Error('Nobody else writes here')
  })
const throughClient = (client: EventStoreDBClient) => (name: string, many: number): Promise<number> =>
  measured(name, many, async () => {
    const id = uuidv7(Date.now())
    const stream = `deviation-${id}`
    const data = Buffer.from(canonical({ ...draftOf(id), recordedAt: systemClock.now(), revision: 0, stream }))
    await client.appendToStream(`${namespace}client.${stream}`, [binaryEvent({ id: randomUUID(), type: 'note-added', data })], { expectedRevision: NO_STREAM, requiresLeader: true })
  })
const throughFile = (name: string, many: number): Promise<number> =>
  inFolder(async (folder) => {
    const store = await openFile({ file: join(folder, 'events.db'), clock: systemClock })
    try {
      return await throughPort(name, many, store)
    } finally {
      await store.close()
    }
  })

const nameOf = (engine: string, many: number): string => `${engine}, ${many} ${many === 1 ? 'caller' : 'callers'}`
const engines = {
  'client alone': throughClient(client),
  'client alone, over one call': throughClient(sharing),
  'port on the cluster': (name: string, many: number) => throughPort(name, many, cluster),
  'port on a file': throughFile,
}
const variants = callers.flatMap((many) => Object.entries(engines).map(([engine, run]) => [nameOf(engine, many), () => run(nameOf(engine, many), many)] as const))
const rates = await rounds(count, Object.fromEntries(variants))
await cluster.close()
await Promise.all([client.dispose(), sharing.dispose()])
const of = (engine: string, many: number): readonly number[] => rates[nameOf(engine, many)] ?? []
report('cluster-append', {
  rows: callers.flatMap((many) =>
    Object.keys(engines).map((engine): Row => {
      const name = nameOf(engine, many)
      const cost = (which: 'here' | 'server'): number => spread((costs[name] ?? []).map((each) => each[which])).median
      return {
        variant: name,
        'appends/s': ranged(spread(of(engine, many))),
        'ratio to client alone': ranged(ratio(of(engine, many), of('client alone', many))),
        'ratio to a file': ranged(ratio(of(engine, many), of('port on a file', many))),
        'p50 ms': quantile(latencies[name] ?? [], 0.5),
        'p99 ms': quantile(latencies[name] ?? [], 0.99),
        'CPU µs here': cost('here'),
        'of the servers': engine === 'port on a file' ? '' : cost('server'),
      }
    }),
  ),
  bars: callers.map((many) => atLeast(`${nameOf('port against the client alone', many)}`, ratio(of('port on the cluster', many), of('client alone', many)).median, 0.9)),
  notes: [`${count} rounds of ${sliceMs} ms each, rotating; ${ports.length === 1 ? 'one node' : `${ports.length} nodes`} of EventStoreDB on the same machine.`],
  raw: { rates, costs },
})
