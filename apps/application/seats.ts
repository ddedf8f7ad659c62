import { organisationEvents, organisationStream, readOrganisation } from '#events/organisation'
import type { Role } from '#events/codes'
import type { Context } from '#apps/application/context'
import { asMachine } from '#apps/application/machine'
import { stateOf } from '#apps/application/queries/pages'
import { transact } from '#libs/kernel/transact'
import { responsibleRoles } from '#libs/deviation/seats'
import { below, holders } from '#libs/organisation/holders'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'
import { nextChange, seatEvents, seatSentence, type Look, type Place, type SeatEvent } from '#libs/organisation/vacancies'
import { policyAt } from '#libs/policy/versions'
import { queue } from '#projections/queue/queue'

/** What the last look rested on: while none of it changes there is nothing new to say. */
interface Seen {
  readonly position: string
  readonly version: number
  /** When somebody's grant or leave begins or ends next. */
  readonly next: string | undefined
}

/**
 * Says of the seats for which open cases wait which nobody holds, and which are held again: the gap is itself an event. Answers what looks once and tells how
 * many events it wrote. Two that look, or one that starts again, write each once.
 */
export const watchSeats = (context: Context): (() => Promise<number>) => {
  let seen: Seen | undefined
  let lookedAt: string | undefined
  let nobodys: readonly UnheldRole[] = []
  return async () => {
    const { readModel, clock } = context
    const position = await readModel.position(queue.name)
    // Not yet projected for the first time: nobody waits yet, as far as is known.
    if (position === undefined) return 0
    const organisation = await context.organisation()
    const now = clock.now()
    const standsStill = seen?.version === organisation.events && (seen.next === undefined || now < seen.next)
    // Who holds what changes far more seldom than what waits.
    if (!standsStill) nobodys = unheld(organisation, now)
    const said = standsStill && seen?.position === position ? 0 : await look(context, organisation, nobodys, { now, lookedAt })
    // What was said is a new version of the organisation, at which the next round looks.
    seen = { position, version: organisation.events, next: standsStill ? seen?.next : nextChange(organisation, now) }
    lookedAt = now
    return said
  }
}

/** A role with which cases can lie, and the units over which nobody holds it. */
interface UnheldRole {
  readonly role: Role
  readonly units: readonly string[]
}
const unheld = (organisation: Organisation, now: string): readonly UnheldRole[] => {
  const all = organisation.units.values().map(({ id }) => id)
  return responsibleRoles.map((role) => ({ role, units: all.filter((unit) => holders(organisation, role, unit, now).length === 0) }))
}

const look = async (context: Context, organisation: Organisation, nobodys: readonly UnheldRole[], { now, lookedAt }: Look): Promise<number> => {
  const vacant = (await Promise.all(nobodys.map((some) => waiting(context, some)))).flat()
  // Whether the seat of a tree is filled again asks for all of the tree that waits for it.
  const gaps = organisation.vacancies.values().filter(({ role, filled }) => !filled && role !== 'unit-manager')
  const beside = (await Promise.all(gaps.map(({ role, unit }) => waiting(context, { role, units: below(organisation, unit) })))).flat()
  // Only at the first look: later ones know that it was not so before.
  const places = [...(lookedAt === undefined ? await Promise.all(vacant.map((place) => sinceWhen(context, place))) : vacant), ...beside]
  const moment: Look = { now, lookedAt }
  const events = seatEvents(organisation, places, moment)
  if (events.length === 0) return 0
  const outcome = await transact<Organisation, SeatEvent>({
    ...asMachine(
      context,
      {
        actor: 'clock',
        stream: organisationStream,
        sentence: events.map((e) => seatSentence(organisation, e)).join('\n'),
        organisation,
        policy: policyAt(await context.policies(), now),
      },
      organisationEvents,
    ),
    initial: emptyOrganisation,
    evolve: (state, recorded) => evolveOrganisation(state, readOrganisation(recorded)),
    // By the organisation as it is when it is written: who was appointed meanwhile has left no gap.
    decide: (state) => ({ kind: 'events', events: seatEvents(state, places, moment) }),
  })
  return outcome.kind === 'done' ? outcome.events.length : 0
}
/** Those of some units where open cases wait for a role: a stretch of an index for each, so that the cases that have somebody are not gone through. */
const waiting = async ({ readModel }: Context, { role, units }: UnheldRole): Promise<readonly Place[]> => {
  if (units.length === 0) return []
  const where = [
    { column: 'unit', is: 'in' as const, value: units },
    { column: 'open', is: '=' as const, value: 1 },
    { column: 'role', is: '=' as const, value: role },
  ]
  return (await readModel.countBy(queue.name, ['unit'], where)).map(({ columns }) => ({ role, unit: String(columns['unit']) }))
}
const sinceWhen = async ({ readModel }: Context, place: Place): Promise<Place> => {
  const { role, unit } = place
  const where = [
    { column: 'unit', is: '=' as const, value: unit },
    { column: 'open', is: '=' as const, value: 1 },
    { column: 'role', is: '=' as const, value: role },
  ]
  const [first] = await readModel.query(queue.name, { where, order: ['received'], limit: 1 })
  return first ? { ...place, waitsSince: stateOf(queue, first).reportedAt } : place
}
