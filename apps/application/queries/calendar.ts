import { deviationStream } from '#events/deviation'
import { policyStream } from '#events/policy'
import { routineIdOf } from '#events/routine'
import type { Context } from '#apps/application/context'
import { feedOf } from '#apps/application/feed-token'
import { loadRoutine } from '#apps/application/routines'
import type { Language } from '#apps/application/request'
import { accessToEach, type Asker } from '#apps/application/queries/asker'
import { conditionsOf, factsToday } from '#apps/application/queries/deadlines'
import { partOf, walk } from '#apps/application/queries/pages'
import { unitName } from '#apps/application/queries/words'
import { endOfDay } from '#libs/calendar/days'
import { labels } from '#libs/catalogue/labels'
import { calendarEntry, calendarName, policyTitle } from '#libs/catalogue/time'
import { isSame, type Owed } from '#libs/deadlines/follow'
import { owedInTime } from '#libs/duties/limits'
import { caseNumber } from '#libs/duties/number'
import { feedAnswers } from '#libs/organisation/feeds'
import { below, covers, grantsOf, seat, successorOf } from '#libs/organisation/holders'
import type { Feed } from '#libs/organisation/state'
import { policyReview } from '#libs/policy/decide'
import { owedByRoutine } from '#libs/routines/deadlines'
import { readsRoutine } from '#libs/routines/rights'
import { deadlines as projection, policyUnit, type DeadlineRow } from '#projections/deadlines/deadlines'
import { measures } from '#projections/measures/measures'

/** A deadline in somebody's calendar: what is to be done until when, in which case. Nothing else of the case. */
export interface CalendarEntry {
  /** The same as long as the deadline lives. */
  readonly uid: string
  readonly summary: string
  /** Stockholm day. */
  readonly due: string
  readonly dueInstant: string
  /** It ends at its instant and not with its day. */
  readonly timed: boolean
  readonly warnInstant?: string
  readonly setAt: string
  readonly moves: number
  readonly changedAt: string
  /** Address of what it is about. */
  readonly path: string
}
export interface Calendar {
  readonly feed: string
  readonly name: string
  readonly entries: readonly CalendarEntry[]
}
/** Entries of one calendar, the nearest ones: what is further away comes when others are done. */
const mostEntries = 1_000
/** Deadlines looked at for one calendar. */
const mostLookedAt = 20_000
const statuses = ['upcoming', 'warned', 'missed'] as const

/**
 * The running deadlines that lie with the seat of a feed, of cases that its reader sees whole today. Undefined for a token of ours that
 * answers nothing as for one that is not: closed, or its reader holds that role there no more.
 */
export const calendar = async (context: Context, token: string, language: Language): Promise<Calendar | undefined> => {
  const id = feedOf(context.vault, token)
  if (id === undefined) return undefined
  const organisation = await context.organisation()
  const now = context.clock.now()
  const feed = organisation.feeds.get(id)
  if (!feed || !feedAnswers(organisation, feed, now)) return undefined
  const asker: Asker = { staff: feed.staff, organisation, now }
  const rows = await candidates(context, asker, feed)
  const owed = await owedTo(context, asker, rows)
  const isHers = (duty: Owed | undefined): boolean => {
    if (duty?.responsible.role !== feed.role) return false
    const { role, unit } = duty.responsible
    return seat(organisation, role, unit, now) === successorOf(organisation, feed.unit)
  }
  const entries = rows
    .filter(({ stream, deadline }) => isHers(owed.get(stream)?.find((duty) => isSame(duty, deadline))))
    .sort((a, b) => (a.deadline.dueInstant < b.deadline.dueInstant ? -1 : 1))
    .slice(0, mostEntries)
    .map((row) => entryOf(row, language))
  return { feed: id, name: calendarName(labels.roles[feed.role], unitName(organisation, feed.unit))[language], entries }
}

/** The running deadlines at the units that the seat reaches, and those of measures that were given to one of them from elsewhere. */
const candidates = async ({ readModel }: Context, { staff = '', organisation, now }: Asker, { role, unit }: Feed): Promise<readonly DeadlineRow[]> => {
  const held = grantsOf(organisation, staff, now).filter((g) => g.role === role && g.unit === unit)
  const units = new Set(below(organisation, unit).filter((id) => held.some((g) => covers(organisation, g, id))))
  if (held.some((g) => covers(organisation, g, policyUnit))) units.add(policyUnit)
  const found = new Map<string, DeadlineRow>()
  let looked = 0
  const query = { anyOf: conditionsOf({ status: statuses }, [...units], organisation), order: ['due'] }
  for await (const row of walk(readModel, projection.name, query, 200)) {
    if (units.has(String(row.columns['unit']))) found.set(row.key, partOf<DeadlineRow>(row))
    if (++looked === mostLookedAt) break
  }
  const given = await readModel.query(measures.name, { where: [{ column: 'unit', is: 'in', value: [...units] }, { column: 'measure_state', is: 'in', value: ['approved', 'completed'] }], order: ['planned'], limit: mostEntries })
  const keys = given.flatMap(({ key, columns }) => {
    const measure = key.slice(String(columns['case_id']).length + 1)
    return ['complete-measure', 'check-effect'].map((name) => `${deviationStream(String(columns['case_id']))}#${name}/${measure}`)
  })
  const rest = keys.filter((key) => !found.has(key))
  for (const row of await readModel.query(projection.name, { where: [{ column: 'key', is: 'in', value: rest }, { column: 'deadline_status', is: 'in', value: statuses }] })) found.set(row.key, partOf<DeadlineRow>(row))
  return [...found.values()]
}

/** What is owed in time in each stream that the reader sees whole. */
const owedTo = async (context: Context, asker: Asker, rows: readonly DeadlineRow[]): Promise<ReadonlyMap<string, readonly Owed[]>> => {
  const streams = [...new Set(rows.map(({ stream }) => stream))]
  const facts = await factsToday(context, streams)
  const access = await accessToEach(context, asker, facts)
  const owed = new Map(facts.flatMap((one, i) => (access[i] === 'full' ? [[deviationStream(one.id), owedInTime(one)] as const] : [])))
  for (const stream of streams.filter((one) => !one.startsWith(deviationStream('')))) {
    if (stream === policyStream) owed.set(stream, [policyReview])
    else {
      const loaded = await loadRoutine(context.store, routineIdOf(stream))
      if (loaded && readsRoutine(loaded.routine.owner.unit, asker)) owed.set(stream, owedByRoutine(loaded.routine))
    }
  }
  return owed
}

const entryOf = ({ stream, deadline, setAt, moves, movedAt }: DeadlineRow, language: Language): CalendarEntry => {
  const isCase = stream.startsWith(deviationStream(''))
  const id = isCase ? stream.slice(deviationStream('').length) : routineIdOf(stream)
  const about = isCase ? caseNumber(id) : stream === policyStream ? policyTitle[language] : id
  return {
    uid: `${stream}/${deadline.id}@vaka`,
    summary: calendarEntry(deadline.id, about)[language],
    due: deadline.due,
    dueInstant: deadline.dueInstant,
    timed: deadline.dueInstant !== endOfDay(deadline.due),
    ...(deadline.warnInstant === undefined ? {} : { warnInstant: deadline.warnInstant }),
    setAt,
    moves,
    changedAt: movedAt ?? setAt,
    path: isCase ? `/v1/deviations/${id}` : stream === policyStream ? '/v1/policy' : `/v1/routines/${id}`,
  }
}
