import type { Role } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'
import { barred } from '#libs/deviation/access'
import { nextSteps } from '#libs/duties/duties'
import { evolveCase, type CaseFacts, type Seat } from '#libs/duties/facts'
import { rolesAbove, standsIn } from '#libs/organisation/chain'
import { holders, seat } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { changesOver } from '#libs/organisation/vacancies'

/** With which seat a case lies at an instant, and who answers for it. */
export interface Accountable extends Seat {
  /** The one who holds the seat and is not barred from the case: the primary holder before others. Null where there is none. */
  readonly holder: string | null
  /** Then the next level up, and the one who holds it; absent where nobody does. */
  readonly standIn?: Seat & { readonly staff: string }
}

/** Who answers for a case at an instant: exactly one where the seat is held or somebody stands in. Never two. */
export const accountableAt = (facts: CaseFacts, organisation: Organisation, at: string): Accountable => {
  const { unit, responsible } = facts
  const isBarred = barred(facts, { organisation, now: at })
  const first = (role: Role): string | undefined => holders(organisation, role, unit, at).find((g) => !isBarred(g.staff))?.staff
  const seatOf = (role: Role): Seat => ({ role, unit: seat(organisation, role, unit, at) })
  const holder = first(responsible.role)
  if (holder !== undefined) return { ...seatOf(responsible.role), holder }
  const acting = standsIn(organisation, responsible.role, unit, at, isBarred)
  const staff = acting === undefined ? undefined : first(acting)
  return { ...seatOf(responsible.role), holder: null, ...(acting === undefined || staff === undefined ? {} : { standIn: { ...seatOf(acting), staff } }) }
}

/** The one person who answers for a case, with the seat that she answers from; null where nobody does, and for a case that waits for nothing. */
export const accountable = (facts: CaseFacts, organisation: Organisation, at: string): (Seat & { readonly staff: string; readonly standIn: boolean }) | null => {
  if (nextSteps(facts)[0]?.step === 'none') return null
  const { role, unit, holder, standIn } = accountableAt(facts, organisation, at)
  if (holder !== null) return { staff: holder, role, unit, standIn: false }
  return standIn ? { staff: standIn.staff, role: standIn.role, unit: standIn.unit, standIn: true } : null
}

/** A stretch of a case's life in which one seat, and one person or nobody, answered for it. Instants; from it on, up to and not including `until`, which is absent while it lasts. */
export interface ResponsibilityInterval extends Accountable {
  readonly from: string
  readonly until?: string
}

/**
 * Who has answered for a case, from its report until it was closed or found to be no case, and again from when it was reopened: without gap or overlap.
 * Follows from the events of the case, and from who held and left which role, and what became of the units, as far as that was until `now`.
 */
export const responsibilityIntervals = (events: readonly DeviationEvent[], organisation: Organisation, now: string): readonly ResponsibilityInterval[] => {
  const states = statesOf(events)
  const changes = [...new Set([...states.map(({ at }) => at), ...changesOver(organisation, rolesOf(states), unitsOf(states))])].sort().filter((at) => at <= now)
  const found: ResponsibilityInterval[] = []
  let place = -1
  for (const at of changes) {
    while (states[place + 1] && (states[place + 1]?.at ?? '') <= at) place++
    const facts = states[place]?.facts
    const last = found.at(-1)
    const next = facts && !facts.closed && !facts.noCase ? accountableAt(facts, organisation, at) : undefined
    if (last && last.until === undefined) {
      if (next && isSame(last, next)) continue
      found[found.length - 1] = { ...last, until: at }
    }
    if (next) found.push({ ...next, from: at })
  }
  return found
}

interface State {
  readonly at: string
  readonly facts: CaseFacts
}
/** What the case had come to after the events of each instant: those of one append are told at once. */
const statesOf = (events: readonly DeviationEvent[]): readonly State[] => {
  const states: State[] = []
  for (const e of events) {
    const before = states.at(-1)
    const state = { at: e.recordedAt, facts: evolveCase(before?.facts, e) }
    if (before?.at === state.at) states[states.length - 1] = state
    else states.push(state)
  }
  return states
}
/** The roles that it lay with, those that stand in for them, and the manager's, whom a report may concern. */
const rolesOf = (states: readonly State[]): readonly Role[] => [...new Set<Role>(['unit-manager', ...states.flatMap(({ facts: { responsible } }) => [responsible.role, ...rolesAbove(responsible.role)])])]
const unitsOf = (states: readonly State[]): readonly string[] => [...new Set(states.flatMap(({ facts }) => [facts.unit, facts.reportedUnit]))]

const isSame = (a: Accountable, b: Accountable): boolean =>
  a.role === b.role && a.unit === b.unit && a.holder === b.holder && a.standIn?.role === b.standIn?.role && a.standIn?.unit === b.standIn?.unit && a.standIn?.staff === b.standIn?.staff
