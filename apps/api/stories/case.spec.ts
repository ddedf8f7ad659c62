import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  approve, assess, completed, degree, feedback, findings, informed, ivo, measure, motivation, openTown, outcomeOf, receipt, score, sent, type Town,
} from '#apps/api/acceptance/town'

let town: Town
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.end())

const page = async (login: string, id: string, query = '') => (await town.get(login, `/v1/deviations/${id}${query}`)).body
const queued = async (login: string, unit: string, id: string) => {
  const { body } = await town.get(login, `/v1/queues/${unit}?limit=200`)
  return body.rows.find((row: { id: string }) => row.id === id)
}
const own = async (login: string): Promise<string[]> => (await town.get(login, '/v1/deviations?view=reported-by-me&limit=200')).body.rows.map(({ id }: { id: string }) => id)
/** What the case waits for, as the page says it: each step and who has to take it. */
const waits = async (login: string, id: string): Promise<string[]> =>
  (await page(login, id)).nextSteps.map(({ code, responsible }: { code: string; responsible: string }) => `${code} ${responsible}`)
const status = async (login: string, id: string): Promise<number> => (await town.get(login, `/v1/deviations/${id}`)).status
const escalatedTo = 'lex-sarah-escalated responsibility-assigned'

describe('an ordinary deviation, from the corridor to the closed case', () => {
  const [worker, chef] = ['medarbetare-missbruk', 'chef-missbruk']
  let id: string
  it('is reported and stands first in the queue of its manager', async () => {
    const answer = await town.sendReport(worker, { unit: 'missbruk', description: 'Dosen delades inte ut', wantsFeedback: true, reporter: { name: 'Kim', title: 'undersköterska' } })
    id = answer.body.id
    town.revisions.set(id, answer.body.revision)
    expect(outcomeOf(answer)).toBe('201 deviation-reported responsibility-assigned')
    expect(answer.headers).toMatchObject({ location: `/v1/deviations/${id}`, etag: '"2"', 'vaka-position': answer.body.position })
    expect(await queued(chef, 'missbruk', id)).toMatchObject({
      phase: 'reported', nextStep: 'assess', risk: {}, lexSarah: null, due: '2026-03-04', overdue: false, ageDays: 0, responsible: 'unit-manager@missbruk',
    })
    expect(await page(worker, id)).toMatchObject({ id, phase: 'reported', description: 'Dosen delades inte ut', feedback: [] })
    expect(await own(worker)).toContain(id)
    expect(await page(chef, id)).toMatchObject({ reporter: { name: 'Kim', title: 'undersköterska' }, legalBases: [{ area: 'SoL', provision: '27 kap. 2 §', statute: 'SoL (2025:400)' }] })
  })
  it('is supplemented by its reporter beside the report', async () => {
    expect(await town.does(worker, id, 'supplement', { text: 'Det gällde två doser' })).toBe('report-supplemented')
    expect(await page(chef, id)).toMatchObject({ description: 'Dosen delades inte ut', supplements: [{ text: 'Det gällde två doser' }] })
  })
  it('is assessed, scored 4 x 3 and investigated because of it', async () => {
    expect(await waits(chef, id)).toEqual(['assess unit-manager@missbruk', 'give-feedback unit-manager@missbruk', 'acknowledge unit-manager@missbruk'])
    await town.does(chef, id, 'acknowledge', { to: 'Kim', how: 'Samtal' })
    await town.does(chef, id, 'assess', assess('deviation'))
    await town.does(chef, id, 'score-risk', score(4, 3))
    expect(await page(chef, id)).toMatchObject({
      phase: 'investigating',
      nextStep: 'investigate',
      title: 'Utebliven insats, Enheten för missbruk (myndighet och Nakterhuset)',
      risk: { social: { severity: 4, likelihood: 3, score: 12, triggers: 'investigate', because: ['threshold', 'severity-floor'] } },
      hindersClosing: ['investigation-required', 'measures-undecided', 'feedback-missing'],
    })
    expect((await queued(chef, 'missbruk', id)).risk.social.score).toBe(12)
    await town.does(chef, id, 'open-investigation', { kind: 'standard' })
    expect(await waits(chef, id)).toContain('complete-investigation unit-manager@missbruk')
    await town.does(chef, id, 'complete-investigation', findings)
    expect(await page(chef, id)).toMatchObject({ phase: 'measures', investigations: [{ group: 'social', kind: 'standard', state: 'completed', whatHappened: findings.whatHappened }] })
  })
  it('gets measures, each decided at its level and held against its criterion', async () => {
    expect(await town.does(chef, id, 'propose-measure', measure('m1', 'missbruk'))).toBe('measure-proposed effect-criterion-set')
    const { effect: _, ...bare } = measure('m2', 'missbruk', { level: 'operation', type: 'bemanning' })
    expect(await town.does(chef, id, 'propose-measure', bare)).toBe('measure-proposed')
    expect(await waits(chef, id)).toEqual(['decide-measures unit-manager@missbruk', 'decide-measures area-manager@ifo', 'give-feedback unit-manager@missbruk'])
    expect(await town.tries(chef, id, 'decide-measures', approve('m2'))).toBe('403 forbidden')
    await town.does(chef, id, 'decide-measures', approve('m1'))
    await town.does('omradeschef', id, 'decide-measures', approve('m2'))
    await town.does(chef, id, 'complete-measure', completed('m1'))
    expect(await town.tries(chef, id, 'complete-measure', completed('m2'))).toBe('422 effect-criterion-missing')
    expect(await town.tries(chef, id, 'cancel-measure', { measureId: 'm2', motivation })).toBe('403 forbidden')
    await town.does('omradeschef', id, 'cancel-measure', { measureId: 'm2', motivation })
  })
  it('asks for more when the effect is not accepted', async () => {
    expect(await waits(chef, id)).toEqual(['check-effect unit-manager@missbruk', 'give-feedback unit-manager@missbruk'])
    expect((await page(chef, id)).phase).toBe('following-up')
    await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 3 })
    expect(await page(chef, id)).toMatchObject({ phase: 'measures', hindersClosing: ['measures-undecided', 'feedback-missing'], measures: [{ state: 'checked', check: { accepted: false } }, { state: 'cancelled' }] })
    await town.does(chef, id, 'propose-measure', measure('m3', 'missbruk'))
    await town.does(chef, id, 'decide-measures', { decisions: [{ measureId: 'm3', decision: 'approved-in-part', motivation }] })
    await town.does(chef, id, 'propose-measure', measure('m4', 'missbruk', { replaces: 'm3' }))
    await town.does(chef, id, 'decide-measures', approve('m4'))
    await town.does(chef, id, 'complete-measure', completed('m4'))
    await town.does(chef, id, 'check-effect', { measureId: 'm4', result: 2 })
    expect(await waits(chef, id)).toEqual(['give-feedback unit-manager@missbruk'])
  })
  it('closes when the reporter has heard, with the outcome that applies', async () => {
    expect(await town.tries(chef, id, 'close', { outcome: 'deviation', motivation })).toBe('422 feedback-missing')
    await town.does(chef, id, 'give-feedback', feedback('reporter'))
    expect(await waits(chef, id)).toEqual(['close unit-manager@missbruk'])
    expect(await town.tries(chef, id, 'close', { outcome: 'risk', motivation })).toBe('422 outcome-disagrees')
    expect(await town.does(chef, id, 'close', { outcome: 'deviation', motivation })).toBe('deviation-closed')
    expect(await queued(chef, 'missbruk', id)).toBeUndefined()
    expect(await page(worker, id)).toMatchObject({ phase: 'closed', feedback: [{ to: 'reporter', given: true, content: 'Tack' }] })
  })
  it('takes what comes late, and is replayed years later by an auditor', async () => {
    const closed = town.now()
    await town.later(400)
    expect(await town.tries(chef, id, 'assess', assess('deviation'))).toBe('422 closed')
    await town.does(chef, id, 'add-note', { text: 'Ett samtal i efterhand', kind: 'fact', source: 'Telefon' })
    const { body } = await town.get('revisor', `/v1/deviations/${id}/history`, { 'accept-language': 'en' })
    const [first] = body.rows
    expect(first).toMatchObject({ revision: 0, type: 'deviation-reported', label: 'Reported', occurredAt: '2026-03-01T10:00:00.000Z', actor: { role: 'reporter', unit: 'missbruk' } })
    expect(body.rows.map(({ revision }: { revision: number }) => revision)).toEqual(Array.from({ length: body.rows.length }, (_, i) => i))
    expect(JSON.stringify(body)).not.toMatch(/Dosen|Kim|samtal/)
    const opened = await town.get('revisor', `/v1/deviations/${id}/history`, { 'vaka-reason': 'Granskning' })
    expect(opened.text).toMatch(/Dosen delades inte ut.*Ett samtal i efterhand/)
    expect(await page('revisor', id, '?revision=1')).toMatchObject({ revision: 1, phase: 'reported', assessments: [] })
    expect(await page('revisor', id, `?at=${closed}`)).toMatchObject({ phase: 'closed', notes: [] })
    expect(await page('revisor', id)).toMatchObject({ phase: 'closed', notes: [{ text: '[personal data]', kind: 'fact' }] })
  })
  it('is reopened for a reason, and closed anew', async () => {
    expect(await town.does(chef, id, 'reopen', { reason: 'Nya uppgifter' })).toBe('deviation-reopened')
    expect(await page(chef, id)).toMatchObject({ phase: 'closing', closed: null, reopenings: [{ reason: 'Nya uppgifter' }] })
    expect(await town.tries(chef, id, 'reopen', { reason: 'Igen' })).toBe('422 not-closed')
    await town.does(chef, id, 'close', { outcome: 'deviation', motivation })
  })
})

