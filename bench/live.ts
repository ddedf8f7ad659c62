import { prepareFolder } from '#bench/folder'
import { manager, reporter, reportOf, unitIds } from '#bench/municipality'
import { inFolder, option } from '#bench/rounds'
import { authorised, startServer } from '#bench/server'
import { atMost, figure, quantile, report, type Row } from '#bench/table'

/**
 * P7: from the answer to a report until its row stands in the manager's queue, asked with `?after=` and looked for in the answer; on a server at rest
 * and under a steady stream of other reports.
 */
const probes = option('probes', 400)
const others = option('others', 300)

const body = (unit: string): object =>
  reportOf(unit, {
    description: 'Vid morgonbesöket upptäcktes att kvällens insats inte hade utförts enligt genomförandeplanen.',
  })
/** Units of their own for the probes, so that a queue fits its first page. */
const [probed, busy] = [unitIds.slice(0, 100), unitIds.slice(100)]

await inFolder(async (folder) => {
  await prepareFolder(folder, { generation: { seed: 1, cases: 3_000, from: '2025-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2026-01-01T00:00:00.000Z' } })
  const server = await startServer(folder, { clock: '2026-01-01T00:00:00.000Z' })
  const { send } = server.client
  const probe = async (n: number): Promise<{ readonly command: number; readonly row: number }> => {
    const unit = probed[n % probed.length] ?? ''
    const command = await send('POST', '/v1/deviations', await authorised(folder, reporter(unit)), body(unit))
    if (command.status !== 201) throw new Error(`The report was answered ${command.status}: ${JSON.stringify(command.body)}`)
    const asked = await authorised(folder, manager(unit))
    const answered = performance.now()
    let cursor = ''
    for (;;) {
      const queue = await send('GET', `/v1/queues/${unit}?view=open&limit=200&after=${String(command.body['position'])}${cursor}`, asked)
      const rows: unknown = queue.body['rows']
      if (queue.status !== 200 || !Array.isArray(rows)) throw new Error(`The queue answered ${queue.status}`)
      if (rows.some((row) => row.id === command.body['id'])) return { command: command.ms, row: performance.now() - answered }
      cursor = queue.body['complete'] === false ? `&cursor=${String(queue.body['cursor'])}` : ''
    }
  }
  const series = async (): Promise<{ readonly command: number; readonly row: number }[]> => {
    const times = []
    for (let n = 0; n < probes; n++) times.push(await probe(n))
    return times
  }
  for (let n = 0; n < 50; n++) await probe(n)
  const atRest = await series()

  let sent = 0
  let failed = 0
  const bearers = await Promise.all(busy.map(async (unit) => ({ unit, headers: await authorised(folder, reporter(unit)) })))
  const stream = setInterval(() => {
    for (let i = 0; i < others / 100; i++) {
      const { unit, headers } = bearers[sent++ % bearers.length] ?? { unit: '', headers: {} }
      void send('POST', '/v1/deviations', headers, body(unit)).then(({ status }) => (failed += status === 201 ? 0 : 1))
    }
  }, 10)
  const started = performance.now()
  const underLoad = await series()
  const rate = (sent * 1_000) / (performance.now() - started)
  clearInterval(stream)
  await server.stop()

  const row = (name: string, times: typeof atRest): Row => ({
    server: name,
    'command p50 ms': quantile(times.map(({ command }) => command), 0.5),
    'row in the queue p50 ms': quantile(times.map(({ row }) => row), 0.5),
    'p99 ms': quantile(times.map(({ row }) => row), 0.99),
    'max ms': quantile(times.map(({ row }) => row), 1),
  })
  report('live', {
    rows: [row('at rest', atRest), row(`under ${figure(rate)} other reports a second`, underLoad)],
    bars: [
      atMost('P7 at rest, p99', quantile(atRest.map(({ row }) => row), 0.99), 50, ' ms'),
      atMost('P7 under load, p99', quantile(underLoad.map(({ row }) => row), 0.99), 50, ' ms'),
      atMost('other reports that failed', failed, 0),
    ],
    notes: [`${probes} probes each; the question itself is part of the time.`],
  })
})
