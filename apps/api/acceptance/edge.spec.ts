import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  approve, assess, completed, degree, effect, feedback, findings, ivo, measure, motivation, openTown, outcomeOf, receipt, score, sent, type Body, type Intent, type Town,
} from '#apps/api/acceptance/town'
import { createServer } from '#apps/api/server'
import { deviationBodies } from '#apps/api/testing/bodies'
import { pino } from 'pino'

let town: Town
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.end())

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
const reported = () => town.reports(worker, { unit })
const nobodys = '01890a5d-ac96-774b-8000-000000000001'

describe('the risk', () => {
  const investigated = new Set(['3x3', '3x4', '4x1', '4x2', '4x3', '4x4'])
  it('asks for an investigation at 9 and at severity 4, and at nothing else', async () => {
    const id = await reported()
    await town.does(chef, id, 'assess', assess('deviation'))
    for (const severity of [1, 2, 3, 4])
      for (const likelihood of [1, 2, 3, 4]) {
        await town.does(chef, id, 'score-risk', score(severity, likelihood))
        const { risk, hindersClosing } = (await town.get(chef, `/v1/deviations/${id}`)).body
        const cell = `${severity}x${likelihood}`
        const because = [...(severity * likelihood >= 9 ? ['threshold'] : []), ...(severity === 4 ? ['severity-floor'] : [])]
        expect([cell, risk]).toEqual([cell, { social: { severity, likelihood, score: severity * likelihood, triggers: investigated.has(cell) ? 'investigate' : 'none', because } }])
        expect([cell, hindersClosing.includes('investigation-required')]).toEqual([cell, investigated.has(cell)])
      }
    for (const faulty of [0, 5, 2.5]) expect(await town.tries(chef, id, 'score-risk', score(faulty, 1))).toBe('400 /severity not-in-range')
    expect((await town.get(chef, `/v1/deviations/${id}`)).body.lexSarah).toBeNull()
  })
})

