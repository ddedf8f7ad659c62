import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { openOutside, until, type Outside } from '#apps/api/acceptance/outside'
import { openTown, type Town } from '#apps/api/acceptance/town'
import { caseNumber } from '#libs/duties/number'

let town: Town
let outside: Outside
let id: string
let concerning: string
const [unit, sas] = ['barn-och-unga', 'sas']
beforeAll(async () => {
  outside = await openOutside()
  town = await openTown({ reactors: outside.reactors })
  outside.mailServer.mood.recipient = (address) => (address.startsWith('ordforande@') ? '550 5.1.1 No such mailbox' : undefined)
  id = await town.reports('medarbetare-barn-och-unga', { unit, reportedType: 'misconduct' })
  concerning = await town.reports('medarbetare-barn-och-unga', { unit, concernsManager: true })
  await town.later(1)
  await outside.settled(town)
}, 120_000)
afterAll(async () => {
  await town.end()
  await outside.close()
})
const staffOf = async (login: string): Promise<string> => (await town.get(login, '/v1/me')).body.staff
const mails = async (login: string, query = '') => {
  const answer = await town.get(login, `/v1/mails${query}`)
  return { status: answer.status, rows: answer.body.rows }
}

describe('a missed statutory deadline', () => {
  it('was mailed by itself, and each mail stands in the history of the case', async () => {
    expect(outside.mailServer.arrived.map(({ to, mail }) => [to.join(), mail.subject])).toEqual([['sas@kommunen.example', `Vaka: frist missad, ${caseNumber(id)}`]])
    const { body } = await town.get(sas, `/v1/deviations/${id}/history?limit=200`, { 'accept-language': 'en' })
    const told = body.rows.filter(({ type }: { type: string }) => type.startsWith('alarm-')).map(({ label, actor, summary }: { label: string; actor: { role: string }; summary: string }) => [label, actor.role, summary])
    expect(told).toHaveLength(2)
    expect(told).toContainEqual(['Alarm mailed', 'reactor', `The alarm was mailed (At once) to ${await staffOf(sas)}, Protect at once.`])
    expect(told).toContainEqual(['Alarm mail not delivered', 'reactor', `The mail about the alarm (At once) to ${await staffOf('ordforande')} did not arrive: Could not be delivered, Protect at once.`])
  })
  it('does not make stale what people have seen', async () => {
    expect(await town.does(sas, id, 'take-over-lex-sarah', {})).toContain('lex-sarah-taken-over')
  })
})

describe('the list of mails', () => {
  it('shows what was sent and what did not arrive, to those who keep watch, by staff number', async () => {
    const { rows } = await mails('admin', '?status=sent,dead')
    const about = { type: expect.any(String), kind: 'immediate', stream: `deviation-${id}`, case: id, number: caseNumber(id), deadline: 'protect', dueInstant: expect.any(String), recordedAt: expect.any(String), settledAt: expect.any(String), alarm: expect.any(String) }
    expect(rows).toHaveLength(2)
    expect(rows).toContainEqual({ ...about, to: await staffOf(sas), status: 'sent' })
    expect(rows).toContainEqual({ ...about, to: await staffOf('ordforande'), status: 'dead', because: 'not-delivered' })
    for (const login of ['dataskydd', 'revisor']) expect((await mails(login)).rows).toEqual(rows)
    expect((await mails('admin', '?status=waiting')).rows).toEqual([])
    expect(JSON.stringify(rows)).not.toContain('@')
  })
  it('pages, and says what it does not understand', async () => {
    const first = await town.get('admin', '/v1/mails?limit=1')
    const second = await town.get('admin', `/v1/mails?limit=1&cursor=${first.body.cursor}`)
    expect([first.body.complete, second.body.complete]).toEqual([false, true])
    expect(new Set([...first.body.rows, ...second.body.rows].map(({ status }: { status: string }) => status))).toEqual(new Set(['sent', 'dead']))
    expect((await town.get('admin', '/v1/mails?status=lost')).status).toBe(400)
    expect((await town.get('admin', '/v1/mails?cursor=x')).status).toBe(400)
  })
  it('is not for others', async () => {
    for (const login of ['chef-barn-och-unga', sas, 'kvalitet', 'nobody']) expect((await mails(login)).status).toBe(403)
    expect((await town.get('admin', '/v1/projections/alarm-mails')).status).toBe(403)
    expect((await town.get('dataskydd', '/v1/projections/alarm-mails')).body.rows).toHaveLength(2)
  })
  it('keeps from an administrator the case that concerns her as a manager', async () => {
    await town.later(4)
    await town.later(3)
    await outside.settled(town)
    const isAbout = ({ case: of }: { case: string }): boolean => of === concerning
    expect((await mails('admin')).rows.filter(isAbout).length).toBeGreaterThan(0)
    const given = await town.post('admin', '/v1/organisation/grant-role', { subject: 'chef-barn-och-unga', role: 'auditor', unit: 'socialnamnden', scope: 'subtree', from: town.now() })
    await town.post('dataskydd', '/v1/organisation/confirm-grant', { grant: given.body.grant })
    const { rows } = await mails('chef-barn-och-unga')
    expect([rows.length > 0, rows.filter(isAbout)]).toEqual([true, []])
  })
})

