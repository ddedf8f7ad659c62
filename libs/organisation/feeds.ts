import type { Role } from '#events/codes'
import type { OrganisationCommandOf } from '#libs/organisation/commands'
import { unless, type Decided, type OrganisationContext } from '#libs/organisation/decision'
import { grantsOf, inForce } from '#libs/organisation/holders'
import type { Feed, Organisation } from '#libs/organisation/state'

/** Roles with which a deadline of a case, a routine or the policy can lie. */
const withDeadlines: ReadonlySet<Role> = new Set<Role>([
  'unit-manager',
  'area-manager',
  'director',
  'lex-sarah-officer',
  'lex-sarah-investigator',
  'decision-maker',
  'medical-officer',
  'registrar',
  'administrator',
])

/**
 * Öppna en kalenderprenumeration, for the seat of one's own grant. One seat has one feed for each who holds it: a new address takes the place of
 * the old one.
 */
export const openCalendarFeed = (command: OrganisationCommandOf<'open-calendar-feed'>, org: Organisation, { sender, grantId: feed, now }: OrganisationContext): Decided => {
  const grant = org.grants.get(command.grant)
  if (grant?.staff !== sender) return unless(['grant-unknown'], () => [])
  const { staff, role, unit } = grant
  return unless(
    [
      !inForce(grant, now) && 'grant-not-in-force',
      !withDeadlines.has(role) && 'role-without-deadlines',
      [...org.feeds.values()].some((f) => f.closed === undefined && f.staff === staff && f.role === role && f.unit === unit) && 'feed-open-already',
    ],
    () => [{ type: 'calendar-feed-opened', data: { feed, staff, role, unit } }],
  )
}

/** Stäng en kalenderprenumeration: its address answers nothing from then on. */
export const closeCalendarFeed = (command: OrganisationCommandOf<'close-calendar-feed'>, org: Organisation): Decided => {
  const feed = org.feeds.get(command.feed)
  if (!feed) return unless(['feed-unknown'], () => [])
  return unless([feed.closed && 'feed-closed-already'], () => [{ type: 'calendar-feed-closed', data: { feed: feed.id } }])
}

/** Whether a feed answers at an instant: open, and its reader holds that role at that unit, herself or as a substitute. */
export const feedAnswers = (org: Organisation, feed: Feed, at: string): boolean =>
  feed.closed === undefined && grantsOf(org, feed.staff, at).some(({ role, unit }) => role === feed.role && unit === feed.unit)

/** A feed as it is shown: never the secret of its address. */
export const feedView = ({ id, staff, role, unit, closed }: Feed) => ({ feed: id, staff, role, unit, open: closed === undefined })
