import { groups, ivoLaws } from '#events/codes'
import type { AssessmentOutcome, ClosingOutcome, FeedbackReceiver, Group, IvoLaw, Role } from '#events/codes'
import type { Hindrance, Phase, Step } from '#libs/duties/codes'
import type { CaseFacts, GroupTrack, IvoNotification, IvoRequest, Measure, Seat } from '#libs/duties/facts'

/** One open duty: what hinders closing, the step that removes it and the role that has to take it. */
export interface Duty {
  readonly step: Step
  /** Absent for a step that does not hinder closing. */
  readonly hinders?: Hindrance
  readonly responsible: Seat
  /** Measure, group, law or IVO's request (`law/n`) that it is about. */
  readonly subject?: string
}

/** SoL and LSS share the social group, HSL has its own (law §7.2). */
export const groupsOf = (facts: Pick<CaseFacts, 'legalAreas'>): readonly Group[] =>
  groups.filter((g) => facts.legalAreas.some((area) => (area === 'HSL') === (g === 'health')))

/** Complaints, suggestions and praise (klagomål, synpunkter, beröm): answered rather than assessed, unless they show something. */
export const isView = (facts: CaseFacts): boolean => facts.reportedType === 'complaint' || facts.reportedType === 'suggestion' || facts.reportedType === 'praise'
const answered = (facts: CaseFacts, to: FeedbackReceiver): boolean => facts.feedbackGiven.includes(to) || facts.feedbackWaived.includes(to)

/**
 * The outcome that counts for a group. A declined suspicion, degree `none`, or a lex Maria decision not to notify, counts as a deviation unless
 * the group was assessed anew after it (case format §4).
 */
export const outcomeOf = (facts: CaseFacts, group: Group): AssessmentOutcome | undefined => {
  const assessment = facts.groups[group]?.assessment
  const settled = settledAt(facts, group)
  if (group === 'health' && isCareInjury(facts) && assessment?.outcome === 'not-a-deviation') return 'suspected-care-injury'
  return settled !== undefined && (assessment?.revision ?? -1) < settled ? 'deviation' : assessment?.outcome
}
/** Revision at which the suspicion of a group was settled as none. */
const settledAt = ({ lexSarah, lexMaria, groups: tracks }: CaseFacts, group: Group): number | undefined => {
  if (group === 'social') return lexSarah.step === 'declined' || (lexSarah.step === 'decided' && lexSarah.degree === 'none') ? lexSarah.revision : undefined
  const settles = lexMaria.step === 'decided' && !lexMaria.notify && (tracks.health?.assessment?.outcome ?? 'suspected-care-injury') === 'suspected-care-injury'
  return settles ? lexMaria.revision : undefined
}

/** Whether a suspicion of misconduct stands that nobody has escalated, declined or withdrawn. */
export const suspicionStands = (facts: CaseFacts): boolean =>
  outcomeOf(facts, 'social') === 'suspected-misconduct' && !escalationStands(facts) && !isMisconduct(facts)
/** Whether an escalation waits for the officer's decline or a decision. */
export const escalationStands = (facts: CaseFacts): boolean => facts.lexSarah.step === 'escalated' || facts.lexSarah.step === 'taken-over'
/** Whether a suspicion of care injury stands that nobody has referred to lex Maria or withdrawn. */
export const careInjuryStands = (facts: CaseFacts): boolean => {
  const { lexMaria } = facts
  if (outcomeOf(facts, 'health') !== 'suspected-care-injury' || lexMaria.step === 'referred' || isCareInjury(facts)) return false
  return lexMaria.step === 'none' || (facts.groups.health?.assessment?.revision ?? -1) > lexMaria.revision
}
/** Lex Maria decided to notify: whatever the group was assessed as before, it is one. */
export const isCareInjury = ({ lexMaria }: CaseFacts): boolean => lexMaria.step === 'decided' && lexMaria.notify
/** From take-over until decision or decline: the unit manager sees number, phase and times only. */
export const officerHasTheCase = (facts: CaseFacts): boolean => facts.lexSarah.step === 'taken-over'
/** A degree other than none: closed and reopened by the officer only. */
export const isMisconduct = (facts: CaseFacts): boolean => facts.lexSarah.step === 'decided' && facts.lexSarah.degree !== 'none'
/** Degrees that must be notified to IVO (SoL 27 kap. 6 §, LSS 24 f §). */
export const mustNotify = (degree: string): boolean => degree === 'serious' || degree === 'tangible-risk-of-serious'

