import { roles, scopes } from '#events/codes'
import { mailEvents } from '#events/time'
import type { NewEvent, StoredEvent } from '#libs/kernel/event'
import { event, reader } from '#libs/kernel/event'
import { code, flag, id, instant, list, object, optional, personal, publicText, text } from '#libs/kernel/shape'

const seat = { role: code(roles), unit: id() }

/** The organisation of the deployment (stream `organisation`): who held which role at which unit, from when to when, is history. */
export const organisationEvents = {
  authorityRegistered: event('authority-registered', { sv: 'Nämnd registrerad', en: 'Authority registered' }, { unit: id(), name: publicText() }),
  providerRegistered: event('provider-registered', { sv: 'Utförare registrerad', en: 'Provider registered' }, { unit: id(), name: publicText(), private: flag() }),
  unitRegistered: event('unit-registered', { sv: 'Enhet registrerad', en: 'Unit registered' }, { unit: id(), name: publicText(), parent: id() }),
  unitRenamed: event('unit-renamed', { sv: 'Enhet omdöpt', en: 'Unit renamed' }, { unit: id(), name: publicText() }),
  unitMoved: event('unit-moved', { sv: 'Enhet flyttad', en: 'Unit moved' }, { unit: id(), parent: id() }),
  unitsMerged: event('units-merged', { sv: 'Enheter sammanslagna', en: 'Units merged' }, {
    /** The units that end; the one that they go into is none of them. */
    units: list(id()),
    into: id(),
    /** Of a unit that comes into being with the merger. */
    name: optional(publicText()),
    parent: optional(id()),
  }),
  unitSplit: event('unit-split', { sv: 'Enhet delad', en: 'Unit split' }, {
    unit: id(),
    /** New units, where the old one hung. */
    into: list(object({ unit: id(), name: publicText() })),
  }),
  unitClosed: event('unit-closed', { sv: 'Enhet avslutad', en: 'Unit closed' }, { unit: id() }),
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
  /** Vikarie: holds what the grant gives, in place of its holder, for a period. */
  substituteAppointed: event('substitute-appointed', { sv: 'Vikarie utsedd', en: 'Substitute appointed' }, {
    substitution: id(),
    grant: id(),
    staff: id(),
    from: instant(),
    until: instant(),
  }),
  /** Everything that the person holds at that time ends. */
  serviceEnded: event('service-ended', { sv: 'Tjänstgöring avslutad', en: 'Service ended' }, { staff: id(), at: instant() }),
  /**
   * Ansvar utan innehavare: nobody holds a role that cases wait for, since when, and whose the duty is meanwhile. Written by the clock: the gap is
   * itself an event. `to` are the staff who hold that role.
   */
  seatVacated: event('seat-vacated', { sv: 'Uppdrag utan innehavare', en: 'Seat vacant' }, {
    ...seat,
    since: instant(),
    late: flag(),
    passedTo: optional(object(seat)),
    to: list(id()),
  }),
  /** Somebody holds it again. */
  seatFilled: event('seat-filled', { sv: 'Uppdrag besatt', en: 'Seat filled' }, { ...seat, since: instant(), heldBy: list(id()) }),
  /** Kalenderprenumeration: a read-only feed of a seat's deadlines, for who holds it. The secret in its address derives from the id and is never stored. */
  calendarFeedOpened: event('calendar-feed-opened', { sv: 'Kalenderprenumeration öppnad', en: 'Calendar feed opened' }, { feed: id(), staff: id(), ...seat }),
  calendarFeedClosed: event('calendar-feed-closed', { sv: 'Kalenderprenumeration stängd', en: 'Calendar feed closed' }, { feed: id() }),
  ...mailEvents,
} as const

export type OrganisationEvent = StoredEvent<typeof organisationEvents>
export type NewOrganisationEvent = NewEvent<typeof organisationEvents>
export const readOrganisation = reader(organisationEvents)
export const organisationStream = 'organisation'
