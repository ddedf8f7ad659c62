import type { AssessmentOutcome, Role } from '#events/codes'
import type { NewDeviationEvent } from '#events/deviation'
import type { CommandOf, DeviationCommand, Intent, Report } from '#libs/deviation/commands'
import { decidesLevel } from '#libs/deviation/rights'
import type { ReasonCode } from '#libs/deviation/reasons'
import {
  closingOutcome,
  escalationStands,
  groupsOf,
  hindersClosing,
  isMisconduct,
  mustNotify,
  outcomeOf,
  suspicionStands,
} from '#libs/duties/duties'
import type { CaseFacts, Measure, Seat } from '#libs/duties/facts'
import { stockholmDay } from '#libs/kernel/calendar'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Decision } from '#libs/kernel/transact'
import { holds, holders, privateProviderOf, rootOf, seat, unit } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { legalBasesOn, riskOf, type Policy } from '#libs/policy/policy'

/** Everything that a decision needs beside the facts, as values. */
export interface DecisionContext {
  readonly now: string
  /** The capacity (role of the rights table) in which the sender acts, the role that she holds, and her staff number. */
  readonly acting: { readonly capacity: Role; readonly role: Role; readonly staff: string }
  readonly policy: Policy
  readonly organisation: Organisation
  readonly isReporter: (staff: string) => boolean
  /** Facts of the case that `duplicateOf` names, when the sender may read it. */
  readonly original?: CaseFacts | undefined
  /** Staff number of the login that `appoint-investigator` names. */
  readonly subject?: string | undefined
}
type Case = (facts: CaseFacts, context: DecisionContext) => Decision<NewDeviationEvent>

const events = (...list: NewDeviationEvent[]): Decision<NewDeviationEvent> => ({ kind: 'events', events: list })
const invalid = (...faults: FieldFault[]): Decision<NewDeviationEvent> => ({ kind: 'invalid', faults })
/** Refused with all reasons that apply, or decided when there is none. */
const unless = (reasons: readonly (ReasonCode | false | undefined)[], decided: () => NewDeviationEvent[]): Decision<NewDeviationEvent> => {
  const codes = [...new Set(reasons.filter((r) => r !== false && r !== undefined))]
  return codes.length > 0 ? { kind: 'refused', reasons: codes.map((code) => ({ code })) } : events(...decided())
}

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

