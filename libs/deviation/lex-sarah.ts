import type { NewDeviationEvent } from '#events/deviation'
import { stockholmDay } from '#libs/calendar/days'
import type { CommandOf } from '#libs/deviation/commands'
import { assigned, invalid, managerSeat, officerSeat, unless, type Case, type DecisionContext } from '#libs/deviation/decision'
import type { ReasonCode } from '#libs/deviation/reasons'
import { escalationStands, groupsOf, isMisconduct } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { holds } from '#libs/organisation/holders'
import { legalBasesOn } from '#libs/policy/policy'

/** Reasons why a step that needs the officer's take-over cannot be taken yet. */
export const takenOver = (facts: CaseFacts): readonly (ReasonCode | false)[] => [
  facts.lexSarah.step === 'escalated' && 'lex-sarah-not-taken-over',
  facts.lexSarah.step !== 'escalated' && facts.lexSarah.step !== 'taken-over' && 'lex-sarah-not-escalated',
]

/** Lex Sarah covers SoL and LSS; HSL has lex Maria. */
export const socialAreas = (areas: CaseFacts['legalAreas']) => areas.filter((a) => a !== 'HSL')

/** What escalating writes: the ground with the sections in force, and the officer's responsibility. */
export const escalated = (ground: string, at: string, legalBases: ReturnType<typeof legalBasesOn>, context: Pick<DecisionContext, 'organisation' | 'now'>): NewDeviationEvent[] => [
  { type: 'lex-sarah-escalated', data: { ground, legalBases } },
  assigned(officerSeat(at, context), 'escalation'),
]

/** Lyfta som lex Sarah. Once done, by whomever, only the officer's decline or a decision ends it. */
export const escalate =
  (command: CommandOf<'escalate-to-lex-sarah'>): Case =>
  (facts, context) =>
    unless(
      [
        (escalationStands(facts) || isMisconduct(facts)) && 'lex-sarah-escalated-already',
        !groupsOf(facts).includes('social') && 'lex-sarah-needs-social-law',
      ],
      () => escalated(command.ground, facts.unit, legalBasesOn(context.policy, socialAreas(facts.legalAreas), stockholmDay(facts.receivedAt)), context),
    )

/** A private provider informs the nämnd of every lex Sarah report (SoL 27 kap. 4 §, LSS 24 d §). */
export const informAuthority =
  (command: CommandOf<'inform-authority'>): Case =>
  (facts, { organisation }) => {
    const authorities = organisation.units.values().filter((u) => u.kind === 'authority')
    const named = command.authority === undefined ? undefined : authorities.find((u) => u.id === command.authority)
    if (command.authority !== undefined && !named) return invalid({ pointer: '/authority', code: 'unit-unknown' })
    // Where there is only one nämnd nobody needs to say which.
    const authority = named ?? (authorities.length === 1 ? authorities[0] : undefined)
    return unless(
      [
        facts.privateProvider === undefined && 'not-a-private-provider',
        !facts.everEscalated && 'lex-sarah-not-escalated',
        facts.authorityInformed && 'authority-informed-already',
      ],
      () => [{ type: 'authority-informed-by-provider', data: { informedAt: command.informedAt, how: command.how, authority: authority?.id } }],
    )
  }

/** The officer takes the case over; from now on its manager sees number, phase and times only. */
export const takeOver =
  (): Case =>
  (facts, context) =>
    unless(
      [
        facts.lexSarah.step === 'taken-over' && 'lex-sarah-taken-over-already',
        facts.lexSarah.step !== 'taken-over' && facts.lexSarah.step !== 'escalated' && 'lex-sarah-not-escalated',
      ],
      () => [{ type: 'lex-sarah-taken-over', data: {} }, assigned(officerSeat(facts.unit, context), 'take-over')],
    )

/** Avvisa: the case returns as a deviation, the motivation stays. */
export const decline =
  (command: CommandOf<'decline-lex-sarah'>): Case =>
  (facts, context) =>
    unless([!escalationStands(facts) && 'lex-sarah-not-escalated'], () => [
      { type: 'lex-sarah-declined', data: { motivation: command.motivation } },
      assigned(managerSeat(facts.unit, facts, context), 'decline'),
    ])

/** Utse utredare: somebody who holds the role over the case's unit. */
export const appointInvestigator =
  (): Case =>
  (facts, { organisation, subject, now }) =>
    unless(
      [
        ...takenOver(facts),
        (subject === undefined || !holds(organisation, subject, 'lex-sarah-investigator', facts.unit, now)) && 'not-an-investigator',
        subject !== undefined && facts.conflicts.includes(subject) && 'conflict-of-interest',
      ],
      () => (subject === undefined ? [] : [{ type: 'lex-sarah-investigator-appointed', data: { staff: subject } }]),
    )

/** The investigator's proposal, on a completed investigation. */
export const proposeDegree =
  (command: CommandOf<'propose-degree'>): Case =>
  (facts) =>
    unless([...takenOver(facts), facts.lexSarah.step === 'taken-over' && facts.lexSarah.investigation !== 'completed' && 'investigation-not-completed'], () => [
      { type: 'lex-sarah-degree-proposed', data: { degree: command.degree, motivation: command.motivation } },
    ])

/** Beslut om grad, by another than the proposer; the case goes back to whom it belongs at its unit. */
export const decideDegree =
  (command: CommandOf<'decide-degree'>): Case =>
  (facts, context) => {
    const { acting } = context
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
        assigned(managerSeat(facts.unit, facts, context), 'decision'),
      ],
    )
  }
