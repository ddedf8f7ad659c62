import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application } from '#apps/api/application'
import { openApi } from '#apps/api/openapi'
import { createServer, type Server, type ServerOptions } from '#apps/api/server'
import { deviationBodies, organisationBodies, policyBodies, routineBodies } from '#apps/api/testing/bodies'
import type { CommandRequest, OrganisationOutcome, QueryRequest } from '#apps/application/request'
import type { Outcome } from '#libs/kernel/outcome'
import type { InjectOptions } from 'fastify'
import { pino } from 'pino'

const id = '019f0000-0000-7000-8000-000000000000'
const now = '2020-03-02T08:00:00.000Z'
const done: Outcome = { kind: 'done', stream: `deviation-${id}`, revision: 3, position: '0000000007', events: [{ id: 'e1', type: 'deviation-assessed' }], created: false }
const found = { kind: 'found', body: { rows: [], complete: true } } as const

interface Script {
  readonly outcome?: OrganisationOutcome | (() => Promise<OrganisationOutcome>)
  readonly queries?: Partial<Application['queries']>
  readonly demo?: boolean
  readonly ready?: boolean
  readonly reached?: Application['reached']
}
/** An application that answers what the test says, and remembers what it was asked. */
const scripted = ({ outcome = done, queries = {}, demo = true, ready = true, reached = () => Promise.resolve(true) }: Script) => {
  const asked: { commands: CommandRequest<object>[]; waits: string[]; clock: string } = { commands: [], waits: [], clock: now }
  const handle = (request: CommandRequest<object>): Promise<OrganisationOutcome> => {
    asked.commands.push(request)
    return typeof outcome === 'function' ? outcome() : Promise.resolve(outcome)
  }
  const answer = () => Promise.resolve(found)
  const application: Application = {
    clock: { now: () => asked.clock },
    handleDeviation: handle,
    reassign: async () => ({ kind: 'reassigned', body: { reassigned: [], refused: [], position: '1' } }),
    handleOrganisation: handle,
    handlePolicy: handle,
    handleRoutine: handle,
    queries: {
      casePage: answer, caseHistory: answer, caseResponsibility: answer, ownReports: answer, countedCases: answer, queue: answer, deadlines: answer, deadlineCompliance: answer, calendar: () => Promise.resolve(undefined), ivoTrails: answer, ivoTrail: answer, mails: answer, webhooks: answer, measures: answer, routines: answer, routine: answer, statistics: answer,
      organisation: answer, me: answer, policy: answer, policyReplay: answer, projections: answer, projectionRows: answer, rebuild: answer, ...queries,
    },
    live: { queue: () => Promise.resolve({ kind: 'not-found' }), deadlines: () => Promise.resolve({ kind: 'forbidden' }), listeners: () => 0 },
    reached: (position, withinMs) => {
      asked.waits.push(position)
      return reached(position, withinMs)
    },
    position: () => Promise.resolve('0000000009'),
    ready: () => Promise.resolve({ ready, details: { projections: [] } }),
    projections: () => Promise.resolve([{ name: 'queue', status: 'live', lag: 4 }]),
    ...(demo && {
      demo: {
        setClock: (to: string) => {
          asked.clock = to
        },
        load: () => Promise.resolve({ kind: 'refused', reasons: [{ code: 'log-not-empty' }] }),
        initOrganisation: (people: object) => Promise.resolve({ kind: 'done', body: { ...people } }),
      },
    }),
    close: () => Promise.resolve(),
  }
  return { application, asked }
}

let server: Server | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})
const serving = async (script: Script = {}, options: Partial<ServerOptions> = {}) => {
  const { application, asked } = scripted(script)
  const lines: string[] = []
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(line) })
  // The login stands for its own token here; real tokens have their own spec.
  const authenticate: ServerOptions['authenticate'] = (authorization) => {
    const login = /^Bearer (.+)$/.exec(authorization ?? '')?.[1]
    return login === undefined ? undefined : { login, until: Infinity }
  }
  server = await createServer({ application, authenticate, rateLimit: 500, log, ...options })
  const { fastify } = server
  const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: InjectOptions['payload'], headers: Record<string, string> = {}) => {
    const answer = await fastify.inject({ method, url, headers: { authorization: 'Bearer chef', ...headers }, ...(payload !== undefined && { payload }) })
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: answer.headers['content-type']?.toString().includes('json') ? answer.json() : undefined }
  }
  return { send, asked, lines, fastify }
}
const assess = `/v1/deviations/${id}/assess`

