import type { Role } from '#events/codes'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { covers, grantsOf, hasPassed } from '#libs/organisation/holders'
import { municipality, type Grant, type Organisation } from '#libs/organisation/state'

/** Who asks to command the organisation, and about whom: the staff number of the login that the command names, where there is one already. */
export interface Commander {
  readonly sender: string
  readonly now: string
  readonly subject?: string | undefined
}
/** The role, at the unit where it is held, in which somebody commands the organisation. */
export interface OrganisationRight {
  readonly role: Role
  readonly unit: string
}

/**
 * The right by which somebody may send a command on the organisation: an administrator's over every unit that it concerns (over the whole municipality for a new tree
 * and for what nobody registered); a compliance officer's or decision-maker's over the grant's unit for a confirmation; for a substitute also
 * that of the grant's holder herself; for a calendar feed that of who reads it, and to close it an administrator's or compliance officer's.
 * Undefined where there is none.
 */
export const rightOverOrganisation = (org: Organisation, command: OrganisationCommand, who: Commander): OrganisationRight | undefined => {
  const { sender, now } = who
  const over = (roles: readonly Role[], ...units: readonly (string | undefined)[]): OrganisationRight | undefined => {
    const grants = grantsOf(org, sender, now).filter((g) => roles.includes(g.role))
    const covering = units.map((id) => grants.find((g) => covers(org, g, id !== undefined && org.units.has(id) ? id : municipality)))
    const [first] = covering
    return first && !covering.includes(undefined) ? { role: first.role, unit: first.unit } : undefined
  }
  const administers = (...units: readonly (string | undefined)[]) => over(['administrator'], ...units)
  switch (command.intent) {
    case 'register-authority':
    case 'register-provider':
      return administers(municipality)
    case 'register-unit':
      return administers(command.parent)
    case 'rename-unit':
    case 'close-unit':
    case 'grant-role':
      return administers(command.unit)
    case 'move-unit':
      return administers(command.unit, command.parent)
    case 'split-unit':
      return administers(command.unit, org.units.get(command.unit)?.parent)
    case 'merge-units':
      return administers(...command.units, ...(org.units.has(command.into) ? [command.into] : []), ...(command.parent === undefined ? [] : [command.parent]))
    case 'revoke-role':
      return administers(org.grants.get(command.grant)?.unit)
    case 'confirm-grant':
      return over(['compliance-officer', 'decision-maker'], org.grants.get(command.grant)?.unit)
    case 'appoint-substitute': {
      const grant = org.grants.get(command.grant)
      return administers(grant?.unit) ?? (grant && isHolder(grant, who) ? { role: grant.role, unit: grant.unit } : undefined)
    }
    case 'end-service':
      return administers(...unitsServed(org, who))
    case 'open-calendar-feed': {
      const grant = org.grants.get(command.grant)
      return grant?.staff === sender ? { role: grant.role, unit: grant.unit } : undefined
    }
    case 'close-calendar-feed': {
      const feed = org.feeds.get(command.feed)
      return feed?.staff === sender ? { role: feed.role, unit: feed.unit } : over(['administrator', 'compliance-officer'], feed?.unit)
    }
  }
}
/** Whether the sender holds the grant, though somebody else may stand in for her just now. */
const isHolder = (grant: Grant, { sender, now }: Commander): boolean => grant.staff === sender && grant.substituteFor === undefined && !hasPassed(grant, now)
/** The units at which a person holds, or is to hold, something; those of old when all of it has ended; the municipality for a stranger. */
const unitsServed = (org: Organisation, { subject, now }: Commander): readonly string[] => {
  const grants = (subject === undefined ? [] : (org.byStaff.get(subject) ?? [])).flatMap((id) => org.grants.get(id) ?? [])
  const current = grants.filter((g) => !hasPassed(g, now))
  const units = (current.length > 0 ? current : grants).map((g) => g.unit)
  return units.length > 0 ? [...new Set(units)] : [municipality]
}
