import type { Role } from '#events/codes'
import type { Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, holdsOver, unitAsked, type Asker, type Json } from '#apps/application/queries/asker'
import { limitedView } from '#apps/application/queries/case-page'
import { columnsOf, dimensions, isDimension, placesOf, type Dimension, type Value } from '#apps/application/queries/dimensions'
import { limitOf, notACursor, pageOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment, type Moment } from '#apps/application/queries/past'
import { becameOf } from '#apps/application/queries/successors'
import { accessTo } from '#libs/deviation/access'
import { phaseOf } from '#libs/duties/duties'
import { caseNumber } from '#libs/duties/number'
import type { FieldFault } from '#libs/kernel/outcome'
import type { ColumnValue, Condition, StoredRow } from '#libs/kernel/projection'
import { successorOf } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { policyAt } from '#libs/policy/versions'
import { factsOfSight } from '#projections/statistics/sight'
import { statistics as projection } from '#projections/statistics/statistics'

/** Inclusive days in Europe/Stockholm, and which of a case's days they mean. */
export interface Period {
  readonly from: string
  readonly to: string
  readonly date: 'occurred' | 'received' | 'reported'
}
export interface Scope {
  readonly unit?: string | undefined
  readonly at?: string | undefined
}

/** Who counts, over the units that the role reaches. */
const countingRoles: readonly Role[] = [
  'unit-manager',
  'area-manager',
  'director',
  'quality-developer',
  'compliance-officer',
  'auditor',
  'lex-sarah-officer',
  'medical-officer',
  'decision-maker',
  'registrar',
]
/** Who counts all cases of her units although she opens some of them only: a figure is not the case. */
const overseers: readonly Role[] = ['lex-sarah-officer', 'decision-maker']

/**
 * Counts of a period by any dimensions. A case counts where it lies now, for every asker who may know of it; a case that concerns a manager only
 * for who may read it. Without `by` there is one row.
 *
 * Units are those of today, or of the instant asked about: a case that lies at a unit which was merged counts under its successor, and a row by
 * unit says `from` which old units it holds cases. A unit that was split or closed keeps its row, as nobody knows to which part a case belongs.
 * `units` tells of each old unit in the figures what became of it: today's unit, its parts, or null when it closed.
 */
export const statistics = async (context: Context, q: QueryRequest, options: Period & Scope & { readonly by: readonly string[] }): Promise<Answer<Json>> => {
  const { at, by: wanted } = options
  const by = wanted.filter(isDimension)
  if (by.length < wanted.length) return unknownDimension('/by')
  const asker = await askerOf(context, q)
  const allowed = mayCount(asker, options.unit)
  if (allowed !== 'allowed') return allowed
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const { organisation } = moment
    const units = unitsCounted(asker, organisation, options.unit)
    const counts = new Map<string, { readonly values: readonly Value[]; count: number; readonly from: Set<string> }>()
    let total = 0
    const named = new Set(options.unit === undefined ? [] : [options.unit])
    const sees = sightOfAsker(asker)
    const rowOf = rowsBy(by, options)
    const groups = moment.past ? await countedThen(context, moment, options, units) : await countedNow(context, options, units, columnsOf(by))
    for (const { cells, count, unit, sight } of groups.counted) {
      const view = sees(unit, sight)
      if (view === 'none') continue
      total += count
      const lay = String(cells['unit'])
      const today = successorOf(organisation, lay)
      named.add(lay)
      for (const values of placesOf(by, { ...cells, unit: today }, view === 'limited')) {
        const key = JSON.stringify(values)
        const row = counts.get(key) ?? { values, count: 0, from: new Set() }
        row.count += count
        if (today !== lay) row.from.add(lay)
        counts.set(key, row)
      }
    }
    if (by.length === 0 && counts.size === 0) counts.set('[]', { values: [], count: 0, from: new Set() })
    const position = groups.position ?? moment.position
    return {
      kind: 'found',
      body: {
        rows: [...counts.values()].sort(byValues).map(({ values, count, from }) => rowOf(values, count, [...from].sort())),
        total,
        units: becameOf(organisation, named),
        ...(await restsOn(context, moment, position)),
      },
      position,
    }
  })
}