describe('a command', () => {
  it('answers a new case with 201, its address, revision and position', async () => {
    const { send, asked } = await serving({ outcome: { ...done, revision: 0, created: true } })
    const answer = await send('POST', '/v1/deviations', deviationBodies.report, { 'idempotency-key': 'k-1' })
    expect(answer.status).toBe(201)
    expect(answer.headers).toMatchObject({ location: `/v1/deviations/${id}`, etag: '"0"', 'vaka-position': '0000000007' })
    expect(answer.body).toEqual({ id, revision: 0, position: '0000000007', events: [{ id: 'e1', type: 'deviation-assessed' }] })
    expect(asked.commands).toEqual([
      {
        command: expect.objectContaining({ intent: 'report', description: deviationBodies.report.description, discoveredAt: '2020-02-21T09:00:00.000Z' }),
        path: '/v1/deviations',
        sender: { login: 'chef' },
        idempotencyKey: 'k-1',
        correlationId: answer.headers['x-request-id'],
      },
    ])
  })
  it('of many reports in one makes a case at its own address', async () => {
    const { send, asked } = await serving({ outcome: { ...done, revision: 0, created: true } })
    const answer = await send('POST', '/v1/deviations/report-batch', deviationBodies['report-batch'], { 'idempotency-key': 'k-1' })
    expect([answer.status, answer.headers.location]).toEqual([201, `/v1/deviations/${id}`])
    expect(asked.commands).toEqual([
      {
        command: expect.objectContaining({ intent: 'report-batch', count: 14, period: { from: '2020-02-01', to: '2020-02-29' } }),
        path: '/v1/deviations/report-batch',
        sender: { login: 'chef' },
        idempotencyKey: 'k-1',
        correlationId: answer.headers['x-request-id'],
      },
    ])
  })
  it('that makes a case is none about a case', async () => {
    const { send, asked } = await serving()
    for (const intent of ['report', 'report-batch'] as const) {
      const answer = await send('POST', `/v1/deviations/${id}/${intent}`, deviationBodies[intent])
      expect([answer.status, answer.body.type]).toEqual([404, '/problems/unknown-command'])
    }
    expect(asked.commands).toEqual([])
  })
  it('carries case, revision and trace, and answers 200', async () => {
    const { send, asked } = await serving()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const answer = await send('POST', `/v1/deviations/${id.toUpperCase()}/assess`, deviationBodies.assess, { 'if-match': '"2"', traceparent })
    expect([answer.status, answer.headers.etag]).toEqual([200, '"3"'])
    expect(asked.commands).toMatchObject([{ caseId: id, ifMatch: 2, path: assess, correlationId: '4bf92f3577b34da6a3ce929d0e0e4736' }])
  })
  it('on a routine registers one at its own address, and acts on one by its id', async () => {
    const registered = await serving({ outcome: { ...done, stream: 'routine-lakemedel', revision: 0, created: true } })
    const first = await registered.send('POST', '/v1/routines', routineBodies['register-routine'])
    expect([first.status, first.headers.location, first.headers.etag, first.body.id]).toEqual([201, '/v1/routines/lakemedel', '"0"', 'lakemedel'])
    const { send, asked } = await serving({ outcome: { ...done, stream: 'routine-lakemedel' } })
    const answer = await send('POST', '/v1/routines/lakemedel/record-self-check', routineBodies['record-self-check'], { 'if-match': '"2"' })
    expect([answer.status, answer.headers.etag, answer.headers.location]).toEqual([200, '"3"', undefined])
    expect(asked.commands).toMatchObject([{ routineId: 'lakemedel', ifMatch: 2, path: '/v1/routines/lakemedel/record-self-check', command: { intent: 'record-self-check', performedAt: '2020-03-01T08:00:00.000Z' } }])
    const odd = await send('POST', '/v1/routines/lakemedel/revise', { changes: 'x', measureId: 'm1' })
    expect([odd.status, odd.body.errors[0].pointer]).toEqual([400, '/case'])
    for (const path of ['/v1/routines/lakemedel/register-routine', '/v1/routines/lakemedel/close', '/v1/routines/Lakemedel/end']) expect((await send('POST', path, { reason: 'x' })).status).toBe(404)
  })
  it('without fields needs no body', async () => {
    const { send, asked } = await serving()
    expect((await send('POST', `/v1/deviations/${id}/take-over-lex-sarah`)).status).toBe(200)
    expect((await send('POST', `/v1/deviations/${id}/take-over-lex-sarah`, '', { 'content-type': 'application/json' })).status).toBe(200)
    expect(asked.commands.map(({ command }) => command)).toEqual([{ intent: 'take-over-lex-sarah' }, { intent: 'take-over-lex-sarah' }])
  })
  it('on the policy answers 200, its faults below their part; a replay is a question', async () => {
    const { send, asked } = await serving({ outcome: { kind: 'done', stream: 'policy', revision: 0, position: '0000000009', events: [], created: true } })
    const answer = await send('POST', '/v1/policy/publish', policyBodies.publish)
    expect([answer.status, answer.body]).toEqual([200, { id: 'policy', revision: 0, position: '0000000009', events: [] }])
    expect((await send('POST', '/v1/policy/confirm', policyBodies.confirm)).status).toBe(200)
    expect(asked.commands.map(({ command, path }) => [Reflect.get(command, 'intent'), path])).toEqual([['publish', '/v1/policy/publish'], ['confirm', '/v1/policy/confirm']])
    const faulty = await send('POST', '/v1/policy/publish', { policy: 'p', deadlines: [{ ...policyBodies.publish.deadlines?.[0], due: { amount: 0, unit: 'weeks' } }], risks: {} })
    expect([faulty.status, faulty.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)]).toEqual([400, ['/risks unknown-field', '/deadlines/0/due/amount not-in-range', '/deadlines/0/due/unit unknown-code']])
    expect((await send('POST', '/v1/policy/replay', { from: '2020-01-01', to: '2020-12-31', risk: policyBodies.publish.risk })).status).toBe(200)
    expect((await send('POST', '/v1/policy/replay', { from: '2020-01-01' })).body.errors).toMatchObject([{ pointer: '/to', code: 'required' }])
    expect((await send('POST', '/v1/policy/unpublish', {})).status).toBe(404)
    expect(asked.commands).toHaveLength(2)
  })
  it('on the organisation answers 200 and the grant', async () => {
    const { send } = await serving({ outcome: { kind: 'done', stream: 'organisation', revision: 8, position: '0000000009', events: [], created: true, extra: { grant: 'g1' } } })
    const answer = await send('POST', '/v1/organisation/grant-role', organisationBodies['grant-role'])
    expect([answer.status, answer.body]).toEqual([200, { id: 'organisation', revision: 8, position: '0000000009', events: [], grant: 'g1' }])
  })

  it.each([
    [{ kind: 'invalid', faults: [{ pointer: '/unit', code: 'unit-unknown' }] }, 400, 'invalid-fields'],
    [{ kind: 'forbidden' }, 403, 'forbidden'],
    [{ kind: 'not-found' }, 404, 'not-found'],
    [{ kind: 'conflict' }, 409, 'conflict'],
    [{ kind: 'stale', revision: 5 }, 412, 'revision-stale'],
    [{ kind: 'refused', reasons: [{ code: 'not-assessed' }] }, 422, 'refused'],
    [{ kind: 'key-reused' }, 422, 'idempotency-key-reused'],
    [{ kind: 'precondition-required' }, 428, 'precondition-required'],
  ] as const)('that came to no receipt, row %#', async (outcome, status, code) => {
    const { send } = await serving({ outcome })
    const answer = await send('POST', assess, deviationBodies.assess, { 'if-match': '"2"' })
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(answer.body).toMatchObject({ type: `/problems/${code}`, status, instance: answer.headers['x-request-id'] })
    expect((await send('GET', answer.body.type)).text).toContain(code)
  })
  it('tells faults and reasons in the language asked for', async () => {
    const { send } = await serving({ outcome: { kind: 'refused', reasons: [{ code: 'not-scored' }] } })
    const said = async (language: string) => (await send('POST', assess, deviationBodies.assess, { 'if-match': '"2"', 'accept-language': language })).body.reasons[0].detail
    expect(await said('de, en;q=0.8, sv;q=0.5')).toBe('The risk is not scored. Give severity and likelihood.')
    expect(await said('en;q=0.2, sv-FI')).toBe('Risken är inte bedömd. Ange allvarlighetsgrad och sannolikhet.')
    expect(await said('de')).toMatch(/^Risken/)
  })

  it('with faulty headers and body names them all at once', async () => {
    const { send, asked } = await serving()
    const answer = await send('POST', assess, { group: 'both' }, { 'if-match': '7', 'idempotency-key': 'two words' })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])).toEqual([
      ['/header/Idempotency-Key', 'not-a-key'],
      ['/header/If-Match', 'not-an-etag'],
      ['/group', 'unknown-code'],
      ['/outcome', 'required'],
      ['/category', 'required'],
    ])
    expect(asked.commands).toEqual([])
  })
  it.each(['W/"7"', '7', '"x"', '*', '"1", "2"', '""'])('takes no If-Match %s', async (value) => {
    const { send } = await serving()
    expect((await send('POST', assess, deviationBodies.assess, { 'if-match': value })).status).toBe(400)
  })
  it('that judges needs If-Match; another does not', async () => {
    const { send } = await serving()
    expect((await send('POST', assess, deviationBodies.assess)).status).toBe(428)
    expect((await send('POST', `/v1/deviations/${id}/supplement`, deviationBodies.supplement)).status).toBe(200)
  })
  it('that nobody knows is not found, nor is a case that cannot be', async () => {
    const { send } = await serving()
    for (const path of [`/v1/deviations/${id}/explode`, `/v1/deviations/${id}/report`, `/v1/deviations/${id}/constructor`, '/v1/organisation/toString'])
      expect((await send('POST', path, {})).body).toMatchObject({ status: 404, type: '/problems/unknown-command' })
    expect((await send('POST', '/v1/deviations/7/reopen', deviationBodies.reopen)).body.type).toBe('/problems/not-found')
  })
  it('beyond what the server can have under way is told to come back', async () => {
    const held: (() => void)[] = []
    const { send } = await serving({ outcome: () => new Promise((resolve) => held.push(() => resolve(done))) }, { mostUnderWay: 1 })
    const first = send('POST', `/v1/deviations/${id}/reopen`, deviationBodies.reopen)
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = await send('POST', `/v1/deviations/${id}/reopen`, deviationBodies.reopen)
    expect([second.status, second.headers['retry-after']]).toEqual([503, '1'])
    held[0]?.()
    expect((await first).status).toBe(200)
  })
})

