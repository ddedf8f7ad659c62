import { deviationEvents, readDeviation } from '#events/deviation'
import { readRoutine, routineEvents, routineStream } from '#events/routine'
import { loadCase, type Context, type LoadedCase } from '#apps/application/context'
import { loadRoutine, type LoadedRoutine } from '#apps/application/routines'
import type { Answer, Language, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, type Asker, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment, type Moment } from '#apps/application/queries/past'
import { personalMark } from '#apps/application/queries/seen'
import { idsOf } from '#apps/application/queries/successors'
import { seatText, unitName, wordsAsOf } from '#apps/application/queries/words'
import { stockholmDay } from '#libs/calendar/days'
import { askSentences, routineSummaryOf } from '#libs/catalogue/routines'
import { summaryOf } from '#libs/catalogue/summaries'
import { caseNumber } from '#libs/duties/number'
import { byName } from '#libs/kernel/event'
import type { Condition } from '#libs/kernel/projection'
import { keyId, open } from '#libs/privacy/codec'
import type { Policies } from '#libs/policy/versions'
import { asksOf, type Asked, type RoutineAsk } from '#libs/routines/asks'
import { readsRoutine, readsTexts } from '#libs/routines/rights'
import { fault } from '#libs/sqlite/fault'
import { entryOf, routines as projection, type RoutineEntry, type RoutineRow } from '#projections/routines/routines'

const place = placeBy('process', 'name')

/**
 * The register of routines by process and name, each with what it asks its owner for now. What rests on a case that the asker may not read is not
 * there for her.
 */
export const routines = async (
  context: Context,
  q: QueryRequest,
  options: Paging & { readonly unit?: string | undefined; readonly process?: string | undefined; readonly asks?: RoutineAsk | undefined; readonly at?: string | undefined } = {},
): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, 3)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  const { unit, process, asks: wanted, at } = options
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const named: readonly Condition[] = process === undefined ? [] : [{ column: 'process', is: '=', value: process }]
    const units: readonly (readonly Condition[])[] = unit === undefined ? [[]] : idsOf(moment.organisation, unit).map((id) => [{ column: 'unit', is: '=', value: id }])
    const query = { where: named, anyOf: units, order: ['process', 'name'], ...(after && { after }) }
    const page = await pageOf(walk(moment.readModel, projection.name, query, limitOf(options)), options, place, async (batch) => {
      const cases = casesOf(context, asker, moment)
      const shown: (Json | undefined)[] = []
      for (const row of batch.map((stored) => stateOf(projection, stored))) {
        const visible = readsRoutine(row.owner.unit, asker)
        const asks = visible ? await standing(asksOf(row.history, stockholmDay(moment.instant)), cases) : []
        shown.push(visible && (wanted === undefined || asks.some(({ ask }) => ask === wanted)) ? rowOf(row, asks, moment, q.language) : undefined)
      }
      return shown
    })
    return { kind: 'found', body: page, position: moment.position }
  })
}

/** One routine with its whole history, oldest first: what happened to it and in the cases that name it, as one list. Never behind its own events. */
export const routine = async (context: Context, q: QueryRequest, id: string, { at }: { readonly at?: string | undefined } = {}): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  const today = await loadRoutine(context.store, id)
  if (!today || !readsRoutine(today.routine.owner.unit, asker)) return { kind: 'not-found' }
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const loaded = moment.past ? await loadRoutine(context.store, id, { upTo: moment.position }) : today
    if (!loaded) return { kind: 'not-found' }
    const stored = await moment.readModel.get(projection.name, id)
    const inCases = stored ? stateOf(projection, stored).history.filter((entry) => entry.inCase) : []
    const history = [...inCases, ...loaded.events.map(entryOf)].sort((a, b) => a.size - b.size)
    const cases = casesOf(context, asker, moment)
    const asks = await standing(asksOf(history, stockholmDay(moment.instant)), cases)
    const contents = await contentsOf(context, loaded, readsTexts(today.routine.owner.unit, asker, q.reason !== undefined))
    const words: Words = { language: q.language, moment, policies: await context.policies() }
    const rows: Json[] = []
    for (const entry of history) {
      const named = entry.case === undefined ? undefined : await cases.readable(entry.case)
      const row = entry.inCase ? named && caseRow(entry, named, words) : ownRow(entry, loaded, contents, named, words)
      if (row) rows.push(row)
    }
    const { routine: state } = loaded
    const planned = contents[loaded.events.findLastIndex(({ type }) => type === 'self-check-planned')]
    const row = rowOf({ ...state, ended: state.endedAt !== undefined, history }, asks, moment, q.language, planned?.['what'])
    return { kind: 'found', body: { ...row, revision: state.revision, history: rows }, revision: state.revision, position: moment.position }
  })
}

