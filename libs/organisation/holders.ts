import type { Role } from '#events/codes'
import { municipality, seatKey, type Grant, type Organisation, type Unit } from '#libs/organisation/state'

/** A registered unit; authorities and providers are units as well, the implicit root is none. */
export const unit = (org: Organisation, id: string): Unit | undefined => (id === municipality ? undefined : org.units.get(id))

/** The unit, its parents up to its authority or provider, and the municipality last. Empty for an unknown unit. */
export const pathUp = (org: Organisation, id: string): readonly string[] => org.units.get(id)?.path ?? []
/** The authority or provider that a unit belongs to; itself when it is one. */
export const rootOf = (org: Organisation, id: string): string | undefined => pathUp(org, id).at(-2)
/** The private provider that a unit belongs to, when it does. */
export const privateProviderOf = (org: Organisation, id: string): string | undefined => {
  const root = rootOf(org, id)
  return root !== undefined && org.units.get(root)?.private === true ? root : undefined
}
/** All units of the tree below a unit, itself first. */
export const below = (org: Organisation, id: string): readonly string[] =>
  org.units.has(id) ? [id, ...org.units.values().flatMap((u) => (u.id !== id && u.path.includes(id) ? [u.id] : []))] : []

/** From when a grant counts: the later of its start and its confirmation; undefined while it waits for one. */
export const effectiveFrom = (grant: Grant): string | undefined => {
  if (!grant.needsConfirmation) return grant.from
  if (grant.confirmedAt === undefined) return undefined
  return grant.confirmedAt > grant.from ? grant.confirmedAt : grant.from
}
/** When a grant ends: the earlier of its own end and its revocation; undefined until further notice. */
export const endOf = ({ until, revokedAt }: Grant): string | undefined => (revokedAt !== undefined && (until === undefined || revokedAt < until) ? revokedAt : until)
/** Whether a grant is in force at an instant: started, confirmed where four eyes ask for it, neither ended nor revoked. */
export const inForce = (grant: Grant, at: string): boolean => {
  const from = effectiveFrom(grant)
  const end = endOf(grant)
  return from !== undefined && from <= at && (end === undefined || at < end)
}

/** The grants of a staff member in force at an instant. */
export const grantsOf = (org: Organisation, staff: string, at: string): readonly Grant[] => select(org, org.byStaff.get(staff), at)
const select = (org: Organisation, ids: readonly string[] | undefined, at: string): Grant[] => {
  const found: Grant[] = []
  for (const id of ids ?? []) {
    const grant = org.grants.get(id)
    if (grant && inForce(grant, at)) found.push(grant)
  }
  return found
}
/** Whether a grant reaches a unit: the same, or an ancestor when the grant holds for its subtree. */
export const covers = (org: Organisation, grant: Pick<Grant, 'unit' | 'scope'>, id: string): boolean =>
  grant.unit === id ? org.units.has(id) : grant.scope === 'subtree' && pathUp(org, id).includes(grant.unit)

/** Who holds a role over a unit: the nearest unit first; at the same unit primary before others, then in the order of granting. */
export const holders = (org: Organisation, role: Role, id: string, at: string): readonly Grant[] =>
  pathUp(org, id).flatMap((held) =>
    select(org, org.bySeat.get(seatKey(role, held)), at)
      .filter((g) => held === id || g.scope === 'subtree')
      .sort((a, b) => Number(b.primary) - Number(a.primary)),
  )
/** Whether a staff member holds a role over a unit. */
export const holds = (org: Organisation, staff: string, role: Role, id: string, at: string): boolean =>
  grantsOf(org, staff, at).some((g) => g.role === role && covers(org, g, id))

/**
 * The unit at which a role over a unit is held, which names a responsibility as role@unit. A unit manager's is always the unit itself;
 * without any holder it is the authority or provider, so that the duty still lies somewhere.
 */
export const seat = (org: Organisation, role: Role, id: string, at: string): string =>
  role === 'unit-manager' ? id : (holders(org, role, id, at)[0]?.unit ?? rootOf(org, id) ?? id)
