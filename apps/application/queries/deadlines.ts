import type { DeadlineKey, Role } from '#events/codes'
import { caseIdOf, deviationStream } from '#events/deviation'
import { policyStream } from '#events/policy'
import { routineIdOf, routineStream } from '#events/routine'
import { loadCase, type Context } from '#apps/application/context'
import { loadRoutine } from '#apps/application/routines'
import type { Answer, Language, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, holdsOver, unitAsked, type Asker, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, partOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment, type Moment } from '#apps/application/queries/past'
import { queueRoles } from '#apps/application/queries/queue'
import { seatText, titleOf } from '#apps/application/queries/words'
import { stockholmDay } from '#libs/calendar/days'
import { deadlineName, policyTitle } from '#libs/catalogue/time'
import { isSame, type Owed } from '#libs/deadlines/follow'
import { hoursLate } from '#libs/deadlines/late'
import { deadlineStatuses, isRunning, statusOf, type DeadlineStatus } from '#libs/deadlines/state'
import type { CaseFacts } from '#libs/duties/facts'
import { owedInTime } from '#libs/duties/limits'
import { caseNumber } from '#libs/duties/number'
import type { Condition, StoredRow } from '#libs/kernel/projection'
import { below, holders } from '#libs/organisation/holders'
import { municipality, type Organisation } from '#libs/organisation/state'
import { policyReview } from '#libs/policy/decide'
import type { Policies } from '#libs/policy/versions'
import { owedByRoutine } from '#libs/routines/deadlines'
import { readsRoutine } from '#libs/routines/rights'
import { deadlines as projection, policyUnit, type DeadlineRow } from '#projections/deadlines/deadlines'
import { queue } from '#projections/queue/queue'

export interface DeadlineFilter {
  readonly unit?: string | undefined
  readonly status?: readonly DeadlineStatus[] | undefined
  readonly key?: DeadlineKey | undefined
}
const order = ['due'] as const
const place = placeBy(...order)
/** With the review of the policy, which lies with them, the administrators have a deadline as well. */
const asking: readonly Role[] = [...queueRoles, 'administrator']

/**
 * Deadlines of cases, routines and the policy, by the instant at which they are due: of a unit and what is below it where the asker's roles reach, or of
 * all that they reach. Those of a case are for who sees the case whole, also without its personal data; with the limited view there is none. Who may see
 * is judged by today, also of the past.
 */
export const deadlines = async (context: Context, q: QueryRequest, options: Paging & DeadlineFilter & { readonly at?: string | undefined } = {}): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, order.length + 1)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  const { unit, at } = options
  const ofAll = unit === undefined || unit === municipality
  const allowed = ofAll ? (holdsAny(asker, asking) ? 'allowed' : { kind: 'forbidden' as const }) : unitAsked(asker, queueRoles, unit)
  if (allowed !== 'allowed') return allowed
  const units = new Set([...below(asker.organisation, unit ?? municipality).filter((id) => holdsOver(asker, queueRoles, id)), ...(ofAll ? [policyUnit] : [])])
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const query = { anyOf: conditionsOf(options, [...units], asker.organisation), order, ...(after && { after }) }
    const policies = await context.policies()
    const page = await pageOf(walk(moment.readModel, projection.name, query, limitOf(options)), options, place, async (batch) => {
      const rows = batch.map((row) => (units.has(String(row.columns['unit'])) ? partOf<DeadlineRow>(row) : undefined))
      const seen = await seenBy(context, asker, moment, rows.flatMap((row) => (row ? [row.stream] : [])))
      return rows.map((row, i) => {
        const about = row && seen.get(row.stream)
        return about && row ? rowOf(row, about, String(batch[i]?.columns['unit']), { moment, policies, language: q.language }) : undefined
      })
    })
    return { kind: 'found', body: page, position: moment.position }
  })
}

/** Where a reader reaches at least one unit in so many, one walk along all deadlines costs less than one for each unit. */
const broad = 8
/** The stretches of the indices that a filter consists of: each is of one status, so that what ended long ago is not walked to find what runs. */
export const conditionsOf = ({ status = deadlineStatuses, key }: DeadlineFilter, units: readonly string[], { units: all }: Organisation): readonly (readonly Condition[])[] => {
  const where = units.length * broad >= [...all.values()].length ? [[]] : units.map((value): readonly Condition[] => [{ column: 'unit', is: '=', value }])
  const named: readonly Condition[] = key === undefined ? [] : [{ column: 'deadline_key', is: '=', value: key }]
  return where.flatMap((here) => status.map((value): readonly Condition[] => [...here, ...named, { column: 'deadline_status', is: '=', value }]))
}

