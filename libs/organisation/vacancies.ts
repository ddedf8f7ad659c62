import type { Role } from '#events/codes'
import type { NewOrganisationEvent } from '#events/organisation'
import { isLate } from '#libs/deadlines/clock'
import { standsIn } from '#libs/organisation/chain'
import { effectiveFrom, endOf, holders, seat } from '#libs/organisation/holders'
import { seatKey, type Grant, type Organisation } from '#libs/organisation/state'

/** A role over a unit at which cases wait. */
export interface Place {
  readonly role: Role
  readonly unit: string
  /** From when something waits there, where that is known. */
  readonly waitsSince?: string | undefined
}
/** A seat that nobody holds while cases wait for it. */
export interface VacantSeat {
  readonly role: Role
  readonly unit: string
  readonly since: string
  /** The seat whose duty it is meanwhile, and the staff who hold it; absent where nobody stands in. */
  readonly passedTo?: { readonly role: Role; readonly unit: string }
  readonly to: readonly string[]
}

const nobodyIsBarred = (): boolean => false
const earlier = (a: string, b: string): string => (a < b ? a : b)
const later = (a: string, b: string): string => (a > b ? a : b)
const staffOf = (org: Organisation, role: Role, unit: string, at: string): readonly string[] => [...new Set(holders(org, role, unit, at).map((g) => g.staff))]

/** When a grant begins or ends, and when its holder is away. */
const changesOfGrant = (grant: Grant): readonly string[] => [effectiveFrom(grant), endOf(grant), ...(grant.away ?? []).flatMap(({ from, until }) => [from, until])].filter((at) => at !== undefined)
/** The units at which a role over a unit is, was or will be held: itself, what it hung below and went into, and what was merged into those. */
const around = (org: Organisation, ids: readonly string[]): ReadonlySet<string> => {
  const found = new Set<string>()
  const look = (id: string): void => {
    const unit = org.units.get(id)
    if (!unit || found.has(id)) return
    found.add(id)
    for (const { parent } of unit.parents) look(parent)
    if (unit.ended?.how === 'merged') look(unit.ended.into)
    for (const old of unit.absorbed ?? []) found.add(old)
  }
  for (const id of ids) look(id)
  return found
}
/** Every instant at which it may change who holds one of some roles over some units, in order. Between two of them nothing does. */
export const changesOver = (org: Organisation, roles: readonly Role[], ids: readonly string[]): readonly string[] => {
  const units = [...around(org, ids)]
  const ofUnits = units.flatMap((id) => {
    const unit = org.units.get(id)
    return [...(unit?.parents ?? []).map(({ from }) => from), ...(unit?.ended ? [unit.ended.at] : [])]
  })
  const grants = units.flatMap((id) => roles.flatMap((role) => org.bySeat.get(seatKey(role, id)) ?? [])).flatMap((id) => org.grants.get(id) ?? [])
  return [...new Set([...ofUnits, ...grants.flatMap(changesOfGrant)])].sort()
}
/** The next instant after `now` at which some grant or substitution begins or ends; undefined when nothing more is planned. */
export const nextChange = (org: Organisation, now: string): string | undefined =>
  org.grants
    .values()
    .flatMap(changesOfGrant)
    .reduce<string | undefined>((next, at) => (at > now && (next === undefined || at < next) ? at : next), undefined)

/** Since when it has been so, without a break, that a role over a unit is held or not, as it is at an instant. A unit that came to be begins there. */
const sameSince = (org: Organisation, { role, unit }: Place, at: string): string => {
  const isHeld = (instant: string): boolean => holders(org, role, unit, instant).length > 0
  const now = isHeld(at)
  const began = org.units.get(unit)?.names[0]?.from ?? at
  let since = at
  for (const change of changesOver(org, [role], [unit]).filter((c) => began <= c && c <= at).reverse()) {
    if (isHeld(change) !== now) break
    since = change
  }
  return since
}
const isHeldAt = (org: Organisation, { role, unit }: Place, at: string): boolean => holders(org, role, unit, at).length > 0

/**
 * The seats that nobody holds of those where cases wait: since when, and whose the duty is meanwhile. Seats are named as everywhere: a unit
 * manager's is at the unit (its successor where it was merged), another at the authority or provider.
 */
export const vacantSeats = (org: Organisation, places: readonly Place[], at: string): readonly VacantSeat[] => {
  const found = new Map<string, VacantSeat>()
  for (const place of places) {
    if (isHeldAt(org, place, at)) continue
    const { role, unit } = place
    const seatUnit = seat(org, role, unit, at)
    const key = seatKey(role, seatUnit)
    const before = found.get(key)
    // What was at a merged unit before lay with that unit's own seat.
    const since = sameSince(org, role === 'unit-manager' ? { role, unit: seatUnit } : place, at)
    if (before && before.since <= since) continue
    found.set(key, { role, unit: seatUnit, since, ...standInOver(org, place, at) })
  }
  return [...found.values()]
}
const standInOver = (org: Organisation, { role, unit }: Place, at: string): Pick<VacantSeat, 'passedTo' | 'to'> => {
  const acting = standsIn(org, role, unit, at, nobodyIsBarred)
  return acting === undefined ? { to: [] } : { passedTo: { role: acting, unit: seat(org, acting, unit, at) }, to: staffOf(org, acting, unit, at) }
}