describe('a request that cannot be read', () => {
  const json = { 'content-type': 'application/json' }
  it.each([
    ['broken JSON', '{"text": "Kalle', json, 400, 'malformed-json'],
    ['a key that reaches for the prototype', '{"text":"x","__proto__":{"admin":true}}', json, 400, 'malformed-json'],
    ['a constructor that reaches for it', '{"text":"x","constructor":{"prototype":{"admin":true}}}', json, 400, 'malformed-json'],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), json, 400, 'malformed-json'],
    ['a body that is no object', '[]', json, 400, 'invalid-fields'],
    ['null', 'null', json, 400, 'invalid-fields'],
    ['another media type', 'text=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported-media-type'],
    ['no media type', 'text', { 'content-type': '' }, 415, 'unsupported-media-type'],
    ['more than 64 KiB', JSON.stringify({ text: 'x'.repeat(65_536) }), json, 413, 'too-large'],
  ])('%s', async (_, payload, headers, status, code) => {
    const { send, asked } = await serving()
    const answer = await send('POST', `/v1/deviations/${id}/supplement`, payload, headers)
    expect([answer.status, answer.body.type]).toEqual([status, `/problems/${code}`])
    expect(answer.text).not.toContain('Kalle')
    expect(asked.commands).toEqual([])
  })
  it('an address that is not one, or that nothing answers to', async () => {
    const { send } = await serving()
    expect((await send('GET', '/v1/deviations/%zz')).body).toMatchObject({ type: '/problems/malformed-request' })
    const nowhere = await send('GET', '/nowhere/Kalle')
    expect([nowhere.status, nowhere.body.type, nowhere.text.includes('Kalle')]).toEqual([404, '/problems/not-found', false])
  })
  it('another method than the route has', async () => {
    const { send } = await serving()
    const answer = await send('DELETE', `/v1/deviations/${id}`)
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD'])
    expect((await send('GET', assess)).headers.allow).toBe('POST')
  })
})

