import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createMailer, lastDigest, type Mailer } from '#apps/application/mail/mailer'
import type { MailSettings } from '#apps/application/mail/settings'
import { openWorld, type World } from '#apps/application/mail/testing/world'
import { asMachine } from '#apps/application/machine'
import { organisationEvents, organisationStream } from '#events/organisation'
import { deviationStream } from '#events/deviation'
import { policyNow, type Context } from '#apps/application/context'
import { caseNumber } from '#libs/duties/number'
import type { Condition } from '#libs/kernel/projection'
import type { EventStore } from '#libs/kernel/store'
import { transact } from '#libs/kernel/transact'
import { smtpPost } from '#libs/smtp/smtp'
import { openMailServer, type MailServer } from '#libs/smtp/testing/server'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'

let w: World
let server: MailServer
let faults: string[]
const closing: (() => unknown)[] = []
beforeEach(async () => {
  w = await openWorld()
  server = await openMailServer()
  faults = []
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await server.close()
  await w.close()
})
/** A mailer as another process would have it, with a memory of its own. */
const mailer = ({ context = w.context, ...more }: Partial<MailSettings> & { readonly context?: Context } = {}): Mailer => {
  const settings: MailSettings = {
    smtp: server.at, from: { name: 'Vaka', address: 'vaka@kommunen.example' }, domain: 'kommunen.example', languages: ['sv'], digestAt: '07:00', giveUpDays: 3, ...more,
  }
  const post = smtpPost(settings.smtp)
  closing.push(() => post.close())
  return createMailer(context, { settings, post, publicUrl: 'https://vaka.kommunen.example', onFault: (sentence) => void faults.push(sentence), random: () => 0.5 })
}
const letters = () => server.arrived.map(({ to, mail }) => ({ to: to.join(), subject: mail.subject ?? '', text: mail.text ?? '', id: mail.messageId ?? '' }))
/** What the log says of mails in the stream of a case. */
const told = async (id: string): Promise<readonly string[]> =>
  (await w.events(deviationStream(id))).filter(({ type }) => type.startsWith('alarm-')).map(({ type, data, meta }) => `${type} ${String(data['kind'])} ${String(data['deadline'])} ${String(data['because'] ?? '')}${meta.actor.role === 'reactor' ? '' : '?'}`.trim())
const unit = 'barn-och-unga'
const chef = 'chef-barn-och-unga@kommunen.example'
const round = async (one: Mailer): Promise<void> => {
  await one.round()
  await w.caughtUp()
}
const waiting = () => w.context.readModel.count(alarmMails.name, [{ column: 'mail_status', is: '=', value: 'waiting' }])

/** A case up to a serious degree, from which on IVO is to be notified within 72 hours. */
const seriousCase = async (): Promise<string> => {
  const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
  await w.act('sas', id, { intent: 'take-over-lex-sarah' })
  await w.act('sas', id, { intent: 'record-immediate-action', text: 'HEMLIG', takenAt: w.clock.now() })
  await w.act('sas', id, { intent: 'appoint-investigator', subject: 'utredare' })
  await w.act('utredare', id, { intent: 'open-investigation', kind: 'lex-sarah', group: 'social' })
  await w.act('utredare', id, {
    intent: 'complete-investigation', group: 'social', whatHappened: 'HEMLIG', consequences: 'HEMLIG', howNoticed: 'HEMLIG', whenHappened: 'HEMLIG', causes: ['tidsbrist'], happenedBefore: 'HEMLIG', couldHappenAgain: 'HEMLIG',
  })
  await w.act('utredare', id, { intent: 'propose-degree', degree: 'serious', motivation: 'HEMLIG' })
  await w.act('ordforande', id, { intent: 'decide-degree', degree: 'serious', motivation: 'HEMLIG' })
  return id
}

