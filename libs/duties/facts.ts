import type { AssessmentOutcome, ClosingOutcome, Degree, FeedbackReceiver, Group, IvoLaw, LegalArea, MeasureLevel, ReportedType, Role } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'
import { evolveDeadlines, isTimeEvent, type Deadline } from '#libs/deadlines/state'

/** A role at a unit, never a person. */
export interface Seat {
  readonly role: Role
  readonly unit: string
}
export interface Assessment {
  readonly outcome: AssessmentOutcome
  readonly category: string
  /** Version of the vocabulary that the category is of. */
  readonly vocabulary: string
  /** The registered routine that failed. */
  readonly routineId?: string
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
/** The lex Maria track (PSL 3 kap. 5 §), which runs beside the social side. */
export type LexMaria =
  | { readonly step: 'none' }
  | { readonly step: 'referred' }
  | { readonly step: 'decided'; readonly notify: boolean; readonly revision: number }
/** A supplement that IVO asked for; `due` is IVO's day. */
export interface IvoRequest {
  readonly request: number
  readonly due: string
  readonly answered: boolean
}
export interface IvoNotification {
  readonly notify: boolean
  readonly sent: boolean
  readonly receipt: boolean
  /** Attached: it was complete when the notification was sent. */
  readonly investigation?: 'attached' | 'sent'
  readonly requests?: readonly IvoRequest[]
  /** IVO has decided, which ended the requests up to this number. */
  readonly decided?: true
  readonly ended?: number
}
/** A hand-over that waits for its answer; without a unit it is offered to an external party, whose receipt the sender records. */
export interface PendingHandover {
  readonly id: string
  readonly toUnit?: string
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
  /** The registered routine that it changes. */
  readonly routineId?: string
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
  /** As reported, where they were corrected since. */
  readonly reportedLegalAreas?: readonly LegalArea[]
  /** A batch counts as many (samlerapport); Stockholm days. */
  readonly batch?: { readonly from: string; readonly to: string; readonly count: number }
  readonly reportedUnit: string
  readonly unit: string
  readonly privateProvider?: string
  /** The private provider of the reported unit; stays when the case is handed over. */
  readonly reportedProvider?: string
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
  /** The nämnd that a private provider informed. */
  readonly informedAuthority?: string
  readonly lexMaria: LexMaria
  readonly patient: 'none' | 'informed' | 'waived'
  readonly immediateAction: boolean
  /** A suspicion was raised after which no immediate action is recorded (genast, SoL 27 kap. 5 §). */
  readonly unprotected?: true
  readonly handover?: PendingHandover
  /** Hand-overs ever offered. */
  readonly handovers: number
  /** Units of other providers or authorities that handed the case over. */
  readonly formerUnits: readonly string[]
  /** An external party has received the case: its assessment is theirs. */
  readonly handedOut: boolean
  /** Staff in conflict of interest (jäv): they act no more in the case. */
  readonly conflicts: readonly string[]
  readonly restricted?: 'protected-identity' | 'conflict-of-interest' | 'other'
  readonly legalHold: boolean
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
  /** The command on many cases that laid it with another seat last. */
  readonly reassigned?: string
  readonly closed?: { readonly outcome: ClosingOutcome; readonly at: string }
  /** When it was reopened last: what is counted from the report is then counted from there. */
  readonly reopenedAt?: string
  /** Every deadline that was ever set, in that order. */
  readonly deadlines: readonly Deadline[]
  /** Its deadlines follow its duties. Cases from before there were deadlines have none until the clock has been at them. */
  readonly clocked?: true
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
      reportedAt: e.recordedAt,
      receivedAt: data.receivedAt,
      concernsManager: data.concernsManager,
      anonymous: data.anonymous,
      registeredBy: e.meta.actor.id,
      wantsFeedback: data.wantsFeedback,
      acknowledged: false,
      diary: 'none',
      sentToRegistrar: false,
      groups: {},
      everSuspected: data.reportedType === 'misconduct',
      everEscalated: false,
      lexSarah: { step: 'none' },
      authorityInformed: false,
      lexMaria: { step: 'none' },
      patient: 'none',
      immediateAction: false,
      handovers: 0,
      formerUnits: [],
      handedOut: false,
      conflicts: [],
      legalHold: false,
      ivo: {},
      measures: [],
      feedbackGiven: [],
      feedbackWaived: [],
      responsible: { role: 'unit-manager', unit: data.unit },
      manager: { role: 'unit-manager', unit: data.unit },
      deadlines: [],
      ...given('privateProvider', data.privateProvider),
      ...given('reportedProvider', data.privateProvider),
      ...given('occurredAt', data.occurredAt),
      ...given('discoveredAt', data.discoveredAt),
      ...given('reportedBy', data.reportedBy),
      ...given('reporterMark', data.reporterMark),
      ...(data.reportedType === 'misconduct' ? { unprotected: true } : {}),
    }
  }
  if (!facts) throw new Error(`${e.stream} does not begin with a report`)
  const after: CaseFacts & { revision: number } = changed(facts, e)
  if (after === facts) return { ...facts, revision: e.revision }
  // Made for this event and nobody else's yet: so many members are copied once an event, not twice.
  after.revision = e.revision
  return after
}

