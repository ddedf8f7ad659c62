import type { AssessmentOutcome } from '#events/codes'
import type { NewDeviationEvent } from '#events/deviation'
import type { CommandOf } from '#libs/deviation/commands'
import { events, invalid, unless, type Case } from '#libs/deviation/decision'
import { takenOver } from '#libs/deviation/lex-sarah'
import { groupsOf, isCareInjury, isMisconduct, isView, outcomeOf } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { isCategory, riskOf } from '#libs/policy/policy'

/** Least to most serious: going down asks for a motivation. */
const seriousness: Readonly<Record<AssessmentOutcome, number>> = {
  'not-a-deviation': 0,
  'risk-of-deviation': 1,
  deviation: 2,
  'suspected-care-injury': 3,
  'suspected-misconduct': 3,
}

/** Omedelbar åtgärd: what the situation requires at once (SoL 27 kap. 5 §). */
export const recordImmediateAction =
  (command: CommandOf<'record-immediate-action'>): Case =>
  () => events({ type: 'immediate-action-recorded', data: { text: command.text, takenAt: command.takenAt } })

/** Bedömning of one group. A later one is a new event; the reporter does not assess what she reported. */
export const assess =
  (command: CommandOf<'assess'>): Case =>
  (facts, { policy, isReporter, acting, routineId }) => {
    const { group, outcome, category } = command
    if (!isCategory(policy, group, category)) return invalid({ pointer: '/category', code: 'category-unknown' })
    const before = outcomeOf(facts, group)
    return unless(
      [
        !groupsOf(facts).includes(group) && 'group-not-in-legal-areas',
        outcome === 'suspected-misconduct' && group !== 'social' && 'outcome-not-of-group',
        outcome === 'suspected-care-injury' && group !== 'health' && 'outcome-not-of-group',
        isReporter(acting.staff) && 'conflict-of-interest',
        group === 'social' && isMisconduct(facts) && 'misconduct-decided',
        group === 'health' && outcome !== 'suspected-care-injury' && isCareInjury(facts) && 'lex-maria-decided-otherwise',
        before !== undefined && seriousness[outcome] < seriousness[before] && command.motivation === undefined && 'motivation-required',
      ],
      () => [
        {
          type: 'deviation-assessed',
          data: { group, outcome, category, routine: routineId === undefined ? command.routine : undefined, routineId, consequence: command.consequence, motivation: command.motivation },
        },
      ],
    )
  }

/** Riskvärdering: the score and what it triggers are written as they are under the policy of the day. */
export const scoreRisk =
  (command: CommandOf<'score-risk'>): Case =>
  (facts, { policy }) => {
    const { group, severity, likelihood } = command
    return unless(
      [!groupsOf(facts).includes(group) && 'group-not-in-legal-areas', groupsOf(facts).includes(group) && outcomeOf(facts, group) === undefined && 'not-assessed'],
      () => [{ type: 'risk-scored', data: { group, severity, likelihood, ...riskOf(policy, group, severity, likelihood) } }],
    )
  }

/** Inleda utredning; the lex Sarah investigation is the appointed investigator's. */
export const openInvestigation =
  (command: CommandOf<'open-investigation'>): Case =>
  (facts) => {
    // The lex Sarah investigation is the social side's, whatever the command says.
    const group = command.kind === 'lex-sarah' ? 'social' : (command.group ?? 'social')
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
  const group = command.group ?? 'social'
  if (group === 'social' && facts.lexSarah.step === 'taken-over') {
    const { investigation } = facts.lexSarah
    return { group, kind: 'lex-sarah' as const, state: investigation }
  }
  const investigation = facts.groups[group]?.investigation
  return { group, kind: investigation?.kind ?? ('standard' as const), state: investigation?.state }
}

/** Avsluta utredning: completed means locked. */
export const completeInvestigation =
  (command: CommandOf<'complete-investigation'>): Case =>
  (facts) => {
    const { group, kind, state } = investigationOf(command, facts)
    const { intent: _, group: __, ...content } = command
    return unless([state === undefined && 'investigation-required', state === 'completed' && 'investigation-locked'], () => [
      { type: 'investigation-completed', data: { ...content, group, kind } },
    ])
  }

/** Återuppta utredning: unlocks, and voids a proposal that is not decided. */
export const reopenInvestigation =
  (command: CommandOf<'reopen-investigation'>): Case =>
  (facts) => {
    const { group, kind, state } = investigationOf(command, facts)
    return unless([state !== 'completed' && 'investigation-not-completed'], () => [{ type: 'investigation-reopened', data: { group, kind, reason: command.reason } }])
  }