/** What asks for a decision-maker: an escalation, a measure of her level, a notification to IVO, a hold or restriction that is hers to lift, what concerns a private provider from outside. */
export const concernsDecisionMaker = (facts: CaseFacts, { conflicts }: Pick<CaseFacts, 'conflicts'> = facts): boolean =>
  facts.everEscalated ||
  facts.measures.some((m) => m.level === 'authority') ||
  Object.keys(facts.ivo).length > 0 ||
  facts.legalHold ||
  conflicts.length > 0 ||
  facts.restricted !== undefined ||
  facts.origin === 'external-review' ||
  (facts.reportedProvider !== undefined && facts.privateProvider === undefined)

const at = (facts: CaseFacts, role: Role): Seat => ({ role, unit: facts.unit })
const assessor = (facts: CaseFacts, group: Group): Seat => (group === 'health' ? at(facts, 'medical-officer') : facts.manager)
/** Who follows the case up; while the officer has it no manager can, so that the step is the officer's. */
const follower = (facts: CaseFacts): Seat => (isMisconduct(facts) || officerHasTheCase(facts) ? at(facts, 'lex-sarah-officer') : facts.manager)
/** Who decides a measure of a level: the unit's manager, the area's, or the decision-maker of the authority. */
const decides = (facts: CaseFacts, measure: Measure): Seat => {
  if (measure.level === 'authority') return at(facts, 'decision-maker')
  return measure.level === 'operation' && !officerHasTheCase(facts) ? at(facts, 'area-manager') : follower(facts)
}

/**
 * Groups whose assessment closing waits for: all of the report's, or those that were begun (a referral to lex Maria begins the health group's) for
 * complaints and views, and for a case that an external party has received.
 */
const begunGroups = (facts: CaseFacts): readonly Group[] =>
  groupsOf(facts).filter(
    (g) =>
      !(isView(facts) || facts.handedOut) ||
      outcomeOf(facts, g) !== undefined ||
      facts.groups[g]?.investigation?.state === 'open' ||
      (g === 'health' && facts.lexMaria.step !== 'none'),
  )

const groupDuties = (facts: CaseFacts, group: Group): Duty[] => {
  const track: GroupTrack = facts.groups[group] ?? {}
  const responsible = assessor(facts, group)
  const duty = (hinders: Hindrance, step: Step): Duty => ({ hinders, step, responsible, subject: group })
  const outcome = outcomeOf(facts, group)
  const open = track.investigation?.state === 'open'
  if (group === 'social' && suspicionStands(facts)) return [duty('suspicion-unresolved', 'escalate-or-clear')]
  if (group === 'social' && escalationStands(facts)) return []
  if (group === 'health' && careInjuryStands(facts)) return [duty('care-injury-unresolved', 'escalate-or-clear')]
  // A lex Sarah decision stands for assessment, score and investigation of the social group.
  if (group === 'social' && facts.lexSarah.step === 'decided') return open ? [duty('investigation-not-completed', 'complete-investigation')] : []
  if (outcome === undefined) return [open && isView(facts) ? duty('investigation-not-completed', 'complete-investigation') : duty('not-assessed', 'assess')]
  const found: Duty[] = []
  if (outcome !== 'not-a-deviation' && !track.risk) found.push(duty('not-scored', 'score-risk'))
  if (open) found.push(duty('investigation-not-completed', 'complete-investigation'))
  else if (outcome !== 'not-a-deviation' && track.risk?.triggers === 'investigate' && !track.investigation)
    found.push(duty('investigation-required', 'investigate'))
  return found
}

const lexSarahDuties = (facts: CaseFacts): Duty[] => {
  const { lexSarah } = facts
  const found: Duty[] = []
  const undecided = (step: Step, role: Role): void => void found.push({ hinders: 'lex-sarah-undecided', step, responsible: at(facts, role) })
  if (lexSarah.step === 'escalated') undecided('take-over-lex-sarah', 'lex-sarah-officer')
  if (lexSarah.step === 'taken-over') {
    if (lexSarah.proposal) undecided('decide-degree', 'decision-maker')
    else if (lexSarah.investigator === undefined || facts.conflicts.includes(lexSarah.investigator)) undecided('appoint-investigator', 'lex-sarah-officer')
    else if (lexSarah.investigation === undefined) undecided('investigate', 'lex-sarah-investigator')
    else if (lexSarah.investigation === 'open') undecided('complete-investigation', 'lex-sarah-investigator')
    else undecided('propose-degree', 'lex-sarah-investigator')
  }
  if (facts.privateProvider !== undefined && facts.everEscalated && !facts.authorityInformed)
    found.push({ hinders: 'authority-not-informed', step: 'inform-authority', responsible: at(facts, 'lex-sarah-officer') })
  return found
}