describe('misconduct', () => {
  const [chef, unit] = ['chef-barn-och-unga', 'barn-och-unga']
  let id: string
  it('goes to the officer in the append of its report, and never out of her sight', async () => {
    const answer = await town.sendReport('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct', legalAreas: ['SoL'], ground: 'Barnet for illa', wantsFeedback: true })
    id = answer.body.id
    expect(outcomeOf(answer)).toBe(`201 deviation-reported responsibility-assigned ${escalatedTo}`)
    town.revisions.set(id, answer.body.revision)
    expect(await queued('sas', unit, id)).toMatchObject({ phase: 'lex-sarah', nextStep: 'take-over-lex-sarah', lexSarah: 'escalated', responsible: 'lex-sarah-officer@socialnamnden' })
    expect((await town.get('sas', '/v1/queues/socialnamnden?view=mine')).text).toContain(id)
    await town.does(chef, id, 'acknowledge', { to: 'Rapportören', how: 'Samtal' })
  })
  it('is taken over, investigated, and its degree proposed by one and decided by another', async () => {
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect(await waits('sas', id)).toEqual(['appoint-investigator lex-sarah-officer@socialnamnden', 'give-feedback lex-sarah-officer@socialnamnden'])
    expect(await town.tries('sas', id, 'appoint-investigator', { subject: chef })).toBe('422 not-an-investigator')
    expect(await status('utredare', id)).toBe(404)
    await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
    await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
    expect(await town.tries('utredare', id, 'propose-degree', degree('serious'))).toBe('422 investigation-not-completed')
    expect(await town.tries('ordforande', id, 'decide-degree', degree('serious'))).toBe('422 degree-not-proposed')
    await town.does('utredare', id, 'complete-investigation', findings)
    await town.does('utredare', id, 'propose-degree', degree('serious'))
    await town.does('utredare', id, 'reopen-investigation', { reason: 'Nya uppgifter' })
    expect(await town.tries('ordforande', id, 'decide-degree', degree('serious'))).toBe('422 degree-not-proposed')
    await town.does('utredare', id, 'complete-investigation', findings)
    await town.does('utredare', id, 'propose-degree', degree('misconduct'))
    expect(await waits('ordforande', id)).toEqual(['decide-degree decision-maker@socialnamnden', 'give-feedback lex-sarah-officer@socialnamnden'])
    expect(await town.does('ordforande', id, 'decide-degree', { ...degree('serious'), delegationReference: '4.2', presenter: 'utredare', reportedToBoardOn: '2026-04-01' })).toBe(
      'lex-sarah-decided responsibility-assigned',
    )
    expect(await page(chef, id)).toMatchObject({ lexSarah: { step: 'decided', degree: 'serious' }, responsible: 'unit-manager@barn-och-unga' })
  })
  it('is notified to IVO: decided, sent, received, each after the other', async () => {
    expect(await town.tries('sas', id, 'record-ivo-sent', sent)).toBe('422 ivo-not-decided')
    expect(await town.tries('ordforande', id, 'decide-ivo-notification', ivo(false))).toBe('422 degree-requires-notification')
    await town.does('ordforande', id, 'decide-ivo-notification', ivo(true))
    expect(await town.tries('registrator', id, 'record-ivo-receipt', receipt)).toBe('422 ivo-not-sent')
    await town.does('sas', id, 'record-ivo-sent', sent)
    expect(await town.tries('ordforande', id, 'decide-ivo-notification', ivo(true))).toBe('422 ivo-sent-already')
    await town.does('registrator', id, 'record-ivo-receipt', receipt)
    const { body } = await town.get('revisor', `/v1/ivo-notifications/${id}`)
    expect(body.notifications).toMatchObject([{ law: 'lex-sarah', status: 'received' }])
    const steps = body.steps.map(({ type }: { type: string }) => type)
    expect(steps[0]).toBe('deviation-reported')
    expect(steps.slice(-3)).toEqual(['ivo-notification-decided', 'ivo-notification-sent', 'ivo-receipt-recorded'])
    expect((await town.get('sas', '/v1/ivo-notifications')).text).toContain(id)
  })
  it('is closed and reopened by the officer only', async () => {
    expect(await town.tries(chef, id, 'close', { outcome: 'misconduct', motivation })).toBe('422 measures-undecided feedback-missing only-officer-closes')
    await town.does('sas', id, 'propose-measure', measure('m1', unit))
    await town.does('sas', id, 'decide-measures', approve('m1'))
    await town.does(chef, id, 'complete-measure', completed('m1'))
    await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 0 })
    await town.does('sas', id, 'give-feedback', feedback('reporter'))
    expect(await waits('sas', id)).toEqual(['close lex-sarah-officer@socialnamnden'])
    expect(await town.tries(chef, id, 'close', { outcome: 'misconduct', motivation })).toBe('422 only-officer-closes')
    expect(await town.tries('sas', id, 'close', { outcome: 'deviation', motivation })).toBe('422 outcome-disagrees')
    await town.does('sas', id, 'close', { outcome: 'misconduct', motivation })
    expect(await town.tries(chef, id, 'reopen', { reason: 'Fel' })).toBe('422 only-officer-closes')
    await town.does('sas', id, 'reopen', { reason: 'Nya uppgifter' })
    await town.does('sas', id, 'close', { outcome: 'misconduct', motivation })
  })
  it('that a manager suspects is withdrawn by her only before she escalates', async () => {
    const suspected = await town.reports('medarbetare-barn-och-unga', { unit })
    await town.does(chef, suspected, 'assess', assess('suspected-misconduct'))
    expect(await waits(chef, suspected)).toEqual(['escalate-or-clear unit-manager@barn-och-unga'])
    expect(await town.tries(chef, suspected, 'assess', assess('deviation'))).toBe('422 motivation-required')
    await town.does(chef, suspected, 'assess', assess('deviation', { motivation }))
    await town.does(chef, suspected, 'assess', assess('suspected-misconduct'))
    expect(await town.does(chef, suspected, 'escalate-to-lex-sarah', { ground: 'Upprepat' })).toBe(escalatedTo)
    await town.does(chef, suspected, 'assess', assess('not-a-deviation', { motivation }))
    expect(await town.tries(chef, suspected, 'close', { outcome: 'not-a-deviation', motivation })).toBe('422 lex-sarah-undecided')
    expect(await town.tries(chef, suspected, 'record-no-case', { outcome: 'withdrawn', motivation })).toBe('422 lex-sarah-undecided')
  })
  it('that the officer declines comes back as a deviation, with her motivation', async () => {
    const declined = await town.reports('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    expect(await town.does('sas', declined, 'decline-lex-sarah', { motivation: 'Ingen påtaglig risk' })).toBe('lex-sarah-declined responsibility-assigned')
    expect(await page(chef, declined)).toMatchObject({
      responsible: 'unit-manager@barn-och-unga', hindersClosing: ['not-scored', 'measures-undecided'], lexSarah: { step: 'declined', declined: { motivation: 'Ingen påtaglig risk' } },
    })
    await town.does(chef, declined, 'score-risk', score(2, 4))
    await town.does(chef, declined, 'decide-no-measures', { motivation })
    await town.does(chef, declined, 'close', { outcome: 'deviation', motivation })
    expect(await status('sas', declined)).toBe(200)
  })
})

