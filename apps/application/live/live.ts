import { caseIdOf, deviationStream, readDeviation } from '#events/deviation'
import { routineIdOf } from '#events/routine'
import { organisationUpTo, type Context } from '#apps/application/context'
import { changesOf, type Batch, type Touched } from '#apps/application/live/changes'
import { openFeed, type Feed, type FeedSource, type Told } from '#apps/application/live/feed'
import { reachDigest } from '#apps/application/live/reach'
import { accessToEach, askerOf, holdsAny, unitAsked, type Asker } from '#apps/application/queries/asker'
import { deadlineRow } from '#apps/application/queries/deadline-row'
import { stateOf } from '#apps/application/queries/pages'
import { queueRoles, queueRow, unitsOf, type QueueCase, type QueueSight, type QueueView } from '#apps/application/queries/queue'
import { loadRoutine } from '#apps/application/routines'
import type { Answer, QueryRequest } from '#apps/application/request'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import type { Checkpoint } from '#libs/kernel/store'
import { municipality } from '#libs/organisation/state'
import { readsRoutine } from '#libs/routines/rights'
import { queue as projection } from '#projections/queue/queue'
import { of } from 'rxjs'

/** A stream that was opened, or why it was not. */
export type Opened = { readonly kind: 'open'; readonly position: string; readonly feed: Feed } | Exclude<Answer<never>, { readonly kind: 'found' }>
/** Where the client stands: a position and the place where it gave it; from now on where there is none. */
export interface From {
  readonly position: string
  readonly pointer: string
}
export interface Live {
  /** What changes in a queue, as the asker sees it: each row as the list would have it, and what leaves it. Rights as for the list. */
  queue(q: QueryRequest, unit: string, options: { readonly view: QueueView; readonly from?: From | undefined }): Promise<Opened>
  /** What happens to deadlines of cases that the asker sees whole or masked, and of routines that she reads. */
  deadlines(q: QueryRequest, options: { readonly unit?: string | undefined; readonly from?: From | undefined }): Promise<Opened>
  /** Streams that are open now. */
  listeners(): number
}
export interface LiveLimits {
  /** Most cases and routines that may wait for one client. */
  readonly mostWaiting: number
  /** Most events of the log that a client may have missed. */
  readonly mostBehind: number
}
export const usualLimits: LiveLimits = { mostWaiting: 1_000, mostBehind: 50_000 }

