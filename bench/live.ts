import { request } from 'node:http'
import { prepareFolder } from '#bench/folder'
import { manager, reporter, reportOf, unitIds } from '#bench/municipality'
import { inFolder, option } from '#bench/rounds'
import { authorised, startServer } from '#bench/server'
import { atMost, figure, quantile, report, type Row } from '#bench/table'

/**
 * P7: from the answer to a report until its row stands in the manager's queue, asked with `?after=` and looked for in the answer; and until its row has come on
 * the manager's stream, where it may come before the answer (0). On a server at rest and under a steady stream of other reports, with other streams open beside.
 */
const probes = option('probes', 400)
const others = option('others', 300)
/** Streams of others that are open meanwhile. */
const audience = option('streams', 100)

const body = (unit: string): object =>
  reportOf(unit, {
    description: 'Vid morgonbesöket upptäcktes att kvällens insats inte hade utförts enligt genomförandeplanen.',
  })
interface Probe {
  readonly command: number
  readonly row: number
  readonly event: number
}
/** Opens a stream and tells the id of each row that comes; answers, when it is open, how to leave it. */
const listen = (url: string, path: string, headers: Readonly<Record<string, string>>, onRow: (id: string) => void): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`The stream was answered ${String(response.statusCode)}`))
      let text = ''
      response.setEncoding('utf8')
      response.on('error', () => undefined)
      response.on('data', (part: string) => {
        text += part
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const [, event, data] = /^event: (\w+)\ndata: (.*)$/m.exec(block) ?? []
          if (event === 'ready') resolve(() => asked.destroy())
          if (event === 'row' && data !== undefined) onRow(String(JSON.parse(data).id))
        }
      })
    })
    asked.on('error', reject)
    asked.end()
  })

/** Units of their own for the probes, so that a queue fits its first page. */
const [probed, busy] = [unitIds.slice(0, 100), unitIds.slice(100)]

await inFolder(async (folder) => {
  await prepareFolder(folder, { generation: { seed: 1, cases: 3_000, from: '2025-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2026-01-01T00:00:00.000Z' } })
  const server = await startServer(folder, { clock: '2026-01-01T00:00:00.000Z' })
  const { send } = server.client
  /** When the row of a case came on a stream, by its id. */
  const came = new Map<string, number>()
  const streams = await Promise.all(
    Array.from({ length: audience }, async (_, i) => {
      const unit = probed[i % probed.length] ?? ''
      return listen(server.url, `/v1/queues/${unit}/live`, await authorised(folder, manager(unit)), (id) => {
        if (!came.has(id)) came.set(id, performance.now())
      })
    }),
  )
  const probe = async (n: number): Promise<Probe> => {
    const unit = probed[n % Math.min(probed.length, audience)] ?? ''
    const command = await send('POST', '/v1/deviations', await authorised(folder, reporter(unit)), body(unit))
    if (command.status !== 201) throw new Error(`The report was answered ${command.status}: ${JSON.stringify(command.body)}`)
    const asked = await authorised(folder, manager(unit))
    const answered = performance.now()
    let cursor = ''
    for (;;) {
      const queue = await send('GET', `/v1/queues/${unit}?view=open&limit=200&after=${String(command.body['position'])}${cursor}`, asked)
      const rows: unknown = queue.body['rows']
      if (queue.status !== 200 || !Array.isArray(rows)) throw new Error(`The queue answered ${queue.status}`)
      if (rows.some((row) => row.id === command.body['id'])) {
        const row = performance.now() - answered
        const id = String(command.body['id'])
        while (!came.has(id)) await new Promise((resolve) => setImmediate(resolve))
        return { command: command.ms, row, event: Math.max(0, (came.get(id) ?? NaN) - answered) }
      }
      cursor = queue.body['complete'] === false ? `&cursor=${String(queue.body['cursor'])}` : ''
    }
  }
  const series = async (): Promise<Probe[]> => {
    const times: Probe[] = []
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
  for (const leave of streams) leave()
  await server.stop()

  const row = (name: string, times: typeof atRest): Row => ({
    server: name,
    'command p50 ms': quantile(times.map(({ command }) => command), 0.5),
    'row in the queue p50 ms': quantile(times.map(({ row }) => row), 0.5),
    'p99 ms': quantile(times.map(({ row }) => row), 0.99),
    'max ms': quantile(times.map(({ row }) => row), 1),
    'event p50 ms': quantile(times.map(({ event }) => event), 0.5),
    'event p99 ms': quantile(times.map(({ event }) => event), 0.99),
    'event max ms': quantile(times.map(({ event }) => event), 1),
  })
  report('live', {
    rows: [row('at rest', atRest), row(`under ${figure(rate)} other reports a second`, underLoad)],
    bars: [
      atMost('P7 at rest, p99', quantile(atRest.map(({ row }) => row), 0.99), 50, ' ms'),
      atMost('P7 under load, p99', quantile(underLoad.map(({ row }) => row), 0.99), 50, ' ms'),
      atMost('P7 on the stream at rest, p99', quantile(atRest.map(({ event }) => event), 0.99), 50, ' ms'),
      atMost('P7 on the stream under load, p99', quantile(underLoad.map(({ event }) => event), 0.99), 50, ' ms'),
      atMost('other reports that failed', failed, 0),
    ],
    notes: [`${probes} probes each; the question itself is part of the time. ${audience} streams are open; the queue is asked first, which takes its time from the stream.`],
  })
})
