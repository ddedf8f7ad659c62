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
  /** The unit itself, its parents up to its authority or provider, and the municipality last. */
  readonly path: readonly string[]
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
  /** End set by a revocation; the earliest where there are several. */
  readonly revokedAt?: string
}
/** Who held which role where and when: folded from the `organisation` stream, as of its last event. */
export interface Organisation {
  /** Events folded: the version that other events carry. */
  readonly events: number
  readonly units: Table<Unit>
  readonly grants: Table<Grant>
  /** Ids of grants by staff number. */
  readonly byStaff: Table<readonly string[]>
  /** Ids of grants by `role@unit`. */
  readonly bySeat: Table<readonly string[]>
  /** Staff numbers that are registered. */
  readonly staff: Table<true>
}
export const seatKey = (role: Role, unit: string): string => `${role}@${unit}`

export const emptyOrganisation: Organisation = {
  events: 0,
  units: emptyTable<Unit>().with(municipality, { id: municipality, name: 'Kommunen', kind: 'municipality', path: [municipality] }),
  grants: emptyTable(),
  byStaff: emptyTable(),
  bySeat: emptyTable(),
  staff: emptyTable(),
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
      return { ...state, staff: state.staff.with(e.data.staff, true) }
    case 'role-granted': {
      const { grant: id, staff, role, unit, scope, from, until, primary, needsConfirmation } = e.data
      const grant: Grant = { id, staff, role, unit, scope, from, primary, needsConfirmation, grantedBy: e.meta.actor.id, ...(until === undefined ? {} : { until }) }
      return {
        ...state,
        grants: state.grants.with(id, grant),
        byStaff: withId(state.byStaff, staff, id),
        bySeat: withId(state.bySeat, seatKey(role, unit), id),
      }
    }
    case 'role-grant-confirmed':
      return withGrant(state, e.data.grant, (grant) => ({ ...grant, confirmedAt: e.recordedAt }))
    case 'role-revoked':
      return withGrant(state, e.data.grant, (grant) => ({
        ...grant,
        revokedAt: grant.revokedAt !== undefined && grant.revokedAt < e.data.until ? grant.revokedAt : e.data.until,
      }))
  }
}
const withUnit = (state: Organisation, unit: Omit<Unit, 'path'> & { readonly parent: string }): Organisation => ({
  ...state,
  units: state.units.with(unit.id, { ...unit, path: [unit.id, ...(state.units.get(unit.parent)?.path ?? [])] }),
})
const withId = (index: Table<readonly string[]>, key: string, id: string): Table<readonly string[]> => index.with(key, [...(index.get(key) ?? []), id])
const withGrant = (state: Organisation, id: string, change: (grant: Grant) => Grant): Organisation => {
  const grant = state.grants.get(id)
  return grant ? { ...state, grants: state.grants.with(id, change(grant)) } : state
}