describe('a command that the rules refuse', () => {
  const by =
    (login: string, id: string) =>
    <I extends Exclude<Intent, 'report' | 'report-batch'>>(intent: I, body: Body<I>): Promise<string> =>
      town.tries(login, id, intent, body)
  it('names what it misses: assessment, score, investigation', async () => {
    const id = await reported()
    const told = by(chef, id)
    expect(await told('score-risk', score(1, 1))).toBe('422 not-assessed')
    expect(await told('open-investigation', { kind: 'standard' })).toBe('422 not-assessed')
    expect(await told('complete-investigation', findings)).toBe('422 investigation-required')
    expect(await told('reopen-investigation', { reason: 'Nytt' })).toBe('422 investigation-not-completed')
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 not-assessed')
    expect(await told('reopen', { reason: 'Nytt' })).toBe('422 not-closed')
    await town.does(chef, id, 'assess', assess('deviation'))
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 not-scored measures-undecided')
    expect(await told('assess', assess('not-a-deviation'))).toBe('422 motivation-required')
    await town.does(chef, id, 'open-investigation', { kind: 'standard' })
    expect(await told('open-investigation', { kind: 'simple' })).toBe('422 investigation-open-already')
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 not-scored investigation-not-completed measures-undecided')
    await town.does(chef, id, 'complete-investigation', findings)
    expect(await told('complete-investigation', findings)).toBe('422 investigation-locked')
    expect(await told('open-investigation', { kind: 'simple' })).toBe('422 investigation-locked')
  })
  it('names what a measure misses', async () => {
    const id = await reported()
    const told = by(chef, id)
    await town.does(chef, id, 'assess', assess('deviation'))
    await town.does(chef, id, 'score-risk', score(1, 1))
    const { effect: _, ...bare } = measure('m1', unit)
    await town.does(chef, id, 'propose-measure', bare)
    expect(await told('propose-measure', bare)).toBe('422 measure-exists')
    expect(await told('propose-measure', measure('m2', unit, { replaces: 'm9' }))).toBe('422 measure-unknown')
    expect(await told('propose-measure', measure('m2', 'okand'))).toBe('400 /responsibleUnit unit-unknown')
    expect(await told('decide-measures', approve('m9'))).toBe('422 measure-unknown')
    expect(await told('decide-no-measures', { motivation })).toBe('422 measure-undecided')
    expect(await told('complete-measure', completed('m1'))).toBe('422 measure-undecided effect-criterion-missing')
    expect(await told('check-effect', { measureId: 'm1', result: 1 })).toBe('422 measure-not-completed')
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 measure-undecided')
    await town.does(chef, id, 'decide-measures', approve('m1'))
    expect(await told('decide-measures', approve('m1'))).toBe('422 measure-decided-already')
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 effect-criterion-missing measure-not-completed')
    expect(await told('decide-no-measures', { motivation })).toBe('422 measure-not-completed')
    await town.does(chef, id, 'set-effect-criterion', { measureId: 'm1', ...effect })
    await town.does(chef, id, 'complete-measure', completed('m1'))
    expect(await told('set-effect-criterion', { measureId: 'm1', ...effect })).toBe('422 measure-ended')
    expect(await told('cancel-measure', { measureId: 'm1', motivation })).toBe('422 measure-ended')
    expect(await told('close', { outcome: 'deviation', motivation })).toBe('422 effect-not-checked')
    await town.does(chef, id, 'check-effect', { measureId: 'm1', result: 2 })
    await town.does(chef, id, 'give-feedback', feedback('reporter'))
    expect(await told('waive-feedback', { to: 'reporter', reason: 'Givet' })).toBe('422 feedback-given-already')
    expect(await told('give-feedback', { ...feedback('complainant'), measures: [{ measureId: 'm9', when: 'maj' }] })).toBe('422 measure-unknown')
    await town.does(chef, id, 'close', { outcome: 'deviation', motivation })
    for (const again of ['close', 'assess', 'score-risk', 'move', 'acknowledge'] as const) {
      const bodies = { close: { outcome: 'deviation', motivation }, assess: assess('deviation'), 'score-risk': score(1, 1), move: { toUnit: 'ifo', reason: 'x' }, acknowledge: { to: 'x', how: 'y' } } as const
      expect([again, await told(again, bodies[again])]).toEqual([again, '422 closed'])
    }
  })
  it('names where the lex Sarah track stands', async () => {
    const id = await reported()
    const track = async (): Promise<string[]> => [
      await town.tries('sas', id, 'take-over-lex-sarah', {}),
      await town.tries('sas', id, 'decline-lex-sarah', { motivation }),
      await town.tries('ordforande', id, 'decide-degree', degree('none')),
      await town.tries('ordforande', id, 'decide-ivo-notification', ivo(true)),
      await town.tries('sas', id, 'record-ivo-sent', sent),
      await town.tries('registrator', id, 'record-ivo-receipt', receipt),
    ]
    expect(await track()).toEqual([...Array(4).fill('422 lex-sarah-not-escalated'), '422 ivo-not-decided', '422 ivo-not-sent'])
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Upprepat' })
    expect(await town.tries(chef, id, 'escalate-to-lex-sarah', { ground: 'Igen' })).toBe('422 lex-sarah-escalated-already')
    expect(await town.tries('ordforande', id, 'decide-degree', degree('none'))).toBe('422 lex-sarah-not-taken-over')
    expect(await town.tries('sas', id, 'appoint-investigator', { subject: 'utredare' })).toBe('422 lex-sarah-not-taken-over')
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect(await town.tries('sas', id, 'take-over-lex-sarah', {})).toBe('422 lex-sarah-taken-over-already')
    expect(await town.tries('sas', id, 'close', { outcome: 'misconduct', motivation })).toBe('422 lex-sarah-undecided')
    await town.does('ordforande', id, 'decide-ivo-notification', ivo(true))
    expect(await town.tries('sas', id, 'close', { outcome: 'misconduct', motivation })).toBe('422 lex-sarah-undecided ivo-not-sent')
    await town.does('sas', id, 'record-ivo-sent', sent)
    expect(await town.tries('sas', id, 'record-ivo-sent', sent)).toBe('422 ivo-sent-already')
    await town.does('sas', id, 'record-ivo-receipt', receipt)
    expect(await town.tries('registrator', id, 'record-ivo-receipt', receipt)).toBe('422 ivo-receipt-already')
    const health = await town.reports('medarbetare-hemsjukvard', { unit: 'hemsjukvard', legalAreas: ['HSL'] })
    expect(await town.tries('mas', health, 'escalate-to-lex-sarah', { ground: 'x' })).toBe('422 lex-sarah-needs-social-law')
    expect(await town.tries('mas', health, 'assess', assess('suspected-misconduct', { group: 'health', category: 'fall' }))).toBe('422 outcome-not-of-group')
  })
  it('tells its reasons in the language of the reader', async () => {
    const id = await reported()
    const said = async (language: string) => (await town.command(chef, id, 'close', { outcome: 'deviation', motivation }, { 'accept-language': language })).body.reasons[0].detail
    expect([await said('sv'), await said('en')]).toEqual([expect.stringMatching(/^Ärendet är inte bedömt/), expect.stringMatching(/^The case is not assessed/)])
    const labels = async (language: string) => (await town.get(chef, `/v1/deviations/${id}/history`, { 'accept-language': language })).body.rows[0].label
    expect([await labels('sv'), await labels('en')]).toEqual(['Rapporterad', 'Reported'])
  })
})

