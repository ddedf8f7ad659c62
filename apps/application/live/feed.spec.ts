import { describe, expect, it } from '@jest/globals'
import type { Batch, Touched } from '#apps/application/live/changes'
import { openFeed, type FeedSource, type LiveEvent, type Told } from '#apps/application/live/feed'
import { Subject } from 'rxjs'

const position = (n: number): string => String(n).padStart(4, '0')
/** One or more events of one case, at places of the log. */
const touched = (id: string, [first, last = first]: readonly [number, number?], [from, to = from]: readonly [number, number?]): Touched => ({
  stream: id, first, last, from: position(from), to: position(to), deadlines: new Set(), units: new Set(['u']),
})
const batch = (...all: readonly Touched[]): Batch => ({ position: all.reduce((last, { to }) => (to > last ? to : last), ''), touched: all, organisation: false, past: false })
const setUp = (more: Partial<FeedSource> = {}) => {
  const changes = new Subject<Batch>()
  /** Revisions that the rows show. */
  const shown = new Map<string, number>()
  const asked: string[] = []
  const tell = async ({ stream, first, last }: Touched): Promise<Told> => {
    const revision = shown.get(stream) ?? last
    asked.push(`${stream} ${first}`)
    return { events: [{ event: 'row', data: { stream, revision } }], revision }
  }
  const feed = openFeed({ changes, position: position(0), fresh: false, concerns: () => true, tell, stands: () => Promise.resolve('stands'), mostWaiting: 3, ...more })
  return { changes, feed, shown, asked }
}
const told = (events: readonly LiveEvent[] | undefined) => events?.map(({ id, data }) => [id, data['stream'], data['revision']])

describe('a feed', () => {
  it('keeps what nobody takes once for each case, and tells it as it is when it is taken', async () => {
    const { changes, feed } = setUp()
    for (let n = 0; n < 1_000; n++) changes.next(batch(touched(`case-${n % 3}`, [n], [n + 1])))
    const events = await feed.next()
    expect(events?.map(({ data }) => [data['stream'], data['revision']])).toEqual([['case-0', 999], ['case-1', 997], ['case-2', 998]])
    expect(feed.position()).toBe(position(1_000))
    feed.close()
    expect(await feed.next()).toBeUndefined()
    expect(changes.observed).toBe(false)
  })
  it('ends when more waits than it keeps, though nobody takes anything', async () => {
    const { changes, feed } = setUp()
    changes.next(batch(touched('a', [0], [1]), touched('b', [0], [2]), touched('c', [0], [3])))
    changes.next(batch(touched('d', [0], [4])))
    expect(await feed.ended).toEqual({ event: 'reset', id: position(4), data: { because: 'too-many-changes' } })
    expect([await feed.next(), changes.observed]).toEqual([undefined, false])
  })
  it('says with each id up to where all is told, also when one case has an event behind that of another', async () => {
    const { changes, feed } = setUp()
    changes.next(batch(touched('a', [0, 1], [1, 4]), touched('b', [0], [2]), touched('c', [0], [3])))
    expect(told(await feed.next())).toEqual([
      [position(1), 'a', 1],
      [position(2), 'b', 0],
      [position(3), 'c', 0],
    ])
    expect(feed.position()).toBe(position(4))
    changes.next(batch(touched('d', [0], [5])))
    expect(told(await feed.next())).toEqual([[position(5), 'd', 0]])
  })
  it('gives every event of one case but the last the id before it, so that a cut between them loses none', async () => {
    const { changes, feed } = setUp({ tell: () => Promise.resolve({ events: [{ event: 'deadline', data: {} }, { event: 'deadline', data: {} }], revision: 1 }) })
    changes.next(batch(touched('a', [0, 1], [1, 2])))
    expect((await feed.next())?.map(({ id }) => id)).toEqual([position(0), position(2)])
  })
  it('does not tell again what a row that was ahead of its events has told', async () => {
    const { changes, feed, shown, asked } = setUp()
    shown.set('a', 2)
    changes.next(batch(touched('a', [0], [1])))
    await feed.next()
    changes.next(batch(touched('a', [1], [2])))
    changes.next(batch(touched('a', [2], [3])))
    shown.set('a', 4)
    changes.next(batch(touched('a', [3], [4]), touched('b', [0], [5])))
    await feed.next()
    expect(asked).toEqual(['a 0', 'a 3', 'b 0'])
  })
  it('looks at the rights when the organisation changes, and when asked to', async () => {
    const verdicts: ('stands' | 'changed' | 'ended')[] = ['stands', 'ended']
    const asked: string[] = []
    const { changes, feed } = setUp({
      stands: (since) => {
        asked.push(since)
        return Promise.resolve(verdicts.shift() ?? 'stands')
      },
    })
    await feed.check()
    changes.next({ ...batch(), position: position(1), organisation: true, past: true })
    expect(await feed.ended).toEqual({ event: 'bye', id: position(0), data: { because: 'access-ended' } })
    expect(asked).toEqual(['now', 'position'])
  })
  it('ends when the log can no longer be followed', async () => {
    const { changes, feed } = setUp()
    changes.error(new Error('closed'))
    expect((await feed.ended).data).toEqual({ because: 'interrupted' })
  })
})