const caseFor = (command: Exclude<DeviationCommand, Report>): Case => {
  switch (command.intent) {
    case 'supplement':
      return () => events({ type: 'report-supplemented', data: { text: command.text } })
    case 'acknowledge':
      return acknowledge(command)
    case 'request-diary-number':
      return (facts) =>
        unless([facts.diary === 'requested' && 'diary-number-requested-already', facts.diary === 'assigned' && 'diary-number-assigned-already'], () => [
          { type: 'diary-number-requested', data: {} },
        ])
    case 'assign-diary-number':
      return (facts) =>
        unless([facts.diary === 'assigned' && 'diary-number-assigned-already'], () => [
          { type: 'diary-number-assigned', data: { diaryNumber: command.diaryNumber, publicTitle: command.publicTitle } },
        ])
    case 'send-to-registrar':
      return (facts) =>
        unless([facts.sentToRegistrar && 'sent-to-registrar-already'], () => [{ type: 'documentation-sent-to-registrar', data: { documents: command.documents } }])
    case 'add-note':
      return () => events({ type: 'note-added', data: { text: command.text, source: command.source, kind: command.kind } })
    case 'move':
      return move(command)
    case 'record-no-case':
      return recordNoCase(command)
    case 'assess':
      return assess(command)
    case 'score-risk':
      return scoreRisk(command)
    case 'open-investigation':
      return openInvestigation(command)
    case 'complete-investigation':
      return completeInvestigation(command)
    case 'reopen-investigation':
      return reopenInvestigation(command)
    case 'escalate-to-lex-sarah':
      return escalate(command)
    case 'inform-authority':
      return (facts) =>
        unless(
          [
            facts.privateProvider === undefined && 'not-a-private-provider',
            !facts.everEscalated && 'lex-sarah-not-escalated',
            facts.authorityInformed && 'authority-informed-already',
          ],
          () => [{ type: 'authority-informed-by-provider', data: { informedAt: command.informedAt, how: command.how } }],
        )
    case 'take-over-lex-sarah':
      return (facts, context) =>
        unless(
          [
            facts.lexSarah.step === 'taken-over' && 'lex-sarah-taken-over-already',
            facts.lexSarah.step !== 'taken-over' && facts.lexSarah.step !== 'escalated' && 'lex-sarah-not-escalated',
          ],
          () => [{ type: 'lex-sarah-taken-over', data: {} }, assigned(officerSeat(facts.unit, context), 'take-over')],
        )
    case 'decline-lex-sarah':
      return (facts) =>
        unless([!escalationStands(facts) && 'lex-sarah-not-escalated'], () => [
          { type: 'lex-sarah-declined', data: { motivation: command.motivation } },
          assigned(facts.manager, 'decline'),
        ])
    case 'appoint-investigator':
      return (facts, { organisation, subject, now }) =>
        unless(
          [
            ...takenOver(facts),
            (subject === undefined || !holds(organisation, subject, 'lex-sarah-investigator', facts.unit, now)) && 'not-an-investigator',
          ],
          () => (subject === undefined ? [] : [{ type: 'lex-sarah-investigator-appointed', data: { staff: subject } }]),
        )
    case 'propose-degree':
      return (facts) =>
        unless([...takenOver(facts), facts.lexSarah.step === 'taken-over' && facts.lexSarah.investigation !== 'completed' && 'investigation-not-completed'], () => [
          { type: 'lex-sarah-degree-proposed', data: { degree: command.degree, motivation: command.motivation } },
        ])
    case 'decide-degree':
      return decideDegree(command)
    case 'decide-ivo-notification':
      return decideIvo(command)
    case 'record-ivo-sent':
      return (facts) => {
        const ivo = facts.ivo[command.law]
        return unless([!ivo?.notify && 'ivo-not-decided', ivo?.sent && 'ivo-sent-already'], () => [
          {
            type: 'ivo-notification-sent',
            data: { law: command.law, channel: command.channel, sentAt: command.sentAt, diaryNumber: command.diaryNumber, packageSha256: command.packageSha256 },
          },
        ])
      }
    case 'record-ivo-receipt':
      return (facts) => {
        const ivo = facts.ivo[command.law]
        return unless([!ivo?.sent && 'ivo-not-sent', ivo?.receipt && 'ivo-receipt-already'], () => [
          { type: 'ivo-receipt-recorded', data: { law: command.law, ivoCaseNumber: command.ivoCaseNumber, receivedAt: command.receivedAt } },
        ])
      }
    case 'propose-measure':
      return proposeMeasure(command)
    case 'set-effect-criterion':
      return (facts) =>
        onMeasure(facts, command.measureId, (m) => [m.state !== 'proposed' && m.state !== 'approved' && 'measure-ended'], () => [criterion(command.measureId, command)])
    case 'decide-measures':
      return decideMeasures(command)
    case 'decide-no-measures':
      return (facts) =>
        unless(
          [
            facts.measures.some((m) => m.state === 'proposed') && 'measure-undecided',
            facts.measures.some((m) => m.state === 'approved') && 'measure-not-completed',
            facts.measures.some((m) => m.state === 'completed') && 'effect-not-checked',
          ],
          () => [{ type: 'no-measures-decided', data: { motivation: command.motivation } }],
        )
    case 'cancel-measure':
      return (facts) =>
        onMeasure(facts, command.measureId, (m) => [m.state !== 'proposed' && m.state !== 'approved' && 'measure-ended'], () => [
          { type: 'measure-cancelled', data: { measureId: command.measureId, motivation: command.motivation } },
        ])
    case 'complete-measure':
      return (facts) =>
        onMeasure(
          facts,
          command.measureId,
          (m) => [
            m.state === 'proposed' && 'measure-undecided',
            (m.state === 'rejected' || m.state === 'cancelled' || m.state === 'approved-in-part') && 'measure-not-approved',
            (m.state === 'completed' || m.state === 'checked') && 'measure-ended',
            (m.state === 'proposed' || m.state === 'approved') && !m.criterion && 'effect-criterion-missing',
          ],
          () => [{ type: 'measure-completed', data: { measureId: command.measureId, completedAt: command.completedAt } }],
        )
    case 'check-effect':
      return checkEffect(command)
    case 'give-feedback':
      return (facts) =>
        unless([command.measures?.some(({ measureId }) => !facts.measures.some((m) => m.id === measureId)) && 'measure-unknown'], () => [
          { type: 'feedback-given', data: { to: command.to, how: command.how, content: command.content, measures: command.measures } },
        ])
    case 'waive-feedback':
      return (facts) =>
        unless(
          [facts.feedbackGiven.includes(command.to) && 'feedback-given-already', facts.feedbackWaived.includes(command.to) && 'feedback-waived-already'],
          () => [{ type: 'feedback-waived', data: { to: command.to, reason: command.reason } }],
        )
    case 'close':
      return (facts, { acting }) => {
        const hindrances = hindersClosing(facts)
        return unless(
          [
            ...hindrances,
            isMisconduct(facts) && acting.capacity !== 'lex-sarah-officer' && 'only-officer-closes',
            hindrances.length === 0 && command.outcome !== closingOutcome(facts) && 'outcome-disagrees',
          ],
          () => [{ type: 'deviation-closed', data: { outcome: command.outcome, motivation: command.motivation } }],
        )
      }
    case 'reopen':
      return (facts, { acting }) =>
        unless([!facts.closed && !facts.noCase && 'not-closed', isMisconduct(facts) && acting.capacity !== 'lex-sarah-officer' && 'only-officer-closes'], () => [
          { type: 'deviation-reopened', data: { reason: command.reason } },
        ])
  }
}