describe('complaints, suggestions and praise', () => {
  const chef = 'chef-ekonomiskt-bistand'
  const from = { unit: 'ekonomiskt-bistand', origin: 'relative', channel: 'letter', reporter: { name: 'Anhörig' } } as const
  it('a complaint is registered, acknowledged, answered, sent to the registrar and closed', async () => {
    const id = await town.reports('medarbetare-ekonomiskt-bistand', { ...from, reportedType: 'complaint' })
    expect(await page(chef, id)).toMatchObject({ phase: 'reported', nextStep: 'acknowledge', hindersClosing: ['acknowledgement-missing', 'answer-missing', 'not-sent-to-registrar'] })
    await town.does(chef, id, 'request-diary-number', {})
    expect(await waits('registrator', id)).toContain('assign-diary-number registrar@socialnamnden')
    await town.does('registrator', id, 'assign-diary-number', { diaryNumber: 'SN 2026/12', publicTitle: 'Klagomål' })
    expect(await town.tries('registrator', id, 'assign-diary-number', { diaryNumber: 'SN 2026/13', publicTitle: 'Klagomål' })).toBe('422 diary-number-assigned-already')
    await town.does(chef, id, 'acknowledge', { to: 'Anhörig', how: 'Brev', diaryNumber: 'SN 2026/12' })
    expect(await town.tries(chef, id, 'acknowledge', { to: 'Anhörig', how: 'Brev' })).toBe('422 acknowledged-already')
    await town.does(chef, id, 'open-investigation', { kind: 'simple' })
    expect(await town.tries(chef, id, 'close', { outcome: 'view', motivation })).toBe('422 investigation-not-completed answer-missing not-sent-to-registrar')
    await town.does(chef, id, 'complete-investigation', findings)
    await town.does(chef, id, 'give-feedback', { ...feedback('complainant'), measures: [] })
    expect(await waits(chef, id)).toEqual(['send-to-registrar unit-manager@ekonomiskt-bistand'])
    await town.does(chef, id, 'send-to-registrar', { documents: 'Klagomål och svar' })
    await town.does(chef, id, 'close', { outcome: 'view', motivation })
  })
  it('a complaint that is a deviation runs the same track', async () => {
    const id = await town.reports('medarbetare-ekonomiskt-bistand', { ...from, reportedType: 'complaint' })
    await town.does(chef, id, 'assess', assess('risk-of-deviation'))
    expect((await page(chef, id)).hindersClosing).toEqual(['acknowledgement-missing', 'not-scored', 'measures-undecided', 'answer-missing', 'not-sent-to-registrar'])
    await town.does(chef, id, 'score-risk', score(1, 1))
    await town.does(chef, id, 'decide-no-measures', { motivation })
    await town.does(chef, id, 'acknowledge', { to: 'Anhörig', how: 'Brev' })
    await town.does(chef, id, 'waive-feedback', { to: 'complainant', reason: 'Avsändaren är okänd' })
    await town.does(chef, id, 'send-to-registrar', {})
    await town.does(chef, id, 'close', { outcome: 'risk', motivation })
  })
  it('praise reaches the staff, and nothing more is asked', async () => {
    const id = await town.reports('medarbetare-ekonomiskt-bistand', { ...from, reportedType: 'praise' })
    expect(await town.tries(chef, id, 'close', { outcome: 'praise', motivation })).toBe('422 feedback-missing')
    await town.does(chef, id, 'give-feedback', feedback('staff-group'))
    expect(await town.tries(chef, id, 'close', { outcome: 'view', motivation })).toBe('422 outcome-disagrees')
    await town.does(chef, id, 'close', { outcome: 'praise', motivation })
  })
})

