import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { assess, motivation, openTown, score, type Town } from '#apps/api/acceptance/town'
import { listenTo, type Heard, type Listener } from '#apps/api/testing/listener'
import { VirtualTimeScheduler } from 'rxjs'

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
/** Time that passes when a test says so. */
const beatMs = 600_000
const scheduler = new VirtualTimeScheduler()
const pass = (ms: number): void => {
  scheduler.maxFrames = scheduler.frame + ms
  scheduler.flush()
}

let town: Town
let port: number
const open: Listener[] = []
beforeAll(async () => {
  town = await openTown({ streams: { scheduler, beatMs, mostOfSubject: 3, mostInAll: 6 } })
  port = await town.listen()
})
afterAll(() => town.end())
const settled = async (isSo: () => boolean): Promise<void> => {
  const began = performance.now()
  while (!isSo()) {
    if (performance.now() - began > 10_000) throw new Error('It did not come to that')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
afterEach(async () => {
  for (const listener of open.splice(0)) listener.leave()
  await settled(() => town.application.live.listeners() === 0)
})

const listen = async (login: string, path = `/v1/queues/${unit}/live`, headers: Readonly<Record<string, string>> = {}): Promise<Listener> => {
  const listener = await listenTo(port, path, { authorization: `Bearer ${await town.tokenOf(login)}`, ...headers })
  open.push(listener)
  return listener
}
/** A listener that hears what comes from now on. */
const ready = async (login: string, path?: string): Promise<Listener> => {
  const listener = await listen(login, path)
  expect((await listener.next()).event).toBe('ready')
  return listener
}
const told = ({ event, data }: Heard): string => [event, data['id'] ?? data['because'], data['phase'], data['nextStep']].filter((part) => part !== undefined).join(' ')
/** The rows of the list that the stream is about. */
const listed = async (login: string, id: string, view = 'open'): Promise<Readonly<Record<string, unknown>> | undefined> =>
  (await town.get(login, `/v1/queues/${unit}?view=${view}&limit=200`)).body.rows.find((row: { readonly id: string }) => row.id === id)
/** What came until a row of the probe, which is the last thing that can have come. */
const until = async (listener: Listener, id: string): Promise<readonly Heard[]> => {
  const heard: Heard[] = []
  for (;;) {
    const event = await listener.next()
    if (event.data['id'] === id) return heard
    heard.push(event)
  }
}
const reported = (more: Partial<Parameters<Town['reports']>[1]> = {}) => town.reports(worker, { unit, ...more })

describe('the queue as it changes', () => {
  it('tells of each row what the list would, and that it has gone', async () => {
    const listener = await ready(chef)
    expect([listener.status, listener.headers['content-type'], listener.headers['cache-control'], listener.headers['x-accel-buffering']]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store', 'no'])
    const id = await reported()
    const came = await listener.next()
    expect([came.event, came.data]).toEqual(['row', await listed(chef, id)])
    expect(came.data).toMatchObject({ id, phase: 'reported', nextStep: 'assess' })
    await town.does(chef, id, 'assess', assess('not-a-deviation'))
    const changed = await listener.next()
    expect([changed.event, changed.data]).toEqual(['row', await listed(chef, id)])
    expect(changed.id > came.id).toBe(true)
    await town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation })
    expect(await listener.next()).toMatchObject({ event: 'gone', data: { id } })
    expect(await listed(chef, id)).toBeUndefined()
  })
  it('tells the limited view when the officer takes the case over, and the whole again when she gives it back', async () => {
    const [manager, officer] = [await ready(chef), await ready('sas', '/v1/queues/missbruk/live?view=mine')]
    const id = await reported()
    expect(told(await manager.next())).toBe(`row ${id} reported assess`)
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Grund' })
    expect(told(await officer.next())).toBe(`row ${id} lex-sarah take-over-lex-sarah`)
    await manager.next()
    await town.does('sas', id, 'take-over-lex-sarah', {})
    const limited = await manager.next()
    expect(limited).toMatchObject({ event: 'row', data: { id, phase: 'lex-sarah', title: null, nextStep: null, responsible: null } })
    expect(limited.data).toEqual(await listed(chef, id))
    expect(told(await officer.next())).toBe(`row ${id} lex-sarah appoint-investigator`)
    await town.does('sas', id, 'decline-lex-sarah', { motivation })
    expect(told(await manager.next())).toBe(`row ${id} assessing score-risk`)
    expect(await officer.next()).toMatchObject({ event: 'gone', data: { id } })
  })
  it('tells nothing of what the asker may not know of, and nothing of other units', async () => {
    const [manager, above, other] = [await ready(chef), await ready('omradeschef'), await ready('chef-barn-och-unga', '/v1/queues/barn-och-unga/live')]
    const about = await reported({ concernsManager: true })
    await town.does('omradeschef', about, 'assess', assess('not-a-deviation'))
    await town.does('omradeschef', about, 'close', { outcome: 'not-a-deviation', motivation })
    const probe = await reported()
    const elsewhere = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
    expect(await until(manager, probe)).toEqual([])
    expect(JSON.stringify(await until(above, probe))).toContain(about)
    expect(await until(other, elsewhere)).toEqual([])
  })
  it('tells of a view what belongs to it: what is overdue when the clock has said so, what is mine when it waits for me', async () => {
    const [overdue, registrar] = [await ready(chef, `/v1/queues/${unit}/live?view=overdue`), await ready('registrator', `/v1/queues/${unit}/live?view=mine`)]
    const id = await reported()
    await town.later(40)
    for (;;) {
      const heard = await overdue.next()
      if (heard.data['id'] !== id) continue
      expect([heard.event, heard.data['overdue'], heard.data['due']]).toEqual(['row', true, (await listed(chef, id, 'overdue'))?.['due']])
      break
    }
    await town.does(chef, id, 'request-diary-number', {})
    let heard = await registrar.next()
    while (heard.data['id'] !== id) heard = await registrar.next()
    expect(heard.event).toBe('row')
    await town.does('registrator', id, 'assign-diary-number', { diaryNumber: 'SN 2026/1', publicTitle: 'Avvikelse' })
    heard = await registrar.next()
    while (heard.data['id'] !== id) heard = await registrar.next()
    expect(heard.event).toBe('gone')
  })
  it('tells both units of a case that moves', async () => {
    const id = await reported()
    const [from, to] = [await ready(chef), await ready('chef-barn-och-unga', '/v1/queues/barn-och-unga/live')]
    await town.does(chef, id, 'move', { toUnit: 'barn-och-unga', reason: 'Fel enhet' })
    expect(told(await to.next())).toBe(`row ${id} reported assess`)
    const left = await from.next()
    expect([left.event, left.data['id']]).toEqual(['gone', id])
  })
  it('tells the unit that a case was offered to that the offer has gone', async () => {
    const id = await reported()
    await town.does(chef, id, 'assess', assess('deviation'))
    const offered = await ready('omradeschef', '/v1/queues/ifo/live')
    const provider = await ready('sas-nattugglan', '/v1/queues/nattugglan-lss/live')
    expect(await town.tries(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: 'Utföraren' })).toContain('handover-offered')
    expect(told(await offered.next())).toBe(`row ${id} assessing answer-handover`)
    await town.does(chef, id, 'withdraw-handover', { reason: 'Åter' })
    const manager = await ready('chef-nattugglan-lss', '/v1/queues/nattugglan-lss/live')
    await town.does(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: 'Utföraren' })
    expect(await manager.next()).toMatchObject({ event: 'row', data: { id, nextStep: 'answer-handover' } })
    await town.does(chef, id, 'withdraw-handover', { reason: 'Åter' })
    expect(await manager.next()).toMatchObject({ event: 'gone', data: { id } })
    expect(provider.taken()).toEqual([])
  })
})

