import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, completed, degree, feedback, findings, ivo, measure, motivation, openTown, outcomeOf, receipt, score, sent, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'

/** R0: the routine for reporting deviations under SoL and LSS, in a system shared with HSL. */
let town: Town
let told: ReturnType<typeof tellerOf>
beforeAll(async () => {
  town = await openTown()
  told = tellerOf(town)
})
afterAll(() => town.end())

describe('R0: who reports', () => {
  const workers = [['uppdragstagare', 'contractor'], ['praktikant', 'staff'], ['deltagare', 'staff']] as const
  it('is everybody who works there: a contractor, a trainee and a labour-market participant need a grant and nobody to confirm it', async () => {
    for (const [login, origin] of workers) {
      expect(outcomeOf(await town.sendReport(login, { unit: 'missbruk', origin }))).toBe('403 forbidden')
      await told.orders('admin', '/v1/organisation/grant-role', { subject: login, role: 'reporter', unit: 'missbruk', from: town.now() })
      const { id, events } = await told.report(login, { unit: 'missbruk', origin, wantsFeedback: true, suggestedMeasures: 'Två i varje pass' })
      expect(events).toBe('deviation-reported responsibility-assigned')
      expect(await told.own(login)).toMatchObject([{ id, phase: 'reported', phaseLabel: 'Rapporterad', suggestedMeasures: 'Två i varje pass', feedback: [] }])
      expect(await told.queued('chef-missbruk', 'missbruk', id)).toMatchObject({ nextStep: 'assess', responsible: 'unit-manager@missbruk', title: 'Avvikelse, Enheten för missbruk (myndighet och Nakterhuset)' })
      for (const other of ['medarbetare-missbruk', 'chef-barn-och-unga']) expect([other, await told.status(other, id)]).toEqual([other, 404])
      expect(await town.tries(login, id, 'assess', assess('deviation'))).toBe('403 forbidden')
    }
    expect(await told.count('chef-missbruk', 'origin')).toEqual({ contractor: 1, staff: 2 })
  })
})

describe('R0: what is reported', () => {
  const [worker, chef, unit] = ['medarbetare-barn-och-unga', 'chef-barn-och-unga', 'barn-och-unga']
  it('is a deviation where nobody was threatened, with what the routine names as examples, and its measures', async () => {
    const examples = ['insats-fel-utford-forsummelse', 'rutin-foljs-ej', 'bemotande-respektlost', 'insats-utebliven-helt', 'dokumentation-saknas', 'annat']
    for (const category of examples) {
      const { id } = await told.report(worker, { unit, legalAreas: ['SoL', 'LSS'] })
      const act = told.on(id, 'revisor')
      expect(await act(chef, 'assess', assess('deviation', { category }))).toBe('deviation-assessed → score-risk unit-manager@barn-och-unga, propose-measures unit-manager@barn-och-unga')
      expect(await act(chef, 'score-risk', score(2, 2))).toBe('risk-scored → propose-measures unit-manager@barn-och-unga')
      expect(await town.tries(chef, id, 'close', { outcome: 'deviation', motivation })).toBe('422 measures-undecided')
    }
    expect(await told.count('kvalitet', 'category', `&unit=${unit}&from=2026-01-01&to=2026-12-31`)).toEqual(Object.fromEntries(examples.map((category) => [category, 1])))
  })
  it('is lex Sarah where life, safety or health was or is threatened: a person says so, never a score', async () => {
    const scored = await told.report(worker, { unit })
    await town.does(chef, scored.id, 'assess', assess('deviation'))
    await town.does(chef, scored.id, 'score-risk', score(4, 4))
    expect(await told.page('sas', scored.id)).toMatchObject({ lexSarah: null, nextStep: 'investigate' })
    const omitted = await told.report(worker, { unit, description: 'Insatsen gavs inte' })
    const act = told.on(omitted.id, 'revisor')
    expect(await act(chef, 'assess', assess('suspected-misconduct'))).toBe('deviation-assessed → escalate-or-clear unit-manager@barn-och-unga')
    await town.does(chef, omitted.id, 'score-risk', score(1, 1))
    expect(await town.tries(chef, omitted.id, 'close', { outcome: 'deviation', motivation })).toBe('422 suspicion-unresolved')
    expect(await act(chef, 'escalate-to-lex-sarah', { ground: 'Hot mot barnets hälsa' })).toBe('lex-sarah-escalated responsibility-assigned → take-over-lex-sarah lex-sarah-officer@socialnamnden')
    const reported = await told.report(worker, { unit, reportedType: 'misconduct', legalAreas: ['LSS'], ground: 'Slag' })
    expect(reported.events).toBe('deviation-reported responsibility-assigned lex-sarah-escalated responsibility-assigned')
    expect(await told.page('sas', reported.id)).toMatchObject({ legalBases: [{ area: 'LSS', provision: '24 b §' }], lexSarah: { escalation: { ground: 'Slag' } } })
    expect(outcomeOf(await town.sendReport(worker, { unit, reportedType: 'misconduct', legalAreas: ['HSL'] }))).toBe('400 /legalAreas misconduct-needs-social-law')
  })
})

