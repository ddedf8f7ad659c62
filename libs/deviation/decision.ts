import type { assignmentCauses, Role } from '#events/codes'
import type { NewDeviationEvent } from '#events/deviation'
import type { ReasonCode } from '#libs/deviation/reasons'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Decision } from '#libs/kernel/transact'
import { holders, holds, seat } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import type { Policy } from '#libs/policy/policy'

/** Everything that a decision needs beside the facts, as values. */
export interface DecisionContext {
  readonly now: string
  /** The capacity (role of the rights table) in which the sender acts, the role that she holds, and her staff number. */
  readonly acting: { readonly capacity: Role; readonly role: Role; readonly staff: string }
  readonly policy: Policy
  readonly organisation: Organisation
  readonly isReporter: (staff: string) => boolean
  /** Facts of the case that `duplicateOf` names, when the sender may read it. */
  readonly original?: CaseFacts | undefined
  /** Staff number of the login that the command names. */
  readonly subject?: string | undefined
  /** The registered routine that the command's `routine` names, when there is one. */
  readonly routineId?: string | undefined
}

/** A command bound to its content, waiting for the case that it is about. */
export type Case = (facts: CaseFacts, context: DecisionContext) => Decision<NewDeviationEvent>

export const events = (...list: NewDeviationEvent[]): Decision<NewDeviationEvent> => ({ kind: 'events', events: list })

export const invalid = (...faults: FieldFault[]): Decision<NewDeviationEvent> => ({ kind: 'invalid', faults })

/** Refused with all reasons that apply, or decided when there is none. */
export const unless = (reasons: readonly (ReasonCode | false | undefined)[], decided: () => NewDeviationEvent[]): Decision<NewDeviationEvent> => {
  const codes = [...new Set(reasons.filter((r) => r !== false && r !== undefined))]
  return codes.length > 0 ? { kind: 'refused', reasons: codes.map((code) => ({ code })) } : events(...decided())
}

export const assigned = (to: Seat, because: (typeof assignmentCauses)[number]): NewDeviationEvent => ({
  type: 'responsibility-assigned',
  data: { role: to.role, unit: to.unit, because },
})

export const officerSeat = (at: string, { organisation, now }: Pick<DecisionContext, 'organisation' | 'now'>): Seat => ({
  role: 'lex-sarah-officer',
  unit: seat(organisation, 'lex-sarah-officer', at, now),
})

/**
 * Who answers for a case at a unit: its manager, or the next level up that somebody else holds where the report concerns the manager, or where
 * all who hold the seat are in conflict (the decision-maker of the tree when nobody does). A seat that nobody holds keeps the duty: it shows as unassigned.
 */
export const managerSeat = (
  at: string,
  facts: Pick<CaseFacts, 'reportedUnit' | 'concernsManager' | 'conflicts'>,
  { organisation, now }: Pick<DecisionContext, 'organisation' | 'now'>,
): Seat => {
  const { reportedUnit, concernsManager, conflicts } = facts
  const isBarred = (staff: string): boolean => conflicts.includes(staff) || (concernsManager && holds(organisation, staff, 'unit-manager', reportedUnit, now))
  const held = (role: Role) => holders(organisation, role, at, now)
  const free = (role: Role): boolean => held(role).some((g) => !isBarred(g.staff))
  const managers = held('unit-manager')
  const stays = managers.length === 0 ? !concernsManager : managers.some((g) => !isBarred(g.staff))
  if (stays && (!concernsManager || at !== reportedUnit)) return { role: 'unit-manager', unit: at }
  const above: readonly Role[] = ['area-manager', 'director']
  const role = above.find(free) ?? 'decision-maker'
  return { role, unit: seat(organisation, role, at, now) }
}
