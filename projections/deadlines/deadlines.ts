import { readDeviation, type DeviationEvent } from '#events/deviation'
import { policyStream, readPolicy, type PolicyEvent } from '#events/policy'
import { readRoutine, type RoutineEvent } from '#events/routine'
import { evolveDeadlines, isTimeEvent, nextOf, statusOf, timeTypes, type Deadline, type TimeEvent } from '#libs/deadlines/state'
import type { Recorded } from '#libs/kernel/event'
import { projection } from '#libs/kernel/projection'

/** The deadlines of one stream, and the unit at which what it is about lies. */
export interface DeadlinesRow {
  readonly unit: string
  /** Its deadlines follow its duties; what is older than deadlines waits for the clock to look at it. */
  readonly clocked: boolean
  readonly deadlines: readonly Deadline[]
  /** When each was set, and how often and when it was moved since, by its id. */
  readonly told: Readonly<Record<string, Told>>
}
/** What people's calendars hold of a deadline has a beginning and versions. */
export interface Told {
  readonly setAt: string
  readonly moves: number
  readonly movedAt?: string
}
/** One deadline, as a row of its own. */
export interface DeadlineRow extends Told {
  readonly stream: string
  readonly deadline: Deadline
}

const ofCase = 'deviation-'
const ofRoutine = 'routine-'
/** The policy is the municipality's. */
export const policyUnit = 'municipality'

const fold = (row: DeadlinesRow | undefined, recorded: Recorded): DeadlinesRow | undefined => {
  const { stream } = recorded
  const event = stream.startsWith(ofCase) ? readDeviation(recorded) : stream.startsWith(ofRoutine) ? readRoutine(recorded) : readPolicy(recorded)
  if (isTimeEvent(event)) {
    const { unit, deadlines: before, told } = row ?? blank(policyUnit)
    return { unit, clocked: true, deadlines: evolveDeadlines(before, event), told: retold(told, event, recorded.recordedAt) }
  }
  if (event.type === 'deviation-reported') return blank(event.data.unit)
  if (event.type === 'routine-registered') return { ...blank(event.data.owner.unit), clocked: true }
  if (event.type === 'policy-published') return row ?? blank(policyUnit)
  if (!row) return undefined
  // Planned before there were deadlines, it waits for the clock.
  if (event.type === 'self-check-planned') return { ...row, clocked: row.deadlines.length > 0 }
  return { ...row, unit: movedTo(event) ?? row.unit }
}
const blank = (unit: string): DeadlinesRow => ({ unit, clocked: false, deadlines: [], told: {} })
const retold = (told: DeadlinesRow['told'], event: TimeEvent, at: string): DeadlinesRow['told'] => {
  if (event.type === 'deadlines-set') return { ...told, ...Object.fromEntries(event.data.deadlines.map(({ id }) => [id, { setAt: at, moves: 0 }])) }
  const before = event.type === 'deadline-extended' ? told[event.data.deadline] : undefined
  return event.type === 'deadline-extended' && before ? { ...told, [event.data.deadline]: { ...before, moves: before.moves + 1, movedAt: at } } : told
}
/** Where what the deadlines are about lies from now on. */
const movedTo = (event: DeviationEvent | RoutineEvent | PolicyEvent): string | undefined => {
  if (event.type === 'routine-owner-changed') return event.data.owner.unit
  return event.type === 'case-moved' || event.type === 'handover-accepted' ? event.data.toUnit : undefined
}

const columns = {
  /** Of a stream: when the clock has something to say next of one of its deadlines. */
  next: 'text',
  /** Of a stream from before there were deadlines: 1 until the clock has looked at it. */
  unclocked: 'integer',
  /** Of a deadline. */
  unit: 'text',
  deadline_key: 'text',
  deadline_status: 'text',
  due: 'text',
} as const
const beside = ['policy-published', 'routine-registered', 'self-check-planned', 'routine-owner-changed', 'deviation-reported', 'case-moved', 'handover-accepted'] as const
const none = { next: null, unclocked: null, unit: null, deadline_key: null, deadline_status: null, due: null }

/**
 * Deadlines and their alarms: one row per stream, by which the clock finds what is due, and one per deadline, for people. Counts no duty of its own:
 * the events say which deadlines there are.
 */
export const deadlines = projection<DeadlinesRow, typeof columns>({
  name: 'deadlines',
  version: 2,
  streams: [ofCase, ofRoutine, policyStream],
  types: new Set([...timeTypes, ...beside]),
  columns,
  // People ask by unit or key or both or neither, and each status is a stretch of its own.
  indices: [
    ['next'],
    ['unclocked'],
    ['unit', 'deadline_status', 'due'],
    ['deadline_status', 'due'],
    ['unit', 'deadline_key', 'deadline_status', 'due'],
    ['deadline_key', 'deadline_status', 'due'],
  ],
  key: ({ stream }) => stream,
  fold,
  row: ({ deadlines: all, clocked }) => ({ ...none, next: nextOf(all) ?? null, unclocked: clocked ? null : 1 }),
  parts: ({ unit, deadlines: all, told }, stream) =>
    Object.fromEntries(
      all.map((deadline) => [
        deadline.id,
        { state: { stream, deadline, ...(told[deadline.id] ?? { setAt: '', moves: 0 }) } satisfies DeadlineRow, columns: { ...none, unit, deadline_key: deadline.key, deadline_status: statusOf(deadline), due: deadline.dueInstant } },
      ]),
    ),
})
