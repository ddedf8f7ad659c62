import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { assess, openTown, outcomeOf, score, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'
import { readBoard } from '#apps/application/demo/year'

/** R4: the social board's report of 2020, from the cases that it counts. */
let town: Town
let told: ReturnType<typeof tellerOf>
const { expected, contactCentre } = readBoard()
const year = '&from=2020-01-01&to=2020-12-31'
const units = ['ekonomiskt-bistand', 'missbruk', 'barn-och-unga', 'stod-och-behandling'] as const

beforeAll(async () => {
  town = await openTown({ organised: false, clock: '2026-03-02T09:00:00+01:00' })
  told = tellerOf(town)
  const answer = await town.post('', '/demo/load')
  if (answer.status !== 200) throw new Error(answer.text)
})
afterAll(() => town.end())

/** The cases behind the one row of a table in which a dimension has a value. */
const casesOf = async (login: string, by: string, value: string) => {
  const { rows } = (await town.get(login, `/v1/statistics?by=${by}${year}`)).body
  const { cases } = rows.find((row: Readonly<Record<string, unknown>>) => row[by] === value)
  return (await town.get(login, `${cases}&limit=200`)).body.rows
}

describe("R4: the year's totals fall out of the cases", () => {
  it('by unit: fifteen, which are six deviations, eight complaints and one view', async () => {
    expect(await told.count('omradeschef', 'unit', year)).toEqual({ 'ekonomiskt-bistand': 7, missbruk: 2, 'barn-och-unga': 6 })
    expect(await told.count('omradeschef', 'reportedType', year)).toEqual({ deviation: 6, complaint: 8, suggestion: 1 })
    for (const unit of units) {
      const { total, ...types } = expected.byUnit[unit] ?? {}
      expect([unit, (await town.get(`chef-${unit}`, `/v1/statistics?unit=${unit}${year}`)).body.total]).toEqual([unit, total])
      expect([unit, await told.count(`chef-${unit}`, 'reportedType', `&unit=${unit}${year}`)]).toEqual([unit, types])
    }
  })
  it("and the text's nine are the ones that came from outside: seven from IVO, one from psychiatry, one from BUP", async () => {
    expect(await told.count('omradeschef', 'origin', year)).toEqual({ authority: 7, 'other-provider': 2, individual: 1, staff: 5 })
  })
  it('by the contact centre: twenty-eight, all but two of them answered', async () => {
    expect(await told.count('kvalitet', 'channel', year)).toMatchObject({ 'contact-centre': contactCentre.count })
    expect(await told.count('kontaktchef', 'feedback', `&unit=socialnamnden${year}`)).toEqual({ given: 26, waived: expected.feedbackWaived })
    expect(await told.count('kvalitet', 'reportedType', year)).toEqual(expected.byReportedType)
    expect((await town.get('kvalitet', `/v1/statistics?from=2019-01-01&to=2019-12-31`)).body.total).toBe(0)
  })
  it('with the one risk of serious misconduct, which the officer opens from the figure: notified under the law of 2020', async () => {
    expect(await told.count('sas', 'ivo', year)).toMatchObject({ notified: expected.ivoNotifications })
    const [row, ...others] = await casesOf('sas', 'degree', 'tangible-risk-of-serious')
    expect([others, await told.page('sas', row.id)]).toMatchObject([
      [],
      { unit: 'barn-och-unga', legalBases: [{ provision: '14 kap. 3 §', statute: 'SoL (2001:453)' }], ivo: [{ law: 'lex-sarah', sent: true, receipt: true }] },
    ])
    expect((await town.get('sas', `/v1/ivo-notifications/${row.id}`)).body.notifications).toMatchObject([{ status: 'received' }])
    expect(await town.get('sas', '/v1/ivo-notifications')).toMatchObject({ body: { rows: [{ id: row.id }] } })
  })
  it('with the deviation from BUP that was none, which was told to the region', async () => {
    const [row, ...others] = await casesOf('omradeschef', 'assessedOutcome', 'not-a-deviation')
    expect([others, await told.page('chef-barn-och-unga', row.id)]).toMatchObject([
      [],
      { phase: 'closed', origin: 'other-provider', reporter: { name: 'Barn- och ungdomspsykiatrin (BUP)' }, feedback: [{ to: 'sending-provider', given: true }], closed: { outcome: 'not-a-deviation' } },
    ])
  })
  it('with its measures, and with what still waits today', async () => {
    const measures = (await town.get('omradeschef', '/v1/measures?unit=ekonomiskt-bistand&limit=200')).body.rows
    expect(measures.map(({ type, state }: { readonly type: string; readonly state: string }) => `${type} ${state}`).sort()).toEqual(['annan-vardgivare completed', 'rutin completed', 'teknik completed', 'teknik completed'])
    const waiting = (await town.get('chef-missbruk', '/v1/queues/missbruk')).body.rows
    expect(waiting.map(({ nextStep }: { readonly nextStep: string }) => nextStep).sort()).toEqual(['answer-complaint', 'check-effect'])
  })
})

describe('R4: what a report rests on', () => {
  it('is the same when it is asked for again as of then, whatever came later', async () => {
    const then = town.now()
    const before = (await town.get('kvalitet', `/v1/statistics?by=unit,reportedType${year}`)).body
    await town.later(1)
    const late = { unit: 'missbruk', discoveredAt: '2020-06-01T10:00:00Z', receivedAt: '2020-06-02T10:00:00Z', receivedLateReason: 'Hittad i en pärm' }
    await told.report('medarbetare-missbruk', late)
    expect((await town.get('kvalitet', `/v1/statistics?by=unit,reportedType${year}`)).body.total).toBe(expected.cases + 1)
    const again = (await town.get('kvalitet', `/v1/statistics?by=unit,reportedType${year}&at=${then}`)).body
    expect(again.rows.map(({ cases: _, ...row }: { readonly cases: string }) => row)).toEqual(before.rows.map(({ cases: _, ...row }: { readonly cases: string }) => row))
    expect([again.total, again.treeSize]).toEqual([expected.cases, before.treeSize])
  })
  it('a batch of mild, frequent events counts as many, and is one case in the queue', async () => {
    const batch = { origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], unit: 'stod-och-behandling', discoveredAt: '2026-02-28T10:00:00Z', concerns: 'operation', description: 'Systemet låg nere', period: { from: '2026-02-01', to: '2026-02-28' }, count: 12 } as const
    expect(outcomeOf(await town.post('medarbetare-stod-och-behandling', '/v1/deviations/report-batch', { ...batch, count: 1 }))).toMatch(/^400 \/count/)
    const { id, events } = await told.report('medarbetare-stod-och-behandling', batch, '/v1/deviations/report-batch')
    expect(events).toBe('deviation-reported deviations-reported-in-batch responsibility-assigned')
    expect(await told.count('chef-stod-och-behandling', 'reportedType', '&from=2026-01-01&to=2026-12-31')).toEqual({ deviation: 12 })
    expect((await town.get('chef-stod-och-behandling', '/v1/queues/stod-och-behandling')).body.rows).toMatchObject([{ id }])
    expect(await told.words('chef-stod-och-behandling', id)).toContain('Samlerapport: 12 händelser från 2026-02-01 till 2026-02-28.')
  })
})

