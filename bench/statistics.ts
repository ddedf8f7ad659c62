import { prepareFolder } from '#bench/folder'
import { manager, unitIds } from '#bench/municipality'
import { inFolder, option } from '#bench/rounds'
import { authorised, startServer } from '#bench/server'
import { atMost, quantile, ranged, report, spread, type Row } from '#bench/table'

/** P12: statistics of a year with 60,000 cases by each dimension, and how its deadlines were kept. P9: the queue as of an instant, over a log of 60,000 events. */
const cases = option('cases', 60_000)
const pastEvents = option('events', 60_000)
const asks = option('rounds', 7)
const kept = ['key', 'unit', 'key,unit,binding']
const dimensions = ['unit', 'channel', 'category', 'reportedType', 'assessedOutcome', 'degree', 'outcome', 'feedback', 'ivo', 'unit,category,reportedType']

await inFolder(async (root) => {
  const [year, past] = [`${root}/year`, `${root}/past`]
  const until = '2026-06-01T00:00:00.000Z'
  await prepareFolder(year, { keys: true, generation: { seed: 1, cases, from: '2025-01-01T00:00:00.000Z', casesPerYear: cases, until } })
  await prepareFolder(past, { mostEvents: pastEvents, generation: { seed: 2, cases: pastEvents / 9, from: '2025-01-01T00:00:00.000Z', casesPerYear: pastEvents / 9, until } })
  const times: Record<string, number[]> = {}
  const totals: Record<string, number> = {}
  const listed: Record<string, number[]> = {}

  const counting = await startServer(year, { patienceMs: 900_000, clock: until })
  const director = await authorised(year, 'forvaltningschef')
  const atFirst = counting.cpu().main
  for (let n = 0; n < asks; n++)
    for (const by of dimensions) {
      const answer = await counting.client.send('GET', `/v1/statistics?from=2025-01-01&to=2025-12-31&by=${by}`, director)
      if (answer.status !== 200) throw new Error(`Statistics by ${by} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      ;(times[by] ??= []).push(answer.ms)
      const { rows } = answer.body
      totals[by] = Array.isArray(rows) ? rows.reduce((sum: number, row) => sum + Number(row.count), 0) : NaN
    }
  const before = counting.cpu().main
  const statisticsCpu = (before - atFirst) / (asks * dimensions.length)
  for (let n = 0; n < asks; n++)
    for (const by of kept) {
      const answer = await counting.client.send('GET', `/v1/deadlines/compliance?from=2025-01-01&to=2025-12-31&by=${by}`, director)
      if (answer.status !== 200) throw new Error(`Deadlines by ${by} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      ;(times[`deadlines by ${by}`] ??= []).push(answer.ms)
      const { rows } = answer.body
      totals[`deadlines by ${by}`] = Array.isArray(rows) ? rows.reduce((sum: number, row) => sum + Number(row.set), 0) : NaN
    }
  const cpu = (counting.cpu().main - before) / (asks * kept.length)
  const lists = { 'deadlines upcoming': '?status=upcoming', 'deadlines upcoming of a kind': '?status=upcoming&key=close', 'deadlines of a unit': `?unit=${unitIds[0] ?? ''}&status=met` }
  for (let n = 0; n < asks; n++)
    for (const [name, query] of Object.entries(lists)) {
      const answer = await counting.client.send('GET', `/v1/deadlines${query}`, director)
      if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      ;(listed[name] ??= []).push(answer.ms)
    }
  await counting.stop()

  const remembering = await startServer(past, { patienceMs: 900_000, clock: until })
  const chief = await authorised(past, manager(unitIds[0] ?? ''))
  const asOf: number[] = []
  for (let n = 0; n < asks; n++) {
    const answer = await remembering.client.send('GET', `/v1/queues/${unitIds[0] ?? ''}?at=2026-05-31T12:00:00Z`, chief)
    if (answer.status !== 200) throw new Error(`The queue of the past answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    asOf.push(answer.ms)
  }
  await remembering.stop()

  const slowest = Math.max(...Object.values(times).map((each) => spread(each).median))
  report('statistics', {
    rows: [
      ...Object.entries(times).map(([by, each]): Row => ({ question: by.startsWith('deadlines') ? by : `statistics by ${by}`, counted: totals[by] ?? NaN, 'ms (least-most)': ranged(spread(each)), 'first ms': each[0] ?? NaN })),
      ...Object.entries(listed).map(([question, each]): Row => ({ question, 'ms (least-most)': ranged(spread(each)), 'first ms': each[0] ?? NaN })),
      { question: `queue as of an instant, ${pastEvents} events`, 'ms (least-most)': ranged(spread(asOf)), 'first ms': asOf[0] ?? NaN },
    ],
    bars: [
      atMost('P12 the slowest grouping, median', slowest, 300, ' ms'),
      atMost('P12 main thread for one question about deadlines', cpu, 300, ' ms'),
      atMost('against one of the statistics, times', cpu / statisticsCpu, 2),
      atMost('P9 as-of queue, median', quantile(asOf, 0.5), 2_000, ' ms'),
    ],
  })
})
