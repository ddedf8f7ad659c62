import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, degree, findings, ivo, measure, motivation, openTown, receipt, score, sent, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'
import { withoutTime } from '#libs/deadlines/testing/without-time'

/** R3: deviations in systematic improvement: risk analysis, self-check and measure on a process's activity with its routine. */
let town: Town
let told: ReturnType<typeof tellerOf>
const [worker, chef, unit] = ['medarbetare-ekonomiskt-bistand', 'chef-ekonomiskt-bistand', 'ekonomiskt-bistand']
const manager = `unit-manager@${unit}`
const routineIds = ['utbetalning', 'aterkallelse', 'granskning', 'klagomal', 'placering'] as const
type RoutineId = (typeof routineIds)[number]

beforeAll(async () => {
  town = await openTown()
  told = tellerOf(town)
  for (const id of routineIds)
    await told.orders(id === 'utbetalning' ? 'kvalitet' : chef, '/v1/routines', { id, process: 'Försörjningsstöd', activity: `Aktivitet ${id}`, name: `Rutin ${id}`, ownerUnit: unit })
})
afterAll(() => town.end())

const routine = async (login: string, id: RoutineId, query = '') => (await town.get(login, `/v1/routines/${id}${query}`)).body
/** What a routine asks its owner for now. */
const asks = async (id: RoutineId, login = chef): Promise<string> => (await routine(login, id)).asks.map(({ code }: { readonly code: string }) => code).join(' ')
/** A command on a routine; tells the event and what the routine asks for then. */
const on =
  (id: RoutineId) =>
  async (login: string, intent: string, body: object): Promise<string> =>
    `${(await told.tries(login, `/v1/routines/${id}/${intent}`, body)).slice(4)} → ${await asks(id)}`
const plan = { what: 'Utbetalningar i rätt tid, procent', interval: 'half-yearly', direction: 'up', lowestAcceptedResult: 95, firstDue: '2026-09-01' }
/** A case that names a routine, reported and assessed as what it is. */
const shown = async (id: RoutineId, report: Parameters<Town['reports']>[1], outcome: 'risk-of-deviation' | 'deviation'): Promise<string> => {
  const made = await told.report(worker, { ...report, unit })
  await town.does(chef, made.id, 'assess', assess(outcome, { routine: id, category: 'ekonomi' }))
  return made.id
}
/** A measure of the case that changes the routine, proposed, decided and done. */
const done = async (caseId: string, id: RoutineId, measureId: string): Promise<void> => {
  await town.does(chef, caseId, 'propose-measure', measure(measureId, unit, { routine: id }))
  await town.does(chef, caseId, 'decide-measures', approve(measureId))
  await town.does(chef, caseId, 'complete-measure', { measureId, completedAt: town.now() })
}

describe('R3: a risk of deviation, seen by staff in their own operation', () => {
  const act = on('utbetalning')
  let id: string
  it('leads to a risk analysis of the activity, and to measures from nine on', async () => {
    id = await shown('utbetalning', { unit, reportedType: 'risk', origin: 'own-review', concerns: 'operation' }, 'risk-of-deviation')
    expect(await told.page(chef, id)).toMatchObject({ assessments: [{ outcome: 'risk-of-deviation', routineId: 'utbetalning' }] })
    expect((await routine(chef, 'utbetalning')).asks).toMatchObject([{ code: 'risk-analysis', responsible: manager, because: [{ type: 'deviation-assessed', case: id }] }])
    expect(await act('kvalitet', 'analyse-risk', { severity: 2, likelihood: 4, description: 'x' })).toBe('forbidden → risk-analysis')
    expect(await act(chef, 'analyse-risk', { severity: 2, likelihood: 4, description: 'Vid driftstopp', case: id })).toBe('routine-risk-analysed → ')
    expect(await act(chef, 'analyse-risk', { severity: 3, likelihood: 3, description: 'Vid helger', measures: 'Reservrutin', case: id })).toBe('routine-risk-analysed → measure')
  })
  it('to a preventive measure that changes the routine, and to a self-check of whether it helped', async () => {
    await town.does(chef, id, 'propose-measure', measure('m1', unit, { routine: 'utbetalning', timing: 'preventive' }))
    expect(await asks('utbetalning')).toBe('')
    expect(await told.waits(chef, id)).toBe(`score-risk ${manager}, decide-measures ${manager}`)
    await town.does(chef, id, 'decide-measures', approve('m1'))
    await town.does(chef, id, 'complete-measure', { measureId: 'm1', completedAt: town.now() })
    expect(await asks('utbetalning')).toBe('self-check revision')
    expect(await act(chef, 'revise', { changes: 'Reservrutin vid helger', case: id, measureId: 'm2' })).toBe('measure-unknown → self-check revision')
    expect(await act(chef, 'revise', { changes: 'Reservrutin vid helger', case: id, measureId: 'm1' })).toBe('routine-revised → self-check')
    expect(await act(chef, 'record-self-check', { result: 99 })).toBe('self-check-not-planned → self-check')
    expect(await act(chef, 'plan-self-check', { ...plan, case: id, measureId: 'm1' })).toBe('self-check-planned → self-check')
    expect(await act(chef, 'record-self-check', { result: 97 })).toBe('self-check-performed → ')
    await town.does(chef, id, 'score-risk', score(3, 2))
    await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 1 })
    expect(await town.does(chef, id, 'close', { outcome: 'risk', motivation })).toBe('deviation-closed')
  })
  it('which returns with its interval', async () => {
    expect(await routine(chef, 'utbetalning')).toMatchObject({ version: 2, selfCheck: { nextDue: '2026-09-02', last: { result: 97, accepted: true } } })
    await town.later(190)
    expect(await asks('utbetalning')).toBe('self-check')
    expect((await town.get(chef, '/v1/routines?asks=self-check')).body.rows.map((row: { readonly id: string }) => row.id)).toEqual(['utbetalning'])
  })
})