const assigned = (to: Seat, because: 'report' | 'move' | 'escalation' | 'take-over' | 'decline' | 'decision'): NewDeviationEvent => ({
  type: 'responsibility-assigned',
  data: { role: to.role, unit: to.unit, because },
})
const officerSeat = (at: string, { organisation, now }: Pick<DecisionContext, 'organisation' | 'now'>): Seat => ({
  role: 'lex-sarah-officer',
  unit: seat(organisation, 'lex-sarah-officer', at, now),
})

/**
 * Who answers for a case at a unit: its manager, or, where the report concerns the manager, the next level up that somebody else holds (the
 * decision-maker of the tree when nobody does).
 */
const managerSeat = (at: string, reportedUnit: string, concernsManager: boolean, { organisation, now }: Pick<DecisionContext, 'organisation' | 'now'>): Seat => {
  const free = (role: Role): boolean =>
    holders(organisation, role, at, now).some((g) => !concernsManager || !holds(organisation, g.staff, 'unit-manager', reportedUnit, now))
  if (!concernsManager || (at !== reportedUnit && free('unit-manager'))) return { role: 'unit-manager', unit: at }
  const above: readonly Role[] = ['area-manager', 'director']
  const role = above.find(free) ?? 'decision-maker'
  return { role, unit: seat(organisation, role, at, now) }
}

const takenOver = (facts: CaseFacts): readonly (ReasonCode | false)[] => [
  facts.lexSarah.step === 'escalated' && 'lex-sarah-not-taken-over',
  facts.lexSarah.step !== 'escalated' && facts.lexSarah.step !== 'taken-over' && 'lex-sarah-not-escalated',
]

const acknowledge =
  (command: CommandOf<'acknowledge'>): Case =>
  (facts, { now }) =>
    unless([facts.acknowledged && 'acknowledged-already'], () => [
      { type: 'receipt-acknowledged', data: { to: command.to, how: command.how, diaryNumber: command.diaryNumber, at: now } },
    ])

