import fc from 'fast-check'
import { degrees, ivoLaws, measureLevels, reportedTypes, type IvoLaw } from '#events/codes'
import { addDays } from '#libs/calendar/days'
import { isRunning } from '#libs/deadlines/state'
import type { CaseCommand, Report } from '#libs/deviation/commands'
import * as acts from '#libs/deviation/testing/acts'
import { passing } from '#libs/deviation/testing/clock'
import { aReport, everyone, now, story, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, escalationStands, isCareInjury, nextSteps, type Duty } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'

const lawOf = (subject: string | undefined): IvoLaw => ivoLaws.find((law) => subject === law || subject?.startsWith(`${law}/`)) ?? 'lex-sarah'

/** What somebody would do to take a step. */
export const taking = (duty: Duty, s: Story): readonly CaseCommand[] => {
  const group = duty.subject === 'health' ? 'health' : 'social'
  const measureId = duty.subject ?? ''
  const law = lawOf(duty.subject)
  const { text, at, effect } = acts
  switch (duty.step) {
    case 'acknowledge':
      return [acts.acknowledge]
    case 'assign-diary-number':
      return [{ intent: 'assign-diary-number', diaryNumber: text, publicTitle: text }]
    case 'assess':
      return [acts.assess(group === 'health' && isCareInjury(s.facts) ? 'suspected-care-injury' : 'deviation', { group, motivation: text })]
    case 'score-risk':
      return [acts.score(3, 3, group)]
    case 'investigate':
      return [acts.openInvestigation(escalationStands(s.facts) && group === 'social' ? 'lex-sarah' : 'standard', group)]
    case 'complete-investigation':
      return [acts.investigation(group)]
    case 'escalate-or-clear':
      return group === 'health' ? [acts.refer] : [acts.escalate]
    case 'take-over-lex-sarah':
      return [acts.takeOver]
    case 'appoint-investigator':
      return ['investigator', 'second-investigator', 'care-investigator', 'private-investigator', 'deputy'].map(acts.appoint)
    case 'propose-degree':
      return [acts.degree('propose-degree', 'serious')]
    case 'decide-degree':
      return [acts.degree('decide-degree', 'serious')]
    case 'decide-ivo':
      return [acts.ivo(true, law)]
    case 'send-ivo':
      return [acts.sent(law)]
    case 'record-ivo-receipt':
      return [acts.receipt(law)]
    case 'send-ivo-investigation':
      return [acts.ivoInvestigation(law)]
    case 'answer-ivo':
      return [acts.ivoSupplement(law, Number(duty.subject?.split('/')[1]))]
    case 'decide-lex-maria':
      return [acts.decideLexMaria(true)]
    case 'inform-patient':
      return [acts.informPatient]
    case 'inform-authority':
      return [acts.informAuthority]
    case 'answer-handover':
      return [acts.acceptHandover]
    case 'propose-measures':
      return [acts.noMeasures, acts.propose(`m${s.facts.measures.length + 1}`, { responsibleUnit: s.facts.unit, effect, replaces: duty.subject })]
    case 'decide-measures':
      return [acts.decideMeasure(measureId)]
    case 'complete-measures':
      return duty.hinders === 'effect-criterion-missing' ? [{ intent: 'set-effect-criterion', measureId, ...effect }] : [{ intent: 'complete-measure', measureId, completedAt: at }]
    case 'check-effect':
      return [acts.checkEffect(measureId, 100)]
    case 'give-feedback':
      return [acts.feedback(s.facts.reportedType === 'praise' ? 'staff-group' : 'reporter')]
    case 'answer-complaint':
      return [acts.feedback('complainant')]
    case 'send-to-registrar':
      return [acts.sendToRegistrar]
    case 'close':
      return [acts.close(closingOutcome(s.facts))]
    case 'none':
      return []
  }
}

const measureIds = ['m1', 'm2'] as const
const subjects = ['manager', 'area', 'director', 'officer', 'investigator', 'decider', 'medical', 'registrar', 'care-manager', 'care-officer', 'private-manager', 'private-officer'] as const
const units = ['barn', 'missbruk', 'boende', 'nattugglan-lss'] as const
const each = <T>(list: readonly T[], command: (item: T) => CaseCommand): CaseCommand[] => list.map(command)
const { text } = acts

