import { describe, expect, it } from '@jest/globals'
import type { NewRoutineEvent } from '#events/routine'
import { readRoutine, routineEvents } from '#events/routine'
import { byName } from '#libs/kernel/event'
import { day, town } from '#libs/organisation/testing/town'
import { defaultPolicy } from '#libs/policy/policy'
import type { RoutineCommand } from '#libs/routines/commands'
import { owedByRoutine } from '#libs/routines/deadlines'
import { decideRoutine } from '#libs/routines/decide'
import { evolveRoutine, type Routine } from '#libs/routines/state'

const types = byName(routineEvents)
const meta = { actor: { id: 'manager', role: 'unit-manager' }, commandId: 'c', fingerprint: 'f', correlationId: 'x', causationId: 'x', versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 1 } }
interface Life {
  readonly routine: Routine | undefined
  /** Of the last command. */
  readonly events: readonly NewRoutineEvent[]
}
const then = ({ routine }: Life, command: RoutineCommand, now = day(2)): Life => {
  const decision = decideRoutine(command, routine, { now, organisation: town, scaleVersion: 'default-1', deadlines: defaultPolicy.deadlines })
  if (decision.kind !== 'events') throw new Error(JSON.stringify(decision))
  const recorded = ({ type, data }: NewRoutineEvent, revision: number) =>
    readRoutine({ id: 'e', stream: 'routine-medicine', revision, type, schemaVersion: types.get(type)?.version ?? 0, recordedAt: now, meta, data: { ...data }, position: '', size: 0 })
  const from = (routine?.revision ?? -1) + 1
  return { events: decision.events, routine: decision.events.reduce<Routine | undefined>((before, e, i) => evolveRoutine(before, recorded(e, from + i)), routine) }
}
const typesOf = ({ events }: Life): readonly string[] => events.map(({ type }) => type)
const deadlines = ({ routine }: Life): readonly unknown[] => (routine?.deadlines ?? []).map(({ id, due, state, metAt }) => [id, due, state, ...(metAt === undefined ? [] : [metAt])])

const registered = then({ routine: undefined, events: [] }, { intent: 'register-routine', process: 'Hemsjukvård', activity: 'Överlämna läkemedel', name: 'Läkemedel', ownerUnit: 'home' }, day(1))
const plan = (firstDue: string, interval: 'half-yearly' | 'once' = 'half-yearly'): RoutineCommand => ({ intent: 'plan-self-check', what: 'Signerade doser', interval, direction: 'up', lowestAcceptedResult: 95, firstDue })
const check = (performedAt?: string): RoutineCommand => ({ intent: 'record-self-check', result: 95, performedAt })
const planned = then(registered, plan('2026-09-01'))

describe('the deadline of a self-check', () => {
  it('is the day of its plan, warned of two weeks before, in the same append', () => {
    expect([registered.events.length, registered.routine?.deadlines]).toEqual([1, []])
    expect(planned.events.slice(1)).toEqual([
      {
        type: 'deadlines-set',
        data: { deadlines: [{ id: 'self-check', key: 'self-check', due: '2026-09-01', dueInstant: '2026-09-01T22:00:00.000Z', warn: '2026-08-18', warnInstant: '2026-08-17T22:00:00.000Z', basis: 'SOSFS 2011:9 5 kap. 2 §', binding: 'regulation' }] },
      },
    ])
  })
  it('is met when it is performed, and the next one is another', () => {
    const performed = then(planned, check(day(20)), day(21))
    expect(typesOf(performed)).toEqual(['self-check-performed', 'deadline-met', 'deadlines-set'])
    expect(deadlines(performed)).toEqual([
      ['self-check', '2026-09-01', 'met', day(20)],
      ['self-check/2', '2026-09-20', 'running'],
    ])
    expect(deadlines(then(performed, check(), day(25))).at(-1)).toEqual(['self-check/3', '2026-09-25', 'running'])
  })
  it('has no next where it was to be checked once; a check beyond the plan meets nothing', () => {
    const once = then(then(registered, plan('2026-09-01', 'once')), check(day(20)), day(21))
    expect(typesOf(once)).toEqual(['self-check-performed', 'deadline-met'])
    expect(typesOf(then(once, check(), day(25)))).toEqual(['self-check-performed'])
    expect(deadlines(then(once, plan('2026-10-01'), day(26))).at(-1)).toEqual(['self-check/2', '2026-10-01', 'running'])
  })
  it('moves with a new plan, earlier as well as later, and not with one for the same day', () => {
    const moved = then(planned, plan('2026-06-01'))
    expect(typesOf(moved)).toEqual(['self-check-planned', 'deadline-extended'])
    expect(moved.events.at(-1)?.data).toMatchObject({ deadline: 'self-check', due: '2026-06-01', because: 'own-date' })
    expect(deadlines(moved)).toEqual([['self-check', '2026-06-01', 'running']])
    expect(typesOf(then(planned, plan('2026-09-01')))).toEqual(['self-check-planned'])
  })
  it('goes along to a new owner, and lapses when the routine ends', () => {
    const given = then(planned, { intent: 'change-owner', ownerUnit: 'nursing', reason: 'Ny organisation' })
    expect(typesOf(given)).toEqual(['routine-owner-changed'])
    expect(given.routine && owedByRoutine(given.routine)).toEqual([{ key: 'self-check', day: '2026-09-01', responsible: { role: 'unit-manager', unit: 'nursing' } }])
    const ended = then(planned, { intent: 'end', reason: 'Ersatt' })
    expect(typesOf(ended)).toEqual(['routine-ended', 'deadline-lapsed'])
    expect(ended.routine && owedByRoutine(ended.routine)).toEqual([])
  })
  it('is not touched by what else happens to the routine', () => {
    expect(typesOf(then(planned, { intent: 'revise', changes: 'Signera före' }))).toEqual(['routine-revised'])
    expect(typesOf(then(planned, { intent: 'analyse-risk', severity: 1, likelihood: 1, description: 'Fel dos' }))).toEqual(['routine-risk-analysed'])
  })
  it('is set by the first thing that happens to a routine planned before there were deadlines', () => {
    const { routine } = planned
    const old: Life = { routine: routine && { ...routine, deadlines: [] }, events: [] }
    expect(deadlines(then(old, { intent: 'revise', changes: 'Signera före' }))).toEqual([['self-check', '2026-09-01', 'running']])
    expect(deadlines(then(old, check(day(20)), day(21)))).toEqual([['self-check', '2026-09-20', 'running']])
  })
})
