import type { AssessmentOutcome, ClosingOutcome, Degree, FeedbackReceiver, Group, IvoLaw, LegalArea, MeasureLevel, ReportedType, Role } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'

/** A role at a unit, never a person. */
export interface Seat {
  readonly role: Role
  readonly unit: string
}
export interface Assessment {
  readonly outcome: AssessmentOutcome
  readonly category: string
  /** Revision of its event: a later assessment outweighs an earlier decline or decision. */
  readonly revision: number
}
export interface Risk {
  readonly severity: number
  readonly likelihood: number
  readonly score: number
  readonly triggers: 'none' | 'investigate'
  readonly because: readonly ('threshold' | 'severity-floor')[]
}
/** Completed means locked; reopening unlocks. */
export interface Investigation {
  readonly kind: 'simple' | 'standard' | 'event-analysis' | 'lex-sarah'
  readonly state: 'open' | 'completed'
}
/** What one assessment group (SoL and LSS, or HSL) has come to. */
export interface GroupTrack {
  readonly assessment?: Assessment
  readonly risk?: Risk
  readonly investigation?: Investigation
}
/** The lex Sarah track: each step holds what that step knows. */
export type LexSarah =
  | { readonly step: 'none' }
  | { readonly step: 'escalated' }
  | { readonly step: 'taken-over'; readonly investigator?: string; readonly investigation?: 'open' | 'completed'; readonly proposal?: { readonly degree: Degree; readonly by: string } }
  | { readonly step: 'declined'; readonly revision: number }
  | { readonly step: 'decided'; readonly degree: Degree; readonly revision: number; readonly investigator?: string }
export interface IvoNotification {
  readonly notify: boolean
  readonly sent: boolean
  readonly receipt: boolean
}
export type MeasureState = 'proposed' | 'approved' | 'approved-in-part' | 'rejected' | 'cancelled' | 'completed' | 'checked'
export interface Measure {
  readonly id: string
  readonly level: MeasureLevel
  readonly responsible: Seat
  readonly state: MeasureState
  readonly plannedCompletion: string
  readonly criterion?: { readonly direction: 'up' | 'down'; readonly lowestAcceptedResult: number; readonly checkOn: string }
  readonly accepted?: boolean
  readonly replacedBy?: string
  /** Revision at which it was proposed, and at which its effect was checked. */
  readonly proposed: number
  readonly checked?: number
}
/**
 * The plain facts of one case, folded from its events: the state of the decider, of the case page, the queue and the statistics alike, so
 * that a rule stands once. JSON, without personal data.
 */
export interface CaseFacts {
  readonly id: string
  readonly revision: number
  readonly origin: string
  readonly channel: string
  readonly reportedType: ReportedType
  readonly legalAreas: readonly LegalArea[]
  readonly reportedUnit: string
  readonly unit: string
  readonly privateProvider?: string
  readonly reportedAt: string
  readonly receivedAt: string
  readonly occurredAt?: string
  readonly discoveredAt?: string
  readonly concernsManager: boolean
  readonly anonymous: boolean
  readonly reportedBy?: string
  readonly registeredBy: string
  readonly reporterMark?: string
  readonly wantsFeedback: boolean
  readonly acknowledged: boolean
  readonly diary: 'none' | 'requested' | 'assigned'
  readonly sentToRegistrar: boolean
  readonly groups: { readonly [G in Group]?: GroupTrack }
  /** Ever suspected or escalated: the officer keeps seeing the case. */
  readonly everSuspected: boolean
  readonly everEscalated: boolean
  readonly lexSarah: LexSarah
  readonly authorityInformed: boolean
  readonly ivo: { readonly [L in IvoLaw]?: IvoNotification }
  readonly measures: readonly Measure[]
  /** Revision of the last no-measures decision that no later measure overtook. */
  readonly noMeasures?: number
  readonly feedbackGiven: readonly FeedbackReceiver[]
  readonly feedbackWaived: readonly FeedbackReceiver[]
  /** Who holds the case now. */
  readonly responsible: Seat
  /** Who answers for it at the unit: its manager, or the next level where the report concerns the manager. */
  readonly manager: Seat
  readonly closed?: { readonly outcome: ClosingOutcome; readonly at: string }
  readonly noCase?: { readonly outcome: 'duplicate' | 'not-reportable' | 'withdrawn'; readonly duplicateOf?: string }
}