const move =
  (command: CommandOf<'move'>): Case =>
  (facts, context) => {
    const { organisation } = context
    if (!unit(organisation, command.toUnit)) return invalid({ pointer: '/toUnit', code: 'unit-unknown' })
    return unless(
      [command.toUnit === facts.unit && 'unit-unchanged', rootOf(organisation, command.toUnit) !== rootOf(organisation, facts.unit) && 'other-provider'],
      () => [
        { type: 'case-moved', data: { fromUnit: facts.unit, toUnit: command.toUnit, reason: command.reason } },
        assigned(managerSeat(command.toUnit, facts.reportedUnit, facts.concernsManager, context), 'move'),
        ...(escalationStands(facts) ? [assigned(officerSeat(command.toUnit, context), 'move')] : []),
      ],
    )
  }

/**
 * "No case" buries no misconduct: while a suspicion or an escalation stands only the officer may record it, as a duplicate of a case that was
 * itself escalated.
 */
const recordNoCase =
  (command: CommandOf<'record-no-case'>): Case =>
  (facts, { acting, original }) => {
    const isOfficer = acting.capacity === 'lex-sarah-officer'
    const duplicate = command.outcome === 'duplicate'
    if (isOfficer && !duplicate) return { kind: 'forbidden' }
    const stands = suspicionStands(facts) || escalationStands(facts)
    const reasons: (ReasonCode | false)[] = [
      stands && !isOfficer && suspicionStands(facts) && 'suspicion-unresolved',
      stands && !isOfficer && escalationStands(facts) && 'lex-sarah-undecided',
      isMisconduct(facts) && 'misconduct-decided',
    ]
    if (duplicate)
      reasons.push(
        command.duplicateOf === facts.id && 'duplicate-of-itself',
        command.duplicateOf !== facts.id && !original && 'duplicate-unknown',
        original?.noCase !== undefined && 'duplicate-of-no-case',
        original !== undefined && original.id !== facts.id && original.reportedAt >= facts.reportedAt && 'duplicate-not-earlier',
        stands && isOfficer && original !== undefined && !original.everEscalated && 'duplicate-not-escalated',
      )
    return unless(reasons, () => [
      {
        type: 'outcome-without-case-recorded',
        data: { outcome: command.outcome, duplicateOf: duplicate ? command.duplicateOf : undefined, motivation: command.motivation },
      },
    ])
  }

/** Least to most serious: going down asks for a motivation. */
const seriousness: Readonly<Record<AssessmentOutcome, number>> = {
  'not-a-deviation': 0,
  'risk-of-deviation': 1,
  deviation: 2,
  'suspected-care-injury': 3,
  'suspected-misconduct': 3,
}
const assess =
  (command: CommandOf<'assess'>): Case =>
  (facts, { policy, isReporter, acting }) => {
    const { group, outcome, category } = command
    if (!policy.vocabulary[group].includes(category)) return invalid({ pointer: '/category', code: 'category-unknown' })
    const before = outcomeOf(facts, group)
    return unless(
      [
        !groupsOf(facts).includes(group) && 'group-not-in-legal-areas',
        outcome === 'suspected-misconduct' && group !== 'social' && 'outcome-not-of-group',
        isReporter(acting.staff) && 'conflict-of-interest',
        group === 'social' && isMisconduct(facts) && 'misconduct-decided',
        before !== undefined && seriousness[outcome] < seriousness[before] && command.motivation === undefined && 'motivation-required',
      ],
      () => [
        {
          type: 'deviation-assessed',
          data: { group, outcome, category, routine: command.routine, consequence: command.consequence, motivation: command.motivation },
        },
      ],
    )
  }

const scoreRisk =
  (command: CommandOf<'score-risk'>): Case =>
  (facts, { policy }) => {
    const { group, severity, likelihood } = command
    return unless(
      [!groupsOf(facts).includes(group) && 'group-not-in-legal-areas', groupsOf(facts).includes(group) && outcomeOf(facts, group) === undefined && 'not-assessed'],
      () => [{ type: 'risk-scored', data: { group, severity, likelihood, ...riskOf(policy, severity, likelihood) } }],
    )
  }

