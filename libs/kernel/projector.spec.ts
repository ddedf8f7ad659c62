import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openEventStore } from '#libs/event-store-sqlite/store'
import type { Draft, Recorded } from '#libs/kernel/event'
import { projection } from '#libs/kernel/projection'
import { asOf, rebuild, runProjection, runProjections } from '#libs/kernel/projector'
import type { ProjectorOptions } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

const meta: Draft['meta'] = {
  actor: { id: 's-1', role: 'manager' },
  commandId: 'command',
  fingerprint: 'fingerprint',
  correlationId: 'correlation',
  causationId: 'causation',
  versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 },
}
const draft = (type: string, data: Draft['data'] = {}): Draft => ({ id: type, type, schemaVersion: 1, meta, data })

type Tally = { count: number; note?: string | undefined }
const tally = (name: string, fold: (state: Tally | undefined, event: Recorded) => Tally | undefined, version = 1) =>
  projection<Tally, { count: 'integer' }>({
    name,
    version,
    streams: ['case-'],
    columns: { count: 'integer' },
    indices: [['count']],
    key: ({ stream }) => stream,
    fold,
    row: ({ count }) => ({ count }),
  })
/** Counts a case's events but `seen`; `erased` removes the row, `broken` cannot be projected. */
const counts = tally('counts', (state, { type }) => {
  if (type === 'seen') return state
  if (type === 'broken') throw new Error('this event makes no sense')
  return type === 'erased' ? undefined : { note: type === 'noted' ? 'yes' : undefined, count: (state?.count ?? 0) + 1 }
})
const all = tally('all', (state) => ({ count: (state?.count ?? 0) + 1 }))

let store: EventStore
let readModel: ReadModel
let stopping: AbortController
let running: Promise<unknown>[]

beforeEach(async () => {
  store = await openEventStore({ file: ':memory:', clock: { now: () => '2020-01-01T00:00:00.000Z' } })
  readModel = await openReadModel({ file: ':memory:' })
  stopping = new AbortController()
  running = []
})
afterEach(async () => {
  stopping.abort()
  await Promise.all(running)
  await readModel.close()
  await store.close()
})
const options = (more: Partial<ProjectorOptions> = {}): ProjectorOptions => ({ store, readModel, signal: stopping.signal, ...more })
const start = (work: Promise<unknown>): void => {
  running.push(work)
}
/** Appends after what the stream holds; answers the position. */
const append = async (stream: string, ...types: string[]): Promise<string> => {
  let revision: number | 'none' = 'none'
  for await (const event of store.read(stream, { direction: 'backwards', limit: 1 })) revision = event.revision
  const receipt = await store.append(stream, revision, types.map((type) => draft(type)))
  if (receipt.outcome === 'conflict') throw new Error('conflict')
  return receipt.position
}
const rows = async (name = 'counts', model = readModel): Promise<unknown> => Object.fromEntries((await model.query(name)).map(({ key, columns }) => [key, columns['count']]))
const statusOf = async (name: string): Promise<unknown> => (await readModel.status()).find((status) => status.name === name)

/** How many times what was written, as the read model sees it. */
const watched = (): { readonly model: ReadModel; readonly batches: number[] } => {
  const batches: number[] = []
  return {
    batches,
    model: {
      ...readModel,
      apply: (build, operations, from, to) => {
        batches.push(to.size - (from === 'start' ? 0 : from.size))
        return readModel.apply(build, operations, from, to)
      },
    },
  }
}