describe('who asks', () => {
  it('is unknown without a token, on every way to a guarded route', async () => {
    const { send } = await serving()
    for (const url of ['/v1/me', '/%76%31/me', '/v1/deviations'])
      expect((await send('GET', url, undefined, { authorization: '' })).headers['www-authenticate']).toBe('Bearer realm="vaka"')
    expect((await send('POST', '/v1/deviations', {}, { authorization: 'Basic eA==' })).status).toBe(401)
  })
  it('waits when asking too often, alone', async () => {
    const { send } = await serving({}, { rateLimit: 2 })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await send('GET', '/v1/me')).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await send('GET', '/v1/me')).headers['retry-after']).toBe('1')
    expect((await send('GET', '/v1/me', undefined, { authorization: 'Bearer kollega' })).status).toBe(200)
  })
  it('gets 503 when nobody can tell', async () => {
    const { send } = await serving({}, { authenticate: () => Promise.reject(Object.assign(new Error('no keys'), { code: 'unavailable' })) })
    const answer = await send('GET', '/v1/me')
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '5'])
  })
  it('is not told that nothing was saved when the store cannot say', async () => {
    const { send } = await serving({ queries: { casePage: () => Promise.reject(Object.assign(new Error('no answer'), { code: 'outcome-unknown' })) } })
    const answer = await send('GET', `/v1/deviations/${id}`)
    expect([answer.status, answer.headers['retry-after'], answer.body]).toEqual([503, '5', expect.objectContaining({ type: '/problems/outcome-unknown', detail: expect.stringContaining('Idempotency-Key') })])
  })
})

