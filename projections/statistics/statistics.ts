import type { Group } from '#events/codes'
import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import { type Day, daysBetween, stockholmDay } from '#libs/calendar/days'
import { groupsOf, outcomeOf, phaseOf } from '#libs/duties/duties'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { projection } from '#libs/kernel/projection'
import { limitsText } from '#projections/statistics/limits'
import { sightOf } from '#projections/statistics/sight'

/** One case as it is counted. */
export interface CountedCase {
  readonly facts: CaseFacts
  /** Stockholm days. An approximate occurrence counts on the day given; without one the discovery does. */
  readonly days: { readonly occurred: string; readonly received: string; readonly reported: string }
  readonly assessedOn?: string
  /** Cause codes of the completed investigations: of the lex Sarah track, and of each group. */
  readonly causes: { readonly [K in 'lex-sarah' | Group]?: readonly string[] }
}

const evolved = (before: CountedCase | undefined, event: DeviationEvent): CountedCase => {
  const facts = evolveCase(before?.facts, event)
  if (event.type === 'deviation-reported') {
    const { occurredAt, discoveredAt, receivedAt } = event.data
    const received = stockholmDay(receivedAt)
    const occurred = occurredAt ?? discoveredAt
    return { facts, days: { occurred: occurred === undefined ? received : stockholmDay(occurred), received, reported: stockholmDay(event.recordedAt) }, causes: {} }
  }
  if (!before) throw new Error(`${event.stream} does not begin with a report`)
  if (event.type === 'deviation-assessed') return { ...before, facts, assessedOn: before.assessedOn ?? stockholmDay(event.recordedAt) }
  // What was reported as a batch occurred on no single day: it counts on the first of its period.
  if (event.type === 'deviations-reported-in-batch' && facts.occurredAt === undefined && facts.discoveredAt === undefined)
    return { ...before, facts, days: { ...before.days, occurred: event.data.from } }
  if (event.type !== 'investigation-completed') return { ...before, facts }
  const { kind, group, causes } = event.data
  return { ...before, facts, causes: { ...before.causes, [kind === 'lex-sarah' ? kind : group]: causes } }
}

/** What one assessment group of a case counts under. */
export interface Facet {
  readonly group: Group
  readonly category: string
  readonly assessedOutcome: string
  readonly causes: readonly string[]
}
const facetsOf = ({ facts, causes }: CountedCase): readonly Facet[] =>
  groupsOf(facts).map((group) => ({
    group,
    category: facts.groups[group]?.assessment?.category ?? 'none',
    assessedOutcome: outcomeOf(facts, group) ?? 'none',
    causes: [...new Set([...(causes[group] ?? []), ...((group === 'social' && causes['lex-sarah']) || [])])].sort(),
  }))
/** Facets as one text, so that the database groups by them: codes hold neither `;`, `/` nor `+`. */
const facetsText = (facets: readonly Facet[]): string => facets.map((f) => [f.group, f.category, f.assessedOutcome, f.causes.join('+')].join('/')).join(';')
export const readFacets = (text: string): readonly Facet[] =>
  text.split(';').map((facet) => {
    const [group, category = 'none', assessedOutcome = 'none', causes = ''] = facet.split('/')
    return { group: group === 'health' ? 'health' : 'social', category, assessedOutcome, causes: causes === '' ? [] : causes.split('+') }
  })

const feedbackOf = (facts: CaseFacts): string => (facts.feedbackGiven.length > 0 ? 'given' : facts.feedbackWaived.length > 0 ? 'waived' : 'none')
const ivoOf = (facts: CaseFacts): string => {
  const notifications = Object.values(facts.ivo)
  if (notifications.some((n) => n.sent)) return 'notified'
  if (notifications.some((n) => n.notify)) return 'pending'
  return notifications.length > 0 ? 'declined' : 'none'
}
/** Whole calendar days from one to another, when there is another. */
const daysUntil = (from: Day, to: Day | undefined): number | null => (to === undefined ? null : daysBetween(from, to))

const columns = {
  occurred: 'text',
  received: 'text',
  reported: 'text',
  unit: 'text',
  sight: 'text',
  /** How many a case counts as; 0 when it was recorded as no case. */
  count: 'integer',
  channel: 'text',
  origin: 'text',
  reported_type: 'text',
  facets: 'text',
  degree: 'text',
  outcome: 'text',
  feedback: 'text',
  ivo: 'text',
  phase: 'text',
  days_to_assess: 'integer',
  days_to_close: 'integer',
  /** What its deadlines came to (`limits.ts`). */
  limits: 'text',
} as const

/** Figures: one row per case with everything that it counts under. Reads no personal field, so that erasure changes no figure. */
export const statistics = projection<CountedCase, typeof columns>({
  name: 'statistics',
  version: 4,
  streams: ['deviation-'],
  columns,
  indices: [['received'], ['occurred'], ['reported']],
  key: (event) => caseIdOf(event.stream),
  fold: (counted, event) => evolved(counted, readDeviation(event)),
  row: (counted) => {
    const { facts, days } = counted
    const closedOn = facts.closed && stockholmDay(facts.closed.at)
    return {
      ...days,
      unit: facts.unit,
      sight: sightOf(facts),
      count: facts.noCase ? 0 : (facts.batch?.count ?? 1),
      channel: facts.channel,
      origin: facts.origin,
      reported_type: facts.reportedType,
      facets: facetsText(facetsOf(counted)),
      degree: facts.lexSarah.step === 'decided' ? facts.lexSarah.degree : 'none',
      outcome: facts.closed?.outcome ?? 'none',
      feedback: feedbackOf(facts),
      ivo: ivoOf(facts),
      phase: phaseOf(facts),
      days_to_assess: daysUntil(days.received, counted.assessedOn),
      days_to_close: daysUntil(days.received, closedOn),
      limits: limitsText(facts.deadlines),
    }
  },
})