describe('a projection that runs', () => {
  it('makes rows of what is in the log and of what comes', async () => {
    await append('case-1', 'reported', 'noted')
    start(runProjection({ ...options(), projection: counts }))
    const position = await append('case-2', 'reported')
    expect(await readModel.reached('counts', position, 5000)).toBe(true)
    expect(await rows()).toEqual({ 'case-1': 2, 'case-2': 1 })
    expect(await readModel.reached('counts', await append('case-1', 'erased'), 5000)).toBe(true)
    expect(await rows()).toEqual({ 'case-2': 1 })
    expect(await statusOf('counts')).toMatchObject({ status: 'live', promoted: true, size: 4 })
  })
  it('writes a key once for a batch, and nothing for what came to the same', async () => {
    await append('case-1', 'reported', 'noted', 'noted')
    await append('case-2', 'reported', 'erased')
    const operations: unknown[] = []
    const model: ReadModel = {
      ...readModel,
      apply: (build, these, from, to) => {
        operations.push(these)
        return readModel.apply(build, these, from, to)
      },
    }
    start(runProjection({ ...options({ readModel: model }), projection: counts }))
    for (const [stream, type] of [['elsewhere-1', 'moved'], ['case-1', 'seen']] as const) expect(await readModel.reached('counts', await append(stream, type), 5000)).toBe(true)
    expect(operations.flat()).toEqual([{ key: 'case-1', state: '{"count":3,"note":"yes"}', columns: { count: 3 } }])
  })
  it('moves its checkpoint over what it does not read', async () => {
    start(runProjection({ ...options(), projection: counts }))
    expect(await readModel.reached('counts', await append('elsewhere-1', 'moved'), 5000)).toBe(true)
    expect(await rows()).toEqual({})
  })
  it('takes larger and larger batches while it is behind', async () => {
    let position = ''
    for (let i = 0; i < 60; i++) position = await append(`case-${i}`, ...Array.from({ length: 100 }, () => 'noted'))
    const { model, batches } = watched()
    start(runProjection({ ...options({ readModel: model, batch: 2000 }), projection: counts }))
    expect(await readModel.reached('counts', position, 5000)).toBe(true)
    expect(await readModel.reached('counts', await append('case-0', 'noted'), 5000)).toBe(true)
    expect(batches).toEqual([500, 1000, 2000, 2000, 500, 1])
    expect(await rows()).toEqual(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`case-${i}`, i === 0 ? 101 : 100])))
  })
  it('goes on after its checkpoint when it is started again', async () => {
    await append('case-1', 'reported', 'noted')
    const first = new AbortController()
    const ended = runProjection({ ...options({ signal: first.signal }), projection: counts })
    await readModel.reached('counts', (await append('case-1', 'noted')), 5000)
    first.abort()
    await ended
    const { model, batches } = watched()
    const position = await append('case-1', 'noted')
    start(runProjection({ ...options({ readModel: model }), projection: counts }))
    expect(await readModel.reached('counts', position, 5000)).toBe(true)
    expect(batches).toEqual([1])
    expect(await rows()).toEqual({ 'case-1': 4 })
  })
  it('shares the log with others that stand elsewhere', async () => {
    await append('case-1', 'reported')
    const first = new AbortController()
    const ended = runProjection({ ...options({ signal: first.signal }), projection: counts })
    await readModel.reached('counts', await append('case-1', 'noted'), 5000)
    first.abort()
    await ended
    start(runProjections({ ...options(), projections: [counts, all] }))
    const position = await append('case-1', 'noted')
    for (const name of ['counts', 'all']) {
      expect(await readModel.reached(name, position, 5000)).toBe(true)
      expect(await rows(name)).toEqual({ 'case-1': 3 })
    }
  })
  it('is one of two that advance the same build', async () => {
    for (let i = 0; i < 50; i++) await append(`case-${i}`, ...Array.from({ length: 50 }, () => 'noted'))
    start(runProjection({ ...options({ batch: 300 }), projection: counts }))
    start(runProjection({ ...options({ batch: 700 }), projection: counts }))
    expect(await readModel.reached('counts', await append('case-0', 'noted'), 5000)).toBe(true)
    expect(await rows()).toEqual(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`case-${i}`, i === 0 ? 51 : 50])))
  })
})

