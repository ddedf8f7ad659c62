import { describe, expect, it } from '@jest/globals'
import { evolveDeadlines, isMissed, isRunning, isTimeEvent, nearest, nextOf, statusOf, type Deadline, type TimeEvent } from '#libs/deadlines/state'

const [warn, due, later] = ['2026-03-08T23:00:00.000Z', '2026-03-09T23:00:00.000Z', '2026-03-31T22:00:00.000Z']
const responsible = { responsible: { role: 'unit-manager', unit: 'home' }, heldBy: ['manager'], to: ['manager'] } as const
const set = (...deadlines: Extract<TimeEvent, { readonly type: 'deadlines-set' }>['data']['deadlines']): TimeEvent => ({ type: 'deadlines-set', data: { deadlines } })
const assess = { id: 'assess', key: 'assess', due: '2026-03-09', dueInstant: due, warn: '2026-03-09', warnInstant: warn, basis: 'Lokal rutin', binding: 'local' } as const
const close = { id: 'close', key: 'close', due: '2026-03-31', dueInstant: later, basis: 'Lokal rutin', binding: 'local' } as const
const measure = { ...close, id: 'complete-measure/m1', key: 'complete-measure', subject: 'm1' } as const
const warned: TimeEvent = { type: 'deadline-warned', data: { deadline: 'assess', dueInstant: due, at: warn, late: false, ...responsible } }
const missed = (escalateAt?: string, dueInstant = due): TimeEvent => ({ type: 'deadline-missed', data: { deadline: 'assess', dueInstant, at: dueInstant, late: false, ...responsible, binding: 'local', escalateAt } })
const escalated = (step: number, escalateAt?: string): TimeEvent => ({
  type: 'deadline-escalated',
  data: { deadline: 'assess', dueInstant: due, at: due, late: false, step, ...responsible, escalatedTo: { role: 'director', unit: 'board' }, binding: 'local', escalateAt },
})
const extended = (deadline: string, because: 'decided' | 'ivo' | 'own-date', warnInstant?: string): TimeEvent => ({
  type: 'deadline-extended',
  data: { deadline, due: '2026-04-15', dueInstant: '2026-04-15T22:00:00.000Z', warnInstant, because },
})
const after = (...events: readonly TimeEvent[]): readonly Deadline[] => events.reduce(evolveDeadlines, [])
const first = (...events: readonly TimeEvent[]): Deadline => {
  const [deadline] = after(...events)
  if (!deadline) throw new Error('No deadline was set')
  return deadline
}

