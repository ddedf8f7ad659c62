import { describe, expect, it } from '@jest/globals'
import type { Followed, Place, Server } from '#libs/event-store-eventstoredb/client'
import { resumed } from '#libs/event-store-eventstoredb/follow'
import { placeAt } from '#libs/event-store-eventstoredb/schema'

const event = (at: number): Followed => ({ stream: 'a', revision: at, text: '', place: placeAt(at) })
const refused = Object.assign(new Error('no'), { code: 'access-denied' })

/** Subscriptions that give what is listed and then end, or throw what is last. Answers after which places they were begun. */
const subscriptions = (...lists: readonly (readonly (Followed | Error)[])[]): Server & { readonly begun: readonly (Place | 'start')[] } => {
  const begun: (Place | 'start')[] = []
  const never = (): never => {
    throw new Error('Not asked here')
  }
  return {
    begun,
    append: never,
    readStream: never,
    readAll: never,
    close: never,
    follow: async function* (_, after) {
      for (const item of lists[begun.push(after) - 1] ?? []) {
        if (item instanceof Error) throw item
        yield item
      }
    },
  }
}
/** What is given until the last item, and whether it came by an interruption. */
const all = async (server: Server, count: number): Promise<unknown[]> => {
  const seen: unknown[] = []
  for await (const item of resumed(server, 'a', 'start', new AbortController().signal)) {
    seen.push(typeof item === 'object' && 'place' in item ? item.revision : item)
    if (seen.length === count) break
  }
  return seen
}

describe('following', () => {
  it('begins again after the last event, when the subscription fails and when it just ends', async () => {
    const server = subscriptions([event(1), event(2), new Error('cut')], [event(3)], [event(4)])
    expect(await all(server, 6)).toEqual([1, 2, { interrupted: 'cut' }, 3, { interrupted: 'the server ended it' }, 4])
    expect(server.begun).toEqual(['start', placeAt(2), placeAt(3)])
  })
  it('begins again after the last checkpoint, when that came last', async () => {
    const server = subscriptions([event(1), { reached: placeAt(9) }, 'caught-up'], [event(10)])
    expect(await all(server, 5)).toEqual([1, { reached: placeAt(9) }, 'caught-up', { interrupted: 'the server ended it' }, 10])
    expect(server.begun).toEqual(['start', placeAt(9)])
  })
  it('counts as handled only what the reader has come back from', async () => {
    const server = subscriptions([event(1), event(2)])
    const follower = resumed(server, 'a', 'start', new AbortController().signal)
    await follower.next()
    await follower.return(undefined)
    expect(server.begun).toEqual(['start'])
  })
  it('goes on through any number of failures, and stops where it may not read', async () => {
    const server = subscriptions([new Error('1')], [new Error('2')], [event(1)], [refused])
    await expect(all(server, 9)).rejects.toBe(refused)
    expect(server.begun).toEqual(['start', 'start', 'start', placeAt(1)])
  })
  it('tries again within a second, however long the server is away', async () => {
    const server = subscriptions(...Array.from({ length: 9 }, () => [new Error('away')]), [event(1)])
    const times: number[] = []
    for await (const item of resumed(server, 'a', 'start', new AbortController().signal)) {
      times.push(performance.now())
      if (typeof item === 'object' && 'place' in item) break
    }
    expect(times).toHaveLength(10)
    expect(Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? 0)))).toBeLessThan(1900)
  })
  it('ends when it is told to, also in a pause', async () => {
    const end = new AbortController()
    const seen: unknown[] = []
    for await (const item of resumed(subscriptions(), 'a', 'start', end.signal)) {
      seen.push(item)
      if (seen.length === 4) setImmediate(() => {
        end.abort()
      })
    }
    expect(seen).toHaveLength(4)
  })
})
