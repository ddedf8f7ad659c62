import type { NewOrganisationEvent } from '#events/organisation'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Decision } from '#libs/kernel/transact'
import type { OrganisationReasonCode } from '#libs/organisation/commands'
import { isOpenUnit } from '#libs/organisation/holders'
import { municipality, type Organisation } from '#libs/organisation/state'

/** Everything that a decision on the organisation needs beside its state, as values. */
export interface OrganisationContext {
  readonly now: string
  /** Staff number of the sender. */
  readonly sender: string
  /** Staff number of the login that the command names, with the login for the first grant; found before the decision. */
  readonly subject?: { readonly staff: string; readonly login: string } | undefined
  /** Id for a new grant or substitution. */
  readonly grantId: string
}
export type Decided = Decision<NewOrganisationEvent>

export const invalid = (...faults: readonly FieldFault[]): Decided => ({ kind: 'invalid', faults })
/** The faults among what may be one. */
export const faultsOf = (...faults: readonly (FieldFault | false)[]): readonly FieldFault[] => faults.filter((f) => f !== false)

/** Refused with all reasons that apply, or decided when there is none. */
export const unless = (reasons: readonly (OrganisationReasonCode | false | undefined)[], decided: () => readonly NewOrganisationEvent[]): Decided => {
  const codes = [...new Set(reasons.filter((r) => r !== false && r !== undefined))]
  return codes.length > 0 ? { kind: 'refused', reasons: codes.map((code) => ({ code })) } : { kind: 'events', events: decided() }
}

/** The first time that a person is named she gets her staff number, in the same append. */
export const registered = (org: Organisation, { staff, login }: { readonly staff: string; readonly login: string }): readonly NewOrganisationEvent[] =>
  org.staff.has(staff) ? [] : [{ type: 'staff-member-registered', data: { staff, login } }]

/** A registered unit that was merged, split or closed. */
export const hasEnded = (org: Organisation, id: string): boolean => id !== municipality && org.units.has(id) && !isOpenUnit(org, id)
