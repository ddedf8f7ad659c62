import type { Role } from '#events/codes'
import type { FieldFault } from '#libs/kernel/outcome'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { holds, seat, successorOf, unitFault } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

/** Roles with which the responsibility for a case can lie. */
export const responsibleRoles: readonly Role[] = ['unit-manager', 'area-manager', 'director', 'decision-maker', 'lex-sarah-officer']

/** What `role@unit` names today; undefined where it names no seat with which a case can lie. A unit that was merged is its successor. */
export const seatNamed = (org: Organisation, text: string): Seat | undefined => {
  const [name, unit = ''] = text.split('@')
  const role = responsibleRoles.find((code) => code === name)
  return role === undefined || unitFault(org, unit) === 'unit-unknown' ? undefined : { role, unit: successorOf(org, unit) }
}
/** Whether a seat is where its role is held, or, without a holder, where the duty lies: another unit below it or above it has none of its own. */
const isSeat = (org: Organisation, { role, unit }: Seat, now: string): boolean => seat(org, role, unit, now) === unit
export const isSameSeat = (a: Seat, b: Seat): boolean => a.role === b.role && a.unit === b.unit

/** What is wrong with the two seats of a reassignment: each names a seat, they are two, and nothing new is placed at a unit that has ended. */
export const seatFaults = (org: Organisation, { from, to }: { readonly from: string; readonly to: string }, now: string): readonly FieldFault[] => {
  const [source, target] = [seatNamed(org, from), seatNamed(org, to)]
  const unknown = (pointer: string, named: Seat | undefined): readonly FieldFault[] => (named && isSeat(org, named, now) ? [] : [{ pointer, code: 'seat-unknown' }])
  const faults = [...unknown('/from', source), ...unknown('/to', target)]
  if (faults.length > 0 || !source || !target) return faults
  if (isSameSeat(source, target)) return [{ pointer: '/to', code: 'seat-unchanged' }]
  return unitFault(org, target.unit) === undefined ? [] : [{ pointer: '/to', code: 'unit-ended' }]
}

/** With which seat a case lies: its role, over the unit where it is. */
export const seatOfCase = ({ responsible: { role }, unit }: Pick<CaseFacts, 'responsible' | 'unit'>, org: Organisation, now: string): Seat => ({ role, unit: seat(org, role, unit, now) })

/** Roles in which somebody stands above a seat, and so may move what lies with it: those above it in its chain; beside officers, and beside decision-makers, their like. */
const rolesOver: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  'unit-manager': ['area-manager', 'director', 'decision-maker'],
  'area-manager': ['director', 'decision-maker'],
  director: ['decision-maker'],
  'decision-maker': ['decision-maker'],
  'lex-sarah-officer': ['lex-sarah-officer', 'decision-maker'],
}
/** Whether somebody who holds a role over both seats may move cases from one to the other. Each case is judged by itself as well. */
export const standsOver = (org: Organisation, staff: string, role: Role, seats: { readonly from: Seat; readonly to: Seat }, now: string): boolean =>
  (rolesOver[seats.from.role]?.includes(role) ?? false) && [seats.from, seats.to].every(({ unit }) => holds(org, staff, role, unit, now))