export type SeatEvent = Extract<NewOrganisationEvent, { readonly type: 'seat-vacated' | 'seat-filled' }>
export interface Look {
  readonly now: string
  /** When somebody looked last; what has been so since before then was not missed by anybody. */
  readonly lookedAt?: string | undefined
}
/** What is to be said of the seats where cases wait, that was not said before: which nobody holds, and which are held again. */
export const seatEvents = (org: Organisation, places: readonly Place[], look: Look): readonly SeatEvent[] => {
  const { now } = look
  const vacant = vacantSeats(org, places, now)
  const waits = new Map<string, string>()
  for (const { role, unit, waitsSince } of places) {
    if (waitsSince === undefined) continue
    const key = seatKey(role, seat(org, role, unit, now))
    waits.set(key, earlier(waits.get(key) ?? waitsSince, waitsSince))
  }
  // It was to be said once nobody held it, something waited, and it had not been looked at.
  const vacated = ({ role, unit, since, passedTo, to }: VacantSeat): SeatEvent => {
    const due = [waits.get(seatKey(role, unit)), look.lookedAt].reduce<string>((latest, at) => (at === undefined ? latest : later(latest, at)), since)
    return { type: 'seat-vacated', data: { role, unit, since, late: isLate(due, now), ...(passedTo ? { passedTo } : {}), to } }
  }
  const isKnown = ({ role, unit }: Place): boolean => org.vacancies.get(seatKey(role, unit))?.filled === undefined && org.vacancies.has(seatKey(role, unit))
  return [
    // Where it was filled before, it was vacated after that: over another unit it may have been longer, for which nothing waited.
    ...vacant.filter((one) => !isKnown(one)).map((one) => vacated({ ...one, since: later(one.since, org.vacancies.get(seatKey(one.role, one.unit))?.since ?? '') })),
    ...org.vacancies
      .values()
      .filter(isKnown)
      .flatMap((known) => {
        const stands = vacant.some(({ role, unit }) => role === known.role && unit === known.unit)
        if (known.role !== 'unit-manager') return stands ? [] : filledOver(org, known, places, now)
        const since = changed(org, known, now, vacated)
        // Whether it stands vacant again matters only where something waits.
        return stands || since.at(-1)?.type === 'seat-filled' ? since : since.slice(0, -1)
      }),
  ]
}
type Known = Place & { readonly since: string }
/** What became of a manager's seat that was vacant: each time that somebody came to hold it, and left it, also between two looks. */
const changed = (org: Organisation, { role, unit, since }: Known, now: string, vacated: (seat: VacantSeat) => SeatEvent): readonly SeatEvent[] => {
  const own: Place = { role, unit }
  const events: SeatEvent[] = []
  for (const at of changesOver(org, [role], [unit]).filter((c) => since < c && c <= now)) {
    const held = staffOf(org, role, unit, at)
    if (held.length > 0 && events.at(-1)?.type !== 'seat-filled') events.push({ type: 'seat-filled', data: { role, unit, since: at, heldBy: held } })
    else if (held.length === 0 && events.at(-1)?.type === 'seat-filled') events.push(vacated({ role, unit, since: at, ...standInOver(org, own, at) }))
  }
  return events
}
/**
 * A seat of another role, which without a holder stands for all of its tree: filled when the role is held over its own unit, or over each unit below where cases
 * wait for it.
 */
const filledOver = (org: Organisation, { role, unit, since }: Known, places: readonly Place[], now: string): readonly SeatEvent[] => {
  const own: Place = { role, unit }
  const held = isHeldAt(org, own, now) ? [own] : places.filter((p) => p.role === role && org.units.get(p.unit)?.path.includes(unit) && isHeldAt(org, p, now))
  if (held.length === 0) return []
  const from = held.map((place) => sameSince(org, place, now)).reduce(later, since)
  return [{ type: 'seat-filled', data: { role, unit, since: from, heldBy: [...new Set(held.flatMap((place) => staffOf(org, role, place.unit, now)))] } }]
}

/** What an event of a seat is known by, with how many gaps it had before: said again it is the same, and the same gap is none of another time. */
export const seatSentence = (org: Organisation, { type, data: { role, unit, since } }: SeatEvent): string =>
  [type, seatKey(role, unit), since, org.vacancies.get(seatKey(role, unit))?.ended?.length ?? 0].join(' ')