describe('a deadline', () => {
  it('is as it was set, runs, and is warned of first', () => {
    expect(after(set(assess), set(close, measure))).toEqual([
      { id: 'assess', key: 'assess', due: '2026-03-09', dueInstant: due, warnInstant: warn, binding: 'local', state: 'running', step: 0, next: warn },
      { id: 'close', key: 'close', due: '2026-03-31', dueInstant: later, binding: 'local', state: 'running', step: 0, next: later },
      // Its day is people's own choice.
      { id: 'complete-measure/m1', key: 'complete-measure', subject: 'm1', due: '2026-03-31', dueInstant: later, day: '2026-03-31', binding: 'local', state: 'running', step: 0, next: later },
    ])
  })
  it('is over when it is met or lapses, and the others are not', () => {
    expect(first(set(assess), { type: 'deadline-met', data: { deadline: 'assess', at: '2026-03-03T09:00:00.000Z' } })).toMatchObject({ state: 'met', metAt: '2026-03-03T09:00:00.000Z' })
    expect(first(set(assess), { type: 'deadline-lapsed', data: { deadline: 'assess' } })).toMatchObject({ state: 'lapsed' })
    for (const end of [{ type: 'deadline-met', data: { deadline: 'assess', at: due } }, { type: 'deadline-lapsed', data: { deadline: 'assess' } }] as const) {
      const [over, other] = after(set(assess, close), missed(later), end)
      expect(over).not.toHaveProperty('next')
      // That it was missed stays in it.
      expect(over?.missed).toEqual([due])
      expect(other).toMatchObject({ state: 'running', next: later })
    }
  })
  it('waits after each thing that the clock said for the next', () => {
    expect(first(set(assess), warned)).toMatchObject({ warned: true, next: due })
    expect(first(set(assess), warned, missed(later))).toMatchObject({ missed: [due], step: 0, next: later })
    expect(first(set(assess), missed(), escalated(2, later))).toMatchObject({ step: 2, next: later })
    expect(first(set(assess), missed())).not.toHaveProperty('next')
    expect(first(set(assess), missed(), escalated(3))).not.toHaveProperty('next')
  })
  it('begins anew where it is extended: it may be warned of, missed and go up again', () => {
    const again = first(set(assess), warned, missed(), escalated(2, later), extended('assess', 'decided', '2026-04-14T22:00:00.000Z'))
    expect(again).toEqual({ id: 'assess', key: 'assess', due: '2026-04-15', dueInstant: '2026-04-15T22:00:00.000Z', warnInstant: '2026-04-14T22:00:00.000Z', binding: 'local', state: 'running', missed: [due], step: 0, next: '2026-04-14T22:00:00.000Z' })
    const unwarned = first(set(assess), extended('assess', 'decided'))
    expect(unwarned).toMatchObject({ next: '2026-04-15T22:00:00.000Z' })
    expect(unwarned).not.toHaveProperty('warnInstant')
    expect(evolveDeadlines([again], missed(undefined, again.dueInstant))).toMatchObject([{ missed: [due, again.dueInstant], step: 0 }])
  })
  it('rests on the day that people chose last; more time does not change what they chose', () => {
    const day = (because: 'decided' | 'ivo' | 'own-date'): string | undefined => first(set(measure), extended(measure.id, because)).day
    expect([day('decided'), day('ivo'), day('own-date')]).toEqual(['2026-03-31', '2026-04-15', '2026-04-15'])
    expect(first(set(close), extended('close', 'own-date'))).not.toHaveProperty('day')
  })
  it('has a status in a word', () => {
    const met: TimeEvent = { type: 'deadline-met', data: { deadline: 'assess', at: due } }
    expect([[set(assess)], [set(assess), warned], [set(assess), warned, missed()], [set(assess), warned, missed(), extended('assess', 'decided')], [set(assess), missed(), met], [set(assess), { type: 'deadline-lapsed', data: { deadline: 'assess' } } as const]].map((events) => statusOf(first(...events)))).toEqual([
      'upcoming',
      'warned',
      'missed',
      'upcoming',
      'met',
      'lapsed',
    ])
    expect(isMissed(first(set(assess), missed()))).toBe(true)
    expect(isRunning(first(set(assess), missed(), met))).toBe(false)
  })
})

describe('of several deadlines', () => {
  const met: TimeEvent = { type: 'deadline-met', data: { deadline: 'assess', at: due } }
  it('the one that is due first is nearest, as long as it runs', () => {
    expect(nearest(after(set(close, assess)))?.id).toBe('assess')
    expect(nearest(after(set(close, assess), met))?.id).toBe('close')
    expect(nearest(after(set(assess), met))).toBeUndefined()
  })
  it('the clock speaks next of the one whose instant comes first', () => {
    expect(nextOf(after(set(close, assess)))).toBe(warn)
    expect(nextOf(after(set(close, assess), met))).toBe(later)
    expect(nextOf(after(set(assess), met))).toBeUndefined()
  })
})

it('events of time are told from others', () => {
  expect([set(assess), warned, missed(), escalated(1), extended('assess', 'decided'), { type: 'note-added' }, { type: 'alarm-mailed' }].map(isTimeEvent)).toEqual([true, true, true, true, true, false, false])
})
