import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { assess, openTown, outcomeOf, score, type Town } from '#apps/api/acceptance/town'
import { readBoard } from '#apps/application/demo/year'

let town: Town
beforeAll(async () => {
  town = await openTown({ organised: false })
  const loaded = await town.post('', '/demo/load')
  if (loaded.status !== 200) throw new Error(loaded.text)
})
afterAll(() => town.end())

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
const clients = Array.from({ length: 32 }, (_, i) => i)
const tally = (outcomes: readonly string[]): Record<string, number> => Object.fromEntries([...new Set(outcomes)].sort().map((o) => [o, outcomes.filter((other) => other === o).length]))

describe('the demonstration\'s year, counted over HTTP', () => {
  const { expected, contactCentre } = readBoard()
  const year = 'from=2020-01-01&to=2020-12-31'
  const counted = async (by: string, more = '', login = 'kvalitet'): Promise<Record<string, number>> => {
    const { body } = await town.get(login, `/v1/statistics?${year}&by=${by}${more}`)
    return Object.fromEntries(body.rows.map((row: Readonly<Record<string, unknown>>) => [by.split(',').map((name) => row[name]).join(' '), row['count']]))
  }
  it('is what the board reported', async () => {
    const totals = Object.entries(expected.byUnit).filter(([, { total = 0 }]) => total > 0)
    expect(await counted('unit')).toEqual(Object.fromEntries(totals.map(([name, { total }]) => [name, total])))
    expect(await counted('reportedType')).toEqual(expected.byReportedType)
    expect(await counted('channel')).toEqual({ web: 5, letter: 10, 'contact-centre': contactCentre.count })
    expect(await counted('assessedOutcome')).toMatchObject({ 'not-a-deviation': expected.assessedAsNotADeviation })
    expect(await counted('feedback')).toMatchObject({ waived: expected.feedbackWaived })
    expect(await counted('ivo')).toEqual({ notified: expected.ivoNotifications, none: expected.cases - expected.ivoNotifications })
    const pairs = totals.flatMap(([name, { total: _, ...types }]) => Object.entries(types).map(([type, count]) => [`${name} ${type}`, count]))
    expect(await counted('unit,reportedType')).toEqual(Object.fromEntries(pairs))
    for (const [name, { total = 0, ...types }] of Object.entries(expected.byUnit)) {
      expect([name, await counted('reportedType', `&unit=${name}`)]).toEqual([name, types])
      const { body } = await town.get('revisor', `/v1/statistics?${year}&unit=${name}`)
      expect([name, body]).toEqual([name, expect.objectContaining({ total, policyVersion: 'default-1', treeSize: expect.any(Number), projectionVersion: expect.any(Number) })])
    }
    for (const date of ['occurred', 'received', 'reported']) expect(await counted('reportedType', `&date=${date}`)).toEqual(expected.byReportedType)
    expect(await counted('reportedType', '', 'chef-barn-och-unga')).toEqual({ deviation: 2, complaint: 4 })
  })
  it('opens each figure to its cases', async () => {
    const { body } = await town.get('revisor', `/v1/statistics?${year}&by=unit,reportedType`)
    for (const row of body.rows) expect((await town.get('revisor', `${row.cases}&limit=200`)).body.rows).toHaveLength(row.count)
  })
  it('counts whole days of Stockholm, the first and the last included', async () => {
    const total = async (from: string, to: string, date: string): Promise<number> => (await town.get('kontaktchef', `/v1/statistics?from=${from}&to=${to}&date=${date}`)).body.total
    const before = await total('2026-03-01', '2026-03-03', 'received')
    // Half an hour past midnight in Stockholm, which is the day before in UTC; discovered two days earlier.
    await town.reports('kontaktcenter', { unit: 'socialnamnden', receivedAt: '2026-03-01T23:30:00Z', discoveredAt: '2026-02-27T22:59:00Z' })
    const days = (date: string) => Promise.all(['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-02'].map((day) => total(day, day, date)))
    expect([before, await days('received'), await days('occurred'), await days('reported')]).toEqual([0, [0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]])
  })
  it('is loaded on a log of its own only', async () => {
    expect((await town.post('', '/demo/load')).body.reasons).toMatchObject([{ code: 'log-not-empty' }])
  })
})

describe('32 clients at one case', () => {
  it('with the same If-Match: one wins each round, the rest get 412', async () => {
    const id = await town.reports(worker, { unit })
    await town.does(chef, id, 'assess', assess('deviation'))
    for (let round = 0; round < 5; round++) {
      const { revision } = (await town.get(chef, `/v1/deviations/${id}`)).body
      const outcomes = await Promise.all(clients.map((i) => town.tries(chef, id, 'score-risk', score(1 + (i % 4), 1 + (i % 3)), { 'if-match': `"${revision}"` })))
      expect(tally(outcomes)).toEqual({ '200 risk-scored': 1, '412 revision-stale': 31 })
      expect((await town.get(chef, `/v1/deviations/${id}`)).body.revision).toBe(revision + 1)
    }
  })
  it('with the same Idempotency-Key: one event and one answer', async () => {
    const id = await town.reports(worker, { unit })
    const { revision } = (await town.get(chef, `/v1/deviations/${id}`)).body
    const answers = await Promise.all(
      clients.map(() => town.command(chef, id, 'assess', assess('deviation'), { 'idempotency-key': 'en-gang', 'if-match': `"${revision}"` })),
    )
    expect(tally(answers.map(outcomeOf))).toEqual({ '200 deviation-assessed': 32 })
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await town.get(chef, `/v1/deviations/${id}`)).body).toMatchObject({ revision: revision + 2, assessments: [{}] })
  })
  it('who report with the same key: one case', async () => {
    const answers = await Promise.all(clients.map(() => town.sendReport(worker, { unit, reportedType: 'misconduct' }, { 'idempotency-key': 'samma-rapport' })))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect((await town.get('sas', `/v1/deviations/${answers[0]?.body.id}/history`)).body.rows).toHaveLength(5)
  })
  it('who report each their own: 32 cases, none lost', async () => {
    const before = (await town.get(chef, '/v1/statistics?from=2026-01-01&to=2026-12-31')).body.total
    await Promise.all(clients.map(() => town.reports(worker, { unit })))
    expect((await town.get(chef, '/v1/statistics?from=2026-01-01&to=2026-12-31')).body.total).toBe(before + 32)
  })
})
