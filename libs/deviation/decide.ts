import type { NewDeviationEvent } from '#events/deviation'
import * as assessment from '#libs/deviation/assessment'
import * as closing from '#libs/deviation/closing'
import { extendDeadline, withDeadlines } from '#libs/deviation/deadlines'
import type { CaseCommand, Intent } from '#libs/deviation/commands'
import type { Case, DecisionContext } from '#libs/deviation/decision'
import * as handover from '#libs/deviation/handover'
import * as intake from '#libs/deviation/intake'
import * as ivo from '#libs/deviation/ivo'
import * as lexMaria from '#libs/deviation/lex-maria'
import * as lexSarah from '#libs/deviation/lex-sarah'
import * as measures from '#libs/deviation/measures'
import * as protection from '#libs/deviation/protection'
import { reassign } from '#libs/deviation/reassign'
import type { CaseFacts } from '#libs/duties/facts'
import type { Decision } from '#libs/kernel/transact'

/** What a closed case, or a report recorded as no case, still takes (case format §4). */
const afterClosing: ReadonlySet<Intent> = new Set<Intent>([
  'supplement',
  'add-note',
  'request-diary-number',
  'assign-diary-number',
  'give-feedback',
  'waive-feedback',
  'decide-ivo-notification',
  'record-ivo-sent',
  'record-ivo-receipt',
  'record-ivo-investigation-sent',
  'record-ivo-request',
  'record-ivo-supplement',
  'record-ivo-extension',
  'record-ivo-decision',
  'extend-deadline',
  'restrict-access',
  'lift-access-restriction',
  'place-legal-hold',
  'lift-legal-hold',
  'reopen',
])

/** Decides a command on an existing case whose sender may act, with what it does to the case's deadlines. */
export const decideDeviation = (command: CaseCommand, facts: CaseFacts, context: DecisionContext): Decision<NewDeviationEvent> => {
  const decision = decided(command, facts, context)
  return decision.kind === 'events' ? { kind: 'events', events: withDeadlines(facts, decision.events, { ...context, staff: context.acting.staff }) } : decision
}
const decided = (command: CaseCommand, facts: CaseFacts, context: DecisionContext): Decision<NewDeviationEvent> => {
  if (!afterClosing.has(command.intent)) {
    if (facts.closed) return { kind: 'refused', reasons: [{ code: 'closed' }] }
    if (facts.noCase) return { kind: 'refused', reasons: [{ code: 'no-case' }] }
  }
  return caseFor(command)(facts, context)
}

/** Where each command is decided: the rules of a theme stand together in its file. */
const caseFor = (command: CaseCommand): Case => {
  switch (command.intent) {
    case 'supplement':
      return intake.supplement(command)
    case 'acknowledge':
      return intake.acknowledge(command)
    case 'request-diary-number':
      return intake.requestDiaryNumber()
    case 'assign-diary-number':
      return intake.assignDiaryNumber(command)
    case 'send-to-registrar':
      return intake.sendToRegistrar(command)
    case 'add-note':
      return intake.addNote(command)
    case 'move':
      return intake.move(command)
    case 'correct-legal-areas':
      return intake.correctLegalAreas(command)
    case 'offer-handover':
      return handover.offer(command)
    case 'accept-handover':
      return handover.accept(command)
    case 'decline-handover':
      return handover.decline(command)
    case 'withdraw-handover':
      return handover.withdraw(command)
    case 'declare-conflict':
      return protection.declareConflict(command)
    case 'lift-conflict':
      return protection.liftConflict(command)
    case 'restrict-access':
      return protection.restrictAccess(command)
    case 'lift-access-restriction':
      return protection.liftAccessRestriction(command)
    case 'place-legal-hold':
      return protection.placeLegalHold(command)
    case 'lift-legal-hold':
      return protection.liftLegalHold(command)
    case 'record-immediate-action':
      return assessment.recordImmediateAction(command)
    case 'record-no-case':
      return intake.recordNoCase(command)
    case 'assess':
      return assessment.assess(command)
    case 'score-risk':
      return assessment.scoreRisk(command)
    case 'open-investigation':
      return assessment.openInvestigation(command)
    case 'complete-investigation':
      return assessment.completeInvestigation(command)
    case 'reopen-investigation':
      return assessment.reopenInvestigation(command)
    case 'escalate-to-lex-sarah':
      return lexSarah.escalate(command)
    case 'inform-authority':
      return lexSarah.informAuthority(command)
    case 'take-over-lex-sarah':
      return lexSarah.takeOver()
    case 'decline-lex-sarah':
      return lexSarah.decline(command)
    case 'appoint-investigator':
      return lexSarah.appointInvestigator()
    case 'propose-degree':
      return lexSarah.proposeDegree(command)
    case 'decide-degree':
      return lexSarah.decideDegree(command)
    case 'decide-ivo-notification':
      return ivo.decideIvo(command)
    case 'record-ivo-sent':
      return ivo.recordIvoSent(command)
    case 'record-ivo-receipt':
      return ivo.recordIvoReceipt(command)
    case 'record-ivo-investigation-sent':
      return ivo.recordInvestigationSent(command)
    case 'record-ivo-request':
      return ivo.recordRequest(command)
    case 'record-ivo-supplement':
      return ivo.recordSupplement(command)
    case 'record-ivo-extension':
      return ivo.recordExtension(command)
    case 'record-ivo-decision':
      return ivo.recordDecision(command)
    case 'refer-to-lex-maria':
      return lexMaria.refer(command)
    case 'decide-lex-maria':
      return lexMaria.decide(command)
    case 'inform-patient':
      return lexMaria.informPatient(command)
    case 'waive-patient-information':
      return lexMaria.waivePatientInformation(command)
    case 'propose-measure':
      return measures.proposeMeasure(command)
    case 'set-effect-criterion':
      return measures.setEffectCriterion(command)
    case 'decide-measures':
      return measures.decideMeasures(command)
    case 'decide-no-measures':
      return measures.decideNoMeasures(command)
    case 'cancel-measure':
      return measures.cancelMeasure(command)
    case 'complete-measure':
      return measures.completeMeasure(command)
    case 'check-effect':
      return measures.checkEffect(command)
    case 'give-feedback':
      return closing.giveFeedback(command)
    case 'waive-feedback':
      return closing.waiveFeedback(command)
    case 'close':
      return closing.close(command)
    case 'reopen':
      return closing.reopen(command)
    case 'extend-deadline':
      return extendDeadline(command)
    case 'reassign':
      return reassign(command)
  }
}