describe('a report that is faulty', () => {
  const tried = async (what: object): Promise<string> => outcomeOf(await town.post(worker, '/v1/deviations', what))
  const right = { origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], unit, discoveredAt: '2026-03-01T10:00:00+01:00', concerns: 'person', description: 'Text' }
  it('names every faulty field', async () => {
    expect(await tried({ ...right, origin: 'x', legalAreas: ['SoL', 'ABC'], discoveredAt: '2026-02-30T10:00:00Z', individuals: [{ personalNumber: '18900101-9803' }], description: ' ', colour: 1 })).toBe(
      '400 /colour unknown-field /origin unknown-code /legalAreas/1 unknown-code /discoveredAt not-an-instant /individuals/0/personalNumber not-a-personal-number /description blank',
    )
    expect(await tried({})).toBe('400 ' + ['origin', 'channel', 'reportedType', 'legalAreas', 'unit', 'concerns', 'description'].map((field) => `/${field} required `).join('') + '/occurredAt time-missing')
  })
  it.each([
    ['with no time at all', { discoveredAt: undefined }, '/occurredAt time-missing'],
    ['from the future', { discoveredAt: '2030-01-01T00:00:00Z' }, '/discoveredAt in-the-future'],
    ['without an offset', { discoveredAt: '2026-03-01T10:00:00' }, '/discoveredAt not-an-instant'],
    ['of misconduct in health care alone', { reportedType: 'misconduct', legalAreas: ['HSL'] }, '/legalAreas misconduct-needs-social-law'],
    ['at a unit that there is not', { unit: 'okand' }, '/unit unit-unknown'],
    ['with a reason for being late that it is not', { receivedLateReason: 'x' }, '/receivedLateReason late-reason-needless'],
    ['for somebody unknown', { onBehalfOf: 'okand' }, '/onBehalfOf subject-unknown'],
    ['anonymous on behalf of another', { onBehalfOf: worker, anonymous: true }, '/onBehalfOf anonymous-on-behalf'],
  ])('%s', async (_, what, faults) => {
    expect(await tried({ ...right, ...what })).toBe(`400 ${faults}`)
  })
  it('rests on the law of the day on which it was received', async () => {
    const id = await town.reports(worker, { unit, discoveredAt: '2020-05-01T10:00:00Z', receivedAt: '2020-05-02T10:00:00Z', receivedLateReason: 'Hittad i arkivet', reportedType: 'misconduct', legalAreas: ['SoL', 'LSS'] })
    const { body } = await town.get(chef, `/v1/deviations/${id}`)
    const bases = [{ area: 'SoL', provision: '14 kap. 3 §', statute: 'SoL (2001:453)' }, { area: 'LSS', provision: '24 b §', statute: 'LSS (1993:387)' }]
    expect([body.legalBases, body.lexSarah.escalation.legalBases]).toEqual([bases, bases])
  })
})

describe('If-Match', () => {
  it('is required by every judgement, and by nothing else', async () => {
    const { report: _, ...bodies } = deviationBodies
    const required: string[] = []
    for (const [intent, body] of Object.entries(bodies)) {
      const { status } = await town.post(chef, `/v1/deviations/${nobodys}/${intent}`, body)
      if (status === 428) required.push(intent)
      else expect([intent, status]).toEqual([intent, 404])
    }
    expect(required.sort()).toEqual([
      'assess', 'close', 'complete-investigation', 'decide-degree', 'decide-ivo-notification', 'decide-lex-maria', 'decide-measures', 'decide-no-measures', 'decline-lex-sarah', 'propose-degree', 'record-no-case', 'score-risk',
    ])
  })
  it('is fresh while nobody wrote since, and names a revision that there is', async () => {
    const id = await reported()
    const page = await town.get(chef, `/v1/deviations/${id}`)
    expect(page.headers.etag).toBe(`"${page.body.revision}"`)
    const put = (revision: number) => town.tries(chef, id, 'assess', assess('deviation'), { 'if-match': `"${revision}"` })
    expect(await put(page.body.revision + 1)).toBe('412 revision-stale')
    await town.does(chef, id, 'add-note', { text: 'x', kind: 'fact', source: 'y' })
    expect(await put(page.body.revision)).toBe('412 revision-stale')
    expect(await put(page.body.revision + 1)).toBe('200 deviation-assessed')
  })
})

