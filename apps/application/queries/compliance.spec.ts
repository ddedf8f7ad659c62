import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readDeviation } from '#events/deviation'
import { feedback, openTown, outcomeOf, type Town } from '#apps/api/acceptance/town'
import { filesOf } from '#apps/application/places'
import { readLog } from '#libs/event-store-sqlite/store'
import { stockholmDay } from '#libs/calendar/days'
import { statusOf, type Deadline } from '#libs/deadlines/state'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'

/** The demonstration: its year 2020 with what the clock said, and what has come due since. */
let town: Town
let cases: readonly CaseFacts[]
beforeAll(async () => {
  town = await openTown({ organised: false })
  const loaded = await town.ask('', 'POST', '/demo/load', {})
  if (loaded.status !== 200) throw new Error(loaded.text)
  // The board of 2020 was in time or not at all: a few are made good long after.
  for (const { id, unit, deadlines } of (await allCases()).filter(({ lexSarah }) => lexSarah.step === 'none').slice(0, 20)) {
    const missed = deadlines.filter((d) => statusOf(d) === 'missed').map((d) => d.key)
    if (missed.includes('acknowledge')) await town.does(managerOf(unit), id, 'acknowledge', { to: 'Anmälaren', how: 'brev' })
    if (missed.includes('answer-complaint')) await town.does(managerOf(unit), id, 'give-feedback', feedback('complainant'))
  }
  cases = await allCases()
}, 120_000)
afterAll(() => town.end())

const managerOf = (unit: string): string => (unit === 'socialnamnden' ? 'kontaktchef' : `chef-${unit}`)

/** Every case folded from the log itself. */
const allCases = async (): Promise<readonly CaseFacts[]> => {
  const store = await readLog({ file: filesOf(town.folder).events })
  const folded = new Map<string, CaseFacts>()
  for await (const item of store.subscribe({ after: 'start', streams: ['deviation-'], signal: new AbortController().signal })) {
    if (item === 'caught-up') break
    if (!('passed' in item)) folded.set(item.stream, evolveCase(folded.get(item.stream), readDeviation(item)))
  }
  await store.close()
  return [...folded.values()]
}

type By = 'key' | 'unit' | 'binding'
/** The figures one deadline at a time, as one would count them by hand. */
const slowly = (of: readonly CaseFacts[], by: readonly By[]) => {
  const piles = new Map<string, { readonly values: readonly string[]; readonly pile: Deadline[] }>()
  for (const facts of of)
    for (const d of facts.deadlines) {
      const values = by.map((name) => (name === 'unit' ? facts.unit : d[name]))
      const name = values.join('/')
      if (!piles.has(name)) piles.set(name, { values, pile: [] })
      piles.get(name)?.pile.push(d)
    }
  return [...piles]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { values, pile }]) => {
      const met = pile.filter((d) => d.state === 'met')
      const late = met.filter((d) => (d.metAt ?? '') > d.dueInstant).map((d) => Math.ceil((Date.parse(d.metAt ?? '') - Date.parse(d.dueInstant)) / 3_600_000)).sort((a, b) => a - b)
      const missed = pile.filter((d) => statusOf(d) === 'missed').length
      const inTime = met.length - late.length
      const middle = [late[Math.floor((late.length - 1) / 2)], late[Math.floor(late.length / 2)]].map((n) => n ?? 0)
      return {
        ...Object.fromEntries(by.map((name, i) => [name, values[i]])),
        set: pile.length,
        met: inTime,
        metLate: late.length,
        missed,
        running: pile.filter((d) => ['upcoming', 'warned'].includes(statusOf(d))).length,
        lapsed: pile.filter((d) => d.state === 'lapsed').length,
        shareMet: met.length + missed === 0 ? null : Math.round((inTime / (met.length + missed)) * 10_000) / 10_000,
        medianLateHours: late.length === 0 ? null : ((middle[0] ?? 0) + (middle[1] ?? 0)) / 2,
      }
    })
}
const compliance = async (login: string, query: string) => {
  const answer = await town.get(login, `/v1/deadlines/compliance?${query}`)
  if (answer.status !== 200) throw new Error(outcomeOf(answer))
  return answer.body
}
const year = 'from=2020-01-01&to=2020-12-31'
const in2020 = ({ receivedAt, noCase }: CaseFacts): boolean => stockholmDay(receivedAt).startsWith('2020') && !noCase