describe('R4: the matrix, and what another rule would have come to', () => {
  const over8 = { risk: { social: { score: 9 }, health: { score: 9 } } }
  const replay = async (login: string, body: object) => (await town.post(login, '/v1/policy/replay', body)).body
  const period = { from: '2020-01-01', to: '2020-12-31' }
  it('is asked of the whole year without writing: nothing scored over eight, two cases six', async () => {
    const { position } = (await town.get('kvalitet', `/v1/statistics?${year.slice(1)}`)).body
    expect(await replay('kvalitet', { ...period, ...over8 })).toMatchObject({ changedParts: ['risk'], scored: 4, investigated: 0, wouldBeInvestigated: 0, changed: 0, rows: [] })
    const stricter = await replay('kvalitet', { ...period, risk: { social: { score: 6 }, health: { score: 6 } } })
    expect(stricter).toMatchObject({ wouldBeInvestigated: 2, changed: 2, rows: [{ score: 6, was: 'none', wouldBe: 'investigate' }, { score: 6 }] })
    expect(stricter.rows.map(({ unit }: { readonly unit: string }) => unit).sort()).toEqual(['ekonomiskt-bistand', 'missbruk'])
    expect((await town.get('kvalitet', `/v1/statistics?${year.slice(1)}`)).body.position).toBe(position)
    expect(await replay('chef-missbruk', { ...period, ...over8 })).toMatchObject({ status: 403 })
    expect(await replay('admin', { ...period, risk: { social: { score: 6 }, health: { score: 6 } } })).toMatchObject({ changed: 2, rows: [] })
  })
  it('is the board’s own once it is published and confirmed: nine is over eight, and a catastrophe that scores eight is not', async () => {
    const scored = async (severity: number, likelihood: number) => {
      const { id } = await told.report('medarbetare-missbruk', { unit: 'missbruk' })
      await town.does('chef-missbruk', id, 'assess', assess('deviation'))
      await town.does('chef-missbruk', id, 'score-risk', score(severity, likelihood))
      return (await told.page('chef-missbruk', id)).risk.social
    }
    expect(await scored(4, 2)).toMatchObject({ triggers: 'investigate', because: ['severity-floor'] })
    expect(await replay('kvalitet', { from: '2026-01-01', to: '2026-12-31', ...over8 })).toMatchObject({ changed: 1, rows: [{ score: 8, was: 'investigate', wouldBe: 'none' }] })
    await told.orders('admin', '/v1/policy/publish', { policy: 'over-8', ...over8 })
    expect(await scored(4, 2)).toMatchObject({ triggers: 'investigate' })
    await told.orders('dataskydd', '/v1/policy/confirm', { policy: 'over-8' })
    expect([await scored(4, 2), await scored(3, 3)]).toMatchObject([{ score: 8, triggers: 'none' }, { score: 9, triggers: 'investigate', because: ['threshold'] }])
  })
})
