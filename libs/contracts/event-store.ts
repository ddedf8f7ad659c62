import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import canonicalize from 'canonicalize'
import { draft, drafts } from '#libs/contracts/event-samples'
import type { Clock } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import type { Checkpoint, EventStore, Passed, Receipt, SubscribeOptions } from '#libs/kernel/store'

/** A log of its own, empty at first, that several handles and processes can open. */
export interface EventStoreHarness {
  /** Another handle on the same log. The suite closes it. */
  open(clock?: Clock): Promise<EventStore>
  /** Statements of an ES module that define `open(): Promise<EventStore>` on the same log, for a process of its own. */
  readonly opening: string
  dispose(): Promise<void>
}

/** What every event store holds to. There is no parameter that excuses one. */
export const eventStoreContract = (name: string, make: () => Promise<EventStoreHarness>): void => {
  describe(`${name} keeps the contract of an event store`, () => {
    let harness: EventStoreHarness
    let store: EventStore
    let handles: EventStore[]
    const open = async (clock?: Clock): Promise<EventStore> => {
      const handle = await harness.open(clock)
      handles.push(handle)
      return handle
    }
    beforeEach(async () => {
      harness = await make()
      handles = []
      store = await open()
    })
    afterEach(async () => {
      await Promise.all(handles.map((handle) => handle.close()))
      await harness.dispose()
    })

    describe('append and read', () => {
      it('finds an unknown stream empty', async () => {
        expect(await all(store.read('case-1'))).toEqual([])
        expect(await all(store.read('case-1', { direction: 'backwards' }))).toEqual([])
        expect(await store.raw('case-1', 0)).toBeUndefined()
      })

      it('creates a stream and gives its events back as they were', async () => {
        const [first, second] = [draft(1), draft(2)]
        const receipt = appended(await store.append('case-1', 'none', [first, second]))
        expect(receipt.revision).toBe(1)
        const events = await all(store.read('case-1'))
        expect(events).toEqual([
          { ...first, stream: 'case-1', revision: 0, recordedAt: receipt.recordedAt, position: expect.any(String), size: 1 },
          { ...second, stream: 'case-1', revision: 1, recordedAt: receipt.recordedAt, position: receipt.position, size: 2 },
        ])
        expect(receipt.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      })

      it.each([
        { written: 0, expected: 0, actual: 'none' },
        { written: 0, expected: 7, actual: 'none' },
        { written: 3, expected: 'none', actual: 2 },
        { written: 3, expected: 0, actual: 2 },
        { written: 3, expected: 1, actual: 2 },
        { written: 3, expected: 3, actual: 2 },
        { written: 3, expected: 9, actual: 2 },
      ] as const)('with $written events and expected revision $expected it reports $actual and writes nothing', async ({ written, expected, actual }) => {
        if (written > 0) await store.append('case-1', 'none', drafts(written))
        expect(await store.append('case-1', expected, [draft(100)])).toEqual({ outcome: 'conflict', actual })
        expect(await store.append('case-1', expected, drafts(3, 100))).toEqual({ outcome: 'conflict', actual })
        expect(numbers(await all(store.read('case-1')))).toEqual(upTo(written))
      })

      it('goes on after conflicts without a gap, in the stream or in the log', async () => {
        await store.append('case-1', 'none', [draft(0)])
        const [refused, second, third] = await Promise.all([
          store.append('case-1', 'none', [draft(100)]),
          store.append('case-2', 'none', [draft(1)]),
          store.append('case-1', 0, [draft(2)]),
        ])
        expect([refused.outcome, appended(second).revision, appended(third).revision]).toEqual(['conflict', 0, 1])
        expect((await logOf(store)).map(({ size, data }) => [size, data['n']])).toEqual([1, 2, 3].map((size) => [size, size - 1]))
      })

      it('leaves one copy when the same append comes twice', async () => {
        const answers = await Promise.all([store.append('case-1', 'none', drafts(2)), store.append('case-1', 'none', drafts(2))])
        expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['appended', 'conflict'])
        expect(await store.append('case-1', 'none', drafts(2))).toEqual({ outcome: 'conflict', actual: 1 })
        expect(numbers(await all(store.read('case-1')))).toEqual([0, 1])
      })

      it('lets one of twenty racers win', async () => {
        await store.append('case-1', 'none', [draft(0)])
        const answers = await Promise.all(upTo(20).map((n) => store.append('case-1', 0, [draft(100 + n), draft(200 + n)])))
        expect(answers.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1)
        expect(answers.filter((answer) => answer.outcome === 'conflict' && answer.actual === 2)).toHaveLength(19)
        expect(await all(store.read('case-1'))).toHaveLength(3)
      })

      it('lets one of twenty racers win on two handles', async () => {
        const other = await open()
        for (const round of upTo(5)) {
          const stream = `case-${round}`
          const answers = await Promise.all(upTo(20).map((n) => (n % 2 ? store : other).append(stream, 'none', [draft(n)])))
          expect(answers.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1)
          expect(await all(other.read(stream))).toHaveLength(1)
        }
        expect(await positionsOf(store)).toEqual(await positionsOf(other))
      })

      it('refuses an empty append', async () => {
        await expect(store.append('case-1', 'none', [])).rejects.toMatchObject({ code: 'empty-append' })
      })

      it.each([
        ['letters and signs', { text: 'Åsa Öberg föll på Ängsvägen 👵🏽🚑 ﬁ \u0000 \u2028 "\\/ ' }],
        ['null beside what is absent', { given: null, list: [null, [], {}], nested: { here: null } }],
        ['numbers', { big: Number.MAX_SAFE_INTEGER, small: 5e-324, negative: -0, fraction: 0.1, exponent: 1e21 }],
        ['keys in no order', { å: 1, Z: 2, a: 3, '10': 4, '9': 5, '\ud83d\ude00': 6, '\ufb33': 7 }],
        ['a megabyte', { text: 'häst'.repeat(250_000) }],
      ])('keeps %s, as canonical JSON', async (_, data) => {
        await store.append('case-1', 'none', [draft(0, data)])
        const [event] = await all(store.read('case-1'))
        expect(event?.data).toEqual(JSON.parse(JSON.stringify({ n: 0, ...data })))
        const raw = (await store.raw('case-1', 0)) ?? ''
        expect(raw).toBe(canonicalize(JSON.parse(raw)))
        expect(JSON.parse(raw)).toEqual({ ...draft(0, data), data: event?.data, stream: 'case-1', revision: 0, recordedAt: event?.recordedAt })
      })

      it.each([
        ['BigInt', 1n],
        ['Date', new Date(0)],
        ['undefined', undefined],
        ['NaN', Number.NaN],
        ['an infinity', Infinity],
        ['a function', () => 1],
        ['half a character', '\ud83d'],
      ])('refuses %s before anything is written', async (_, value) => {
        await expect(store.append('case-1', 'none', [draft(0), draft(1, { deep: [{ value }] })])).rejects.toMatchObject({ code: 'unstorable-value' })
        expect(await all(store.read('case-1'))).toEqual([])
        expect(await store.checkpoint('head')).toBe('start')
      })

      it('reads forwards and backwards, from a revision, up to a position, at most so many', async () => {
        const early = appended(await store.append('case-1', 'none', drafts(4)))
        await store.append('case-2', 'none', drafts(3, 100))
        await store.append('case-1', 3, drafts(3, 4))
        const read = async (options: Parameters<EventStore['read']>[1]): Promise<readonly unknown[]> => numbers(await all(store.read('case-1', options)))
        expect(await read({})).toEqual([0, 1, 2, 3, 4, 5, 6])
        expect(await read({ from: 5 })).toEqual([5, 6])
        expect(await read({ from: 7 })).toEqual([])
        expect(await read({ limit: 2 })).toEqual([0, 1])
        expect(await read({ from: 1, limit: 2 })).toEqual([1, 2])
        expect(await read({ limit: 0 })).toEqual([])
        expect(await read({ direction: 'backwards' })).toEqual([6, 5, 4, 3, 2, 1, 0])
        expect(await read({ direction: 'backwards', limit: 1 })).toEqual([6])
        expect(await read({ direction: 'backwards', from: 2 })).toEqual([2, 1, 0])
        expect(await read({ direction: 'backwards', from: 0 })).toEqual([0])
        expect(await read({ upTo: early.position })).toEqual([0, 1, 2, 3])
        expect(await read({ upTo: early.position, direction: 'backwards', limit: 2 })).toEqual([3, 2])
        expect(await read({ upTo: early.position, from: 4 })).toEqual([])
      })

      it('reads a long stream whole in both directions', async () => {
        await store.append('case-1', 'none', drafts(2100))
        expect(numbers(await all(store.read('case-1')))).toEqual(upTo(2100))
        expect(numbers(await all(store.read('case-1', { direction: 'backwards' })))).toEqual(upTo(2100).reverse())
        expect(await all(store.read('case-1', { from: 50, limit: 1500 }))).toHaveLength(1500)
      })

      it('never lets the time of a stream fall when the clock goes back', async () => {
        const times = ['2026-03-01T10:00:00.000Z', '2026-03-01T09:00:00.000Z', '2026-03-01T11:00:00.000Z']
        for (const [i, now] of times.entries()) await (await open({ now: () => now })).append('case-1', i === 0 ? 'none' : i - 1, [draft(i)])
        expect((await all(store.read('case-1'))).map(({ recordedAt }) => recordedAt)).toEqual([times[0], times[0], times[2]])
      })
    })

    describe('the log', () => {
      it('has positions that rise and sizes that count, across streams', async () => {
        const receipts: Receipt[] = []
        for (const n of upTo(12)) {
          const revision = Math.floor(n / 3)
          receipts.push(appended(await store.append(`case-${n % 3}`, revision === 0 ? 'none' : revision - 1, [draft(n)])))
        }
        const positions = receipts.map(({ position }) => position)
        expect(positions).toEqual([...new Set(positions)].sort())
        const events = await logOf(store)
        expect(events.map(({ position, size }) => [position, size])).toEqual(positions.map((position, i) => [position, i + 1]))
      })

      it('knows a place in the log again by its leaf', async () => {
        expect(await store.checkpoint('head')).toBe('start')
        await store.append('case-1', 'none', drafts(2))
        const [first, second] = await all(store.read('case-1'))
        const leaf = async (revision: number): Promise<string> => hash('sha256', Buffer.concat([Buffer.of(0), Buffer.from((await store.raw('case-1', revision)) ?? '')]))
        const head = reached(await store.checkpoint('head'))
        expect(head).toEqual({ logId: expect.any(String), position: second?.position, size: 2, leaf: await leaf(1) })
        expect(await store.checkpoint(first?.position ?? '')).toEqual({ logId: head.logId, position: first?.position, size: 1, leaf: await leaf(0) })
      })

      it('finds the last position recorded by an instant', async () => {
        let now = ''
        const clocked = await open({ now: () => now })
        const at = async (hour: number, stream: string): Promise<string> => {
          now = `2026-03-01T${hour}:00:00.000Z`
          return appended(await clocked.append(stream, 'none', drafts(2))).position
        }
        expect(await store.positionAt('2026-03-01T10:00:00.000Z')).toBeUndefined()
        const [ten, twelve, alsoTwelve, thirteen] = [await at(10, 'a'), await at(12, 'b'), await at(12, 'c'), await at(13, 'd')]
        expect(await store.positionAt('2026-03-01T09:59:59.999Z')).toBeUndefined()
        expect(await store.positionAt('2026-03-01T10:00:00.000Z')).toBe(ten)
        expect(await store.positionAt('2026-03-01T11:59:59.999Z')).toBe(ten)
        expect(twelve < alsoTwelve).toBe(true)
        expect(await store.positionAt('2026-03-01T13:30:00+01:00')).toBe(alsoTwelve)
        expect(await store.positionAt('2030-01-01T00:00:00.000Z')).toBe(thirteen)
      })

      it('ends an instant before the first event recorded later, though the clocks of its writers differ', async () => {
        const at = (minute: string): string => `2026-03-01T10:${minute}:00.000Z`
        const positions: string[] = []
        for (const minute of ['10', '30', '20', '40', '15', '50']) {
          const writer = await open({ now: () => at(minute) })
          positions.push(appended(await writer.append(`case-${positions.length}`, 'none', [draft(0)])).position)
        }
        const found = await Promise.all(['09', '10', '25', '30', '39', '40', '50'].map((minute) => store.positionAt(at(minute))))
        expect(found).toEqual([undefined, ...[0, 0, 2, 2, 4, 5].map((n) => positions[n])])
      })

      it('is the same after it was closed and opened again', async () => {
        await store.append('case-1', 'none', [draft(0, { text: 'å ä ö 🚑', none: null })])
        await store.append('case-2', 'none', drafts(2))
        const before = [await logOf(store), await store.raw('case-1', 0), await store.checkpoint('head')]
        await store.close()
        const again = await open()
        expect([await logOf(again), await again.raw('case-1', 0), await again.checkpoint('head')]).toEqual(before)
        expect(appended(await again.append('case-2', 1, [draft(3)])).revision).toBe(2)
      })
    })

    describe('subscribe', () => {
      it('gives everything from the start, says that it has caught up, goes on live', async () => {
        await store.append('case-1', 'none', drafts(2))
        const seen = await follow(store, { after: 'start' }, (caughtUp) => {
          if (caughtUp === 1) later(() => store.append('case-2', 'none', [draft(2)]))
          if (caughtUp === 2) later(() => store.append('case-1', 1, [draft(3)]))
          return caughtUp < 3
        })
        expect(seen.map(short)).toEqual([0, 1, 'caught-up', 2, 'caught-up', 3, 'caught-up'])
        expect(seen.filter(isRecorded)).toEqual(await logOf(store))
      })

      it('catches up with an empty log at once', async () => {
        expect(await follow(store, { after: 'start' }, stopAtOnce)).toEqual(['caught-up'])
      })

      it('goes on after a checkpoint', async () => {
        await store.append('case-1', 'none', drafts(3))
        const [, second] = await all(store.read('case-1'))
        const after = await store.checkpoint(second?.position ?? '')
        expect((await follow(store, { after }, stopAtOnce)).map(short)).toEqual([2, 'caught-up'])
        expect(await follow(store, { after: await store.checkpoint('head') }, stopAtOnce)).toEqual(['caught-up'])
      })

      it('moves the checkpoint over what it filters out', async () => {
        for (const n of upTo(9)) await store.append(`${n % 3 ? 'case' : 'unit'}-${n}`, 'none', [draft(n)])
        await store.append('unity-9', 'none', [draft(9)])
        const seen = await follow(store, { after: 'start', streams: ['unit-', 'person-'] }, stopAtOnce)
        expect(numbers(seen.filter(isRecorded))).toEqual([0, 3, 6])
        const places = seen.filter((item) => item !== 'caught-up')
        expect(places.map(({ size }) => size)).toEqual(places.map(({ size }) => size).sort((a, b) => a - b))
        const last = places.at(-1)
        expect(last).toMatchObject({ passed: true, size: 10 })
        const head = reached(await store.checkpoint('head'))
        expect(await store.checkpoint(last?.position ?? '')).toEqual(head)
        const more = await follow(store, { after: head, streams: ['unit-'] }, (caughtUp) => {
          if (caughtUp === 1) later(() => store.append('case-10', 'none', [draft(10)]))
          if (caughtUp === 2) later(() => store.append('unit-11', 'none', [draft(11)]))
          return caughtUp < 3
        })
        expect(more.map(short)).toEqual(['caught-up', 'passed', 'caught-up', 11, 'caught-up'])
      })

      it('loses and reorders nothing for a slow reader', async () => {
        await store.append('case-0', 'none', drafts(1200))
        const other = await open()
        const writing = Promise.all(upTo(40).map((n) => (n % 2 ? store : other).append(`case-${n + 1}`, 'none', drafts(5))))
        const seen: Recorded[] = []
        for await (const item of store.subscribe({ after: 'start', signal: never() })) {
          if (seen.length % 100 === 0) await turn()
          if (isRecorded(item)) seen.push(item)
          if (seen.length === 1400) break
        }
        await writing
        expect(seen.map(({ size }) => size)).toEqual(upTo(1400).map((n) => n + 1))
        expect(seen).toEqual(await logOf(other))
      })

      it('ends when the signal aborts, waiting or in the middle', async () => {
        await store.append('case-1', 'none', drafts(5))
        const waiting = new AbortController()
        const abort = (): void => {
          waiting.abort()
        }
        for await (const item of store.subscribe({ after: 'start', signal: waiting.signal })) if (item === 'caught-up') setImmediate(abort)
        const middle = new AbortController()
        const seen: unknown[] = []
        for await (const item of store.subscribe({ after: 'start', signal: middle.signal })) {
          seen.push(short(item))
          middle.abort()
        }
        expect(seen).toEqual([0])
        expect(await all(store.subscribe({ after: 'start', signal: AbortSignal.abort() }))).toEqual([])
      })

      it('goes on where a broken reader left off, without gap or repeat', async () => {
        const writing = (async () => {
          for (const n of upTo(60)) await store.append(`case-${n % 7}`, n < 7 ? 'none' : Math.floor(n / 7) - 1, [draft(n)])
        })()
        const seen: Recorded[] = []
        let after: Checkpoint | 'start' = 'start'
        while (seen.length < 60) {
          const handle = await open()
          let left = 13
          for await (const item of handle.subscribe({ after, signal: never() })) {
            if (!isRecorded(item)) continue
            seen.push(item)
            after = await handle.checkpoint(item.position)
            if (--left === 0 || seen.length === 60) break
          }
          await handle.close()
        }
        await writing
        expect(numbers(seen)).toEqual(upTo(60))
      })

      it('sees what another handle writes', async () => {
        const other = await open()
        const seen = await follow(store, { after: 'start' }, (caughtUp) => {
          if (caughtUp === 1) later(() => other.append('case-1', 'none', [draft(0)]))
          return caughtUp < 2
        })
        expect(seen.map(short)).toEqual(['caught-up', 0, 'caught-up'])
      })

      it('sees what another process writes', async () => {
        const source = `
          const store = await open()
          await store.append('case-1', 'none', [${JSON.stringify(draft(0))}])
          await store.close()`
        let writing: Promise<unknown> = Promise.resolve()
        const seen = await follow(store, { after: 'start' }, (caughtUp) => {
          if (caughtUp === 1) writing = inProcess(harness, source)
          return caughtUp < 2
        })
        await writing
        expect(seen.map(short)).toEqual(['caught-up', 0, 'caught-up'])
      })

      it.each([
        ['log', (here: Checkpoint) => ({ ...here, logId: 'another' })],
        ['event', (here: Checkpoint) => ({ ...here, leaf: '0'.repeat(64) })],
        ['count', (here: Checkpoint) => ({ ...here, size: here.size + 1 })],
        ['place, beyond the end', (here: Checkpoint) => ({ ...here, position: here.position.replace(/.$/, '9'), size: 9 })],
      ])('refuses a checkpoint of another %s', async (_, change) => {
        await store.append('case-1', 'none', drafts(2))
        const after = change(reached(await store.checkpoint('head')))
        await expect(all(store.subscribe({ after, signal: never() }))).rejects.toMatchObject({ code: 'log-replaced', message: expect.stringMatching(/restored/) })
      })
    })

    describe('close', () => {
      it('happens once however often it is asked for, and ends what is under way', async () => {
        const append = store.append('case-1', 'none', [draft(0)])
        const subscription = follow(store, { after: 'start' }, () => {
          later(() => store.close())
          return true
        })
        expect((await append).outcome).toBe('appended')
        await subscription
        await store.close()
        await store.close()
        await expect(store.append('case-1', 0, [draft(1)])).rejects.toThrow()
        expect(await all((await open()).read('case-1'))).toHaveLength(1)
      })

      it('lets the process exit', async () => {
        const source = `
          const store = await open()
          await store.append('case-1', 'none', [${JSON.stringify(draft(0))}])
          for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) if (item === 'caught-up') break
          await store.close()
          console.log('closed')`
        expect(await inProcess(harness, source)).toBe('closed\n')
      })
    })
  })
}