/** What figures rest on, by which they can be counted again: how much of the log, under which policy, by which projection. */
export const restsOn = async ({ store, policies }: Context, { instant }: Pick<Moment, 'instant'>, position: string): Promise<Json> => {
  const checkpoint = position === '' ? 'start' : await store.checkpoint(position)
  return { position, treeSize: checkpoint === 'start' ? 0 : checkpoint.size, policyVersion: policyAt(await policies(), instant).id, projectionVersion: projection.version }
}

const unknownDimension = (pointer: string): { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] } => ({
  kind: 'invalid',
  faults: [{ pointer, code: 'unknown-code', params: { codes: dimensions.join(', ') } }],
})

export const mayCount = (asker: Asker, unit: string | undefined) => {
  if (unit !== undefined) return unitAsked(asker, countingRoles, unit)
  return holdsAny(asker, countingRoles) ? 'allowed' : { kind: 'forbidden' as const }
}
/**
 * The units whose cases the asker counts: the one asked about with those that were merged into it by the moment, or all that her roles reach.
 * Units count their own cases, not those below.
 */
export const unitsCounted = (asker: Asker, then: Organisation, unit: string | undefined): readonly string[] => {
  const reached = asker.organisation.units.values().map(({ id }) => id).filter((id) => holdsOver(asker, countingRoles, id))
  if (unit === undefined) return reached
  const asked = successorOf(then, unit)
  return reached.filter((id) => successorOf(then, id) === asked)
}

type View = 'whole' | 'limited' | 'none'
/** How the asker counts a case of a unit and a sight; judged once for all cases that share them, by the same rights as everywhere. */
export const sightOfAsker = (asker: Asker): ((unit: string, sight: string) => View) => {
  const known = new Map<string, View>()
  const judged = (unit: string, sight: string): View => {
    const facts = factsOfSight(unit, sight)
    const access = accessTo(facts, { ...asker, isReporter: () => false })
    if (access === 'limited') return 'limited'
    if (access === 'full' || access === 'masked') return 'whole'
    return !facts.concernsManager && holdsOver(asker, overseers, unit) ? 'whole' : 'none'
  }
  return (unit, sight) => {
    const key = `${unit} ${sight}`
    const view = known.get(key) ?? judged(unit, sight)
    known.set(key, view)
    return view
  }
}

interface Group {
  readonly cells: Readonly<Record<string, ColumnValue>>
  /** Rows that share the cells; `count` has a batch as many. */
  readonly cases: number
  readonly count: number
  /** By which the right to know is judged. */
  readonly unit: string
  readonly sight: string
}
const conditionsOf = ({ from, to, date }: Period, units: readonly string[]): readonly Condition[] => [
  { column: date, is: '>=', value: from },
  { column: date, is: '<=', value: to },
  { column: 'unit', is: 'in', value: units },
  { column: 'count', is: '>', value: 0 },
]
type Counting = { readonly counted: readonly Group[]; readonly position?: string }

/** Attempts to count while the projection stands still, so that the figure is of exactly the position that it names. */
const attempts = 5
export const countedNow = async ({ readModel }: Context, period: Period, units: readonly string[], columns: readonly string[]): Promise<Counting> => {
  for (let attempt = 1; ; attempt++) {
    const position = (await readModel.position(projection.name)) ?? ''
    const rows = await readModel.countBy(projection.name, [...new Set([...columns, 'unit', 'sight', 'count'])], conditionsOf(period, units))
    const after = (await readModel.position(projection.name)) ?? ''
    if (after === position || attempt === attempts) {
      const counted = rows.map(({ columns: cells, count }): Group => ({ cells, cases: count, count: count * Number(cells['count']), unit: String(cells['unit']), sight: String(cells['sight']) }))
      return { counted, position }
    }
  }
}

/** Rows that are read together. */
const chunk = 1000
/** The rows of then, each with the unit and sight of today: who may not know of a case now does not count it in the past. */
export const countedThen = async (context: Context, { readModel }: Moment, period: Period, units: readonly string[]): Promise<Counting> => {
  const counted: Group[] = []
  const where = conditionsOf(period, units)
  let after: readonly ColumnValue[] | undefined
  for (;;) {
    const rows = await readModel.query(projection.name, { where, limit: chunk, ...(after ? { after } : {}) })
    const today = await sightsToday(context, rows)
    for (const { key, columns } of rows) {
      const now = today.get(key)
      if (now) counted.push({ cells: columns, cases: 1, count: Number(columns['count']), ...now })
    }
    const last = rows.at(-1)
    if (!last || rows.length < chunk) return { counted }
    after = [last.key]
  }
}
const sightsToday = async ({ readModel }: Context, rows: readonly StoredRow[]) => {
  const now = await readModel.query(projection.name, { where: [{ column: 'key', is: 'in', value: rows.map(({ key }) => key) }] })
  return new Map(now.map(({ key, columns }) => [key, { unit: String(columns['unit']), sight: String(columns['sight']) }]))
}

