import type { NewDeviationEvent } from '#events/deviation'
import * as assessment from '#libs/deviation/assessment'
import * as closing from '#libs/deviation/closing'
import type { DeviationCommand, Intent, Report } from '#libs/deviation/commands'
import type { Case, DecisionContext } from '#libs/deviation/decision'
import * as intake from '#libs/deviation/intake'
import * as lexSarah from '#libs/deviation/lex-sarah'
import * as measures from '#libs/deviation/measures'
import type { CaseFacts } from '#libs/duties/facts'
import type { Decision } from '#libs/kernel/transact'

/** What a closed case, or a report recorded as no case, still takes (case format §4). */
const afterClosing: ReadonlySet<Intent> = new Set<Intent>([
  'supplement',
  'add-note',
  'request-diary-number',
  'assign-diary-number',
  'give-feedback',
  'decide-ivo-notification',
  'record-ivo-sent',
  'record-ivo-receipt',
  'reopen',
])

/** Decides a command on an existing case whose sender may act. */
export const decideDeviation = (command: Exclude<DeviationCommand, Report>, facts: CaseFacts, context: DecisionContext): Decision<NewDeviationEvent> => {
  if (!afterClosing.has(command.intent)) {
    if (facts.closed) return { kind: 'refused', reasons: [{ code: 'closed' }] }
    if (facts.noCase) return { kind: 'refused', reasons: [{ code: 'no-case' }] }
  }
  return caseFor(command)(facts, context)
}

/** Where each command is decided: the rules of a theme stand together in its file. */
const caseFor = (command: Exclude<DeviationCommand, Report>): Case => {
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
      return lexSarah.decideIvo(command)
    case 'record-ivo-sent':
      return lexSarah.recordIvoSent(command)
    case 'record-ivo-receipt':
      return lexSarah.recordIvoReceipt(command)
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
  }
}
