import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer as createGate, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { until } from '#apps/api/acceptance/outside'
import { ordinary } from '#apps/api/acceptance/town'
import type { Application } from '#apps/api/application'
import { deferred } from '#apps/api/deferred'
import { createServer, type Server } from '#apps/api/server'
import { authenticator, demoVerifier, mintDemoToken } from '#apps/api/tokens'
import { founders, organisationSteps } from '#apps/application/demo/organisation'
import type { StoreUrls } from '#apps/application/places'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { openVaka } from '#apps/application/vaka'
import { runDesk } from '#apps/desk/run'
import { startClusterProjector, type Projector } from '#apps/projector/cluster'
import { healthServer } from '#apps/projector/health'
import { projections } from '#apps/projector/list'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { rebuild } from '#libs/kernel/projector'
import { startPostgres, type TestServer } from '#libs/postgres/testing/server'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { pino } from 'pino'

const folder = mkdtempSync(join(tmpdir(), 'vaka-cluster-'))
const masterKey = randomBytes(32)
let postgres: TestServer
let events: StandIn
/** Where the event store is to be reached: nobody is there until it opens. */
let gate: { readonly port: number; open(): void; close(): Promise<void> }
let urls: StoreUrls
const told: string[] = []
const tell = (sentence: string): void => void told.push(sentence)
const failed: unknown[] = []
const onFinal = (thrown: unknown): void => void failed.push(thrown)
const ending: (() => Promise<void>)[] = []

interface Api {
  readonly application: Application
  readonly server: Server
}
const openApi = async (): Promise<Api> => {
  const application = deferred(() => openVaka({ dataFolder: folder, stores: urls, masterKey: masterKey.toString('hex'), demo: true }, tell), { tell, onFinal })
  const server = await createServer({ application, authenticate: authenticator(demoVerifier(folder)), rateLimit: 1_000_000, log: pino({ level: 'silent' }) })
  ending.push(async () => {
    await server.close()
    await application.close()
  })
  return { application, server }
}
const openProjector = (): Projector => {
  const projector = startClusterProjector({ stores: urls, masterKey: { key: createSecretKey(masterKey) }, silenceMs: 3000, tell, onFinal })
  ending.push(() => projector.stop())
  return projector
}
const ask = async ({ server }: Api, login: string, method: 'GET' | 'POST', url: string, payload?: object, key?: string) => {
  const headers = { authorization: `Bearer ${await mintDemoToken(folder, login)}`, ...(key !== undefined && { 'idempotency-key': key }) }
  const { statusCode, headers: said, body } = await server.fastify.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: statusCode, retryAfter: said['retry-after'], body: JSON.parse(body) }
}
const readiness = async ({ server }: Api) => {
  const { statusCode, body } = await server.fastify.inject({ url: '/health/ready' })
  return { status: statusCode, body }
}
const report = { ...ordinary, unit: 'missbruk', discoveredAt: '2026-03-01T10:00:00Z' }
/** As a client does: again after 503, under the same key, at whichever api. */
const reported = async (apis: readonly [Api, Api], key: string): Promise<{ readonly id: string; readonly position: string; readonly tries: number }> => {
  for (let tries = 1; ; tries++) {
    const { status, body, retryAfter } = await ask(apis[tries % 2 === 0 ? 0 : 1], worker, 'POST', '/v1/deviations', report, key)
    if (status === 201) return { ...body, tries }
    expect([status, retryAfter]).toEqual([503, '5'])
    await new Promise(setImmediate)
  }
}
const worker = 'medarbetare-missbruk'
const leasesOf = (projector: Projector): unknown => projector.ready().details['leases']
const allLeases = [...projections.map(({ name }) => name), 'clock'].sort()

beforeAll(async () => {
  postgres = await startPostgres()
  const [read, keys] = [await postgres.schema(), await postgres.schema()]
  events = await standIn()
  gate = await openGate(events.port)
  urls = { events: `esdb://127.0.0.1:${gate.port}?tls=false&namespace=town`, read, keys }
}, 60_000)
afterAll(async () => {
  await Promise.all(ending.map((end) => end()))
  await gate.close()
  await events.close()
  await postgres.stop()
  rmSync(folder, { recursive: true })
}, 60_000)

let a: Api
let b: Api
let first: Projector
let second: Projector

it('listens before its stores are there, says which is missing and does nothing by half; then it is ready by itself', async () => {
  await postgres.crash()
  ;[a, b] = [await openApi(), await openApi()]
  first = openProjector()
  expect(await ask(a, worker, 'POST', '/v1/deviations', report)).toMatchObject({ status: 503, retryAfter: '5', body: { type: '/problems/unavailable' } })
  expect(await ask(a, worker, 'GET', '/v1/me')).toMatchObject({ status: 503, retryAfter: '5' })
  expect(await until(() => readiness(a), ({ body }) => body.includes('key vault'))).toMatchObject({ status: 503 })
  await postgres.start()
  expect(await until(() => readiness(a), ({ body }) => body.includes('event store'))).toMatchObject({ status: 503 })
  expect(first.ready().ready).toBe(false)
  gate.open()
  for (const api of [a, b]) await until(() => readiness(api), ({ status }) => status === 200)
  await until(async () => first.ready().ready, Boolean)
  expect(told.filter((sentence) => sentence.includes('only-here'))).toEqual([])
  expect(failed).toEqual([])
}, 60_000)