describe('a projection that fails', () => {
  it('stops at the event, says so and skips nothing, and the others go on', async () => {
    await append('case-1', 'reported', 'noted')
    const broken = await append('case-2', 'broken')
    await append('case-1', 'noted')
    const told: unknown[] = []
    start(runProjections({ ...options({ onStatus: ({ name, status }) => told.push(`${name} ${status}`) }), projections: [counts, all] }))
    expect(await readModel.reached('all', await append('case-2', 'noted'), 5000)).toBe(true)
    expect(await rows('all')).toEqual({ 'case-1': 3, 'case-2': 2 })
    expect(await statusOf('counts')).toMatchObject({ status: 'stopped', reason: 'broken: this event makes no sense', stoppedAt: broken, size: 2, rows: 1 })
    expect(told).toEqual(['counts catching-up', 'all catching-up', 'counts stopped', 'all live'])
  })
  it('stops at what no table can hold', async () => {
    const wrong = { ...counts, row: () => ({ count: 1.5 }) }
    const position = await append('case-1', 'reported')
    await runProjection({ ...options(), projection: wrong })
    expect(await statusOf('counts')).toMatchObject({ status: 'stopped', reason: 'Column count holds integer or null, not number', stoppedAt: position, size: 0 })
  })
  it('is tried again from where it stopped', async () => {
    await append('case-1', 'reported', 'broken')
    await runProjection({ ...options(), projection: counts })
    start(runProjection({ ...options(), projection: { ...counts, fold: all.fold } }))
    expect(await readModel.reached('counts', await append('case-1', 'noted'), 5000)).toBe(true)
    expect(await rows()).toEqual({ 'case-1': 3 })
    expect(await statusOf('counts')).not.toHaveProperty('reason')
  })
  it('stops when the log is not the one it has read, and a rebuild heals it', async () => {
    await append('case-1', 'reported', 'noted', 'noted')
    const first = new AbortController()
    const ended = runProjections({ ...options({ signal: first.signal }), projections: [counts, all] })
    for (const name of ['counts', 'all']) await readModel.reached(name, await append('case-1', 'noted'), 5000)
    first.abort()
    await ended
    await store.close()
    store = await openEventStore({ file: ':memory:', clock: { now: () => '2020-01-01T00:00:00.000Z' } })
    await append('case-9', 'reported')
    await runProjections({ ...options(), projections: [counts, all] })
    expect(await statusOf('counts')).toMatchObject({ status: 'stopped', size: 5, reason: expect.stringContaining('restored') })
    expect(await statusOf('all')).toMatchObject({ status: 'stopped' })
    await rebuild({ ...options(), projection: counts })
    expect(await rows()).toEqual({ 'case-9': 1 })
  })
})

describe('a projection that names the event types it reads', () => {
  it('sees no others, and is up with the log all the same', async () => {
    const named = { ...tally('named', (state) => ({ count: (state?.count ?? 0) + 1 })), types: new Set(['counted']) }
    start(runProjection({ ...options(), projection: named }))
    await append('case-1', 'counted', 'seen', 'counted')
    expect(await readModel.reached('named', await append('case-2', 'seen'), 5000)).toBe(true)
    expect(await rows('named')).toEqual({ 'case-1': 2 })
  })
})

describe('a projection of events that concern several rows', () => {
  /** Counts the events that name a person; `broken` cannot be folded into a row that has seen something. */
  const people = {
    ...tally('people', (state, { type }) => {
      if (type === 'broken' && state) throw new Error('this event makes no sense')
      return { count: (state?.count ?? 0) + 1 }
    }),
    key: ({ data }: Recorded): readonly string[] => String(data['people']).split(' ').filter(Boolean),
  }
  const named = async (type: string, names: string): Promise<string> => {
    const receipt = await store.append(`case-${++cases}`, 'none', [draft(type, { people: names })])
    if (receipt.outcome === 'conflict') throw new Error('conflict')
    return receipt.position
  }
  let cases = 0
  it('folds each into every row that it names, once, or into none', async () => {
    await named('met', 'ann bo')
    await named('met', '')
    start(runProjection({ ...options(), projection: people }))
    expect(await readModel.reached('people', await named('met', 'bo cy bo'), 5000)).toBe(true)
    expect(await rows('people')).toEqual({ ann: 1, bo: 2, cy: 1 })
    expect(await statusOf('people')).toMatchObject({ size: 3 })
  })
  it('stops at one that fails for a row before any row has seen it, and goes on whole', async () => {
    await named('met', 'ann')
    const broken = await named('broken', 'bo ann')
    await runProjection({ ...options(), projection: people })
    expect(await statusOf('people')).toMatchObject({ status: 'stopped', stoppedAt: broken, size: 1 })
    start(runProjection({ ...options(), projection: { ...people, fold: all.fold } }))
    expect(await readModel.reached('people', await named('met', 'bo'), 5000)).toBe(true)
    expect(await rows('people')).toEqual({ ann: 2, bo: 2 })
  })
})