describe('Idempotency-Key', () => {
  it('gives the first answer again, and refuses another body', async () => {
    const id = await reported()
    const note = (text: string, key: string, login = chef) => town.command(login, id, 'add-note', { text, kind: 'fact', source: 'y' }, { 'idempotency-key': key })
    const [first, second, third] = [await note('x', 'n-1'), await note('x', 'n-1'), await note('x', 'n-1')]
    expect([second.body, third.body]).toEqual([first.body, first.body])
    expect(second.headers.etag).toBe(first.headers.etag)
    expect(outcomeOf(await note('z', 'n-1'))).toBe('422 idempotency-key-reused')
    expect((await town.get(chef, `/v1/deviations/${id}`)).body.notes).toHaveLength(1)
    // The same key of another sender is another command; the answer holds whatever If-Match says.
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'x' })
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect((await note('x', 'n-1', 'sas')).body.revision).toBeGreaterThan(first.body.revision)
    const judged = await reported()
    const put = () => town.command(chef, judged, 'assess', assess('deviation'), { 'idempotency-key': 'a-1', 'if-match': '"2"' })
    expect((await put()).body).toEqual((await put()).body)
  })
  it('of a report finds its case, anonymous ones too', async () => {
    for (const [login, key, anonymous] of [[worker, '019f0000-0000-7000-8000-000000000001', false], [chef, 'en-egen-nyckel', true]] as const) {
      const send = (description: string) => town.sendReport(login, { unit, description, anonymous }, { 'idempotency-key': key })
      const [first, again] = [await send('En'), await send('En')]
      expect([first.status, again.status, again.body, again.headers.location]).toEqual([201, 201, first.body, `/v1/deviations/${first.body.id}`])
      expect(outcomeOf(await send('Två'))).toBe('422 idempotency-key-reused')
    }
    const [one, other] = [await town.sendReport(worker, { unit }, { 'idempotency-key': 'k' }), await town.sendReport(chef, { unit }, { 'idempotency-key': 'k' })]
    expect(one.body.id).not.toBe(other.body.id)
  })
})

describe('a problem', () => {
  it('is one of those of the contract, explained where its type says', async () => {
    const id = await reported()
    const json = { 'content-type': 'application/json' }
    const supplement = `/v1/deviations/${id}/supplement`
    const answers = {
      'malformed-json': await town.ask(worker, 'POST', supplement, '{', json),
      'invalid-fields': await town.post(worker, supplement, {}),
      forbidden: await town.command(worker, id, 'acknowledge', { to: 'x', how: 'y' }),
      'not-found': await town.get(worker, `/v1/deviations/${nobodys}`),
      'unknown-command': await town.post(worker, `/v1/deviations/${id}/explode`, {}),
      'method-not-allowed': await town.ask(worker, 'GET', supplement),
      'revision-stale': await town.command(chef, id, 'assess', assess('deviation'), { 'if-match': '"0"' }),
      'too-large': await town.post(worker, supplement, { text: 'x'.repeat(70_000) }),
      'unsupported-media-type': await town.ask(worker, 'POST', supplement, 'text=x', { 'content-type': 'text/plain' }),
      refused: await town.command(chef, id, 'reopen', { reason: 'x' }),
      'precondition-required': await town.post(chef, `/v1/deviations/${id}/close`, { outcome: 'deviation', motivation }),
      unauthenticated: await town.ask(worker, 'GET', '/v1/me', undefined, { authorization: 'Bearer a.b.c' }),
    }
    const statuses: Readonly<Record<string, number>> = {
      'malformed-json': 400, 'invalid-fields': 400, forbidden: 403, 'not-found': 404, 'unknown-command': 404, 'method-not-allowed': 405, 'revision-stale': 412, 'too-large': 413,
      'unsupported-media-type': 415, refused: 422, 'precondition-required': 428, unauthenticated: 401,
    }
    for (const [code, answer] of Object.entries(answers)) {
      expect([code, answer.status, answer.headers['content-type']]).toEqual([code, statuses[code], 'application/problem+json; charset=utf-8'])
      expect(answer.body).toMatchObject({ type: `/problems/${code}`, status: answer.status, title: expect.any(String), detail: expect.any(String), instance: answer.headers['x-request-id'] })
      expect((await town.get('', answer.body.type)).status).toBe(200)
    }
  })
  it('of asking too often says when to come back', async () => {
    const { fastify, close } = await createServer({ application: { ...town.application, close: () => Promise.resolve() }, authenticate: (token) => ({ login: token?.slice(7) ?? '', until: Infinity }), rateLimit: 3, log: pino({ level: 'silent' }) })
    const statuses = await Promise.all([1, 2, 3, 4].map(async () => (await fastify.inject({ url: '/v1/me', headers: { authorization: 'Bearer chef' } })).statusCode))
    expect(statuses).toEqual([200, 200, 200, 429])
    await close()
  })
})

