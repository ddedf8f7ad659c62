import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { openEventStore } from '#libs/event-store-eventstoredb/store'
import { proxyTo, type Proxy } from '#libs/contracts/proxy'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'
import type { Draft } from '#libs/kernel/event'
import type { Outcome } from '#libs/kernel/outcome'
import type { EventStore } from '#libs/kernel/store'
import { transact } from '#libs/kernel/transact'

const timeoutMs = 2500
let server: StandIn
let proxy: Proxy
let handles: EventStore[]
beforeEach(async () => {
  server = await standIn()
  proxy = await proxyTo(server.url)
  handles = []
})
afterEach(async () => {
  proxy.release()
  await Promise.all(handles.map((handle) => handle.close()))
  await proxy.close()
  await server.close()
})
/** A store that reaches the server over a line that can fail, and one beside it whose line is good. */
const open = async (url: string): Promise<EventStore> => {
  const store = await openEventStore({ url, clock: systemClock, timeoutMs })
  handles.push(store)
  return store
}
const written = (stream: string): number => server.log.stream(`vaka.${stream}`).length

/** Follows until so many events have come; answers their numbers. */
const follow = async (store: EventStore, count: number, onEvent: (seen: number) => unknown = () => undefined): Promise<unknown[]> => {
  const numbers: unknown[] = []
  for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) {
    if (item === 'caught-up' || 'passed' in item) continue
    expect(item.size).toBe(numbers.push(item.data['n']))
    await onEvent(numbers.length)
    if (numbers.length === count) break
  }
  return numbers
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('a subscription whose line fails', () => {
  it.each([
    ['is reset', () => { proxy.cut('reset') }],
    ['is closed', () => { proxy.cut('end') }],
    ['is slow', () => { proxy.release(200) }],
    ['is held up for a while', async () => {
      proxy.hold('to-client')
      for (const _ of upTo(50)) await turn()
      proxy.release()
    }],
  ])('misses and repeats nothing when it %s', async (_, fail) => {
    const [store, writer] = [await open(proxy.url), await open(server.url)]
    const writing = (async () => {
      for (const n of upTo(300)) {
        await writer.append(`case-${n % 7}`, n < 7 ? 'none' : Math.floor(n / 7) - 1, [draft(n, { text: 'x'.repeat(3000) })])
        await turn()
      }
    })()
    expect(await follow(store, 300, (seen) => (seen % 60 === 30 ? fail() : undefined))).toEqual(upTo(300))
    await writing
  })

  it('goes on when the line is half open, which only silence tells', async () => {
    // The client warns of keeping watch so closely.
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined)
    const [store, writer] = [await open(`${proxy.url}&keepAliveInterval=200&keepAliveTimeout=200`), await open(server.url)]
    warn.mockRestore()
    await writer.append('case-1', 'none', [draft(0)])
    const seen = await follow(store, 2, async (count) => {
      if (count === 2) return
      const made = proxy.made
      proxy.hold('to-client')
      await writer.append('case-1', 0, [draft(1)])
      while (proxy.made === made) await turn()
      proxy.release()
    })
    expect(seen).toEqual([0, 1])
  })

  it('holds up nobody for ever who asks on a half open line, and has the answer when it is good again', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    const asked = [() => store.checkpoint('head'), () => store.raw('case-1', 0), () => store.read('case-1')[Symbol.asyncIterator]().next()]
    proxy.hold('to-client')
    for (const failed of await Promise.allSettled(asked.map((ask) => ask()))) expect(failed).toMatchObject({ reason: { code: 'unavailable' } })
    proxy.release()
    expect(await Promise.all(asked.map((ask) => ask()))).toMatchObject([{ size: 1 }, expect.stringContaining('case-1'), { value: { revision: 0 } }])
  })

  it('tells what has happened in a sentence', async () => {
    const told: string[] = []
    const store = await openEventStore({ url: proxy.url, clock: systemClock, timeoutMs, onInterrupted: (why) => told.push(why) })
    handles.push(store)
    proxy.cut('reset')
    await store.append('case-1', 'none', [draft(0)]).catch(() => undefined)
    while (told.length === 0) await turn()
    expect(told[0]).toMatch(/cannot be read/)
  })
})