/** Commands by theme; a theme comes as often as any other, whatever it holds, and those that few states take come more often. */
const themes: readonly (readonly [weight: number, commands: readonly CaseCommand[]])[] = [
  [3, each(['deviation', 'risk-of-deviation', 'not-a-deviation', 'suspected-misconduct'] as const, (outcome) => acts.assess(outcome, { motivation: text }))],
  [3, each(['deviation', 'risk-of-deviation', 'not-a-deviation', 'suspected-care-injury', 'suspected-care-injury'] as const, (outcome) => acts.assessHealth(outcome, { motivation: text }))],
  [2, [acts.score(1, 1), acts.score(4, 1), acts.score(3, 3, 'health'), acts.score(2, 4, 'health')]],
  [2, [acts.openInvestigation('simple'), acts.openInvestigation('event-analysis', 'health'), acts.openInvestigation('lex-sarah')]],
  [2, [acts.investigation(), acts.investigation('health')]],
  [3, each(['social', 'health'] as const, (group) => ({ intent: 'reopen-investigation', group, reason: text }))],
  [2, [acts.escalate, acts.takeOver, acts.takeOver, acts.appoint('investigator'), acts.appoint('second-investigator'), acts.appoint('care-investigator'), acts.appoint('private-investigator')]],
  [1, [acts.decline]],
  [2, degrees.flatMap((value) => [acts.degree('propose-degree', value), acts.degree('decide-degree', value)])],
  [2, [acts.refer, acts.refer, acts.decideLexMaria(true), acts.decideLexMaria(false), acts.informPatient, acts.waivePatient]],
  [2, ivoLaws.flatMap((law) => [acts.ivo(true, law), acts.ivo(false, law)])],
  [3, ivoLaws.flatMap((law) => [acts.sent(law), acts.sent(law), acts.receipt(law), acts.ivoInvestigation(law)])],
  [3, [acts.informAuthority, acts.informNamnden]],
  [
    2,
    measureLevels.flatMap((level) => [
      ...units.map((responsibleUnit) => acts.propose('m1', { level, responsibleUnit })),
      acts.propose('m2', { level, effect: acts.effect }),
      acts.propose('m3', { level, effect: acts.effect, replaces: 'm1' }),
    ]),
  ],
  [2, [...measureIds, 'm3'].flatMap((id) => [acts.decideMeasure(id), acts.decideMeasure(id, 'approved-in-part'), acts.decideMeasure(id, 'rejected')])],
  [3, measureIds.flatMap((measureId) => [{ intent: 'set-effect-criterion', measureId, ...acts.effect }, acts.completeMeasure(measureId), acts.checkEffect(measureId, 0), acts.checkEffect(measureId, 100)])],
  [2, [...each(measureIds, (measureId) => ({ intent: 'cancel-measure', measureId, motivation: text })), acts.noMeasures]],
  [1, [acts.feedback('reporter'), acts.feedback('complainant'), acts.feedback('staff-group'), acts.waiveFeedback('reporter'), acts.waiveFeedback('complainant')]],
  [1, [acts.acknowledge, { intent: 'request-diary-number' }, { intent: 'assign-diary-number', diaryNumber: text, publicTitle: text }, acts.sendToRegistrar]],
  [1, [acts.supplement, acts.note, acts.immediateAction]],
  [1, [acts.correctAreas('SoL'), acts.correctAreas('HSL'), acts.correctAreas('LSS', 'HSL')]],
  [2, each(units, acts.move)],
  [2, [...each(units, acts.offer), acts.offerOutside]],
  [3, [acts.acceptHandover, acts.declineHandover, acts.withdrawHandover]],
  [2, each(subjects, acts.declareConflict)],
  [1, [acts.restrict()]],
  [2, [acts.liftRestriction]],
  [1, [acts.placeHold]],
  [3, [acts.liftHold]],
  [1, [acts.noCase('withdrawn'), acts.noCase('not-reportable'), acts.duplicate]],
  [1, each(['deviation', 'risk', 'not-a-deviation', 'misconduct', 'care-injury', 'view', 'praise'] as const, acts.close)],
  [2, [acts.reopen]],
]
/** What only fits what is there. */
const fitting = {
  'next step': (s: Story, n: number) => taking(chosen(nextSteps(s.facts), n) ?? { step: 'none', responsible: s.facts.responsible }, s)[0],
  'lift a conflict': (s: Story, n: number) => {
    const subject = chosen(s.facts.conflicts, n)
    return subject === undefined ? undefined : acts.liftConflict(subject)
  },
  'hear of IVO': (s: Story, n: number) => {
    const law = chosen(ivoLaws.filter((l) => s.facts.ivo[l]?.sent), n)
    return law && chosen([acts.ivoRequest(law), acts.ivoSupplement(law), acts.ivoExtension(law), acts.ivoRequest(law), acts.ivoExtension(law, 1), acts.ivoDecision(law), acts.ivoDecision(law)], n)
  },
  'give more time': (s: Story, n: number) => {
    const running = chosen(s.facts.deadlines.filter(isRunning), n)
    return running && acts.extend(running.id, addDays(running.due, 30))
  },
}
const isFitting = (name: string): name is keyof typeof fitting => name in fitting
const chosen = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length]
/** What happens without anybody's command: the clock speaks, mail goes out or does not arrive. */
const machines = {
  'time passes': (s: Story, n: number) => passing(s, n % 3 === 0 ? 0 : n * 3_600_000),
  'an alarm is mailed': (s: Story, n: number) => mailed(s, n),
}
const mailed = (s: Story, n: number): Story => {
  const alarm = s.events.findLast((e) => e.type === 'deadline-missed')
  if (!alarm) return s
  const { deadline } = alarm.data
  const mail = { alarm: alarm.id, to: 'manager', kind: 'digest', deadline } as const
  return s.told('clock', [n % 2 === 0 ? { type: 'alarm-mailed', data: mail } : { type: 'alarm-mail-abandoned', data: { ...mail, because: 'not-delivered' } }])
}
const isMachine = (name: string): name is keyof typeof machines => name in machines
/** What a machine makes of a case when it is its turn. */
export const byMachine = (s: Story, { command, from }: Act): Story | undefined => (typeof command === 'string' && isMachine(command) ? machines[command](s, from) : undefined)

