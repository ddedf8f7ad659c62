import { describe, expect, it } from '@jest/globals'
import { compareLogs, copyLog, type LogCopy, type RawEvent } from '#libs/kernel/copy'
import { leafHash, merkleTree } from '#libs/kernel/merkle'

const event = (size: number, more: Partial<RawEvent> = {}): RawEvent => ({ stream: 'case-1', revision: size - 1, bytes: `{"n":${size}}`, size, ...more })
const events = (count: number): RawEvent[] => Array.from({ length: count }, (_, i) => event(i + 1))
/** A log of these; what is written is listed. `open` counts readers that were not let go. */
const logOf = (held: readonly RawEvent[]): LogCopy & { readonly written: (readonly RawEvent[])[]; open: number } => {
  const written: (readonly RawEvent[])[] = []
  const log = {
    written,
    open: 0,
    async *raw() {
      log.open++
      try {
        yield* held
      } finally {
        log.open--
      }
    },
    write: async (batch: readonly RawEvent[]) => void written.push(batch),
    close: async () => undefined,
  }
  return log
}

describe('comparing logs', () => {
  it('gives the size, a root from each and the families when they are equal', async () => {
    const mixed = ['organisation', 'deviation-a-b', 'deviation-c', 'access-2026-01-x'].map((stream, i) => event(i + 1, { stream, revision: 0 }))
    const tree = merkleTree()
    for (const { bytes } of mixed) tree.add(leafHash(bytes))
    expect(await compareLogs(logOf(mixed), logOf(mixed))).toEqual({
      outcome: 'equal',
      size: 4,
      roots: { from: tree.root(), to: tree.root() },
      families: new Map([['organisation', 1], ['deviation', 2], ['access', 1]]),
    })
  })
  const log = events(5)
  it.each([
    ['other bytes', log.with(2, event(3, { bytes: '{}' })), 3],
    ['another stream', log.with(1, event(2, { stream: 'case-2' })), 2],
    ['another revision', log.with(4, event(5, { revision: 9 })), 5],
    ['an event less in the middle', [...log.slice(0, 2), ...log.slice(3)], 3],
    ['an event more in the middle', [...log.slice(0, 2), event(3, { bytes: '[]' }), ...log.slice(2)], 3],
    ['two in another order', [event(2), event(1), ...log.slice(2)], 1],
    ['an event less at the end', log.slice(0, 4), 5],
    ['an event more at the end', events(6), 6],
    ['nothing', [], 1],
  ])('names the first leaf that differs: %s, on either side', async (_, other, at) => {
    for (const [from, to] of [[log, other], [other, log]] as const) {
      const [here, there] = [logOf(from), logOf(to)]
      const leaf = (held: readonly RawEvent[]) => (held[at - 1] ? { stream: held[at - 1]?.stream, revision: held[at - 1]?.revision, leaf: leafHash(held[at - 1]?.bytes ?? '') } : undefined)
      expect(await compareLogs(here, there)).toEqual({ outcome: 'differs', at, from: leaf(from), to: leaf(to) })
      expect([here.open, there.open]).toEqual([0, 0])
    }
  })
})

describe('copying', () => {
  it('writes batch by batch what the target lacks, and tells how far it is', async () => {
    const [from, to, told] = [logOf(events(3500)), logOf(events(1200)), [] as number[]]
    expect(await copyLog(from, to, { onProgress: (size) => told.push(size) })).toEqual({ outcome: 'copied', size: 3500, before: 1200 })
    expect(to.written.flat()).toEqual(events(3500).slice(1200))
    expect(to.written.map(({ length }) => length)).toEqual([1000, 1000, 300])
    expect(told).toEqual([1000, 2200, 3200, 3500])
  })
  it('keeps batches of large events small', async () => {
    const large = events(9).map((each) => ({ ...each, bytes: 'x'.repeat(1_500_000) }))
    const to = logOf([])
    await copyLog(logOf(large), to)
    expect(to.written.map(({ length }) => length)).toEqual([3, 3, 3])
  })
  it('writes nothing to a target that goes another way or has more, and lets its source go', async () => {
    for (const held of [[event(1), event(2, { bytes: '{}' })], events(4)]) {
      const [from, to] = [logOf(events(3)), logOf(held)]
      expect(await copyLog(from, to)).toMatchObject({ outcome: 'differs', at: held.length })
      expect([to.written, from.open, to.open]).toEqual([[], 0, 0])
    }
  })
})
