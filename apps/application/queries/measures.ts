import { loadCase, type Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment } from '#apps/application/queries/past'
import { idsOf } from '#apps/application/queries/successors'
import { seatText } from '#apps/application/queries/words'
import { stockholmDay } from '#libs/calendar/days'
import { caseNumber } from '#libs/duties/number'
import type { Condition } from '#libs/kernel/projection'
import type { Organisation } from '#libs/organisation/state'
import { measures as projection, type MeasureRow } from '#projections/measures/measures'

/** The states of a measure, and what is asked about them: `running` is approved and not completed, `overdue` past its own date. */
export const measureStatuses = [
  'proposed',
  'approved',
  'approved-in-part',
  'rejected',
  'cancelled',
  'completed',
  'checked',
  'running',
  'overdue',
  'accepted',
  'not-accepted',
] as const
export type MeasureStatus = (typeof measureStatuses)[number]

const is = (column: string, value: string | number): Condition => ({ column, is: '=', value })
const before = (column: string, day: string): Condition => ({ column, is: '<', value: day })
/** What else is asked for than a state; what is overdue is either not completed or not checked in time. */
const asked: Readonly<Partial<Record<MeasureStatus, (today: string) => readonly (readonly Condition[])[]>>> = {
  running: () => [[is('measure_state', 'approved')]],
  overdue: (today) => [
    [is('measure_state', 'approved'), before('planned', today)],
    [is('measure_state', 'completed'), before('check_on', today)],
  ],
  accepted: () => [[is('accepted', 1)]],
  'not-accepted': () => [[is('accepted', 0)]],
}
const rowsOf = (status: MeasureStatus | undefined, today: string): readonly (readonly Condition[])[] =>
  status === undefined ? [[]] : (asked[status]?.(today) ?? [[is('measure_state', status)]])
const isOverdue = ({ state, plannedCompletion, effect }: MeasureRow, today: string): boolean =>
  (state === 'approved' && plannedCompletion < today) || (state === 'completed' && effect !== undefined && effect.checkOn < today)

const place = placeBy('planned')

/**
 * Measures by planned completion, of the cases that the asker may read: neither as their reporter nor with the limited view, and none of what was
 * recorded as no case. Without texts. `unit` is the one that is responsible for the measure. What is overdue is told by the day of the moment.
 */
export const measures = async (
  context: Context,
  q: QueryRequest,
  options: Paging & { readonly unit?: string | undefined; readonly status?: MeasureStatus | undefined; readonly routine?: string | undefined; readonly at?: string | undefined } = {},
): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, 2)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  const { unit, status, routine, at } = options
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const today = stockholmDay(moment.instant)
    // What lay at a unit that was merged since is its successor's.
    const units = unit === undefined ? [[]] : idsOf(moment.organisation, unit).map((id) => [is('unit', id)])
    const named = routine === undefined ? [] : [is('routine', routine)]
    const anyOf = units.flatMap((at) => rowsOf(status, today).map((where) => [...at, ...named, ...where]))
    const query = { anyOf, order: ['planned'], ...(after && { after }) }
    const page = await pageOf(walk(moment.readModel, projection.name, query, limitOf(options)), options, place, async (batch) => {
      const rows = batch.map((row) => stateOf(projection, row))
      const ids = [...new Set(rows.map((row) => row.case))]
      const cases = (await Promise.all(ids.map((id) => loadCase(context.store, id)))).flatMap((loaded) => (loaded ? [loaded.facts] : []))
      const access = await accessToEach(context, asker, cases)
      const readable = cases.filter((_, i) => access[i] === 'full' || access[i] === 'masked')
      const then = moment.past ? (await Promise.all(readable.map(({ id }) => loadCase(context.store, id, { upTo: moment.position })))).flatMap((loaded) => (loaded ? [loaded.facts] : [])) : readable
      const seen = new Set(then.flatMap(({ id, noCase }) => (noCase ? [] : [id])))
      return rows.map((row) => (seen.has(row.case) ? rowOf(row, moment.organisation, moment.instant, today) : undefined))
    })
    return { kind: 'found', body: page, position: moment.position }
  })
}

const rowOf = (row: MeasureRow, organisation: Organisation, instant: string, today: string): Json => ({
  measureId: row.measureId,
  case: row.case,
  number: caseNumber(row.case),
  unit: row.responsible.unit,
  responsible: seatText(organisation, row.responsible, instant),
  type: row.type,
  level: row.level,
  timing: row.timing,
  state: row.state,
  routine: row.routine ?? null,
  plannedStart: row.plannedStart ?? null,
  plannedCompletion: row.plannedCompletion,
  completedAt: row.completedAt ?? null,
  effect: row.effect ?? null,
  result: row.result ?? null,
  accepted: row.accepted ?? null,
  replaces: row.replaces ?? null,
  replacedBy: row.replacedBy ?? null,
  decision: row.decision ?? null,
  overdue: isOverdue(row, today),
})
