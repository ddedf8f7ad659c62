import type { NewOrganisationEvent } from '#events/organisation'
import type { Role } from '#events/codes'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Decision } from '#libs/kernel/transact'
import type { OrganisationCommand, OrganisationCommandOf, OrganisationReasonCode } from '#libs/organisation/commands'
import { covers, endOf, grantsOf, holders, inForce, unit } from '#libs/organisation/holders'
import { municipality, type Grant, type Organisation } from '#libs/organisation/state'

export interface OrganisationContext {
  readonly now: string
  /** Staff number of the sender. */
  readonly sender: string
  /** Staff number of the login that a grant names, with the login for the first grant; made before the decision. */
  readonly subject?: { readonly staff: string; readonly login: string } | undefined
  /** Id for a new grant. */
  readonly grantId: string
}
type Decided = Decision<NewOrganisationEvent>
type Faulty = FieldFault | false | undefined

const invalid = (...faults: FieldFault[]): Decided => ({ kind: 'invalid', faults })
const unless = (reasons: readonly (OrganisationReasonCode | false | undefined)[], decided: () => readonly NewOrganisationEvent[]): Decided => {
  const codes = reasons.filter((r) => r !== false && r !== undefined)
  return codes.length > 0 ? { kind: 'refused', reasons: codes.map((code) => ({ code })) } : { kind: 'events', events: decided() }
}

const coversFor = (org: Organisation, staff: string, roles: readonly Role[], at: string, now: string): boolean =>
  grantsOf(org, staff, now).some((g) => roles.includes(g.role) && covers(org, g, at))
/**
 * Whether a staff member may send a command on the organisation: an administrator over the unit that it names (over the whole municipality
 * for a new tree); a confirmation by a compliance officer or decision-maker over the grant's unit.
 */
export const mayCommandOrganisation = (org: Organisation, staff: string, command: OrganisationCommand, now: string): boolean => {
  const over = (roles: readonly Role[], id: string | undefined): boolean => coversFor(org, staff, roles, id !== undefined && org.units.has(id) ? id : municipality, now)
  switch (command.intent) {
    case 'register-authority':
    case 'register-provider':
      return over(['administrator'], municipality)
    case 'register-unit':
      return over(['administrator'], command.parent)
    case 'grant-role':
      return over(['administrator'], command.unit)
    case 'revoke-role':
      return over(['administrator'], org.grants.get(command.grant)?.unit)
    case 'confirm-grant':
      return over(['compliance-officer', 'decision-maker'], org.grants.get(command.grant)?.unit)
  }
}

/** Decides a command on the organisation whose sender may act. */
export const decideOrganisation = (command: OrganisationCommand, org: Organisation, context: OrganisationContext): Decided => {
  switch (command.intent) {
    case 'register-authority':
      return newUnit(org, command.unit, [{ type: 'authority-registered', data: { unit: command.unit, name: command.name } }])
    case 'register-provider':
      return newUnit(org, command.unit, [{ type: 'provider-registered', data: { unit: command.unit, name: command.name, private: command.private ?? true } }])
    case 'register-unit':
      if (!unit(org, command.parent)) return invalid({ pointer: '/parent', code: 'unit-unknown' })
      return newUnit(org, command.unit, [{ type: 'unit-registered', data: { unit: command.unit, name: command.name, parent: command.parent } }])
    case 'grant-role':
      return grantRole(command, org, context)
    case 'confirm-grant':
      return confirmGrant(command, org, context)
    case 'revoke-role':
      return revokeRole(command, org, context)
  }
}

const newUnit = (org: Organisation, id: string, events: readonly NewOrganisationEvent[]): Decided =>
  /^[a-z0-9-]{1,40}$/.test(id) ? unless([org.units.has(id) && 'unit-exists'], () => events) : invalid({ pointer: '/unit', code: 'not-an-id' })

/** Roles that may be held over the whole municipality. Those that handle cases belong to one authority or provider: secrecy stands between them. */
const overall: ReadonlySet<Role> = new Set<Role>(['reporter', 'quality-developer', 'compliance-officer', 'auditor', 'administrator', 'intake', 'clock', 'import'])

