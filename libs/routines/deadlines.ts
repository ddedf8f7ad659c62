import type { NewRoutineEvent } from '#events/routine'
import type { PolicyParts } from '#events/policy'
import { ended, isSame, redated, started, type Owed } from '#libs/deadlines/follow'
import { isRunning, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import type { Routine } from '#libs/routines/state'

/** What a routine owes in time: its next self-check, by the day of its plan, from its owner. */
export const owedByRoutine = ({ plan, owner, endedAt }: Pick<Routine, 'plan' | 'owner' | 'endedAt'>): readonly Owed[] =>
  plan?.nextDue === undefined || endedAt !== undefined ? [] : [{ key: 'self-check', day: plan.nextDue, responsible: owner }]

/**
 * What an event does to the deadlines of a routine, for the same append. A self-check that was performed meets its deadline, and the next one is
 * a deadline of its own; a new plan moves the one that runs. `after` is the routine as the event leaves it.
 */
export const routineDeadlines = (
  deadlines: readonly Deadline[],
  after: Pick<Routine, 'plan' | 'owner' | 'endedAt'>,
  event: NewRoutineEvent,
  { rules, now }: { readonly rules: PolicyParts['deadlines']; readonly now: string },
): readonly NewTimeEvent[] => {
  const owed = owedByRoutine(after)
  const anchors = { now, received: now, event: now }
  if (event.type === 'self-check-performed') {
    const { performedAt } = event.data
    return [...ended(deadlines, [], () => performedAt), ...started(deadlines, owed, rules, () => anchors)]
  }
  const begun = owed.filter((duty) => !deadlines.some((d) => isRunning(d) && isSame(d, duty)))
  return [...ended(deadlines, owed, () => undefined), ...redated(deadlines, owed, rules, now), ...started(deadlines, begun, rules, () => anchors)]
}