const byValues = (a: { readonly values: readonly Value[] }, b: { readonly values: readonly Value[] }): number => {
  for (const [i, value] of a.values.entries()) {
    const other = b.values[i] ?? ''
    if (value === other) continue
    if (typeof value === 'number' && typeof other === 'number') return value - other
    return String(value) < String(other) ? -1 : 1
  }
  return 0
}
/** Rows of a table by some dimensions; `cases` is where the cases behind a count are listed. */
const rowsBy = (by: readonly Dimension[], { from, to, date, unit, at }: Period & Scope): ((values: readonly Value[], count: number, old: readonly string[]) => Json) => {
  const filter = new URLSearchParams({ view: 'counted', from, to, date, ...(unit === undefined || by.includes('unit') ? {} : { unit }), ...(at === undefined ? {} : { at }) })
  const start = `/v1/deviations?${filter.toString()}`
  return (values, count, old) => {
    const row: Record<string, unknown> = {}
    let cases = start
    for (const [i, d] of by.entries()) {
      const value = values[i] ?? 'none'
      row[d] = value
      cases += `&${d}=${encodeURIComponent(value)}`
    }
    row['count'] = count
    if (old.length > 0 && by.includes('unit')) row['from'] = old
    row['cases'] = cases
    return row
  }
}

/** The cases behind a figure: those of the period whose values are the ones that the row names, the earliest first, each as far as the asker sees it. */
export const countedCases = async (
  context: Context,
  q: QueryRequest,
  options: Period & Scope & Paging & { readonly dimensions: Readonly<Record<string, string>> },
): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, 2)
  if (after === 'bad') return notACursor
  const { unit, ...rest } = options.dimensions
  const by = Object.keys(rest).filter(isDimension)
  const unknown = Object.keys(rest).find((name) => !isDimension(name))
  if (unknown !== undefined) return unknownDimension(`/${unknown}`)
  const wanted = by.map((d) => rest[d])
  const asker = await askerOf(context, q)
  const asked = options.unit ?? unit
  const allowed = mayCount(asker, asked)
  if (allowed !== 'allowed') return allowed
  const { at, date } = options
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const units = unitsCounted(asker, moment.organisation, asked)
    const sees = sightOfAsker(asker)
    const query = { where: conditionsOf(options, units), order: [date], ...(after === undefined ? {} : { after }) }
    const page = await pageOf(walk(moment.readModel, projection.name, query, limitOf(options)), options, placeBy(date), async (batch) => {
      const today = moment.past ? await sightsToday(context, batch) : undefined
      const matching = batch.filter(({ key, columns }) => {
        const { unit: lies, sight } = today?.get(key) ?? { unit: String(columns['unit']), sight: String(columns['sight']) }
        const view = sees(lies, sight)
        return view !== 'none' && placesOf(by, columns, view === 'limited').some((place) => place.every((value, i) => String(value) === wanted[i]))
      })
      const live = moment.past ? await context.readModel.query(projection.name, { where: [{ column: 'key', is: 'in', value: matching.map(({ key }) => key) }] }) : matching
      const access = await accessToEach(context, asker, live.map((row) => stateOf(projection, row).facts))
      const accessOf = new Map(live.map(({ key }, i) => [key, access[i]]))
      const kept = new Set(matching)
      return batch.map((row): Json | undefined => {
        const { facts } = stateOf(projection, row)
        if (!kept.has(row)) return undefined
        const seen = accessOf.get(row.key)
        if (seen === 'limited') return { ...limitedView(facts), unit: facts.unit }
        return seen === 'full' || seen === 'masked'
          ? { id: facts.id, number: caseNumber(facts.id), phase: phaseOf(facts), unit: facts.unit, receivedAt: facts.receivedAt, reportedAt: facts.reportedAt }
          : undefined
      })
    })
    return { kind: 'found', body: page, position: moment.position }
  })
}
