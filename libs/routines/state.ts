import type { Role } from '#events/codes'
import { routineIdOf, type RoutineEvent } from '#events/routine'
import { evolveDeadlines, isTimeEvent, type Deadline } from '#libs/deadlines/state'

/** What the self-check of a routine is held against. A new plan replaces the one before; one that was to be done once still says what is accepted. */
export interface SelfCheckPlan {
  readonly interval: 'monthly' | 'quarterly' | 'half-yearly' | 'yearly' | 'once'
  readonly direction: 'up' | 'down'
  readonly lowestAcceptedResult: number
  readonly plannedAt: string
  /** Stockholm day; absent when it was to be done once and is done. */
  readonly nextDue?: string
}
/** A routine as its own events tell it; without personal data. */
export interface Routine {
  readonly id: string
  readonly revision: number
  readonly process: string
  readonly activity: string
  readonly name: string
  readonly owner: { readonly role: Role; readonly unit: string }
  /** 1 as registered. */
  readonly version: number
  readonly plan?: SelfCheckPlan
  readonly endedAt?: string
  /** Of its self-checks, in the order in which they were set. */
  readonly deadlines: readonly Deadline[]
}

/** The routine after one more event. Throws when the first event registers none. */
export const evolveRoutine = (routine: Routine | undefined, e: RoutineEvent): Routine => {
  if (e.type === 'routine-registered') {
    const { process, activity, name, owner } = e.data
    return { id: routineIdOf(e.stream), revision: e.revision, process, activity, name, owner, version: 1, deadlines: [] }
  }
  if (!routine) throw new Error(`${e.stream} does not begin with a registration`)
  return { ...changed(routine, e), revision: e.revision }
}

const changed = (routine: Routine, e: Exclude<RoutineEvent, { readonly type: 'routine-registered' }>): Routine => {
  if (isTimeEvent(e)) return { ...routine, deadlines: evolveDeadlines(routine.deadlines, e) }
  switch (e.type) {
    case 'routine-revised':
      return { ...routine, version: e.data.version }
    case 'routine-risk-analysed':
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return routine
    case 'self-check-planned': {
      const { interval, direction, lowestAcceptedResult, firstDue } = e.data
      return { ...routine, plan: { interval, direction, lowestAcceptedResult, plannedAt: e.recordedAt, nextDue: firstDue } }
    }
    case 'self-check-performed': {
      if (!routine.plan) return routine
      const { nextDue: _, ...plan } = routine.plan
      return { ...routine, plan: e.data.nextDue === undefined ? plan : { ...plan, nextDue: e.data.nextDue } }
    }
    case 'routine-owner-changed':
      return { ...routine, owner: e.data.owner }
    case 'routine-ended':
      return { ...routine, endedAt: e.recordedAt }
  }
}
