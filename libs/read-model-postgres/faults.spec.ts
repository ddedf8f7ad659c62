import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { proxyTo, type Proxy } from '#libs/contracts/proxy'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import { projection } from '#libs/kernel/projection'
import { rebuild, runProjection } from '#libs/kernel/projector'
import { stateText } from '#libs/kernel/read-model'
import type { Operation, ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint } from '#libs/kernel/store'
import { startPostgres, until, type TestServer } from '#libs/postgres/testing/server'
import { openReadModelPostgres } from '#libs/read-model-postgres/store'
import { openReadModel } from '#libs/read-model-sqlite/store'
import pg from 'pg'

/** How many events each case has. */
const counts = projection<{ readonly count: number }, { count: 'integer' }>({
  name: 'counts',
  version: 1,
  streams: ['case-'],
  columns: { count: 'integer' },
  indices: [['count']],
  key: ({ stream }) => stream,
  fold: (state) => ({ count: (state?.count ?? 0) + 1 }),
  row: ({ count }) => ({ count }),
})
const at = (size: number): Checkpoint => ({ logId: 'log', position: String(size).padStart(16, '0'), size, leaf: `leaf ${size}` })
const batch = (n: number, rows = 200): Operation[] =>
  Array.from({ length: rows }, (_, i) => ({ key: `case-${n}-${i}`, state: stateText({ count: n, text: 'å 😀'.repeat(20) }), columns: { count: n } }))
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

const statementMs = 2000
let server: TestServer
let url: string
let proxy: Proxy
/** On the line that fails, with short limits, and beside it on a good one. */
let model: ReadModel
let beside: ReadModel
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  url = await server.schema()
  proxy = await proxyTo(url)
  model = await openReadModelPostgres({ url: proxy.url, statementMs, connectMs: 1000 })
  beside = await openReadModelPostgres({ url })
})
afterEach(async () => {
  proxy.release()
  await model.close()
  await beside.close()
  await proxy.close()
})
const unavailable = { code: 'unavailable' }
/** A build that answers and has seen one event. */
const given = async () => {
  const build = await beside.ready(counts)
  await beside.apply(build, [], 'start', at(1))
  await beside.promote(build)
  await model.position('counts')
  return { ...build, promoted: true }
}
const reachedBeside = async (size: number): Promise<void> => {
  while (!(await beside.builds()).some((build) => build.size === size)) await turn()
}
/** Asks until there is an answer; what comes before it is the fault of a store that is away. */
const answered = async <T>(ask: () => Promise<T>): Promise<{ readonly answer: T; readonly ms: number }> => {
  const began = performance.now()
  for (;;) {
    const answer = await ask().catch((thrown: unknown) => {
      expect(thrown).toMatchObject(unavailable)
      return undefined
    })
    if (answer !== undefined) return { answer, ms: performance.now() - began }
    await turn()
  }
}

describe('a batch whose line fails', () => {
  it.each([
    ['is reset', () => { proxy.cut('reset') }],
    ['is closed', () => { proxy.cut('end') }],
    ['stays half open', () => undefined],
  ])('is written once though its answer was lost, when the line %s', async (_, fail) => {
    const build = await given()
    // It waits for the row of the build until somebody lets go of it.
    const locker = new pg.Client({ connectionString: url })
    await locker.connect()
    await locker.query('begin; select from build for update')
    const lost = model.apply(build, batch(1), at(1), at(2)).then((answer) => answer, (thrown: unknown) => thrown)
    await until(async () => ((await server.run("select from pg_stat_activity where wait_event_type = 'Lock' and query like 'with moved%'")).length > 0 ? true : undefined))
    proxy.hold('to-client')
    await locker.query('commit')
    await locker.end()
    await reachedBeside(2)
    fail()
    expect(await lost).toMatchObject(unavailable)
    proxy.release()
    expect(await answered(() => model.apply(build, batch(1), at(1), at(2)))).toMatchObject({ answer: 'already' })
    expect(await beside.count('counts')).toBe(200)
  })
  it('leaves nothing of itself when the line is reset in its middle, and is written when it is sent again', async () => {
    const build = await given()
    proxy.release(4096)
    const passed = proxy.passed
    const lost = model.apply(build, batch(1, 5000), at(1), at(2)).then((answer) => answer, (thrown: unknown) => thrown)
    while (proxy.passed < passed + 200_000) await turn()
    proxy.cut('reset')
    expect(await lost).toMatchObject(unavailable)
    expect(await beside.count('counts')).toBe(0)
    proxy.release()
    expect(await answered(() => model.apply(build, batch(1, 5000), at(1), at(2)))).toMatchObject({ answer: 'applied' })
    expect(await beside.count('counts')).toBe(5000)
  })
  it('is whole when the line is slow', async () => {
    const build = await given()
    proxy.release(100)
    expect(await model.apply(build, batch(1), at(1), at(2))).toBe('applied')
    expect(await model.checksum('counts')).toBe(await beside.checksum('counts'))
    expect(await model.count('counts')).toBe(200)
  })
})