describe('other systems', () => {
  it('are told of every event in its order, signed', async () => {
    await outside.told(town)
    const verifier = new Webhook(`whsec_${outside.secret.toString('base64')}`)
    const told = outside.receiver.came.map(({ headers, body }) => verifier.verify(body, {
      'webhook-id': String(headers['webhook-id']), 'webhook-timestamp': String(headers['webhook-timestamp']), 'webhook-signature': String(headers['webhook-signature']),
    }))
    const sequence = told.map((event) => String(Reflect.get(Object(event), 'sequence')))
    expect(sequence).toEqual([...sequence].sort())
    const ofCase = told.filter((event) => Reflect.get(Object(event), 'subject') === `deviation-${id}`).map((event) => String(Reflect.get(Object(event), 'type')))
    expect(ofCase.slice(0, 4)).toEqual(['se.vaka.deviation-reported', 'se.vaka.responsibility-assigned', 'se.vaka.lex-sarah-escalated', 'se.vaka.responsibility-assigned'])
    expect(ofCase).toContain('se.vaka.alarm-mailed')
  })
  it('are shown by host, to administrator and compliance officer', async () => {
    const { body } = await town.get('admin', '/v1/webhooks')
    expect(body).toMatchObject({ complete: true, rows: [{ host: new URL(outside.receiver.url).host, state: 'live', last: '204', lag: 0, dead: 0, deadLetters: [] }] })
    expect(JSON.stringify(body)).not.toContain('/hook')
    for (const login of ['revisor', 'chef-missbruk']) expect((await town.get(login, '/v1/webhooks')).status).toBe(403)
  })
})

describe('health and metrics', () => {
  it('say how mail and webhooks go, and that a mail server is down makes nothing unready', async () => {
    expect((await town.get('admin', '/health/ready')).body).toMatchObject({ status: 'ready', mail: 'ok', webhooks: 'ok' })
    await outside.mailServer.close()
    const other = await town.reports('medarbetare-missbruk', { unit: 'missbruk', reportedType: 'misconduct' })
    await town.later(1.1)
    const health = await until(() => town.get('admin', '/health/ready'), ({ body }) => body.mail !== 'ok')
    expect(health).toMatchObject({ status: 200, body: { status: 'ready', mail: expect.stringMatching(/^failing since 2026-03-/) } })
    const { text } = await town.get('admin', '/metrics')
    expect(text).toMatch(/^vaka_mails\{state="sent"\} [1-9]/m)
    expect(text).toMatch(/^vaka_mails\{state="waiting"\} [1-9]/m)
    expect(text).toMatch(/^vaka_mails\{state="dead"\} [1-9]/m)
    expect(text).toMatch(/^vaka_mail_failing 1$/m)
    expect(text).toMatch(/^vaka_webhook_lag_events\{host="127\.0\.0\.1:\d+"\} \d+$/m)
    expect((await mails('admin', '?status=waiting')).rows.some(({ case: of }: { case: string }) => of === other)).toBe(true)
    expect(town.lines.join('')).not.toMatch(/@kommunen|chef-barn|sas@/)
  })
})
