import { caseIdOf, deviationStream, readDeviation, type DeviationEvent } from '#events/deviation'
import { organisationStream } from '#events/organisation'
import { readRoutine, routineIdOf, routineStream, type RoutineEvent } from '#events/routine'
import { loadCase, type Context } from '#apps/application/context'
import { stateOf } from '#apps/application/queries/pages'
import { loadRoutine } from '#apps/application/routines'
import type { CaseFacts } from '#libs/duties/facts'
import { isTimeEvent } from '#libs/deadlines/state'
import type { Recorded } from '#libs/kernel/event'
import type { StoredRow } from '#libs/kernel/projection'
import type { Checkpoint } from '#libs/kernel/store'
import { queue } from '#projections/queue/queue'
import { Observable, ReplaySubject, share } from 'rxjs'

/** What happened to one case or routine, of which somebody may have a row. */
export interface Touched {
  readonly stream: string
  /** Revisions of the first and of the last of its events. */
  readonly first: number
  readonly last: number
  /** Their positions. */
  readonly from: string
  readonly to: string
  /** Ids of the deadlines that the events speak of. */
  readonly deadlines: ReadonlySet<string>
  /** Units at which it lies or is offered, before or after. */
  readonly units: ReadonlySet<string>
}
/** What happened in a stretch of the log, told when the rows show it. */
export interface Batch {
  /** The end of the stretch. */
  readonly position: string
  /** By the place of their first event. */
  readonly touched: readonly Touched[]
  /** The organisation changed: rights may have. */
  readonly organisation: boolean
  /** Happened before the listener came. */
  readonly past: boolean
}
export interface Changes {
  /** Everything after a place in the log, without gap or repeat, and then live. All listeners share one subscription of the log, which ends with the last of them. */
  after(place: Checkpoint | 'start'): Observable<Batch>
  /** The row of a case, at least as new as what was told of it. */
  row(caseId: string): Promise<StoredRow | undefined>
  /** A case as it was before the event of a revision. */
  before(caseId: string, revision: number): Promise<CaseFacts | undefined>
  /** Listeners now. */
  listeners(): number
}

/** Most cases and routines that are told of at once. */
const mostTogether = 500
/** How long to wait for the rows before looking whether anybody still listens, ms. */
const patience = 1_000
const mostKept = 2_000

export const changesOf = (context: Pick<Context, 'store' | 'readModel'>): Changes => {
  const { store, readModel } = context
  // Everybody who is told of a case reads the same row: the last ones are kept.
  const rows = keptLast<StoredRow | undefined>(mostKept)
  const earlier = keptLast<CaseFacts | undefined>(mostKept)
  const row = (id: string, fresh = false): Promise<StoredRow | undefined> => rows.get(id, () => readModel.get(queue.name, id), fresh)
  const before = (id: string, revision: number): Promise<CaseFacts | undefined> =>
    earlier.get(`${id} ${revision}`, async () => (await loadCase(store, id, { revision: revision - 1 }))?.facts)
  const placed = async (thing: Gathered): Promise<Touched> => {
    const { offerEnded, ...touched } = thing
    const units = isOfCase(touched.stream) ? await caseUnits(row(caseIdOf(touched.stream), true)) : await routineUnits(context, touched.stream)
    // The end of an offer does not name the unit that loses it.
    const lost = offerEnded && touched.first > 0 ? (await before(caseIdOf(touched.stream), touched.first))?.handover?.toUnit : undefined
    return { ...touched, units: new Set([...touched.units, ...units, ...(lost === undefined ? [] : [lost])]) }
  }
  const headOf = async (): Promise<string> => {
    const head = await store.checkpoint('head')
    return head === 'start' ? '' : head.position
  }
  /** Until the rows show a position, or nobody listens any more. */
  const shown = async (position: string, signal: AbortSignal): Promise<void> => {
    let shows = false
    while (!shows && !signal.aborted) shows = await readModel.reached(queue.name, position, patience)
  }
  const batches = async function* (after: Checkpoint | 'start', signal: AbortSignal, until?: string): AsyncGenerator<Batch> {
    let gathered = gathering()
    let position = after === 'start' ? '' : after.position
    let told = position
    /** Where the log ended when the stretch began: under load it never comes to rest, and listeners do not wait until it does. */
    let end = ''
    for await (const item of store.subscribe({ after, signal })) {
      if (item !== 'caught-up') {
        if (position === told) end = await headOf()
        position = item.position
        if (!('passed' in item)) gathered.add(item)
      }
      const done = until !== undefined && (item === 'caught-up' || position >= until)
      if (position > told && (done || item === 'caught-up' || position >= end || gathered.size() >= mostTogether)) {
        told = position
        const { things, organisation } = gathered
        gathered = gathering()
        // Nothing is told before the rows show it: the log waits, and what comes meanwhile is told together.
        if (things.size > 0) await shown(position, signal)
        if (signal.aborted) return
        const touched = await Promise.all([...things.values()].map(placed))
        yield { position, touched, organisation: organisation(), past: until !== undefined }
      }
      if (done) return
    }
  }

  let listening = 0
  const live = new Observable<Batch>((listener) => {
    const end = new AbortController()
    const run = async (): Promise<void> => {
      const head = await store.checkpoint('head')
      // Whoever comes hears first how far it has been told, and reads what is missing.
      listener.next({ position: head === 'start' ? '' : head.position, touched: [], organisation: false, past: false })
      for await (const batch of batches(head, end.signal)) listener.next(batch)
      listener.complete()
    }
    run().catch((thrown: unknown) => {
      listener.error(thrown)
    })
    return () => {
      end.abort()
      rows.clear()
      earlier.clear()
    }
  }).pipe(share({ connector: () => new ReplaySubject<Batch>(1) }))

  return {
    after: (place) =>
      new Observable<Batch>((listener) => {
        listening++
        const end = new AbortController()
        const start = place === 'start' ? '' : place.position
        /** The live side may have been told less than the listener knows already. */
        const news = ({ touched, ...batch }: Batch): Batch => ({ ...batch, touched: touched.filter(({ to }) => to > start) })
        let waiting: Batch[] | undefined
        let joined = false
        const join = async (to: string): Promise<void> => {
          if (start < to) for await (const batch of batches(place, end.signal, to)) listener.next(batch)
          for (const batch of waiting ?? []) listener.next(news(batch))
          waiting = undefined
        }
        const heard = live.subscribe({
          next: (batch) => {
            if (!joined) {
              joined = true
              waiting = []
              join(batch.position).catch((thrown: unknown) => {
                listener.error(thrown)
              })
            } else if (waiting) waiting.push(batch)
            else listener.next(news(batch))
          },
          error: (thrown: unknown) => {
            listener.error(thrown)
          },
          complete: () => {
            listener.complete()
          },
        })
        return () => {
          listening--
          end.abort()
          heard.unsubscribe()
        }
      }),
    row: (id) => row(id),
    before,
    listeners: () => listening,
  }
}

