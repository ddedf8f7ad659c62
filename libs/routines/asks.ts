/** What a routine can ask its owner for now (R3). */
export const routineAsks = ['risk-analysis', 'self-check', 'measure', 'revision'] as const
export type RoutineAsk = (typeof routineAsks)[number]

/** What happened to a routine, or in a case that names it, as far as it decides what is asked for. In the order of the log. */
export interface Happening {
  readonly type: string
  readonly case?: string | undefined
  readonly measureId?: string | undefined
  /** `deviation-assessed` */
  readonly outcome?: string | undefined
  /** `self-check-performed` */
  readonly accepted?: boolean | undefined
  /** `routine-risk-analysed` */
  readonly asksForMeasures?: boolean | undefined
  /** Stockholm days: `self-check-planned`, `self-check-performed` */
  readonly firstDue?: string | undefined
  readonly nextDue?: string | undefined
}
export interface Asked<H> {
  readonly ask: RoutineAsk
  /** Each of them alone is enough; the latest first. */
  readonly because: readonly H[]
  /** Proposed since: as long as one of these measures lives, it is the answer. */
  readonly answeredBy: readonly H[]
}

/**
 * A risk leads to a risk analysis, a deviation to a self-check, a measure to a revised routine and a new self-check, until the result is
 * accepted. Whether an assessment still stands, and a measure still lives, only its case knows.
 */
export const asksOf = <H extends Happening>(history: readonly H[], today: string): readonly Asked<H>[] => {
  if (history.some((h) => h.type === 'routine-ended')) return []
  const since = (type: string): readonly H[] => after(history, history.findLastIndex((h) => h.type === type))
  const assessed = (list: readonly H[], outcome: string): readonly H[] => list.filter((h) => h.type === 'deviation-assessed' && h.outcome === outcome)
  const sinceCheck = since('self-check-performed')
  const toCheck = new Set([
    ...assessed(sinceCheck, 'deviation'),
    ...sinceCheck.filter((h) => h.type === 'measure-completed' || (h.type === 'routine-revised' && answers(history, h))),
    ...due(history, today),
  ])
  const [wanted] = wantMeasure(history)
  const answered = wanted ? after(history, history.indexOf(wanted)).filter((h) => h.type === 'measure-proposed' || h.type === 'measure-completed') : []
  const all: readonly Asked<H>[] = [
    { ask: 'risk-analysis', because: assessed(since('routine-risk-analysed'), 'risk-of-deviation'), answeredBy: [] },
    { ask: 'self-check', because: history.filter((h) => toCheck.has(h)), answeredBy: [] },
    { ask: 'measure', because: wanted && !answered.some((h) => h.type === 'measure-completed') ? [wanted] : [], answeredBy: answered },
    { ask: 'revision', because: since('routine-revised').filter((h) => h.type === 'measure-completed'), answeredBy: [] },
  ]
  return all.filter(({ because }) => because.length > 0).map((asked) => ({ ...asked, because: asked.because.toReversed() }))
}

const after = <H>(history: readonly H[], index: number): readonly H[] => history.slice(index + 1)

/** The last self-check that was not accepted and the last risk analysis that asks for measures, where no revision came since; the latest first. */
const wantMeasure = <H extends Happening>(history: readonly H[]): readonly H[] => {
  const revised = history.findLastIndex((h) => h.type === 'routine-revised')
  const last = (type: string, wants: (h: H) => boolean): number => {
    const index = history.findLastIndex((h) => h.type === type)
    const found = history[index]
    return found && index > revised && wants(found) ? index : -1
  }
  return [last('self-check-performed', (h) => h.accepted === false), last('routine-risk-analysed', (h) => h.asksForMeasures === true)]
    .sort((a, b) => b - a)
    .flatMap((index) => history[index] ?? [])
}
/** Whether a revision was made for a measure, or where one was wanted: then it has to show in a self-check. */
const answers = <H extends Happening>(history: readonly H[], revision: H): boolean =>
  revision.measureId !== undefined || wantMeasure(history.slice(0, history.indexOf(revision))).length > 0

/** The plan, or the self-check that set the next one, when its day has come. */
const due = <H extends Happening>(history: readonly H[], today: string): readonly H[] => {
  const last = history.findLast((h) => h.type === 'self-check-planned' || h.type === 'self-check-performed')
  const day = last?.type === 'self-check-planned' ? last.firstDue : last?.nextDue
  return last && day !== undefined && day <= today ? [last] : []
}