describe('R0: a missed insulin dose, in one system for SoL, LSS and HSL', () => {
  const [worker, chef, unit] = ['medarbetare-hemsjukvard', 'chef-hemsjukvard', 'hemsjukvard']
  const [manager, medical, officer] = ['unit-manager@hemsjukvard', 'medical-officer@socialnamnden', 'lex-sarah-officer@socialnamnden']
  const lexMaria = { law: 'lex-maria' } as const
  let id: string
  let act: ReturnType<ReturnType<typeof tellerOf>['on']>
  it('is one case that each side assesses and scores for itself', async () => {
    const report = await told.report(worker, { unit, legalAreas: ['SoL', 'HSL'], description: 'Insulinet gavs inte i morse', wantsFeedback: true, individuals: [{ name: 'Test Testsson' }] })
    id = report.id
    act = told.on(id, 'revisor')
    expect(await told.waits(chef, id)).toBe(`assess ${manager}, assess ${medical}, give-feedback ${manager}, acknowledge ${manager}`)
    await town.does(chef, id, 'acknowledge', { to: 'Rapportören', how: 'Samtal' })
    expect(await town.tries(chef, id, 'assess', assess('deviation', { group: 'health', category: 'lakemedel-utebliven-dos' }))).toBe('403 forbidden')
    expect(await town.tries('mas', id, 'assess', assess('deviation'))).toBe('403 forbidden')
    expect(await act('mas', 'record-immediate-action', { text: 'Läkare kontaktad', takenAt: town.now() })).toContain('immediate-action-recorded → ')
    expect(await act('mas', 'assess', assess('suspected-care-injury', { group: 'health', category: 'lakemedel-utebliven-dos' }))).toBe(
      `deviation-assessed → assess ${manager}, escalate-or-clear ${medical}, inform-patient ${medical}, give-feedback ${manager}`,
    )
    await town.does('mas', id, 'score-risk', score(4, 2, 'health'))
    await town.does(chef, id, 'assess', assess('suspected-misconduct'))
    await town.does(chef, id, 'score-risk', score(3, 2))
    expect((await told.page(chef, id)).risk).toMatchObject({ social: { score: 6, triggers: 'none' }, health: { score: 8, triggers: 'investigate', because: ['severity-floor'] } })
  })
  it('runs under lex Sarah and lex Maria at once, neither waiting for the other', async () => {
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Utebliven insats' })
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect(Object.keys(await told.page(chef, id)).sort()).toEqual(['id', 'number', 'phase', 'receivedAt', 'reportedAt', 'revision'])
    expect(await town.tries(chef, id, 'refer-to-lex-maria', { ground: 'x' })).toBe('422 lex-sarah-has-the-case')
    expect(await town.tries('mas', id, 'decide-lex-maria', { notify: true, motivation })).toBe('422 lex-maria-not-referred')
    expect(await act('mas', 'refer-to-lex-maria', { ground: 'Hade kunnat leda till allvarlig vårdskada' })).toBe(
      `lex-maria-referred → investigate ${medical}, appoint-investigator ${officer}, decide-lex-maria ${medical}, inform-patient ${medical}, give-feedback ${officer}`,
    )
    expect(await told.words('mas', id)).toContain('Ärendet lyftes som lex Maria (3 kap. 5 § PSL (2010:659))')
    await town.does('mas', id, 'open-investigation', { kind: 'event-analysis', group: 'health' })
    await town.does('mas', id, 'complete-investigation', { ...findings, group: 'health', individualInformed: 'yes' })
    await town.does('mas', id, 'inform-patient', { informedAt: town.now(), how: 'Samtal i hemmet', notedInRecord: true })
    expect(await act('mas', 'decide-lex-maria', { notify: true, motivation })).toBe(
      `lex-maria-decided ivo-notification-decided → appoint-investigator ${officer}, send-ivo ${medical}, propose-measures ${officer}, give-feedback ${officer}`,
    )
    expect(await town.tries('sas', id, 'record-ivo-sent', { ...sent, ...lexMaria })).toBe('403 forbidden')
    await town.does('mas', id, 'record-ivo-sent', { ...sent, ...lexMaria, diaryNumber: 'SN 2026/8' })
    expect(await act('registrator', 'record-ivo-receipt', { ...receipt, ...lexMaria })).toBe(`ivo-receipt-recorded → appoint-investigator ${officer}, propose-measures ${officer}, give-feedback ${officer}`)
  })
  it('comes to a degree of its own on the social side, with a notification of its own', async () => {
    await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
    await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
    await town.does('utredare', id, 'complete-investigation', { ...findings, policeReport: 'not-relevant' })
    await town.does('utredare', id, 'propose-degree', degree('serious'))
    expect(await act('ordforande', 'decide-degree', { ...degree('serious'), delegationReference: 'SN § 4', reportedToBoardOn: '2026-04-01' })).toBe(
      `lex-sarah-decided responsibility-assigned → decide-ivo decision-maker@socialnamnden, propose-measures ${officer}, give-feedback ${officer}`,
    )
    expect(await town.tries('mas', id, 'decide-ivo-notification', ivo(true))).toBe('403 forbidden')
    await town.does('ordforande', id, 'decide-ivo-notification', ivo(true))
    await town.does('sas', id, 'record-ivo-sent', sent)
    await town.does('registrator', id, 'record-ivo-receipt', receipt)
    const { notifications } = (await town.get('revisor', `/v1/ivo-notifications/${id}`)).body
    expect(notifications).toMatchObject([{ law: 'lex-maria', status: 'received' }, { law: 'lex-sarah', status: 'received' }])
  })
  it('is followed by measures and closed by the officer as misconduct, and the reporter hears', async () => {
    await town.does('sas', id, 'propose-measure', measure('m1', unit, { type: 'utbildning' }))
    await town.does('sas', id, 'decide-measures', approve('m1'))
    await town.does(chef, id, 'complete-measure', completed('m1'))
    expect(await act(chef, 'check-effect', { measureId: 'm1', result: 0 })).toBe(`measure-effect-checked → give-feedback ${officer}`)
    expect(await act('sas', 'give-feedback', feedback('reporter'))).toBe(`feedback-given → close ${officer}`)
    expect(await town.tries(chef, id, 'close', { outcome: 'misconduct', motivation })).toBe('422 only-officer-closes')
    expect(await act('sas', 'close', { outcome: 'misconduct', motivation })).toBe(`deviation-closed → none ${manager}`)
    expect((await told.own(worker))[0]).toMatchObject({ id, phase: 'closed', feedback: [{ to: 'reporter', content: 'Tack' }] })
  })
  it('is taken up by IVO after it was closed', async () => {
    const due = '2026-06-01'
    expect(await act('mas', 'record-ivo-request', { ...lexMaria, what: 'Journalen', due })).toBe(`ivo-supplement-requested → answer-ivo ${medical}`)
    expect(await told.queued('mas', 'socialnamnden', id, 'mine')).toMatchObject({ phase: 'closed', nextStep: 'answer-ivo' })
    expect(await town.tries('mas', id, 'record-ivo-extension', { ...lexMaria, request: 2, newDue: '2026-07-01' })).toBe('422 ivo-no-request')
    await town.does('mas', id, 'record-ivo-extension', { ...lexMaria, request: 1, newDue: '2026-07-01' })
    expect((await told.page('mas', id)).ivo[0].requests).toMatchObject([{ request: 1, due: '2026-07-01', answered: false }])
    expect(await act('mas', 'record-ivo-supplement', { ...lexMaria, sentAt: town.now() })).toBe(`ivo-supplement-sent → none ${manager}`)
    await town.does('sas', id, 'record-ivo-decision', { law: 'lex-sarah', outcome: 'Avslutas utan åtgärd', decidedAt: town.now() })
    expect(await told.status('ordforande', id)).toBe(200)
  })
  it('is told in Swedish, step by step', async () => {
    const words = await told.words('mas', id)
    for (const phrase of ['Avvikelse rapporterad för Hemsjukvården', 'Läkemedel: utebliven dos', 'Patienten informerades', 'antecknat i journalen', 'Beslut att anmäla enligt lex Maria.', 'Lex Sarah beslutades: Allvarligt missförhållande', 'IVO begärde komplettering 1'])
      expect(words).toContain(phrase)
    expect((await told.trail('mas', id)).slice(0, 7)).toEqual(['deviation-reported', 'responsibility-assigned', 'receipt-acknowledged', 'immediate-action-recorded', 'deviation-assessed', 'risk-scored', 'deviation-assessed'])
  })
})

