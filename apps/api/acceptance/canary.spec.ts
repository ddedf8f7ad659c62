import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTown, ordinary, type Body, type Town } from '#apps/api/acceptance/town'
import { openOutside, type Outside } from '#apps/api/acceptance/outside'
import { filesOf } from '#apps/application/places'
import { deviationEvents, deviationStream } from '#events/deviation'
import { routineEvents } from '#events/routine'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import { filesContaining } from '#libs/privacy/canary'

const planted: string[] = []
/** A text about a person, found again wherever it is not encrypted. */
const p = (what: string): string => {
  const text = `Röj mig inte: ${what} ${planted.length}`
  planted.push(text)
  return text
}
/** Test numbers of the Tax Agency. */
const numbers = ['18900101-9802', '19810203-9818'] as const
const anna = 'anonyma.anna@kommunen.example'
const bert = 'typande.bert@kommunen.example'

let town: Town
let outside: Outside
let staff: string
let anonymous: string
let events: readonly Recorded[]
let finds: readonly { readonly file: string; readonly needle: string }[]
let known: readonly string[]
let whileRunning: typeof finds
const logins = [
  anna, bert, 'medarbetare-barn-och-unga', 'medarbetare-nattugglan-lss', 'chef-barn-och-unga', 'chef-nattugglan-lss', 'omradeschef', 'utredare', 'ordforande', 'registrator', 'dataskydd',
  'sas-nattugglan',
]

beforeAll(async () => {
  outside = await openOutside()
  town = await openTown({ reactors: outside.reactors })
  for (const subject of [anna, bert]) await town.post('admin', '/v1/organisation/grant-role', { subject, role: 'reporter', unit: 'barn-och-unga', from: '2026-01-01' })
  staff = (await town.get(anna, '/v1/me')).body.staff
  await misconduct()
  await complaint()
  await privateProvider()
  await bothLaws()
  await handedOver()
  await routine()
  await anonymousReport()
  await refused()
  await outside.alarmed(town)
  const needles = [...planted, ...numbers, ...numbers.map((n) => n.replace('-', '')), ...logins]
  whileRunning = await filesContaining(town.folder, needles)
  await town.close()
  finds = await filesContaining(town.folder, [...needles, staff])
  known = (await filesContaining(town.folder, ['barn-och-unga'])).map(({ file }) => file)
  events = await log()
})
afterAll(async () => {
  await town.end()
  await outside.close()
})

const [unit, chef] = ['barn-och-unga', 'chef-barn-och-unga']
const at = '2026-03-01T12:00:00Z'
const findings = (): Body<'complete-investigation'> => ({
  whatHappened: p('whatHappened'), consequences: p('consequences'), howNoticed: p('howNoticed'), whenHappened: p('whenHappened'), causes: ['rutin-saknas'],
  happenedBefore: p('happenedBefore'), couldHappenAgain: p('couldHappenAgain'), measuresTaken: p('measuresTaken'), individualInformed: 'yes', policeReport: 'no',
})

