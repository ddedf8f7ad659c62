import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { draft, drafts } from '#libs/contracts/event-samples'
import { canonical } from '#libs/kernel/canonical'
import type { Clock } from '#libs/kernel/clock'
import { compareLogs, copyLog, type LogCopy, type RawEvent } from '#libs/kernel/copy'
import type { Recorded } from '#libs/kernel/event'
import { leafHash } from '#libs/kernel/merkle'
import type { EventStore } from '#libs/kernel/store'

/** Logs on the engine under test, each empty at first. */
export interface LogCopyHarness {
  /** A log by its name; the same name is the same log. Handles are opened and closed one after the other. */
  copy(log: string): Promise<LogCopy>
  /** The same log through the port. */
  store(log: string, clock?: Clock): Promise<EventStore>
  dispose(): Promise<void>
}

/** What copying holds to on every engine. There is no parameter that excuses one. */
export const logCopyContract = (name: string, make: () => Promise<LogCopyHarness>): void => {
  describe(`${name} keeps the contract of copying a log`, () => {
    let harness: LogCopyHarness
    beforeEach(async () => {
      harness = await make()
    })
    afterEach(() => harness.dispose())

    const withCopy = async <T>(log: string, work: (copy: LogCopy) => Promise<T>): Promise<T> => {
      const copy = await harness.copy(log)
      try {
        return await work(copy)
      } finally {
        await copy.close()
      }
    }
    const withStore = async <T>(log: string, work: (store: EventStore) => Promise<T>, clock?: Clock): Promise<T> => {
      const store = await harness.store(log, clock)
      try {
        return await work(store)
      } finally {
        await store.close()
      }
    }
    const rawOf = (log: string): Promise<RawEvent[]> => withCopy(log, (copy) => all(copy.raw()))
    const write = (log: string, events: readonly RawEvent[], expectedSize: number): Promise<void> => withCopy(log, (copy) => copy.write(events, expectedSize))
    const copied = (from: string, to: string) => withCopy(from, (source) => withCopy(to, (target) => copyLog(source, target)))

    describe('reading', () => {
      it('gives nothing of an empty log', async () => {
        expect(await rawOf('here')).toEqual([])
      })
      it('gives what the port has appended, in the order of the log, as it is stored', async () => {
        const [events, bytes] = await withStore('here', async (store) => {
          await store.append('case-1', 'none', drafts(2))
          await store.append('unit-1', 'none', [draft(2, { text: 'å ä ö 🚑', none: null })])
          await store.append('case-1', 1, [draft(3)])
          const events = await logOf(store)
          return [events, await Promise.all(events.map(({ stream, revision }) => store.raw(stream, revision)))]
        })
        expect(await rawOf('here')).toEqual(events.map(({ stream, revision, size }, i) => ({ stream, revision, size, bytes: bytes[i] })))
      })
    })

    describe('writing', () => {
      it('leaves ids, revisions, times and order as they were, for the port to read and to go on from', async () => {
        const written = [event(1, 'case-1', 0), event(2, 'case-2', 0), event(3, 'case-2', 1), event(4, 'case-1', 1), event(5, 'case-2', 2)]
        await write('here', written.slice(0, 3), 0)
        await write('here', written.slice(3), 3)
        expect(await rawOf('here')).toEqual(written)
        await withStore('here', async (store) => {
          const events = await logOf(store)
          expect(events.map(({ position: _, size, ...envelope }) => [size, canonical(envelope)])).toEqual(written.map(({ size, bytes }) => [size, bytes]))
          expect(events.map(({ position }) => position)).toEqual(events.map(({ position }) => position).sort())
          expect(await store.checkpoint('head')).toMatchObject({ size: 5, leaf: leafHash(written[4]?.bytes ?? '') })
          expect(await store.append('case-1', 1, [draft(9)])).toMatchObject({ outcome: 'appended', revision: 2 })
          expect(await store.append('case-2', 1, [draft(9)])).toEqual({ outcome: 'conflict', actual: 2 })
        })
      })
      it('takes many at once, long runs of one stream among them, and an event of a megabyte', async () => {
        const many = Array.from({ length: 2300 }, (_, i) => (i < 1300 ? event(i + 1, 'case-0', i) : event(i + 1, `case-${1 + (i % 7)}`, Math.floor((i - 1300) / 7))))
        const streams = new Map<string, number>()
        const next = (stream: string): number => {
          const revision = streams.get(stream) ?? 0
          streams.set(stream, revision + 1)
          return revision
        }
        const events = many.map(({ stream, size }) => event(size, stream, next(stream), size === 1500 ? { text: 'x'.repeat(1_000_000) } : {}))
        await write('here', events, 0)
        expect(await rawOf('here')).toEqual(events)
      })
      it.each([
        ['a gap', 2, [event(4, 'case-2', 0)]],
        ['a gap in the middle', 2, [event(3, 'case-2', 0), event(5, 'case-2', 1)]],
        ['another order', 2, [event(4, 'case-2', 1), event(3, 'case-2', 0)]],
      ])('refuses %s, and writes nothing', async (_, expectedSize, events) => {
        await write('here', [event(1, 'case-1', 0), event(2, 'case-1', 1)], 0)
        await expect(write('here', events, expectedSize)).rejects.toMatchObject({ code: 'out-of-order', at: expect.stringMatching(/^case-2\/\d$/) })
        expect(await rawOf('here')).toHaveLength(2)
      })
      it.each([0, 1, 3])('refuses to write to a log of 2 as if it had %i', async (expectedSize) => {
        await write('here', [event(1, 'case-1', 0), event(2, 'case-1', 1)], 0)
        await expect(write('here', [event(expectedSize + 1, 'case-2', 0)], expectedSize)).rejects.toMatchObject({ code: 'other-size' })
        expect(await rawOf('here')).toHaveLength(2)
      })
      it('refuses to go on when somebody else has written meanwhile', async () => {
        await withCopy('here', async (copy) => {
          await copy.write([event(1, 'case-1', 0)], 0)
          await withStore('here', (store) => store.append('case-2', 'none', [draft(0)]))
          await expect(copy.write([event(2, 'case-3', 0)], 1)).rejects.toMatchObject({ code: 'other-size' })
        })
        expect(await rawOf('here')).toHaveLength(2)
      })
      it.each([
        ['that skips one', event(3, 'case-1', 3)],
        ['that is there', event(3, 'case-1', 1)],
        ['in the middle of a stream that is not there', event(3, 'case-2', 1)],
        ['that begins a stream anew', event(3, 'case-1', 0)],
      ])('refuses a revision %s, and writes nothing', async (_, wrong) => {
        await write('here', [event(1, 'case-1', 0), event(2, 'case-1', 1)], 0)
        await expect(write('here', [wrong], 2)).rejects.toMatchObject({ code: 'wrong-revision', at: `${wrong.stream}/${wrong.revision}` })
        expect(await rawOf('here')).toHaveLength(2)
      })
      it('leaves at most a beginning of what it refuses for a revision', async () => {
        const events = [event(1, 'case-1', 0), event(2, 'case-2', 1), event(3, 'case-3', 0)]
        await expect(write('here', events, 0)).rejects.toMatchObject({ code: 'wrong-revision' })
        const left = await rawOf('here')
        expect(events.slice(0, 1)).toEqual(expect.arrayContaining(left))
      })
      const good = event(2, 'case-2', 0)
      it.each([
        ['not-canonical', 'spaces', good.bytes.replace('{', '{ ')],
        ['not-canonical', 'another order', good.bytes.replace(/^\{("data":.*?),("id":"[^"]*")/, '{$2,$1')],
        ['not-canonical', 'a name twice', good.bytes.replace('"id":', '"id":"x","id":')],
        ['not-canonical', 'a number in other digits', good.bytes.replace('"schemaVersion":1', '"schemaVersion":1.0')],
        ['not-canonical', 'half a character', good.bytes.replace('"n":2', '"n":"\ud83d"')],
        ['not-canonical', 'no JSON', good.bytes.slice(1)],
        ['not-canonical', 'a byte order mark', `\ufeff${good.bytes}`],
        ['not-its-envelope', 'another stream', event(2, 'case-3', 0).bytes],
        ['not-its-envelope', 'another revision', event(2, 'case-2', 1).bytes],
        ['not-its-envelope', 'a member more', good.bytes.replace('"id":', '"extra":1,"id":')],
        ['not-its-envelope', 'a member less', good.bytes.replace(/"recordedAt":"[^"]*",/, '')],
        ['not-its-envelope', 'a time of another form', good.bytes.replace(/("recordedAt":"[^"]*)\.\d{3}Z/, '$1Z')],
        ['not-its-envelope', 'no name of its type', good.bytes.replace('"type":"sample-noted"', '"type":""')],
        ['not-its-envelope', 'data that is a list', good.bytes.replace('"data":{"n":2}', '"data":[2]')],
      ])('refuses bytes that are %s: %s, and writes nothing of what comes with them', async (code, _, bytes) => {
        expect(bytes).not.toBe(good.bytes)
        await expect(write('here', [event(1, 'case-1', 0), { ...good, bytes }], 0)).rejects.toMatchObject({ code, at: 'case-2/0' })
        expect(await rawOf('here')).toEqual([])
      })
    })

    describe('a copy', () => {
      it('has the leaves of its source, and finds the same instants in it though the clocks of its writers differed', async () => {
        const at = (minute: string): string => `2026-03-01T10:${minute}:00.000Z`
        const minutes = ['10', '30', '20', '40', '15', '50']
        const events = minutes.map((minute, i) => event(i + 1, `case-${i}`, 0, {}, at(minute)))
        await write('here', events, 0)
        expect(await copied('here', 'there')).toEqual({ outcome: 'copied', size: 6, before: 0 })
        const sizes = await withStore('there', async (store) => {
          const positions = (await logOf(store)).map(({ position }) => position)
          const found = await Promise.all(['09', '10', '25', '30', '39', '40', '50'].map((minute) => store.positionAt(at(minute))))
          return found.map((position) => (position === undefined ? 0 : positions.indexOf(position) + 1))
        })
        expect(sizes).toEqual([0, 1, 1, 3, 3, 5, 6])
        const equal = await withCopy('here', (source) => withCopy('there', (target) => compareLogs(source, target)))
        expect(equal).toMatchObject({ outcome: 'equal', size: 6, families: new Map([['case', 6]]) })
      })
      it('that was interrupted goes on where it was', async () => {
        const events = Array.from({ length: 40 }, (_, i) => event(i + 1, `case-${i % 3}`, Math.floor(i / 3)))
        await write('here', events, 0)
        await write('there', events.slice(0, 17), 0)
        expect(await copied('here', 'there')).toEqual({ outcome: 'copied', size: 40, before: 17 })
        expect(await copied('here', 'there')).toEqual({ outcome: 'copied', size: 40, before: 40 })
        expect(await rawOf('there')).toEqual(events)
      })
      it('is refused where the target has gone another way, and names the first leaf that differs', async () => {
        const shared = [event(1, 'case-1', 0), event(2, 'case-1', 1)]
        const [ours, theirs] = [event(3, 'case-2', 0), event(3, 'case-2', 0, { text: 'another' })]
        await write('here', [...shared, ours, event(4, 'case-2', 1)], 0)
        await write('there', [...shared, theirs], 0)
        const leaf = ({ stream, revision, bytes }: RawEvent) => ({ stream, revision, leaf: leafHash(bytes) })
        expect(await copied('here', 'there')).toEqual({ outcome: 'differs', at: 3, from: leaf(ours), to: leaf(theirs) })
        expect(await rawOf('there')).toEqual([...shared, theirs])
        await write('longer', [...shared, ours, event(4, 'case-2', 1), event(5, 'case-3', 0)], 0)
        expect(await copied('here', 'longer')).toEqual({ outcome: 'differs', at: 5, to: leaf(event(5, 'case-3', 0)) })
      })
    })

    it('can be closed twice, and then gives nothing', async () => {
      const copy = await harness.copy('here')
      await copy.close()
      await copy.close()
      await expect(all(copy.raw())).rejects.toThrow()
    })
  })
}

const event = (size: number, stream: string, revision: number, data: Readonly<Record<string, unknown>> = {}, recordedAt = '2026-03-01T10:00:00.000Z'): RawEvent => ({
  stream,
  revision,
  size,
  bytes: canonical({ ...draft(size, data), stream, revision, recordedAt }),
})
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
const logOf = async (store: EventStore): Promise<Recorded[]> => {
  const events: Recorded[] = []
  for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) {
    if (item === 'caught-up') break
    if ('stream' in item) events.push(item)
  }
  return events
}