/** A command, with the place in the line of people where the search for a sender begins, or a machine's turn. */
export interface Act {
  readonly command: CaseCommand | keyof typeof fitting | keyof typeof machines
  readonly from: number
}
const act: fc.Arbitrary<Act> = fc.record({
  command: fc.oneof(
    ...themes.map(([weight, commands]) => ({ weight, arbitrary: fc.constantFrom(...commands) })),
    { weight: 20, arbitrary: fc.constant('next step' as const) },
    { weight: 2, arbitrary: fc.constant('lift a conflict' as const) },
    { weight: 8, arbitrary: fc.constant('hear of IVO' as const) },
    { weight: 2, arbitrary: fc.constant('give more time' as const) },
    { weight: 8, arbitrary: fc.constant('time passes' as const) },
    { weight: 1, arbitrary: fc.constant('an alarm is mailed' as const) },
  ),
  from: fc.nat({ max: 40 }),
})
const report: fc.Arbitrary<Partial<Report>> = fc.record({
  reportedType: fc.constantFrom(...reportedTypes),
  legalAreas: fc.constantFrom(['SoL'] as const, ['LSS'] as const, ['SoL', 'HSL'] as const, ['LSS', 'HSL'] as const),
  unit: fc.constantFrom('barn', 'boende', 'nattugglan-lss'),
  origin: fc.constantFrom('staff', 'relative', 'external-review'),
  wantsFeedback: fc.boolean(),
  concernsManager: fc.boolean(),
  anonymous: fc.boolean(),
  receivedAt: fc.constantFrom(now, '2026-02-26T15:00:00.000Z'),
})
const reporters = ['worker', 'care-worker', 'manager', 'area', 'officer', 'medical', 'private-manager'] as const

/** How a case begins: reported by whom, as one event or as one of many. */
export interface Beginning {
  readonly report: Partial<Report>
  readonly batch: boolean
  readonly reporter: string
}
export const beginning: fc.Arbitrary<Beginning> = fc.record({ report, batch: fc.boolean(), reporter: fc.constantFrom(...reporters) })
export const begun = ({ report, batch, reporter }: Beginning): Story =>
  story(reporter, batch && report.reportedType !== 'misconduct' ? { ...acts.aBatch, ...report, intent: 'report-batch' } : { ...aReport, ...report })
/** Acts that may follow on each other. */
export const path: fc.Arbitrary<readonly Act[]> = fc.array(act, { maxLength: 60, size: 'max' })

/** An earlier case that was itself escalated: of which another may be a duplicate. */
export const original: CaseFacts = { ...story('worker', { reportedType: 'misconduct' }).facts, id: 'earlier', reportedAt: '2026-03-01T09:00:00.000Z' }

/** What an act comes to: the command that is tried, and who is the first in line that may send it. */
export const tried = (s: Story, { command: wanted, from }: Act): { readonly command: CaseCommand; readonly first: string; readonly who: string | undefined } | undefined => {
  const command = typeof wanted !== 'string' ? wanted : isFitting(wanted) ? fitting[wanted](s, from) : undefined
  const line = [...everyone.slice(from % everyone.length), ...everyone.slice(0, from % everyone.length)]
  return command && { command, first: line[0] ?? '', who: line.find((person) => s.when(person, command, { original }).kind === 'events') }
}
