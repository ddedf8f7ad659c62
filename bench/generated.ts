import { readDeviation } from '#events/deviation'
import { generate, type Generation } from '#bench/generator'
import { municipality } from '#bench/municipality'
import { random } from '#bench/random'
import { inFolder, option } from '#bench/rounds'
import { writeLog } from '#bench/stored'
import { quantile, report } from '#bench/table'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { groupsOf } from '#libs/duties/duties'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import { join } from 'node:path'

/** What the generator makes, to be held against the parameters of law §11.2. */
const options: Generation = { seed: option('seed', 1), cases: option('cases', 6_600), from: '2020-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2026-01-01T00:00:00.000Z' }
const dayMs = 86_400_000

await inFolder(async (folder) => {
  const file = join(folder, 'events.db')
  const town = municipality(random(options.seed), '2019-12-31T00:00:00.000Z')
  const started = performance.now()
  const events = writeLog(file, (function* () { yield* town.appends; yield* generate(options, town) })())
  const seconds = (performance.now() - started) / 1_000
  const store = await openEventStore({ file, clock: systemClock })
  const cases = new Map<string, { facts: CaseFacts; assessed?: string }>()
  let bytes = 0
  for await (const item of store.subscribe({ after: 'start', streams: ['deviation-'], signal: new AbortController().signal })) {
    if (item === 'caught-up') break
    if ('passed' in item) continue
    const event = readDeviation(item)
    const facts = evolveCase(cases.get(item.stream)?.facts, event)
    cases.set(item.stream, { ...cases.get(item.stream), facts, ...(event.type === 'deviation-assessed' && { assessed: event.recordedAt }) })
    bytes += JSON.stringify(item).length
  }
  await store.close()
  const all = [...cases.values()]
  const share = (which: (facts: CaseFacts) => boolean): string => `${((100 * all.filter(({ facts }) => which(facts)).length) / all.length).toFixed(1)} %`
  const days = (from: string, to: string | undefined): number[] => (to === undefined ? [] : [(Date.parse(to) - Date.parse(from)) / dayMs])
  const assess = all.flatMap(({ facts, assessed }) => days(facts.reportedAt, assessed))
  const close = all.flatMap(({ facts }) => days(facts.reportedAt, facts.closed?.at))
  report('generator', {
    rows: [
      { what: 'events', value: events },
      { what: 'events a second', value: events / seconds },
      { what: 'bytes an event', value: bytes / events },
      { what: 'events a case, mean', value: (events - town.appends.length) / all.length },
      { what: 'health cases', value: share((facts) => groupsOf(facts).includes('health')) },
      { what: 'lex Sarah', value: share((facts) => facts.everEscalated) },
      { what: 'notified to IVO', value: share((facts) => facts.ivo['lex-sarah']?.sent ?? false) },
      { what: 'complaints and views', value: share(({ reportedType }) => reportedType === 'complaint' || reportedType === 'suggestion' || reportedType === 'praise') },
      { what: 'closed', value: share(({ closed }) => closed !== undefined) },
      { what: 'no case', value: share(({ noCase }) => noCase !== undefined) },
      { what: 'investigated on score', value: share(({ groups }) => (groups.social?.risk ?? groups.health?.risk)?.triggers === 'investigate') },
      { what: 'days to assess, median', value: quantile(assess, 0.5) },
      { what: 'days to assess, 90th', value: quantile(assess, 0.9) },
      { what: 'days to close, median', value: quantile(close, 0.5) },
      { what: 'days to close, 90th', value: quantile(close, 0.9) },
    ],
  })
})