describe('the figures of deadlines', () => {
  it('are those that one would count by hand, by each dimension', async () => {
    for (const by of [[], ['key'], ['unit'], ['binding'], ['key', 'unit', 'binding']] as const) {
      const figures = await compliance('dataskydd', `${year}${by.length > 0 ? `&by=${by.join(',')}` : ''}`)
      expect(figures.rows).toEqual(slowly(cases.filter(in2020), by))
      expect(figures).toMatchObject({ total: 43, restricted: 0, projectionVersion: 4, policyVersion: 'default-1' })
    }
    const [all] = (await compliance('dataskydd', year)).rows
    for (const name of ['met', 'metLate', 'missed', 'lapsed']) expect([name, all[name] > 0]).toEqual([name, true])
    expect(all.set).toBe(all.met + all.metLate + all.missed + all.running + all.lapsed)
    expect(all.shareMet).toBeGreaterThan(0)
  })
  it('are of the period by its date, and of the unit', async () => {
    const spring = cases.filter((facts) => in2020(facts) && stockholmDay(facts.receivedAt) <= '2020-06-30')
    expect((await compliance('dataskydd', 'from=2020-01-01&to=2020-06-30&by=key')).rows).toEqual(slowly(spring, ['key']))
    const occurred = cases.filter((facts) => in2020(facts) && stockholmDay(facts.occurredAt ?? facts.discoveredAt ?? facts.receivedAt) <= '2020-06-30')
    expect((await compliance('dataskydd', 'from=2020-01-01&to=2020-06-30&by=key&date=occurred')).rows).toEqual(slowly(occurred, ['key']))
    const there = cases.filter((facts) => in2020(facts) && facts.unit === 'barn-och-unga')
    expect((await compliance('dataskydd', `${year}&by=key&unit=barn-och-unga`)).rows).toEqual(slowly(there, ['key']))
    expect((await compliance('dataskydd', 'from=2019-01-01&to=2019-12-31')).rows).toEqual([{ set: 0, met: 0, metLate: 0, missed: 0, running: 0, lapsed: 0, shareMet: null, medianLateHours: null }])
  })
  it('of the past are what was known then', async () => {
    const then = await compliance('dataskydd', `${year}&at=2020-07-01T00:00:00Z`)
    const now = await compliance('dataskydd', `${year}`)
    expect(then.total).toBeLessThan(now.total)
    expect(then.rows[0].running).toBeGreaterThan(now.rows[0].running)
  })
  it('count what the asker may count, and nothing of what she sees in outline only', async () => {
    for (const login of ['chef-barn-och-unga', 'omradeschef', 'kvalitet', 'revisor', 'sas', 'ordforande', 'beslut-nattugglan', 'mas']) {
      const [figures, counted] = [await compliance(login, `${year}&by=unit`), (await town.get(login, `/v1/statistics?${year}`)).body]
      expect([login, figures.total]).toEqual([login, counted.total])
    }
    for (const [login, query, told] of [
      ['medarbetare-missbruk', year, '403 forbidden'],
      ['nobody', year, '403 forbidden'],
      ['chef-missbruk', `${year}&unit=barn-och-unga`, '403 forbidden'],
      ['chef-missbruk', `${year}&unit=okand`, '404 not-found'],
      ['chef-missbruk', `${year}&by=key,category`, '400 /by unknown-code'],
      ['chef-missbruk', 'from=2020-12-31&to=2020-01-01', '400 /to dates-reversed'],
    ] as const)
      expect(outcomeOf(await town.ask(login, 'GET', `/v1/deadlines/compliance?${query}`))).toBe(told)
    // A case that the officer takes over: its manager knows of it, and no more.
    const unit = 'missbruk'
    const before = await compliance('chef-missbruk', `from=2026-01-01&to=2026-12-31&by=key&unit=${unit}`)
    const id = await town.reports('medarbetare-missbruk', { unit, reportedType: 'misconduct', ground: 'Skada' })
    await town.does('sas', id, 'take-over-lex-sarah', {})
    const after = await compliance('chef-missbruk', `from=2026-01-01&to=2026-12-31&by=key&unit=${unit}`)
    expect([after.rows, after.total, after.restricted]).toEqual([before.rows, before.total + 1, before.restricted + 1])
    expect((await compliance('sas', `from=2026-01-01&to=2026-12-31&by=key&unit=${unit}`)).rows).toContainEqual(expect.objectContaining({ key: 'investigate-lex-sarah', set: 1, running: 1 }))
    // One that concerns its manager is no number of hers at all.
    await town.reports('medarbetare-missbruk', { unit, concernsManager: true })
    expect(await compliance('chef-missbruk', `from=2026-01-01&to=2026-12-31&by=key&unit=${unit}`)).toMatchObject({ rows: after.rows, total: after.total, restricted: after.restricted })
  })
})