describe('a question', () => {
  it('answers with how far it has read, and waits for what the caller wrote', async () => {
    const { send, asked } = await serving({ queries: { casePage: () => Promise.resolve({ kind: 'found', body: { id }, revision: 4, position: '0000000008' }) } })
    const page = await send('GET', `/v1/deviations/${id}?after=0000000007`)
    expect(page.headers).toMatchObject({ etag: '"4"', 'vaka-position': '0000000008', 'cache-control': 'no-store' })
    expect(asked.waits).toEqual(['0000000007'])
    expect((await send('GET', '/v1/me')).headers['vaka-position']).toBe('0000000009')
  })
  it('passes on its parameters', async () => {
    const seen: unknown[] = []
    const note = (...args: readonly unknown[]) => {
      seen.push(args.slice(1))
      return Promise.resolve(found)
    }
    const { send } = await serving({ queries: { queue: note, statistics: note, countedCases: note, caseHistory: note, ownReports: note, measures: note, routines: note, routine: note } })
    await send('GET', '/v1/queues/missbruk')
    await send('GET', '/v1/queues/missbruk?view=mine&limit=200&cursor=abc&at=2020-01-01T01:00:00%2B01:00')
    await send('GET', '/v1/statistics?from=2020-01-01&to=2020-12-31&by=unit,channel&unit=ifo')
    await send('GET', '/v1/deviations?view=counted&from=2020-01-01&to=2020-12-31&date=reported&channel=web&category=none')
    await send('GET', '/v1/deviations?view=reported-by-me&limit=7')
    await send('GET', `/v1/deviations/${id}/history?revision=3`)
    await send('GET', '/v1/measures?unit=ifo&status=overdue&routine=lakemedel')
    await send('GET', '/v1/routines?process=Boende%20och%20st%C3%B6d&asks=self-check')
    await send('GET', '/v1/routines/lakemedel?at=2020-01-01T00:00:00Z')
    expect(seen).toEqual([
      ['missbruk', { view: 'open', limit: 50 }],
      ['missbruk', { view: 'mine', limit: 200, cursor: 'abc', at: '2020-01-01T00:00:00.000Z' }],
      [{ from: '2020-01-01', to: '2020-12-31', by: ['unit', 'channel'], date: 'received', unit: 'ifo' }],
      [{ from: '2020-01-01', to: '2020-12-31', date: 'reported', dimensions: { channel: 'web', category: 'none' }, limit: 50 }],
      [{ limit: 7 }],
      [id, { revision: 3, limit: 50 }],
      [{ unit: 'ifo', status: 'overdue', routine: 'lakemedel', limit: 50 }],
      [{ process: 'Boende och stöd', asks: 'self-check', limit: 50 }],
      ['lakemedel', { at: '2020-01-01T00:00:00.000Z' }],
    ])
  })
  it.each([
    [`/v1/deviations/${id}?at=2020-01-01&colour=red`, [['/at', 'not-an-instant'], ['/colour', 'unknown-parameter']]],
    [`/v1/deviations/${id}?at=2030-01-01T00:00:00Z`, [['/at', 'in-the-future']]],
    [`/v1/deviations/${id}?at=2020-01-01T00:00:00Z&revision=1`, [['/revision', 'given-both']]],
    [`/v1/deviations/${id}/history?limit=201&revision=-1`, [['/limit', 'not-in-range'], ['/revision', 'not-a-revision']]],
    ['/v1/queues/ifo?view=all&limit=5&limit=6', [['/view', 'unknown-code'], ['/limit', 'given-twice']]],
    ['/v1/statistics?from=2020-02-30&by=unit,unit', [['/from', 'not-a-date'], ['/by', 'faulty'], ['/to', 'required']]],
    ['/v1/statistics?from=2020-02-02&to=2020-02-01', [['/to', 'dates-reversed']]],
    ['/v1/deviations', [['/view', 'required']]],
  ])('%s is malformed', async (url, errors) => {
    const { send } = await serving()
    const answer = await send('GET', url)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code])).toEqual(errors)
  })
  it('passes on its reason, percent-encoded or in UTF-8', async () => {
    const reasons: (string | undefined)[] = []
    const { send } = await serving({
      queries: {
        me: (q: QueryRequest) => {
          reasons.push(q.reason)
          return Promise.resolve(found)
        },
      },
    })
    for (const reason of ['Granskning%20av%20%C3%A4rende', Buffer.from('Granskning på 100 %').toString('latin1'), '  '])
      await send('GET', '/v1/me', undefined, { 'vaka-reason': reason })
    expect(reasons).toEqual(['Granskning av ärende', 'Granskning på 100 %', undefined])
    expect((await send('GET', '/v1/me', undefined, { 'vaka-reason': 'x'.repeat(501) })).body.errors[0].pointer).toBe('/header/Vaka-Reason')
  })
  it('about what cannot be is not found', async () => {
    const { send } = await serving()
    for (const url of ['/v1/deviations/7', '/v1/queues/Missbruk', `/v1/queues/${'a'.repeat(101)}`, '/v1/projections/..%2fkeys']) expect((await send('GET', url)).status).toBe(404)
  })
})