describe('a stream that was cut', () => {
  it('goes on with what changed since, each row once, and what has gone', async () => {
    const [a, b, c] = [await reported(), await reported(), await reported()]
    const first = await ready(chef)
    await town.does(chef, a, 'assess', assess('deviation'))
    expect(told(await first.next())).toBe(`row ${a} assessing score-risk`)
    first.leave()
    await first.closed
    await town.does(chef, b, 'assess', assess('not-a-deviation'))
    await town.does(chef, c, 'assess', assess('deviation'))
    await town.does(chef, b, 'close', { outcome: 'not-a-deviation', motivation })
    await town.does(chef, c, 'score-risk', score(1, 1))
    const again = await listen(chef, undefined, { 'last-event-id': first.lastId() })
    expect([told(await again.next()), told(await again.next())]).toEqual([`gone ${b}`, `row ${c} measures propose-measures`])
    const probe = await reported()
    expect(await until(again, probe)).toEqual([])
    const byAddress = await listen(chef, `/v1/queues/${unit}/live?after=${first.lastId()}`)
    expect((await until(byAddress, probe)).map(told)).toEqual([`gone ${b}`, `row ${c} measures propose-measures`])
  })
  it('tells that a case has gone which came and went meanwhile, for the client may have been told of it', async () => {
    const first = await ready(chef)
    first.leave()
    await first.closed
    const id = await reported()
    await town.does(chef, id, 'assess', assess('not-a-deviation'))
    await town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation })
    const again = await listen(chef, undefined, { 'last-event-id': first.lastId() })
    expect(told(await again.next())).toBe(`gone ${id}`)
  })
  it('after a place that is not of this log is refused', async () => {
    const pointers: unknown[] = []
    for (const [path, headers] of [
      [`/v1/queues/${unit}/live?after=9999999999999999`, {}],
      [`/v1/queues/${unit}/live?after=abc`, {}],
      [`/v1/queues/${unit}/live`, { 'last-event-id': '9999999999999999' }],
      ['/v1/deadlines/live', { 'last-event-id': 'x y' }],
    ] as const) {
      const answer = await town.ask(chef, 'GET', path, undefined, headers)
      pointers.push([answer.status, answer.body.errors[0].pointer, answer.body.errors[0].code])
    }
    expect(pointers).toEqual([
      [400, '/after', 'not-a-position'],
      [400, '/after', 'not-a-position'],
      [400, '/header/Last-Event-ID', 'not-a-position'],
      [400, '/header/Last-Event-ID', 'not-a-position'],
    ])
  })
})