describe('R3: a deviation', () => {
  const act = on('aterkallelse')
  let id: string
  it('leads to a self-check, and a result that is not accepted to a further measure, until one is', async () => {
    await act('kvalitet', 'plan-self-check', plan)
    id = await shown('aterkallelse', { unit }, 'deviation')
    expect(await asks('aterkallelse')).toBe('self-check')
    expect(await act(chef, 'record-self-check', { result: 80, comment: 'Vart femte beslut sent' })).toBe('self-check-performed → measure')
    await town.does(chef, id, 'score-risk', score(2, 2))
    await done(id, 'aterkallelse', 'm1')
    expect(await asks('aterkallelse')).toBe('self-check revision')
    expect(await act(chef, 'revise', { changes: 'Bevakningslista', case: id, measureId: 'm1' })).toBe('routine-revised → self-check')
    expect(await act(chef, 'record-self-check', { result: 90 })).toBe('self-check-performed → measure')
    expect(await told.on(id, 'revisor')(chef, 'check-effect', { measureId: 'm1', result: 9 })).toBe(`measure-effect-checked → propose-measures ${manager}`)
    await done(id, 'aterkallelse', 'm2')
    expect(await act(chef, 'revise', { changes: 'Bevakning i systemet', case: id, measureId: 'm2' })).toBe('routine-revised → self-check')
    expect(await act('kvalitet', 'record-self-check', { result: 98 })).toBe('self-check-performed → ')
    await town.does(chef, id, 'check-effect', { measureId: 'm2', result: 1 })
    expect(await town.does(chef, id, 'close', { outcome: 'deviation', motivation })).toBe('deviation-closed')
  })
  it('is one history with what became of its routine', async () => {
    const { history, version } = await routine(chef, 'aterkallelse')
    expect(withoutTime(history.map(({ type }: { readonly type: string }) => type))).toEqual([
      'routine-registered', 'self-check-planned', 'deviation-assessed', 'self-check-performed', 'measure-proposed', 'measure-completed', 'routine-revised', 'self-check-performed',
      'measure-effect-checked', 'measure-proposed', 'measure-completed', 'routine-revised', 'self-check-performed', 'measure-effect-checked',
    ])
    expect([version, history.filter(({ inCase }: { readonly inCase: boolean }) => inCase).every((row: { readonly case: string }) => row.case === id)]).toEqual([3, true])
    const words = history.map(({ summary }: { readonly summary: string }) => summary).join('\n')
    for (const phrase of ['Bevakning i systemet', 'Vart femte beslut sent']) expect(words).toContain(phrase)
    expect(await routine(chef, 'aterkallelse', `?at=${history.filter(({ type }: { readonly type: string }) => type === 'self-check-performed')[1].recordedAt}`)).toMatchObject({ version: 2 })
  })
})

describe('R3: what comes to light by an external review, a complaint or an own review is handled the same way', () => {
  it.each([
    ['granskning', { unit, origin: 'external-review', channel: 'letter', reporter: { name: 'Revisionen' } }, 'risk-of-deviation', 'risk-analysis'],
    ['klagomal', { unit, origin: 'relative', channel: 'phone', reportedType: 'complaint', reporter: { name: 'Anhörig' } }, 'deviation', 'self-check'],
    ['placering', { unit, origin: 'own-review', concerns: 'operation' }, 'deviation', 'self-check'],
  ] as const)('%s', async (name, report, outcome, asked) => {
    const id = await shown(name, report, outcome)
    expect(await asks(name)).toBe(asked)
    expect(await told.page(chef, id)).toMatchObject({ origin: report.origin })
    if (outcome === 'risk-of-deviation') return
    await town.does(chef, id, 'assess', assess('not-a-deviation', { routine: name, motivation }))
    expect(await asks(name)).toBe('')
  })
  it('and the staff unit compiles it', async () => {
    expect(await told.count('kvalitet', 'origin', `&unit=${unit}&from=2026-01-01&to=2026-12-31`)).toEqual({ 'external-review': 1, 'own-review': 2, relative: 1, staff: 1 })
  })
})