/** Lex Maria from referral to decision, and what the patient is told (PSL 3 kap. 5, 8 §§). A suspicion that is withdrawn takes the duty to inform with it. */
const lexMariaDuties = (facts: CaseFacts): Duty[] => {
  const found: Duty[] = []
  const { lexMaria } = facts
  const responsible = at(facts, 'medical-officer')
  if (lexMaria.step === 'referred') found.push({ hinders: 'lex-maria-undecided', step: 'decide-lex-maria', responsible })
  if ((careInjuryStands(facts) || lexMaria.step !== 'none') && facts.patient === 'none') found.push({ hinders: 'patient-not-informed', step: 'inform-patient', responsible })
  return found
}

/** Who handles a notification to IVO: the lex Sarah officer, for lex Maria the medical officer. */
const notifierOf = (facts: CaseFacts, law: IvoLaw): Seat =>
  at(facts, law === 'lex-maria' || (law === 'deficient-private-operator' && !groupsOf(facts).includes('social')) ? 'medical-officer' : 'lex-sarah-officer')

/** The notifications to IVO, each from its decision to IVO's; they go on after the case is closed. */
const ivoDuties = (facts: CaseFacts): Duty[] => ivoLaws.flatMap((law) => notificationDuties(facts, law))
const notificationDuties = (facts: CaseFacts, law: IvoLaw): Duty[] => {
  const { lexSarah } = facts
  const found: Duty[] = []
  const ivo = facts.ivo[law]
  const decisionHolds = ivo !== undefined && (ivo.notify || !(lexSarah.step === 'decided' && mustNotify(lexSarah.degree)))
  if (law === 'lex-sarah' && isMisconduct(facts) && !decisionHolds)
    found.push({ hinders: 'ivo-decision-missing', step: 'decide-ivo', responsible: at(facts, 'decision-maker'), subject: law })
  if (!ivo?.notify) return found
  const responsible = notifierOf(facts, law)
  if (!ivo.sent) return [...found, { hinders: 'ivo-not-sent', step: 'send-ivo', responsible, subject: law }]
  if (!ivo.receipt) found.push({ hinders: 'ivo-receipt-missing', step: 'record-ivo-receipt', responsible: at(facts, 'registrar'), subject: law })
  for (const { request } of openRequests(ivo)) found.push({ step: 'answer-ivo', responsible, subject: `${law}/${request}` })
  // The investigation follows a notification that was sent before it was complete; like what IVO asks for it hinders nobody from closing.
  if (ivo.investigation === undefined && !ivo.decided && law !== 'deficient-private-operator') found.push({ step: 'send-ivo-investigation', responsible, subject: law })
  return found
}

/** What IVO asked for that is neither answered nor ended by its decision. */
export const openRequests = (ivo: IvoNotification): readonly IvoRequest[] => (ivo.requests ?? []).filter((r) => !r.answered && r.request > (ivo.ended ?? 0))

/** Whether the case asks for measures: some group ended otherwise than "not a deviation", or a lex Sarah decision was taken. */
const asksForMeasures = (facts: CaseFacts): boolean =>
  begunGroups(facts).some((g) => {
    const outcome = outcomeOf(facts, g)
    // Of a suspicion that nobody has settled it is not known yet.
    const isOpen = outcome === 'suspected-misconduct' || (outcome === 'suspected-care-injury' && (careInjuryStands(facts) || facts.lexMaria.step === 'referred'))
    return outcome !== undefined && outcome !== 'not-a-deviation' && !isOpen
  }) || isMisconduct(facts)

const measureDuties = (facts: CaseFacts): Duty[] => {
  const found: Duty[] = []
  for (const measure of facts.measures) {
    // At the case's own unit it is whoever answers for the case, also where that is not its manager (jäv, a report that concerns her).
    const { unit } = measure.responsible
    const atUnit = unit === facts.unit || (facts.concernsManager && unit === facts.reportedUnit) ? facts.manager : measure.responsible
    const carriesOut = officerHasTheCase(facts) ? follower(facts) : atUnit
    const duty = (hinders: Hindrance, step: Step, responsible: Seat): void => void found.push({ hinders, step, responsible, subject: measure.id })
    switch (measure.state) {
      case 'proposed':
        duty('measure-undecided', 'decide-measures', decides(facts, measure))
        break
      case 'approved':
        // What counts as success is said by whoever follows the case up, not by whom the measure names.
        if (!measure.criterion) duty('effect-criterion-missing', 'complete-measures', follower(facts))
        duty('measure-not-completed', 'complete-measures', carriesOut)
        break
      case 'approved-in-part':
        if (measure.replacedBy === undefined && facts.noMeasures === undefined) duty('measure-undecided', 'propose-measures', follower(facts))
        break
      case 'completed':
        duty('effect-not-checked', 'check-effect', carriesOut)
        break
      case 'checked':
      case 'rejected':
      case 'cancelled':
        break
    }
  }
  if (measuresAreMissing(facts)) found.push({ hinders: 'measures-undecided', step: 'propose-measures', responsible: follower(facts) })
  return found
}

