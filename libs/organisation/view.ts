import { effectiveFrom, endOf, grantsOf, inForce } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

/** Who holds which role where at an instant, as far as the organisation was known when it was folded: staff numbers only, no names. */
export const organisationView = (org: Organisation, at: string) => ({
  version: org.events,
  units: org.units.values().map(({ id, name, kind, parent, private: isPrivate }) => ({ unit: id, name, kind, parent: parent ?? null, private: isPrivate ?? false })),
  grants: org.grants.values().map((grant) => ({
    grant: grant.id,
    staff: grant.staff,
    role: grant.role,
    unit: grant.unit,
    scope: grant.scope,
    from: effectiveFrom(grant) ?? grant.from,
    until: endOf(grant) ?? null,
    primary: grant.primary,
    confirmed: !grant.needsConfirmation || grant.confirmedAt !== undefined,
    inForce: inForce(grant, at),
  })),
})

/** The roles that a staff member holds at an instant. */
export const meView = (org: Organisation, staff: string | undefined, at: string) => ({
  staff: staff ?? null,
  roles:
    staff === undefined
      ? []
      : grantsOf(org, staff, at).map((grant) => ({
          grant: grant.id,
          role: grant.role,
          unit: grant.unit,
          scope: grant.scope,
          from: effectiveFrom(grant) ?? grant.from,
          until: endOf(grant) ?? null,
          primary: grant.primary,
        })),
})