describe('a rebuild', () => {
  it('gives byte-equal rows, however they came about, and the running projector goes on with them', async () => {
    start(runProjection({ ...options(), projection: counts }))
    let position = ''
    for (let i = 0; i < 30; i++) {
      position = await append(`case-${i % 7}`, ...['reported', 'noted', 'noted', 'erased', 'reported'].slice(0, 1 + (i % 5)))
      await readModel.reached('counts', position, 5000)
    }
    const live = await readModel.checksum('counts')
    const told: unknown[] = []
    expect(await rebuild({ ...options({ onStatus: ({ build, status }) => told.push([build, status]) }), projection: counts })).toMatchObject({ name: 'counts', build: 2 })
    expect(await readModel.checksum('counts')).toBe(live)
    expect(told).toEqual([
      [2, 'catching-up'],
      [2, 'live'],
    ])
    expect(await readModel.reached('counts', await append('case-new', 'reported'), 5000)).toBe(true)
    expect(await readModel.get('counts', 'case-new')).toMatchObject({ columns: { count: 1 } })
    expect((await readModel.status()).map(({ build, status }) => [build, status])).toEqual([[2, 'live']])
  })
  it('never takes anything back that has been seen', async () => {
    start(runProjection({ ...options(), projection: counts }))
    await readModel.reached('counts', await append('case-1', 'reported'), 5000)
    const seen: string[] = []
    const answers: unknown[] = []
    const model: ReadModel = {
      ...readModel,
      promote: async (build, how) => {
        // Just before the new build is to answer, somebody sees a newer event in the old one.
        if (answers.length < 3) {
          seen.push(await append(`case-${answers.length}`, 'noted'))
          await readModel.reached('counts', seen.at(-1) ?? '', 5000)
        }
        const answer = await readModel.promote(build, how)
        answers.push(answer)
        expect(await readModel.position('counts')).toBe(seen.at(-1))
        return answer
      },
    }
    await rebuild({ ...options({ readModel: model }), projection: counts })
    expect(answers).toEqual(['behind', 'behind', 'behind', 'promoted'])
  })
  it('of a projection that fails leaves the build that answers', async () => {
    await append('case-1', 'reported', 'noted')
    start(runProjection({ ...options(), projection: all }))
    await readModel.reached('all', await append('case-1', 'noted'), 5000)
    const broken = { ...all, fold: counts.fold }
    await readModel.reached('all', await append('case-1', 'broken'), 5000)
    await expect(rebuild({ ...options(), projection: broken })).rejects.toThrow('this event makes no sense')
    expect(await rows('all')).toEqual({ 'case-1': 4 })
  })
  it('builds a new version beside the old one, which answers until then', async () => {
    await append('case-1', 'reported')
    const first = new AbortController()
    const ended = runProjection({ ...options({ signal: first.signal }), projection: counts })
    await readModel.reached('counts', await append('case-1', 'noted'), 5000)
    first.abort()
    await ended
    start(runProjection({ ...options(), projection: tally('counts', (state) => ({ count: (state?.count ?? 0) + 10 }), 2) }))
    expect(await readModel.reached('counts', await append('case-1', 'noted'), 5000)).toBe(true)
    expect(await rows()).toEqual({ 'case-1': 30 })
    expect((await readModel.status()).map(({ version, promoted }) => [version, promoted])).toEqual([[2, true]])
  })
})

describe('a projection as of a position', () => {
  it('shows what was known then', async () => {
    const then = await append('case-1', 'reported', 'noted')
    await append('case-1', 'noted')
    await append('case-2', 'reported')
    const past = await openReadModel({ file: ':memory:' })
    await asOf({ ...options({ readModel: past }), projection: counts, upTo: then })
    expect(await rows('counts', past)).toEqual({ 'case-1': 2 })
    expect(await past.position('counts')).toBe(then)
    await past.close()
    const before = await openReadModel({ file: ':memory:' })
    await asOf({ ...options({ readModel: before }), projection: counts, upTo: undefined })
    expect(await rows('counts', before)).toEqual({})
    await before.close()
  })
  it('does not answer with half of it', async () => {
    const position = await append('case-1', 'reported', 'broken')
    const past = await openReadModel({ file: ':memory:' })
    await expect(asOf({ ...options({ readModel: past }), projection: counts, upTo: position })).rejects.toThrow('this event makes no sense')
    await past.close()
  })
})
