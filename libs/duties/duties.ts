import { groups } from '#events/codes'
import type { AssessmentOutcome, ClosingOutcome, Group, Role } from '#events/codes'
import type { Hindrance, Phase, Step } from '#libs/duties/codes'
import type { CaseFacts, GroupTrack, Measure, Seat } from '#libs/duties/facts'

/** One open duty: what hinders closing, the step that removes it and the role that has to take it. */
export interface Duty {
  readonly step: Step
  /** Absent for a step that does not hinder closing. */
  readonly hinders?: Hindrance
  readonly responsible: Seat
  /** Measure or group that it is about. */
  readonly subject?: string
}

/** SoL and LSS share the social group, HSL has its own (law §7.2). */
export const groupsOf = (facts: Pick<CaseFacts, 'legalAreas'>): readonly Group[] =>
  groups.filter((g) => facts.legalAreas.some((area) => (area === 'HSL') === (g === 'health')))

/** Complaints, suggestions and praise (klagomål, synpunkter, beröm): answered rather than assessed, unless they show something. */
export const isView = (facts: CaseFacts): boolean => facts.reportedType === 'complaint' || facts.reportedType === 'suggestion' || facts.reportedType === 'praise'
const answered = (facts: CaseFacts, to: 'reporter' | 'complainant' | 'staff-group'): boolean => facts.feedbackGiven.includes(to) || facts.feedbackWaived.includes(to)

/**
 * The outcome that counts for a group. A declined suspicion, or degree `none`, counts as a deviation unless the group was assessed anew
 * after it (case format §4).
 */
export const outcomeOf = (facts: CaseFacts, group: Group): AssessmentOutcome | undefined => {
  const assessment = facts.groups[group]?.assessment
  const { lexSarah } = facts
  const settled = lexSarah.step === 'declined' || (lexSarah.step === 'decided' && lexSarah.degree === 'none') ? lexSarah.revision : undefined
  if (group === 'social' && settled !== undefined && (!assessment || assessment.revision < settled)) return 'deviation'
  return assessment?.outcome
}

/** Whether a suspicion of misconduct stands that nobody has escalated, declined or withdrawn. */
export const suspicionStands = (facts: CaseFacts): boolean =>
  outcomeOf(facts, 'social') === 'suspected-misconduct' && !escalationStands(facts) && !isMisconduct(facts)
/** Whether an escalation waits for the officer's decline or a decision. */
export const escalationStands = (facts: CaseFacts): boolean => facts.lexSarah.step === 'escalated' || facts.lexSarah.step === 'taken-over'
/** From take-over until decision or decline: the unit manager sees number, phase and times only. */
export const officerHasTheCase = (facts: CaseFacts): boolean => facts.lexSarah.step === 'taken-over'
/** A degree other than none: closed and reopened by the officer only. */
export const isMisconduct = (facts: CaseFacts): boolean => facts.lexSarah.step === 'decided' && facts.lexSarah.degree !== 'none'
/** Degrees that must be notified to IVO (SoL 27 kap. 6 §, LSS 24 f §). */
export const mustNotify = (degree: string): boolean => degree === 'serious' || degree === 'tangible-risk-of-serious'

const at = (facts: CaseFacts, role: Role): Seat => ({ role, unit: facts.unit })
const assessor = (facts: CaseFacts, group: Group): Seat => (group === 'health' ? at(facts, 'medical-officer') : facts.manager)
/** Who follows the case up; while the officer has it no manager can, so that the step is the officer's. */
const follower = (facts: CaseFacts): Seat => (isMisconduct(facts) || officerHasTheCase(facts) ? at(facts, 'lex-sarah-officer') : facts.manager)
/** Who decides a measure of a level: the unit's manager, the area's, or the decision-maker of the authority. */
const decides = (facts: CaseFacts, measure: Measure): Seat => {
  if (measure.level === 'authority') return at(facts, 'decision-maker')
  return measure.level === 'operation' && !officerHasTheCase(facts) ? at(facts, 'area-manager') : follower(facts)
}

/** Groups whose assessment closing waits for: all of the report's, or for complaints and views those that were begun. */
const begunGroups = (facts: CaseFacts): readonly Group[] =>
  groupsOf(facts).filter((g) => !isView(facts) || outcomeOf(facts, g) !== undefined || facts.groups[g]?.investigation?.state === 'open')