const defaultGroup = (command: { readonly group?: 'social' | 'health' | undefined }, facts: CaseFacts) => command.group ?? groupsOf(facts)[0] ?? 'social'
const isView = (facts: CaseFacts): boolean => ['complaint', 'suggestion', 'praise'].includes(facts.reportedType)

const openInvestigation =
  (command: CommandOf<'open-investigation'>): Case =>
  (facts) => {
    const group = defaultGroup(command, facts)
    const opened = (): NewDeviationEvent[] => [{ type: 'investigation-opened', data: { group, kind: command.kind } }]
    if (command.kind === 'lex-sarah') {
      const track = facts.lexSarah.step === 'taken-over' ? facts.lexSarah : undefined
      return unless(
        [
          ...takenOver(facts),
          track && track.investigator === undefined && 'investigator-not-appointed',
          track?.investigation === 'open' && 'investigation-open-already',
          track?.investigation === 'completed' && 'investigation-locked',
        ],
        opened,
      )
    }
    const investigation = facts.groups[group]?.investigation
    return unless(
      [
        !groupsOf(facts).includes(group) && 'group-not-in-legal-areas',
        !isView(facts) && groupsOf(facts).includes(group) && outcomeOf(facts, group) === undefined && 'not-assessed',
        investigation?.state === 'open' && 'investigation-open-already',
        investigation?.state === 'completed' && 'investigation-locked',
      ],
      opened,
    )
  }

/** The investigation that a command means: the officer's while she has the case, else the group's. */
const investigationOf = (command: { readonly group?: 'social' | 'health' | undefined }, facts: CaseFacts) => {
  const group = defaultGroup(command, facts)
  if (group === 'social' && facts.lexSarah.step === 'taken-over') {
    const { investigation } = facts.lexSarah
    return { group, kind: 'lex-sarah' as const, state: investigation }
  }
  const investigation = facts.groups[group]?.investigation
  return { group, kind: investigation?.kind ?? ('standard' as const), state: investigation?.state }
}

const completeInvestigation =
  (command: CommandOf<'complete-investigation'>): Case =>
  (facts) => {
    const { group, kind, state } = investigationOf(command, facts)
    const { intent: _, group: __, ...content } = command
    return unless([state === undefined && 'investigation-required', state === 'completed' && 'investigation-locked'], () => [
      { type: 'investigation-completed', data: { ...content, group, kind } },
    ])
  }

const reopenInvestigation =
  (command: CommandOf<'reopen-investigation'>): Case =>
  (facts) => {
    const { group, kind, state } = investigationOf(command, facts)
    return unless([state !== 'completed' && 'investigation-not-completed'], () => [{ type: 'investigation-reopened', data: { group, kind, reason: command.reason } }])
  }

const escalate =
  (command: CommandOf<'escalate-to-lex-sarah'>): Case =>
  (facts, context) =>
    unless(
      [
        (escalationStands(facts) || isMisconduct(facts)) && 'lex-sarah-escalated-already',
        !groupsOf(facts).includes('social') && 'lex-sarah-needs-social-law',
      ],
      () => escalated(command.ground, facts.unit, legalBasesOn(context.policy, socialAreas(facts.legalAreas), stockholmDay(facts.receivedAt)), context),
    )
const socialAreas = (areas: CaseFacts['legalAreas']) => areas.filter((a) => a !== 'HSL')
const escalated = (ground: string, at: string, legalBases: ReturnType<typeof legalBasesOn>, context: Pick<DecisionContext, 'organisation' | 'now'>): NewDeviationEvent[] => [
  { type: 'lex-sarah-escalated', data: { ground, legalBases } },
  assigned(officerSeat(at, context), 'escalation'),
]

