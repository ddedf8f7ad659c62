import { describe, expect, it } from '@jest/globals'
import type { NewOrganisationEvent } from '#events/organisation'
import { actionKey, nextAction, say, type Action, type ClockContext } from '#libs/deadlines/clock'
import { moved, started } from '#libs/deadlines/follow'
import { evolveDeadlines, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import { told, town } from '#libs/organisation/testing/town'
import type { Organisation } from '#libs/organisation/state'
import { defaultPolicy } from '#libs/policy/policy'

const set = '2026-03-02T09:00:00.000Z'
const rules = defaultPolicy.deadlines
/** Due on Monday the 9th, warned of from the 8th. */
const [warnAt, dueAt] = ['2026-03-07T23:00:00.000Z', '2026-03-09T23:00:00.000Z']
const manager = { role: 'unit-manager', unit: 'home' } as const
const [assess] = started([], [{ key: 'assess', responsible: manager }], rules, () => ({ now: set, received: set, event: set })).reduce<readonly Deadline[]>(evolveDeadlines, [])
if (!assess) throw new Error('No deadline was set')

const context = (now: string, more: Partial<ClockContext> = {}): ClockContext => ({ now, organisation: town, escalation: defaultPolicy.escalation, responsible: manager, ineligible: () => false, ...more })
const after = (deadline: Deadline, events: readonly NewTimeEvent[]): Deadline => events.reduce<readonly Deadline[]>(evolveDeadlines, [deadline])[0] ?? deadline
const next = (deadline: Deadline): Action => {
  const action = nextAction(deadline)
  if (!action) throw new Error('Nothing is left to say')
  return action
}
/** What the clock says next of a deadline, at the instant at which it is to be said unless another is given. */
const said = (deadline: Deadline, more: Partial<ClockContext> = {}): readonly NewTimeEvent[] => say(next(deadline), deadline, context(next(deadline).at, more))
const then = (deadline: Deadline, more: Partial<ClockContext> = {}): Deadline => after(deadline, said(deadline, more))
const warned = then(assess)
const missed = then(warned)
const without = (until: string, ...grants: readonly string[]): Organisation => told(town, 'operator', set, ...grants.map((grant): NewOrganisationEvent => ({ type: 'role-revoked', data: { grant, until } })))
/** To whom a missed deadline goes, step after step, until nobody is above. */
const upwards = (deadline: Deadline, more: Partial<ClockContext> = {}): readonly unknown[] => {
  if (!nextAction(deadline)) return []
  const events = said(deadline, more)
  return [...events.flatMap((e) => (e.type === 'deadline-escalated' ? [[e.data.step, e.data.escalatedTo.role, e.data.escalatedTo.unit, ...e.data.to]] : [])), ...upwards(after(deadline, events), more)]
}

describe('the clock', () => {
  it('warns, says that the deadline was missed, and takes it up the chain, each at its instant', () => {
    const actions: Action[] = []
    // More turns than it has things to say.
    for (let d: Deadline = assess; actions.length < 10 && nextAction(d); d = then(d)) actions.push(next(d))
    expect(actions.map(({ kind, step, at }) => [kind, step, at])).toEqual([
      ['warn', 0, warnAt],
      ['miss', 0, dueAt],
      // Two working days after the one before, from 00:00 on the 10th.
      ['escalate', 1, '2026-03-12T23:00:00.000Z'],
      ['escalate', 2, '2026-03-17T23:00:00.000Z'],
    ])
    expect(new Set(actions.map(actionKey)).size).toBe(4)
    expect(actionKey(next(assess))).toBe(`assess warn ${dueAt} 0`)
  })
  it('says in a warning whose the duty is and to whom it goes', () => {
    const responsible = { responsible: manager, heldBy: ['manager', 'deputy'], to: ['manager', 'deputy'] }
    expect(said(assess)).toEqual([{ type: 'deadline-warned', data: { deadline: 'assess', dueInstant: dueAt, at: warnAt, late: false, ...responsible } }])
  })
  it('says of a miss who was responsible at that instant, and takes it one step up in the same breath', () => {
    const common = { deadline: 'assess', dueInstant: dueAt, at: dueAt, late: false, responsible: manager, heldBy: ['manager', 'deputy'], binding: 'local' }
    expect(said(warned)).toEqual([
      { type: 'deadline-missed', data: { ...common, to: ['manager', 'deputy'] } },
      { type: 'deadline-escalated', data: { ...common, step: 1, escalatedTo: { role: 'area-manager', unit: 'area' }, to: ['area-manager'], escalateAt: '2026-03-12T23:00:00.000Z' } },
    ])
  })
  it('names who held the duty then, also when another holds it by the time it is said', () => {
    const gone = without('2026-03-10T08:00:00.000Z', 'manager', 'deputy')
    const [miss, up] = say(next(warned), warned, context('2026-03-11T08:00:00.000Z', { organisation: gone }))
    expect(miss?.data).toMatchObject({ heldBy: ['manager', 'deputy'], to: ['area-manager'], late: true })
    expect(up?.data).toMatchObject({ heldBy: ['manager', 'deputy'], escalatedTo: { role: 'area-manager' } })
    const before = without('2026-03-05T08:00:00.000Z', 'manager', 'deputy')
    expect(said(warned, { organisation: before })[0]?.data).toMatchObject({ responsible: manager, heldBy: [], to: ['area-manager'] })
    // Of a warning it is who holds it at the instant of the warning.
    expect(say(next(assess), assess, context('2026-03-09T08:00:00.000Z', { organisation: without('2026-03-08T08:00:00.000Z', 'manager') }))[0]?.data).toMatchObject({ heldBy: ['manager', 'deputy'], to: ['deputy'] })
  })
  it('does not go to whom cannot act in the matter', () => {
    const ineligible = (staff: string): boolean => staff === 'manager'
    expect(said(assess, { ineligible })[0]?.data).toMatchObject({ heldBy: ['manager', 'deputy'], to: ['deputy'] })
    expect(said(assess, { ineligible: (staff) => staff !== 'director' })[0]?.data).toMatchObject({ heldBy: ['manager', 'deputy'], to: ['director'] })
    expect(said(assess, { ineligible: () => true })[0]?.data).toMatchObject({ to: [] })
  })
  it('says nothing before its instant, and the same afterwards, with the mark that it came late', () => {
    const at = (now: string): readonly NewTimeEvent[] => say(next(assess), assess, context(now))
    expect(at('2026-03-07T22:59:59.999Z')).toEqual([])
    expect(at('2026-03-07T23:01:00.000Z')).toMatchObject([{ data: { at: warnAt, late: false } }])
    expect(at('2026-03-07T23:01:00.001Z')).toMatchObject([{ data: { at: warnAt, late: true } }])
  })
  it('says everything once', () => {
    for (const before of [assess, warned, missed]) expect(say(next(before), then(before), context('2026-06-01T00:00:00.000Z'))).toEqual([])
    expect(say(next(assess), undefined, context(warnAt))).toEqual([])
  })
  it('says nothing of what is met or has lapsed', () => {
    for (const before of [assess, warned, missed])
      for (const over of [{ type: 'deadline-met', data: { deadline: 'assess', at: set } }, { type: 'deadline-lapsed', data: { deadline: 'assess' } }] as const) {
        expect(nextAction(after(before, [over]))).toBeUndefined()
        expect(say(next(before), after(before, [over]), context('2026-06-01T00:00:00.000Z'))).toEqual([])
      }
  })
  it('begins again where there is more time: what was to be said of the old day is not, and the new day may be missed as well', () => {
    const extended = after(missed, [moved(assess, '2026-03-31', 'decided', rules, dueAt)])
    expect(say(next(missed), extended, context('2026-06-01T00:00:00.000Z'))).toEqual([])
    const again = then(then(extended))
    expect(again.missed).toEqual([dueAt, '2026-03-31T22:00:00.000Z'])
    expect(next(again)).toMatchObject({ kind: 'escalate', step: 1, dueInstant: '2026-03-31T22:00:00.000Z' })
  })
})

describe('a missed deadline goes up the chain', () => {
  it('step by step, to its end', () => {
    expect(upwards(warned)).toEqual([
      [1, 'area-manager', 'area', 'area-manager'],
      [2, 'director', 'board', 'director'],
      [3, 'decision-maker', 'board', 'decider'],
    ])
  })
  it('past the seats that nobody holds', () => {
    expect(upwards(warned, { organisation: without(set, 'area-manager') })).toEqual([
      [2, 'director', 'board', 'director'],
      [3, 'decision-maker', 'board', 'decider'],
    ])
    expect(upwards(warned, { organisation: without(set, 'director', 'decider') })).toEqual([[1, 'area-manager', 'area', 'area-manager'], [3, 'decision-maker', 'board']])
  })
  it('past whom cannot act in the matter', () => {
    expect(upwards(warned, { ineligible: (staff) => staff === 'area-manager' || staff === 'decider' })).toEqual([[2, 'director', 'board', 'director'], [3, 'decision-maker', 'board']])
  })
  it('to its end all the same where nobody is there, and then no further', () => {
    expect(upwards(warned, { organisation: without(set, 'area-manager', 'director', 'decider') })).toEqual([[3, 'decision-maker', 'board']])
    const vacatedAfter = without('2026-03-11T08:00:00.000Z', 'director', 'decider')
    expect(said(missed, { organisation: vacatedAfter })).toMatchObject([{ data: { step: 3, escalatedTo: { role: 'decision-maker' }, to: [] } }])
    expect(nextAction(then(missed, { organisation: vacatedAfter }))).toBeUndefined()
  })
  it('after as long as the policy says, counted from when the step before was to be said', () => {
    const escalation = [{ role: 'unit-manager' as const, to: ['area-manager', 'director'] as const, after: { amount: 1, unit: 'hours' as const } }]
    expect(next(then(warned, { escalation }))).toMatchObject({ at: '2026-03-10T00:00:00.000Z' })
    const late = say(next(warned), warned, context('2026-03-20T08:00:00.000Z', { escalation }))
    expect(next(after(warned, late))).toMatchObject({ at: '2026-03-10T00:00:00.000Z' })
  })
  it('not at all from a role that has nobody above it', () => {
    const responsible = { role: 'decision-maker', unit: 'board' } as const
    expect(said(warned, { responsible })).toMatchObject([{ type: 'deadline-missed', data: { heldBy: ['decider'] } }])
    expect(nextAction(then(warned, { responsible }))).toBeUndefined()
  })
  it('to the end of the line where the policy has taken its chain away meanwhile', () => {
    expect(said(missed, { escalation: [] })).toMatchObject([{ type: 'deadline-escalated', data: { step: 2, escalatedTo: { role: 'decision-maker', unit: 'board' }, to: ['decider'] } }])
  })
})
