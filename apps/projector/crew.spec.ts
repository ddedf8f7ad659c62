import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openCrew, type Crew, type CrewOptions } from '#apps/projector/crew'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import { projection, type AnyProjection } from '#libs/kernel/projection'
import { rebuild } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** Events of each stream; stops at one of a type that it is not to see. */
const counting = (name: string, isBroken: (type: string) => boolean = () => false): AnyProjection =>
  projection({
    name,
    version: 1,
    streams: ['case-'],
    columns: { count: 'integer' },
    indices: [],
    key: ({ stream }) => stream,
    fold: (state: { readonly count: number } | undefined, { type }) => {
      if (isBroken(type)) throw new Error('this event makes no sense')
      return { count: (state?.count ?? 0) + 1 }
    },
    row: ({ count }) => ({ count }),
  })
const [one, other] = [counting('one'), counting('other')]

let store: EventStore
let readModel: ReadModel
let subscriptions: number
let isAway: boolean
let leaving: AbortController[]
beforeEach(async () => {
  store = await openEventStore({ file: ':memory:', clock: systemClock })
  readModel = await openReadModel({ file: ':memory:' })
  ;[subscriptions, isAway, leaving] = [0, false, []]
})
afterEach(async () => {
  for (const each of leaving) each.abort()
  await store.close()
  await readModel.close()
})
const crewOf = (more: Partial<CrewOptions> = {}): Crew =>
  openCrew({
    store: {
      checkpoint: (position) => store.checkpoint(position),
      subscribe: (options) => {
        // One is opened for a moment to see whether the checkpoint is of this log; that asks for no streams.
        if (options.streams?.length !== 0) subscriptions++
        if (isAway) throw new Error('The store is away')
        return store.subscribe(options)
      },
    },
    readModel,
    lookAgainMs: 5,
    ...more,
  })
const joined = (crew: Crew, which: AnyProjection) => {
  const mine = new AbortController()
  leaving.push(mine)
  return { leave: () => { mine.abort() }, over: crew.keepUp(which, mine.signal) }
}
let streams = 0
const append = async (type = 'reported'): Promise<string> => {
  const meta = { actor: { id: 's-1', role: 'manager' }, commandId: 'c', fingerprint: 'f', correlationId: 'c', causationId: 'c' }
  const versions = { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 }
  const id = `case-${++streams}`
  const receipt = await store.append(id, 'none', [{ id, type, schemaVersion: 1, meta: { ...meta, versions }, data: {} }])
  if (receipt.outcome === 'conflict') throw new Error('conflict')
  return receipt.position
}
const reached = (name: string, position: string): Promise<boolean> => readModel.reached(name, position, 5000)

describe('projections of one process', () => {
  it('read the log once for all of them, and go on without one that leaves', async () => {
    const crew = crewOf()
    const [first, second] = [joined(crew, one), joined(crew, other)]
    const early = await append()
    expect([await reached('one', early), await reached('other', early)]).toEqual([true, true])
    expect(subscriptions).toBe(1)
    first.leave()
    await first.over
    const late = await append()
    expect(await reached('other', late)).toBe(true)
    expect(await readModel.position('one')).toBe(early)
    second.leave()
    await second.over
    // And it begins again with whoever comes after all have left.
    joined(crew, one)
    expect(await reached('one', late)).toBe(true)
    expect(subscriptions).toBe(3)
  })
  it('go on where one of them stops, and with that one when somebody has rebuilt it', async () => {
    let stops = true
    const told: string[] = []
    const crew = crewOf({ onStatus: ({ name, status }) => told.push(`${name} ${status}`) })
    const broken = counting('broken', (type) => stops && type === 'broken')
    joined(crew, one)
    joined(crew, broken)
    await append('broken')
    const after = await append()
    expect(await reached('one', after)).toBe(true)
    while (!told.includes('broken stopped')) await new Promise(setImmediate)
    joined(crew, other)
    expect(await reached('other', after)).toBe(true)
    expect(told.filter((status) => status === 'broken stopped')).toHaveLength(1)
    stops = false
    await rebuild({ store, readModel, projection: broken, signal: new AbortController().signal })
    expect(await reached('broken', await append())).toBe(true)
  })
  it('hear of a fault of the store, all of them, and can come again', async () => {
    const crew = crewOf()
    isAway = true
    const [first, second] = [joined(crew, one), joined(crew, other)]
    await expect(first.over).rejects.toThrow('The store is away')
    await expect(second.over).rejects.toThrow('The store is away')
    isAway = false
    joined(crew, one)
    expect(await reached('one', await append())).toBe(true)
  })
})
