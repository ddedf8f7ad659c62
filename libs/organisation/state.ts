import type { Role } from '#events/codes'
import type { OrganisationEvent } from '#events/organisation'
import { emptyTable, type Table } from '#libs/organisation/table'

/** Kommunen: the one implicit root; authorities (nämnder) and providers hang under it. */
export const municipality = 'municipality'

export interface Unit {
  readonly id: string
  readonly name: string
  readonly kind: 'municipality' | 'authority' | 'provider' | 'unit'
  /** Absent for the root only. */
  readonly parent?: string
  /** Yrkesmässigt bedriven enskild verksamhet. */
  readonly private?: boolean
  /**
   * The unit itself, its parents up to its authority or provider, and the municipality last. A unit that was merged into another hangs below
   * its successor, and what hung below it still does.
   */
  readonly path: readonly string[]
  /** From when the path is this one; before, it follows from what it hung below then. */
  readonly pathFrom: string
  /** What it was called, and below what it hung, each from when; the last is today's. */
  readonly names: readonly { readonly name: string; readonly from: string }[]
  readonly parents: readonly { readonly parent: string; readonly from: string }[]
  /** Units that were merged into it, directly or by way of others. */
  readonly absorbed?: readonly string[]
  readonly ended?: Ended
}
/** When a unit ceased to be and what became of it. Its id stays: old cases lie at it. */
export type Ended =
  | { readonly how: 'merged'; readonly at: string; readonly into: string }
  | { readonly how: 'split'; readonly at: string; readonly into: readonly string[] }
  | { readonly how: 'closed'; readonly at: string }

/** One person's role at a unit for a period. */
export interface Grant {
  readonly id: string
  readonly staff: string
  readonly role: Role
  readonly unit: string
  readonly scope: 'unit' | 'subtree'
  readonly from: string
  readonly until?: string
  readonly primary: boolean
  readonly grantedBy: string
  readonly needsConfirmation: boolean
  readonly confirmedAt?: string
  /** End set by a revocation, by the end of the unit for its manager, or by the end of her service; the earliest where there are several. */
  readonly revokedAt?: string
  /** The grant whose holder this one replaces (vikariat). It never reaches beyond it: what ends the one ends the other. */
  readonly substituteFor?: string
  /** Periods in which somebody else holds what this grant gives. */
  readonly away?: readonly Away[]
}
export interface Away {
  readonly substitution: string
  readonly from: string
  readonly until: string
}
/** Who held which role where and when: folded from the `organisation` stream, as of its last event. */
export interface Organisation {
  /** Events folded: the version that other events carry. */
  readonly events: number
  readonly units: Table<Unit>
  readonly grants: Table<Grant>
  /** Ids of grants by staff number. */
  readonly byStaff: Table<readonly string[]>
  /** Ids of grants by `role@unit`, the unit as it was granted. */
  readonly bySeat: Table<readonly string[]>
  /** Staff numbers that are registered. */
  readonly staff: Table<true>
  /** When a staff member left, by staff number; the last entry is the latest told. */
  readonly left: Table<readonly ServiceEnd[]>
  /** Seats that nobody holds while cases wait for them, by `role@unit`, as the clock has said. */
  readonly vacancies: Table<Vacancy>
  readonly feeds: Table<Feed>
}
/** Ansvar utan innehavare. */
export interface Vacancy {
  readonly role: Role
  readonly unit: string
  /** When nobody held it any more, or, once it is filled, when somebody did again. */
  readonly since: string
  readonly passedTo?: { readonly role: Role; readonly unit: string }
  /** Somebody holds it again. */
  readonly filled?: true
  /** The gaps that have ended. */
  readonly ended?: readonly Gap[]
}
/** A time in which nobody held a seat that cases waited for. */
export interface Gap {
  readonly since: string
  readonly until: string
  readonly passedTo?: { readonly role: Role; readonly unit: string }
}
/** Kalenderprenumeration of a seat's deadlines, read by one who holds it. */
export interface Feed {
  readonly id: string
  readonly staff: string
  readonly role: Role
  readonly unit: string
  readonly closed?: true
}
export interface ServiceEnd {
  readonly staff: string
  readonly at: string
}
export const seatKey = (role: Role, unit: string): string => `${role}@${unit}`

export const emptyOrganisation: Organisation = {
  events: 0,
  units: emptyTable<Unit>().with(municipality, { id: municipality, name: 'Kommunen', kind: 'municipality', path: [municipality], pathFrom: '', names: [], parents: [] }),
  grants: emptyTable(),
  byStaff: emptyTable(),
  bySeat: emptyTable(),
  staff: emptyTable(),
  left: emptyTable(),
  vacancies: emptyTable(),
  feeds: emptyTable(),
}