describe('a fault of ours', () => {
  it('is answered without its words and logged with its frames', async () => {
    const { send, lines } = await serving({ outcome: () => Promise.reject(new Error('Kalle Karlsson 18900101-9802')) })
    const answer = await send('POST', `/v1/deviations/${id}/supplement`, { text: 'Hemligt' }, { 'if-none-match': 'Hemligt' })
    expect(answer.body).toMatchObject({ type: '/problems/internal', status: 500 })
    const fault = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'fault')
    expect(fault).toMatchObject({ requestId: answer.body.instance, name: 'Error', stack: expect.stringContaining('server.spec') })
    expect(answer.text + lines.join('')).not.toMatch(/Kalle|Hemligt|chef/)
  })
})

describe('the log', () => {
  it('has a line for each request with its route, never its address or sender', async () => {
    const { send, lines } = await serving()
    const answer = await send('GET', `/v1/deviations/${id}?after=0000000007`)
    const [line] = lines.map((text) => JSON.parse(text)).filter(({ msg }) => msg === 'request')
    expect(line).toMatchObject({ requestId: answer.headers['x-request-id'], method: 'GET', route: '/v1/deviations/:id', status: 200, ms: expect.any(Number) })
    expect(Object.keys(line).sort()).toEqual(['level', 'method', 'ms', 'msg', 'requestId', 'route', 'status', 'time'])
    expect(lines.join('')).not.toMatch(new RegExp(`${id}|chef|0000000007`))
  })
})

