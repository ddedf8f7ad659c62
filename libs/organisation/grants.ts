import type { Role } from '#events/codes'
import type { OrganisationCommandOf } from '#libs/organisation/commands'
import { faultsOf, hasEnded, invalid, registered, unless, type Decided, type OrganisationContext } from '#libs/organisation/decision'
import { effectiveFrom, endOf, hasPassed, successorOf } from '#libs/organisation/holders'
import { municipality, seatKey, type Grant, type Organisation } from '#libs/organisation/state'

/** Roles that may be held over the whole municipality. Those that handle cases belong to one authority or provider: secrecy stands between them. */
const overall: ReadonlySet<Role> = new Set<Role>(['reporter', 'quality-developer', 'compliance-officer', 'auditor', 'administrator', 'intake', 'clock', 'import'])
/** All grants that a staff member ever got. */
const grantsTo = (org: Organisation, staff: string): readonly Grant[] => (org.byStaff.get(staff) ?? []).flatMap((id) => org.grants.get(id) ?? [])
const later = (a: string, b: string): string => (a > b ? a : b)

/** Tilldela en roll. */
export const grantRole = (command: OrganisationCommandOf<'grant-role'>, org: Organisation, { sender, subject, grantId, now }: OrganisationContext): Decided => {
  const faults = faultsOf(!org.units.has(command.unit) && { pointer: '/unit', code: 'unit-unknown' }, !subject && { pointer: '/subject', code: 'subject-unknown' })
  if (faults.length > 0 || !subject) return invalid(...faults)
  const { staff } = subject
  const { role, unit, from, until, scope = 'unit', primary = false } = command
  const start = later(from, now)
  /** The same role for a time that overlaps, waiting for confirmation or not. */
  const same = (g: Grant): boolean =>
    g.role === role &&
    successorOf(org, g.unit) === unit &&
    g.scope === scope &&
    g.substituteFor === undefined &&
    !hasPassed(g, start) &&
    (until === undefined || g.from < until)
  return unless(
    [
      staff === sender && 'role-to-oneself',
      unit === municipality && !overall.has(role) && 'role-not-at-municipality',
      hasEnded(org, unit) && 'unit-ended',
      until !== undefined && until <= from && 'until-before-from',
      grantsTo(org, staff).some(same) && 'grant-in-force',
    ],
    () => [
      ...registered(org, subject),
      { type: 'role-granted', data: { grant: grantId, staff, role, unit, scope, from, until, primary, needsConfirmation: role !== 'reporter' } },
    ],
  )
}

/** Four eyes: confirmed by somebody who neither granted the role nor receives it. */
export const confirmGrant = (command: OrganisationCommandOf<'confirm-grant'>, org: Organisation, { sender, now }: OrganisationContext): Decided => {
  const grant = org.grants.get(command.grant)
  if (!grant) return unless(['grant-unknown'], () => [])
  return unless(
    [
      !grant.needsConfirmation && 'confirmation-not-needed',
      grant.confirmedAt !== undefined && 'grant-confirmed-already',
      hasPassed(grant, now) && 'grant-ended',
      hasEnded(org, grant.unit) && 'unit-ended',
      grant.grantedBy === sender && 'confirmer-granted',
      grant.staff === sender && 'confirmer-receives',
    ],
    () => [{ type: 'role-grant-confirmed', data: { grant: grant.id } }],
  )
}

/** Återkalla en roll, eller ett vikariat: whom a substitute replaces is back from then on. */
export const revokeRole = (command: OrganisationCommandOf<'revoke-role'>, org: Organisation, { now }: OrganisationContext): Decided => {
  const grant = org.grants.get(command.grant)
  if (!grant) return unless(['grant-unknown'], () => [])
  // What held until now is history: a revocation in the past takes effect now.
  const until = later(command.until, now)
  const end = endOf(grant)
  return unless(
    [hasPassed(grant, now) ? 'grant-ended' : end !== undefined && end <= until && 'grant-ends-earlier', isLastOverall(org, grant, now) && 'last-over-municipality'],
    () => [{ type: 'role-revoked', data: { grant: grant.id, until } }],
  )
}
/**
 * Without an administrator and a compliance officer over the municipality nobody could ever appoint a new one. A leave does not change whose
 * the role is.
 */
const isLastOverall = (org: Organisation, grant: Grant, now: string): boolean => {
  const isStanding = (g: Grant): boolean => g.unit === municipality && g.scope === 'subtree' && endOf(g) === undefined && hasStarted(g, now)
  if (grant.role !== 'administrator' && grant.role !== 'compliance-officer') return false
  const all = (org.bySeat.get(seatKey(grant.role, municipality)) ?? []).flatMap((id) => org.grants.get(id) ?? [])
  return isStanding(grant) && !all.some((g) => g.staff !== grant.staff && isStanding(g))
}
const hasStarted = (grant: Grant, now: string): boolean => {
  const from = effectiveFrom(grant)
  return from !== undefined && from <= now
}

/**
 * Utse en vikarie: for a period in which the grant is in force, and nobody else replaces its holder. The contract asks for no second person
 * here: who may hold the role was confirmed, and the period ends by itself.
 */
export const appointSubstitute = (command: OrganisationCommandOf<'appoint-substitute'>, org: Organisation, { sender, subject, grantId, now }: OrganisationContext): Decided => {
  if (!subject) return invalid({ pointer: '/subject', code: 'subject-unknown' })
  const grant = org.grants.get(command.grant)
  if (!grant) return unless(['grant-unknown'], () => [])
  const { staff } = subject
  const { until } = command
  // Who held the role until now is history.
  const from = later(command.from, now)
  const [starts, ends] = [effectiveFrom(grant), endOf(grant)]
  return unless(
    [
      staff === sender && 'role-to-oneself',
      staff === grant.staff && 'substitute-is-holder',
      grant.substituteFor !== undefined && 'grant-is-substitution',
      until <= from && 'until-before-from',
      hasPassed(grant, now) && 'grant-ended',
      starts === undefined && 'grant-not-confirmed',
      !hasPassed(grant, now) && ((starts !== undefined && from < starts) || (ends !== undefined && until > ends)) && 'substitution-outside-grant',
      grant.away?.some((a) => a.from < until && from < a.until) && 'substitution-overlaps',
    ],
    () => [...registered(org, subject), { type: 'substitute-appointed', data: { substitution: grantId, grant: grant.id, staff, from, until } }],
  )
}

/** Någon slutar: everything that she holds, or is to hold, ends. */
export const endService = (command: OrganisationCommandOf<'end-service'>, org: Organisation, { subject, now }: OrganisationContext): Decided => {
  if (!subject) return invalid({ pointer: '/subject', code: 'subject-unknown' })
  const at = later(command.at, now)
  const current = grantsTo(org, subject.staff).filter((g) => !hasPassed(g, now))
  const beyond = current.some((g) => !hasPassed(g, at))
  return unless(
    [
      current.length === 0 ? 'service-not-found' : !beyond && 'service-ends-earlier',
      current.some((g) => isLastOverall(org, g, now)) && 'last-over-municipality',
    ],
    () => [{ type: 'service-ended', data: { staff: subject.staff, at } }],
  )
}