export const evolveOrganisation = (state: Organisation, e: OrganisationEvent): Organisation => ({ ...changed(state, e), events: state.events + 1 })

const changed = (state: Organisation, e: OrganisationEvent): Organisation => {
  const at = e.recordedAt
  switch (e.type) {
    case 'authority-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'authority', parent: municipality }, at)
    case 'provider-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'provider', parent: municipality, private: e.data.private }, at)
    case 'unit-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'unit', parent: e.data.parent }, at)
    case 'unit-renamed':
      return changedUnit(state, e.data.unit, (unit) => ({ ...unit, name: e.data.name, names: [...unit.names, { name: e.data.name, from: at }] }))
    case 'unit-moved':
      return moved(state, e.data, at)
    case 'units-merged':
      return merged(state, e.data, at)
    case 'unit-split':
      return split(state, e.data, at)
    case 'unit-closed':
      return closed(state, e.data, at)
    case 'staff-member-registered':
      return { ...state, staff: state.staff.with(e.data.staff, true) }
    case 'role-granted': {
      const { grant: id, staff, role, unit, scope, from, until, primary, needsConfirmation } = e.data
      return withGrant(state, { id, staff, role, unit, scope, from, primary, needsConfirmation, grantedBy: e.meta.actor.id, ...(until === undefined ? {} : { until }) })
    }
    case 'role-grant-confirmed':
      return changedGrant(state, e.data.grant, (grant) => ({ ...grant, confirmedAt: at }))
    case 'role-revoked':
      return revoked(state, e.data.grant, e.data.until)
    case 'substitute-appointed': {
      const { substitution, grant: id, staff, from, until } = e.data
      const original = state.grants.get(id)
      if (!original) return state
      const { role, unit, scope, primary } = original
      const absent = changedGrant(state, id, (grant) => ({ ...grant, away: [...(grant.away ?? []), { substitution, from, until }] }))
      return withGrant(absent, { id: substitution, staff, role, unit, scope, primary, from, until, needsConfirmation: false, grantedBy: e.meta.actor.id, substituteFor: id })
    }
    case 'service-ended': {
      const { staff } = e.data
      const without = (state.byStaff.get(staff) ?? []).reduce((next, id) => revoked(next, id, e.data.at), state)
      return { ...without, left: without.left.with(staff, [...(without.left.get(staff) ?? []), { staff, at: e.data.at }]) }
    }
    case 'seat-vacated': {
      const { role, unit, since, passedTo } = e.data
      const ended = state.vacancies.get(seatKey(role, unit))?.ended
      return { ...state, vacancies: state.vacancies.with(seatKey(role, unit), { role, unit, since, ...(passedTo ? { passedTo } : {}), ...(ended ? { ended } : {}) }) }
    }
    case 'seat-filled': {
      const { role, unit, since } = e.data
      const before = state.vacancies.get(seatKey(role, unit))
      const gap = before && !before.filled ? [{ since: before.since, until: since, ...(before.passedTo ? { passedTo: before.passedTo } : {}) }] : []
      return { ...state, vacancies: state.vacancies.with(seatKey(role, unit), { role, unit, since, filled: true, ended: [...(before?.ended ?? []), ...gap] }) }
    }
    case 'calendar-feed-opened': {
      const { feed: id, staff, role, unit } = e.data
      return { ...state, feeds: state.feeds.with(id, { id, staff, role, unit }) }
    }
    case 'calendar-feed-closed': {
      const feed = state.feeds.get(e.data.feed)
      return feed ? { ...state, feeds: state.feeds.with(feed.id, { ...feed, closed: true }) } : state
    }
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return state
  }
}

const withUnit = (state: Organisation, unit: Pick<Unit, 'id' | 'name' | 'kind' | 'private'> & { readonly parent: string }, at: string): Organisation => {
  const { id, name, parent } = unit
  const whole: Unit = { ...unit, path: [id, ...(state.units.get(parent)?.path ?? [])], pathFrom: at, names: [{ name, from: at }], parents: [{ parent, from: at }] }
  return { ...state, units: state.units.with(id, whole) }
}
const changedUnit = (state: Organisation, id: string, change: (unit: Unit) => Unit): Organisation => {
  const unit = state.units.get(id)
  return unit ? { ...state, units: state.units.with(id, change(unit)) } : state
}
const under = (parent: string, at: string) => (unit: Unit): Unit => ({ ...unit, parent, parents: [...unit.parents, { parent, from: at }] })
/** Hangs a unit, with all that is below it, below another. */
const rehung = (state: Organisation, id: string, above: string, at: string): Organisation => {
  const path = [id, ...(state.units.get(above)?.path ?? [])]
  return state.units.values().reduce((next, unit) => {
    const place = unit.path.indexOf(id)
    return place < 0 ? next : { ...next, units: next.units.with(unit.id, { ...unit, path: [...unit.path.slice(0, place), ...path], pathFrom: at }) }
  }, state)
}

