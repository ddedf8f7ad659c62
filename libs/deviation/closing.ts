import type { CommandOf } from '#libs/deviation/commands'
import { unless, type Case } from '#libs/deviation/decision'
import { closingOutcome, hindersClosing, isMisconduct } from '#libs/duties/duties'

/** Återkoppling. */
export const giveFeedback =
  (command: CommandOf<'give-feedback'>): Case =>
  (facts) =>
    unless([command.measures?.some(({ measureId }) => !facts.measures.some((m) => m.id === measureId)) && 'measure-unknown'], () => [
      { type: 'feedback-given', data: { to: command.to, how: command.how, content: command.content, measures: command.measures } },
    ])

/** Avstå från återkoppling, with a reason. */
export const waiveFeedback =
  (command: CommandOf<'waive-feedback'>): Case =>
  (facts) =>
    unless(
      [facts.feedbackGiven.includes(command.to) && 'feedback-given-already', facts.feedbackWaived.includes(command.to) && 'feedback-waived-already'],
      () => [{ type: 'feedback-waived', data: { to: command.to, reason: command.reason } }],
    )

/** Avsluta: refused with everything that hinders it; a degree other than none is the officer's to close. */
export const close =
  (command: CommandOf<'close'>): Case =>
  (facts, { acting }) => {
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

/** Återöppna a closed case, or undo its outcome without case. */
export const reopen =
  (command: CommandOf<'reopen'>): Case =>
  (facts, { acting }) =>
    unless([!facts.closed && !facts.noCase && 'not-closed', isMisconduct(facts) && acting.capacity !== 'lex-sarah-officer' && 'only-officer-closes'], () => [
      { type: 'deviation-reopened', data: { reason: command.reason } },
    ])