describe('a missed statutory deadline', () => {
  it('is mailed within a round, to who should have met it and to whom it has gone up, and stands in the history', async () => {
    const id = await seriousCase()
    const one = mailer({ languages: ['sv', 'en'] })
    await w.pass('2026-03-05T07:59:00.000Z')
    await round(one)
    server.arrived.length = 0
    await w.pass('2026-03-05T08:00:00.000Z')
    await round(one)
    expect(letters().map(({ to, subject }) => [to, subject])).toEqual([['ordforande@kommunen.example', `Vaka: frist missad, ${caseNumber(id)}`]])
    expect(letters()[0]?.text).toBe(
      [
        'Vaka har ett larm till dig.', '', `Ärende ${caseNumber(id)}, Enheten för barn och unga (inkl. familjerätten)`,
        'Fristen missades: Anmäl till IVO (Lex Sarah). Skulle ha varit klart 2026-03-05 09:00.', `https://vaka.kommunen.example/v1/deviations/${id}`, '',
        'Mejlet skickades automatiskt och kan inte besvaras. Det innehåller inga uppgifter ur ärendena: läs dem i Vaka.', '', '* * *', '',
        'Vaka has an alarm for you.', '', `Case ${caseNumber(id)}, Enheten för barn och unga (inkl. familjerätten)`,
        'The deadline was missed: Notify IVO (Lex Sarah). It was due 2026-03-05 09:00.', `https://vaka.kommunen.example/v1/deviations/${id}`, '',
        'This mail was sent automatically and cannot be answered. It holds nothing of what the cases say: read them in Vaka.', '',
      ].join('\n'),
    )
    expect(await told(id)).toContain('alarm-mailed immediate notify-ivo/lex-sarah')
    await round(one)
    expect(server.arrived).toHaveLength(1)
  })
})

describe('alarms that are about no case', () => {
  it('a seat that nobody holds, at once, with its history in the organisation', async () => {
    const [organisation, to] = [await w.context.organisation(), await w.staff('omradeschef')]
    await transact({
      ...asMachine(w.context, { actor: 'clock', stream: organisationStream, sentence: 'vacant', organisation, policy: await policyNow(w.context) }, organisationEvents),
      initial: undefined,
      evolve: () => undefined,
      decide: () => ({ kind: 'events', events: [{ type: 'seat-vacated', data: { role: 'unit-manager', unit, since: w.clock.now(), late: false, passedTo: { role: 'area-manager', unit: 'ifo' }, to: [to] } }] }),
    })
    await round(mailer())
    expect(letters().map((letter) => [letter.to, letter.subject])).toEqual([['omradeschef@kommunen.example', 'Vaka: uppdrag utan innehavare, Enheten för barn och unga (inkl. familjerätten)']])
    expect(letters()[0]?.text).toContain('Ingen har uppdraget enhetschef, och ärenden väntar.\nhttps://vaka.kommunen.example/v1/queues/barn-och-unga?view=unassigned')
    expect((await w.events(organisationStream)).at(-1)).toMatchObject({ type: 'alarm-mailed', data: { to, kind: 'immediate' } })
  })
  it('a routine whose self-check is late, and the policy that is to be reviewed', async () => {
    await w.routine('chef-barn-och-unga', undefined, { intent: 'register-routine', id: 'signering', process: 'Insats', activity: 'Signering', name: 'Rutin 4', ownerUnit: unit })
    await w.routine('chef-barn-och-unga', 'signering', { intent: 'plan-self-check', what: 'HEMLIG', interval: 'half-yearly', direction: 'up', lowestAcceptedResult: 8, firstDue: '2026-03-03' })
    await w.policy('admin', { intent: 'publish', policy: 'kommunen-2026' })
    await w.pass('2026-03-03T23:00:00.000Z')
    await round(mailer())
    expect(letters().map((letter) => [letter.to, letter.subject])).toContainEqual([chef, 'Vaka: frist missad, Rutin 4'])
    expect(letters().find(({ to }) => to === chef)?.text).toContain('Rutin: Rutin 4, Enheten för barn och unga (inkl. familjerätten)')
    await w.pass('2027-02-01T06:00:00.000Z')
    await round(mailer({ languages: ['en'] }))
    expect(letters().at(-1)).toMatchObject({ to: 'admin@kommunen.example', subject: 'Vaka: deadline near, The policy', text: expect.stringContaining('https://vaka.kommunen.example/v1/policy') })
  })
})

