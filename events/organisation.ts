import { roles, scopes } from '#events/codes'
import type { NewEvent, StoredEvent } from '#libs/kernel/event'
import { event, reader } from '#libs/kernel/event'
import { code, flag, id, instant, optional, personal, publicText, text } from '#libs/kernel/shape'

/** The organisation of the deployment (stream `organisation`): who held which role at which unit, from when to when, is history. */
export const organisationEvents = {
  authorityRegistered: event('authority-registered', { sv: 'Nämnd registrerad', en: 'Authority registered' }, { unit: id(), name: publicText() }),
  providerRegistered: event('provider-registered', { sv: 'Utförare registrerad', en: 'Provider registered' }, { unit: id(), name: publicText(), private: flag() }),
  unitRegistered: event('unit-registered', { sv: 'Enhet registrerad', en: 'Unit registered' }, { unit: id(), name: publicText(), parent: id() }),
  staffMemberRegistered: event('staff-member-registered', { sv: 'Medarbetare registrerad', en: 'Staff member registered' }, {
    staff: id(),
    login: personal(text(), 'staff'),
  }),
  roleGranted: event('role-granted', { sv: 'Roll tilldelad', en: 'Role granted' }, {
    grant: id(),
    staff: id(),
    role: code(roles),
    unit: id(),
    scope: code(scopes),
    from: instant(),
    until: optional(instant()),
    primary: flag(),
    /** Roles with case content take effect when a second person confirms (four eyes). */
    needsConfirmation: flag(),
  }),
  roleGrantConfirmed: event('role-grant-confirmed', { sv: 'Rolltilldelning bekräftad', en: 'Role grant confirmed' }, { grant: id() }),
  roleRevoked: event('role-revoked', { sv: 'Roll återkallad', en: 'Role revoked' }, { grant: id(), until: instant() }),
} as const

export type OrganisationEvent = StoredEvent<typeof organisationEvents>
export type NewOrganisationEvent = NewEvent<typeof organisationEvents>
export const readOrganisation = reader(organisationEvents)
export const organisationStream = 'organisation'