const withGroup = (facts: CaseFacts, group: Group, change: (track: GroupTrack) => GroupTrack): CaseFacts => ({
  ...facts,
  groups: { ...facts.groups, [group]: change(facts.groups[group] ?? {}) },
})
const withMeasure = (facts: CaseFacts, id: string, change: (measure: Measure) => Measure): CaseFacts => ({
  ...facts,
  measures: facts.measures.map((m) => (m.id === id ? change(m) : m)),
})
const withIvo = (facts: CaseFacts, law: IvoLaw, change: (n: IvoNotification) => IvoNotification): CaseFacts => ({
  ...facts,
  ivo: { ...facts.ivo, [law]: change(facts.ivo[law] ?? { notify: false, sent: false, receipt: false }) },
})
const added = <T>(list: readonly T[], item: T): readonly T[] => (list.includes(item) ? list : [...list, item])
/** Property `name` when it has a value: facts hold no undefined, so that they are JSON as they stand. */
const given = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } => (value === undefined ? {} : ({ [name]: value } as { [P in K]: V }))

/** The facts after one more event. Throws when the first event is no report: such a stream is no case. */
export const evolveCase = (facts: CaseFacts | undefined, e: DeviationEvent): CaseFacts => {
  if (e.type === 'deviation-reported') {
    const { data } = e
    return {
      id: e.stream.slice('deviation-'.length),
      revision: e.revision,
      origin: data.origin,
      channel: data.channel,
      reportedType: data.reportedType,
      legalAreas: data.legalAreas,
      reportedUnit: data.unit,
      unit: data.unit,
      ...given('privateProvider', data.privateProvider),
      reportedAt: e.recordedAt,
      receivedAt: data.receivedAt,
      ...given('occurredAt', data.occurredAt),
      ...given('discoveredAt', data.discoveredAt),
      concernsManager: data.concernsManager,
      anonymous: data.anonymous,
      ...given('reportedBy', data.reportedBy),
      registeredBy: e.meta.actor.id,
      ...given('reporterMark', data.reporterMark),
      wantsFeedback: data.wantsFeedback,
      acknowledged: false,
      diary: 'none',
      sentToRegistrar: false,
      groups: {},
      everSuspected: data.reportedType === 'misconduct',
      everEscalated: false,
      lexSarah: { step: 'none' },
      authorityInformed: false,
      ivo: {},
      measures: [],
      feedbackGiven: [],
      feedbackWaived: [],
      responsible: { role: 'unit-manager', unit: data.unit },
      manager: { role: 'unit-manager', unit: data.unit },
    }
  }
  if (!facts) throw new Error(`${e.stream} does not begin with a report`)
  return { ...changed(facts, e), revision: e.revision }
}

