import type { Role } from '#events/codes'
import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import { readRoutine, routineEvents, routineIdOf, routineStream, type RoutineEvent } from '#events/routine'
import { isTimeEvent } from '#libs/deadlines/state'
import { byName, type Recorded } from '#libs/kernel/event'
import { projection } from '#libs/kernel/projection'

/** One thing that happened to a routine, or in a case that names it: ids, dates and results only. */
export interface RoutineEntry {
  readonly type: RoutineEvent['type'] | Naming['type']
  /** Events of the log up to and including this one: the order of entries of different streams, on every engine. */
  readonly size: number
  /** Of its own stream: of the case for what happened there, else of the routine. */
  readonly revision: number
  readonly recordedAt: string
  /** Whether it happened in the case. What happened to the routine may name one as its reason. */
  readonly inCase?: true
  readonly case?: string | undefined
  readonly measureId?: string | undefined
  readonly group?: 'social' | 'health' | undefined
  readonly outcome?: string | undefined
  readonly version?: number | undefined
  readonly score?: number | undefined
  readonly asksForMeasures?: boolean | undefined
  readonly firstDue?: string | undefined
  readonly nextDue?: string | undefined
  readonly performedAt?: string | undefined
  readonly result?: number | undefined
  readonly accepted?: boolean | undefined
}
export interface RoutineRow {
  readonly id: string
  readonly process: string
  readonly activity: string
  readonly name: string
  readonly owner: { readonly role: Role; readonly unit: string }
  readonly version: number
  readonly plan?: { readonly interval: string; readonly direction: 'up' | 'down'; readonly lowestAcceptedResult: number }
  readonly ended: boolean
  /** Oldest first. */
  readonly history: readonly RoutineEntry[]
}

const ofRoutine = routineStream('')

/** What happens in a case and may name a routine. */
type Naming = Extract<DeviationEvent, { readonly type: 'deviation-assessed' | 'measure-proposed' | 'measure-completed' | 'measure-effect-checked' }>
const naming: ReadonlySet<string> = new Set<Naming['type']>(['deviation-assessed', 'measure-proposed', 'measure-completed', 'measure-effect-checked'])
const isNaming = (event: DeviationEvent): event is Naming => naming.has(event.type)

/** The routine that an event of a case names. */
const named = (event: DeviationEvent): string | undefined => (isNaming(event) ? event.data.routineId : undefined)

const inCase = (event: Naming): RoutineEntry => {
  const { type, size, revision, recordedAt } = event
  const head = { type, size, revision, recordedAt, inCase: true as const, case: caseIdOf(event.stream) }
  switch (event.type) {
    case 'deviation-assessed':
      return { ...head, group: event.data.group, outcome: event.data.outcome }
    case 'measure-proposed':
      return { ...head, measureId: event.data.measureId }
    case 'measure-completed':
      return { ...head, measureId: event.data.measureId, performedAt: event.data.completedAt }
    case 'measure-effect-checked':
      return { ...head, measureId: event.data.measureId, result: event.data.result, accepted: event.data.accepted }
  }
}

/** What an event of the routine itself is in its history. */
export const entryOf = (recorded: Recorded): RoutineEntry => {
  const event = readRoutine(recorded)
  const { type, size, revision, recordedAt } = event
  const head = { type, size, revision, recordedAt }
  if (isTimeEvent(event)) return head
  switch (event.type) {
    case 'routine-registered':
    case 'routine-owner-changed':
    case 'routine-ended':
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return head
    case 'routine-revised': {
      const { version, case: caseId, measureId } = event.data
      return { ...head, version, case: caseId, measureId }
    }
    case 'routine-risk-analysed': {
      const { score, asksForMeasures, case: caseId, measureId } = event.data
      return { ...head, score, asksForMeasures, case: caseId, measureId }
    }
    case 'self-check-planned': {
      const { firstDue, case: caseId, measureId } = event.data
      return { ...head, firstDue, case: caseId, measureId }
    }
    case 'self-check-performed': {
      const { performedAt, result, accepted, nextDue } = event.data
      return { ...head, performedAt, result, accepted, nextDue }
    }
  }
}

const changed = (row: RoutineRow, event: RoutineEvent): RoutineRow => {
  if (isTimeEvent(event)) return row
  switch (event.type) {
    case 'routine-revised':
      return { ...row, version: event.data.version }
    case 'self-check-planned': {
      const { interval, direction, lowestAcceptedResult } = event.data
      return { ...row, plan: { interval, direction, lowestAcceptedResult } }
    }
    case 'routine-owner-changed':
      return { ...row, owner: event.data.owner }
    case 'routine-ended':
      return { ...row, ended: true }
    case 'routine-registered':
    case 'routine-risk-analysed':
    case 'self-check-performed':
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return row
  }
}

const begun = (event: RoutineEvent): RoutineRow | undefined => {
  if (event.type !== 'routine-registered') return undefined
  const { process, activity, name, owner } = event.data
  return { id: routineIdOf(event.stream), process, activity, name, owner, version: 1, ended: false, history: [] }
}

const columns = { unit: 'text', process: 'text', name: 'text' } as const

/**
 * The register of processes, activities and routines, each with what R3 keeps in two systems as one history: the deviations and risks that name
 * it, the measures that change it, its risk analyses, revisions and self-checks. Fed by the routines and by the cases that name them.
 */
export const routines = projection<RoutineRow, typeof columns>({
  name: 'routines',
  version: 1,
  streams: [ofRoutine, 'deviation-'],
  types: new Set([...byName(routineEvents).keys(), ...naming]),
  columns,
  indices: [['process', 'name'], ['unit', 'process', 'name']],
  key: (event) => (event.stream.startsWith(ofRoutine) ? routineIdOf(event.stream) : (named(readDeviation(event)) ?? [])),
  fold: (row, recorded) => {
    if (recorded.stream.startsWith(ofRoutine)) {
      const event = readRoutine(recorded)
      const next = row ? changed(row, event) : begun(event)
      return next && { ...next, history: [...next.history, entryOf(recorded)] }
    }
    const event = readDeviation(recorded)
    return row && isNaming(event) ? { ...row, history: [...row.history, inCase(event)] } : row
  },
  row: ({ owner, process, name }) => ({ unit: owner.unit, process, name }),
})
