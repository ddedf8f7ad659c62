import type { Role } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { limitFrom } from '#libs/calendar/limits'
import { isMissed, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import { standsIn, type Ineligible } from '#libs/organisation/chain'
import { holders, seat } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { escalationStep } from '#libs/policy/default'

/** What the clock has to say of a deadline: each at its own instant, whenever the clock comes to it. */
export interface Action {
  readonly deadline: string
  readonly kind: 'warn' | 'miss' | 'escalate'
  readonly dueInstant: string
  /** Place in the policy's chain from which to look on; 0 before it has gone anywhere. */
  readonly step: number
  /** When it is to be said. */
  readonly at: string
}
/** What is to be said next of a deadline; undefined when all is said, and when it no longer runs. */
export const nextAction = (d: Deadline): Action | undefined => {
  if (d.next === undefined) return undefined
  const { id: deadline, dueInstant, step, next: at } = d
  const kind = isMissed(d) ? 'escalate' : at === d.warnInstant && !d.warned ? 'warn' : 'miss'
  return { deadline, kind, dueInstant, step, at }
}
/** What an action is known by, so that said again it is the same: two clocks, a restart or an hour gone through twice change nothing. */
export const actionKey = ({ deadline, kind, dueInstant, step }: Action): string => [deadline, kind, dueInstant, step].join(' ')

/** What comes later than this after its instant was not said in time: nothing ran then. ms */
const inTime = 60_000
export const isLate = (at: string, now: string): boolean => Date.parse(now) - Date.parse(at) > inTime

export interface ClockContext {
  readonly now: string
  readonly organisation: Organisation
  readonly escalation: PolicyParts['escalation']
  /** The role that the deadline lies with, over which unit. */
  readonly responsible: { readonly role: Role; readonly unit: string }
  /** Who cannot act in this matter although she holds the role. */
  readonly ineligible: Ineligible
}

/** The events of an action that is still to be said of a deadline; none when somebody else has said it, or the duty was done before. */
export const say = (action: Action, deadline: Deadline | undefined, context: ClockContext): readonly NewTimeEvent[] => {
  const next = deadline && nextAction(deadline)
  if (!deadline || !next || actionKey(next) !== actionKey(action) || next.at > context.now) return []
  switch (next.kind) {
    case 'warn':
      return [{ type: 'deadline-warned', data: { ...saidOf(next, context), ...responsibleAt(next.at, context) } }]
    case 'miss': {
      const up = escalated(next, deadline, context)
      const missed = { ...saidOf(next, context), ...responsibleAt(next.at, context), binding: deadline.binding }
      return [{ type: 'deadline-missed', data: missed }, ...up]
    }
    case 'escalate':
      return escalated(next, deadline, context)
  }
}

const saidOf = ({ deadline, dueInstant, at }: Action, { now }: ClockContext) => ({ deadline, dueInstant, at, late: isLate(at, now) })
/** Who held the responsible role at an instant, and to whom it goes now: who stands in where nobody holds it. */
const responsibleAt = (instant: string, { now, organisation, responsible: { role, unit }, ineligible }: ClockContext) => {
  const acting = standsIn(organisation, role, unit, now, ineligible)
  return {
    responsible: { role, unit: seat(organisation, role, unit, instant) },
    heldBy: staffOf(organisation, role, unit, instant),
    to: acting === undefined ? [] : staffOf(organisation, acting, unit, now).filter((staff) => !ineligible(staff)),
  }
}
const staffOf = (organisation: Organisation, role: Role, unit: string, at: string): readonly string[] => [...new Set(holders(organisation, role, unit, at).map((g) => g.staff))]

/**
 * One step up the chain: to the next role in it that somebody holds who can act; where nobody does, to its end, so that it is said all the same.
 * A role without a chain has nobody above it.
 */
const escalated = (action: Action, { binding }: Deadline, context: ClockContext): readonly NewTimeEvent[] => {
  const { now, organisation, escalation, responsible, ineligible } = context
  const chain = escalation.find(({ role }) => role === responsible.role)
  if (!chain && action.kind === 'miss') return []
  const roles = chain?.to ?? []
  const free = (role: Role): readonly string[] => staffOf(organisation, role, responsible.unit, now).filter((staff) => !ineligible(staff))
  const held = roles.flatMap((role, place) => (place >= action.step && free(role).length > 0 ? [{ role, step: place + 1 }] : []))
  const [to = { role: roles.at(-1) ?? 'decision-maker', step: Math.max(roles.length, action.step + 1) }] = held
  return [
    {
      type: 'deadline-escalated',
      data: {
        ...saidOf(action, context),
        step: to.step,
        ...responsibleAt(action.at, context),
        escalatedTo: { role: to.role, unit: seat(organisation, to.role, responsible.unit, now) },
        to: free(to.role),
        binding,
        ...(to.step < roles.length ? { escalateAt: limitFrom(action.at, chain?.after ?? escalationStep).dueInstant } : {}),
      },
    },
  ]
}
