import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { leasesOf, openCluster, report, worker, type Api, type Cluster } from '#apps/api/acceptance/cluster'
import { until } from '#apps/api/acceptance/outside'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { runDesk } from '#apps/desk/run'
import type { Projector } from '#apps/projector/cluster'
import { healthServer } from '#apps/projector/health'
import { projections } from '#apps/projector/list'
import { proxyTo, type Proxy } from '#libs/contracts/proxy'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { rebuild } from '#libs/kernel/projector'
import { startPostgres, type TestServer } from '#libs/postgres/testing/server'
import { openReadModel } from '#libs/read-model-sqlite/store'

let postgres: TestServer
let events: StandIn
/** On the ways to the stores. At the event store nobody is there until it is opened. */
let gate: Proxy
let lines: readonly Proxy[]
let urls: Parameters<typeof openCluster>[0]
let cluster: Cluster
const allLeases = [...projections.map(({ name }) => name), 'clock'].sort()

beforeAll(async () => {
  postgres = await startPostgres()
  const [read, keys] = [await postgres.schema(), await postgres.schema()]
  events = await standIn()
  gate = await proxyTo(events.url)
  gate.shut()
  lines = await Promise.all([read, keys].map(proxyTo))
  urls = { events: `${gate.url}&namespace=town`, read: lines[0]?.url ?? '', keys: lines[1]?.url ?? '' }
  cluster = openCluster(urls)
}, 60_000)
afterAll(async () => {
  await cluster.close()
  for (const proxy of [gate, ...lines]) await proxy.close()
  await events.close()
  await postgres.stop()
}, 60_000)

let a: Api
let b: Api
let first: Projector
let second: Projector
let third: Projector

it('listens before its stores are there, says which is missing and does nothing by half; then it is ready by itself', async () => {
  await postgres.crash()
  ;[a, b] = [await cluster.api(), await cluster.api()]
  first = cluster.projector()
  expect(await cluster.ask(a, worker, 'POST', '/v1/deviations', report)).toMatchObject({ status: 503, retryAfter: '5', body: { type: '/problems/unavailable' } })
  expect(await cluster.ask(a, worker, 'GET', '/v1/me')).toMatchObject({ status: 503, retryAfter: '5' })
  expect(await until(() => cluster.readiness(a), ({ body }) => body.includes('key vault'))).toMatchObject({ status: 503 })
  await postgres.start()
  expect(await until(() => cluster.readiness(a), ({ body }) => body.includes('event store'))).toMatchObject({ status: 503 })
  expect(first.ready().ready).toBe(false)
  gate.open()
  for (const api of [a, b]) await until(() => cluster.readiness(api), ({ status }) => status === 200)
  await until(async () => first.ready().ready, Boolean)
  expect(cluster.told.filter((sentence) => sentence.includes('only-here'))).toEqual([])
  expect(cluster.failed).toEqual([])
}, 60_000)

it('reads from one api what another wrote, once the projectors have it', async () => {
  expect(await cluster.found()).toMatchObject([{ kind: 'done' }, { kind: 'done' }, { kind: 'refused' }])
  expect(await cluster.organise([a, b])).toEqual([])
  const { id, position } = await cluster.reported([a, b], 'one')
  const seen = await cluster.ask(b, worker, 'GET', `/v1/deviations?view=reported-by-me&after=${position}`)
  expect(seen.body.rows.map((row: { readonly id: string }) => row.id)).toEqual([id])
  expect(await cluster.ask(b, 'dataskydd', 'POST', '/v1/projections/queue/rebuild')).toMatchObject({ status: 409, body: { type: '/problems/rebuild-elsewhere' } })
  const desk = (...args: readonly string[]) => runDesk(args, { LANG: 'en', VAKA_DATA: cluster.folder, EVENTS_URL: urls.events })
  expect(await desk('replay', id)).toMatchObject({ code: 0, error: '', out: expect.stringContaining('Deadlines set') })
  expect(await desk('policy', 'replay', 'default-1', '--from', '2020-01-01', '--to', '2020-12-31')).toMatchObject({ code: 0, error: '' })
}, 60_000)

it('has one projector do the work, and another take over when it stops', async () => {
  await until(async () => leasesOf(first), (held) => JSON.stringify(held) === JSON.stringify(allLeases))
  second = cluster.projector()
  await until(async () => second.ready().ready, Boolean)
  const { position } = await cluster.reported([a, b], 'two')
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
  expect(await b.application.reached((await cluster.reported([a, b], 'three')).position, 10_000)).toBe(true)
  await until(() => from('/metrics'), ([, text]) => text.includes('vaka_clock_round_timestamp_seconds 1'))
  const [, metrics] = await from('/metrics')
  expect(metrics).toContain('vaka_projection_stopped{projection="queue"} 0')
  expect(metrics).toContain('vaka_deadlines_missed_total{kind="assess"} 0')
  expect([(await from('/health/live'))[0], (await from('/health/ready'))[0], (await from('/v1/me'))[0]]).toEqual([200, 200, 404])
  await health.close()
}, 60_000)