describe('a deviation in health care', () => {
  it('is assessed by the medical officer beside the social side, and closed when both are done', async () => {
    const [chef, id] = ['chef-hemsjukvard', await town.reports('medarbetare-hemsjukvard', { unit: 'hemsjukvard', legalAreas: ['SoL', 'HSL'] })]
    expect(await waits(chef, id)).toEqual(['assess unit-manager@hemsjukvard', 'assess medical-officer@socialnamnden'])
    await town.does('mas', id, 'assess', assess('deviation', { group: 'health', category: 'lakemedel-utebliven-dos' }))
    await town.does(chef, id, 'assess', assess('not-a-deviation'))
    expect(await town.tries(chef, id, 'close', { outcome: 'deviation', motivation })).toBe('422 not-scored measures-undecided')
    await town.does('mas', id, 'score-risk', score(3, 3, 'health'))
    await town.does('mas', id, 'open-investigation', { kind: 'event-analysis', group: 'health' })
    await town.does('mas', id, 'complete-investigation', { ...findings, group: 'health' })
    await town.does('mas', id, 'decide-no-measures', { motivation })
    await town.does(chef, id, 'close', { outcome: 'deviation', motivation })
  })
  it('that the medical officer reported herself is assessed by the next level up', async () => {
    const id = await town.reports('mas', { unit: 'hemsjukvard', legalAreas: ['HSL'] })
    const body = assess('not-a-deviation', { group: 'health', category: 'fall' })
    expect(await town.tries('mas', id, 'assess', body)).toBe('422 conflict-of-interest')
    await town.does('ordforande', id, 'assess', body)
  })
})

