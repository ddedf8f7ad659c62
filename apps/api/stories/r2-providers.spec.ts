import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, completed, degree, feedback, findings, informed, ivo, measure, motivation, openTown, receipt, score, sent, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'

/** R2: deviations where several providers work with the same person; A is a private provider, B the municipality's home care. */
let town: Town
let told: ReturnType<typeof tellerOf>
beforeAll(async () => {
  town = await openTown()
  told = tellerOf(town)
})
afterAll(() => town.end())

const [workerA, chefA, unitA] = ['medarbetare-nattugglan-lss', 'chef-nattugglan-lss', 'nattugglan-lss']
const [workerB, chefB, unitB] = ['medarbetare-hemsjukvard', 'chef-hemsjukvard', 'hemsjukvard']
const [managerA, managerB] = [`unit-manager@${unitA}`, `unit-manager@${unitB}`]
const observed = { legalAreas: ['LSS'], description: 'Insatsen från B uteblev', wantsFeedback: true } as const

describe('R2: care staff of A report what staff of B caused', () => {
  let id: string
  it('in their own unit, and their manager offers it to the manager of B', async () => {
    ;({ id } = await told.report(workerA, { ...observed, unit: unitA, legalAreas: ['LSS'] }))
    await town.does(chefA, id, 'acknowledge', { to: 'Rapportören', how: 'Samtal' })
    await town.does(chefA, id, 'add-note', { text: 'Vårt eget', kind: 'fact', source: 'Samtal' })
    expect(await town.tries(chefA, id, 'move', { toUnit: unitB, reason: 'Skedde hos B' })).toBe('422 other-provider')
    expect(await town.tries(chefA, id, 'offer-handover', { toUnit: unitA, reason: 'x' })).toBe('422 same-provider')
    expect(await told.on(id, chefA)(chefA, 'offer-handover', { toUnit: unitB, reason: 'Skedde hos B' })).toBe(`handover-offered → answer-handover ${managerB}, assess ${managerA}, give-feedback ${managerA}`)
  })
  it('and stays responsible until B answers: nothing is deleted, closed or moved meanwhile', async () => {
    expect(await town.tries(chefA, id, 'record-no-case', { outcome: 'not-reportable', motivation })).toBe('422 handover-pending')
    expect(await town.tries(chefA, id, 'offer-handover', { toExternal: 'Regionen', reason: 'x' })).toBe('422 handover-pending')
    expect(await town.tries(chefA, id, 'close', { outcome: 'deviation', motivation })).toMatch(/^422 handover-pending/)
    expect(await told.page(chefA, id)).toMatchObject({ responsible: managerA, unit: unitA })
    expect(await told.queued(chefB, unitB, id)).toMatchObject({ nextStep: 'answer-handover', responsible: managerB })
    expect(await told.page(chefB, id)).toMatchObject({ description: observed.description, handovers: [{ state: 'offered', reason: 'Skedde hos B' }] })
    expect(JSON.stringify(await told.page(chefB, id)) + (await told.words(chefB, id))).not.toContain('Vårt eget')
    expect(await town.tries(chefB, id, 'assess', assess('deviation'))).toBe('403 forbidden')
    for (const login of ['chef-missbruk', workerB, 'omradeschef']) expect([login, await told.status(login, id)]).toEqual([login, 404])
  })
  it('until the manager of B declines it, or its sender takes it back, with a reason', async () => {
    expect(await town.tries(chefB, id, 'withdraw-handover', { reason: 'x' })).toBe('403 forbidden')
    expect(await told.on(id, chefA)(chefB, 'decline-handover', { reason: 'Oklart var det skedde' })).toBe(`handover-declined → assess ${managerA}, give-feedback ${managerA}`)
    expect([await told.status(chefB, id), await told.queued(chefB, unitB, id)]).toEqual([404, undefined])
    await town.does(chefA, id, 'offer-handover', { toUnit: unitB, reason: 'Klarlagt' })
    expect(await town.does(chefA, id, 'withdraw-handover', { reason: 'Fel enhet' })).toBe('handover-withdrawn')
    expect(await town.tries(chefB, id, 'accept-handover', {})).toBe('404 not-found')
    expect(await town.does(chefA, id, 'offer-handover', { toUnit: unitB, reason: 'Rätt enhet' })).toBe('handover-offered')
  })
  it('or accepts it, with content and history as they are', async () => {
    const before = await told.trail(chefA, id)
    expect(await told.on(id, chefB)(chefB, 'accept-handover', { receivedBy: 'Enhetschefen' })).toBe(`handover-accepted responsibility-assigned → assess ${managerB}, give-feedback ${managerB}`)
    expect(await told.trail(chefB, id)).toEqual([...before, 'handover-accepted', 'responsibility-assigned'])
    expect(await told.words(chefB, id)).toContain('Vårt eget')
    expect(await told.page(chefB, id)).toMatchObject({ unit: unitB, reportedUnit: unitA, privateProvider: null, description: observed.description })
    expect(await town.tries(chefA, id, 'assess', assess('deviation'))).toBe('403 forbidden')
  })
  it('and B assesses, analyses the event, acts and gives feedback, to the reporter and to A', async () => {
    const act = told.on(id, 'revisor')
    expect(await act(chefB, 'assess', assess('deviation'))).toBe(`deviation-assessed → score-risk ${managerB}, propose-measures ${managerB}, give-feedback ${managerB}`)
    expect(await act(chefB, 'score-risk', score(3, 4))).toBe(`risk-scored → investigate ${managerB}, propose-measures ${managerB}, give-feedback ${managerB}`)
    expect(await act(chefB, 'open-investigation', { kind: 'event-analysis' })).toBe(`investigation-opened → complete-investigation ${managerB}, propose-measures ${managerB}, give-feedback ${managerB}`)
    await town.does(chefB, id, 'complete-investigation', findings)
    await town.does(chefB, id, 'propose-measure', measure('m1', unitB))
    await town.does(chefB, id, 'decide-measures', approve('m1'))
    await town.does(chefB, id, 'complete-measure', completed('m1'))
    expect(await act(chefB, 'check-effect', { measureId: 'm1', result: 1 })).toBe(`measure-effect-checked → give-feedback ${managerB}`)
    await town.does(chefB, id, 'give-feedback', { ...feedback('sending-provider'), content: 'Till A' })
    expect(await act(chefB, 'give-feedback', { ...feedback('reporter'), content: 'Till rapportören' })).toBe(`feedback-given → close ${managerB}`)
    expect(await act(chefB, 'close', { outcome: 'deviation', motivation })).toBe(`deviation-closed → none ${managerB}`)
    expect(await told.page(workerA, id)).toMatchObject({ phase: 'closed', feedback: [{ content: 'Till rapportören' }] })
    expect(await told.own(workerA)).toMatchObject([{ id, phase: 'closed' }])
    expect(await told.page(chefA, id)).toMatchObject({ phase: 'closed', unit: unitB, feedback: [{ to: 'sending-provider', content: 'Till A' }] })
    expect(JSON.stringify(await told.page(chefA, id))).not.toContain(findings.whatHappened)
    const year = '&from=2026-01-01&to=2026-12-31'
    expect([await told.count(chefB, 'unit', year), await told.count(chefA, 'unit', year)]).toEqual([{ [unitB]: 1 }, {}])
  })
})

