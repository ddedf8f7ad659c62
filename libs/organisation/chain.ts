import type { Role } from '#events/codes'
import { holders, holds } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

/** Who cannot act in a case although she holds the role: its reporter, somebody in conflict, the manager whom it concerns. */
export type Ineligible = (staff: string) => boolean

/**
 * Somebody can always act (case format §7): where the holder is the reporter, in conflict or absent, the next level up holds all her rights
 * in that case. The text names the manager's and the officer's chain; a medical officer is stood in for as the lex Sarah officer is.
 */
const next: Readonly<Partial<Record<Role, Role>>> = {
  'unit-manager': 'area-manager',
  'area-manager': 'director',
  director: 'decision-maker',
  'lex-sarah-officer': 'decision-maker',
  'medical-officer': 'decision-maker',
}
const chainOf = (role: Role): readonly Role[] => {
  const above = next[role]
  return above === undefined ? [role] : [role, ...chainOf(above)]
}

/** The role that acts for `role` over a unit: itself, or the first one up the chain that somebody eligible holds. */
export const standsIn = (org: Organisation, role: Role, unit: string, at: string, ineligible: Ineligible): Role | undefined => {
  for (let acting: Role | undefined = role; acting !== undefined; acting = next[acting])
    if (holders(org, acting, unit, at).some((g) => !ineligible(g.staff))) return acting
  return undefined
}
/** Whether a staff member may act in a role over a unit: she holds it and is eligible, or stands in for it. */
export const mayActAs = (org: Organisation, staff: string, role: Role, unit: string, at: string, ineligible: Ineligible): boolean => {
  // Who holds no role of the chain is not asked about: whether somebody is the reporter costs a look into the key vault.
  if (!chainOf(role).some((held) => holds(org, staff, held, unit, at)) || ineligible(staff)) return false
  const acting = standsIn(org, role, unit, at, ineligible)
  return acting !== undefined && holds(org, staff, acting, unit, at)
}

/** Roles above a role in a case: its chain, and at the top those beside it. They say who is in conflict of interest, and lift it. */
export const rolesAbove = (role: Role): readonly Role[] =>
  role === 'decision-maker' ? ['director', 'lex-sarah-officer', 'decision-maker'] : role === 'lex-sarah-investigator' || role === 'registrar' ? ['lex-sarah-officer', 'decision-maker'] : chainOf(role).slice(1)