export const liveOf = (context: Context, { mostWaiting, mostBehind }: LiveLimits = usualLimits): Live => {
  const { store } = context
  const changes = changesOf(context)

  /** A place in the log to go on from; `bad` when it is none of this log. */
  const placeOf = async (from: From | undefined): Promise<Checkpoint | 'start' | 'bad'> => {
    const head = await store.checkpoint('head')
    if (from === undefined) return head
    if (head === 'start' || from.position > head.position) return 'bad'
    try {
      return await store.checkpoint(from.position)
    } catch (thrown) {
      if (codeOf(thrown) === 'bad-position') return 'bad'
      throw thrown
    }
  }

  interface Question {
    readonly q: QueryRequest
    readonly from: From | undefined
    /** Whether she may ask, as an answer. */
    readonly allowed: (asker: Asker) => Exclude<Answer<never>, { readonly kind: 'found' }> | 'allowed'
    readonly unit: string
    readonly tell: (touched: Touched, past: boolean) => Promise<Told>
  }
  const open = async ({ q, from, allowed, unit, tell }: Question): Promise<Opened> => {
    const asker = await askerOf(context, q)
    const may = allowed(asker)
    if (may !== 'allowed') return may
    const place = await placeOf(from)
    if (place === 'bad') return { kind: 'invalid', faults: [{ pointer: from?.pointer ?? '', code: 'not-a-position' }] }
    const position = place === 'start' ? '' : place.position
    let units = unitsOf(asker, unit)
    const digest = reachDigest(asker.organisation, units, asker.now)
    const stands: FeedSource['stands'] = async (since) => {
      const now = await askerOf(context, q)
      if (allowed(now) !== 'allowed') return 'ended'
      units = unitsOf(now, unit)
      if (reachDigest(now.organisation, units, now.now) !== digest) return 'changed'
      if (since === 'now') return 'stands'
      const then = { ...now, organisation: await organisationUpTo(store, position) }
      return reachDigest(then.organisation, unitsOf(then, unit), now.now) === digest ? 'stands' : 'changed'
    }
    const head = await store.checkpoint('head')
    const isFarBehind = head !== 'start' && head.size - (place === 'start' ? 0 : place.size) > mostBehind
    const feed = openFeed({
      changes: isFarBehind ? of<Batch>({ position: head.position, touched: [], organisation: false, past: true }) : changes.after(place),
      position,
      fresh: from === undefined,
      concerns: ({ units: at }) => [...at].some((id) => units.has(id)),
      tell,
      stands,
      mostWaiting: isFarBehind ? -1 : mostWaiting,
    })
    return { kind: 'open', position, feed }
  }

  /** Whether the client had something of a case: as it was before it was touched or, when she may have been told of later revisions, as it was in any since. */
  const had = async (id: string, { first }: Touched, past: boolean, seen: (facts: CaseFacts) => Promise<boolean>): Promise<boolean> => {
    if (!past) {
      const before = first === 0 ? undefined : await changes.before(id, first)
      return before !== undefined && seen(before)
    }
    let facts: CaseFacts | undefined
    for await (const recorded of store.read(deviationStream(id))) {
      facts = evolveCase(facts, readDeviation(recorded))
      if (facts && recorded.revision >= first - 1 && (await seen(facts))) return true
    }
    return false
  }

  const queueTold = (q: QueryRequest, unit: string, view: QueueView) => async (touched: Touched, past: boolean): Promise<Told> => {
    const id = caseIdOf(touched.stream)
    const asker = await askerOf(context, q)
    const moment = { organisation: asker.organisation, instant: asker.now }
    const sight: QueueSight = { asker, units: unitsOf(asker, unit), view, moment, policies: await context.policies(), language: q.language }
    const rowOf = async (one: QueueCase) => queueRow(sight, one, (await accessToEach(context, asker, [one.facts]))[0] ?? 'none')
    const stored = await changes.row(id)
    if (!stored) return { events: [], revision: touched.last }
    const facts = stateOf(projection, stored)
    const row = await rowOf({ facts, columns: stored.columns })
    if (row) return { events: [{ event: 'row', data: row }], revision: facts.revision }
    const gone = await had(id, touched, past, async (before) => (await rowOf({ facts: before, columns: projection.row(before, id) })) !== undefined)
    return { events: gone ? [{ event: 'gone', data: { id } }] : [], revision: facts.revision }
  }

  const deadlinesTold = (q: QueryRequest, unit: string) => async (touched: Touched, past: boolean): Promise<Told> => {
    const asker = await askerOf(context, q)
    const units = unitsOf(asker, unit)
    if (!isOfCase(touched.stream)) return routineTold(touched, asker, units)
    const id = caseIdOf(touched.stream)
    const seen = async (facts: CaseFacts): Promise<boolean> => {
      const [access] = units.has(facts.unit) ? await accessToEach(context, asker, [facts]) : []
      return access === 'full' || access === 'masked'
    }
    const stored = await changes.row(id)
    if (!stored) return { events: [], revision: touched.last }
    const facts = stateOf(projection, stored)
    const { revision } = facts
    if (await seen(facts)) {
      // What comes into sight comes whole.
      const came = touched.first > 0 && !(await had(id, touched, false, seen))
      const named = facts.deadlines.filter((deadline) => came || touched.deadlines.has(deadline.id))
      return { events: named.map((deadline) => ({ event: 'deadline', data: deadlineRow({ kind: 'case', id, unit: facts.unit }, deadline) })), revision }
    }
    return { events: (await had(id, touched, past, seen)) ? [{ event: 'gone', data: { id } }] : [], revision }
  }
  const routineTold = async (touched: Touched, asker: Asker, units: ReadonlySet<string>): Promise<Told> => {
    const id = routineIdOf(touched.stream)
    const loaded = await loadRoutine(store, id)
    const revision = loaded?.events.at(-1)?.revision ?? touched.last
    const unit = loaded?.routine.owner.unit
    if (!loaded || unit === undefined || !units.has(unit) || !readsRoutine(unit, asker)) return { events: [], revision }
    const named = loaded.routine.deadlines.filter((deadline) => touched.deadlines.has(deadline.id))
    return { events: named.map((deadline) => ({ event: 'deadline', data: deadlineRow({ kind: 'routine', id, unit }, deadline) })), revision }
  }

  return {
    queue: (q, unit, { view, from }) => {
      const tell = queueTold(q, unit, view)
      return open({
        q,
        from,
        unit,
        allowed: (asker) => unitAsked(asker, queueRoles, unit),
        // A routine stands in no queue.
        tell: async (touched, past) => (isOfCase(touched.stream) ? tell(touched, past) : { events: [], revision: touched.last }),
      })
    },
    deadlines: (q, { unit, from }) =>
      open({
        q,
        from,
        unit: unit ?? municipality,
        allowed: (asker) => (unit === undefined ? (holdsAny(asker, queueRoles) ? 'allowed' : { kind: 'forbidden' }) : unitAsked(asker, queueRoles, unit)),
        tell: deadlinesTold(q, unit ?? municipality),
      }),
    listeners: () => changes.listeners(),
  }
}

const ofCase = deviationStream('')
const isOfCase = (stream: string): boolean => stream.startsWith(ofCase)
const codeOf = (thrown: unknown): unknown => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined)