describe('a question', () => {
  it('has seen what the caller wrote, and says how far it has read', async () => {
    const answer = await town.sendReport('medarbetare-hemsjukvard', { unit: 'hemsjukvard' })
    const { headers, body } = await town.ask('chef-hemsjukvard', 'GET', `/v1/queues/hemsjukvard?limit=200&after=${answer.body.position}`)
    expect(body.rows.map(({ id }: { id: string }) => id)).toContain(answer.body.id)
    expect(String(headers['vaka-position']) >= answer.body.position).toBe(true)
  })
  it('of many rows comes in pages of one order, each row once', async () => {
    for (let i = 0; i < 5; i++) await town.reports('medarbetare-ekonomiskt-bistand', { unit: 'ekonomiskt-bistand', receivedAt: new Date(Date.parse('2026-03-01T08:00:00Z') + (i % 3) * 60_000).toISOString() })
    for (const [login, url] of [['chef-ekonomiskt-bistand', '/v1/queues/ekonomiskt-bistand?'], ['medarbetare-ekonomiskt-bistand', '/v1/deviations?view=reported-by-me&']] as const) {
      const ids: string[] = []
      let cursor = ''
      for (let pages = 0; pages === 0 || cursor !== ''; pages++) {
        const { body } = await town.get(login, `${url}limit=2${cursor}`)
        expect(body.complete).toBe(body.cursor === undefined)
        ids.push(...body.rows.map(({ id }: { id: string }) => id))
        cursor = body.cursor === undefined ? '' : `&cursor=${body.cursor}`
      }
      const whole = await town.get(login, `${url}limit=200`)
      expect(ids).toEqual(whole.body.rows.map(({ id }: { id: string }) => id))
      expect(new Set(ids).size).toBe(5)
    }
    expect(outcomeOf(await town.get('chef-ekonomiskt-bistand', '/v1/queues/ekonomiskt-bistand?cursor=x'))).toBe('400 /cursor not-a-cursor')
  })
  it('of the past answers what was known then, and not what was not', async () => {
    const before = town.now()
    await town.later(1)
    const id = await reported()
    const then = town.now()
    await town.later(1)
    await town.does(chef, id, 'assess', assess('deviation'))
    await town.does(chef, id, 'move', { toUnit: 'barn-och-unga', reason: 'Fel enhet' })
    const at = async (login: string, query: string) => (await town.get(login, `/v1/deviations/${id}${query}`)).body
    expect(await at('sas', `?at=${then}`)).toMatchObject({ unit, phase: 'reported', revision: 2, assessments: [] })
    expect(await at('sas', '?revision=3')).toMatchObject({ unit, phase: 'assessing', revision: 3 })
    expect((await at('sas', `?at=${before}`)).status).toBe(404)
    expect((await at('sas', '?revision=99')).status).toBe(404)
    expect((await at('sas', '?at=2031-01-01T00:00:00Z')).errors).toMatchObject([{ pointer: '/at', code: 'in-the-future' }])
    const queued = async (query: string): Promise<string[]> => (await town.get('omradeschef', `/v1/queues/${unit}?limit=200${query}`)).body.rows.map((row: { id: string }) => row.id)
    expect([(await queued(`&at=${then}`)).includes(id), (await queued(`&at=${before}`)).includes(id), (await queued('')).includes(id)]).toEqual([true, false, false])
  })
})
