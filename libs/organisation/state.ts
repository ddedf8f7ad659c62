import type { Role } from '#events/codes'
import type { OrganisationEvent } from '#events/organisation'

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
}
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
  /** End set by a revocation. */
  readonly revokedAt?: string
}
/** Who held which role where and when: folded from the `organisation` stream, as of its last event. */
export interface Organisation {
  /** Events folded: the version that other events carry. */
  readonly events: number
  readonly units: ReadonlyMap<string, Unit>
  readonly grants: ReadonlyMap<string, Grant>
  readonly byStaff: ReadonlyMap<string, readonly string[]>
  readonly byRole: ReadonlyMap<Role, readonly string[]>
  readonly staff: ReadonlySet<string>
}

export const emptyOrganisation: Organisation = {
  events: 0,
  units: new Map([[municipality, { id: municipality, name: 'Kommunen', kind: 'municipality' }]]),
  grants: new Map(),
  byStaff: new Map(),
  byRole: new Map(),
  staff: new Set(),
}

export const evolveOrganisation = (state: Organisation, e: OrganisationEvent): Organisation => ({ ...changed(state, e), events: state.events + 1 })

const changed = (state: Organisation, e: OrganisationEvent): Organisation => {
  switch (e.type) {
    case 'authority-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'authority', parent: municipality })
    case 'provider-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'provider', parent: municipality, private: e.data.private })
    case 'unit-registered':
      return withUnit(state, { id: e.data.unit, name: e.data.name, kind: 'unit', parent: e.data.parent })
    case 'staff-member-registered':
      return { ...state, staff: new Set(state.staff).add(e.data.staff) }
    case 'role-granted': {
      const { grant: id, staff, role, unit, scope, from, until, primary, needsConfirmation } = e.data
      const grant: Grant = { id, staff, role, unit, scope, from, primary, needsConfirmation, grantedBy: e.meta.actor.id, ...(until === undefined ? {} : { until }) }
      return {
        ...state,
        grants: new Map(state.grants).set(id, grant),
        byStaff: new Map(state.byStaff).set(staff, [...(state.byStaff.get(staff) ?? []), id]),
        byRole: new Map(state.byRole).set(role, [...(state.byRole.get(role) ?? []), id]),
      }
    }
    case 'role-grant-confirmed':
      return withGrant(state, e.data.grant, (grant) => ({ ...grant, confirmedAt: e.recordedAt }))
    case 'role-revoked':
      return withGrant(state, e.data.grant, (grant) => ({ ...grant, revokedAt: e.data.until }))
  }
}
const withUnit = (state: Organisation, unit: Unit): Organisation => ({ ...state, units: new Map(state.units).set(unit.id, unit) })
const withGrant = (state: Organisation, id: string, change: (grant: Grant) => Grant): Organisation => {
  const grant = state.grants.get(id)
  return grant ? { ...state, grants: new Map(state.grants).set(id, change(grant)) } : state
}
