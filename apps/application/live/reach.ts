import { hash } from 'node:crypto'
import { roles, type Role } from '#events/codes'
import { inForce } from '#libs/organisation/holders'
import { seatKey, type Organisation } from '#libs/organisation/state'

/** Roles that decide who sees a case and who acts for whom. */
const deciding: readonly Role[] = roles.filter((role) => role !== 'reporter')

/**
 * A digest of what decides what somebody sees of some units: these units with what is above them, and who holds which role there. While it stays the same only
 * what happens to a case itself can change what one who asks sees of it.
 */
export const reachDigest = (organisation: Organisation, units: ReadonlySet<string>, now: string): string => {
  const around = new Set([...units].flatMap((id) => organisation.units.get(id)?.path ?? [id]))
  const parts: unknown[] = []
  for (const id of around) {
    const unit = organisation.units.get(id)
    const held = [id, ...(unit?.absorbed ?? [])].flatMap((at) => deciding.flatMap((role) => organisation.bySeat.get(seatKey(role, at)) ?? []))
    const grants = held.flatMap((grant) => {
      const found = organisation.grants.get(grant)
      return found && inForce(found, now) ? [`${found.staff} ${found.role} ${found.unit} ${found.scope} ${String(found.primary)}`] : []
    })
    parts.push([id, units.has(id), unit?.names.at(-1)?.name, unit?.path, unit?.ended, grants])
  }
  return hash('sha256', JSON.stringify(parts), 'base64url')
}