type Item = Recorded | Passed | 'caught-up'

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const never = (): AbortSignal => new AbortController().signal
const isRecorded = (item: Item): item is Recorded => item !== 'caught-up' && 'stream' in item
const numbers = (events: readonly Recorded[]): readonly unknown[] => events.map(({ data }) => data['n'])
const short = (item: Item): unknown => (item === 'caught-up' ? item : isRecorded(item) ? item.data['n'] : 'passed')
const appended = (answer: Awaited<ReturnType<EventStore['append']>>): Receipt => {
  if (answer.outcome === 'conflict') throw new Error(`Conflict: the stream has ${answer.actual}`)
  return answer
}
const reached = (checkpoint: Checkpoint | 'start'): Checkpoint => {
  if (checkpoint === 'start') throw new Error('The log is empty')
  return checkpoint
}
const stopAtOnce = (): boolean => false
/** In a later turn, when the subscription waits. */
const later = (work: () => Promise<unknown>): void => {
  setImmediate(() => setImmediate(() => void work()))
}
/** All that a subscription gives until `goOn`, called at each `caught-up` with how many there were, answers false. */
const follow = async (store: EventStore, options: Omit<SubscribeOptions, 'signal'>, goOn: (caughtUp: number) => boolean): Promise<Item[]> => {
  const seen: Item[] = []
  let caughtUp = 0
  for await (const item of store.subscribe({ ...options, signal: never() })) {
    seen.push(item)
    if (item === 'caught-up' && !goOn(++caughtUp)) break
  }
  return seen
}
const logOf = async (store: EventStore): Promise<Recorded[]> => (await follow(store, { after: 'start' }, stopAtOnce)).filter(isRecorded)
const positionsOf = async (store: EventStore): Promise<string[]> => (await logOf(store)).map(({ position }) => position)

/** Runs statements in a process of its own, after those that define `open`; answers what it printed when it ended by itself. */
const inProcess = async ({ opening }: EventStoreHarness, source: string): Promise<string> => {
  const child = spawn(process.execPath, ['--conditions=source', '--no-warnings', '--input-type=module', '--eval', `${opening}\n${source}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 15_000,
  })
  const printed: unknown[] = []
  child.stdout.on('data', (chunk) => printed.push(chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`The process ended with ${String(code)}`)
  return printed.join('')
}