/** The cases of a moment, each read once. Who may read one is judged by today, as for the case itself. */
interface Cases {
  readonly then: (id: string) => Promise<LoadedCase | undefined>
  readonly readable: (id: string) => Promise<LoadedCase | undefined>
}
const casesOf = (context: Context, asker: Asker, { past, position }: Moment): Cases => {
  const once = (read: (id: string) => Promise<LoadedCase | undefined>) => {
    const known = new Map<string, Promise<LoadedCase | undefined>>()
    return (id: string): Promise<LoadedCase | undefined> => {
      const before = known.get(id) ?? read(id)
      known.set(id, before)
      return before
    }
  }
  const now = once((id) => loadCase(context.store, id))
  const then = past ? once((id) => loadCase(context.store, id, { upTo: position })) : now
  const readable = once(async (id) => {
    const today = await now(id)
    const [access] = today ? await accessToEach(context, asker, [today.facts]) : []
    return access === 'full' || access === 'masked' ? then(id) : undefined
  })
  return { then, readable }
}

/** Reasons that are named; there may be thousands. */
const mostReasons = 10
/** What is asked for still, of what the asker may know: an assessment that was changed and a measure that came to nothing count no more. */
const standing = async (asked: readonly Asked<RoutineEntry>[], cases: Cases): Promise<readonly Asked<RoutineEntry & { readonly shown: boolean }>[]> => {
  const left: Asked<RoutineEntry & { readonly shown: boolean }>[] = []
  for (const { ask, because, answeredBy } of asked) {
    if (await some(answeredBy, (entry) => lives(entry, cases))) continue
    const reasons: (RoutineEntry & { readonly shown: boolean })[] = []
    for (const entry of because) {
      const named = entry.case === undefined ? undefined : await cases.readable(entry.case)
      if (!entry.inCase || (named && stands(entry, named))) reasons.push({ ...entry, shown: named !== undefined })
      if (reasons.length === mostReasons) break
    }
    if (reasons.length > 0) left.push({ ask, because: reasons, answeredBy: [] })
  }
  return left
}
const stands = (entry: RoutineEntry, { facts }: LoadedCase): boolean => {
  if (facts.noCase) return false
  return entry.group === undefined || facts.groups[entry.group]?.assessment?.revision === entry.revision
}
const lives = async (entry: RoutineEntry, cases: Cases): Promise<boolean> => {
  const facts = entry.case === undefined ? undefined : (await cases.then(entry.case))?.facts
  const state = facts?.measures.find(({ id }) => id === entry.measureId)?.state
  return facts?.noCase === undefined && state !== undefined && state !== 'rejected' && state !== 'cancelled' && state !== 'approved-in-part'
}
const some = async <T>(list: readonly T[], holds: (item: T) => Promise<boolean>): Promise<boolean> => {
  for (const item of list) if (await holds(item)) return true
  return false
}