/** What becomes of the organisation when a unit moves; a decision asks it before there is an event. */
export const moved = (state: Organisation, { unit, parent }: { readonly unit: string; readonly parent: string }, at: string): Organisation =>
  rehung(changedUnit(state, unit, under(parent, at)), unit, parent, at)

export interface Merger {
  readonly units: readonly string[]
  readonly into: string
  readonly name?: string | undefined
  readonly parent?: string | undefined
}
/**
 * What becomes of the organisation when units go into one: cases, sub-units and roles at them are their successor's, but for the manager's.
 * Her charge was a unit that is no more; a manager of the successor is granted and confirmed as one.
 */
export const merged = (state: Organisation, { units, into, name, parent }: Merger, at: string): Organisation => {
  const founded = name === undefined || parent === undefined || state.units.has(into) ? state : withUnit(state, { id: into, name, kind: 'unit', parent }, at)
  const ended = units.reduce((next, id) => endedUnit(next, id, { how: 'merged', at, into }), founded)
  const children = ended.units.values().filter((u) => u.parent !== undefined && units.includes(u.parent) && !u.ended)
  const adopted = children.reduce((next, child) => changedUnit(next, child.id, under(into, at)), ended)
  const hung = units.reduce((next, id) => rehung(next, id, into, at), adopted)
  return changedUnit(hung, into, (unit) => ({ ...unit, absorbed: [...(unit.absorbed ?? []), ...units.flatMap((id) => [id, ...(hung.units.get(id)?.absorbed ?? [])])] }))
}
/** What becomes of the organisation when a unit is divided into new ones that hang where it hung. */
export const split = (state: Organisation, { unit, into }: { readonly unit: string; readonly into: readonly { readonly unit: string; readonly name: string }[] }, at: string): Organisation => {
  const parent = state.units.get(unit)?.parent ?? municipality
  const ended = endedUnit(state, unit, { how: 'split', at, into: into.map((part) => part.unit) })
  return into.reduce((next, part) => withUnit(next, { id: part.unit, name: part.name, kind: 'unit', parent }, at), ended)
}
/** What becomes of the organisation when a unit closes: it keeps its place, so that the next level up stands in for its manager. */
export const closed = (state: Organisation, { unit }: { readonly unit: string }, at: string): Organisation => endedUnit(state, unit, { how: 'closed', at })

/** A unit that ends has no manager any more. Everybody else there keeps watch over what is left of it until revoked. */
const endedUnit = (state: Organisation, id: string, ended: Ended): Organisation => {
  const unmanaged = (state.bySeat.get(seatKey('unit-manager', id)) ?? []).reduce((next, grant) => revoked(next, grant, ended.at), state)
  return changedUnit(unmanaged, id, (unit) => ({ ...unit, ended }))
}

const withGrant = (state: Organisation, grant: Grant): Organisation => ({
  ...state,
  grants: state.grants.with(grant.id, grant),
  byStaff: withId(state.byStaff, grant.staff, grant.id),
  bySeat: withId(state.bySeat, seatKey(grant.role, grant.unit), grant.id),
})
const withId = (index: Table<readonly string[]>, key: string, id: string): Table<readonly string[]> => index.with(key, [...(index.get(key) ?? []), id])
const changedGrant = (state: Organisation, id: string, change: (grant: Grant) => Grant): Organisation => {
  const grant = state.grants.get(id)
  return grant ? { ...state, grants: state.grants.with(id, change(grant)) } : state
}
const earlier = (a: string | undefined, b: string): string => (a !== undefined && a < b ? a : b)
/** Ends a grant, and with it whoever replaces its holder; whom it replaces is back from then on. */
const revoked = (state: Organisation, id: string, until: string): Organisation => {
  const grant = state.grants.get(id)
  if (!grant) return state
  const alone = changedGrant(state, id, (g) => ({ ...g, revokedAt: earlier(g.revokedAt, until) }))
  const both = (grant.away ?? []).reduce((next, { substitution }) => revoked(next, substitution, until), alone)
  return grant.substituteFor === undefined ? both : changedGrant(both, grant.substituteFor, (original) => returned(original, id, until))
}
const returned = (original: Grant, substitution: string, at: string): Grant => ({
  ...original,
  away: (original.away ?? []).flatMap((a) => (a.substitution !== substitution ? [a] : at <= a.from ? [] : [{ ...a, until: earlier(a.until, at) }])),
})