const groupDuties = (facts: CaseFacts, group: Group): Duty[] => {
  const track: GroupTrack = facts.groups[group] ?? {}
  const responsible = assessor(facts, group)
  const duty = (hinders: Hindrance, step: Step): Duty => ({ hinders, step, responsible, subject: group })
  const outcome = outcomeOf(facts, group)
  const open = track.investigation?.state === 'open'
  if (group === 'social' && suspicionStands(facts)) return [duty('suspicion-unresolved', 'escalate-or-clear')]
  if (group === 'social' && escalationStands(facts)) return []
  // A lex Sarah decision stands for assessment, score and investigation of the social group.
  if (group === 'social' && facts.lexSarah.step === 'decided') return open ? [duty('investigation-not-completed', 'complete-investigation')] : []
  if (outcome === undefined) return [isView(facts) ? duty('investigation-not-completed', 'complete-investigation') : duty('not-assessed', 'assess')]
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
    else if (lexSarah.investigator === undefined) undecided('appoint-investigator', 'lex-sarah-officer')
    else if (lexSarah.investigation === undefined) undecided('investigate', 'lex-sarah-investigator')
    else if (lexSarah.investigation === 'open') undecided('complete-investigation', 'lex-sarah-investigator')
    else undecided('propose-degree', 'lex-sarah-investigator')
  }
  if (facts.privateProvider !== undefined && facts.everEscalated && !facts.authorityInformed)
    found.push({ hinders: 'authority-not-informed', step: 'inform-authority', responsible: at(facts, 'lex-sarah-officer') })
  return [...found, ...ivoDuties(facts)]
}

/** The notification to IVO from decision to receipt; it goes on after the case is closed. */
const ivoDuties = (facts: CaseFacts): Duty[] => {
  const { lexSarah } = facts
  const found: Duty[] = []
  const ivo = facts.ivo['lex-sarah']
  const decisionHolds = ivo !== undefined && (ivo.notify || !(lexSarah.step === 'decided' && mustNotify(lexSarah.degree)))
  if (isMisconduct(facts) && !decisionHolds) found.push({ hinders: 'ivo-decision-missing', step: 'decide-ivo', responsible: at(facts, 'decision-maker') })
  if (ivo?.notify && !ivo.sent) found.push({ hinders: 'ivo-not-sent', step: 'send-ivo', responsible: at(facts, 'lex-sarah-officer') })
  if (ivo?.notify && ivo.sent && !ivo.receipt) found.push({ hinders: 'ivo-receipt-missing', step: 'record-ivo-receipt', responsible: at(facts, 'registrar') })
  return found
}

/** Whether the case asks for measures: some group ended otherwise than "not a deviation", or a lex Sarah decision was taken. */
const asksForMeasures = (facts: CaseFacts): boolean =>
  begunGroups(facts).some((g) => {
    const outcome = outcomeOf(facts, g)
    return outcome !== undefined && outcome !== 'not-a-deviation' && outcome !== 'suspected-misconduct'
  }) || isMisconduct(facts)