describe('a private provider', () => {
  it('stands beside the authority, and informs it of every lex Sarah report', async () => {
    const unit = 'nattugglan-lss'
    const id = await town.reports('medarbetare-nattugglan-lss', { unit, reportedType: 'misconduct', legalAreas: ['LSS'] })
    for (const login of ['sas', 'ordforande', 'forvaltningschef', 'revisor', 'registrator', 'chef-missbruk']) expect([login, await status(login, id)]).toEqual([login, 404])
    expect(await waits('sas-nattugglan', id)).toEqual(['take-over-lex-sarah lex-sarah-officer@nattugglan-ab', 'inform-authority lex-sarah-officer@nattugglan-ab'])
    await town.does('sas-nattugglan', id, 'decline-lex-sarah', { motivation })
    await town.does('chef-nattugglan-lss', id, 'assess', assess('not-a-deviation', { motivation }))
    expect(await town.tries('chef-nattugglan-lss', id, 'close', { outcome: 'not-a-deviation', motivation })).toBe('422 authority-not-informed')
    await town.does('sas-nattugglan', id, 'inform-authority', informed)
    expect(await town.tries('sas-nattugglan', id, 'inform-authority', informed)).toBe('422 authority-informed-already')
    await town.does('chef-nattugglan-lss', id, 'close', { outcome: 'not-a-deviation', motivation })
    const ours = await town.reports('medarbetare-missbruk', { unit: 'missbruk', reportedType: 'misconduct' })
    expect(await town.tries('sas', ours, 'inform-authority', informed)).toBe('422 not-a-private-provider')
  })
})