describe('a question whose line fails', () => {
  it.each([
    ['has been reset', () => { proxy.cut('reset') }, 1000],
    ['has been closed', () => { proxy.cut('end') }, 1000],
    ['is dead, which only silence tells', () => { proxy.hold('to-server', 'to-client') }, statementMs + 3000],
  ])('has its answer within seconds when the line %s', async (_, fail, withinMs) => {
    const build = await given()
    await model.apply(build, batch(1), at(1), at(2))
    await Promise.all(upTo(5).map(() => model.count('counts')))
    fail()
    const asked = answered(() => model.count('counts'))
    // What was sent into the dead line stays there, and the next connection finds a good one.
    if (withinMs > 1000) {
      await expect(model.query('counts')).rejects.toMatchObject(unavailable)
      proxy.cut('reset')
      proxy.release()
    }
    const { answer, ms } = await asked
    expect(answer).toBe(200)
    expect(ms).toBeLessThan(withinMs)
  })
  it('waits once for connections of which none answers any more, however many lie ready', async () => {
    await given()
    await Promise.all(upTo(5).map(() => model.count('counts')))
    proxy.forget()
    await expect(model.count('counts')).rejects.toMatchObject(unavailable)
    const back = performance.now()
    for (const _ of upTo(5)) expect(await model.count('counts')).toBe(0)
    expect(performance.now() - back).toBeLessThan(1000)
  })
  it('has its answer as soon as the server has started again', async () => {
    await given()
    await server.crash()
    await expect(model.count('counts')).rejects.toMatchObject(unavailable)
    await server.start()
    const { answer, ms } = await answered(() => model.position('counts'))
    expect(answer).toBe(at(1).position)
    expect(ms).toBeLessThan(1000)
  })
})

describe('who waits for a position', () => {
  it.each([
    ['was reset', () => { proxy.cut('reset') }],
    ['was dead', () => { proxy.hold('to-server', 'to-client') }],
  ])('hears of it by itself though the line %s when it came', async (_, fail) => {
    const build = await given()
    const arrived = model.reached('counts', at(2).position, 60_000)
    await until(async () => ((await server.run("select from pg_stat_activity where application_name = 'vaka listener' and query = 'select'")).length > 0 ? true : undefined))
    fail()
    await beside.apply(build, batch(1), at(1), at(2))
    proxy.cut('reset')
    proxy.release()
    const back = performance.now()
    expect(await arrived).toBe(true)
    expect(performance.now() - back).toBeLessThan(4000)
  })
})

it('a projection on a line that fails again and again has every row once', async () => {
  const log = await openEventStore({ file: ':memory:', clock: systemClock })
  const write = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) await log.append(`case-${n % 20}`, n < 20 ? 'none' : Math.floor(n / 20) - 1, [draft(n)])
  }
  const stop = new AbortController()
  let failed = 0
  /** As a projector does: again after a fault. */
  const projecting = (async () => {
    while (!stop.signal.aborted)
      await runProjection({ store: log, readModel: model, projection: counts, signal: stop.signal }).catch((thrown: unknown) => {
        expect(thrown).toMatchObject(unavailable)
        failed++
      })
  })()
  for (const round of upTo(8)) {
    proxy.release(round % 2 === 0 ? 50 : Infinity)
    const passed = proxy.passed
    await write(round * 100, round * 100 + 100)
    while (proxy.passed < passed + 2000) await turn()
    if (round % 4 === 3) proxy.hold('to-client')
    // One that has just written all it had loses an idle connection, and does not hear of it.
    proxy.cut(round % 4 === 0 ? 'end' : 'reset')
  }
  proxy.release()
  const head = await log.checkpoint('head')
  if (head === 'start') throw new Error('Nothing was written')
  while (!(await beside.reached('counts', head.position, 1000)));
  expect(failed).toBeGreaterThan(0)
  stop.abort()
  await projecting
  const anew = await openReadModel({ file: ':memory:' })
  await rebuild({ store: log, readModel: anew, projection: counts, signal: new AbortController().signal })
  expect(await beside.checksum('counts')).toBe(await anew.checksum('counts'))
  expect(await beside.query('counts', { where: [{ column: 'count', is: '=', value: 40 }] })).toHaveLength(20)
  await anew.close()
  await log.close()
}, 60_000)