/** What a deadline is about, as one who may see it does. */
export type About =
  | { readonly kind: 'case'; readonly facts: CaseFacts; readonly owed: readonly Owed[] }
  | { readonly kind: 'routine'; readonly id: string; readonly name: string; readonly owed: readonly Owed[] }
  | { readonly kind: 'policy'; readonly owed: readonly Owed[] }

const seenBy = async (context: Context, asker: Asker, moment: Moment, streams: readonly string[]): Promise<ReadonlyMap<string, About>> => {
  const upTo = moment.past ? { upTo: moment.position } : {}
  const seen = new Map<string, About>()
  const today = await factsToday(context, streams)
  const access = await accessToEach(context, asker, today)
  const readable = today.filter((_, i) => access[i] === 'full' || access[i] === 'masked')
  const then = moment.past ? (await Promise.all(readable.map(({ id }) => loadCase(context.store, id, upTo)))).flatMap((loaded) => (loaded ? [loaded.facts] : [])) : readable
  for (const facts of then) seen.set(deviationStream(facts.id), { kind: 'case', facts, owed: owedInTime(facts) })
  for (const stream of new Set(streams)) {
    if (stream === policyStream) seen.set(stream, { kind: 'policy', owed: [policyReview] })
    if (!stream.startsWith(routineStream(''))) continue
    const id = routineIdOf(stream)
    const loaded = await loadRoutine(context.store, id)
    if (!loaded || !readsRoutine(loaded.routine.owner.unit, asker)) continue
    const known = moment.past ? await loadRoutine(context.store, id, upTo) : loaded
    if (known) seen.set(stream, { kind: 'routine', id, name: known.routine.name, owed: owedByRoutine(known.routine) })
  }
  return seen
}
/** The facts of the cases among some streams: the rows of the queue, else the stream itself. */
export const factsToday = async ({ readModel, store }: Context, streams: readonly string[]): Promise<readonly CaseFacts[]> => {
  const ids = [...new Set(streams.filter((stream) => stream.startsWith(deviationStream(''))).map(caseIdOf))]
  if (ids.length === 0) return []
  const rows = await readModel.query(queue.name, { where: [{ column: 'key', is: 'in', value: ids }] })
  const facts = new Map(rows.map((row: StoredRow) => [row.key, stateOf(queue, row)]))
  const rest = await Promise.all(ids.filter((id) => !facts.has(id)).map((id) => loadCase(store, id)))
  return [...facts.values(), ...rest.flatMap((loaded) => (loaded ? [loaded.facts] : []))]
}

interface Words {
  readonly moment: Moment
  readonly policies: Policies
  readonly language: Language
}
const rowOf = ({ stream, deadline }: DeadlineRow, about: About, unit: string, { moment, policies, language }: Words): Json => {
  const { organisation, instant } = moment
  const status = statusOf(deadline)
  // With whom a duty lies that is done or gone is for its history to tell.
  const seat = isRunning(deadline) ? about.owed.find((duty) => isSame(duty, deadline))?.responsible : undefined
  const isVacant = seat !== undefined && holders(organisation, seat.role, seat.unit, instant).length === 0
  const hours = status === 'missed' ? hoursLate(deadline.dueInstant, instant) : deadline.metAt === undefined ? 0 : hoursLate(deadline.dueInstant, deadline.metAt)
  return {
    id: deadline.id,
    kind: about.kind,
    case: about.kind === 'case' ? about.facts.id : null,
    number: about.kind === 'case' ? caseNumber(about.facts.id) : null,
    routine: about.kind === 'routine' ? routineIdOf(stream) : null,
    title: about.kind === 'case' ? titleOf(about.facts, organisation, policies, language) : about.kind === 'routine' ? about.name : policyTitle[language],
    key: deadline.key,
    label: deadlineName(deadline.id)[language],
    unit,
    responsible: seat ? seatText(organisation, seat, instant) : null,
    due: deadline.due,
    dueInstant: deadline.dueInstant,
    warn: deadline.warnInstant === undefined ? null : stockholmDay(deadline.warnInstant),
    warnInstant: deadline.warnInstant ?? null,
    status,
    binding: deadline.binding,
    missedAt: deadline.missed?.at(-1) ?? null,
    metAt: deadline.metAt ?? null,
    lateHours: hours > 0 ? hours : null,
    ...(isVacant ? { vacant: true } : {}),
  }
}