describe('a report that concerns the manager', () => {
  it('goes to the next level, and the manager does not learn that it exists', async () => {
    const [chef, id] = ['chef-stod-och-behandling', await town.reports('medarbetare-stod-och-behandling', { unit: 'stod-och-behandling', concernsManager: true })]
    expect(await page('omradeschef', id)).toMatchObject({ responsible: 'area-manager@ifo', nextSteps: [{ code: 'assess', responsible: 'area-manager@ifo' }] })
    const nobodys = '01890a5d-ac96-774b-8000-000000000001'
    for (const path of ['', '/history', '?revision=0']) {
      const [known, none] = [await town.get(chef, `/v1/deviations/${id}${path}`), await town.get(chef, `/v1/deviations/${nobodys}${path}`)]
      expect([known.status, { ...known.body, instance: '' }]).toEqual([404, { ...none.body, instance: '' }])
    }
    expect(await town.tries(chef, id, 'assess', assess('not-a-deviation'))).toBe('404 not-found')
    expect(await town.tries(chef, id, 'assess', assess('not-a-deviation'), { 'if-match': '"0"' })).toBe('404 not-found')
    expect(await town.tries(chef, id, 'record-no-case', { outcome: 'withdrawn', motivation })).toBe('404 not-found')
    expect(await queued(chef, 'stod-och-behandling', id)).toBeUndefined()
    expect((await town.get(chef, '/v1/statistics?from=2026-01-01&to=2027-12-31&by=unit')).body).toMatchObject({ rows: [], total: 0 })
    const later = await town.reports(chef, { unit: 'stod-och-behandling' })
    expect(await town.tries(chef, later, 'record-no-case', { outcome: 'duplicate', duplicateOf: id, motivation })).toBe('422 duplicate-unknown')
    await town.does('omradeschef', id, 'assess', assess('not-a-deviation'))
    await town.does('omradeschef', id, 'close', { outcome: 'not-a-deviation', motivation })
  })
  it('goes to whoever there is where a level is missing', async () => {
    const id = await town.reports('medarbetare-hemsjukvard', { unit: 'hemsjukvard', concernsManager: true })
    expect((await page('forvaltningschef', id)).responsible).toBe('director@socialnamnden')
    const private_ = await town.reports('medarbetare-nattugglan-lss', { unit: 'nattugglan-lss', legalAreas: ['LSS'], concernsManager: true })
    expect((await page('beslut-nattugglan', private_)).responsible).toBe('decision-maker@nattugglan-ab')
  })
})