const decideDegree =
  (command: CommandOf<'decide-degree'>): Case =>
  (facts, { acting }) => {
    const track = facts.lexSarah.step === 'taken-over' ? facts.lexSarah : undefined
    return unless(
      [...takenOver(facts), track && !track.proposal && 'degree-not-proposed', track?.proposal?.by === acting.staff && 'decider-is-proposer'],
      () => [
        {
          type: 'lex-sarah-decided',
          data: {
            degree: command.degree,
            motivation: command.motivation,
            delegationReference: command.delegationReference,
            presenter: command.presenter,
            reportedToBoardOn: command.reportedToBoardOn,
          },
        },
        assigned(facts.manager, 'decision'),
      ],
    )
  }

const decideIvo =
  (command: CommandOf<'decide-ivo-notification'>): Case =>
  (facts) => {
    const { lexSarah } = facts
    const degree = lexSarah.step === 'decided' ? lexSarah.degree : undefined
    const nothingToNotify = !facts.everEscalated || (command.notify && (lexSarah.step === 'declined' || degree === 'none'))
    return unless(
      [
        nothingToNotify && 'lex-sarah-not-escalated',
        facts.ivo[command.law]?.sent && 'ivo-sent-already',
        !command.notify && degree !== undefined && mustNotify(degree) && 'degree-requires-notification',
      ],
      () => [{ type: 'ivo-notification-decided', data: { law: command.law, notify: command.notify, motivation: command.motivation } }],
    )
  }

const onMeasure = (
  facts: CaseFacts,
  measureId: string,
  reasons: (measure: Measure) => readonly (ReasonCode | false)[],
  decided: (measure: Measure) => NewDeviationEvent[],
): Decision<NewDeviationEvent> => {
  const measure = facts.measures.find((m) => m.id === measureId)
  return measure ? unless(reasons(measure), () => decided(measure)) : unless(['measure-unknown'], () => [])
}
const criterion = (measureId: string, effect: Pick<CommandOf<'set-effect-criterion'>, 'what' | 'direction' | 'lowestAcceptedResult' | 'checkOn'>): NewDeviationEvent => ({
  type: 'effect-criterion-set',
  data: {
    measureId,
    effect: { what: effect.what, direction: effect.direction, lowestAcceptedResult: effect.lowestAcceptedResult, checkOn: effect.checkOn },
  },
})

const proposeMeasure =
  (command: CommandOf<'propose-measure'>): Case =>
  (facts, { organisation }) => {
    if (!unit(organisation, command.responsibleUnit)) return invalid({ pointer: '/responsibleUnit', code: 'unit-unknown' })
    const measureId = command.measureId ?? `m${facts.measures.length + 1}`
    const replaced = facts.measures.find((m) => m.id === command.replaces)
    return unless(
      [
        facts.measures.some((m) => m.id === measureId) && 'measure-exists',
        command.replaces !== undefined && !replaced && 'measure-unknown',
        replaced?.replacedBy !== undefined && 'measure-replaced-already',
      ],
      () => [
        {
          type: 'measure-proposed',
          data: {
            measureId,
            type: command.type,
            level: command.level,
            timing: command.timing,
            description: command.description,
            goal: command.goal,
            responsible: { role: 'unit-manager', unit: command.responsibleUnit },
            plannedStart: command.plannedStart,
            plannedCompletion: command.plannedCompletion,
            routine: command.routine,
            replaces: command.replaces,
          },
        },
        ...(command.effect ? [criterion(measureId, command.effect)] : []),
      ],
    )
  }

const decideMeasures =
  (command: CommandOf<'decide-measures'>): Case =>
  (facts, { acting }) => {
    const named = command.decisions.map((d) => facts.measures.find((m) => m.id === d.measureId))
    if (named.some((m) => m && !decidesLevel(acting.capacity, m.level))) return { kind: 'forbidden' }
    return unless([named.includes(undefined) && 'measure-unknown', named.some((m) => m && m.state !== 'proposed') && 'measure-decided-already'], () => [
      { type: 'measures-decided', data: { decisions: command.decisions } },
    ])
  }