it('reads from one api what another wrote, once the projectors have it', async () => {
  const begin = await openVaka({ dataFolder: folder, stores: urls, masterKey: masterKey.toString('hex'), demo: true }, tell)
  expect(await begin.demo?.initOrganisation(founders)).toMatchObject({ kind: 'done' })
  expect(await begin.demo?.initOrganisation(founders)).toMatchObject({ kind: 'done' })
  expect(await begin.demo?.initOrganisation({ admin: 'other', confirmer: 'another' })).toMatchObject({ kind: 'refused' })
  await begin.close()
  const grants = new Map<string, string>()
  for (const step of organisationSteps()) {
    if (step.kind === 'case') continue
    const { intent, ...body } = step.kind === 'organisation' ? step.command : { intent: 'confirm-grant', grant: grants.get(step.grants) }
    const answer = await ask(grants.size % 2 === 0 ? a : b, step.who, 'POST', `/v1/organisation/${intent}`, body)
    expect([step.key, answer.status, answer.body.reasons]).toEqual([step.key, 200, undefined])
    grants.set(step.key, answer.body.grant ?? '')
  }
  const { id, position } = await reported([a, b], 'one')
  const seen = await ask(b, worker, 'GET', `/v1/deviations?view=reported-by-me&after=${position}`)
  expect(seen.body.rows.map((row: { readonly id: string }) => row.id)).toEqual([id])
  expect(await ask(b, 'dataskydd', 'POST', '/v1/projections/queue/rebuild')).toMatchObject({ status: 409, body: { type: '/problems/rebuild-elsewhere' } })
  const desk = (...args: readonly string[]) => runDesk(args, { LANG: 'en', VAKA_DATA: folder, EVENTS_URL: urls.events })
  expect(await desk('replay', id)).toMatchObject({ code: 0, error: '', out: expect.stringContaining('Deadlines set') })
  expect(await desk('policy', 'replay', 'default-1', '--from', '2020-01-01', '--to', '2020-12-31')).toMatchObject({ code: 0, error: '' })
}, 60_000)

it('has one projector do the work, and another take over when it stops', async () => {
  await until(async () => leasesOf(first), (held) => JSON.stringify(held) === JSON.stringify(allLeases))
  second = openProjector()
  await until(async () => second.ready().ready, Boolean)
  const { position } = await reported([a, b], 'two')
  expect(await b.application.reached(position, 10_000)).toBe(true)
  expect(leasesOf(second)).toEqual([])
  const health = healthServer(second)
  const port = await health.listen(0, '127.0.0.1')
  const from = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`)
    return [answer.status, await answer.text()] as const
  }
  const began = performance.now()
  await first.stop()
  await until(async () => leasesOf(second), (held) => JSON.stringify(held) === JSON.stringify(allLeases))
  expect(performance.now() - began).toBeLessThan(8000)
  expect(await b.application.reached((await reported([a, b], 'three')).position, 10_000)).toBe(true)
  await until(() => from('/metrics'), ([, text]) => text.includes('vaka_clock_round_timestamp_seconds 1'))
  const [, metrics] = await from('/metrics')
  expect(metrics).toContain('vaka_projection_stopped{projection="queue"} 0')
  expect(metrics).toContain('vaka_deadlines_missed_total{kind="assess"} 0')
  expect([(await from('/health/live'))[0], (await from('/health/ready'))[0], (await from('/v1/me'))[0]]).toEqual([200, 200, 404])
  await health.close()
}, 60_000)

it('catches up by itself when PostgreSQL starts again in the middle, with every row there once', async () => {
  const third = openProjector()
  await until(async () => third.ready().ready, Boolean)
  const many = Promise.all(Array.from({ length: 40 }, (_, i) => reported([a, b], `many-${i}`)))
  const before = events.log.events.length
  await until(async () => events.log.events.length, (count) => count > before + 12)
  await postgres.crash()
  const meanwhile = Promise.all(Array.from({ length: 20 }, (_, i) => reported([a, b], `meanwhile-${i}`)))
  await until(() => readiness(a), ({ status, body }) => status === 503 && /"(read|keys)":"(?!ok)/.test(body))
  await until(async () => second.ready().ready, (ready) => !ready)
  await postgres.start()
  const late = await meanwhile
  const answers = [...(await many), ...late]
  expect(new Set(answers.map(({ id }) => id)).size).toBe(60)
  expect(Math.min(...late.map(({ tries }) => tries))).toBeGreaterThan(1)
  for (const { position } of answers) expect(await b.application.reached(position, 20_000)).toBe(true)
  await until(() => readiness(a), ({ status }) => status === 200)
  await until(async () => third.ready().ready, Boolean)
  const log = await readLogUrl(urls.events)
  const there = await openReadModelUrl(urls.read)
  const anew = await openReadModel({ file: ':memory:' })
  const head = await log.checkpoint('head')
  for (const projection of projections) {
    await rebuild({ store: log, readModel: anew, projection, signal: new AbortController().signal })
    if (head !== 'start') await there.reached(projection.name, head.position, 10_000)
    expect([projection.name, await there.checksum(projection.name)]).toEqual([projection.name, await anew.checksum(projection.name)])
  }
  expect(await there.count('queue')).toBe(63)
  for (const store of [log, there, anew]) await store.close()
  expect(failed).toEqual([])
}, 60_000)

/** A port on which nobody answers until it is opened, and a server behind it then. */
const openGate = async (target: number): Promise<typeof gate> => {
  let isOpen = false
  const clients = new Set<Socket>()
  const server = createGate((client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('error', () => undefined)
    if (!isOpen) {
      client.destroy()
      return
    }
    const upstream = connect(target, '127.0.0.1').on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    open: () => {
      isOpen = true
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => { resolve() })
        for (const client of clients) client.destroy()
      }),
  }
}