describe('an anonymous report', () => {
  it('is seen by its reporter by id alone, who neither assesses it nor gives herself away', async () => {
    for (const [login, unit] of [['medarbetare-missbruk', 'barn-och-unga'], ['chef-missbruk', 'missbruk'], ['omradeschef', 'missbruk'], ['forvaltningschef', 'hemsjukvard']] as const) {
      const id = await town.reports(login, { unit, anonymous: true, wantsFeedback: true, description: 'Anonymt' })
      expect(await page(login, id)).toMatchObject({ description: 'Anonymt' })
      expect(await own(login)).not.toContain(id)
      await town.does(login, id, 'supplement', { text: 'Mer anonymt' })
      const { body, text } = await town.get('sas', `/v1/deviations/${id}/history`)
      for (const { actor } of body.rows) expect(actor).toEqual({ id: 'anonymous', role: 'reporter' })
      expect(text).not.toMatch(/"s-[a-z0-9]+"/)
      expect(await page(login, id)).toMatchObject({ supplements: [{ text: 'Mer anonymt' }] })
    }
  })
  it('or one of her own is not assessed by its reporter, but by the next level up', async () => {
    for (const anonymous of [true, false]) {
      const id = await town.reports('chef-missbruk', { unit: 'missbruk', anonymous })
      expect(await town.tries('chef-missbruk', id, 'assess', assess('deviation'))).toBe('422 conflict-of-interest')
      await town.does('omradeschef', id, 'assess', assess('deviation'))
    }
    // The observation is the colleague's: who typed it in may assess it.
    const typed = await town.reports('chef-missbruk', { unit: 'missbruk', onBehalfOf: 'medarbetare-missbruk' })
    await town.does('chef-missbruk', typed, 'assess', assess('deviation'))
    expect(await own('medarbetare-missbruk')).toContain(typed)
    const turned = await town.reports('medarbetare-missbruk', { unit: 'missbruk', onBehalfOf: 'chef-missbruk' })
    expect(await town.tries('chef-missbruk', turned, 'assess', assess('deviation'))).toBe('422 conflict-of-interest')
  })
})

describe('a report for the wrong unit', () => {
  it('is moved within its provider, with who answers for it', async () => {
    const id = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    expect(await town.tries('chef-missbruk', id, 'move', { toUnit: 'missbruk', reason: 'Fel' })).toBe('422 unit-unchanged')
    expect(await town.tries('chef-missbruk', id, 'move', { toUnit: 'nattugglan-lss', reason: 'Fel' })).toBe('422 other-provider')
    expect(await town.tries('chef-missbruk', id, 'move', { toUnit: 'okand', reason: 'Fel' })).toBe('400 /toUnit unit-unknown')
    expect(await town.does('chef-missbruk', id, 'move', { toUnit: 'hemsjukvard', reason: 'Fel enhet' })).toBe('case-moved responsibility-assigned')
    expect(await status('chef-missbruk', id)).toBe(404)
    expect(await queued('chef-hemsjukvard', 'hemsjukvard', id)).toMatchObject({ responsible: 'unit-manager@hemsjukvard' })
    expect(await page('chef-hemsjukvard', id)).toMatchObject({ unit: 'hemsjukvard', reportedUnit: 'missbruk', moves: [{ fromUnit: 'missbruk', toUnit: 'hemsjukvard' }] })
    expect(await page('medarbetare-missbruk', id)).toMatchObject({ reportedUnit: 'missbruk' })
  })
})