describe('R2: licensed staff choose the unit where it happened', () => {
  it('and its manager assesses, investigates, acts and gives feedback; nobody registers again', async () => {
    const { id, events } = await told.report(workerB, { ...observed, unit: unitA, legalAreas: ['LSS'], reporter: { name: 'Kim', title: 'sjuksköterska' } })
    expect(events).toBe('deviation-reported responsibility-assigned')
    const act = told.on(id, chefA)
    await town.does(chefA, id, 'acknowledge', { to: 'Kim', how: 'Samtal' })
    expect(await told.page(chefA, id)).toMatchObject({ responsible: managerA, reporter: { title: 'sjuksköterska' }, privateProvider: 'nattugglan-ab' })
    expect(await told.status(chefB, id)).toBe(404)
    expect(await act(chefA, 'assess', assess('risk-of-deviation', { category: 'insats-fel-utford' }))).toBe(`deviation-assessed → score-risk ${managerA}, propose-measures ${managerA}, give-feedback ${managerA}`)
    expect(await act(chefA, 'score-risk', score(2, 3))).toBe(`risk-scored → propose-measures ${managerA}, give-feedback ${managerA}`)
    await town.does(chefA, id, 'open-investigation', { kind: 'simple' })
    await town.does(chefA, id, 'complete-investigation', findings)
    await town.does(chefA, id, 'decide-no-measures', { motivation: 'Avhjälptes genast' })
    expect(await act(chefA, 'give-feedback', feedback('reporter'))).toBe(`feedback-given → close ${managerA}`)
    expect(await act(chefA, 'close', { outcome: 'risk', motivation })).toBe(`deviation-closed → none ${managerA}`)
    expect(await told.page(workerB, id)).toMatchObject({ phase: 'closed', feedback: [{ to: 'reporter' }] })
  })
})

