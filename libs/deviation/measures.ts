import type { NewDeviationEvent } from '#events/deviation'
import type { CommandOf } from '#libs/deviation/commands'
import { invalid, unless, type Case } from '#libs/deviation/decision'
import type { ReasonCode } from '#libs/deviation/reasons'
import { decidesLevel } from '#libs/deviation/rights'
import type { CaseFacts, Measure } from '#libs/duties/facts'
import type { Decision } from '#libs/kernel/transact'
import { unitFault } from '#libs/organisation/holders'

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

/** Åtgärdsförslag, with its effect criterion when that is known. */
export const proposeMeasure =
  (command: CommandOf<'propose-measure'>): Case =>
  (facts, { organisation, routineId }) => {
    const fault = unitFault(organisation, command.responsibleUnit)
    if (fault) return invalid({ pointer: '/responsibleUnit', code: fault })
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
            routine: routineId === undefined ? command.routine : undefined,
            routineId,
            replaces: command.replaces,
          },
        },
        ...(command.effect ? [criterion(measureId, command.effect)] : []),
      ],
    )
  }

/** Effektmått: what should change and the lowest accepted result, set before completion. */
export const setEffectCriterion =
  (command: CommandOf<'set-effect-criterion'>): Case =>
  (facts) =>
    onMeasure(facts, command.measureId, (m) => [m.state !== 'proposed' && m.state !== 'approved' && 'measure-ended'], () => [criterion(command.measureId, command)])

/** Beslut om åtgärder, each at its level. */
export const decideMeasures =
  (command: CommandOf<'decide-measures'>): Case =>
  (facts, { acting }) => {
    const named = command.decisions.map((d) => facts.measures.find((m) => m.id === d.measureId))
    if (named.some((m) => m && !decidesLevel(acting.capacity, m.level))) return { kind: 'forbidden' }
    return unless([named.includes(undefined) && 'measure-unknown', named.some((m) => m && m.state !== 'proposed') && 'measure-decided-already'], () => [
      { type: 'measures-decided', data: { decisions: command.decisions } },
    ])
  }

/** Beslut att inga åtgärder behövs, when none is under way. */
export const decideNoMeasures =
  (command: CommandOf<'decide-no-measures'>): Case =>
  (facts) =>
    unless(
      [
        facts.measures.some((m) => m.state === 'proposed') && 'measure-undecided',
        facts.measures.some((m) => m.state === 'approved') && 'measure-not-completed',
        facts.measures.some((m) => m.state === 'completed') && 'effect-not-checked',
      ],
      () => [{ type: 'no-measures-decided', data: { motivation: command.motivation } }],
    )

/** Avbryta en åtgärd. */
export const cancelMeasure =
  (command: CommandOf<'cancel-measure'>): Case =>
  (facts) =>
    onMeasure(facts, command.measureId, (m) => [m.state !== 'proposed' && m.state !== 'approved' && 'measure-ended'], () => [
      { type: 'measure-cancelled', data: { measureId: command.measureId, motivation: command.motivation } },
    ])

/** Genomförd åtgärd: approved, and with a criterion to be checked against. */
export const completeMeasure =
  (command: CommandOf<'complete-measure'>): Case =>
  (facts) =>
    onMeasure(
      facts,
      command.measureId,
      (m) => [
        m.state === 'proposed' && 'measure-undecided',
        (m.state === 'rejected' || m.state === 'cancelled' || m.state === 'approved-in-part') && 'measure-not-approved',
        (m.state === 'completed' || m.state === 'checked') && 'measure-ended',
        (m.state === 'proposed' || m.state === 'approved') && !m.criterion && 'effect-criterion-missing',
      ],
      (m) => [{ type: 'measure-completed', data: { measureId: command.measureId, completedAt: command.completedAt, routineId: m.routineId } }],
    )

/** Uppföljning av effekt against the criterion (egenkontroll, R3). */
export const checkEffect =
  (command: CommandOf<'check-effect'>): Case =>
  (facts) =>
    onMeasure(
      facts,
      command.measureId,
      (m) => [m.state === 'checked' && 'measure-ended', m.state !== 'completed' && m.state !== 'checked' && 'measure-not-completed'],
      (m) => {
        const limit = m.criterion?.lowestAcceptedResult ?? 0
        const accepted = m.criterion?.direction === 'down' ? command.result <= limit : command.result >= limit
        return [{ type: 'measure-effect-checked', data: { measureId: command.measureId, result: command.result, accepted, comment: command.comment, routineId: m.routineId } }]
      },
    )