describe('the digest', () => {
  it('is one letter to each person each day, with all that came since the last, and nothing twice', async () => {
    const one = mailer()
    const first = await w.report('medarbetare-barn-och-unga', { unit, wantsFeedback: true })
    const second = await w.report('medarbetare-barn-och-unga', { unit })
    // `acknowledge` (2 working days) and `assess` (5 days) are local.
    await w.pass('2026-03-05T06:00:00.000Z')
    await round(one)
    const before = letters().length
    await w.pass('2026-03-07T05:59:59.000Z')
    await round(one)
    server.arrived.length = 0
    await w.pass('2026-03-08T06:00:00.000Z')
    await round(one)
    const mine = letters().filter(({ to }) => to === chef)
    expect(before).toBeGreaterThan(0)
    expect(mine.map(({ subject }) => subject)).toEqual(['Vaka: larm (2)'])
    for (const id of [first, second]) expect(mine[0]?.text).toContain(`https://vaka.kommunen.example/v1/deviations/${id}`)
    expect(mine[0]?.text).toContain('Fristen är nära: Bedöm')
    expect(mine[0]?.text).toContain('Vaka har 2 larm till dig.')
    for (let n = 0; n < 3; n++) await round(one)
    expect(letters().filter(({ to }) => to === chef)).toHaveLength(1)
    expect(new Set(letters().map(({ id }) => id)).size).toBe(letters().length)
  })
  it('says of what was done meanwhile that nothing more is needed', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit })
    await w.pass('2026-03-08T05:00:00.000Z')
    await w.act('chef-barn-och-unga', id, { intent: 'assess', group: 'social', outcome: 'deviation', category: 'annat' })
    await w.pass('2026-03-08T06:00:00.000Z')
    await round(mailer())
    expect(letters().find(({ to }) => to === chef)?.text).toContain('Inget mer behövs: den är avslutad nu.')
  })
  it('has its time of day in Sweden, also on the days on which clocks change', () => {
    expect(lastDigest('2026-03-02T05:59:59.999Z', '07:00')).toBe('2026-03-01T06:00:00.000Z')
    expect(lastDigest('2026-03-02T06:00:00.000Z', '07:00')).toBe('2026-03-02T06:00:00.000Z')
    expect(lastDigest('2026-03-29T20:00:00.000Z', '07:00')).toBe('2026-03-29T05:00:00.000Z')
    expect(lastDigest('2026-10-25T20:00:00.000Z', '07:00')).toBe('2026-10-25T06:00:00.000Z')
    expect(lastDigest('2026-03-29T20:00:00.000Z', '02:30')).toBe('2026-03-29T01:30:00.000Z')
    expect(lastDigest('2026-07-01T21:59:00.000Z', '23:59')).toBe('2026-07-01T21:59:00.000Z')
  })
})