describe('a report that becomes no case', () => {
  const chef = 'chef-missbruk'
  it('is a duplicate of an earlier case, kept, out of the statistics, and undone by reopening', async () => {
    const count = async (): Promise<number> => (await town.get(chef, '/v1/statistics?from=2026-01-01&to=2028-12-31')).body.total
    const [first, second] = [await town.reports('medarbetare-missbruk', { unit: 'missbruk' }), await town.reports('medarbetare-missbruk', { unit: 'missbruk' })]
    const of = (duplicateOf: string) => ({ outcome: 'duplicate', duplicateOf, motivation }) as const
    const before = await count()
    expect(await town.tries(chef, first, 'record-no-case', of(second))).toBe('422 duplicate-not-earlier')
    expect(await town.tries(chef, second, 'record-no-case', of(second))).toBe('422 duplicate-of-itself')
    expect(await town.tries(chef, second, 'record-no-case', of('01890a5d-ac96-774b-8000-000000000001'))).toBe('422 duplicate-unknown')
    expect(await town.does(chef, second, 'record-no-case', of(first))).toBe('outcome-without-case-recorded')
    expect(await page(chef, second)).toMatchObject({ phase: 'no-case', noCase: { duplicateOf: first }, nextSteps: [{ code: 'none' }] })
    expect([await queued(chef, 'missbruk', second), await count()]).toEqual([undefined, before - 1])
    expect(await town.tries(chef, second, 'assess', assess('deviation'))).toBe('422 no-case')
    const third = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    expect(await town.tries(chef, third, 'record-no-case', of(second))).toBe('422 duplicate-of-no-case')
    await town.does(chef, second, 'reopen', { reason: 'Inte samma händelse' })
    expect([(await page(chef, second)).phase, await count()]).toEqual(['reported', before + 1])
    await town.does(chef, third, 'record-no-case', { outcome: 'not-reportable', motivation })
  })
  it('of misconduct only by the officer, and only of a case that was itself escalated', async () => {
    const plain = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    const earlier = await town.reports('medarbetare-missbruk', { unit: 'missbruk', reportedType: 'misconduct' })
    const again = await town.reports('medarbetare-missbruk', { unit: 'missbruk', reportedType: 'misconduct' })
    for (const outcome of ['withdrawn', 'not-reportable'] as const)
      expect(await town.tries(chef, again, 'record-no-case', { outcome, motivation })).toBe('422 lex-sarah-undecided')
    expect(await town.tries(chef, again, 'record-no-case', { outcome: 'duplicate', duplicateOf: earlier, motivation })).toBe('422 lex-sarah-undecided')
    expect(await town.tries('sas', again, 'record-no-case', { outcome: 'duplicate', duplicateOf: plain, motivation })).toBe('422 duplicate-not-escalated')
    await town.does('sas', again, 'record-no-case', { outcome: 'duplicate', duplicateOf: earlier, motivation })
    const suspected = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    await town.does(chef, suspected, 'assess', assess('suspected-misconduct'))
    expect(await town.tries(chef, suspected, 'record-no-case', { outcome: 'withdrawn', motivation })).toBe('422 suspicion-unresolved')
  })
})

describe('a protected identity', () => {
  it('is masked for all but the officer and whoever holds the case', async () => {
    const person = { name: 'Skyddad Person', personalNumber: '18900101-9802', protectedIdentity: true }
    const id = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga', individuals: [person, { name: 'Öppen Person' }] })
    const sees = async (login: string): Promise<boolean> => {
      const all = await Promise.all(['', '/history'].map(async (path) => (await town.get(login, `/v1/deviations/${id}${path}`, { 'vaka-reason': 'Granskning' })).text))
      expect([login, all.some((text) => text.includes('Öppen Person'))]).toEqual([login, true])
      return /Skyddad Person|9802/.test(all.join(''))
    }
    expect(await Promise.all(['chef-barn-och-unga', 'sas'].map(sees))).toEqual([true, true])
    expect(await Promise.all(['omradeschef', 'forvaltningschef', 'revisor', 'dataskydd', 'medarbetare-barn-och-unga'].map(sees))).toEqual(Array(5).fill(false))
    await town.does('chef-barn-och-unga', id, 'escalate-to-lex-sarah', { ground: 'Upprepat' })
    expect(await Promise.all(['chef-barn-och-unga', 'sas'].map(sees))).toEqual([false, true])
  })
})

describe('who is unknown', () => {
  it('may ask who she is, and nothing else', async () => {
    const id = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    expect(outcomeOf(await town.sendReport('okand', { unit: 'missbruk' }))).toBe('403 forbidden')
    expect(await town.tries('okand', id, 'supplement', { text: 'x' })).toBe('404 not-found')
    expect((await town.get('okand', '/v1/me')).body).toEqual({ staff: null, roles: [], feeds: [] })
    const statuses = await Promise.all(
      [`deviations/${id}`, `deviations/${id}/history`, 'queues/missbruk', 'statistics?from=2026-01-01&to=2026-12-31', 'ivo-notifications', `ivo-notifications/${id}`, 'projections', 'organisation'].map(
        async (path) => (await town.get('okand', `/v1/${path}`)).status,
      ),
    )
    expect(statuses).toEqual([404, 404, 403, 403, 403, 404, 403, 403])
    expect((await town.get('okand', '/v1/deviations?view=reported-by-me')).body).toEqual({ rows: [], complete: true })
  })
})