/** Whether a measure still stands for what is done: approved in part it does until another replaces it. */
const live = (m: Measure): boolean => !(m.state === 'rejected' || m.state === 'cancelled' || (m.state === 'approved-in-part' && m.replacedBy !== undefined))
/** Neither measures nor a decision to take none; or an effect that was not accepted and nothing decided after it. */
const measuresAreMissing = (facts: CaseFacts): boolean => {
  const failed = Math.max(-1, ...facts.measures.filter((m) => m.accepted === false).map((m) => m.checked ?? -1))
  const decidedAfter = (facts.noMeasures ?? -1) > failed || facts.measures.some((m) => m.proposed > failed && live(m))
  if (failed >= 0) return !decidedAfter
  return asksForMeasures(facts) && facts.noMeasures === undefined && !facts.measures.some(live)
}

/** As whom somebody outside gets the feedback that she wanted as a reporter. */
const senderOf = (origin: string): FeedbackReceiver => {
  switch (origin) {
    case 'individual':
    case 'relative':
    case 'authority':
      return origin
    case 'other-provider':
      return 'sending-provider'
    default:
      return 'reporter'
  }
}
/** Nobody can be answered who gave no name: the report says so, or the answer was waived. */
const isUnanswerable = (facts: CaseFacts): boolean => facts.anonymous || facts.feedbackWaived.includes('complainant')
const receiptDuties = (facts: CaseFacts): Duty[] => {
  const found: Duty[] = []
  const duty = (hinders: Hindrance, step: Step): void => void found.push({ hinders, step, responsible: follower(facts) })
  if (facts.reportedType === 'complaint' || facts.reportedType === 'suggestion') {
    if (!isUnanswerable(facts) && !facts.acknowledged) duty('acknowledgement-missing', 'acknowledge')
    if (!isUnanswerable(facts) && !answered(facts, 'complainant')) duty('answer-missing', 'answer-complaint')
    if (!facts.sentToRegistrar) duty('not-sent-to-registrar', 'send-to-registrar')
  }
  if (facts.reportedType === 'praise' && !facts.feedbackGiven.includes('staff-group')) duty('feedback-missing', 'give-feedback')
  if (waitsForFeedback(facts)) duty('feedback-missing', 'give-feedback')
  return found
}
/** Whether somebody who wanted feedback has not had it. The answer to a complaint is the feedback that its sender wanted. */
const waitsForFeedback = (facts: CaseFacts): boolean => {
  const heard = isView(facts) ? facts.reportedType === 'praise' || answered(facts, 'complainant') : false
  return facts.wantsFeedback && !heard && !answered(facts, 'reporter') && !answered(facts, senderOf(facts.origin))
}
/** Who wants feedback is told that her report has arrived. Of a complaint closing waits for it; of another report it does not. */
const thanks = (facts: CaseFacts): Duty[] =>
  waitsForFeedback(facts) && !facts.acknowledged && !facts.anonymous && facts.reportedType !== 'complaint' && facts.reportedType !== 'suggestion'
    ? [{ step: 'acknowledge', responsible: follower(facts) }]
    : []

/** A hand-over waits for the unit that it was offered to; where it was offered to somebody outside, for the sender to record the receipt. */
const handoverDuties = (facts: CaseFacts): Duty[] => {
  const { handover } = facts
  if (!handover) return []
  const responsible: Seat = handover.toUnit === undefined ? follower(facts) : { role: 'unit-manager', unit: handover.toUnit }
  return [{ hinders: 'handover-pending', step: 'answer-handover', responsible, subject: handover.id }]
}

/**
 * The one pure function of open duties (case format §4): what hinders closing, with the next step and the responsible role. The close
 * command, the case page and the queue all use it. Nothing that hinders means that the case may be closed; what a closed case, or one recorded as none, still owes (its
 * diary number, the notification to IVO) hinders nothing. In the order in which they are best done.
 */