describe('who may listen', () => {
  it('is who may ask for the queue, before the stream opens', async () => {
    const statuses = []
    for (const [login, path] of [[worker, `/v1/queues/${unit}/live`], ['chef-barn-och-unga', `/v1/queues/${unit}/live`], [chef, '/v1/queues/okand/live'], [worker, '/v1/deadlines/live'], [chef, '/v1/deadlines/live?unit=barn-och-unga']] as const)
      statuses.push((await town.ask(login, 'GET', path)).status)
    expect(statuses).toEqual([403, 403, 404, 403, 403])
    expect((await listenTo(port, `/v1/queues/${unit}/live`, {})).status).toBe(401)
  })
  it('is told that her access has ended, and to read anew when the organisation around her changes', async () => {
    const grant = await town.post('admin', '/v1/organisation/grant-role', { subject: 'vikarie', role: 'unit-manager', unit, from: town.now() })
    const before = await ready(chef)
    await town.post('dataskydd', '/v1/organisation/confirm-grant', { grant: grant.body.grant })
    expect(told(await before.next())).toBe('reset organisation-changed')
    await before.closed
    const [hers, others, far] = [await ready('vikarie'), await ready(chef), await ready('chef-barn-och-unga', '/v1/queues/barn-och-unga/live')]
    await town.post('admin', '/v1/organisation/grant-role', { subject: 'ny', role: 'reporter', unit, from: town.now() })
    await town.post('admin', '/v1/organisation/revoke-role', { grant: grant.body.grant, until: town.now() })
    expect(told(await hers.next())).toBe('bye access-ended')
    expect(told(await others.next())).toBe('reset organisation-changed')
    await Promise.all([hers.closed, others.closed])
    const probe = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
    expect(await until(far, probe)).toEqual([])
  })
  it('is told to read anew when she comes back after such a change', async () => {
    const cut = await ready(chef)
    cut.leave()
    await cut.closed
    const grant = await town.post('admin', '/v1/organisation/grant-role', { subject: 'andra', role: 'unit-manager', unit, from: town.now() })
    await town.post('dataskydd', '/v1/organisation/confirm-grant', { grant: grant.body.grant })
    const again = await listen(chef, undefined, { 'last-event-id': cut.lastId() })
    expect(told(await again.next())).toBe('reset organisation-changed')
  })
  it('has three places of her own here, and six with all the others', async () => {
    for (let i = 0; i < 3; i++) await ready(chef)
    const fourth = await town.ask(chef, 'GET', `/v1/queues/${unit}/live`)
    expect([fourth.status, Number(fourth.headers['retry-after']) > 0]).toEqual([429, true])
    for (let i = 0; i < 3; i++) await ready('omradeschef')
    const seventh = await town.ask('sas', 'GET', `/v1/queues/${unit}/live`)
    expect([seventh.status, Number(seventh.headers['retry-after']) > 0]).toEqual([503, true])
    open.shift()?.leave()
    await settled(() => town.application.live.listeners() < 6)
    await ready('sas')
  })
})