describe('R0: compiled and analysed', () => {
  it('by the officer, who keeps seeing every finished lex Sarah investigation', async () => {
    expect(await told.count('sas', 'degree')).toMatchObject({ serious: 1 })
    expect(await told.count('sas', 'outcome')).toMatchObject({ misconduct: 1 })
    expect(await told.count('sas', 'ivo')).toMatchObject({ notified: 1 })
    const { body } = await town.get('sas', '/v1/statistics?by=degree&from=2026-01-01&to=2028-12-31')
    const { cases } = body.rows.find((row: { readonly degree: string }) => row.degree === 'serious')
    const [row] = (await town.get('sas', cases)).body.rows
    expect(await told.page('sas', row.id)).toMatchObject({ phase: 'closed', closed: { outcome: 'misconduct' }, investigations: [{ state: 'completed' }, { kind: 'lex-sarah', state: 'completed', whatHappened: findings.whatHappened }] })
    expect((await town.get('medarbetare-hemsjukvard', '/v1/statistics?from=2026-01-01&to=2026-12-31')).status).toBe(403)
  })
  it('with a case in two groups counted once, though it stands in the rows of both', async () => {
    const { rows, total } = (await town.get('mas', '/v1/statistics?by=assessedOutcome&unit=hemsjukvard&from=2026-01-01&to=2026-12-31')).body
    expect([rows.length, total]).toEqual([2, 1])
  })
})