describe('R2: who has no access to the system', () => {
  it('writes a form, which the manager types in: who saw it, when it came and who typed it are kept apart', async () => {
    const [chef, worker, unit] = ['chef-missbruk', 'medarbetare-missbruk', 'missbruk']
    const form = { unit, channel: 'paper', onBehalfOf: worker, discoveredAt: '2026-02-18T10:00:00Z', receivedAt: '2026-02-20T10:00:00Z', receivedLateReason: 'Semester', wantsFeedback: true } as const
    const { id } = await told.report(chef, form)
    expect(await told.page(chef, id)).toMatchObject({ channel: 'paper', receivedAt: '2026-02-20T10:00:00.000Z', receivedLateReason: 'Semester', nextStep: 'assess' })
    expect(await told.own(worker)).toMatchObject([{ id, phase: 'reported' }])
    expect((await told.page(chef, id)).registeredBy).not.toBe((await told.page(chef, id)).reportedBy)
    expect(await town.does(chef, id, 'assess', assess('deviation'))).toBe('deviation-assessed')
    const { id: stranger } = await told.report(chef, { unit, channel: 'paper', reporter: { name: 'Timvikarien' } })
    expect(await town.does(chef, stranger, 'assess', assess('not-a-deviation'))).toBe('deviation-assessed')
  })
})

describe('R2: an operation of the region', () => {
  it('gets the case over with its receipt, which the sender records; the case is closed here', async () => {
    const { id } = await told.report(workerB, { unit: unitB, legalAreas: ['HSL'] })
    const act = told.on(id, 'revisor')
    expect(await act(chefB, 'offer-handover', { toExternal: 'Region Östergötland, akuten', reason: 'Utskrivning utan läkemedelslista' })).toBe(`handover-offered → answer-handover ${managerB}, assess medical-officer@socialnamnden`)
    expect(await told.queued(chefB, unitB, id, 'mine')).toMatchObject({ nextStep: 'answer-handover' })
    expect(await town.tries('chef-missbruk', id, 'accept-handover', { receivedBy: 'x' })).toBe('404 not-found')
    expect(await act(chefB, 'accept-handover', { receivedBy: 'Avvikelsesamordnaren', receipt: 'LiÖ 2026-117' })).toBe(`handover-accepted → close ${managerB}`)
    expect(await told.words(chefB, id)).toMatch(/Överlämning h1 erbjöds till Region Östergötland, akuten\.[^]*Överlämning h1 togs emot \(Avvikelsesamordnaren\)\. Kvittens: LiÖ 2026-117/)
    expect(await act(chefB, 'close', { outcome: 'deviation', motivation })).toBe(`deviation-closed → none ${managerB}`)
  })
})

