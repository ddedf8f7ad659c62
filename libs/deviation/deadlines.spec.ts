import { describe, expect, it } from '@jest/globals'
import type { DeviationEvent, NewDeviationEvent } from '#events/deviation'
import { isTimeEvent } from '#libs/deadlines/state'
import { firstDeadlines, withDeadlines } from '#libs/deviation/deadlines'
import { assess, checkEffect, close, completeMeasure, decideMeasure, effect, ivo, ivoExtension, ivoRequest, propose, reopen, sent, takenOver } from '#libs/deviation/testing/acts'
import { now, story, type Story } from '#libs/deviation/testing/world'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { defaultPolicy } from '#libs/policy/policy'

/** A case as it was recorded before there were deadlines. */
const before = ({ events }: Story): readonly DeviationEvent[] => events.filter((e) => !isTimeEvent(e))
const factsOf = (events: readonly DeviationEvent[]): CaseFacts | undefined => events.reduce<CaseFacts | undefined>(evolveCase, undefined)
const first = (s: Story, at: string): readonly unknown[] =>
  firstDeadlines(before(s), { now: at, policy: defaultPolicy }).flatMap((e) => (e.type === 'deadlines-set' ? e.data.deadlines.map(({ id, due, warn }) => [id, due, ...(warn === undefined ? [] : [warn])]) : [e.type]))
const assessed = { type: 'deviation-assessed', data: { group: 'social', outcome: 'deviation', category: 'annat' } } as const
const moment = { now, policy: defaultPolicy, staff: 'manager' }
const plain = story('worker')

describe('the deadlines of a decision', () => {
  it('come after its events, and nothing comes of none', () => {
    expect(withDeadlines(plain.facts, [assessed], moment)).toEqual([assessed, { type: 'deadline-met', data: { deadline: 'assess', at: now } }])
    expect(withDeadlines(plain.facts, [], moment)).toEqual([])
  })
  it('wait, in a case from before there were any, for the clock to have set the first', () => {
    const suspected: NewDeviationEvent = { ...assessed, data: { ...assessed.data, outcome: 'suspected-misconduct' } }
    for (const e of [assessed, suspected]) expect(withDeadlines(factsOf(before(plain)), [e], moment)).toEqual([e])
  })
})

describe('the first deadlines of a case from before there were any', () => {
  it('are those that it owes, dated as they would have been, in one event', () => {
    expect(firstDeadlines(before(plain), { now, policy: defaultPolicy })).toEqual(plain.events.filter(isTimeEvent).map(({ type, data }) => ({ type, data })))
    expect(first(plain.then('manager', assess('not-a-deviation')), now)).toEqual([['close', '2026-05-04', '2026-04-20']])
  })
  it('are not warned of where the warning has passed', () => {
    expect(first(plain, '2026-03-08T09:00:00.000Z')).toEqual([
      ['assess', '2026-03-09'],
      ['close', '2026-05-04', '2026-04-20'],
    ])
    expect(first(plain, '2026-06-01T09:00:00.000Z')).toEqual([
      ['assess', '2026-03-09'],
      ['close', '2026-05-04'],
    ])
  })
  it('mark with an empty list that the case owed nothing', () => {
    const closed = plain.then('manager', assess('not-a-deviation')).then('manager', close('not-a-deviation'))
    expect(firstDeadlines(before(closed), { now, policy: defaultPolicy })).toEqual([{ type: 'deadlines-set', data: { deadlines: [] } }])
  })
  it('are set once', () => {
    expect(firstDeadlines(plain.events, { now, policy: defaultPolicy })).toEqual([])
    expect(firstDeadlines([], { now, policy: defaultPolicy })).toEqual([])
  })
  it('count from the instants at which duties began, not from today', () => {
    const suspected = plain.at('2026-03-04T10:00:00.000Z').then('manager', assess('suspected-misconduct'))
    const [e] = firstDeadlines(before(suspected), { now: '2026-03-20T09:00:00.000Z', policy: defaultPolicy })
    expect(e).toMatchObject({ data: { deadlines: [{ id: 'close' }, { id: 'protect', dueInstant: '2026-03-05T10:00:00.000Z' }] } })
  })
  it('hold what IVO granted, a later check of effect, done or not, and a reopening, each with its own warning', () => {
    const early = takenOver().then('decider', ivo(true)).then('officer', sent())
    expect(first(early.then('officer', ivoExtension()), now)).toContainEqual(['complete-ivo-investigation/lex-sarah', '2026-06-01', '2026-05-18'])
    expect(first(early.then('officer', ivoRequest()).then('officer', ivoExtension('lex-sarah', 1)), now)).toContainEqual(['answer-ivo/1', '2026-06-01', '2026-05-29'])
    // Granted so late that its own warning has passed: that of the old day is gone with the day.
    expect(first(early.at('2026-05-25T09:00:00.000Z').then('officer', ivoExtension()), now)).toContainEqual(['complete-ivo-investigation/lex-sarah', '2026-06-01'])
    const approved = plain.then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1'))
    expect(first(approved, now)).toContainEqual(['close', '2026-06-15', '2026-06-01'])
    expect(first(approved.then('manager', completeMeasure('m1')).then('manager', checkEffect('m1', 95)), now)).toContainEqual(['close', '2026-06-15', '2026-06-01'])
    const again = plain.then('manager', assess('not-a-deviation')).then('manager', close('not-a-deviation')).at('2026-05-20T09:00:00.000Z').then('manager', reopen)
    expect(first(again, '2026-05-20T09:00:00.000Z')).toEqual([['close/2', '2026-07-20', '2026-07-06']])
  })
})