describe('an append whose line fails', () => {
  /** Something that happens after the append has left, once. */
  const during = async (append: Promise<unknown>, isReady: () => boolean, fail: () => void): Promise<unknown> => {
    await server.log.until(isReady)
    fail()
    proxy.release()
    return append.then((answer) => answer, (error: unknown) => error)
  }
  it('leaves the outcome unknown when the answer is lost, and is not repeated', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    proxy.hold('to-client')
    const answer = await during(store.append('case-1', 0, [draft(1), draft(2)]), () => written('case-1') === 3, () => { proxy.cut('reset') })
    expect(answer).toMatchObject({ code: 'outcome-unknown' })
    expect(await revisions(store, 'case-1')).toEqual([0, 1, 2])
    expect(server.appends).toHaveLength(2)
  })
  it('leaves the outcome unknown when it does not arrive either', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    proxy.hold('to-server')
    const append = store.append('case-1', 0, [draft(1)]).catch((error: unknown) => error)
    for (const _ of upTo(20)) await turn()
    proxy.cut('reset')
    proxy.release()
    expect(await append).toMatchObject({ code: 'outcome-unknown' })
    expect(await revisions(store, 'case-1')).toEqual([0])
    expect(await store.append('case-1', 0, [draft(1)])).toMatchObject({ outcome: 'appended', revision: 1 })
  })

  it('is waited for when the store is closed', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    proxy.hold('to-client')
    const append = store.append('case-1', 0, [draft(1)])
    await server.log.until(() => written('case-1') === 2)
    const closing = store.close()
    for (const _ of upTo(20)) await turn()
    proxy.release()
    expect(await append).toMatchObject({ outcome: 'appended' })
    await closing
  })

  it('is found by the command that sent it when only its answer was lost', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    const lost = (async () => {
      await server.log.until(() => written('case-1') === 3)
      proxy.cut('reset')
      proxy.release()
    })()
    expect(await add(store, 'a', (attempt) => { if (attempt === 1) proxy.hold('to-client') })).toMatchObject({ kind: 'done', revision: 2 })
    await lost
    expect(written('case-1')).toBe(3)
    expect(server.appends).toHaveLength(2)
  })
  it('is written once by the command that sent it when it was lost itself', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    let lost = Promise.resolve()
    const outcome = await add(store, 'a', (attempt) => {
      if (attempt > 1) return
      proxy.hold('to-server')
      lost = (async () => {
        for (const _ of upTo(20)) await turn()
        proxy.cut('reset')
        proxy.release()
      })()
    })
    await lost
    expect(outcome).toMatchObject({ kind: 'done', revision: 2 })
    expect(written('case-1')).toBe(3)
  })
  it('is written once though the server was slow and the sender had given it up', async () => {
    const store = await open(proxy.url)
    await store.append('case-1', 'none', [draft(0)])
    // The first attempt lies on the way until the second has been decided.
    const outcome = await add(store, 'a', (attempt) => {
      if (attempt === 1) proxy.hold('to-server')
      else proxy.release()
    }).catch((error: unknown) => error)
    proxy.release()
    // Reading is held up as well, so the command may end without an answer; sent again, it finds itself or is written.
    const again = await add(store, 'a', () => undefined)
    expect(again).toMatchObject({ kind: 'done', revision: 2 })
    if (typeof outcome === 'object' && outcome !== null && 'kind' in outcome) expect(outcome).toEqual(again)
    expect(written('case-1')).toBe(3)
  })
})

describe('a server that starts again', () => {
  it('is found by itself within seconds: nothing is missed or repeated, and what was in the middle is done once', async () => {
    const store = await open(server.url)
    const seen = follow(store, 2 * 40)
    const commands = (from: number): Promise<Outcome>[] => upTo(20).map((n) => untilDone(() => add(store, `key-${from + n}`, undefined, `case-${n % 10}`)))
    const before = commands(0)
    await server.log.until(() => server.log.events.length >= 12)
    await server.close()
    await expect(store.checkpoint('head')).rejects.toMatchObject({ code: 'unavailable' })
    const after = commands(20)
    await expect(store.checkpoint('head')).rejects.toMatchObject({ code: 'unavailable' })
    server = await standIn({ log: server.log, port: server.port })
    const back = performance.now()
    const outcomes = await Promise.all([...before, ...after])
    expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'done'))
    expect(upTo(10).map((n) => written(`case-${n}`))).toEqual(upTo(10).map(() => 2 * 4))
    expect(await seen).toHaveLength(2 * 40)
    expect(await store.checkpoint('head')).toMatchObject({ size: 2 * 40 })
    expect(performance.now() - back).toBeLessThan(5000)
  })
})

/** A command that adds two events to a case, once under each key. */
const add = (store: EventStore, key: string, beforeAppend: (attempt: number) => void = () => undefined, stream = 'case-1'): Promise<Outcome> => {
  let attempt = 0
  return transact<number, number>({
    store,
    stream,
    identity: { commandId: key, fingerprint: 'body' },
    initial: 0,
    evolve: (sum) => sum + 1,
    authorise: () => 'allowed',
    decide: () => ({ kind: 'events', events: [1, 2] }),
    seal: async (events) => {
      beforeAppend(++attempt)
      return events.map((_, i): Draft => ({ ...draft(0), id: crypto.randomUUID(), meta: { ...draft(0).meta, commandId: key, fingerprint: 'body' }, data: { attempt, i } }))
    },
  })
}
/** As a client does: again under the same key while the store does not answer, or others write. */
const untilDone = async (attempt: () => Promise<Outcome>): Promise<Outcome> => {
  for (;;) {
    const outcome = await attempt().catch((thrown: unknown) => {
      expect(thrown).toMatchObject({ code: expect.stringMatching(/^(unavailable|outcome-unknown)$/) })
      return undefined
    })
    if (outcome && outcome.kind !== 'conflict') return outcome
    await turn()
  }
}
const revisions = async (store: EventStore, stream: string): Promise<number[]> => {
  const found: number[] = []
  // The connection is made anew by whoever finds it broken first, and that may be this reader.
  for (;;)
    try {
      for await (const { revision } of store.read(stream)) found.push(revision)
      return found
    } catch (error) {
      expect(error).toMatchObject({ code: 'unavailable' })
      found.length = 0
      await turn()
    }
}