/** Every command of the path in some story, each free text planted. */
const misconduct = async (): Promise<void> => {
  const id = await town.reports(bert, {
    unit,
    onBehalfOf: 'medarbetare-barn-och-unga',
    legalAreas: ['SoL', 'HSL'],
    individuals: [{ name: p('individual'), personalNumber: numbers[0] }, { name: p('protected'), personalNumber: numbers[1], protectedIdentity: true }],
    description: p('description'),
    immediateMeasures: p('immediate'),
    suggestedMeasures: p('suggested'),
    reporter: { name: p('reporter'), title: p('title'), contact: p('contact') },
    receivedAt: '2026-02-20T10:00:00Z',
    receivedLateReason: p('late'),
    wantsFeedback: true,
  })
  await town.does(bert, id, 'supplement', { text: p('supplement') })
  await town.does(chef, id, 'add-note', { text: p('note'), kind: 'fact', source: p('source') })
  await town.does(chef, id, 'assess', { group: 'social', outcome: 'deviation', category: 'annat', routine: p('routine'), consequence: p('consequence'), motivation: p('assessment') })
  await town.does(chef, id, 'score-risk', { group: 'social', severity: 3, likelihood: 3 })
  await town.does(chef, id, 'open-investigation', { kind: 'standard' })
  await town.does(chef, id, 'complete-investigation', findings())
  await town.does(chef, id, 'reopen-investigation', { reason: p('reopen-investigation') })
  await town.does(chef, id, 'complete-investigation', findings())
  await town.does(chef, id, 'escalate-to-lex-sarah', { ground: p('ground') })
  await town.does('sas', id, 'take-over-lex-sarah', {})
  await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
  await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
  await town.does('utredare', id, 'complete-investigation', findings())
  await town.does('utredare', id, 'propose-degree', { degree: 'serious', motivation: p('proposal') })
  await town.does('ordforande', id, 'decide-degree', { degree: 'serious', motivation: p('decision'), delegationReference: p('delegation'), presenter: p('presenter'), reportedToBoardOn: '2026-04-01' })
  await town.does('ordforande', id, 'decide-ivo-notification', { law: 'lex-sarah', notify: true, motivation: p('ivo') })
  await town.does('sas', id, 'record-ivo-sent', { law: 'lex-sarah', channel: 'post', sentAt: at, diaryNumber: p('ivo-diary'), packageSha256: 'a'.repeat(64) })
  await town.does('registrator', id, 'record-ivo-receipt', { law: 'lex-sarah', ivoCaseNumber: p('ivo-case'), receivedAt: at })
  const measure = { type: 'rutin', level: 'unit', timing: 'corrective', responsibleUnit: unit, plannedCompletion: '2026-04-01' } as const
  const criterion = { direction: 'down', lowestAcceptedResult: 1, checkOn: '2026-06-01' } as const
  for (const measureId of ['m1', 'm2'])
    await town.does('sas', id, 'propose-measure', { measureId, ...measure, description: p('measure'), goal: p('goal'), routine: p('measure-routine'), effect: { what: p('effect'), ...criterion } })
  await town.does('sas', id, 'set-effect-criterion', { measureId: 'm1', what: p('criterion'), ...criterion })
  await town.does('sas', id, 'cancel-measure', { measureId: 'm2', motivation: p('cancel') })
  await town.does('sas', id, 'decide-measures', { decisions: [{ measureId: 'm1', decision: 'approved', motivation: p('decide-measure') }] })
  await town.does(chef, id, 'complete-measure', { measureId: 'm1', completedAt: at })
  await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 2, comment: p('comment') })
  await town.does('sas', id, 'decide-no-measures', { motivation: p('no-measures') })
  await town.does('sas', id, 'give-feedback', { to: 'reporter', how: p('how'), content: p('feedback'), measures: [{ measureId: 'm1', when: p('when') }] })
  await town.does('mas', id, 'assess', { group: 'health', outcome: 'not-a-deviation', category: 'annat' })
  await town.does('sas', id, 'close', { outcome: 'misconduct', motivation: p('close') })
  await town.does('sas', id, 'reopen', { reason: p('reopen') })
}
const complaint = async (): Promise<void> => {
  const id = await town.reports(bert, { unit, reportedType: 'complaint', origin: 'relative', channel: 'letter', reporter: { name: p('complainant'), contact: p('address') }, description: p('complaint') })
  await town.does(chef, id, 'request-diary-number', {})
  await town.does('registrator', id, 'assign-diary-number', { diaryNumber: p('diary'), publicTitle: p('public-title') })
  await town.does(chef, id, 'acknowledge', { to: p('to'), how: p('acknowledged'), diaryNumber: p('acknowledged-diary') })
  await town.does(chef, id, 'waive-feedback', { to: 'complainant', reason: p('waive') })
  await town.does(chef, id, 'send-to-registrar', { documents: p('documents') })
  await town.does(chef, id, 'move', { toUnit: 'missbruk', reason: p('move') })
  const { status, text, body } = await town.post('omradeschef', '/v1/deviations/reassign', { from: 'unit-manager@missbruk', to: 'unit-manager@ekonomiskt-bistand', reason: p('reassign') })
  if (status !== 200 || body.reassigned.length !== 1) throw new Error(`reassign: ${text}`)
  town.revisions.set(id, body.reassigned[0].revision)
  await town.does('chef-ekonomiskt-bistand', id, 'record-no-case', { outcome: 'withdrawn', motivation: p('no-case') })
}
const privateProvider = async (): Promise<void> => {
  const id = await town.reports('medarbetare-nattugglan-lss', { unit: 'nattugglan-lss', reportedType: 'misconduct', legalAreas: ['LSS'], description: p('private'), ground: p('private-ground') })
  await town.does('sas-nattugglan', id, 'inform-authority', { informedAt: at, how: p('informed') })
  await town.does('sas-nattugglan', id, 'decline-lex-sarah', { motivation: p('decline') })
}
/** Lex Maria beside the social side, with IVO to its end; and what protects a case. */
const bothLaws = async (): Promise<void> => {
  const batch = { ...ordinary, unit, legalAreas: ['SoL'], description: p('batch'), period: { from: '2026-02-01', to: '2026-02-20' }, count: 12 }
  const { body } = await town.post(bert, '/v1/deviations/report-batch', batch)
  const id: string = body.id
  const law = 'lex-maria'
  await town.does(chef, id, 'correct-legal-areas', { legalAreas: ['SoL', 'HSL'], motivation: p('areas') })
  await town.does(chef, id, 'record-immediate-action', { text: p('action'), takenAt: at })
  await town.does('mas', id, 'assess', { group: 'health', outcome: 'suspected-care-injury', category: 'fall', consequence: p('injury') })
  await town.does('mas', id, 'refer-to-lex-maria', { ground: p('referral') })
  await town.does('mas', id, 'waive-patient-information', { reason: p('patient-waived') })
  await town.does('mas', id, 'inform-patient', { informedAt: at, how: p('patient-how'), notedInRecord: p('record') })
  await town.does('mas', id, 'decide-lex-maria', { notify: true, motivation: p('lex-maria') })
  await town.does('mas', id, 'record-ivo-sent', { law, channel: 'post', sentAt: at, diaryNumber: p('maria-diary') })
  await town.does('mas', id, 'record-ivo-investigation-sent', { law, sentAt: at, packageSha256: 'b'.repeat(64) })
  await town.does('mas', id, 'record-ivo-request', { law, what: p('asked'), due: '2026-04-01' })
  await town.does('mas', id, 'record-ivo-extension', { law, newDue: '2026-05-01', request: 1, document: p('extension') })
  await town.does('mas', id, 'record-ivo-supplement', { law, sentAt: at })
  await town.does('mas', id, 'record-ivo-decision', { law, outcome: p('ivo-outcome'), decidedAt: at })
  await town.does('sas', id, 'restrict-access', { reason: p('restricted'), decisionReference: p('restriction-reference') })
  await town.does('sas', id, 'lift-access-restriction', { reason: p('unrestricted') })
  await town.does('ordforande', id, 'place-legal-hold', { reason: p('hold'), decisionReference: p('hold-reference') })
  await town.does('ordforande', id, 'lift-legal-hold', { reason: p('no-hold') })
  await town.does(chef, id, 'declare-conflict', { subject: chef, reason: p('conflict') })
  await town.does('omradeschef', id, 'lift-conflict', { subject: chef, reason: p('no-conflict') })
}
const handedOver = async (): Promise<void> => {
  const id = await town.reports(bert, { unit, description: p('handover') })
  await town.does(chef, id, 'offer-handover', { toExternal: p('external'), reason: p('offer') })
  await town.does(chef, id, 'withdraw-handover', { reason: p('withdrawn') })
  await town.does(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: p('offer-again') })
  await town.does('chef-nattugglan-lss', id, 'decline-handover', { reason: p('declined') })
  await town.does(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: p('offer-once-more') })
  await town.does('chef-nattugglan-lss', id, 'accept-handover', { receivedBy: p('received-by'), receipt: p('receipt') })
}
/** A routine from its register to its end: its names are public, what is said about it is not. */
const routine = async (): Promise<void> => {
  const done = async (path: string, body: object, who = chef): Promise<void> => {
    const { status, text } = await town.post(who, path, body)
    if (status > 201) throw new Error(`${path}: ${text}`)
  }
  await done('/v1/routines', { id: 'signering', process: 'Insats', activity: 'Signering', name: 'Rutin 4', ownerUnit: unit })
  const at = '/v1/routines/signering'
  await done(`${at}/analyse-risk`, { severity: 3, likelihood: 3, description: p('risk'), measures: p('risk-measures') })
  await done(`${at}/revise`, { changes: p('changes') })
  await done(`${at}/plan-self-check`, { what: p('self-check'), interval: 'half-yearly', direction: 'up', lowestAcceptedResult: 8, firstDue: '2026-06-01' })
  await done(`${at}/record-self-check`, { result: 9, comment: p('self-check-comment') })
  await done(`${at}/change-owner`, { ownerUnit: 'missbruk', reason: p('owner') }, 'omradeschef')
  await done(`${at}/end`, { reason: p('routine-ended') }, 'omradeschef')
}
/** Anna does everything that a reporter may do, and is looked at by everybody who may. */
const anonymousReport = async (): Promise<void> => {
  anonymous = await town.reports(anna, { unit, anonymous: true, wantsFeedback: true, description: p('anonymous') }, { 'idempotency-key': `${anna}-1` })
  await town.sendReport(anna, { unit, anonymous: true, wantsFeedback: true, description: planted.at(-1) ?? '' }, { 'idempotency-key': `${anna}-1` })
  await town.does(anna, anonymous, 'supplement', { text: p('anonymous-supplement') })
  await town.does(chef, anonymous, 'give-feedback', { to: 'reporter', how: p('anonymous-how'), content: p('anonymous-feedback') })
  for (const login of [anna, chef, 'omradeschef', 'dataskydd']) for (const path of ['', '/history']) await town.get(login, `/v1/deviations/${anonymous}${path}`, { 'vaka-reason': p('reason').replace('ö', 'o') })
  await town.get(anna, '/v1/deviations?view=reported-by-me')
  for (const url of [`/v1/queues/${unit}`, '/v1/statistics?from=2026-01-01&to=2026-12-31&by=category', '/v1/projections/own-reports', '/metrics']) await town.get('dataskydd', url)
  await town.post('dataskydd', '/v1/projections/own-reports/rebuild')
}
/** What is refused, or cannot be read, is written nowhere either. */
const refused = async (): Promise<void> => {
  const json = { 'content-type': 'application/json' }
  await town.ask(anna, 'POST', '/v1/deviations', `{"description": "${p('broken')}`, json)
  await town.post(anna, '/v1/deviations', { [p('field')]: p('value'), description: p('faulty'), individuals: [{ name: p('nobody'), personalNumber: '19810203-9819' }] })
  await town.command(chef, anonymous, 'close', { outcome: 'deviation', motivation: p('refused') })
  await town.get(anna, `/v1/deviations/${encodeURIComponent(p('address'))}?name=${encodeURIComponent(p('query'))}`)
}
const log = async (): Promise<readonly Recorded[]> => {
  const store = await openEventStore({ file: filesOf(town.folder).events, clock: systemClock })
  const found: Recorded[] = []
  const stop = new AbortController()
  for await (const item of store.subscribe({ after: 'start', signal: stop.signal })) {
    if (item === 'caught-up') break
    if (!('passed' in item)) found.push(item)
  }
  stop.abort()
  await store.close()
  return found
}