/** Keeps what was read last under each name, for as many names. */
const keptLast = <T>(most: number) => {
  const kept = new Map<string, Promise<T>>()
  return {
    get: (name: string, read: () => Promise<T>, fresh = false): Promise<T> => {
      const found = fresh ? undefined : kept.get(name)
      if (found) return found
      const reading = read()
      kept.delete(name)
      const oldest = kept.size >= most ? kept.keys().next().value : undefined
      if (oldest !== undefined) kept.delete(oldest)
      kept.set(name, reading)
      reading.catch(() => kept.delete(name))
      return reading
    },
    clear: (): void => {
      kept.clear()
    },
  }
}

const ofCase = deviationStream('')
const ofRoutine = routineStream('')
const isOfCase = (stream: string): boolean => stream.startsWith(ofCase)

type Gathered = { -readonly [K in keyof Touched]: Touched[K] } & { readonly deadlines: Set<string>; readonly units: Set<string>; offerEnded: boolean }
const gathering = () => {
  const things = new Map<string, Gathered>()
  let organisation = false
  return {
    things,
    organisation: () => organisation,
    size: () => things.size,
    add: (recorded: Recorded): void => {
      const { stream, revision, position } = recorded
      if (stream === organisationStream) organisation = true
      if (!isOfCase(stream) && !stream.startsWith(ofRoutine)) return
      let thing = things.get(stream)
      if (!thing) {
        thing = { stream, first: revision, last: revision, from: position, to: position, deadlines: new Set(), units: new Set(), offerEnded: false }
        things.set(stream, thing)
      }
      thing.last = revision
      thing.to = position
      const event = isOfCase(stream) ? readDeviation(recorded) : readRoutine(recorded)
      if (event.type === 'handover-declined' || event.type === 'handover-withdrawn') thing.offerEnded = true
      for (const id of deadlinesIn(event)) thing.deadlines.add(id)
      for (const id of unitsIn(event)) thing.units.add(id)
    },
  }
}
const deadlinesIn = (event: DeviationEvent | RoutineEvent): readonly string[] => {
  if (!isTimeEvent(event)) return []
  return event.type === 'deadlines-set' ? event.data.deadlines.map(({ id }) => id) : [event.data.deadline]
}
/** Units that a case comes to or leaves. */
const unitsIn = (event: DeviationEvent | RoutineEvent): readonly string[] => {
  if (event.type === 'case-moved') return [event.data.fromUnit, event.data.toUnit]
  return (event.type === 'handover-offered' || event.type === 'handover-accepted') && event.data.toUnit !== undefined ? [event.data.toUnit] : []
}

const caseUnits = async (reading: Promise<StoredRow | undefined>): Promise<readonly string[]> => {
  const row = await reading
  if (!row) return []
  const { unit, handover, formerUnits } = stateOf(queue, row)
  return [unit, ...(handover?.toUnit === undefined ? [] : [handover.toUnit]), ...formerUnits]
}
const routineUnits = async ({ store }: Pick<Context, 'store'>, stream: string): Promise<readonly string[]> => {
  const loaded = await loadRoutine(store, routineIdOf(stream))
  return loaded ? [loaded.routine.owner.unit] : []
}