const changed = (facts: CaseFacts, e: Exclude<DeviationEvent, { readonly type: 'deviation-reported' }>): CaseFacts => {
  if (isTimeEvent(e)) return { ...facts, clocked: true, deadlines: evolveDeadlines(facts.deadlines, e) }
  switch (e.type) {
    case 'report-supplemented':
    case 'note-added':
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return facts
    case 'deviations-reported-in-batch':
      return { ...facts, batch: { from: e.data.from, to: e.data.to, count: e.data.count } }
    case 'legal-areas-corrected':
      return { ...facts, legalAreas: e.data.legalAreas, reportedLegalAreas: facts.reportedLegalAreas ?? facts.legalAreas }
    case 'immediate-action-recorded': {
      const { unprotected: _, ...rest } = facts
      return { ...rest, immediateAction: true }
    }
    case 'handover-offered':
      return { ...facts, handovers: facts.handovers + 1, handover: { id: e.data.handover, ...given('toUnit', e.data.toUnit) } }
    case 'handover-accepted':
      return handedOver(facts, e.data)
    case 'handover-declined':
    case 'handover-withdrawn':
      return withoutHandover(facts)
    case 'conflict-of-interest-declared':
      return { ...facts, conflicts: added(facts.conflicts, e.data.staff) }
    case 'conflict-of-interest-lifted':
      return { ...facts, conflicts: facts.conflicts.filter((staff) => staff !== e.data.staff) }
    case 'access-restricted':
      return { ...facts, restricted: e.data.because }
    case 'access-restriction-lifted': {
      const { restricted: _, ...open } = facts
      return open
    }
    case 'legal-hold-placed':
      return { ...facts, legalHold: true }
    case 'legal-hold-lifted':
      return { ...facts, legalHold: false }
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
      const reassigned = given('reassigned', e.data.because === 'reassignment' ? e.meta.causationId : undefined)
      return { ...facts, responsible, manager: e.data.role === 'lex-sarah-officer' ? facts.manager : responsible, ...reassigned }
    }
    case 'case-moved':
      return { ...facts, unit: e.data.toUnit }
    case 'outcome-without-case-recorded':
      return { ...facts, noCase: { outcome: e.data.outcome, ...given('duplicateOf', e.data.duplicateOf) } }
    case 'deviation-assessed': {
      const { group, outcome, category, routineId } = e.data
      const suspected = facts.everSuspected || outcome === 'suspected-misconduct'
      const assessment = { outcome, category, vocabulary: e.meta.versions.vocabulary, revision: e.revision, ...given('routineId', routineId) }
      // Said again it is the same suspicion, unless it was settled in between.
      const before = facts.groups[group]?.assessment
      const raises = isSuspicion(outcome) && (before?.outcome !== outcome || before.revision < settledAt(facts, group))
      return { ...withGroup(raises ? alarmed(facts) : facts, group, (t) => ({ ...t, assessment })), everSuspected: suspected }
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
      return { ...(isSuspected(facts) ? facts : alarmed(facts)), everEscalated: true, lexSarah: { step: 'escalated' } }
    case 'authority-informed-by-provider':
      return { ...facts, authorityInformed: true, ...given('informedAuthority', e.data.authority) }
    case 'lex-maria-referred':
      return { ...(facts.groups.health?.assessment?.outcome === 'suspected-care-injury' ? facts : alarmed(facts)), lexMaria: { step: 'referred' } }
    case 'lex-maria-decided':
      return { ...facts, lexMaria: { step: 'decided', notify: e.data.notify, revision: e.revision } }
    case 'patient-informed':
      return { ...facts, patient: 'informed' }
    case 'patient-information-waived':
      return { ...facts, patient: 'waived' }
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
      return withIvo(facts, e.data.law, (n) => ({ ...n, sent: true, ...(isInvestigated(facts, e.data.law) ? { investigation: 'attached' } : {}) }))
    case 'ivo-receipt-recorded':
      return withIvo(facts, e.data.law, (n) => ({ ...n, receipt: true }))
    case 'ivo-investigation-sent':
      return withIvo(facts, e.data.law, (n) => ({ ...n, investigation: 'sent' }))
    case 'ivo-supplement-requested': {
      const { request, due } = e.data
      return withIvo(facts, e.data.law, (n) => ({ ...n, requests: [...(n.requests ?? []), { request, due, answered: false }] }))
    }
    case 'ivo-supplement-sent':
      return withRequest(facts, e.data.law, e.data.request, (r) => ({ ...r, answered: true }))
    case 'ivo-extension-granted': {
      const { law, request, newDue } = e.data
      return request === undefined ? facts : withRequest(facts, law, request, (r) => ({ ...r, due: newDue }))
    }
    case 'ivo-decision-received':
      return withIvo(facts, e.data.law, (n) => ({ ...n, decided: true, ...given('ended', n.requests?.at(-1)?.request) }))
    case 'measure-proposed': {
      const { measureId, level, responsible, plannedCompletion, replaces, routineId } = e.data
      const before = replaces === undefined ? facts : withMeasure(facts, replaces, (m) => ({ ...m, replacedBy: measureId }))
      const { noMeasures: _, ...rest } = before
      return { ...rest, measures: [...before.measures, { id: measureId, level, responsible, state: 'proposed', plannedCompletion, proposed: e.revision, ...given('routineId', routineId) }] }
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
      return { ...open, reopenedAt: e.recordedAt }
    }
  }
}

