import type { PolicyParts } from '#events/policy'
import type { NewRoutineEvent } from '#events/routine'
import { type Day, addMonths, stockholmDay } from '#libs/calendar/days'
import type { CaseFacts } from '#libs/duties/facts'
import type { Decision } from '#libs/kernel/transact'
import { rootOf, unitFault } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import type { RoutineCommand, RoutineCommandOf } from '#libs/routines/commands'
import { routineDeadlines } from '#libs/routines/deadlines'
import type { RoutineReasonCode } from '#libs/routines/reasons'
import type { Routine, SelfCheckPlan } from '#libs/routines/state'

export interface RoutineContext {
  readonly now: string
  readonly organisation: Organisation
  /** Of the policy: version of the scales, and the score from which a risk analysis asks for measures. */
  readonly scaleVersion: string
  readonly measuresFromScore?: number
  readonly deadlines: PolicyParts['deadlines']
  /** Facts of the case that the command names, when the sender may read it. */
  readonly named?: CaseFacts | undefined
}
type Decided = Decision<NewRoutineEvent>

type Reasons = readonly (RoutineReasonCode | false | undefined)[]
const refused = (reasons: Reasons): Decided => ({ kind: 'refused', reasons: reasons.filter((r) => r !== false && r !== undefined).map((code) => ({ code })) })
/** Refused with all reasons that apply, or decided when there is none. */
const unless = (reasons: Reasons, decided: () => NewRoutineEvent): Decided => (reasons.some(Boolean) ? refused(reasons) : { kind: 'events', events: [decided()] })
const badOwner = (code: 'unit-unknown' | 'unit-ended'): Decided => ({ kind: 'invalid', faults: [{ pointer: '/ownerUnit', code }] })

/** Decides a command on a routine whose sender may act, with what it does to the routine's deadlines; without a routine it registers one. */
export const decideRoutine = (command: RoutineCommand, routine: Routine | undefined, context: RoutineContext): Decided => {
  if (command.intent === 'register-routine') return register(command, routine, context)
  if (!routine) return { kind: 'not-found' }
  const decision = act(command, routine, context)
  if (decision.kind !== 'events') return decision
  const rules = { rules: context.deadlines, now: context.now }
  return { kind: 'events', events: decision.events.flatMap((event) => [event, ...routineDeadlines(routine.deadlines, planned(routine, event, context.now), event, rules)]) }
}
/** The routine as an event leaves it, as far as its self-checks go. */
const planned = (routine: Routine, event: NewRoutineEvent, now: string): Pick<Routine, 'plan' | 'owner' | 'endedAt'> => {
  const { plan, owner } = routine
  if (event.type === 'self-check-planned') return { owner, plan: { ...event.data, plannedAt: now, nextDue: event.data.firstDue } }
  if (event.type === 'self-check-performed') {
    const { nextDue } = event.data
    return { owner, ...(plan && nextDue !== undefined ? { plan: { ...plan, nextDue } } : {}) }
  }
  if (event.type === 'routine-owner-changed') return { ...routine, owner: event.data.owner }
  return event.type === 'routine-ended' ? { ...routine, endedAt: now } : routine
}

const register = (command: RoutineCommandOf<'register-routine'>, routine: Routine | undefined, { organisation }: RoutineContext): Decided => {
  const { process, activity, name, ownerUnit } = command
  const fault = unitFault(organisation, ownerUnit)
  if (fault) return badOwner(fault)
  return unless([routine && 'routine-exists'], () => ({
    type: 'routine-registered',
    data: { process, activity, name, owner: { role: 'unit-manager', unit: ownerUnit } },
  }))
}

const act = (command: Exclude<RoutineCommand, { readonly intent: 'register-routine' }>, routine: Routine, context: RoutineContext): Decided => {
  const { now, organisation } = context
  const ended = routine.endedAt !== undefined && 'routine-ended'
  switch (command.intent) {
    case 'revise': {
      const { changes, case: caseId, measureId } = command
      return unless([ended, ...unnamed(command, routine, context)], () => ({
        type: 'routine-revised',
        data: { version: routine.version + 1, changes, case: caseId, measureId },
      }))
    }
    case 'analyse-risk': {
      const { severity, likelihood, description, measures, case: caseId, measureId } = command
      const score = severity * likelihood
      const { scaleVersion, measuresFromScore = 9 } = context
      return unless([ended, ...unnamed(command, routine, context)], () => ({
        type: 'routine-risk-analysed',
        data: { severity, likelihood, score, scaleVersion, asksForMeasures: score >= measuresFromScore, description, measures, case: caseId, measureId },
      }))
    }
    case 'plan-self-check': {
      const { what, interval, direction, lowestAcceptedResult, firstDue, case: caseId, measureId } = command
      return unless([ended, ...unnamed(command, routine, context)], () => ({
        type: 'self-check-planned',
        data: { what, interval, direction, lowestAcceptedResult, firstDue, case: caseId, measureId },
      }))
    }
    case 'record-self-check': {
      const { result, performedAt = now, comment } = command
      const { plan } = routine
      if (!plan) return refused([ended, 'self-check-not-planned'])
      const accepted = plan.direction === 'down' ? result <= plan.lowestAcceptedResult : result >= plan.lowestAcceptedResult
      return unless([ended, stockholmDay(performedAt) < stockholmDay(plan.plannedAt) && 'self-check-before-plan'], () => ({
        type: 'self-check-performed',
        data: { performedAt, result, accepted, nextDue: nextDue(plan, stockholmDay(performedAt)), comment },
      }))
    }
    case 'change-owner': {
      const { ownerUnit, reason } = command
      const fault = unitFault(organisation, ownerUnit)
      if (fault) return badOwner(fault)
      const elsewhere = rootOf(organisation, ownerUnit) !== rootOf(organisation, routine.owner.unit)
      return unless([ended, ownerUnit === routine.owner.unit && 'owner-unchanged', elsewhere && 'owner-elsewhere'], () => ({
        type: 'routine-owner-changed',
        data: { owner: { role: 'unit-manager', unit: ownerUnit }, reason },
      }))
    }
    case 'end':
      return unless([ended], () => ({ type: 'routine-ended', data: { reason: command.reason } }))
  }
}

/** What hinders naming a case and a measure of it: the sender must be able to read the case, and the measure is one that changes this routine. */
const unnamed = (command: { readonly case?: string | undefined; readonly measureId?: string | undefined }, routine: Routine, { named }: RoutineContext): Reasons => {
  if (command.case === undefined) return []
  if (!named) return ['case-unknown']
  const measure = named.measures.find((m) => m.id === command.measureId)
  if (!measure) return [command.measureId !== undefined && 'measure-unknown']
  return [measure.routineId !== routine.id && 'measure-of-other-routine']
}

const months: Readonly<Record<SelfCheckPlan['interval'], number | undefined>> = { monthly: 1, quarterly: 3, 'half-yearly': 6, yearly: 12, once: undefined }
/** The day on which the next self-check is due. It is the municipality's own interval, so it may be any day of the week. */
const nextDue = ({ interval }: SelfCheckPlan, performedOn: Day): Day | undefined => {
  const later = months[interval]
  return later === undefined ? undefined : addMonths(performedOn, later)
}