describe('after every story is told, with each text about a person planted', () => {
  it('every type of event of a case and of a routine was written', () => {
    const written = new Set(events.map(({ type }) => type))
    expect([...Object.values(deviationEvents), ...Object.values(routineEvents)].map(({ name }) => name).filter((name) => !written.has(name))).toEqual([])
    expect(planted.length).toBeGreaterThan(80)
  })
  it('no file holds one, nor a login, nor a personal number', () => {
    expect(whileRunning).toEqual([])
    expect(finds.filter(({ needle }) => needle !== staff)).toEqual([])
    expect(known).toEqual(expect.arrayContaining(['events.db', 'read.db']))
  })
  it('the staff number of who reported anonymously stands in her grant, and nowhere near her case', () => {
    expect(finds.filter(({ needle }) => needle === staff).map(({ file }) => file).sort()).toEqual(['events.db', 'keys.db'])
    expect([...new Set(events.filter((e) => JSON.stringify(e).includes(staff)).map(({ stream, type }) => `${stream} ${type}`))]).toEqual(['organisation staff-member-registered', 'organisation role-granted'])
    const hers = events.filter(({ stream }) => stream === deviationStream(anonymous))
    expect(hers.filter(({ meta }) => meta.actor.id === 'anonymous').map(({ type, meta }) => [type, meta.actor])).toEqual(
      ['deviation-reported', 'responsibility-assigned', 'deadlines-set', 'report-supplemented'].map((type) => [type, { id: 'anonymous', role: 'reporter' }]),
    )
  })
  it('nor does a mail hold one, nor what other systems are told', () => {
    const secrets = [...planted, ...numbers, ...numbers.map((n) => n.replace('-', '')), ...logins]
    expect([outside.mails().length > 4, outside.events().length > 200]).toEqual([true, true])
    // The address that a mail goes to is its recipient's own.
    for (const text of [...outside.mails(), ...outside.events()]) expect(secrets.filter((needle) => text.includes(needle))).toEqual([])
    const numbersOfStaff = new Set(events.flatMap(({ data }) => (typeof data['staff'] === 'string' ? [data['staff']] : [])))
    for (const text of outside.events()) expect([...numbersOfStaff].filter((number) => text.includes(number))).toEqual([])
  })
  it('nor does the technical log say who, what or about whom', () => {
    const told = town.lines.join('')
    expect(town.lines.length).toBeGreaterThan(100)
    for (const needle of [...planted, ...planted.map(encodeURIComponent), ...numbers, ...logins, staff, anonymous]) expect([needle, told.includes(needle)]).toEqual([needle, false])
  })
})
