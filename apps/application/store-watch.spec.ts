import { afterEach, describe, expect, it } from '@jest/globals'
import type { Context } from '#apps/application/context'
import { watchStores, type StoreWatch } from '#apps/application/store-watch'

let watch: StoreWatch | undefined
afterEach(() => watch?.stop())
/** Stores of which the log answers as it is told, and the others always. */
const watched = (ask: () => Promise<unknown>) => {
  const told: string[] = []
  const no = (): never => {
    throw new Error('Not asked here')
  }
  const stores: Pick<Context, 'store' | 'readModel' | 'vault'> = {
    store: { read: no, append: no, subscribe: no, raw: no, positionAt: no, close: no, checkpoint: async () => ask().then(() => 'start') },
    readModel: { ready: no, load: no, apply: no, mark: no, promote: no, query: no, get: no, count: no, countBy: no, reached: no, builds: no, status: no, checksum: no, close: no, position: async () => '1' },
    vault: { create: no, idMac: no, staffNumber: no, enrol: no, close: no, find: async () => new Map() },
  }
  watch = watchStores(stores, (sentence) => told.push(sentence), { everyMs: 5, longestMs: 40 })
  return { told, watch }
}
const turned = async (test: () => boolean): Promise<void> => {
  while (!test()) await new Promise(setImmediate)
}

describe('the watch', () => {
  it('says in one sentence when a store is lost and in one when it is back', async () => {
    let isAway = false
    const { told, watch } = watched(() => (isAway ? Promise.reject(new Error('The event store is away\nand more')) : Promise.resolve()))
    expect(watch.allAnswer()).toBe(true)
    isAway = true
    await turned(() => !watch.allAnswer())
    expect(watch.standing()).toEqual({ events: 'The event store is away', read: 'ok', keys: 'ok' })
    isAway = false
    await turned(() => watch.allAnswer())
    expect(told).toEqual(['The event store is lost and waited for: The event store is away', 'The event store answers again.'])
  })
  it('asks one that does not answer again, and does not wait for the answer that never comes', async () => {
    let asked = 0
    const { told, watch } = watched(() => (++asked === 1 ? new Promise(() => undefined) : Promise.resolve()))
    await turned(() => !watch.allAnswer())
    expect(watch.standing().events).toBe('The event store has not answered for 40 ms')
    await turned(() => watch.allAnswer())
    expect(told).toHaveLength(2)
  })
  it('stops while it waits for an answer', async () => {
    const { watch } = watched(() => new Promise(() => undefined))
    await watch.stop()
  })
})