const changed = (facts: CaseFacts, e: Exclude<DeviationEvent, { readonly type: 'deviation-reported' }>): CaseFacts => {
  switch (e.type) {
    case 'report-supplemented':
    case 'note-added':
      return facts
    case 'receipt-acknowledged':
      return { ...facts, acknowledged: true }
    case 'diary-number-requested':
      return { ...facts, diary: facts.diary === 'none' ? 'requested' : facts.diary }
    case 'diary-number-assigned':
      return { ...facts, diary: 'assigned' }
    case 'documentation-sent-to-registrar':
      return { ...facts, sentToRegistrar: true }
    case 'responsibility-assigned': {
      const responsible = { role: e.data.role, unit: e.data.unit }
      return { ...facts, responsible, manager: e.data.role === 'lex-sarah-officer' ? facts.manager : responsible }
    }
    case 'case-moved':
      return { ...facts, unit: e.data.toUnit }
    case 'outcome-without-case-recorded':
      return { ...facts, noCase: { outcome: e.data.outcome, ...given('duplicateOf', e.data.duplicateOf) } }
    case 'deviation-assessed': {
      const { group, outcome, category } = e.data
      const suspected = facts.everSuspected || outcome === 'suspected-misconduct'
      return { ...withGroup(facts, group, (t) => ({ ...t, assessment: { outcome, category, revision: e.revision } })), everSuspected: suspected }
    }
    case 'risk-scored': {
      const { group, severity, likelihood, score, triggers, because } = e.data
      return withGroup(facts, group, (t) => ({ ...t, risk: { severity, likelihood, score, triggers, because } }))
    }
    case 'investigation-opened':
      return withInvestigation(facts, e.data.group, e.data.kind, 'open')
    case 'investigation-completed':
      return withInvestigation(facts, e.data.group, e.data.kind, 'completed')
    case 'investigation-reopened':
      return withInvestigation(facts, e.data.group, e.data.kind, 'open')
    case 'lex-sarah-escalated':
      return { ...facts, everEscalated: true, lexSarah: { step: 'escalated' } }
    case 'authority-informed-by-provider':
      return { ...facts, authorityInformed: true }
    case 'lex-sarah-taken-over':
      return { ...facts, lexSarah: { step: 'taken-over' } }
    case 'lex-sarah-investigator-appointed':
      return facts.lexSarah.step === 'taken-over' ? { ...facts, lexSarah: { ...facts.lexSarah, investigator: e.data.staff } } : facts
    case 'lex-sarah-declined':
      return { ...facts, lexSarah: { step: 'declined', revision: e.revision } }
    case 'lex-sarah-degree-proposed':
      return facts.lexSarah.step === 'taken-over'
        ? { ...facts, lexSarah: { ...facts.lexSarah, proposal: { degree: e.data.degree, by: e.meta.actor.id } } }
        : facts
    case 'lex-sarah-decided': {
      const investigator = facts.lexSarah.step === 'taken-over' ? facts.lexSarah.investigator : undefined
      return { ...facts, lexSarah: { step: 'decided', degree: e.data.degree, revision: e.revision, ...given('investigator', investigator) } }
    }
    case 'ivo-notification-decided': {
      const { notify } = e.data
      return withIvo(facts, e.data.law, (n) => ({ ...n, notify }))
    }
    case 'ivo-notification-sent':
      return withIvo(facts, e.data.law, (n) => ({ ...n, sent: true }))
    case 'ivo-receipt-recorded':
      return withIvo(facts, e.data.law, (n) => ({ ...n, receipt: true }))
    case 'measure-proposed': {
      const { measureId, level, responsible, plannedCompletion, replaces } = e.data
      const before = replaces === undefined ? facts : withMeasure(facts, replaces, (m) => ({ ...m, replacedBy: measureId }))
      const { noMeasures: _, ...rest } = before
      return { ...rest, measures: [...before.measures, { id: measureId, level, responsible, state: 'proposed', plannedCompletion, proposed: e.revision }] }
    }
    case 'effect-criterion-set': {
      const { direction, lowestAcceptedResult, checkOn } = e.data.effect
      return withMeasure(facts, e.data.measureId, (m) => ({ ...m, criterion: { direction, lowestAcceptedResult, checkOn } }))
    }
    case 'measures-decided':
      return e.data.decisions.reduce((f, d) => withMeasure(f, d.measureId, (m) => ({ ...m, state: d.decision })), facts)
    case 'measure-cancelled':
      return withMeasure(facts, e.data.measureId, (m) => ({ ...m, state: 'cancelled' }))
    case 'no-measures-decided':
      return { ...facts, noMeasures: e.revision }
    case 'measure-completed':
      return withMeasure(facts, e.data.measureId, (m) => ({ ...m, state: 'completed' }))
    case 'measure-effect-checked': {
      const { accepted } = e.data
      return withMeasure(facts, e.data.measureId, (m) => ({ ...m, state: 'checked', accepted, checked: e.revision }))
    }
    case 'feedback-given':
      return { ...facts, feedbackGiven: added(facts.feedbackGiven, e.data.to) }
    case 'feedback-waived':
      return { ...facts, feedbackWaived: added(facts.feedbackWaived, e.data.to) }
    case 'deviation-closed':
      return { ...facts, closed: { outcome: e.data.outcome, at: e.recordedAt } }
    case 'deviation-reopened': {
      const { closed: _, noCase: __, ...open } = facts
      return open
    }
  }
}

/** A lex Sarah investigation belongs to the lex Sarah track; every other to its group. Reopening voids a proposal that is not decided. */
const withInvestigation = (facts: CaseFacts, group: Group, kind: Investigation['kind'], state: Investigation['state']): CaseFacts => {
  if (kind !== 'lex-sarah') return withGroup(facts, group, (t) => ({ ...t, investigation: { kind, state } }))
  if (facts.lexSarah.step !== 'taken-over') return facts
  const { proposal: _, ...track } = facts.lexSarah
  return { ...facts, lexSarah: { ...track, investigation: state } }
}
