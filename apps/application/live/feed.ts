import type { Json } from '#apps/application/queries/asker'
import type { Batch, Touched } from '#apps/application/live/changes'
import { Subscription, type Observable } from 'rxjs'

/** One server-sent event; `id` is the position up to which everything has been told with it. */
export interface LiveEvent {
  readonly event: 'ready' | 'row' | 'gone' | 'deadline' | 'reset' | 'bye'
  readonly id: string
  readonly data: Json
}
/** Why a stream ends by itself: what the client has is no longer whole (`reset`), or she may no longer hear it (`bye`). */
export type LiveEnd = LiveEvent & { readonly event: 'reset' | 'bye' }

/**
 * What one listener is told, pulled by whoever can send it. What nobody takes is kept as the names of what changed, once each; it is read when it is taken, so
 * that it is as new as can be.
 */
export interface Feed {
  /** The next events, at most some tens, as soon as there are any; undefined after the end. */
  next(): Promise<readonly LiveEvent[] | undefined>
  /** Settles when the stream ends by itself, also while nobody takes anything. */
  readonly ended: Promise<LiveEnd>
  /** Up to where everything has been told. */
  position(): string
  /** Looks whether the listener may still hear it: what ends with time has no event. */
  check(): Promise<void>
  close(): void
}

/** What became of something for the listener. */
export interface Told {
  readonly events: readonly { readonly event: 'row' | 'gone' | 'deadline'; readonly data: Json }[]
  /** Revision that it rests on. */
  readonly revision: number
}
export interface FeedSource {
  readonly changes: Observable<Batch>
  /** Where the listener stands. */
  readonly position: string
  /** Whether the position is one that the listener has not seen anything after. */
  readonly fresh: boolean
  /** Whether something may concern the listener. */
  concerns(touched: Touched): boolean
  /** `past` when the client may have been told of any revision from `first` on. */
  tell(touched: Touched, past: boolean): Promise<Told>
  /** Whether what the listener sees is still decided as it was at her beginning: `since` the position where she stood, or only now. */
  stands(since: 'now' | 'position'): Promise<'stands' | 'changed' | 'ended'>
  /** Most cases and routines that may wait; beyond them the client reads anew. */
  readonly mostWaiting: number
}

/** Most that is read and sent in one go. */
const portion = 20

interface Waiting extends Touched {
  readonly past: boolean
}

export const openFeed = (source: FeedSource): Feed => {
  const { position: start, mostWaiting } = source
  /** By stream, in the order of the first event that is not told: the ids of events say up to where all is told. */
  const waiting = new Map<string, Waiting>()
  /** Revisions that were told before their events came: the rows may be ahead. */
  const ahead = new Map<string, number>()
  const ready: LiveEvent[] = source.fresh ? [{ event: 'ready', id: start, data: { position: start } }] : []
  let told = start
  let heard = start
  let over = false
  const subscription = new Subscription()
  let wake = (): void => undefined
  const ended = Promise.withResolvers<LiveEnd>()

  const close = (): void => {
    over = true
    waiting.clear()
    ahead.clear()
    subscription.unsubscribe()
    wake()
  }
  const end = (event: LiveEnd['event'], because: string): void => {
    if (over) return
    // A client that reads anew is told from where on it need not.
    ended.resolve({ event, id: event === 'reset' ? heard : told, data: { because } })
    close()
  }
  const judge = async (since: 'now' | 'position'): Promise<void> => {
    const verdict = await source.stands(since)
    if (verdict === 'ended') end('bye', 'access-ended')
    else if (verdict === 'changed') end('reset', 'organisation-changed')
  }
  const judged = (since: 'now' | 'position'): Promise<void> =>
    judge(since).catch(() => {
      end('reset', 'interrupted')
    })

  const wait = (touched: Touched, past: boolean): void => {
    const { stream, last } = touched
    const done = ahead.get(stream)
    if (done !== undefined && last >= done) ahead.delete(stream)
    if (done !== undefined && last <= done) return
    const before = waiting.get(stream)
    const first = before?.first ?? Math.max(touched.first, done === undefined ? 0 : done + 1)
    const deadlines = before ? new Set([...before.deadlines, ...touched.deadlines]) : touched.deadlines
    waiting.set(stream, { ...touched, first, from: before?.from ?? touched.from, deadlines, past: past || (before?.past ?? false) })
  }
  const hear = (batch: Batch): void => {
    if (over) return
    for (const touched of batch.touched) if (source.concerns(touched)) wait(touched, batch.past)
    if (batch.position > heard) heard = batch.position
    if (batch.organisation) void judged(batch.past ? 'position' : 'now')
    if (waiting.size > mostWaiting) end('reset', 'too-many-changes')
    else wake()
  }
  subscription.add(source.changes.subscribe({
    next: hear,
    error: () => {
      end('reset', 'interrupted')
    },
    complete: () => {
      end('bye', 'stopping')
    },
  }))

  /** Tells the first of what waits. */
  const tellFirst = async (thing: Waiting): Promise<readonly LiveEvent[]> => {
    waiting.delete(thing.stream)
    const { events, revision } = await source.tell(thing, thing.past)
    if (over) return []
    const again = waiting.get(thing.stream)
    // What came meanwhile is in the row already, or comes after it.
    if (again && again.last <= revision) waiting.delete(thing.stream)
    else if (again) waiting.set(thing.stream, { ...again, first: Math.max(again.first, revision + 1), past: false })
    if (revision > Math.max(thing.last, again?.last ?? 0)) ahead.set(thing.stream, revision)
    const before = told
    // Between its first and last event others may wait that are not told yet.
    const next = waiting.values().next().value
    told = next === undefined || thing.to < next.from ? thing.to : thing.from
    return events.map((event, i) => ({ ...event, id: i === events.length - 1 ? told : before }))
  }

  return {
    next: async () => {
      for (;;) {
        if (over) return undefined
        const events = ready.splice(0)
        for (let i = 0; i < portion && !over; i++) {
          const first = waiting.values().next().value
          if (first) events.push(...(await tellFirst(first)))
          else if (heard > told) told = heard
        }
        if (events.length > 0) return events
        if (!over && waiting.size === 0)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
    ended: ended.promise,
    position: () => told,
    check: () => judged('now'),
    close,
  }
}
