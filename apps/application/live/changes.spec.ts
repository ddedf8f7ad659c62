import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { changesOf, type Batch, type Changes } from '#apps/application/live/changes'
import { deviationStream } from '#events/deviation'
import { organisationStream } from '#events/organisation'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import type { ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint, EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

let store: EventStore
let readModel: ReadModel
let changes: Changes
/** Subscriptions of the log that have begun and not ended. */
let following = 0
/** Whether more is written all the time, so that nobody ever catches up. */
let isRestless = false
/** Positions that the rows are asked for; they show what `shows` lets through. */
let shows: (position: string) => Promise<boolean>
beforeEach(async () => {
  store = await openEventStore({ file: ':memory:', clock: systemClock })
  readModel = await openReadModel({ file: ':memory:' })
  shows = () => Promise.resolve(true)
  following = 0
  isRestless = false
  const counted: EventStore = {
    ...store,
    async *subscribe(options) {
      following++
      try {
        for await (const item of store.subscribe(options)) if (item !== 'caught-up' || !isRestless) yield item
      } finally {
        following--
      }
    },
  }
  changes = changesOf({ store: counted, readModel: { ...readModel, get: () => Promise.resolve(undefined), reached: (_, position) => shows(position) } })
})
afterEach(async () => {
  await store.close()
  await readModel.close()
})
const revisions = new Map<string, number>()
const append = async (stream: string, type: string, data: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  const versions = { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 }
  const meta = { actor: { id: 's-1', role: 'unit-manager' }, commandId: 'c', fingerprint: 'f', correlationId: 'c', causationId: 'c', versions }
  const at = revisions.get(stream)
  const receipt = await store.append(stream, at ?? 'none', [{ id: stream, type, schemaVersion: 1, meta, data }])
  if (receipt.outcome === 'conflict') throw new Error('conflict')
  revisions.set(stream, receipt.revision)
  return receipt.position
}
const touch = (id: string): Promise<string> => append(deviationStream(id), 'receipt-acknowledged')
beforeEach(() => {
  revisions.clear()
})
const head = (): Promise<Checkpoint | 'start'> => store.checkpoint('head')
/** What a listener hears, and how to leave. */
const listening = (place: Checkpoint | 'start') => {
  const heard: Batch[] = []
  let wake = (): void => undefined
  const subscription = changes.after(place).subscribe((batch) => {
    heard.push(batch)
    wake()
  })
  return {
    names: () => heard.flatMap(({ touched, past }) => touched.map(({ stream, first, last }) => `${stream.slice(-1)} ${first}-${last}${past ? ' past' : ''}`)),
    heard,
    until: async (position: string): Promise<void> => {
      while ((heard.at(-1)?.position ?? '') < position) await new Promise<void>((resolve) => (wake = resolve))
    },
    leave: () => {
      subscription.unsubscribe()
    },
  }
}

describe('changes of the log', () => {
  it('come to all listeners over one subscription, which ends with the last of them', async () => {
    await touch('a')
    const place = await head()
    const all = [listening(place), listening(place), listening(place)]
    const position = await touch('b')
    await Promise.all(all.map((one) => one.until(position)))
    expect([following, changes.listeners()]).toEqual([1, 3])
    for (const one of all) expect(one.names()).toEqual(['b 0-0'])
    for (const one of all) one.leave()
    while (following > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(changes.listeners()).toBe(0)
    const again = listening(place)
    await again.until(position)
    expect(again.names()).toEqual(['b 0-0 past'])
    again.leave()
  })
  it('go on after a place without gap or repeat, whether others listen or not', async () => {
    const start = await head()
    await touch('a')
    const middle = await head()
    await touch('a')
    const first = listening(middle)
    let position = await touch('b')
    await first.until(position)
    const second = listening(middle)
    const third = listening(start)
    position = await touch('c')
    await Promise.all([first, second, third].map((one) => one.until(position)))
    expect(first.names().map((name) => name.slice(0, 5))).toEqual(['a 1-1', 'b 0-0', 'c 0-0'])
    expect(second.names()).toEqual(['a 1-1 past', 'b 0-0 past', 'c 0-0'])
    expect(third.names()).toEqual(['a 0-1 past', 'b 0-0 past', 'c 0-0'])
    for (const one of [first, second, third]) one.leave()
  })
  it('wait for the rows, and are told together when they show', async () => {
    const shown = Promise.withResolvers<boolean>()
    const asked: string[] = []
    shows = (position) => {
      asked.push(position)
      return shown.promise
    }
    const one = listening(await head())
    const first = await touch('a')
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await touch('b')
    const last = await touch('a')
    expect([asked, one.names()]).toEqual([[first], []])
    shown.resolve(true)
    await one.until(last)
    expect(one.names()).toEqual(['a 0-0', 'b 0-0', 'a 1-1'])
    expect(one.heard.map(({ position }) => position)).toEqual([first, last])
    one.leave()
  })
  it('are told although the log never comes to rest', async () => {
    const one = listening(await head())
    isRestless = true
    await one.until(await touch('a'))
    await one.until(await touch('b'))
    expect(one.names()).toEqual(['a 0-0', 'b 0-0'])
    one.leave()
  })
  it('that a listener knows of when she comes are not told her again, though others are still to be told', async () => {
    const shown = Promise.withResolvers<boolean>()
    let asked = 0
    shows = () => {
      asked++
      return shown.promise
    }
    const first = listening(await head())
    await touch('a')
    while (asked === 0) await new Promise((resolve) => setImmediate(resolve))
    const second = listening(await head())
    shown.resolve(true)
    const position = await touch('b')
    await Promise.all([first.until(position), second.until(position)])
    expect([first.names(), second.names()]).toEqual([['a 0-0', 'b 0-0'], ['b 0-0']])
    first.leave()
    second.leave()
  })
  it('name the units that a case comes to and leaves, the deadlines that are spoken of, and that the organisation changed', async () => {
    const one = listening(await head())
    await append(deviationStream('a'), 'case-moved', { fromUnit: 'ifo', toUnit: 'missbruk' })
    await append(deviationStream('a'), 'deadline-lapsed', { deadline: 'close' })
    await one.until(await append(organisationStream, 'seat-vacated'))
    const touched = one.heard.flatMap((batch) => batch.touched)
    expect([...new Set(touched.flatMap(({ units }) => [...units]))]).toEqual(['ifo', 'missbruk'])
    expect(touched.flatMap(({ deadlines }) => [...deadlines])).toEqual(['close'])
    expect(one.heard.at(-1)?.organisation).toBe(true)
    one.leave()
  })
})
