import { feedView } from '#libs/organisation/feeds'
import { effectiveFrom, endOf, grantsOf, inForce, successorOf } from '#libs/organisation/holders'
import type { Grant, Organisation, Unit } from '#libs/organisation/state'

/**
 * Who holds which role where at an instant, as far as the organisation was known when it was folded: staff numbers only, no names. Units that
 * have ended stay, each with its end, today's successor when it was merged and its parts when it was split, and with every name and parent it had.
 */
export const organisationView = (org: Organisation, at: string) => ({
  version: org.events,
  units: org.units.values().map((unit) => unitView(org, unit)),
  grants: org.grants.values().map((grant) => ({
    grant: grant.id,
    staff: grant.staff,
    role: grant.role,
    unit: grant.unit,
    scope: grant.scope,
    ...periodOf(grant),
    primary: grant.primary,
    confirmed: !grant.needsConfirmation || grant.confirmedAt !== undefined,
    inForce: inForce(grant, at),
    substituteFor: grant.substituteFor ?? null,
    substitutions: (grant.away ?? []).map(({ substitution, from, until }) => ({ grant: substitution, from, until })),
  })),
  serviceEnds: org.left.values().flat(),
  // Seats that nobody held while cases waited, each gap with when it ended.
  vacancies: org.vacancies.values().flatMap(({ role, unit, since, filled, passedTo, ended = [] }) =>
    [...ended, ...(filled ? [] : [{ since, until: undefined, passedTo }])].map((gap) => ({ role, unit, since: gap.since, until: gap.until ?? null, passedTo: gap.passedTo ?? null })),
  ),
})
const unitView = (org: Organisation, { id, name, kind, parent, private: isPrivate, names, parents, ended }: Unit) => ({
  unit: id,
  name,
  kind,
  parent: parent ?? null,
  private: isPrivate ?? false,
  from: names[0]?.from ?? null,
  until: ended?.at ?? null,
  successor: ended?.how === 'merged' ? successorOf(org, id) : null,
  splitInto: ended?.how === 'split' ? ended.into : null,
  names: stretches(names, ended?.at),
  parents: stretches(parents, ended?.at),
})
/** Each entry with its end: the start of the next, or of nothing. */
const stretches = <T extends { readonly from: string }>(entries: readonly T[], end: string | undefined) =>
  entries.map((entry, i) => ({ ...entry, until: entries[i + 1]?.from ?? end ?? null }))
const periodOf = (grant: Grant) => ({ from: effectiveFrom(grant) ?? grant.from, until: endOf(grant) ?? null })

/** The roles that a staff member holds at an instant, those among them in which she is somebody's substitute marked, and her calendar feeds. */
export const meView = (org: Organisation, staff: string | undefined, at: string) => ({
  staff: staff ?? null,
  roles:
    staff === undefined
      ? []
      : grantsOf(org, staff, at).map((grant) => ({
          grant: grant.id,
          role: grant.role,
          unit: grant.unit,
          scope: grant.scope,
          ...periodOf(grant),
          primary: grant.primary,
          substituteFor: grant.substituteFor ?? null,
        })),
  feeds: org.feeds.values().filter((feed) => feed.staff === staff).map(feedView),
})