describe('R2: a private provider, and the authority that has contracted it', () => {
  const [officerA, officer] = ['lex-sarah-officer@nattugglan-ab', 'lex-sarah-officer@socialnamnden']
  const outsiders = ['sas', 'ordforande', 'forvaltningschef', 'registrator', 'revisor', 'dataskydd', 'mas', 'chef-missbruk']
  let id: string
  const seenBy = async (logins: readonly string[]) => Object.fromEntries(await Promise.all(logins.map(async (login) => [login, await told.status(login, id)] as const)))
  it('investigates misconduct itself and informs the authority of the report, which saw nothing of it before', async () => {
    ;({ id } = await told.report(workerA, { unit: unitA, reportedType: 'misconduct', legalAreas: ['LSS'], description: 'Inlåst', ground: 'Säkerhet' }))
    const act = told.on(id, 'sas-nattugglan')
    expect(await told.waits('sas-nattugglan', id)).toBe(`take-over-lex-sarah ${officerA}, inform-authority ${officerA}`)
    expect(await seenBy(outsiders)).toMatchObject({ sas: 404, ordforande: 404, forvaltningschef: 404, registrator: 404, revisor: 404 })
    await town.does('sas-nattugglan', id, 'take-over-lex-sarah', {})
    await town.does('sas-nattugglan', id, 'add-note', { text: 'Internt samtal', kind: 'fact', source: 'Möte' })
    expect(await town.tries('sas', id, 'inform-authority', informed)).toBe('404 not-found')
    expect(await act('sas-nattugglan', 'inform-authority', informed)).toBe(`authority-informed-by-provider → appoint-investigator ${officerA}`)
    expect(await seenBy(outsiders)).toEqual({ sas: 200, ordforande: 200, forvaltningschef: 200, registrator: 200, revisor: 404, dataskydd: 200, mas: 404, 'chef-missbruk': 404 })
    expect((await town.get('sas', '/v1/ivo-notifications')).body.rows).toMatchObject([{ id, law: 'lex-sarah', status: 'undecided' }])
    expect(await told.page('sas', id)).toMatchObject({ description: 'Inlåst', unit: unitA, phase: 'lex-sarah' })
    expect(JSON.stringify(await told.page('sas', id)) + (await told.words('sas', id))).not.toContain('Internt')
    for (const intent of ['take-over-lex-sarah', 'request-diary-number'] as const) expect(await town.tries('sas', id, intent, {})).toBe('403 forbidden')
  })
  it('decides, notifies IVO and closes; the authority sees what it came to', async () => {
    const act = told.on(id, 'sas-nattugglan')
    await town.does('sas-nattugglan', id, 'appoint-investigator', { subject: 'utredare-nattugglan' })
    await town.does('utredare-nattugglan', id, 'open-investigation', { kind: 'lex-sarah' })
    await town.does('utredare-nattugglan', id, 'complete-investigation', findings)
    await town.does('utredare-nattugglan', id, 'propose-degree', degree('serious'))
    expect(await town.tries('ordforande', id, 'decide-degree', degree('serious'))).toBe('403 forbidden')
    expect(await act('beslut-nattugglan', 'decide-degree', degree('serious'))).toBe(`lex-sarah-decided responsibility-assigned → decide-ivo decision-maker@nattugglan-ab, propose-measures ${officerA}`)
    await town.does('beslut-nattugglan', id, 'decide-ivo-notification', ivo(true))
    await town.does('sas-nattugglan', id, 'record-ivo-sent', sent)
    await town.does('registrator-nattugglan', id, 'record-ivo-receipt', receipt)
    await town.does('sas-nattugglan', id, 'decide-no-measures', { motivation: 'Låset är borttaget' })
    expect(await act('sas-nattugglan', 'close', { outcome: 'misconduct', motivation })).toBe(`deviation-closed → none ${managerA}`)
    expect(await told.page('sas', id)).toMatchObject({ phase: 'closed', lexSarah: { degree: 'serious' }, investigations: [{ whatHappened: findings.whatHappened }], ivo: [{ law: 'lex-sarah', sent: true, receipt: true }] })
    expect(await told.count('sas', 'degree')).not.toHaveProperty('serious')
    expect(await told.count('sas-nattugglan', 'degree')).toMatchObject({ serious: 1 })
  })
  it('may be so deficient that the authority itself notifies IVO (27 kap. 7 § SoL, from 2026), in a case of its own', async () => {
    const review = await told.report('kontaktcenter', { unit: 'socialnamnden', origin: 'external-review', channel: 'letter', legalAreas: ['LSS'], reporter: { name: 'Avtalsuppföljningen' } })
    const act = told.on(review.id, 'revisor')
    const law = 'deficient-private-operator'
    expect(await town.tries('kontaktchef', review.id, 'decide-ivo-notification', { law, notify: true, motivation })).toBe('403 forbidden')
    expect(await act('ordforande', 'decide-ivo-notification', { law, notify: true, motivation })).toBe(`ivo-notification-decided → assess unit-manager@socialnamnden, send-ivo ${officer}`)
    await town.does('sas', review.id, 'record-ivo-sent', { ...sent, law })
    expect(await act('registrator', 'record-ivo-receipt', { ...receipt, law })).toBe('ivo-receipt-recorded → assess unit-manager@socialnamnden')
    expect(await town.tries('beslut-nattugglan', id, 'decide-ivo-notification', { law, notify: true, motivation })).toMatch(/^422 .*not-at-an-authority/)
  })
})
