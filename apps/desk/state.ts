import { groups, ivoLaws, type Group } from '#events/codes'
import { word, type Desk } from '#apps/desk/desk'
import { deskWords, measureStates } from '#libs/catalogue/desk'
import { labels } from '#libs/catalogue/labels'
import { deadlineName } from '#libs/catalogue/time'
import { statusOf } from '#libs/deadlines/state'
import type { PolicyWords } from '#libs/catalogue/policy'
import { caseReasons } from '#libs/catalogue/reasons'
import { phaseLabels, stepSentences } from '#libs/catalogue/steps'
import { hindersClosing, nextSteps, outcomeOf, phaseOf } from '#libs/duties/duties'
import type { CaseFacts, IvoNotification, Measure, Seat } from '#libs/duties/facts'
import type { Labels } from '#libs/kernel/event'

/**
 * The state of a case in words, one line for each thing known: what the case page shows, from the facts and without
 * personal data. Codes of the contract stand in brackets.
 */
export const stateLines = (desk: Desk, facts: CaseFacts, unitName: (unit: string) => string, wordsOf: (version: string) => PolicyWords): readonly string[] => {
  const { language } = desk
  const say = (label: Labels): string => label[language]
  const seat = ({ role, unit }: Seat): string => `${say(labels.roles[role])} ${word(desk, 'at')} ${unitName(unit)}`
  const lines: string[] = []
  const line = (name: keyof typeof deskWords, text: string): void => void lines.push(`  ${word(desk, name)}: ${text}`)

  line('phase', `${say(phaseLabels[phaseOf(facts)])} [${phaseOf(facts)}]`)
  line('unit', unitName(facts.unit))
  if (facts.reportedUnit !== facts.unit) line('reportedUnit', unitName(facts.reportedUnit))
  line('reportedType', say(labels.reportedTypes[facts.reportedType]))
  if (facts.batch) line('batch', word(desk, 'batchOf', { ...facts.batch, count: String(facts.batch.count) }))
  line('legalAreas', facts.legalAreas.join(', '))
  if (facts.reportedLegalAreas) line('reportedLegalAreas', facts.reportedLegalAreas.join(', '))
  line('responsible', seat(facts.responsible))
  const { handover } = facts
  if (handover) line('handover', `${word(desk, 'handoverPending', { id: handover.id })}, ${handover.toUnit === undefined ? word(desk, 'externalParty') : unitName(handover.toUnit)}`)
  else if (facts.handedOut) line('handover', word(desk, 'handedOut'))
  if (facts.conflicts.length > 0) line('conflicts', facts.conflicts.join(', '))
  if (facts.restricted) line('restricted', say(labels.accessRestrictions[facts.restricted]))
  if (facts.legalHold) line('legalHold', word(desk, 'inForce'))
  if (facts.immediateAction) line('immediateAction', word(desk, 'recorded'))
  for (const group of groups) lines.push(...groupLines(desk, facts, group, wordsOf))
  const { lexSarah } = facts
  if (lexSarah.step === 'decided') line('lexSarah', `${word(desk, 'decided')}, ${say(labels.degrees[lexSarah.degree])}`)
  else if (lexSarah.step === 'taken-over' && lexSarah.proposal) line('lexSarah', `${word(desk, 'proposed')}, ${say(labels.degrees[lexSarah.proposal.degree])}`)
  else if (lexSarah.step !== 'none') line('lexSarah', word(desk, lexSarah.step))
  const { lexMaria } = facts
  if (lexMaria.step === 'decided') line('lexMaria', `${word(desk, 'decided')}, ${word(desk, lexMaria.notify ? 'notify' : 'notNotify')}`)
  else if (lexMaria.step === 'referred') line('lexMaria', word(desk, 'referred'))
  if (facts.patient !== 'none') line('patient', word(desk, facts.patient === 'informed' ? 'informed' : 'notInformed'))
  for (const law of ivoLaws) {
    const ivo = facts.ivo[law]
    if (ivo) lines.push(`  ${word(desk, 'ivo')}, ${say(labels.ivoLaws[law])}: ${ivoWords(desk, ivo)}`)
  }
  for (const measure of facts.measures) line('measure', measureWords(desk, measure, seat(measure.responsible)))
  if (facts.noMeasures !== undefined) line('measure', word(desk, 'noMeasures'))
  for (const to of facts.feedbackGiven) line('feedback', `${say(labels.feedbackReceivers[to])}, ${word(desk, 'given')}`)
  for (const to of facts.feedbackWaived) line('feedback', `${say(labels.feedbackReceivers[to])}, ${word(desk, 'waived')}`)
  if (facts.closed) line('closed', say(labels.closingOutcomes[facts.closed.outcome]))
  if (facts.noCase) line('noCase', say(labels.noCaseOutcomes[facts.noCase.outcome]))
  for (const deadline of facts.deadlines) line('deadline', `${say(deadlineName(deadline.id))} [${deadline.id}], ${deadline.due}: ${word(desk, statusOf(deadline))}`)
  for (const code of hindersClosing(facts)) line('hinders', `${say(caseReasons[code])} [${code}]`)
  for (const { step, responsible, subject } of nextSteps(facts)) {
    const measure = facts.measures.some((m) => m.id === subject) ? ` ${subject},` : ''
    line('nextStep', step === 'none' ? say(stepSentences[step]) : `${say(stepSentences[step])} [${step}]${measure} ${seat(responsible)}`)
  }
  return lines
}

