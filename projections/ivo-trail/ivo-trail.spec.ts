import { describe, expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { ivoTrail, lawsOf, statusOf } from '#projections/ivo-trail/ivo-trail'

const suspected = ['deviation-assessed', { group: 'social', outcome: 'suspected-misconduct', category: 'overgrepp' }] as const

describe('the trail to IVO', () => {
  it('is empty for a case that nobody suspected', () => {
    expect(rowAfter(ivoTrail, [report(), ['deviation-assessed', { group: 'social', outcome: 'deviation', category: 'annat' }], ['deviation-closed', { outcome: 'deviation' }]])).toBeUndefined()
  })
  it('begins with the suspicion, the report of misconduct, the escalation or the decision, and keeps a withdrawn suspicion', () => {
    const typesAfter = (...events: Parameters<typeof rowAfter>[1]): unknown => rowAfter(ivoTrail, events)?.state.steps.map(({ type }) => type)
    expect(typesAfter(report(), ['note-added', { kind: 'fact' }], suspected, ['risk-scored', { group: 'social' }], ['deviation-assessed', { group: 'social', outcome: 'deviation', category: 'annat' }])).toEqual([
      'deviation-assessed',
      'deviation-assessed',
    ])
    expect(typesAfter(report({ reportedType: 'misconduct' }), ['lex-sarah-escalated', {}])).toEqual(['deviation-reported', 'lex-sarah-escalated'])
    expect(typesAfter(report(), ['lex-sarah-escalated', {}])).toEqual(['lex-sarah-escalated'])
    expect(typesAfter(report(), ['ivo-notification-decided', { law: 'lex-maria', notify: true }])).toEqual(['ivo-notification-decided'])
  })
  it('has time, actor, revision, hash and law of each step', () => {
    const sha = 'b'.repeat(64)
    const row = rowAfter(ivoTrail, [report(), suspected, ['ivo-notification-sent', { law: 'lex-sarah', channel: 'post', sentAt: '2020-03-04T10:00:00.000Z', packageSha256: sha }]])
    expect(row?.state.steps.at(-1)).toEqual({
      revision: 2,
      type: 'ivo-notification-sent',
      law: 'lex-sarah',
      recordedAt: '2020-03-05T09:00:00.000Z',
      occurredAt: '2020-03-04T10:00:00.000Z',
      documentSha256: sha,
      actor: { id: 's-2', role: 'unit-manager', unit: 'missbruk' },
    })
    expect(row?.columns).toEqual({ begun: '2020-03-04T09:00:00.000Z', last: '2020-03-05T09:00:00.000Z' })
  })
  it('says where each notification stands', () => {
    const decided = (notify: boolean, law: 'lex-sarah' | 'lex-maria' = 'lex-sarah') => ['ivo-notification-decided', { law, notify }] as const
    const statusAfter = (...events: Parameters<typeof rowAfter>[1]): unknown => statusOf(rowAfter(ivoTrail, [report(), suspected, ...events])?.state.steps ?? [])
    expect(statusAfter()).toBe('undecided')
    expect(statusAfter(['lex-sarah-escalated', {}], ['lex-sarah-declined', {}])).toBe('not-applicable')
    expect(statusAfter(['lex-sarah-escalated', {}], ['lex-sarah-decided', { degree: 'none' }])).toBe('not-applicable')
    expect(statusAfter(['lex-sarah-escalated', {}], ['lex-sarah-decided', { degree: 'misconduct' }])).toBe('undecided')
    expect(statusAfter(decided(true))).toBe('pending')
    expect(statusAfter(decided(true), decided(false))).toBe('declined')
    expect(statusAfter(decided(true), ['ivo-notification-sent', { law: 'lex-sarah', sentAt: 'x' }])).toBe('sent')
    expect(statusAfter(decided(true), ['ivo-notification-sent', { law: 'lex-sarah', sentAt: 'x' }], ['ivo-receipt-recorded', { law: 'lex-sarah', receivedAt: 'y' }])).toBe('received')
    expect(lawsOf(rowAfter(ivoTrail, [report(), suspected, decided(true, 'lex-maria')])?.state ?? { steps: [] })).toEqual(['lex-sarah', 'lex-maria'])
  })
})