describe('a mail server that is down for a day', () => {
  it('loses nothing, gets nothing twice, and gets each one’s letters in order once it is back', async () => {
    const { port } = server.at
    await server.close()
    const one = mailer({ smtp: server.at })
    const ids: string[] = []
    for (let hour = 9; hour < 12; hour++) {
      await w.pass(`2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`)
      ids.push(await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' }))
    }
    // Each is to be protected within 24 hours; the round after each miss finds no server.
    for (let hour = 9; hour < 24; hour++) {
      await w.pass(`2026-03-03T${String(hour).padStart(2, '0')}:00:00.000Z`)
      await round(one)
    }
    expect(one.health()).toMatchObject({ failingSince: '2026-03-03T09:00:00.000Z', sent: 0 })
    expect(faults[0]).toBe('The mail server takes no mail (ESOCKET). It is tried again.')
    const before = await waiting()
    server = await openMailServer({ port })
    await w.pass('2026-03-04T05:00:00.000Z')
    await round(one)
    expect(one.health()).toEqual({ sent: server.arrived.length, failed: expect.any(Number) })
    const toOfficer = letters().filter(({ to }) => to === 'sas@kommunen.example')
    expect(toOfficer.map(({ subject }) => subject)).toEqual(ids.map((id) => `Vaka: frist missad, ${caseNumber(id)}`))
    expect(before - (await waiting())).toBe(server.arrived.length)
    expect(new Set(letters().map(({ id }) => id)).size).toBe(letters().length)
    await round(one)
    await round(mailer())
    expect(new Set(letters().map(({ id }) => id)).size).toBe(letters().length)
  })
  it('is asked again after 15 seconds, then twice as late each time, up to 15 minutes', async () => {
    await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await server.close()
    const one = mailer()
    await w.pass('2026-03-03T08:00:00.000Z')
    const tries: number[] = []
    const start = Date.parse(w.clock.now())
    for (let s = 0; s < 3600; s += 5) {
      w.clock.set(new Date(start + s * 1000).toISOString())
      const { failed } = one.health()
      await one.round()
      if (one.health().failed > failed) tries.push(s)
    }
    expect(tries).toEqual([0, 15, 45, 105, 225, 465, 945, 1845, 2745])
    server = await openMailServer()
  })
  it('long enough makes an alarm a dead letter, and a mail server that is set up late gets no flood', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    await w.pass('2026-03-06T08:01:00.000Z')
    const one = mailer()
    await round(one)
    expect(letters().filter(({ text }) => text.includes('Skydda'))).toEqual([])
    expect((await told(id)).filter((line) => line.includes('protect'))).toEqual(['alarm-mail-abandoned immediate protect not-delivered', 'alarm-mail-abandoned immediate protect not-delivered'])
  })
})

/** A log that fails at the next appends of mails. */
const failing = (store: EventStore, times: number): EventStore => ({
  ...store,
  append: async (stream, expected, events) => {
    if (events.some(({ type }) => type === 'alarm-mailed') && times-- > 0) throw Object.assign(new Error('The disk is gone'), { code: 'disk' })
    return store.append(stream, expected, events)
  },
})

describe('a crash between the server’s 250 and the append', () => {
  it('makes the letter come again with the same number, from whoever goes on', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    await round(mailer({ context: { ...w.context, store: failing(w.context.store, 1) } }))
    const [first] = letters()
    expect(faults).toEqual(['A mail about alarms could not be made or recorded, and is tried again: disk'])
    await round(mailer())
    const again = letters().filter(({ id: number }) => number === first?.id)
    expect(again).toHaveLength(2)
    expect((await told(id)).filter((line) => line === 'alarm-mailed immediate protect')).toHaveLength(2)
  })
  it('is no crash to a process that lives: it writes what it knows and sends nothing again', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    const one = mailer({ context: { ...w.context, store: failing(w.context.store, 2) } })
    for (let n = 0; n < 4; n++) {
      await round(one)
      w.clock.set(new Date(Date.parse(w.clock.now()) + 60_000).toISOString())
    }
    expect(new Set(letters().map(({ id: number }) => number)).size).toBe(letters().length)
    expect((await told(id)).filter((line) => line === 'alarm-mailed immediate protect')).toHaveLength(2)
  })
  it('nor to one whose letter told of several', async () => {
    for (let n = 0; n < 3; n++) await w.report('medarbetare-barn-och-unga', { unit })
    await w.pass('2026-03-08T06:00:00.000Z')
    const one = mailer({ context: { ...w.context, store: failing(w.context.store, 1) } })
    await round(one)
    expect(await waiting()).toBe(3)
    w.clock.set('2026-03-08T06:01:00.000Z')
    await round(one)
    expect([letters().map(({ subject }) => subject), await waiting()]).toEqual([['Vaka: larm (3)'], 0])
  })
  it('of a digest repeats it under its number, with what is left of it', async () => {
    for (let n = 0; n < 2; n++) await w.report('medarbetare-barn-och-unga', { unit })
    await w.pass('2026-03-08T06:00:00.000Z')
    let kept = 0
    const half: EventStore = { ...w.context.store, append: async (stream, expected, events) => (kept++ > 0 ? Promise.reject(Object.assign(new Error('gone'), { code: 'disk' })) : w.context.store.append(stream, expected, events)) }
    await round(mailer({ context: { ...w.context, store: half } }))
    await round(mailer())
    expect(letters().map(({ subject }) => subject)).toEqual(['Vaka: larm (2)', expect.stringMatching(/^Vaka: frist nära, /)])
    expect(new Set(letters().map(({ id }) => id)).size).toBe(1)
  })
  it('nor to one that sees old rows: the log is asked before a letter goes', async () => {
    await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    const old = await w.context.readModel.query(alarmMails.name, { order: ['recorded'] })
    await round(mailer())
    const now = old.filter(({ columns }) => columns['kind'] === 'immediate')
    const asked = (where: readonly Condition[]): boolean => where.some(({ column, is, ...rest }) => column === 'kind' && is === '=' && 'value' in rest && rest.value === 'immediate')
    const behind: Context = { ...w.context, readModel: { ...w.context.readModel, query: async (_name, { where = [], after } = {}) => (asked(where) && after === undefined ? now : []) } }
    await round(mailer({ context: behind }))
    expect(server.arrived).toHaveLength(2)
  })
  it('and two processes at once leave one word of each in the log', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    await Promise.all([round(mailer()), round(mailer())])
    expect((await told(id)).filter((line) => line === 'alarm-mailed immediate protect')).toHaveLength(2)
    expect(new Set(letters().map(({ id: number }) => number)).size).toBe(2)
  })
})