const measureDuties = (facts: CaseFacts): Duty[] => {
  const found: Duty[] = []
  for (const measure of facts.measures) {
    const carriesOut = officerHasTheCase(facts) ? follower(facts) : measure.responsible
    const duty = (hinders: Hindrance, step: Step, responsible: Seat): void => void found.push({ hinders, step, responsible, subject: measure.id })
    switch (measure.state) {
      case 'proposed':
        duty('measure-undecided', 'decide-measures', decides(facts, measure))
        break
      case 'approved':
        if (!measure.criterion) duty('effect-criterion-missing', 'complete-measures', carriesOut)
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

const live = (m: Measure): boolean => m.state === 'proposed' || m.state === 'approved' || m.state === 'completed' || m.state === 'checked'
/** Neither measures nor a decision to take none; or an effect that was not accepted and nothing decided after it. */
const measuresAreMissing = (facts: CaseFacts): boolean => {
  const failed = Math.max(-1, ...facts.measures.filter((m) => m.accepted === false).map((m) => m.checked ?? -1))
  const decidedAfter = (facts.noMeasures ?? -1) > failed || facts.measures.some((m) => m.proposed > failed && m.state !== 'rejected' && m.state !== 'cancelled')
  if (failed >= 0) return !decidedAfter
  return asksForMeasures(facts) && facts.noMeasures === undefined && !facts.measures.some((m) => live(m) || m.state === 'approved-in-part')
}

const receiptDuties = (facts: CaseFacts): Duty[] => {
  const found: Duty[] = []
  const duty = (hinders: Hindrance, step: Step): void => void found.push({ hinders, step, responsible: follower(facts) })
  if (facts.reportedType === 'complaint' || facts.reportedType === 'suggestion') {
    if (!facts.acknowledged) duty('acknowledgement-missing', 'acknowledge')
    if (!answered(facts, 'complainant')) duty('answer-missing', 'answer-complaint')
    if (!facts.sentToRegistrar) duty('not-sent-to-registrar', 'send-to-registrar')
  }
  if (facts.reportedType === 'praise' && !facts.feedbackGiven.includes('staff-group')) duty('feedback-missing', 'give-feedback')
  // The answer to a complaint is the feedback that its sender wanted.
  const heard = isView(facts) ? facts.reportedType === 'praise' || answered(facts, 'complainant') : false
  if (facts.wantsFeedback && !heard && !answered(facts, 'reporter')) duty('feedback-missing', 'give-feedback')
  return found
}

/**
 * The one pure function of open duties (case format §4): what hinders closing, with the next step and the responsible role. The close
 * command, the case page and the queue all use it. Nothing that hinders means that the case may be closed; what a closed case still owes (its
 * diary number, the notification to IVO) hinders nothing. In the order in which they are best done.
 */
export const openDuties = (facts: CaseFacts): readonly Duty[] => {
  if (facts.noCase) return []
  const diary: Duty[] = facts.diary === 'requested' ? [{ step: 'assign-diary-number', responsible: at(facts, 'registrar') }] : []
  if (facts.closed) return [...diary, ...ivoDuties(facts)].map(({ hinders: _, ...duty }) => duty)
  const receipts = receiptDuties(facts)
  const first = receipts.filter((d) => d.step === 'acknowledge')
  return [
    ...first,
    ...diary,
    ...begunGroups(facts).flatMap((g) => groupDuties(facts, g)),
    ...lexSarahDuties(facts),
    ...measureDuties(facts),
    ...receipts.filter((d) => d.step !== 'acknowledge'),
  ]
}

/** The codes that hinder closing, each once. */
export const hindersClosing = (facts: CaseFacts): readonly Hindrance[] => [...new Set(openDuties(facts).flatMap((d) => (d.hinders ? [d.hinders] : [])))]

/** The next steps of a case, never empty: a case without open duties waits to be closed; a closed one that owes nothing for nothing. */
export const nextSteps = (facts: CaseFacts): readonly Duty[] => {
  const duties = openDuties(facts)
  if (facts.closed || facts.noCase) return duties.length > 0 ? duties : [{ step: 'none', responsible: facts.responsible }]
  const closing: Duty[] = duties.some((d) => d.hinders) ? [] : [{ step: 'close', responsible: follower(facts) }]
  const seen = new Set<string>()
  return [...duties, ...closing].filter((d) => {
    const key = `${d.step}/${d.responsible.role}/${d.responsible.unit}/${d.subject ?? ''}`
    return !seen.has(key) && seen.add(key)
  })
}

/** The outcome that closing must name: the first that applies (case format §4). */
export const closingOutcome = (facts: CaseFacts): ClosingOutcome => {
  const outcomes = groupsOf(facts).map((g) => outcomeOf(facts, g))
  if (isMisconduct(facts)) return 'misconduct'
  if (outcomes.includes('deviation')) return 'deviation'
  if (outcomes.includes('risk-of-deviation')) return 'risk'
  if (outcomes.some((o) => o !== undefined)) return 'not-a-deviation'
  return facts.reportedType === 'praise' ? 'praise' : 'view'
}

/** Where a case stands, for people: derived from its facts. */
export const phaseOf = (facts: CaseFacts): Phase => {
  if (facts.noCase) return 'no-case'
  if (facts.closed) return 'closed'
  if (escalationStands(facts)) return 'lex-sarah'
  const codes = new Set(hindersClosing(facts))
  const has = (...wanted: Hindrance[]): boolean => wanted.some((code) => codes.has(code))
  const begun = groups.some((g) => facts.groups[g]?.assessment) || facts.everEscalated
  const untouched = isView(facts) ? !facts.acknowledged && facts.reportedType !== 'praise' : !begun
  if (untouched) return 'reported'
  // A complaint that is being looked into has its answer before it.
  if (has('investigation-required', 'investigation-not-completed') || (isView(facts) && has('answer-missing') && !has('not-scored'))) return 'investigating'
  if (has('not-assessed', 'not-scored', 'suspicion-unresolved')) return 'assessing'
  if (has('ivo-decision-missing', 'ivo-not-sent', 'ivo-receipt-missing')) return 'lex-sarah'
  if (has('measures-undecided', 'measure-undecided', 'measure-not-completed', 'effect-criterion-missing')) return 'measures'
  if (has('effect-not-checked')) return 'following-up'
  return 'closing'
}
