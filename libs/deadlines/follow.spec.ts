import { describe, expect, it } from '@jest/globals'
import { ended, moved, redated, started, type Anchors, type Owed } from '#libs/deadlines/follow'
import { evolveDeadlines, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import { defaultPolicy } from '#libs/policy/policy'

const now = '2026-03-02T09:00:00.000Z'
const rules = defaultPolicy.deadlines
const responsible = { role: 'unit-manager', unit: 'home' } as const
const owed = (key: Owed['key'], more: Omit<Partial<Owed>, 'key'> = {}): Owed => ({ key, responsible, ...more })
const anchors = (more: Partial<Anchors> = {}) => (): Anchors => ({ now, received: now, event: now, ...more })
const begin = (before: readonly Deadline[], duties: readonly Owed[], more: Partial<Anchors> = {}, by = rules): readonly Deadline[] => started(before, duties, by, anchors(more)).reduce(evolveDeadlines, before)
const dates = (events: readonly NewTimeEvent[]): unknown => events.flatMap((e) => (e.type === 'deadlines-set' ? e.data.deadlines.map(({ id, due, warn }) => [id, due, warn]) : []))

describe('duties that begin', () => {
  it('are dated by the policy, all in one event, with what they rest on', () => {
    expect(started([], [owed('close'), owed('protect')], rules, anchors())).toEqual([
      {
        type: 'deadlines-set',
        data: {
          deadlines: [
            // 2 May is a Saturday.
            { id: 'close', key: 'close', due: '2026-05-04', dueInstant: '2026-05-04T22:00:00.000Z', warn: '2026-04-20', warnInstant: '2026-04-19T22:00:00.000Z', basis: 'Lokal rutin', binding: 'local' },
            { id: 'protect', key: 'protect', due: '2026-03-03', dueInstant: '2026-03-03T09:00:00.000Z', basis: 'Genast: SoL 27 kap. 5 §, LSS 24 e §; tiden är lokal', binding: 'statute' },
          ],
        },
      },
    ])
    expect(started([], [], rules, anchors())).toEqual([])
  })
  it('count from what the policy says, or end on the day that people chose', () => {
    const from = { received: '2026-02-23T09:00:00.000Z', event: '2026-03-05T09:00:00.000Z', sent: '2026-03-10T09:00:00.000Z' }
    expect(dates(started([], [owed('close'), owed('protect')], rules, anchors(from)))).toEqual([
      ['close', '2026-04-23', '2026-04-09'],
      ['protect', '2026-03-06', undefined],
    ])
    const sent = rules.map((rule) => (rule.key === 'close' ? { ...rule, countedFrom: 'sent' as const } : rule))
    expect(dates(started([], [owed('close')], sent, anchors(from)))).toEqual([['close', '2026-05-11', '2026-04-27']])
    // 4 April is the eve of Easter: a chosen day stays where it is.
    expect(dates(started([], [owed('complete-measure', { subject: 'm1', day: '2026-04-04' })], rules, anchors()))).toEqual([['complete-measure/m1', '2026-04-04', '2026-03-28']])
  })
  it('have no deadline while what they count from is yet to come, where the policy has no row, or a row without a limit', () => {
    const sent = rules.map((rule) => ({ ...rule, countedFrom: 'sent' as const }))
    expect(started([], [owed('close')], sent, anchors())).toEqual([])
    expect(started([], [owed('close')], [], anchors())).toEqual([])
    expect(started([], [owed('complete-measure', { subject: 'm1' })], rules, anchors())).toEqual([])
  })
  it('are not warned of where the warning would come at once', () => {
    const warnAt = '2026-04-19T22:00:00.000Z'
    expect(dates(started([], [owed('close')], rules, anchors({ now: '2026-04-19T21:59:59.999Z' })))).toEqual([['close', '2026-05-04', '2026-04-20']])
    expect(dates(started([], [owed('close')], rules, anchors({ now: warnAt })))).toEqual([['close', '2026-05-04', undefined]])
  })
  it('have ids by key and what they are about, never used again', () => {
    const one = begin([], [owed('close'), owed('complete-measure', { subject: 'm1', day: '2026-04-01' })])
    const over = evolveDeadlines(one, { type: 'deadline-lapsed', data: { deadline: 'close' } })
    const two = begin(over, [owed('close'), owed('close'), owed('complete-measure', { subject: 'm1', day: '2026-05-01' }), owed('complete-measure', { subject: 'm2', day: '2026-05-01' })])
    expect(two.map(({ id, key, subject }) => [id, key, subject])).toEqual([
      ['close', 'close', undefined],
      ['complete-measure/m1', 'complete-measure', 'm1'],
      ['close/2', 'close', undefined],
      ['close/3', 'close', undefined],
      ['complete-measure/m1/2', 'complete-measure', 'm1'],
      ['complete-measure/m2', 'complete-measure', 'm2'],
    ])
  })
})

describe('duties that are gone', () => {
  const running = begin([], [owed('close'), owed('assess'), owed('complete-measure', { subject: 'm1', day: '2026-04-01' }), owed('complete-measure', { subject: 'm2', day: '2026-04-01' })])
  it('end their deadline: met where something met it, else lapsed; what is still owed runs on', () => {
    const met = '2026-03-01T00:00:00.000Z'
    expect(ended(running, [owed('close'), owed('complete-measure', { subject: 'm2' })], ({ key }) => (key === 'assess' ? met : undefined))).toEqual([
      { type: 'deadline-met', data: { deadline: 'assess', at: met } },
      { type: 'deadline-lapsed', data: { deadline: 'complete-measure/m1' } },
    ])
  })
  it('end it once', () => {
    const over = ended(running, [], () => undefined).reduce(evolveDeadlines, running)
    expect(ended(over, [], () => now)).toEqual([])
  })
})

describe('a day that people changed', () => {
  const running = begin([], [owed('complete-measure', { subject: 'm1', day: '2026-04-01' }), owed('answer-ivo', { subject: '1', day: '2026-04-01' }), owed('close')])
  const to = (day: string): readonly Owed[] => [owed('complete-measure', { subject: 'm1', day }), owed('answer-ivo', { subject: '1', day }), owed('close')]
  it('moves the deadline that rests on it, earlier as well as later, with its warning', () => {
    expect(redated(running, to('2026-04-10'), rules, now)).toEqual([
      { type: 'deadline-extended', data: { deadline: 'complete-measure/m1', due: '2026-04-10', dueInstant: '2026-04-10T22:00:00.000Z', warn: '2026-04-03', warnInstant: '2026-04-02T22:00:00.000Z', because: 'own-date' } },
      { type: 'deadline-extended', data: { deadline: 'answer-ivo/1', due: '2026-04-10', dueInstant: '2026-04-10T22:00:00.000Z', warn: '2026-04-07', warnInstant: '2026-04-06T22:00:00.000Z', because: 'ivo' } },
    ])
    expect(redated(running, to('2026-03-03'), rules, now)[0]?.data).toEqual({ deadline: 'complete-measure/m1', due: '2026-03-03', dueInstant: '2026-03-03T23:00:00.000Z', because: 'own-date' })
  })
  it('moves nothing where it is the same, where somebody gave more time, or where the deadline is over', () => {
    expect(redated(running, to('2026-04-01'), rules, now)).toEqual([])
    const given = evolveDeadlines(running, moved({ id: 'complete-measure/m1', key: 'complete-measure' }, '2026-05-01', 'decided', rules, now))
    expect(redated(given, to('2026-04-01'), rules, now)).toEqual([])
    const over = ended(running, [], () => undefined).reduce(evolveDeadlines, running)
    expect(redated(over, to('2026-04-10'), rules, now)).toEqual([])
  })
})