const grantRole = (command: OrganisationCommandOf<'grant-role'>, org: Organisation, { sender, subject, grantId, now }: OrganisationContext): Decided => {
  const faults: Faulty[] = [!org.units.has(command.unit) && { pointer: '/unit', code: 'unit-unknown' }, !subject && { pointer: '/subject', code: 'subject-unknown' }]
  const faulty = faults.filter((f) => f !== false && f !== undefined)
  if (faulty.length > 0 || !subject) return invalid(...faulty)
  const { staff, login } = subject
  const scope = command.scope ?? 'unit'
  const start = command.from > now ? command.from : now
  const { until } = command
  /** The same role for a time that overlaps, waiting for confirmation or not. */
  const same = (g: Grant): boolean =>
    g.role === command.role && g.unit === command.unit && g.scope === scope && !ended(g, start) && (until === undefined || g.from < until)
  return unless(
    [
      staff === sender && 'role-to-oneself',
      command.unit === municipality && !overall.has(command.role) && 'role-not-at-municipality',
      until !== undefined && until <= command.from && 'until-before-from',
      grantsTo(org, staff).some(same) && 'grant-in-force',
    ],
    () => [
      ...registered(org, staff, login),
      granted({
        grant: grantId,
        staff,
        role: command.role,
        unit: command.unit,
        scope,
        from: command.from,
        until,
        primary: command.primary ?? false,
        needsConfirmation: command.role !== 'reporter',
      }),
    ],
  )
}
/** All grants that a staff member ever got. */
const grantsTo = (org: Organisation, staff: string): readonly Grant[] => (org.byStaff.get(staff) ?? []).flatMap((id) => org.grants.get(id) ?? [])
const registered = (org: Organisation, staff: string, login: string): NewOrganisationEvent[] =>
  org.staff.has(staff) ? [] : [{ type: 'staff-member-registered', data: { staff, login } }]
const granted = (data: Extract<NewOrganisationEvent, { readonly type: 'role-granted' }>['data']): NewOrganisationEvent => ({ type: 'role-granted', data })

/** Four eyes: confirmed by somebody who neither granted the role nor receives it. */
const confirmGrant = (command: OrganisationCommandOf<'confirm-grant'>, org: Organisation, { sender, now }: OrganisationContext): Decided => {
  const grant = org.grants.get(command.grant)
  if (!grant) return unless(['grant-unknown'], () => [])
  return unless(
    [
      !grant.needsConfirmation && 'confirmation-not-needed',
      grant.confirmedAt !== undefined && 'grant-confirmed-already',
      ended(grant, now) && 'grant-ended',
      grant.grantedBy === sender && 'confirmer-granted',
      grant.staff === sender && 'confirmer-receives',
    ],
    () => [{ type: 'role-grant-confirmed', data: { grant: grant.id } }],
  )
}
const ended = (grant: Grant, now: string): boolean => {
  const end = endOf(grant)
  return end !== undefined && end <= now
}

const revokeRole = (command: OrganisationCommandOf<'revoke-role'>, org: Organisation, { now }: OrganisationContext): Decided => {
  const grant = org.grants.get(command.grant)
  if (!grant) return unless(['grant-unknown'], () => [])
  // What held until now is history: a revocation in the past takes effect now.
  const until = command.until < now ? now : command.until
  const end = endOf(grant)
  return unless(
    [ended(grant, now) ? 'grant-ended' : end !== undefined && end <= until && 'grant-ends-earlier', isLastOverall(org, grant, now) && 'last-over-municipality'],
    () => [{ type: 'role-revoked', data: { grant: grant.id, until } }],
  )
}
/** Without an administrator and a compliance officer over the municipality nobody could ever appoint a new one. */
const isLastOverall = (org: Organisation, grant: Grant, now: string): boolean => {
  const standing = (g: Grant): boolean => g.unit === municipality && g.scope === 'subtree' && inForce(g, now) && endOf(g) === undefined
  if (grant.role !== 'administrator' && grant.role !== 'compliance-officer') return false
  return standing(grant) && !holders(org, grant.role, municipality, now).some((g) => g.id !== grant.id && standing(g))
}

export interface Founder {
  readonly staff: string
  readonly login: string
  readonly grant: string
}
/**
 * The first initialisation, while the organisation is empty: an administrator and a compliance officer over the whole municipality, both in
 * force at once. The only exception from four eyes.
 */
export const initialise = (org: Organisation, admin: Founder, confirmer: Founder, now: string): Decided =>
  unless([org.events > 0 && 'organisation-not-empty', admin.staff === confirmer.staff && 'confirmer-is-admin'], () =>
    [
      { founder: admin, role: 'administrator' as const },
      { founder: confirmer, role: 'compliance-officer' as const },
    ].flatMap(({ founder: { staff, login, grant }, role }) => [
      ...registered(org, staff, login),
      granted({ grant, staff, role, unit: municipality, scope: 'subtree', from: now, primary: true, needsConfirmation: false }),
    ]),
  )
