import type { MeasureLevel, Role } from '#events/codes'
import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import type { MeasureState } from '#libs/duties/facts'
import { projection } from '#libs/kernel/projection'

/** One measure of one case, without its texts. */
export interface MeasureRow {
  readonly case: string
  readonly measureId: string
  readonly type: string
  readonly level: MeasureLevel
  readonly timing: string
  readonly responsible: { readonly role: Role; readonly unit: string }
  readonly state: MeasureState
  /** The registered routine that it changes. */
  readonly routine?: string | undefined
  readonly plannedStart?: string | undefined
  readonly plannedCompletion: string
  readonly completedAt?: string
  readonly effect?: { readonly direction: 'up' | 'down'; readonly lowestAcceptedResult: number; readonly checkOn: string }
  readonly result?: number
  readonly accepted?: boolean
  readonly replaces?: string | undefined
  readonly replacedBy?: string
  readonly decision?: 'approved' | 'approved-in-part' | 'rejected'
}

/** What is said of one measure that is there. */
const furtherTypes = ['effect-criterion-set', 'measure-cancelled', 'measure-completed', 'measure-effect-checked'] as const
type OnMeasure = Extract<DeviationEvent, { readonly type: (typeof furtherTypes)[number] }>
const onMeasure: ReadonlySet<string> = new Set(furtherTypes)
const isOnMeasure = (event: DeviationEvent): event is OnMeasure => onMeasure.has(event.type)

/** The measures that an event says something about. */
const measuresOf = (event: DeviationEvent): readonly string[] => {
  if (event.type === 'measures-decided') return event.data.decisions.map(({ measureId }) => measureId)
  if (isOnMeasure(event)) return [event.data.measureId]
  if (event.type !== 'measure-proposed') return []
  const { measureId, replaces } = event.data
  return replaces === undefined ? [measureId] : [measureId, replaces]
}

const proposed = (event: Extract<DeviationEvent, { readonly type: 'measure-proposed' }>): MeasureRow => {
  const { measureId, type, level, timing, responsible, plannedStart, plannedCompletion, routineId, replaces } = event.data
  return {
    case: caseIdOf(event.stream),
    measureId,
    type,
    level,
    timing,
    responsible,
    state: 'proposed',
    routine: routineId,
    plannedStart,
    plannedCompletion,
    replaces,
  }
}

const changed = (row: MeasureRow, event: DeviationEvent): MeasureRow => {
  if (event.type === 'measure-proposed') return { ...row, replacedBy: event.data.measureId }
  if (event.type === 'measures-decided') {
    const decision = event.data.decisions.find(({ measureId }) => measureId === row.measureId)?.decision
    return decision === undefined ? row : { ...row, state: decision, decision }
  }
  return isOnMeasure(event) ? further(row, event) : row
}
const further = (row: MeasureRow, event: OnMeasure): MeasureRow => {
  switch (event.type) {
    case 'effect-criterion-set': {
      const { direction, lowestAcceptedResult, checkOn } = event.data.effect
      return { ...row, effect: { direction, lowestAcceptedResult, checkOn } }
    }
    case 'measure-cancelled':
      return { ...row, state: 'cancelled' }
    case 'measure-completed':
      return { ...row, state: 'completed', completedAt: event.data.completedAt }
    case 'measure-effect-checked':
      return { ...row, state: 'checked', result: event.data.result, accepted: event.data.accepted }
  }
}

const columns = {
  case_id: 'text',
  /** Of the seat that is responsible for the measure. */
  unit: 'text',
  measure_state: 'text',
  routine: 'text',
  planned: 'text',
  check_on: 'text',
  /** 1 and 0; null before the effect is checked. */
  accepted: 'integer',
} as const

/** What is done about deviations, by whom and until when, and whether it helped. One row per measure, keyed `{caseId}/{measureId}`. */
export const measures = projection<MeasureRow, typeof columns>({
  name: 'measures',
  version: 1,
  streams: ['deviation-'],
  types: new Set<DeviationEvent['type']>(['measure-proposed', 'measures-decided', ...furtherTypes]),
  columns,
  indices: [['planned'], ['unit', 'planned'], ['routine', 'planned'], ['measure_state', 'planned']],
  key: (event) => measuresOf(readDeviation(event)).map((id) => `${caseIdOf(event.stream)}/${id}`),
  fold: (row, recorded) => {
    const event = readDeviation(recorded)
    if (row) return changed(row, event)
    return event.type === 'measure-proposed' ? proposed(event) : undefined
  },
  row: (row) => ({
    case_id: row.case,
    unit: row.responsible.unit,
    measure_state: row.state,
    routine: row.routine ?? null,
    planned: row.plannedCompletion,
    check_on: row.effect?.checkOn ?? null,
    accepted: row.accepted === undefined ? null : Number(row.accepted),
  }),
})
