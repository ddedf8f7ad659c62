import type { Context } from '#apps/application/context'
import type { Answer, QueryRequest } from '#apps/application/request'
import { askerOf, type Json } from '#apps/application/queries/asker'
import { atMoment } from '#apps/application/queries/past'
import { countedNow, countedThen, mayCount, restsOn, sightOfAsker, unitsCounted, type Period, type Scope } from '#apps/application/queries/statistics'
import { becameOf } from '#apps/application/queries/successors'
import { successorOf } from '#libs/organisation/holders'
import { limitsIn, readLimit, type Kept } from '#projections/statistics/limits'
import { statistics as projection } from '#projections/statistics/statistics'

export const complianceDimensions = ['key', 'unit', 'binding'] as const
export type ComplianceDimension = (typeof complianceDimensions)[number]

/**
 * How the deadlines of the cases of a period were kept, by kind, unit or what they rest on. It counts what the statistics count, by the same rights: a case once
 * however many it was reported as. The cases of which the asker has the limited view are told by their number only (`restricted`): what became of
 * their deadlines is not hers to know.
 */
export const deadlineCompliance = async (
  context: Context,
  q: QueryRequest,
  options: Period & Scope & { readonly by: readonly ComplianceDimension[] },
): Promise<Answer<Json>> => {
  const { at, by, unit: asked } = options
  const asker = await askerOf(context, q)
  const allowed = mayCount(asker, asked)
  if (allowed !== 'allowed') return allowed
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const { organisation } = moment
    const units = unitsCounted(asker, organisation, asked)
    const sees = sightOfAsker(asker)
    const groups = moment.past ? await countedThen(context, moment, options, units) : await countedNow(context, options, units, ['limits'])
    const kept = new Map<string, Map<string, number>>()
    const old = new Map<string, Set<string>>()
    let total = 0
    let restricted = 0
    for (const { cells, cases, unit, sight } of groups.counted) {
      const view = sees(unit, sight)
      if (view === 'none') continue
      total += cases
      if (view === 'limited') {
        restricted += cases
        continue
      }
      const lay = String(cells['unit'])
      const today = successorOf(organisation, lay)
      if (today !== lay) inside(old, today, () => new Set<string>()).add(lay)
      const here = inside(kept, today, () => new Map<string, number>())
      for (const entry of limitsIn(String(cells['limits']))) here.set(entry, (here.get(entry) ?? 0) + cases)
    }
    const rows = new Map<string, { readonly values: readonly string[]; readonly tally: Tally; readonly units: Set<string> }>()
    for (const [unit, entries] of kept)
      for (const [entry, count] of entries) {
        const limit = readLimit(entry)
        const values = by.map((d) => (d === 'unit' ? unit : limit[d]))
        const row = inside(rows, values.join('/'), () => ({ values, tally: emptyTally(), units: new Set<string>() }))
        add(row.tally, limit, count)
        row.units.add(unit)
      }
    if (by.length === 0 && rows.size === 0) rows.set('', { values: [], tally: emptyTally(), units: new Set() })
    const position = groups.position ?? moment.position
    const named = [...(asked === undefined ? [] : [asked]), ...[...old.values()].flatMap((ids) => [...ids])]
    return {
      kind: 'found',
      body: {
        rows: [...rows]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([, { values, tally, units: of }]) => {
            const from = [...of].flatMap((id) => [...(old.get(id) ?? [])]).sort()
            return { ...Object.fromEntries(by.map((d, i) => [d, values[i]])), ...figuresOf(tally), ...(by.includes('unit') && from.length > 0 ? { from } : {}) }
          }),
        total,
        restricted,
        units: becameOf(organisation, named),
        ...(await restsOn(context, moment, position)),
      },
      position,
    }
  })
}
const inside = <K, V>(map: Map<K, V>, key: K, made: () => V): V => {
  const found = map.get(key) ?? made()
  map.set(key, found)
  return found
}

/** Deadlines by what they came to, and of those met late how many were so many hours late. */
interface Tally {
  readonly counts: Record<Kept['result'], number>
  readonly hours: Map<number, number>
}
const emptyTally = (): Tally => ({ counts: { met: 0, late: 0, missed: 0, running: 0, lapsed: 0 }, hours: new Map() })
const add = ({ counts, hours }: Tally, { result, hours: late }: Kept, count: number): void => {
  counts[result] += count
  if (result === 'late') hours.set(late, (hours.get(late) ?? 0) + count)
}
/** `shareMet` is of those whose time has come: met in time of all that were met or missed; null where there are none. */
const figuresOf = ({ counts, hours }: Tally): Json => {
  const { met, late, missed, running, lapsed } = counts
  const came = met + late + missed
  return {
    set: came + running + lapsed,
    met,
    metLate: late,
    missed,
    running,
    lapsed,
    shareMet: came === 0 ? null : Math.round((met / came) * 10_000) / 10_000,
    medianLateHours: medianOf(hours, late),
  }
}
/** The middle value, of an even number the mean of the two in the middle. */
const medianOf = (hours: ReadonlyMap<number, number>, count: number): number | null => {
  if (count === 0) return null
  const sorted = [...hours].sort(([a], [b]) => a - b)
  const at = (place: number): number => {
    let before = 0
    for (const [value, times] of sorted) {
      before += times
      if (place < before) return value
    }
    return 0
  }
  return (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2
}