it('catches up by itself when PostgreSQL starts again in the middle, with every row there once', async () => {
  third = cluster.projector()
  await until(async () => third.ready().ready, Boolean)
  const many = Promise.all(Array.from({ length: 40 }, (_, i) => cluster.reported([a, b], `many-${i}`)))
  const before = events.log.events.length
  await until(async () => events.log.events.length, (count) => count > before + 12)
  await postgres.crash()
  const meanwhile = Promise.all(Array.from({ length: 20 }, (_, i) => cluster.reported([a, b], `meanwhile-${i}`)))
  await until(() => cluster.readiness(a), ({ status, body }) => status === 503 && /"(read|keys)":"(?!ok)/.test(body))
  await until(async () => second.ready().ready, (ready) => !ready)
  await postgres.start()
  const late = await meanwhile
  const answers = [...(await many), ...late]
  expect(new Set(answers.map(({ id }) => id)).size).toBe(60)
  expect(Math.min(...late.map(({ tries }) => tries))).toBeGreaterThan(1)
  for (const { position } of answers) expect(await b.application.reached(position, 20_000)).toBe(true)
  await until(() => cluster.readiness(a), ({ status }) => status === 200)
  await until(async () => third.ready().ready, Boolean)
  expect(await checked()).toBe(63)
  expect(cluster.failed).toEqual([])
}, 60_000)

it('does each report once while the event store goes away, comes back, and stands still', async () => {
  const many = (what: string, count: number) => Promise.all(Array.from({ length: count }, (_, i) => cluster.reported([a, b], `${what}-${i}`)))
  const away = many('away', 20)
  gate.shut()
  await until(() => cluster.readiness(a), ({ status }) => status === 503)
  gate.open()
  expect(await readyAgain()).toBeLessThan(8000)
  expect(new Set((await away).map(({ id }) => id)).size).toBe(20)
  const still = many('still', 20)
  gate.hold('to-client')
  // Who looks is told soon, though the store says nothing.
  const began = performance.now()
  await until(() => cluster.readiness(a), ({ status }) => status === 503)
  expect(performance.now() - began).toBeLessThan(8000)
  gate.release()
  expect(await readyAgain()).toBeLessThan(8000)
  expect(new Set((await still).map(({ id }) => id)).size).toBe(20)
  expect(await checked()).toBe(103)
}, 90_000)

it('does each report once while the lines to PostgreSQL are cut, and while they are dead', async () => {
  const many = (what: string, count: number) => Promise.all(Array.from({ length: count }, (_, i) => cluster.reported([a, b], `${what}-${i}`)))
  const cut = many('cut', 20)
  const before = events.log.events.length
  for (let n = 1; n <= 3; n++) {
    await until(async () => events.log.events.length, (count) => count > before + n * 15)
    for (const line of lines) line.cut('reset')
  }
  expect(new Set((await cut).map(({ id }) => id)).size).toBe(20)
  expect(await readyAgain()).toBeLessThan(8000)
  // A firewall has forgotten what was open, and lets through what is new.
  for (const line of lines) line.forget()
  const began = performance.now()
  const dead = many('dead', 20)
  expect(new Set((await dead).map(({ id }) => id)).size).toBe(20)
  await readyAgain()
  expect(performance.now() - began).toBeLessThan(30_000)
  expect(await checked()).toBe(143)
  expect(cluster.failed).toEqual([])
}, 90_000)

/** Waits until all that is not stopped is ready; answers how long it took, ms. */
const readyAgain = async (): Promise<number> => {
  const began = performance.now()
  for (const api of [a, b]) await until(() => cluster.readiness(api), ({ status }) => status === 200)
  for (const projector of [second, third]) await until(async () => projector.ready().ready, Boolean)
  return performance.now() - began
}
/** Holds every projection against a rebuild of it in another store; answers how many cases there are. */
const checked = async (): Promise<number> => {
  const log = await readLogUrl(urls.events)
  const there = await openReadModelUrl(urls.read)
  const anew = await openReadModel({ file: ':memory:' })
  const head = await log.checkpoint('head')
  for (const projection of projections) {
    await rebuild({ store: log, readModel: anew, projection, signal: new AbortController().signal })
    if (head !== 'start') await there.reached(projection.name, head.position, 10_000)
    expect([projection.name, await there.checksum(projection.name)]).toEqual([projection.name, await anew.checksum(projection.name)])
  }
  const cases = await there.count('queue')
  for (const store of [log, there, anew]) await store.close()
  return cases
}
