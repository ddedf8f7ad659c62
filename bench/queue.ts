import { join } from 'node:path'
import Database from 'better-sqlite3'
import { filesOf } from '#apps/application/places'
import { prepareFolder } from '#bench/folder'
import { authority, manager, unitIds } from '#bench/municipality'
import { inFolder, option } from '#bench/rounds'
import { authorised, startServer } from '#bench/server'
import { atMost, figure, quantile, report, type Row } from '#bench/table'
import { statementsOf } from '#libs/read-model-sqlite/query'
import { tableOf } from '#libs/read-model-sqlite/schema'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** P6: the first page of a queue over HTTP, at few and at many open cases of 120 units; a manager's own unit, and the director's whole authority. */
const sizes = [option('few', 10_000), option('many', 100_000)] as const
const requests = option('requests', 1_500)
const warm = 200

const tokens = new Map<string, Promise<Readonly<Record<string, string>>>>()
const token = (folder: string, login: string): Promise<Readonly<Record<string, string>>> => {
  const key = `${folder} ${login}`
  const made = tokens.get(key) ?? authorised(folder, login)
  tokens.set(key, made)
  return made
}

await inFolder(async (root) => {
  const folders = sizes.map((size) => join(root, String(size)))
  for (const [i, cases] of sizes.entries())
    await prepareFolder(folders[i] ?? '', {
      keys: true,
      generation: { seed: 1, cases, from: '2025-01-01T00:00:00.000Z', casesPerYear: cases, until: '2026-06-01T00:00:00.000Z', stop: 'backlog' },
    })
  const servers = await Promise.all(folders.map((folder) => startServer(folder, { patienceMs: 900_000, clock: '2026-06-01T00:00:00.000Z' })))
  const latencies = new Map<string, number[]>()
  const counts: number[] = []
  const who = [
    { label: 'unit manager, own unit', login: (unit: string) => manager(unit), at: (unit: string) => unit },
    { label: 'director, 120 units', login: () => 'forvaltningschef', at: () => authority },
  ]
  for (const { label, login, at } of who)
    for (let n = 0; n < requests + warm; n++)
      for (const [i, server] of servers.entries()) {
        const unit = unitIds[n % unitIds.length] ?? ''
        const answer = await server.client.send('GET', `/v1/queues/${at(unit)}?view=open`, await token(folders[i] ?? '', login(unit)))
        if (answer.status !== 200) throw new Error(`The queue answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        const key = `${label}, ${figure(sizes[i] ?? 0)} open`
        if (n >= warm) latencies.set(key, [...(latencies.get(key) ?? []), answer.ms])
      }
  for (const server of servers) await server.stop()
  const plans = new Set<string>()
  for (const folder of folders) {
    const { read } = filesOf(folder)
    const readModel = await openReadModel({ file: read, readonly: true })
    counts.push(await readModel.count('queue', [{ column: 'open', is: '=', value: 1 }]))
    const build = (await readModel.status()).find(({ name, promoted }) => name === 'queue' && promoted)
    await readModel.close()
    if (!build) throw new Error('The queue has no build that answers')
    const [page] = statementsOf({ where: [{ column: 'unit', is: '=', value: unitIds[0] ?? '' }, { column: 'open', is: '=', value: 1 }], order: ['due_key', 'received'] })
    const db = new Database(read, { readonly: true })
    for (const { detail } of db.prepare<unknown[], { readonly detail: string }>(`explain query plan select due_key, received, "key" from ${tableOf(build)} where ${page?.sql ?? ''} limit 51`).all(...(page?.values ?? [])))
      plans.add(detail)
    db.close()
  }
  const p = (label: string, size: number, q: number): number => quantile(latencies.get(`${label}, ${figure(size)} open`) ?? [], q)
  const [few, many] = sizes
  report(many === 100_000 ? 'queue' : `queue-${many}`, {
    rows: who.flatMap(({ label }) =>
      sizes.map(
        (size, i): Row => ({
          queue: label,
          'open cases': figure(counts[i] ?? 0),
          'p50 ms': p(label, size, 0.5),
          'p99 ms': p(label, size, 0.99),
          'max ms': p(label, size, 1),
          'p50 against few': p(label, size, 0.5) / p(label, few, 0.5),
        }),
      ),
    ),
    bars: who.flatMap(({ label }) => [
      atMost(`P6 ${label}: p50 at many against few`, p(label, many, 0.5) / p(label, few, 0.5), 1.5, ' x'),
      atMost(`P6 ${label}: p99`, p(label, many, 0.99), 10, ' ms'),
    ]),
    notes: [`EXPLAIN QUERY PLAN of the page: ${[...plans].join(' / ')}`],
  })
})