describe('the system', () => {
  it('lives, is ready or not, and shows its metrics, without a token', async () => {
    const { send } = await serving({ ready: false })
    const open = { authorization: '' }
    expect((await send('GET', '/health/live', undefined, open)).status).toBe(200)
    expect((await send('GET', '/health/ready', undefined, open)).body).toEqual({ status: 'not-ready', projections: [] })
    await send('POST', `/v1/deviations/${id}/reopen`, deviationBodies.reopen)
    const { text } = await send('GET', '/metrics', undefined, open)
    expect(text).toContain('vaka_command_duration_seconds_count{intent="reopen",outcome="done"} 1')
    expect(text).toContain('vaka_projection_lag_events{projection="queue"} 4')
  })
  it('is not ready from the moment at which it begins to stop, and still answers', async () => {
    const { send, fastify } = await serving()
    const port = await server?.listen(0, '127.0.0.1')
    expect(port).toBe(Number(Reflect.get(Object(fastify.server.address()), 'port')))
    const stopped = server?.close({ graceMs: 50 })
    const ready = await send('GET', '/health/ready')
    expect([ready.status, ready.headers.connection, ready.body]).toEqual([503, 'close', { status: 'not-ready', waitingFor: 'The server is stopping.' }])
    expect((await send('POST', assess, deviationBodies.assess, { 'if-match': '"2"' })).status).toBe(200)
    await stopped
  })
  it('does not wait for positions when it ends', async () => {
    const { send, asked } = await serving({ reached: () => new Promise(() => undefined) })
    const answer = send('GET', `/v1/deviations/${id}?after=0000000007`)
    while (asked.waits.length === 0) await new Promise(setImmediate)
    await server?.close()
    expect((await answer).status).toBe(200)
  })
})

describe('the demonstration', () => {
  it('moves its clock forward, loads and begins', async () => {
    const { send } = await serving()
    expect((await send('POST', '/demo/clock', { now: '2020-04-01T10:00:00+02:00' })).body).toEqual({ now: '2020-04-01T08:00:00.000Z' })
    expect((await send('POST', '/demo/clock', { now: '2020-03-01T10:00:00+02:00' })).body.errors).toMatchObject([{ pointer: '/now', code: 'not-forward' }])
    expect((await send('POST', '/demo/load')).body.reasons).toMatchObject([{ code: 'log-not-empty' }])
    const begun = await send('POST', '/demo/organisation-init', { admin: 'admin', confirmer: 'dataskydd' })
    expect([begun.status, begun.body]).toEqual([200, { admin: 'admin', confirmer: 'dataskydd' }])
  })
  it('is only there in demo mode, and only for this machine', async () => {
    const { send, fastify } = await serving()
    expect((await send('POST', '/demo/load', undefined, { host: 'evil.example' })).status).toBe(404)
    expect((await fastify.inject({ method: 'POST', url: '/demo/load', remoteAddress: '10.0.0.7' })).statusCode).toBe(404)
    await server?.close()
    expect((await (await serving({ demo: false })).send('POST', '/demo/load')).status).toBe(404)
  })
})

describe('the description of the interface', () => {
  it('is served with its page, and names only routes that there are', async () => {
    const { send } = await serving()
    const page = await send('GET', '/docs', undefined, { authorization: '' })
    expect([page.status, page.text.includes('swagger-ui')]).toEqual([200, true])
    const served = await send('GET', '/docs/openapi.json', undefined, { authorization: '' })
    expect(served.body).toEqual(JSON.parse(JSON.stringify(openApi())))
    expect(served.body.openapi).toMatch(/^3\.1\./)
    expect(served.body.paths['/v1/deviations/report-batch'].post).toMatchObject({ operationId: 'report-batch', responses: { 201: {} } })
    expect(served.body.paths['/v1/deviations/{id}/report-batch']).toBeUndefined()
    for (const [path, operations] of Object.entries<object>(served.body.paths))
      for (const method of Object.keys(operations)) {
        const url = path.replace('{id}', id).replace(/\{\w+\}/, 'x')
        const answer = await send(method === 'get' ? 'GET' : 'POST', url, method === 'get' ? undefined : {})
        expect([path, answer.status, answer.body?.type]).not.toEqual([path, expect.any(Number), expect.stringMatching(/unknown-command|method-not-allowed|internal/)])
        if (!/^\/(problems|v1\/queues)/.test(path)) expect([path, answer.status]).not.toEqual([path, 404])
      }
  })
})