const isSuspicion = (outcome: AssessmentOutcome): boolean => outcome === 'suspected-misconduct' || outcome === 'suspected-care-injury'
const alarmed = (facts: CaseFacts): CaseFacts => ({ ...facts, unprotected: true })
/** Whether an escalation comes of a suspicion that stands: reported as one, or assessed as one since the officer settled the last. */
const isSuspected = (facts: CaseFacts): boolean => {
  const { lexSarah, groups: { social }, reportedType } = facts
  if (lexSarah.step === 'none' && reportedType === 'misconduct') return true
  return social?.assessment?.outcome === 'suspected-misconduct' && social.assessment.revision > settledAt(facts, 'social')
}
/** Revision at which the officers last said what the suspicion of a group came to; -1 before. */
const settledAt = ({ lexSarah, lexMaria }: CaseFacts, group: Group): number => {
  if (group === 'social') return lexSarah.step === 'declined' || lexSarah.step === 'decided' ? lexSarah.revision : -1
  return lexMaria.step === 'decided' ? lexMaria.revision : -1
}

/** A lex Sarah investigation belongs to the lex Sarah track; every other to its group. Reopening voids a proposal that is not decided. */
const withInvestigation = (facts: CaseFacts, group: Group, kind: Investigation['kind'], state: Investigation['state']): CaseFacts => {
  if (kind !== 'lex-sarah') return withGroup(facts, group, (t) => ({ ...t, investigation: { kind, state } }))
  if (facts.lexSarah.step !== 'taken-over') return facts
  const { proposal: _, ...track } = facts.lexSarah
  return { ...facts, lexSarah: { ...track, investigation: state } }
}

/** Whether the investigation that goes with a notification is complete: lex Sarah's own, for lex Maria that of the health group. */
const isInvestigated = ({ lexSarah, groups }: CaseFacts, law: IvoLaw): boolean => {
  if (law === 'lex-maria') return groups.health?.investigation?.state === 'completed'
  return law === 'lex-sarah' && (lexSarah.step === 'decided' || (lexSarah.step === 'taken-over' && lexSarah.investigation === 'completed'))
}
const withRequest = (facts: CaseFacts, law: IvoLaw, request: number, change: (r: IvoRequest) => IvoRequest): CaseFacts =>
  withIvo(facts, law, (n) => ({ ...n, requests: (n.requests ?? []).map((r) => (r.request === request ? change(r) : r)) }))

const withoutHandover = (facts: CaseFacts): CaseFacts => {
  const { handover: _, ...rest } = facts
  return rest
}
/**
 * After an accepted hand-over the case lies at the receiving unit, whose provider has duties of its own: an escalation waits for its officer to
 * take it over. An external party has no unit here, so the case stays where it is and its assessment is theirs.
 */
const handedOver = (facts: CaseFacts, data: { readonly toUnit?: string | undefined; readonly privateProvider?: string | undefined }): CaseFacts => {
  const { toUnit, privateProvider } = data
  if (toUnit === undefined) return { ...withoutHandover(facts), handedOut: true }
  const { privateProvider: before, ...rest } = withoutHandover(facts)
  return {
    ...rest,
    ...given('privateProvider', privateProvider),
    unit: toUnit,
    formerUnits: added(facts.formerUnits, facts.unit).filter((unit) => unit !== toUnit),
    // Inside again, it is the receiving unit's to assess.
    handedOut: false,
    // A nämnd that handed over an escalated case knows of it.
    authorityInformed: facts.authorityInformed || (facts.everEscalated && before === undefined),
    lexSarah: facts.lexSarah.step === 'taken-over' ? { step: 'escalated' } : facts.lexSarah,
  }
}
