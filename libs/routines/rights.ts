import type { Role } from '#events/codes'
import type { RoutineIntent } from '#libs/routines/commands'
import { covers, grantsOf, pathUp } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

const managers = ['unit-manager', 'area-manager', 'director', 'medical-officer', 'lex-sarah-officer'] as const
/** Staben stöder enhetschefen (R3): registers, plans and records; what a risk is worth and what is changed the manager decides. */
const supported = [...managers, 'quality-developer'] as const

/** Who may do what with a routine: one table command × role over the owner's unit, deny by default. The first in the row that fits acts. */
export const routineRights: Readonly<Record<RoutineIntent, readonly Role[]>> = {
  'register-routine': supported,
  revise: managers,
  'analyse-risk': managers,
  'plan-self-check': supported,
  'record-self-check': supported,
  'change-owner': managers,
  end: managers,
}

/** Who asks, seen with the organisation of the moment. */
export interface RoutineAsker {
  /** Staff number; undefined for a login that never held a role. */
  readonly staff: string | undefined
  readonly organisation: Organisation
  readonly now: string
}
const grants = ({ staff, organisation, now }: RoutineAsker) => (staff === undefined ? [] : grantsOf(organisation, staff, now))

/** The role, and where it is held, in which somebody may send a command about a routine that a unit owns. */
export const rightToRoutine = (intent: RoutineIntent, ownerUnit: string, asker: RoutineAsker): { readonly role: Role; readonly unit: string } | undefined =>
  routineRights[intent].flatMap((role) => grants(asker).filter((g) => g.role === role && covers(asker.organisation, g, ownerUnit))).at(0)

/** A routine is read by everybody with a role over its owner's unit, and at the units below, where it is in force. */
export const readsRoutine = (ownerUnit: string, asker: RoutineAsker): boolean =>
  grants(asker).some((g) => covers(asker.organisation, g, ownerUnit) || pathUp(asker.organisation, g.unit).includes(ownerUnit))

/** Who may command a routine reads its free texts; auditor and compliance officer do when they state a reason. */
export const readsTexts = (ownerUnit: string, asker: RoutineAsker, hasReason: boolean): boolean => {
  const readers: readonly Role[] = hasReason ? [...supported, 'auditor', 'compliance-officer'] : supported
  return grants(asker).some((g) => readers.includes(g.role) && covers(asker.organisation, g, ownerUnit))
}
