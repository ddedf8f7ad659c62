import type { NewOrganisationEvent } from '#events/organisation'
import type { FieldFault } from '#libs/kernel/outcome'
import { standsIn } from '#libs/organisation/chain'
import type { OrganisationCommandOf } from '#libs/organisation/commands'
import { faultsOf, hasEnded, invalid, unless, type Decided, type OrganisationContext } from '#libs/organisation/decision'
import { below, pathUp, rootOf, unit } from '#libs/organisation/holders'
import { closed, merged, moved, municipality, split, type Organisation } from '#libs/organisation/state'

type Instant = Pick<OrganisationContext, 'now'>

const isId = (id: string): boolean => /^[a-z0-9-]{1,40}$/.test(id)
/** A new unit, authority or provider; `parent` must stand. */
export const newUnit = (org: Organisation, { unit: id, parent }: { readonly unit: string; readonly parent?: string }, event: NewOrganisationEvent): Decided => {
  const faults = faultsOf(!isId(id) && { pointer: '/unit', code: 'not-an-id' }, parent !== undefined && !unit(org, parent) && { pointer: '/parent', code: 'unit-unknown' })
  if (faults.length > 0) return invalid(...faults)
  return unless([org.units.has(id) && 'unit-exists', parent !== undefined && hasEnded(org, parent) && 'unit-ended'], () => [event])
}

const unknown = (org: Organisation, id: string, pointer: string): FieldFault | false => !org.units.has(id) && { pointer, code: 'unit-unknown' }
/** Authorities and providers: where a tree begins, and with it secrecy. */
const isRoot = (org: Organisation, id: string): boolean => id !== municipality && org.units.get(id)?.kind !== 'unit'
const hasOpenSubUnits = (org: Organisation, id: string): boolean => org.units.values().some((u) => u.parent === id && !u.ended)
/** Whether a unit, or one below it, whose manager somebody is or stands in for would be left with nobody. */
const leavesNobody = (org: Organisation, ids: readonly string[], { now }: Instant, change: () => Organisation): boolean => {
  const answered = (state: Organisation, id: string): boolean => standsIn(state, 'unit-manager', id, now, () => false) !== undefined
  const then = change()
  return ids.flatMap((id) => below(org, id)).some((id) => answered(org, id) && !answered(then, id))
}

/** Byta namn; the old name stays in the history of the unit. */
export const renameUnit = ({ unit: id, name }: OrganisationCommandOf<'rename-unit'>, org: Organisation): Decided => {
  const faults = faultsOf(unknown(org, id, '/unit'))
  if (faults.length > 0) return invalid(...faults)
  return unless(
    [id === municipality && 'municipality-stands', hasEnded(org, id) && 'unit-ended', org.units.get(id)?.name === name && 'name-unchanged'],
    () => [{ type: 'unit-renamed', data: { unit: id, name } }],
  )
}

/**
 * Flytta en enhet med allt under den: within its authority or provider, or between authorities of the municipality. Over the boundary of a
 * provider secrecy and responsibility change hands case by case: they are handed over.
 */
export const moveUnit = ({ unit: id, parent }: OrganisationCommandOf<'move-unit'>, org: Organisation, at: Instant): Decided => {
  const faults = faultsOf(unknown(org, id, '/unit'), !unit(org, parent) && { pointer: '/parent', code: 'unit-unknown' })
  if (faults.length > 0) return invalid(...faults)
  if (id === municipality) return unless(['municipality-stands'], () => [])
  const circular = pathUp(org, parent).includes(id)
  const roots = [rootOf(org, id), rootOf(org, parent)]
  const betweenAuthorities = roots.every((root) => root !== undefined && org.units.get(root)?.kind === 'authority')
  const ended = hasEnded(org, id) || hasEnded(org, parent)
  return unless(
    [
      isRoot(org, id) && 'root-stands',
      ended && 'unit-ended',
      org.units.get(id)?.parent === parent && 'parent-unchanged',
      circular && 'unit-below-itself',
      !isRoot(org, id) && roots[0] !== roots[1] && !betweenAuthorities && 'between-providers',
      !circular && !ended && leavesNobody(org, [id], at, () => moved(org, { unit: id, parent }, at.now)) && 'nobody-stands-in',
    ],
    () => [{ type: 'unit-moved', data: { unit: id, parent } }],
  )
}

