import type { Role } from '#events/codes'
import { municipality, seatKey, type Grant, type Organisation, type Unit } from '#libs/organisation/state'

/** The unit that an id means, at an instant or today: a unit that was merged is its successor from then on, also through several mergers. */
const standing = (org: Organisation, id: string, at?: string): Unit | undefined => {
  let unit = org.units.get(id)
  while (unit?.ended?.how === 'merged' && (at === undefined || unit.ended.at <= at)) unit = org.units.get(unit.ended.into)
  return unit
}
/** A registered unit, also one that has ended; the successor of one that was merged. Authorities and providers are units as well, the implicit root is none. */
export const unit = (org: Organisation, id: string): Unit | undefined => (id === municipality ? undefined : standing(org, id))
/** Today's unit for any id: the successor of a unit that was merged, else the id itself. */
export const successorOf = (org: Organisation, id: string): string => standing(org, id)?.id ?? id
/** Whether an id is that of a unit that stands: registered, and neither merged, split nor closed. Only there grants are given, cases reported and moved to. */
export const isOpenUnit = (org: Organisation, id: string): boolean => {
  const found = org.units.get(id)
  return found !== undefined && found.kind !== 'municipality' && !found.ended
}

/** Why nothing new can be placed at a unit: nobody registered it, or it was closed or split. One that was merged stands for its successor. */
export const unitFault = (org: Organisation, id: string): 'unit-unknown' | 'unit-ended' | undefined => {
  const found = unit(org, id)
  if (!found) return 'unit-unknown'
  return found.ended ? 'unit-ended' : undefined
}

/**
 * The unit, its parents up to its authority or provider, and the municipality last. Empty for an unknown unit. A unit that was merged stands
 * before its successor, also in the paths of what hung below it: a responsibility may have been named by its id.
 */
export const pathUp = (org: Organisation, id: string): readonly string[] => org.units.get(id)?.path ?? []
/** The authority or provider that a unit belongs to; itself when it is one. */
export const rootOf = (org: Organisation, id: string): string | undefined => pathUp(org, id).at(-2)
/** The private provider that a unit belongs to, when it does. */
export const privateProviderOf = (org: Organisation, id: string): string | undefined => {
  const root = rootOf(org, id)
  return root !== undefined && org.units.get(root)?.private === true ? root : undefined
}
/** All units of the tree below a unit, itself first, with those that have ended: cases may still lie at them. */
export const below = (org: Organisation, id: string): readonly string[] => {
  const top = standing(org, id)
  return top ? [top.id, ...org.units.values().flatMap((u) => (u.id !== top.id && u.path.includes(top.id) ? [u.id] : []))] : []
}

/** The path of a unit at an instant: where it has changed since, it follows from what hung below what then. */
const pathOf = (org: Organisation, { id, path, pathFrom }: Unit, at: string | undefined): readonly string[] => (at === undefined || at >= pathFrom ? path : pathAt(org, id, at))
const pathAt = (org: Organisation, id: string, at: string): readonly string[] => {
  const { ended, parents = [] } = org.units.get(id) ?? {}
  const above = ended?.how === 'merged' && ended.at <= at ? ended.into : parents.findLast(({ from }) => from <= at)?.parent
  return above === undefined ? [id] : [id, ...pathAt(org, above, at)]
}

/** From when a grant counts: the later of its start and its confirmation; undefined while it waits for one. */
export const effectiveFrom = (grant: Grant): string | undefined => {
  if (!grant.needsConfirmation) return grant.from
  if (grant.confirmedAt === undefined) return undefined
  return grant.confirmedAt > grant.from ? grant.confirmedAt : grant.from
}
/** When a grant ends: the earlier of its own end and its revocation; undefined until further notice. */
export const endOf = ({ until, revokedAt }: Grant): string | undefined => (revokedAt !== undefined && (until === undefined || revokedAt < until) ? revokedAt : until)
/** Whether a grant has come to its end. */
export const hasPassed = (grant: Grant, now: string): boolean => {
  const end = endOf(grant)
  return end !== undefined && end <= now
}
/** Whether a grant is in force at an instant: started, confirmed where four eyes ask for it, neither ended nor revoked, its holder not replaced. */
export const inForce = (grant: Grant, at: string): boolean => {
  const from = effectiveFrom(grant)
  const end = endOf(grant)
  return from !== undefined && from <= at && (end === undefined || at < end) && !grant.away?.some((a) => a.from <= at && at < a.until)
}

/** The grants of a staff member in force at an instant, with those in which she is somebody's substitute. */
export const grantsOf = (org: Organisation, staff: string, at: string): readonly Grant[] => select(org, org.byStaff.get(staff), at)
const select = (org: Organisation, ids: readonly string[] | undefined, at: string): Grant[] => {
  const found: Grant[] = []
  for (const id of ids ?? []) {
    const grant = org.grants.get(id)
    if (grant && inForce(grant, at)) found.push(grant)
  }
  return found
}
/** Whether a grant reaches a unit today: the same, or an ancestor when the grant holds for its subtree. What was granted at a merged unit holds at its successor. */
export const covers = (org: Organisation, grant: Pick<Grant, 'unit' | 'scope'>, id: string): boolean => reaches(org, grant, id)
/** The same at an instant: before a merger each unit was its own. */
const reaches = (org: Organisation, grant: Pick<Grant, 'unit' | 'scope'>, id: string, at?: string): boolean => {
  const to = standing(org, id, at)
  if (!to) return false
  if (grant.unit === to.id) return true
  const from = standing(org, grant.unit, at)?.id
  return from !== undefined && (from === to.id || (grant.scope === 'subtree' && pathOf(org, to, at).includes(from)))
}

/** Who holds a role over a unit: the nearest unit first; at the same unit primary before others, then in the order of granting, those of units merged into it last. */
export const holders = (org: Organisation, role: Role, id: string, at: string): readonly Grant[] => {
  const over = standing(org, id, at)
  return (over ? pathOf(org, over, at) : []).flatMap((held) => {
    const here = standing(org, held, at)
    if (here?.id !== held) return []
    const seats = [held, ...(here.absorbed ?? []).filter((old) => standing(org, old, at)?.id === held)]
    return seats
      .flatMap((where) => select(org, org.bySeat.get(seatKey(role, where)), at))
      .filter((g) => held === over?.id || g.scope === 'subtree')
      .sort((a, b) => Number(b.primary) - Number(a.primary))
  })
}
/** Whether a staff member holds a role over a unit. */
export const holds = (org: Organisation, staff: string, role: Role, id: string, at: string): boolean =>
  grantsOf(org, staff, at).some((g) => g.role === role && reaches(org, g, id, at))

/**
 * The unit at which a role over a unit is held at an instant, which names a responsibility as role@unit. A unit manager's is always the unit itself (its
 * successor's when it was merged); without any holder it is the authority or provider, so that the duty still lies somewhere.
 */
export const seat = (org: Organisation, role: Role, id: string, at: string): string => {
  const over = standing(org, id, at)
  if (role === 'unit-manager') return over?.id ?? id
  const [nearest] = holders(org, role, id, at)
  if (nearest) return standing(org, nearest.unit, at)?.id ?? nearest.unit
  return (over && pathOf(org, over, at).at(-2)) ?? id
}
