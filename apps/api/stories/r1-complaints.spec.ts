import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, completed, degree, feedback, findings, ivo, measure, motivation, openTown, score, sent, receipt, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'

/** R1: complaints and views, reports, notifications: three levels of one process. */
const [worker, chef, unit] = ['medarbetare-ekonomiskt-bistand', 'chef-ekonomiskt-bistand', 'ekonomiskt-bistand']
const [manager, registrar, officer] = [`unit-manager@${unit}`, 'registrar@socialnamnden', 'lex-sarah-officer@socialnamnden']
const complaint = { unit, origin: 'relative', reportedType: 'complaint', reporter: { name: 'Anna Anhörig', contact: '070-000 00 00' } } as const
const left = `send-to-registrar ${manager}`

describe('R1, level 1: complaints and views', () => {
  let town: Town
  let told: ReturnType<typeof tellerOf>
  beforeAll(async () => {
    town = await openTown()
    told = tellerOf(town)
  })
  afterAll(() => town.end())

  it('come by conversation, phone, e-service, e-mail and form; staff write them down and leave them to the manager', async () => {
    for (const channel of ['conversation', 'phone', 'e-service', 'e-mail', 'paper'] as const) {
      const { id, events } = await told.report(worker, { ...complaint, channel })
      expect(events).toBe('deviation-reported responsibility-assigned')
      expect(await told.queued(chef, unit, id, 'mine')).toMatchObject({ nextStep: 'acknowledge', reportedType: 'complaint' })
      expect(await told.waits(chef, id)).toBe(`acknowledge ${manager}, answer-complaint ${manager}, ${left}`)
      expect(await told.page(worker, id)).toMatchObject({ id, description: 'Beskrivning' })
    }
    expect(await told.count(chef, 'channel')).toEqual({ conversation: 1, phone: 1, 'e-service': 1, 'e-mail': 1, paper: 1 })
  })

  it('are registered, acknowledged with the number, investigated, answered with what will be done and when, and filed', async () => {
    const { id } = await told.report(worker, { ...complaint, channel: 'conversation' })
    const act = told.on(id, 'revisor')
    expect(await act(chef, 'request-diary-number', {})).toBe(`diary-number-requested → acknowledge ${manager}, assign-diary-number ${registrar}, answer-complaint ${manager}, ${left}`)
    expect(await told.queued('registrator', 'socialnamnden', id, 'mine')).toMatchObject({ id })
    expect(await town.tries(chef, id, 'assign-diary-number', { diaryNumber: 'SN 2026/1', publicTitle: 'Klagomål' })).toBe('403 forbidden')
    expect(await act('registrator', 'assign-diary-number', { diaryNumber: 'SN 2026/1', publicTitle: 'Klagomål' })).toBe(`diary-number-assigned → acknowledge ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await told.queued('registrator', 'socialnamnden', id, 'mine')).toBeUndefined()
    expect(await town.tries(worker, id, 'acknowledge', { to: 'Anna', how: 'Telefon' })).toBe('403 forbidden')
    expect(await act(chef, 'acknowledge', { to: 'Anna Anhörig', how: 'Brev med diarienummer, arbetsgång och rutiner', diaryNumber: 'SN 2026/1' })).toBe(`receipt-acknowledged → answer-complaint ${manager}, ${left}`)
    expect(await act(chef, 'open-investigation', { kind: 'simple' })).toBe(`investigation-opened → complete-investigation ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await act(chef, 'complete-investigation', findings)).toBe(`investigation-completed → answer-complaint ${manager}, ${left}`)
    expect(await act(chef, 'propose-measure', measure('m1', unit, { type: 'information' }))).toBe(`measure-proposed effect-criterion-set → decide-measures ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await act(chef, 'decide-measures', approve('m1'))).toBe(`measures-decided → complete-measures ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await town.tries(chef, id, 'give-feedback', { ...feedback('complainant'), measures: [{ measureId: 'm2', when: 'I april' }] })).toBe('422 measure-unknown')
    expect(await act(chef, 'give-feedback', { ...feedback('complainant'), content: 'Vi inför en ny rutin', measures: [{ measureId: 'm1', when: 'Senast i april' }] })).toBe(`feedback-given → complete-measures ${manager}, ${left}`)
    expect(await act(chef, 'complete-measure', completed('m1'))).toBe(`measure-completed → check-effect ${manager}, ${left}`)
    expect(await act(chef, 'check-effect', { measureId: 'm1', result: 1 })).toBe(`measure-effect-checked → ${left}`)
    expect(await act(chef, 'send-to-registrar', { documents: 'Utredningsblankett' })).toBe(`documentation-sent-to-registrar → close ${manager}`)
    expect(await act(chef, 'give-feedback', { to: 'staff-group', how: 'APT', content: 'Klagomålet och vad vi gör' })).toBe(`feedback-given → close ${manager}`)
    expect(await act(chef, 'close', { outcome: 'view', motivation })).toBe(`deviation-closed → none ${manager}`)
    expect(await told.words(chef, id)).toMatch(/Diarienummer begärdes\.\n.*SN 2026\/1.*\nMottagandet bekräftades.*arbetsgång och rutiner.*diarienummer SN 2026\/1/)
    expect(await told.words(chef, id)).toMatch(/Återkoppling gavs till .* Vi inför en ny rutin Åtgärder: .*Senast i april/)
    expect(await told.words('registrator', id)).not.toMatch(/Anna|Vi inför/)
    expect(await told.page(worker, id)).toMatchObject({ phase: 'closed', feedback: [] })
    expect(await told.count(chef, 'outcome')).toMatchObject({ view: 1 })
    expect(await told.count('kvalitet', 'feedback', '&unit=ekonomiskt-bistand&from=2026-01-01&to=2026-12-31')).toMatchObject({ given: 1 })
  })

  it("may be staff's own, who follows it and reads the answer", async () => {
    const { id } = await told.report(worker, { unit, reportedType: 'suggestion', channel: 'web', wantsFeedback: true })
    await town.does(chef, id, 'acknowledge', { to: 'Medarbetaren', how: 'Samtal' })
    await town.does(chef, id, 'give-feedback', { ...feedback('complainant'), content: 'Bra förslag' })
    await town.does(chef, id, 'send-to-registrar', {})
    expect(await town.does(chef, id, 'close', { outcome: 'view', motivation })).toBe('deviation-closed')
    expect(await told.page(worker, id)).toMatchObject({ phase: 'closed', feedback: [{ to: 'complainant', content: 'Bra förslag' }] })
  })

  it('need no answer when nobody knows from whom they came, but are filed', async () => {
    const { id } = await told.report(worker, { unit, origin: 'individual', channel: 'letter', reportedType: 'complaint', anonymous: true })
    const act = told.on(id, 'revisor')
    expect(await told.waits(chef, id)).toBe(left)
    expect(await act(chef, 'send-to-registrar', {})).toBe(`documentation-sent-to-registrar → close ${manager}`)
    expect(await act(chef, 'close', { outcome: 'view', motivation })).toBe(`deviation-closed → none ${manager}`)
    const { id: nameless } = await told.report(worker, { unit, origin: 'individual', channel: 'letter', reportedType: 'complaint' })
    await town.does(chef, nameless, 'acknowledge', { to: 'Okänd', how: 'Anslag' })
    await town.does(chef, nameless, 'send-to-registrar', {})
    expect(await town.tries(chef, nameless, 'close', { outcome: 'view', motivation })).toBe('422 answer-missing')
    await town.does(chef, nameless, 'waive-feedback', { to: 'complainant', reason: 'Avsändaren är okänd' })
    await town.does(chef, nameless, 'close', { outcome: 'view', motivation })
  })

  it('may be a suggestion, handled as a complaint is, or praise, which is passed on and nothing more', async () => {
    const { id: suggestion } = await told.report(worker, { ...complaint, channel: 'e-service', reportedType: 'suggestion' })
    expect(await told.waits(chef, suggestion)).toBe(`acknowledge ${manager}, answer-complaint ${manager}, ${left}`)
    const { id: praise } = await told.report(worker, { ...complaint, channel: 'phone', reportedType: 'praise' })
    const act = told.on(praise, 'revisor')
    expect(await told.waits(chef, praise)).toBe(`give-feedback ${manager}`)
    expect(await act(chef, 'give-feedback', { ...feedback('staff-group'), content: 'Tack från en anhörig' })).toBe(`feedback-given → close ${manager}`)
    expect(await act(chef, 'close', { outcome: 'praise', motivation })).toBe(`deviation-closed → none ${manager}`)
    expect(await told.count(chef, 'reportedType')).toMatchObject({ suggestion: 2, praise: 1 })
  })

  it('run on as the same case when they show a deviation, and when they show a care injury', async () => {
    const { id } = await told.report(worker, { ...complaint, channel: 'phone' })
    const act = told.on(id, 'revisor')
    await town.does(chef, id, 'acknowledge', { to: 'Anna Anhörig', how: 'Telefon' })
    expect(await act(chef, 'assess', assess('deviation', { category: 'bemotande' }))).toBe(`deviation-assessed → score-risk ${manager}, propose-measures ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await act(chef, 'score-risk', score(3, 3))).toBe(`risk-scored → investigate ${manager}, propose-measures ${manager}, answer-complaint ${manager}, ${left}`)
    expect(await told.page(chef, id)).toMatchObject({ reportedType: 'complaint', title: expect.stringContaining('Bemötande') })
    const { id: care } = await told.report('medarbetare-hemsjukvard', { ...complaint, unit: 'hemsjukvard', legalAreas: ['HSL'], channel: 'phone' })
    expect(await told.on(care, 'revisor')('mas', 'assess', assess('suspected-care-injury', { group: 'health', category: 'fall' }))).toBe(
      'deviation-assessed → acknowledge unit-manager@hemsjukvard, escalate-or-clear medical-officer@socialnamnden, inform-patient medical-officer@socialnamnden, answer-complaint unit-manager@hemsjukvard, send-to-registrar unit-manager@hemsjukvard',
    )
  })
})

describe('R1, levels 2 and 3: a complaint of 2024 that was misconduct, decided under the law of its day', () => {
  let town: Town
  let told: ReturnType<typeof tellerOf>
  let id: string
  const decided = { sentAt: '2024-11-17T12:00:00Z', receivedAt: '2024-11-17T12:00:00Z' }
  beforeAll(async () => {
    town = await openTown({ clock: '2024-11-18T09:00:00+01:00' })
    told = tellerOf(town)
  })
  afterAll(() => town.end())

  it('goes from the complaint to the report and to the notification, as one case', async () => {
    const happened = { discoveredAt: '2024-11-15T10:00:00Z' }
    ;({ id } = await told.report(worker, { ...complaint, ...happened, channel: 'conversation', legalAreas: ['SoL', 'LSS'] }))
    const act = told.on(id, 'revisor')
    const view = `answer-complaint ${manager}, ${left}`
    await town.does(chef, id, 'acknowledge', { to: 'Anna Anhörig', how: 'Brev' })
    expect(await act(chef, 'assess', assess('suspected-misconduct'))).toBe(`deviation-assessed → escalate-or-clear ${manager}, ${view}`)
    expect(await act(chef, 'escalate-to-lex-sarah', { ground: 'Uppenbar och konkret fara' })).toBe(`lex-sarah-escalated responsibility-assigned → take-over-lex-sarah ${officer}, ${view}`)
    const ours = `answer-complaint ${officer}, send-to-registrar ${officer}`
    expect(await act('sas', 'take-over-lex-sarah', {})).toBe(`lex-sarah-taken-over responsibility-assigned → appoint-investigator ${officer}, ${ours}`)
    expect(await act('ordforande', 'decide-ivo-notification', ivo(true))).toBe(`ivo-notification-decided → appoint-investigator ${officer}, send-ivo ${officer}, ${ours}`)
    expect(await act('sas', 'record-ivo-sent', { ...sent, sentAt: decided.sentAt, channel: 'post' })).toBe(
      `ivo-notification-sent → appoint-investigator ${officer}, record-ivo-receipt ${registrar}, ${ours}, send-ivo ${officer}`,
    )
  })
  it('keeps 14 kap. SoL (2001:453) after 1 July 2025, when a new report gets 27 kap. SoL (2025:400); LSS is the same', async () => {
    await town.later(230)
    expect(town.now().slice(0, 10)).toBe('2025-07-06')
    const old = [{ area: 'SoL', provision: '14 kap. 3 §', statute: 'SoL (2001:453)' }, { area: 'LSS', provision: '24 b §', statute: 'LSS (1993:387)' }]
    expect(await told.page('sas', id)).toMatchObject({ legalBases: old, lexSarah: { escalation: { legalBases: old } } })
    const received = async (receivedAt: string) => {
      const receivedLateReason = 'Låg i brevlådan'
      return told.report(worker, { ...complaint, channel: 'letter', legalAreas: ['SoL', 'LSS'], discoveredAt: '2025-06-20T10:00:00Z', receivedAt, receivedLateReason })
    }
    const [before, after] = [await received('2025-06-30T21:59:00Z'), await received('2025-06-30T22:01:00Z')]
    expect((await told.page(chef, before.id)).legalBases).toEqual(old)
    expect((await told.page(chef, after.id)).legalBases).toEqual([{ area: 'SoL', provision: '27 kap. 2 §', statute: 'SoL (2025:400)' }, old[1]])
    await town.does(chef, before.id, 'escalate-to-lex-sarah', { ground: 'Mottagen före' })
    expect((await told.page('sas', before.id)).lexSarah.escalation.legalBases).toEqual(old)
    expect(await told.words('sas', before.id)).toContain('14 kap. 3 § SoL (2001:453)')
  })
  it('is decided, answered and closed, with the investigation to IVO', async () => {
    const act = told.on(id, 'revisor')
    await town.does('registrator', id, 'record-ivo-receipt', { ...receipt, receivedAt: decided.receivedAt })
    await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
    await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
    await town.does('utredare', id, 'complete-investigation', findings)
    await town.does('utredare', id, 'propose-degree', degree('serious'))
    await town.does('ordforande', id, 'decide-degree', degree('serious'))
    expect(await act('sas', 'record-ivo-investigation-sent', { law: 'lex-sarah', sentAt: town.now() })).toBe(
      `ivo-investigation-sent → propose-measures ${officer}, answer-complaint ${officer}, send-to-registrar ${officer}`,
    )
    await town.does('sas', id, 'decide-no-measures', { motivation: 'Redan åtgärdat' })
    await town.does('sas', id, 'give-feedback', { ...feedback('complainant'), measures: [] })
    expect(await act('sas', 'send-to-registrar', {})).toBe(`documentation-sent-to-registrar → close ${officer}`)
    await town.does('sas', id, 'close', { outcome: 'misconduct', motivation })
    expect(await told.trail('revisor', id)).toEqual([
      'deviation-reported', 'responsibility-assigned', 'receipt-acknowledged', 'deviation-assessed', 'lex-sarah-escalated', 'responsibility-assigned', 'lex-sarah-taken-over',
      'responsibility-assigned', 'ivo-notification-decided', 'ivo-notification-sent', 'ivo-receipt-recorded', 'lex-sarah-investigator-appointed', 'investigation-opened',
      'investigation-completed', 'lex-sarah-degree-proposed', 'lex-sarah-decided', 'responsibility-assigned', 'ivo-investigation-sent', 'no-measures-decided', 'feedback-given',
      'documentation-sent-to-registrar', 'deviation-closed',
    ])
    expect(await told.count('sas', 'reportedType', '&from=2024-01-01&to=2024-12-31')).toEqual({ complaint: 1 })
    expect(await told.count('sas', 'outcome', '&from=2024-01-01&to=2024-12-31')).toEqual({ misconduct: 1 })
  })
})