/** Slå samman enheter: into one that exists, which may be named among them, or into a new one. */
export const mergeUnits = (command: OrganisationCommandOf<'merge-units'>, org: Organisation, at: Instant): Decided => {
  const { into, name, parent } = command
  const founds = !org.units.has(into)
  const faults = faultsOf(
    ...command.units.map((id, i) => unknown(org, id, `/units/${i}`)),
    !isId(into) && { pointer: '/into', code: 'not-an-id' },
    founds && name === undefined && { pointer: '/name', code: 'required' },
    founds && parent === undefined && { pointer: '/parent', code: 'required' },
    parent !== undefined && !unit(org, parent) && { pointer: '/parent', code: 'unit-unknown' },
  )
  if (faults.length > 0) return invalid(...faults)
  const units = [...new Set(command.units)].filter((id) => id !== into)
  const place = founds ? (parent ?? municipality) : into
  const all = [...units, place]
  const circular = units.some((id) => pathUp(org, place).includes(id))
  const ended = all.some((id) => hasEnded(org, id))
  const event = { units, into, ...(founds ? { name, parent } : {}) }
  return unless(
    [
      all.includes(municipality) && 'municipality-stands',
      units.some((id) => isRoot(org, id)) && 'root-stands',
      ended && 'unit-ended',
      !founds && (name !== undefined || parent !== undefined) && 'unit-exists',
      units.length < (founds ? 2 : 1) && 'too-few-units',
      !all.includes(municipality) && new Set(all.map((id) => rootOf(org, id))).size > 1 && 'different-roots',
      circular && !all.includes(municipality) && 'unit-below-itself',
      !circular && !ended && leavesNobody(org, units, at, () => merged(org, event, at.now)) && 'nobody-stands-in',
    ],
    () => [{ type: 'units-merged', data: event }],
  )
}

/** Dela en enhet i nya: its cases wait for the next level up, who moves each to the part where it belongs. */
export const splitUnit = ({ unit: id, into }: OrganisationCommandOf<'split-unit'>, org: Organisation, at: Instant): Decided => {
  const ids = into.map((part) => part.unit)
  const faults = faultsOf(
    unknown(org, id, '/unit'),
    ...ids.map((part, i): FieldFault | false => !isId(part) && { pointer: `/into/${i}/unit`, code: 'not-an-id' }),
    ...ids.map((part, i): FieldFault | false => ids.indexOf(part) < i && { pointer: `/into/${i}/unit`, code: 'repeated' }),
  )
  if (faults.length > 0) return invalid(...faults)
  if (id === municipality) return unless(['municipality-stands'], () => [])
  return unless(
    [
      isRoot(org, id) && 'root-stands',
      hasEnded(org, id) && 'unit-ended',
      ids.length < 2 && 'too-few-units',
      ids.some((part) => org.units.has(part)) && 'unit-exists',
      hasOpenSubUnits(org, id) && 'sub-units-open',
      leavesNobody(org, [id], at, () => split(org, { unit: id, into }, at.now)) && 'nobody-stands-in',
    ],
    () => [{ type: 'unit-split', data: { unit: id, into } }],
  )
}

/** Lägga ned en enhet; an authority or provider too, when nothing is left below it. */
export const closeUnit = ({ unit: id }: OrganisationCommandOf<'close-unit'>, org: Organisation, at: Instant): Decided => {
  const faults = faultsOf(unknown(org, id, '/unit'))
  if (faults.length > 0) return invalid(...faults)
  if (id === municipality) return unless(['municipality-stands'], () => [])
  return unless(
    [
      hasEnded(org, id) && 'unit-ended',
      hasOpenSubUnits(org, id) && 'sub-units-open',
      leavesNobody(org, [id], at, () => closed(org, { unit: id }, at.now)) && 'nobody-stands-in',
    ],
    () => [{ type: 'unit-closed', data: { unit: id } }],
  )
}