describe('a recipient', () => {
  it('whose mailbox is not there is a dead letter in the history; the others get theirs', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    server.mood.recipient = (address) => (address.startsWith('sas@') ? '550 5.1.1 No such mailbox' : undefined)
    await w.pass('2026-03-03T08:00:00.000Z')
    await round(mailer())
    expect([...(await told(id))].sort()).toEqual(['alarm-mail-abandoned immediate protect not-delivered', 'alarm-mailed immediate protect'])
    expect(letters().map(({ to }) => to)).toEqual(['ordforande@kommunen.example'])
  })
  it('who is to come back later holds up nobody but herself', async () => {
    await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    w.clock.set('2026-03-02T08:00:05.000Z')
    await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    server.mood.recipient = (address) => (address.startsWith('sas@') ? '450 4.2.0 Greylisted' : undefined)
    await w.pass('2026-03-03T08:00:00.000Z')
    const one = mailer()
    await round(one)
    await round(one)
    expect(letters().map(({ to }) => to)).toEqual(['ordforande@kommunen.example'])
    expect([one.health().failed, one.health().failingSince]).toEqual([1, undefined])
    await w.pass('2026-03-03T08:00:05.000Z')
    await round(one)
    expect(letters().map(({ to }) => to)).toEqual(['ordforande@kommunen.example', 'ordforande@kommunen.example'])
    server.mood.recipient = undefined
    await w.pass('2026-03-03T08:00:16.000Z')
    await round(one)
    expect(letters().map(({ to }) => to).slice(2)).toEqual(['sas@kommunen.example', 'sas@kommunen.example'])
  })
  it('without an address, who left, or who is in conflict of interest since, is mailed nothing', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit })
    await w.pass('2026-03-08T05:00:00.000Z')
    await w.act('omradeschef', id, { intent: 'declare-conflict', subject: 'chef-barn-och-unga', reason: 'HEMLIG' })
    const other = await w.report('medarbetare-missbruk', { unit: 'missbruk' })
    await w.pass('2026-03-12T12:00:00.000Z')
    await w.organise('admin', { intent: 'end-service', subject: 'chef-missbruk', at: w.clock.now() })
    await w.pass('2026-03-13T06:00:00.000Z')
    await round(mailer({ giveUpDays: 60 }))
    expect(letters().filter(({ to }) => to.startsWith('chef-'))).toEqual([])
    expect((await told(id)).filter((line) => line.startsWith('alarm-mail-abandoned'))).toContain('alarm-mail-abandoned digest assess recipient-excluded')
    expect((await told(other)).filter((line) => line.startsWith('alarm-mail-abandoned'))).toEqual(['alarm-mail-abandoned digest assess recipient-left'])
    const third = await w.report('medarbetare-hemsjukvard', { unit: 'hemsjukvard' })
    await w.pass('2026-03-19T06:00:00.000Z')
    await round(mailer({ domain: 'å b' }))
    expect((await told(third))[0]).toBe('alarm-mail-abandoned digest assess no-address')
  })
  it('whose key was destroyed has no address', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    const { vault } = w.context
    const staff = `staff/${await w.staff('sas')}`
    const erased: Context = { ...w.context, vault: { ...vault, find: async (ids) => new Map([...(await vault.find(ids))].filter(([key]) => key !== staff)) } }
    await round(mailer({ context: erased }))
    expect(await told(id)).toContain('alarm-mail-abandoned immediate protect no-address')
  })
  it('whom the report concerns is never mailed, nor is it said of her', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit, concernsManager: true, wantsFeedback: true })
    await w.pass('2026-03-20T06:00:00.000Z')
    await round(mailer({ giveUpDays: 60 }))
    expect(letters().length).toBeGreaterThan(0)
    expect(letters().filter(({ to }) => to === chef)).toEqual([])
    const about = (await w.events(deviationStream(id))).filter(({ type }) => type.startsWith('alarm-'))
    expect(about.filter(({ data }) => JSON.stringify(data).includes('chef'))).toEqual([])
    const number = await w.staff('chef-barn-och-unga')
    expect(about.filter(({ data }) => data['to'] === number)).toEqual([])
  })
  it('who sees the number of a case is told the number', async () => {
    const id = await w.report('medarbetare-barn-och-unga', { unit })
    await w.pass('2026-03-08T05:00:00.000Z')
    await w.act('chef-barn-och-unga', id, { intent: 'escalate-to-lex-sarah', ground: 'HEMLIG' })
    await w.act('sas', id, { intent: 'take-over-lex-sarah' })
    await w.pass('2026-03-08T06:00:00.000Z')
    await round(mailer())
    const mine = letters().find(({ to }) => to === chef)
    expect(mine?.subject).toBe(`Vaka: larm, ${caseNumber(id)}`)
    expect(mine?.text).toContain(`Ärende ${caseNumber(id)}\nDet finns ett larm i ärendet.`)
    expect(mine?.text).not.toMatch(/Bedöm|barn och unga/)
  })
  it('with many alarms at once gets one letter', async () => {
    for (let n = 0; n < 6; n++) await w.report('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
    await w.pass('2026-03-03T08:00:00.000Z')
    await round(mailer())
    expect(letters().map(({ to, subject }) => [to, subject]).sort()).toEqual([['ordforande@kommunen.example', 'Vaka: larm (6)'], ['sas@kommunen.example', 'Vaka: larm (6)']])
    expect(await waiting()).toBe(0)
  })
})

describe('every letter', () => {
  it('holds nothing of what a case says', async () => {
    await seriousCase()
    for (const login of ['medarbetare-barn-och-unga', 'medarbetare-hemsjukvard'])
      await w.report(login, { unit: login.slice('medarbetare-'.length), wantsFeedback: true, individuals: [{ name: 'HEMLIG Person', personalNumber: '18900101-9802' }], reporter: { name: 'HEMLIG Rapportör' } })
    const one = mailer({ languages: ['sv', 'en'], giveUpDays: 60 })
    for (let day = 4; day < 30; day++) {
      await w.pass(`2026-03-${String(day).padStart(2, '0')}T06:00:00.000Z`)
      await round(one)
    }
    expect(server.arrived.length).toBeGreaterThan(10)
    for (const { raw, mail } of server.arrived) expect(`${raw}${mail.text ?? ''}${mail.subject ?? ''}`).not.toMatch(/HEMLIG|18900101|9802|medarbetare/)
    expect(await waiting()).toBeLessThan(4)
  }, 60_000)
})
