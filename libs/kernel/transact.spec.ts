import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import type { Draft, Recorded } from '#libs/kernel/event'
import type { EventStore } from '#libs/kernel/store'
import { transact, type Decision, type Transaction } from '#libs/kernel/transact'

/** A counter whose events are its increments: as small an aggregate as can be. */
let store: EventStore
beforeEach(async () => {
  store = await openEventStore({ file: ':memory:', clock: systemClock })
})
afterEach(() => store.close())

const draft = (commandId: string, fingerprint: string, role: string, amount: number, n: number): Draft => ({
  id: `${commandId}-${n}`,
  type: 'added',
  schemaVersion: 1,
  meta: { actor: { id: 's-1', role }, commandId, fingerprint, correlationId: 'r', causationId: 'r', versions: { policy: 'p', vocabulary: 'p', legalBasis: 'p', organisation: 0 } },
  data: { amount },
})
type Add = { readonly key: string; readonly body?: string; readonly amounts?: readonly number[]; readonly ifMatch?: number; readonly role?: string } & Partial<Transaction<number, number>>
const add = ({ key, body = 'body', amounts = [1], role = 'manager', ...more }: Add) =>
  transact<number, number>({
    store,
    stream: 'counter-1',
    identity: { commandId: key, fingerprint: body },
    initial: 0,
    evolve: (sum, e: Recorded) => sum + Number(e.data['amount']),
    authorise: () => 'allowed',
    decide: (): Decision<number> => ({ kind: 'events', events: amounts }),
    seal: async (events) => events.map((amount, n) => draft(key, body, role, amount, n)),
    ...more,
  })
const stored = async (): Promise<number> => {
  let count = 0
  for await (const _ of store.read('counter-1')) count++
  return count
}

describe('transact', () => {
  it('appends what was decided and answers with it', async () => {
    expect(await add({ key: 'a', amounts: [1, 2] })).toMatchObject({ kind: 'done', revision: 1, created: true, events: [{ id: 'a-0' }, { id: 'a-1' }] })
    expect(await add({ key: 'b' })).toMatchObject({ kind: 'done', revision: 2, created: false })
  })
  it('answers a repeated command its first receipt, also after later events and with an old If-Match, and writes nothing', async () => {
    const first = await add({ key: 'a' })
    await add({ key: 'b' })
    expect(await add({ key: 'a', ifMatch: 7, authorise: () => ({ kind: 'forbidden' }) })).toEqual(first)
    expect(await stored()).toBe(2)
  })
  it('refuses the same key with another body', async () => {
    await add({ key: 'a' })
    expect(await add({ key: 'a', body: 'other' })).toEqual({ kind: 'key-reused' })
  })
  it('authorises before it looks at If-Match', async () => {
    await add({ key: 'a' })
    expect(await add({ key: 'b', ifMatch: 9, authorise: () => ({ kind: 'not-found' }) })).toEqual({ kind: 'not-found' })
    expect(await add({ key: 'b', ifMatch: 9 })).toEqual({ kind: 'stale', revision: 0 })
  })
  it('takes a revision as fresh while only the clock and reactors wrote after it', async () => {
    await add({ key: 'a' })
    await add({ key: 'b', role: 'clock' })
    await add({ key: 'c', role: 'reactor' })
    expect(await add({ key: 'd', ifMatch: 0 })).toMatchObject({ kind: 'done', revision: 3 })
    expect(await add({ key: 'e', ifMatch: 0 })).toEqual({ kind: 'stale', revision: 3 })
  })
  it('decides again on fresh state when somebody else wrote first, three times', async () => {
    const seen: number[] = []
    let rivals = 0
    const racing = (wins: number) => ({
      decide: (sum: number): Decision<number> => (seen.push(sum), { kind: 'events', events: [10] }),
      seal: async (events: readonly number[]) => {
        if (rivals++ < wins) await add({ key: `rival-${rivals} of ${wins}` })
        return events.map((amount, n) => draft('mine', 'body', 'manager', amount, n))
      },
    })
    expect(await add({ key: 'mine', ...racing(2) })).toMatchObject({ kind: 'done', revision: 2 })
    expect(seen).toEqual([0, 1, 2])
    rivals = 0
    expect(await add({ key: 'late', ...racing(3) })).toEqual({ kind: 'conflict' })
  })
  it('reads a stream that is believed new only when it turns out to be there, and then finds the repeated command', async () => {
    let reads = 0
    const counted: EventStore = { ...store, read: (...args) => (reads++, store.read(...args)) }
    const first = await add({ key: 'a', isNew: true, store: counted })
    expect(reads).toBe(0)
    expect(await add({ key: 'a', isNew: true, store: counted })).toEqual(first)
    expect(await add({ key: 'a', body: 'other', isNew: true, store: counted })).toEqual({ kind: 'key-reused' })
    expect(await stored()).toBe(1)
  })
  it('lets one of twenty racers with the same If-Match win', async () => {
    await add({ key: 'a' })
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => add({ key: `racer-${i}`, ifMatch: 0 })))
    expect(outcomes.filter((o) => o.kind === 'done')).toHaveLength(1)
    expect(outcomes.filter((o) => o.kind === 'stale')).toHaveLength(19)
  })
  it('reads again when the outcome of an append is unknown, and finds what was written after all', async () => {
    const unknown = Object.assign(new Error('unknown'), { code: 'outcome-unknown' })
    let failures = 1
    const unsure = (written: boolean): EventStore => ({
      ...store,
      append: async (...args) => {
        if (failures-- <= 0) return store.append(...args)
        if (written) await store.append(...args)
        throw unknown
      },
    })
    expect(await add({ key: 'a', store: unsure(true) })).toMatchObject({ kind: 'done', revision: 0, created: true })
    failures = 1
    expect(await add({ key: 'b', store: unsure(false) })).toMatchObject({ kind: 'done', revision: 1 })
    failures = 9
    await expect(add({ key: 'c', store: unsure(false) })).rejects.toBe(unknown)
    expect(await stored()).toBe(2)
  })
  it('writes nothing when the rules say no, or when there is nothing to do', async () => {
    expect(await add({ key: 'a', decide: () => ({ kind: 'refused', reasons: [{ code: 'closed' }] }) })).toEqual({ kind: 'refused', reasons: [{ code: 'closed' }] })
    expect(await add({ key: 'b', amounts: [] })).toMatchObject({ kind: 'done', events: [] })
    expect(await stored()).toBe(0)
  })
})