describe('R3: who answers for what', () => {
  it('the manager owns, the staff unit supports, staff read, and other units do not see it', async () => {
    const act = on('placering')
    const later = { ...plan, firstDue: '2027-01-01' }
    expect(await act(worker, 'plan-self-check', later)).toBe('forbidden → ')
    expect(await act('kvalitet', 'revise', { changes: 'x' })).toBe('forbidden → ')
    expect(await act('chef-missbruk', 'revise', { changes: 'x' })).toBe('not-found → ')
    expect(await act('kvalitet', 'plan-self-check', later)).toBe('self-check-planned → ')
    expect(await act('omradeschef', 'analyse-risk', { severity: 1, likelihood: 1, description: 'På ledningens begäran' })).toBe('routine-risk-analysed → ')
    expect((await town.get(worker, '/v1/routines/placering')).status).toBe(200)
    expect((await town.get(worker, '/v1/routines/placering')).text).not.toContain('ledningens begäran')
    const inCases = async (login: string) => (await routine(login, 'placering')).history.filter((entry: { readonly inCase: boolean }) => entry.inCase).length
    expect([await inCases(chef), await inCases(worker)]).toEqual([2, 0])
    expect((await town.get('chef-missbruk', '/v1/routines/placering')).status).toBe(404)
    expect(await told.tries(worker, '/v1/routines', { process: 'p', activity: 'a', name: 'n', ownerUnit: unit })).toBe('403 forbidden')
  })
  it('the area manager hears of results and decides measures for the whole operation; the director may as well', async () => {
    const id = await shown('placering', { unit }, 'deviation')
    const act = told.on(id, 'revisor')
    await town.does(chef, id, 'score-risk', score(2, 2))
    expect(await act(chef, 'propose-measure', measure('m1', unit, { level: 'operation', routine: 'placering' }))).toBe('measure-proposed effect-criterion-set → decide-measures area-manager@ifo')
    expect(await town.tries(chef, id, 'decide-measures', approve('m1'))).toBe('403 forbidden')
    expect(await act('omradeschef', 'decide-measures', { decisions: [{ measureId: 'm1', decision: 'approved-in-part', motivation: 'Börja med en enhet' }] })).toBe(`measures-decided → propose-measures ${manager}`)
    await town.does('omradeschef', id, 'propose-measure', measure('m2', unit, { level: 'operation', routine: 'placering', replaces: 'm1' }))
    expect(await act('forvaltningschef', 'decide-measures', approve('m2'))).toBe(`measures-decided → complete-measures ${manager}`)
    await town.does(chef, id, 'complete-measure', { measureId: 'm2', completedAt: town.now() })
    await town.does(chef, id, 'check-effect', { measureId: 'm2', result: 5 })
    const measures = (await town.get('omradeschef', `/v1/measures?unit=${unit}&routine=placering`)).body.rows
    expect(measures).toMatchObject([{ measureId: 'm1', state: 'approved-in-part', replacedBy: 'm2' }, { measureId: 'm2', state: 'checked', accepted: false, level: 'operation' }])
    expect(await act('omradeschef', 'propose-measure', measure('m3', unit, { level: 'operation', routine: 'placering' }))).toBe('measure-proposed effect-criterion-set → decide-measures area-manager@ifo')
    expect((await town.get('chef-missbruk', `/v1/measures?unit=${unit}`)).body.rows).toEqual([])
  })
})

describe('R3: measures planned in a lex Sarah investigation', () => {
  it('change the routine, and a self-check shows what they came to', async () => {
    const { id } = await told.report(worker, { unit, reportedType: 'misconduct' })
    await town.does(chef, id, 'assess', assess('suspected-misconduct', { routine: 'klagomal' }))
    await town.does('sas', id, 'take-over-lex-sarah', {})
    await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
    await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
    await town.does('utredare', id, 'complete-investigation', findings)
    expect(await town.does('utredare', id, 'propose-measure', measure('m1', unit, { routine: 'klagomal' }))).toBe('measure-proposed effect-criterion-set')
    await town.does('utredare', id, 'propose-degree', degree('misconduct'))
    await town.does('ordforande', id, 'decide-degree', degree('misconduct'))
    await town.does('ordforande', id, 'decide-ivo-notification', ivo(false))
    await town.does('sas', id, 'decide-measures', approve('m1'))
    expect(await told.on(id, 'revisor')(chef, 'complete-measure', { measureId: 'm1', completedAt: town.now() })).toBe(`measure-completed → check-effect ${manager}`)
    const act = on('klagomal')
    expect(await asks('klagomal')).toBe('self-check revision')
    expect(await act(chef, 'revise', { changes: 'Efter lex Sarah', case: id, measureId: 'm1' })).toBe('routine-revised → self-check')
    await act(chef, 'plan-self-check', { ...plan, firstDue: '2026-12-01', case: id, measureId: 'm1' })
    expect(await act(chef, 'record-self-check', { result: 96 })).toBe('self-check-performed → ')
    await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 0 })
    expect(await told.on(id, 'revisor')('sas', 'close', { outcome: 'misconduct', motivation })).toBe(`deviation-closed → none ${manager}`)
    expect(await town.tries('sas', id, 'record-ivo-sent', sent)).toBe('422 ivo-not-decided')
    expect(await town.tries('registrator', id, 'record-ivo-receipt', receipt)).toBe('422 ivo-not-sent')
  })
})
