import type { OrganisationCommand } from '#libs/organisation/commands'
import { closeCalendarFeed, openCalendarFeed } from '#libs/organisation/feeds'
import { registered, unless, type Decided, type OrganisationContext } from '#libs/organisation/decision'
import { appointSubstitute, confirmGrant, endService, grantRole, revokeRole } from '#libs/organisation/grants'
import { municipality, type Organisation } from '#libs/organisation/state'
import { closeUnit, mergeUnits, moveUnit, newUnit, renameUnit, splitUnit } from '#libs/organisation/units'

/** Decides a command on the organisation whose sender may act. */
export const decideOrganisation = (command: OrganisationCommand, org: Organisation, context: OrganisationContext): Decided => {
  switch (command.intent) {
    case 'register-authority':
      return newUnit(org, { unit: command.unit }, { type: 'authority-registered', data: { unit: command.unit, name: command.name } })
    case 'register-provider':
      return newUnit(org, { unit: command.unit }, { type: 'provider-registered', data: { unit: command.unit, name: command.name, private: command.private ?? true } })
    case 'register-unit':
      return newUnit(org, command, { type: 'unit-registered', data: { unit: command.unit, name: command.name, parent: command.parent } })
    case 'rename-unit':
      return renameUnit(command, org)
    case 'move-unit':
      return moveUnit(command, org, context)
    case 'merge-units':
      return mergeUnits(command, org, context)
    case 'split-unit':
      return splitUnit(command, org, context)
    case 'close-unit':
      return closeUnit(command, org, context)
    case 'grant-role':
      return grantRole(command, org, context)
    case 'confirm-grant':
      return confirmGrant(command, org, context)
    case 'revoke-role':
      return revokeRole(command, org, context)
    case 'appoint-substitute':
      return appointSubstitute(command, org, context)
    case 'end-service':
      return endService(command, org, context)
    case 'open-calendar-feed':
      return openCalendarFeed(command, org, context)
    case 'close-calendar-feed':
      return closeCalendarFeed(command, org)
  }
}

export interface Founder {
  readonly staff: string
  readonly login: string
  readonly grant: string
}
/**
 * The first initialisation, while the organisation is empty: an administrator and a compliance officer over the whole municipality, both in
 * force at once. The only exception from four eyes.
 */
export const initialise = (org: Organisation, admin: Founder, confirmer: Founder, now: string): Decided =>
  unless([org.events > 0 && 'organisation-not-empty', admin.staff === confirmer.staff && 'confirmer-is-admin'], () =>
    [
      { founder: admin, role: 'administrator' as const },
      { founder: confirmer, role: 'compliance-officer' as const },
    ].flatMap(({ founder: { staff, login, grant }, role }) => [
      ...registered(org, { staff, login }),
      { type: 'role-granted' as const, data: { grant, staff, role, unit: municipality, scope: 'subtree' as const, from: now, primary: true, needsConfirmation: false } },
    ]),
  )
