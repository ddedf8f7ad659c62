import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  approve, assess, completed, degree, feedback, findings, ivo, measure, motivation, openTown, receipt, score, sent, type Body, type Intent, type Town,
} from '#apps/api/acceptance/town'
import { deviationIntents } from '#apps/api/intents'

let town: Town
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.end())

const unit = 'barn-och-unga'
const [worker, chef] = ['medarbetare-barn-och-unga', 'chef-barn-och-unga']

/** What a case has come to: the steps that led there from a report at the unit, in SoL and HSL. */
const reported = (): Promise<string> => town.reports(worker, { unit, legalAreas: ['SoL', 'HSL'], wantsFeedback: true })
type Step = (id: string) => Promise<unknown>
const path =
  (from: () => Promise<string>, ...steps: readonly Step[]) =>
  async (): Promise<string> => {
    const id = await from()
    for (const step of steps) await step(id)
    return id
  }
const assessed = path(reported, (id) => town.does(chef, id, 'assess', assess('deviation')))
const healthAssessed = path(reported, (id) => town.does('mas', id, 'assess', assess('deviation', { group: 'health', category: 'fall' })))
const open = path(assessed, (id) => town.does(chef, id, 'open-investigation', { kind: 'standard' }))
const investigated = path(open, (id) => town.does(chef, id, 'complete-investigation', findings))
const healthOpen = path(healthAssessed, (id) => town.does('mas', id, 'open-investigation', { kind: 'event-analysis', group: 'health' }))
const proposed = (level: Body<'propose-measure'>['level']) => path(assessed, (id) => town.does(chef, id, 'propose-measure', measure('m1', 'missbruk', { level })))
const approved = path(proposed('unit'), (id) => town.does(chef, id, 'decide-measures', approve('m1')))
const carriedOut = path(approved, (id) => town.does('chef-missbruk', id, 'complete-measure', completed('m1')))
const requested = path(reported, (id) => town.does(chef, id, 'request-diary-number', {}))
const clear = path(
  reported,
  (id) => town.does(chef, id, 'assess', assess('not-a-deviation')),
  (id) => town.does('mas', id, 'assess', assess('not-a-deviation', { group: 'health', category: 'fall' })),
  (id) => town.does(chef, id, 'waive-feedback', { to: 'reporter', reason: 'Avböjt' }),
)
const closed = path(clear, (id) => town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation }))
const escalated = path(reported, (id) => town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Upprepat' }))
const takenOver = path(escalated, (id) => town.does('sas', id, 'take-over-lex-sarah', {}))
const appointed = path(takenOver, (id) => town.does('sas', id, 'appoint-investigator', { subject: 'utredare' }))
const lexOpen = path(appointed, (id) => town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' }))
const lexDone = path(lexOpen, (id) => town.does('utredare', id, 'complete-investigation', findings))
const ready = path(lexDone, (id) => town.does('utredare', id, 'propose-degree', degree('misconduct')))
const decided = path(ready, (id) => town.does('ordforande', id, 'decide-degree', degree('misconduct')))
const notified = path(decided, (id) => town.does('ordforande', id, 'decide-ivo-notification', ivo(true)))
const dispatched = path(notified, (id) => town.does('sas', id, 'record-ivo-sent', sent))
const offered = path(reported, (id) => town.does(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: 'Deras insats' }))
const inConflict = path(reported, (id) => town.does('omradeschef', id, 'declare-conflict', { subject: chef, reason: 'Släkt' }))
const restricted = path(reported, (id) => town.does('sas', id, 'restrict-access', { reason: 'other' }))
const held = path(escalated, (id) => town.does('ordforande', id, 'place-legal-hold', { reason: 'Tvist' }))
const referred = path(healthAssessed, (id) => town.does('mas', id, 'refer-to-lex-maria', { ground: 'Skada' }))
const lexMaria = path(referred, (id) => town.does('mas', id, 'decide-lex-maria', { notify: true, motivation }))
const lexMariaSent = path(lexMaria, (id) => town.does('mas', id, 'record-ivo-sent', { ...sent, law: 'lex-maria' }))
const asked = path(lexMariaSent, (id) => town.does('mas', id, 'record-ivo-request', { law: 'lex-maria', what: 'Journalen', due: '2026-04-01' }))

/** Everybody of the town and the reach of each. Who is not named in a row gets 403 when she may know of the case, else 404. */
const strangers = ['medarbetare-missbruk', 'chef-missbruk', 'kontaktcenter', 'kontaktchef', 'admin', 'sas-nattugglan', 'beslut-nattugglan', 'chef-nattugglan-lss', 'okand']
const readers = [worker, chef, 'omradeschef', 'forvaltningschef', 'sas', 'mas', 'registrator', 'kvalitet', 'dataskydd', 'revisor']
const everybody = [...strangers, ...readers, 'ordforande', 'utredare']

interface Row {
  readonly intent: Exclude<Intent, 'report' | 'report-batch'>
  readonly body: object
  readonly from: () => Promise<string>
  /** Who does it. */
  readonly by: readonly string[]
  /** Who may read the case now, beside those who always may. */
  readonly also: readonly string[]
}
const row = <I extends Exclude<Intent, 'report' | 'report-batch'>>(intent: I, body: Body<I>, from: () => Promise<string>, by: readonly string[], also: readonly string[] = []): Row => ({ intent, body, from, by, also })
const lex = ['ordforande']
const lexToo = [...lex, 'utredare']

/** Case format §7, command by command, on a case that is ready for it. */
const rows: readonly Row[] = [
  row('supplement', { text: 'Mer' }, reported, [worker, chef, 'mas']),
  row('acknowledge', { to: 'Anna', how: 'Brev' }, reported, [chef]),
  row('request-diary-number', {}, reported, [chef]),
  row('assign-diary-number', { diaryNumber: 'SN 1', publicTitle: 'Avvikelse' }, requested, ['registrator']),
  row('send-to-registrar', {}, reported, [chef]),
  row('add-note', { text: 'Samtal', kind: 'fact', source: 'Telefon' }, reported, [chef, 'mas']),
  row('move', { toUnit: 'missbruk', reason: 'Fel enhet' }, reported, [chef]),
  row('record-no-case', { outcome: 'withdrawn', motivation }, reported, [chef]),
  row('assess', assess('deviation'), reported, [chef]),
  row('assess', assess('deviation', { group: 'health', category: 'fall' }), reported, ['mas']),
  row('score-risk', score(2, 2), assessed, [chef]),
  row('score-risk', score(2, 2, 'health'), healthAssessed, ['mas']),
  row('open-investigation', { kind: 'standard' }, assessed, [chef]),
  row('open-investigation', { kind: 'event-analysis', group: 'health' }, healthAssessed, ['mas']),
  row('complete-investigation', findings, open, [chef]),
  row('complete-investigation', { ...findings, group: 'health' }, healthOpen, ['mas']),
  row('reopen-investigation', { reason: 'Nytt' }, investigated, [chef]),
  row('escalate-to-lex-sarah', { ground: 'Upprepat' }, reported, [chef, 'sas', 'mas']),
  row('take-over-lex-sarah', {}, escalated, ['sas'], lex),
  row('decline-lex-sarah', { motivation }, escalated, ['sas'], lex),
  row('propose-measure', measure('m1', unit), assessed, [chef, 'mas']),
  row('propose-measure', measure('m1', unit, { level: 'operation' }), assessed, [chef, 'omradeschef', 'forvaltningschef', 'mas']),
  row('propose-measure', measure('m1', unit, { level: 'authority' }), escalated, [chef, 'ordforande', 'mas'], lex),
  row('decide-measures', approve('m1'), proposed('unit'), [chef, 'mas']),
  row('decide-measures', approve('m1'), proposed('operation'), ['omradeschef', 'forvaltningschef']),
  row('decide-measures', approve('m1'), proposed('authority'), ['ordforande'], lex),
  row('set-effect-criterion', { measureId: 'm1', what: 'Fel', direction: 'down', lowestAcceptedResult: 1, checkOn: '2026-06-01' }, proposed('operation'), [chef, 'omradeschef', 'forvaltningschef', 'mas']),
  row('cancel-measure', { measureId: 'm1', motivation }, proposed('operation'), ['omradeschef', 'forvaltningschef']),
  row('decide-no-measures', { motivation }, assessed, [chef]),
  row('complete-measure', completed('m1'), approved, ['chef-missbruk', 'mas']),
  row('check-effect', { measureId: 'm1', result: 1 }, carriedOut, ['chef-missbruk', 'mas']),
  row('give-feedback', feedback('reporter'), reported, [chef]),
  row('waive-feedback', { to: 'reporter', reason: 'Avböjt' }, reported, [chef]),
  row('close', { outcome: 'not-a-deviation', motivation }, clear, [chef]),
  row('reopen', { reason: 'Nytt' }, closed, [chef]),
  row('extend-deadline', { deadline: 'close', newDue: '2099-06-01', reason: 'Väntar' }, reported, [chef, 'omradeschef', 'forvaltningschef', 'sas', 'mas']),
  row('correct-legal-areas', { legalAreas: ['SoL'], motivation }, reported, [chef]),
  row('record-immediate-action', { text: 'Ringde', takenAt: '2026-03-01T12:00:00Z' }, reported, [chef, 'mas']),
  row('offer-handover', { toUnit: 'nattugglan-lss', reason: 'Deras insats' }, reported, [chef]),
  row('accept-handover', {}, offered, ['chef-nattugglan-lss']),
  row('decline-handover', { reason: 'Inte vår' }, offered, ['chef-nattugglan-lss']),
  row('withdraw-handover', { reason: 'Vår ändå' }, offered, [chef], ['chef-nattugglan-lss']),
  row('declare-conflict', { subject: chef, reason: 'Släkt' }, reported, [chef, 'omradeschef', 'forvaltningschef', 'sas']),
  row('lift-conflict', { subject: chef, reason: 'Prövat' }, inConflict, ['omradeschef', 'forvaltningschef', 'ordforande'], lex),
  row('restrict-access', { reason: 'protected-identity' }, reported, ['sas']),
  row('lift-access-restriction', { reason: 'Upphört' }, restricted, ['sas', 'ordforande'], lex),
  row('place-legal-hold', { reason: 'Tvist' }, escalated, ['ordforande'], lex),
  row('lift-legal-hold', { reason: 'Avslutad' }, held, ['ordforande'], lex),
  row('refer-to-lex-maria', { ground: 'Skada' }, healthAssessed, [chef, 'mas']),
  row('decide-lex-maria', { notify: true, motivation }, referred, ['mas']),
  row('inform-patient', { informedAt: '2026-03-01T12:00:00Z', how: 'Samtal', notedInRecord: true }, referred, ['mas']),
  row('waive-patient-information', { reason: 'Avliden' }, referred, ['mas']),
  row('decide-ivo-notification', { law: 'lex-maria', notify: true, motivation }, lexMaria, ['mas'], lex),
  row('decide-ivo-notification', { law: 'deficient-private-operator', notify: true, motivation }, lexMaria, ['ordforande'], lex),
  row('record-ivo-sent', { ...sent, law: 'lex-maria' }, lexMaria, ['mas'], lex),
  row('record-ivo-receipt', { ...receipt, law: 'lex-maria' }, lexMariaSent, ['mas', 'registrator'], lex),
  row('record-ivo-investigation-sent', { law: 'lex-maria', sentAt: '2026-03-01T12:00:00Z' }, lexMariaSent, ['mas'], lex),
  row('record-ivo-request', { law: 'lex-maria', what: 'Journalen', due: '2026-04-01' }, lexMariaSent, ['mas'], lex),
  row('record-ivo-supplement', { law: 'lex-maria', sentAt: '2026-03-01T12:00:00Z' }, asked, ['mas'], lex),
  row('record-ivo-extension', { law: 'lex-maria', newDue: '2026-05-01', request: 1 }, asked, ['mas'], lex),
  row('record-ivo-decision', { law: 'lex-maria', outcome: 'Utan åtgärd', decidedAt: '2026-03-01T12:00:00Z' }, lexMariaSent, ['mas'], lex),
  // While the officer has the case: who acts in it, and never its manager.
  row('appoint-investigator', { subject: 'utredare' }, takenOver, ['sas'], lex),
  row('open-investigation', { kind: 'lex-sarah' }, appointed, ['utredare'], lexToo),
  row('complete-investigation', findings, lexOpen, ['utredare'], lexToo),
  row('reopen-investigation', { reason: 'Nytt' }, lexDone, ['utredare', 'sas'], lexToo),
  row('propose-degree', degree('none'), lexDone, ['utredare'], lexToo),
  row('decide-degree', degree('none'), ready, ['ordforande'], lexToo),
  row('propose-measure', measure('m1', unit), appointed, ['sas', 'utredare', 'mas'], lexToo),
  row('add-note', { text: 'Samtal', kind: 'assessment', source: 'Telefon' }, appointed, ['sas', 'utredare', 'mas'], lexToo),
  row('give-feedback', feedback('reporter'), appointed, ['sas'], lexToo),
  row('supplement', { text: 'Mer' }, appointed, [worker, 'sas', 'mas'], lexToo),
  // After the decision.
  row('decide-ivo-notification', ivo(true), decided, ['ordforande'], lexToo),
  row('record-ivo-sent', sent, notified, ['sas'], lexToo),
  row('record-ivo-receipt', receipt, dispatched, ['sas', 'registrator'], lexToo),
  row('record-ivo-investigation-sent', { law: 'lex-sarah', sentAt: '2026-03-01T12:00:00Z' }, dispatched, ['sas'], lexToo),
  row('record-ivo-request', { law: 'lex-sarah', what: 'Rutinen', due: '2026-04-01' }, dispatched, ['sas'], lexToo),
  row('decide-no-measures', { motivation }, decided, [chef, 'sas'], lexToo),
  row('give-feedback', feedback('individual'), decided, [chef, 'sas'], lexToo),
]
const heldBack = new Set<() => Promise<string>>([takenOver, appointed, lexOpen, lexDone, ready])
/** What is never the manager's, so that it is forbidden and not only held back while the officer has the case. */
const neverHers = new Set<string>(['appoint-investigator', 'propose-degree', 'decide-degree'])

describe('who may do what with a case', () => {
  it.each(rows.map((r, i) => [`${i + 1} ${r.intent}`, r] as const))('%s', async (_, { intent, body, from, by, also }) => {
    const send = (login: string, id: string): Promise<string> => town.tries(login, id, intent, body as never)
    for (const login of by) {
      const id = await from()
      expect([login, await send(login, id)]).toEqual([login, expect.stringMatching(/^200 /)])
    }
    const id = await from()
    for (const login of everybody.filter((who) => !by.includes(who))) {
      const known = readers.includes(login) || also.includes(login) || (login === 'chef-missbruk' && by.includes('chef-missbruk'))
      const expected = login === chef && heldBack.has(from) && !neverHers.has(intent) ? '422 lex-sarah-has-the-case' : known ? '403 forbidden' : '404 not-found'
      expect([login, await send(login, id)]).toEqual([login, expected])
    }
    for (const login of by) expect([login, (await town.get(login, `/v1/deviations/${await from()}`)).status]).toEqual([login, 200])
  })
  it('is told for every command of the contract', () => {
    const told = new Set<string>([...rows.map(({ intent }) => intent), 'inform-authority', 'report', 'report-batch', 'reassign'])
    expect(Object.keys(deviationIntents).filter((intent) => !told.has(intent))).toEqual([])
  })
  it('leaves out an investigator who is not appointed, and a medical officer who would open the officer\'s investigation', async () => {
    const id = await takenOver()
    expect(await town.tries('utredare', id, 'open-investigation', { kind: 'lex-sarah' })).toBe('404 not-found')
    const ours = await appointed()
    expect(await town.tries('mas', ours, 'open-investigation', { kind: 'lex-sarah', group: 'health' })).toBe('403 forbidden')
  })
  it('lets nobody into a case that she may not read', async () => {
    const id = await reported()
    expect(await town.tries('ordforande', id, 'propose-measure', measure('m1', unit, { level: 'authority' }))).toBe('404 not-found')
    expect((await town.get('ordforande', `/v1/deviations/${id}`)).status).toBe(404)
  })
  it('puts somebody in the place of a role that nobody holds', async () => {
    const { grants } = (await town.get('admin', '/v1/organisation')).body
    const held = grants.find((g: { role: string; unit: string; inForce: boolean }) => g.inForce && g.role === 'unit-manager' && g.unit === 'stod-och-behandling')
    const id = await town.reports('medarbetare-stod-och-behandling', { unit: 'stod-och-behandling' })
    expect(await town.tries('omradeschef', id, 'assess', assess('deviation'))).toBe('403 forbidden')
    expect((await town.post('admin', '/v1/organisation/revoke-role', { grant: held.grant, until: town.now() })).status).toBe(200)
    expect(await town.tries('chef-stod-och-behandling', id, 'assess', assess('deviation'))).toBe('404 not-found')
    expect((await town.get('omradeschef', '/v1/queues/stod-och-behandling?view=unassigned')).text).toContain(id)
    await town.does('omradeschef', id, 'assess', assess('deviation'))
  })
})

describe('the authority that a private provider informed', () => {
  it('reads the report, its registrar without free text', async () => {
    const id = await town.reports('medarbetare-nattugglan-lss', { unit: 'nattugglan-lss', reportedType: 'misconduct', legalAreas: ['LSS'], description: 'HEMLIG', ground: 'HEMLIG' })
    await town.does('sas-nattugglan', id, 'inform-authority', { informedAt: '2026-03-01T12:00:00Z', how: 'HEMLIG' })
    const texts = async (login: string): Promise<string> => (await town.get(login, `/v1/deviations/${id}`)).text + (await town.get(login, `/v1/deviations/${id}/history`)).text
    expect(await texts('sas')).toContain('HEMLIG')
    const registrars = await texts('registrator')
    expect(registrars).toContain('authority-informed-by-provider')
    expect(registrars).not.toContain('HEMLIG')
  })
})

describe('a report', () => {
  it('is made by who holds a role that reports, at any unit', async () => {
    const outcome = async (login: string): Promise<number> => (await town.sendReport(login, { unit: 'nattugglan-lss' })).status
    const statuses: Record<string, number> = {}
    for (const login of everybody) statuses[login] = await outcome(login)
    const no = Object.entries(statuses).flatMap(([login, status]) => (status === 201 ? [] : [`${login} ${status}`]))
    expect(no.sort()).toEqual(['admin', 'beslut-nattugglan', 'dataskydd', 'kvalitet', 'okand', 'ordforande', 'revisor', 'utredare'].map((login) => `${login} 403`))
  })
})

describe('the delegation order', () => {
  it('lets the director decide what it gives her, beside the decision-maker', async () => {
    const place = await openTown()
    try {
      const id = await place.reports(worker, { unit, reportedType: 'misconduct' })
      await place.does('sas', id, 'take-over-lex-sarah', {})
      await place.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
      await place.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
      await place.does('utredare', id, 'complete-investigation', findings)
      await place.does('utredare', id, 'propose-degree', degree('misconduct'))
      expect(await place.tries('forvaltningschef', id, 'decide-degree', degree('misconduct'))).toBe('403 forbidden')
      const { delegation } = (await place.get('admin', '/v1/policy')).body
      const given = { decision: 'lex-sarah-degree', role: 'director', reference: 'Delegationsordningen 4.2', reportedToBoard: true }
      await place.post('admin', '/v1/policy/publish', { policy: 'delegated', delegation: [...delegation, given] })
      await place.post('dataskydd', '/v1/policy/confirm', { policy: 'delegated' })
      expect(await place.tries('omradeschef', id, 'decide-degree', degree('misconduct'))).toBe('403 forbidden')
      expect(await place.does('forvaltningschef', id, 'decide-degree', degree('misconduct'))).toBe('lex-sarah-decided responsibility-assigned')
      expect((await place.get('sas', `/v1/deviations/${id}`)).body.lexSarah.decision.by.role).toBe('director')
      // Each decision by itself.
      expect(await place.tries('forvaltningschef', id, 'decide-ivo-notification', ivo(false))).toBe('403 forbidden')
    } finally {
      await place.end()
    }
  })
})

describe('grants', () => {
  const grant = async (by: string, subject: string, role: string, at = 'missbruk') =>
    town.post(by, '/v1/organisation/grant-role', { subject, role, unit: at, from: '2026-01-01' })
  it('of roles with case content take effect when a second person confirms', async () => {
    const { body } = await grant('admin', 'vikarie', 'unit-manager')
    const id = await town.reports('medarbetare-missbruk', { unit: 'missbruk' })
    expect((await town.get('vikarie', `/v1/deviations/${id}`)).status).toBe(404)
    const confirm = async (login: string) => (await town.post(login, '/v1/organisation/confirm-grant', { grant: body.grant })).status
    expect([await confirm('admin'), await confirm('vikarie'), await confirm('chef-missbruk'), await confirm('ordforande')]).toEqual([403, 403, 403, 200])
    expect((await town.get('vikarie', `/v1/deviations/${id}`)).status).toBe(200)
    expect((await grant('admin', 'admin', 'auditor')).body.reasons).toMatchObject([{ code: 'role-to-oneself' }])
    expect((await grant('chef-missbruk', 'vikarie', 'auditor')).status).toBe(403)
    const own = await grant('admin', 'dataskydd', 'auditor')
    expect((await town.post('dataskydd', '/v1/organisation/confirm-grant', { grant: own.body.grant })).body.reasons).toMatchObject([{ code: 'confirmer-receives' }])
  })
})

describe('while the officer has the case', () => {
  it('its manager finds number, phase and times, in every answer', async () => {
    // The only case of its unit, so that every answer of the manager's is about it.
    const [at, manager] = ['ekonomiskt-bistand', 'chef-ekonomiskt-bistand']
    const id = await town.reports('medarbetare-ekonomiskt-bistand', {
      unit: at, reportedType: 'misconduct', description: 'HEMLIG händelse', ground: 'HEMLIG grund', individuals: [{ name: 'HEMLIG Person', personalNumber: '18900101-9802' }],
    })
    await town.does(manager, id, 'assess', assess('suspected-misconduct', { motivation: 'HEMLIG bedömning' }))
    await town.does(manager, id, 'score-risk', score(4, 4))
    const before = town.now()
    await town.later(1)
    await town.does('sas', id, 'take-over-lex-sarah', {})
    await town.does('sas', id, 'give-feedback', { ...feedback('individual'), content: 'HEMLIG återkoppling' })
    await town.does('sas', id, 'propose-measure', measure('m1', 'missbruk', { level: 'operation', description: 'HEMLIG åtgärd' }))

    const answers: string[] = []
    const ask = async (url: string) => {
      const answer = await town.get(manager, url, { 'vaka-reason': 'Nyfiken', 'accept-language': 'en' })
      answers.push(answer.text)
      return answer.body
    }
    const limited = ['id', 'number', 'phase', 'receivedAt', 'reportedAt', 'revision']
    for (const query of ['', '?revision=4', `?at=${before}`]) {
      expect(Object.keys(await ask(`/v1/deviations/${id}${query}`)).sort()).toEqual(limited)
      for (const r of (await ask(`/v1/deviations/${id}/history${query}`)).rows) expect(Object.keys(r)).toEqual(['revision', 'recordedAt'])
    }
    for (const query of ['', '?view=mine', '?view=unassigned', '?view=overdue', `?at=${before}`])
      for (const r of (await ask(`/v1/queues/${at}${query}`)).rows)
        for (const [name, value] of Object.entries(r)) if (![...limited, 'ageDays'].includes(name)) expect([name, value]).toEqual([name, null])
    const period = 'from=2026-03-01&to=2026-12-31'
    for (const by of ['group', 'category', 'assessedOutcome', 'cause', 'channel', 'origin', 'reportedType', 'degree', 'outcome', 'feedback', 'ivo', 'daysToAssess', 'daysToClose'])
      for (const when of ['', `&at=${before}`]) {
        expect(await ask(`/v1/statistics?${period}&by=${by}${when}`)).toMatchObject({ total: 1, rows: [{ [by]: 'restricted', count: 1 }] })
        const { rows: counted } = await ask(`/v1/deviations?view=counted&${period}&${by}=restricted${when}`)
        expect(counted.map(Object.keys)).toEqual([expect.arrayContaining([...limited, 'unit'])])
      }
    for (const guess of ['category=insats-utebliven', 'reportedType=misconduct', 'feedback=given']) expect((await ask(`/v1/deviations?view=counted&${period}&${guess}`)).rows).toEqual([])
    expect((await ask('/v1/ivo-notifications')).rows).toEqual([])
    await ask(`/v1/ivo-notifications/${id}`)
    await ask('/v1/deviations?view=reported-by-me')
    const intents = new Set<string>()
    for (const { intent, body } of rows) {
      const answer = await town.command(manager, id, intent, body as never, { 'accept-language': 'en' })
      answers.push(answer.text)
      if (answer.status === 422) expect(answer.body.reasons.map(({ code }: { code: string }) => code)).toEqual(['lex-sarah-has-the-case'])
      else expect([intent, answer.status]).toEqual([intent, 403])
      if (answer.status === 403) intents.add(intent)
    }
    // What a manager never may is forbidden as ever; everything else says that the officer has the case, and nothing more.
    expect([...intents].sort()).toEqual([
      'appoint-investigator', 'assign-diary-number', 'decide-degree', 'decide-ivo-notification', 'decide-lex-maria', 'decline-lex-sarah', 'inform-patient', 'lift-access-restriction',
      'lift-conflict', 'lift-legal-hold', 'place-legal-hold', 'propose-degree', 'record-ivo-decision', 'record-ivo-extension', 'record-ivo-investigation-sent', 'record-ivo-receipt',
      'record-ivo-request', 'record-ivo-sent', 'record-ivo-supplement', 'restrict-access', 'take-over-lex-sarah', 'waive-patient-information',
    ])
    const told = answers.join('').replaceAll('"phase":"lex-sarah"', '').replaceAll(/lex-sarah-has-the-case|The lex Sarah officer has the case/g, '')
    expect(told).not.toMatch(/HEMLIG|misconduct|suspect|insats-|threshold|severity|officer|social"|catch|18900101|"s-/i)
    // The fault of a field is told before anybody looks at the case, and says nothing of it.
    expect(await town.tries(manager, id, 'assess', assess('deviation', { category: 'okänd' }))).toBe('400 /category not-an-id')
    expect(await town.tries(manager, id, 'assess', assess('deviation', { category: 'okand' }), { 'if-match': '"0"' })).toBe('422 lex-sarah-has-the-case')
  })
})