const checkEffect =
  (command: CommandOf<'check-effect'>): Case =>
  (facts) =>
    onMeasure(
      facts,
      command.measureId,
      (m) => [m.state === 'checked' && 'measure-ended', m.state !== 'completed' && m.state !== 'checked' && 'measure-not-completed'],
      (m) => {
        const limit = m.criterion?.lowestAcceptedResult ?? 0
        const accepted = m.criterion?.direction === 'down' ? command.result <= limit : command.result >= limit
        return [{ type: 'measure-effect-checked', data: { measureId: command.measureId, result: command.result, accepted, comment: command.comment } }]
      },
    )

/** Origins whose observation is a colleague's own; the others send something that staff typed in. */
const ownObservation: ReadonlySet<string> = new Set(['staff', 'contractor', 'own-review'])
/** Channels in which somebody types in what another said or wrote. */
const typedFor: ReadonlySet<string> = new Set(['phone', 'paper', 'conversation', 'e-mail', 'letter', 'contact-centre'])

/** Whose observation a report is, when a staff member's: not who typed it. */
const reporterOf = (command: Report, sender: string, onBehalfOf: string | undefined): string | undefined => {
  if (onBehalfOf !== undefined) return onBehalfOf
  if (command.anonymous) return sender
  if (!ownObservation.has(command.origin)) return undefined
  return typedFor.has(command.channel) && command.reporter?.name !== undefined ? undefined : sender
}

/** Decides a report: a new case, and for a report of misconduct its escalation in the same append, so that it cannot be buried. */
export const decideReport = (
  command: Report,
  context: Pick<DecisionContext, 'now' | 'policy' | 'organisation'> & { readonly sender: string; readonly onBehalfOf?: string | undefined; readonly mark: (staff: string) => string },
): Decision<NewDeviationEvent> => {
  const { organisation, now, policy } = context
  if (!unit(organisation, command.unit)) return invalid({ pointer: '/unit', code: 'unit-unknown' })
  if (command.onBehalfOf !== undefined && context.onBehalfOf === undefined) return invalid({ pointer: '/onBehalfOf', code: 'subject-unknown' })
  const reporter = reporterOf(command, context.sender, context.onBehalfOf)
  const receivedAt = command.receivedAt ?? now
  const concernsManager = command.concernsManager ?? false
  const anonymous = command.anonymous ?? false
  const bases = (areas: Report['legalAreas']) => legalBasesOn(policy, areas, stockholmDay(receivedAt))
  return events(
    {
      type: 'deviation-reported',
      data: {
        origin: command.origin,
        channel: command.channel,
        reportedType: command.reportedType,
        legalAreas: command.legalAreas,
        legalBases: bases(command.legalAreas),
        unit: command.unit,
        privateProvider: privateProviderOf(organisation, command.unit),
        occurredAt: command.occurredAt,
        occurredApproximately: command.occurredApproximately,
        discoveredAt: command.discoveredAt,
        receivedAt,
        receivedLateReason: command.receivedLateReason,
        concerns: command.concerns,
        individuals: (command.individuals ?? []).map((person, i) => ({
          ref: `p${i + 1}`,
          protectedIdentity: person.protectedIdentity ?? false,
          name: person.name,
          personalNumber: person.personalNumber,
        })),
        description: command.description,
        immediateMeasures: command.immediateMeasures,
        suggestedMeasures: command.suggestedMeasures,
        reporter: command.reporter,
        anonymous,
        reportedBy: anonymous ? undefined : reporter,
        reporterMark: reporter === undefined ? undefined : context.mark(reporter),
        wantsFeedback: command.wantsFeedback ?? false,
        concernsManager,
      },
    },
    assigned(managerSeat(command.unit, command.unit, concernsManager, context), 'report'),
    ...(command.reportedType === 'misconduct'
      ? escalated(command.ground ?? command.description, command.unit, bases(socialAreas(command.legalAreas)), context)
      : []),
  )
}