export const openDuties = (facts: CaseFacts): readonly Duty[] => {
  const diary: Duty[] = facts.diary === 'requested' ? [{ step: 'assign-diary-number', responsible: at(facts, 'registrar') }] : []
  if (facts.closed || facts.noCase) return [...diary, ...ivoDuties(facts)].map(({ hinders: _, ...duty }) => duty)
  const receipts = receiptDuties(facts)
  const first = receipts.filter((d) => d.step === 'acknowledge')
  return [
    ...first,
    ...handoverDuties(facts),
    ...diary,
    ...begunGroups(facts).flatMap((g) => groupDuties(facts, g)),
    ...lexSarahDuties(facts),
    ...lexMariaDuties(facts),
    ...ivoDuties(facts),
    ...measureDuties(facts),
    ...receipts.filter((d) => d.step !== 'acknowledge'),
    ...thanks(facts),
  ]
}

/** The codes that hinder closing, each once. */
export const hindersClosing = (facts: CaseFacts): readonly Hindrance[] => [...new Set(openDuties(facts).flatMap((d) => (d.hinders ? [d.hinders] : [])))]

/** The next steps of a case, never empty: a case without open duties waits to be closed; a closed one that owes nothing for nothing. */
export const nextSteps = (facts: CaseFacts): readonly Duty[] => {
  const duties = openDuties(facts)
  if (facts.closed || facts.noCase) return duties.length > 0 ? duties : [{ step: 'none', responsible: facts.responsible }]
  const closing: Duty[] = duties.some((d) => d.hinders) ? [] : [{ step: 'close', responsible: follower(facts) }]
  // The investigation goes to IVO once it is complete; what can be done now comes before.
  const later = duties.filter((d) => d.step === 'send-ivo-investigation')
  const seen = new Set<string>()
  return [...duties.filter((d) => !later.includes(d)), ...closing, ...later].filter((d) => {
    const key = `${d.step}/${d.responsible.role}/${d.responsible.unit}/${d.subject ?? ''}`
    return !seen.has(key) && seen.add(key)
  })
}

/** The outcome that closing must name: the first that applies (case format §4). */
export const closingOutcome = (facts: CaseFacts): ClosingOutcome => {
  const outcomes = groupsOf(facts).map((g) => outcomeOf(facts, g))
  if (isMisconduct(facts)) return 'misconduct'
  if (isCareInjury(facts)) return 'care-injury'
  if (outcomes.includes('deviation')) return 'deviation'
  if (outcomes.includes('risk-of-deviation')) return 'risk'
  if (outcomes.some((o) => o !== undefined)) return 'not-a-deviation'
  return unassessedOutcome[facts.reportedType]
}
/** Of a case that nobody here assessed: a view, praise, or what an external party received. */
const unassessedOutcome = { risk: 'risk', deviation: 'deviation', misconduct: 'deviation', complaint: 'view', suggestion: 'view', praise: 'praise' } as const

/** Where a case stands, for people: derived from its facts. */
export const phaseOf = (facts: CaseFacts): Phase => {
  if (facts.noCase) return 'no-case'
  if (facts.closed) return 'closed'
  if (escalationStands(facts)) return 'lex-sarah'
  const duties = openDuties(facts)
  const codes = new Set(duties.map((d) => d.hinders))
  const has = (...wanted: Hindrance[]): boolean => wanted.some((code) => codes.has(code))
  const begun = groups.some((g) => facts.groups[g]?.assessment ?? facts.groups[g]?.investigation) || facts.everEscalated || facts.lexMaria.step !== 'none' || facts.handedOut
  const untouched = !begun && (!isView(facts) || (!facts.acknowledged && !isUnanswerable(facts) && facts.reportedType !== 'praise'))
  if (untouched) return 'reported'
  // A complaint that is being looked into has its answer before it.
  if (has('investigation-required', 'investigation-not-completed') || (isView(facts) && has('answer-missing') && !has('not-scored'))) return 'investigating'
  if (has('not-assessed', 'not-scored', 'suspicion-unresolved', 'care-injury-unresolved', 'lex-maria-undecided')) return 'assessing'
  if (duties.some((d) => d.hinders && d.subject === 'lex-sarah')) return 'lex-sarah'
  if (has('measures-undecided', 'measure-undecided', 'measure-not-completed', 'effect-criterion-missing')) return 'measures'
  if (has('effect-not-checked')) return 'following-up'
  return 'closing'
}
