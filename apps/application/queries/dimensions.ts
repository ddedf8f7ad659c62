import type { ColumnValue } from '#libs/kernel/projection'
import { readFacets } from '#projections/statistics/statistics'

type Cells = Readonly<Record<string, ColumnValue>>

/** Dimensions that a case has one value of, with their columns. */
const single = {
  unit: 'unit',
  channel: 'channel',
  origin: 'origin',
  reportedType: 'reported_type',
  degree: 'degree',
  outcome: 'outcome',
  feedback: 'feedback',
  ivo: 'ivo',
  phase: 'phase',
  daysToAssess: 'days_to_assess',
  daysToClose: 'days_to_close',
} as const
/** Dimensions of an assessment group: a case assessed in two groups has two values, and stands in two rows. */
const grouped = ['group', 'category', 'assessedOutcome', 'cause'] as const

export type Dimension = keyof typeof single | (typeof grouped)[number]
export const dimensions: readonly string[] = [...Object.keys(single), ...grouped]
const isSingle = (name: string): name is keyof typeof single => Object.hasOwn(single, name)
export const isDimension = (name: string): name is Dimension => isSingle(name) || grouped.some((d) => d === name)

/** The columns from which the values of some dimensions are made. */
export const columnsOf = (by: readonly Dimension[]): readonly string[] => [...new Set(by.map((d) => (isSingle(d) ? single[d] : 'facets')))]

export type Value = string | number
/** What the limited view of a case shows; everything else of it counts as `restricted`. */
const unrestricted: ReadonlySet<Dimension> = new Set(['unit', 'phase'])

/** The rows of a table by some dimensions in which a case stands, each once. */
export const placesOf = (by: readonly Dimension[], cells: Cells, limited: boolean): readonly (readonly Value[])[] => {
  const valueOf = (d: Dimension): Value | undefined => {
    if (limited && !unrestricted.has(d)) return 'restricted'
    return isSingle(d) ? (cells[single[d]] ?? 'none') : undefined
  }
  const fixed = by.map(valueOf)
  if (!fixed.includes(undefined)) return [fixed.map((value) => value ?? 'none')]
  const perGroup = facetValues(String(cells['facets'])).map((facet) => by.map((d, i) => fixed[i] ?? facet[d] ?? 'none'))
  const places = [...new Map(perGroup.map((place) => [JSON.stringify(place), place])).values()]
  if (by.includes('group')) return places
  // A group that nothing is said of yet is no row of its own beside one that was assessed.
  const said = places.filter((place) => by.some((d, i) => !isSingle(d) && place[i] !== 'none'))
  return said.length > 0 ? said : places
}
const facetValues = (text: string): readonly { readonly [D in Dimension]?: Value }[] =>
  readFacets(text).flatMap(({ group, category, assessedOutcome, causes }) =>
    (causes.length > 0 ? causes : ['none']).map((cause) => ({ group, category, assessedOutcome, cause })),
  )