describe('deadlines as they change', () => {
  it('are told when they are set, near, missed and escalated, met and lapsed, for whoever sees the case', async () => {
    const [manager, masked, other] = [await ready(chef, '/v1/deadlines/live'), await ready('kvalitet', '/v1/deadlines/live?unit=missbruk'), await ready('chef-barn-och-unga', '/v1/deadlines/live')]
    const about = await reported({ concernsManager: true })
    const id = await reported()
    const set = await manager.next()
    expect(set).toMatchObject({ event: 'deadline', data: { kind: 'case', case: id, id: 'assess', key: 'assess', status: 'upcoming', due: expect.any(String), dueInstant: expect.any(String) } })
    const next = await manager.next()
    expect([next.data['case'], next.data['id'], next.id > set.id]).toEqual([id, 'close', true])
    const lasting = async (listener: Listener, wanted: string): Promise<Heard> => {
      for (;;) {
        const heard = await listener.next()
        if (heard.data['case'] === id && `${String(heard.data['id'])} ${String(heard.data['status'])}` === wanted) return heard
      }
    }
    expect((await lasting(masked, 'close upcoming')).data['number']).toBe(set.data['number'])
    await town.later(20)
    expect((await lasting(manager, 'assess missed')).data).toMatchObject({ step: expect.any(Number), missedAt: set.data['dueInstant'] })
    await town.does(chef, id, 'assess', assess('not-a-deviation'))
    await lasting(manager, 'assess met')
    await town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation })
    await lasting(manager, 'close met')
    expect(manager.taken().filter(({ data }) => data['case'] === about)).toEqual([])
    expect(other.taken().filter(({ data }) => data['case'] === id || data['case'] === about)).toEqual([])
  })
  it('are gone when the officer takes the case over', async () => {
    const id = await reported()
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Grund' })
    const manager = await ready(chef, '/v1/deadlines/live')
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect(told(await manager.next())).toBe(`gone ${id}`)
    await town.does('sas', id, 'decline-lex-sarah', { motivation })
    const back = await manager.next()
    expect([back.event, back.data['case']]).toEqual(['deadline', id])
  })
})

describe('the connection', () => {
  const lines = (ended: string) => town.lines.map((line): Readonly<Record<string, unknown>> => (line.startsWith('{') ? JSON.parse(line) : {})).filter((line) => line['ended'] === ended)
  it('shows that it lives, and up to where all is told', async () => {
    const listener = await ready(chef)
    const [before, comments] = [listener.lastId(), listener.comments()]
    await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
    for (const probe = await ready('sas', '/v1/queues/barn-och-unga/live'), id = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga' }); (await probe.next()).data['id'] !== id; );
    await settled(() => {
      pass(beatMs)
      return listener.lastId() > before
    })
    expect(listener.comments()).toBeGreaterThan(comments)
    expect(listener.taken()).toEqual([])
  })
  it('ends when the token does', async () => {
    const listener = await ready(chef)
    pass(12 * 60 * 60 * 1_000)
    expect(told(await listener.next())).toBe('bye token-expired')
    await listener.closed
    await settled(() => lines('token-expired').length > 0)
    expect(lines('token-expired')[0]).toMatchObject({ msg: 'request', route: '/v1/queues/:unit/live', status: 200 })
  })
  it('leaves nothing behind when the client goes', async () => {
    const listener = await ready(chef)
    const before = lines('client-left').length
    listener.leave()
    await settled(() => town.application.live.listeners() === 0 && lines('client-left').length > before)
    expect((await town.ask('', 'GET', '/metrics')).text).toContain('vaka_streams_open 0')
  })
  it('has no body where only the head is asked for', async () => {
    const answer = await town.fastify.inject({ method: 'HEAD', url: `/v1/queues/${unit}/live`, headers: { authorization: `Bearer ${await town.tokenOf(chef)}` } })
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'text/event-stream; charset=utf-8', ''])
    expect(town.application.live.listeners()).toBe(0)
  })
  it('ends when the server stops, also of a client that reads nothing', async () => {
    const another = await openTown()
    const at = await another.listen()
    const authorization = `Bearer ${await another.tokenOf(chef)}`
    const [reader, sleeper] = [await listenTo(at, `/v1/queues/${unit}/live`, { authorization }), await listenTo(at, `/v1/queues/${unit}/live`, { authorization })]
    await reader.next()
    sleeper.pause()
    const stopped = another.closeServer()
    expect(told(await reader.next())).toBe('bye stopping')
    await Promise.all([reader.closed, stopped])
    expect(another.application.live.listeners()).toBe(0)
    await another.end()
  })
})