const ivoWords = (desk: Desk, { notify, sent, receipt, investigation, requests = [], decided }: IvoNotification): string =>
  [
    word(desk, notify ? 'notify' : 'notNotify'),
    ...(sent ? [word(desk, 'sent')] : []),
    ...(receipt ? [word(desk, 'receipt')] : []),
    ...(investigation ? [word(desk, investigation === 'sent' ? 'investigationSent' : 'investigationAttached')] : []),
    ...requests.map(({ request, due, answered }) => word(desk, answered ? 'supplementSent' : 'supplementDue', { request: String(request), due })),
    ...(decided ? [word(desk, 'ivoDecided')] : []),
  ].join(', ')

const groupLines = (desk: Desk, facts: CaseFacts, group: Group, wordsOf: (version: string) => PolicyWords): string[] => {
  const { language } = desk
  const track = facts.groups[group] ?? {}
  const outcome = outcomeOf(facts, group)
  const name = labels.groups[group][language]
  const lines: string[] = []
  if (outcome !== undefined) {
    const category = track.assessment ? `, ${wordsOf(track.assessment.vocabulary).category(group, track.assessment.category)[language]}` : ''
    lines.push(`  ${word(desk, 'assessment')}, ${name}: ${labels.assessmentOutcomes[outcome][language]}${category}`)
  }
  if (track.risk) {
    const { severity, likelihood, score, triggers } = track.risk
    lines.push(`  ${word(desk, 'risk')}, ${name}: ${severity} x ${likelihood} = ${score}. ${labels.riskTriggers[triggers][language]}`)
  }
  if (track.investigation) {
    const { kind, state } = track.investigation
    lines.push(`  ${word(desk, 'investigation')}, ${name}: ${labels.investigationKinds[kind][language]}, ${word(desk, state)}`)
  }
  return lines
}

const measureWords = (desk: Desk, { id, level, state, plannedCompletion, criterion, accepted, routineId }: Measure, responsible: string): string => {
  const { language } = desk
  const effect = criterion === undefined ? [] : [word(desk, 'checkOn', { day: criterion.checkOn })]
  const result = accepted === undefined ? [] : [word(desk, accepted ? 'accepted' : 'notAccepted')]
  const levelWords = `${word(desk, 'level')} ${labels.measureLevels[level][language]}`
  const routine = routineId === undefined ? [] : [word(desk, 'routine', { id: routineId })]
  const words = [measureStates[state][language], levelWords, responsible, word(desk, 'planned', { day: plannedCompletion }), ...routine, ...effect, ...result]
  return `${id} [personal data]: ${words.join(', ')}`
}
