import type { Role } from '#events/codes'
import { accessRestrictions } from '#events/codes'
import type { NewDeviationEvent } from '#events/deviation'
import type { CommandOf } from '#libs/deviation/commands'
import { assigned, invalid, managerSeat, unless, type Case, type DecisionContext } from '#libs/deviation/decision'
import { rolesAbove, standsIn } from '#libs/organisation/chain'
import { grantsOf, covers, holders } from '#libs/organisation/holders'
import type { CaseFacts } from '#libs/duties/facts'

/** Roles in which somebody handles a case, and may be in conflict in it. */
const handling: readonly Role[] = ['unit-manager', 'area-manager', 'director', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer', 'decision-maker', 'registrar']
const rolesIn = (facts: CaseFacts, staff: string, { organisation, now }: DecisionContext): readonly Role[] =>
  grantsOf(organisation, staff, now).flatMap((g) => (handling.includes(g.role) && covers(organisation, g, facts.unit) ? [g.role] : []))
/** Whether somebody stands above another in the case: what a superior says of her conflict counts. */
const isAbove = (facts: CaseFacts, staff: string, subject: string, context: DecisionContext): boolean => {
  const own = rolesIn(facts, staff, context)
  return staff !== subject && rolesIn(facts, subject, context).some((role) => rolesAbove(role).some((above) => own.includes(above)))
}
/** Whether somebody above the subject is left who is not in conflict herself, and so can lift it. */
const hasSomebodyAbove = (facts: CaseFacts, subject: string, { organisation, now }: DecisionContext, own: readonly Role[]): boolean =>
  own.some((role) => rolesAbove(role).some((above) => holders(organisation, above, facts.unit, now).some((g) => g.staff !== subject && !facts.conflicts.includes(g.staff))))

/** Whether somebody who is not in conflict is left in the line of managers, up to the decision-maker: somebody can always act. */
const somebodyManages = (facts: CaseFacts, subject: string, { organisation, now }: DecisionContext): boolean =>
  standsIn(organisation, 'unit-manager', facts.unit, now, (staff) => staff === subject || facts.conflicts.includes(staff)) !== undefined

/** The manager's seat of the case after a change of conflicts, where that moves the duty. */
const movedDuty = (facts: CaseFacts, conflicts: readonly string[], because: 'conflict' | 'conflict-lifted', context: DecisionContext): NewDeviationEvent[] => {
  if (facts.responsible.role === 'lex-sarah-officer') return []
  const to = managerSeat(facts.unit, { ...facts, conflicts }, context)
  return to.role === facts.responsible.role && to.unit === facts.responsible.unit ? [] : [assigned(to, because)]
}

/**
 * Anmäla jäv (FL 16-18 §§): of oneself, or by a superior or the officer. The next level up takes her place in the case. Refused where nobody
 * would be left above her: then the role must be given to another first, for somebody can always act.
 */
export const declareConflict =
  (command: CommandOf<'declare-conflict'>): Case =>
  (facts, context) => {
    const { subject, acting } = context
    if (subject === undefined) return invalid({ pointer: '/subject', code: 'subject-unknown' })
    if (subject !== acting.staff && acting.capacity !== 'lex-sarah-officer' && !isAbove(facts, acting.staff, subject, context)) return { kind: 'forbidden' }
    const own = rolesIn(facts, subject, context)
    return unless(
      [
        facts.conflicts.includes(subject) && 'conflict-declared-already',
        own.length === 0 && 'holds-no-role-here',
        own.length > 0 && !(hasSomebodyAbove(facts, subject, context, own) && somebodyManages(facts, subject, context)) && 'nobody-above',
      ],
      () => [
        { type: 'conflict-of-interest-declared', data: { staff: subject, reason: command.reason } },
        ...movedDuty(facts, [...facts.conflicts, subject], 'conflict', context),
      ],
    )
  }

/** Häva jäv, one level up. */
export const liftConflict =
  (command: CommandOf<'lift-conflict'>): Case =>
  (facts, context) => {
    const { subject, acting } = context
    if (subject === undefined) return invalid({ pointer: '/subject', code: 'subject-unknown' })
    if (!facts.conflicts.includes(subject)) return unless(['no-conflict'], () => [])
    const left = rolesIn(facts, subject, context).length === 0
    if (!left && !isAbove(facts, acting.staff, subject, context)) return { kind: 'forbidden' }
    return unless([], () => [
      { type: 'conflict-of-interest-lifted', data: { staff: subject, reason: command.reason } },
      ...movedDuty(facts, facts.conflicts.filter((staff) => staff !== subject), 'conflict-lifted', context),
    ])
  }

/** Begränsa åtkomst: only those who hold the case, the officers and the decision-maker read it. */
export const restrictAccess =
  (command: CommandOf<'restrict-access'>): Case =>
  (facts) =>
    unless([facts.restricted && 'access-restricted-already'], () => [
      {
        type: 'access-restricted',
        data: { because: accessRestrictions.find((code) => code === command.reason) ?? 'other', reason: command.reason, decisionReference: command.decisionReference },
      },
    ])
export const liftAccessRestriction =
  (command: CommandOf<'lift-access-restriction'>): Case =>
  (facts) =>
    unless([!facts.restricted && 'access-not-restricted'], () => [{ type: 'access-restriction-lifted', data: { reason: command.reason, decisionReference: command.decisionReference } }])

/** Gallringsstopp. */
export const placeLegalHold =
  (command: CommandOf<'place-legal-hold'>): Case =>
  (facts) =>
    unless([facts.legalHold && 'legal-hold-already'], () => [{ type: 'legal-hold-placed', data: { reason: command.reason, decisionReference: command.decisionReference } }])
export const liftLegalHold =
  (command: CommandOf<'lift-legal-hold'>): Case =>
  (facts) =>
    unless([!facts.legalHold && 'no-legal-hold'], () => [{ type: 'legal-hold-lifted', data: { reason: command.reason, decisionReference: command.decisionReference } }])