const rowOf = (row: Omit<RoutineRow, 'plan'> & Pick<RoutineRow, 'plan'>, asks: Awaited<ReturnType<typeof standing>>, { organisation, instant }: Moment, language: Language, what?: unknown): Json => {
  const { id, process, activity, name, owner, version, plan, ended, history } = row
  const responsible = seatText(organisation, owner, instant)
  const last = (type: RoutineEntry['type']): RoutineEntry | undefined => history.findLast((entry) => entry.type === type)
  const next = history.findLast(({ type }) => type === 'self-check-planned' || type === 'self-check-performed')
  const [analysis, check] = [last('routine-risk-analysed'), last('self-check-performed')]
  return {
    id,
    process,
    activity,
    name,
    unit: owner.unit,
    owner: responsible,
    version,
    ended,
    revisedAt: last('routine-revised')?.recordedAt ?? null,
    riskAnalysis: analysis ? { recordedAt: analysis.recordedAt, score: analysis.score, asksForMeasures: analysis.asksForMeasures } : null,
    selfCheck: plan
      ? {
          interval: plan.interval,
          direction: plan.direction,
          lowestAcceptedResult: plan.lowestAcceptedResult,
          nextDue: (next?.type === 'self-check-planned' ? next.firstDue : next?.nextDue) ?? null,
          ...(what === undefined ? {} : { what }),
          last: check ? { performedAt: check.performedAt, result: check.result, accepted: check.accepted } : null,
        }
      : null,
    asks: asks.map(({ ask, because }) => ({
      code: ask,
      text: askSentences[ask][language],
      responsible,
      because: because.map((entry) => ({ type: entry.type, label: labelOf(entry, language), recordedAt: entry.recordedAt, ...(entry.shown ? named(entry) : {}) })),
    })),
  }
}
const labels = new Map([...byName(deviationEvents), ...byName(routineEvents)].map(([name, type]) => [name, type.labels]))
const labelOf = ({ type }: RoutineEntry, language: Language): string => labels.get(type)?.[language] ?? type
/** The case, and the measure of it, that an entry is about or has as its reason. */
const named = ({ case: id, measureId }: RoutineEntry): Json => (id === undefined ? {} : { case: id, number: caseNumber(id), ...(measureId === undefined ? {} : { measureId }) })

interface Words {
  readonly language: Language
  readonly moment: Moment
  readonly policies: Policies
}
const headOf = (entry: RoutineEntry, { language }: Words): Json => {
  const { type, revision, recordedAt, performedAt, inCase, size: _size, case: _case, measureId: _measureId, group: _group, ...results } = entry
  return { revision, inCase: inCase ?? false, type, label: labelOf(entry, language), recordedAt, occurredAt: performedAt ?? null, ...results }
}
/** What happened in a case, without its texts: those stand in the case. */
const caseRow = (entry: RoutineEntry, { events }: LoadedCase, words: Words): Json | undefined => {
  const recorded = events[entry.revision]
  if (!recorded) return undefined
  const { language, moment, policies } = words
  const summary = summaryOf(readDeviation(recorded), language, (unit) => unitName(moment.organisation, unit), wordsAsOf(policies, recorded.meta.versions.vocabulary))
  return { ...headOf(entry, words), ...named(entry), actor: recorded.meta.actor, summary }
}
const ownRow = (entry: RoutineEntry, { events }: LoadedRoutine, contents: readonly Json[], readable: LoadedCase | undefined, words: Words): Json | undefined => {
  const recorded = events[entry.revision]
  const content = contents[entry.revision]
  if (!recorded || !content) return undefined
  const { language, moment, policies } = words
  const { case: id, measureId, ...rest } = content
  const data = readable ? { ...rest, measureId, case: typeof id === 'string' ? caseNumber(id) : undefined } : rest
  const summary = routineSummaryOf({ type: readRoutine(recorded).type, data }, language, (unit) => unitName(moment.organisation, unit), wordsAsOf(policies, recorded.meta.versions.policy))
  return { ...headOf(entry, words), ...(readable ? named(entry) : {}), actor: recorded.meta.actor, summary }
}

const types = byName(routineEvents)
/** The content of each event of a routine, with its texts or a mark in the place of each. */
const contentsOf = async ({ vault }: Context, { routine: { id }, events }: LoadedRoutine, texts: boolean): Promise<readonly Json[]> => {
  const key = keyId(routineStream(id), 'routine')
  const keys = texts ? await vault.find([key]) : new Map<string, never>()
  return events.map((recorded) => {
    const type = types.get(recorded.type)
    if (!type) throw fault('unknown-event', `${recorded.stream}/${recorded.revision} is of a type that is not of a routine`)
    if (!texts) {
      const marks = Object.entries(type.shape).flatMap(([name, { personal }]) => (personal ? [[name, personalMark] as const] : []))
      return { ...readRoutine(recorded).data, ...Object.fromEntries(marks) }
    }
    const { data, missing } = open({ type, recorded, keys })
    if (missing.length > 0) throw fault('key-missing', `The key of routine ${id} is missing, and nobody erased it`)
    return data
  })
}
