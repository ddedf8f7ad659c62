import { describe, expect, it } from '@jest/globals'
import type { IvoLaw } from '#events/codes'
import { report, rowAfter } from '#projections/given'
import { ivoTrail, lawsOf, statusOf, type TrailStep } from '#projections/ivo-trail/ivo-trail'

type Events = Parameters<typeof rowAfter>[1]
const suspected = ['deviation-assessed', { group: 'social', outcome: 'suspected-misconduct', category: 'overgrepp' }] as const
const withdrawn = ['deviation-assessed', { group: 'social', outcome: 'deviation', category: 'annat' }] as const
const injured = ['deviation-assessed', { group: 'health', outcome: 'suspected-care-injury', category: 'fall' }] as const
const stepsAfter = (...events: Events): readonly TrailStep[] => rowAfter(ivoTrail, events)?.state.steps ?? []
const typesAfter = (...events: Events): readonly string[] => stepsAfter(...events).map(({ type }) => type)

describe('the trail to IVO', () => {
  it('is empty for a case that nobody suspected', () => {
    expect(rowAfter(ivoTrail, [report(), withdrawn, ['patient-informed', { notedInRecord: true }], ['handover-accepted', { handover: 'h1' }], ['deviation-closed', { outcome: 'deviation' }]])).toBeUndefined()
  })
  it('begins with the suspicion, the report of misconduct, the escalation, the referral or the decision, and keeps a withdrawn suspicion', () => {
    expect(typesAfter(report(), ['note-added', { kind: 'fact' }], suspected, ['risk-scored', { group: 'social' }], withdrawn)).toEqual(['deviation-assessed', 'deviation-assessed'])
    expect(typesAfter(report({ reportedType: 'misconduct' }), ['lex-sarah-escalated', {}])).toEqual(['deviation-reported', 'lex-sarah-escalated'])
    expect(typesAfter(report(), ['lex-sarah-escalated', {}])).toEqual(['lex-sarah-escalated'])
    expect(typesAfter(report(), injured)).toEqual(['deviation-assessed'])
    expect(typesAfter(report(), ['lex-maria-referred', {}])).toEqual(['lex-maria-referred'])
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
  it('has the whole chain of lex Maria, and nothing of the social side', () => {
    const law = 'lex-maria'
    const sentAt = '2020-03-09T10:00:00.000Z'
    const sha = 'c'.repeat(64)
    const steps = stepsAfter(
      report({ legalAreas: ['SoL', 'HSL'] }),
      injured,
      ['responsibility-assigned', { role: 'medical-officer', unit: 'missbruk', because: 'report' }],
      withdrawn,
      ['lex-maria-referred', {}],
      ['patient-informed', { informedAt: sentAt, notedInRecord: true }],
      ['patient-information-waived', {}],
      ['investigation-opened', { group: 'health', kind: 'event-analysis' }],
      ['investigation-completed', { group: 'health', kind: 'event-analysis' }],
      ['lex-maria-decided', { notify: true }],
      ['ivo-notification-decided', { law, notify: true }],
      ['ivo-notification-sent', { law, channel: 'post', sentAt }],
      ['ivo-receipt-recorded', { law, receivedAt: sentAt }],
      ['ivo-investigation-sent', { law, sentAt, packageSha256: sha }],
      ['ivo-extension-granted', { law, newDue: '2020-06-01' }],
      ['ivo-supplement-requested', { law, request: 1, due: '2020-05-15' }],
      ['ivo-extension-granted', { law, request: 1, newDue: '2020-05-29' }],
      ['handover-accepted', { handover: 'h1', toUnit: 'hemsjukvard' }],
      ['ivo-supplement-sent', { law, request: 1, sentAt, packageSha256: sha }],
      ['ivo-decision-received', { law, decidedAt: sentAt }],
      ['deviation-closed', { outcome: 'care-injury' }],
    )
    expect(lawsOf({ steps })).toEqual([law])
    expect(steps.map(({ revision: _, law: __, recordedAt: ___, actor: ____, ...what }) => what)).toEqual([
      { type: 'deviation-assessed', outcome: 'suspected-care-injury' },
      { type: 'lex-maria-referred' },
      { type: 'patient-informed', occurredAt: sentAt },
      { type: 'patient-information-waived' },
      { type: 'investigation-opened' },
      { type: 'investigation-completed' },
      { type: 'lex-maria-decided', notify: true },
      { type: 'ivo-notification-decided', notify: true },
      { type: 'ivo-notification-sent', occurredAt: sentAt },
      { type: 'ivo-receipt-recorded', occurredAt: sentAt },
      { type: 'ivo-investigation-sent', occurredAt: sentAt, documentSha256: sha },
      { type: 'ivo-extension-granted', due: '2020-06-01' },
      { type: 'ivo-supplement-requested', request: 1, due: '2020-05-15' },
      { type: 'ivo-extension-granted', request: 1, due: '2020-05-29' },
      { type: 'handover-accepted' },
      { type: 'ivo-supplement-sent', request: 1, occurredAt: sentAt, documentSha256: sha },
      { type: 'ivo-decision-received', occurredAt: sentAt },
    ])
  })
  it('keeps the laws apart, each from its own beginning', () => {
    const law = 'deficient-private-operator'
    const row = rowAfter(ivoTrail, [
      report(),
      ['investigation-opened', { group: 'health', kind: 'simple' }],
      suspected,
      ['ivo-notification-decided', { law, notify: true }],
      ['handover-accepted', { handover: 'h1' }],
      ['lex-maria-referred', {}],
      ['case-moved', { toUnit: 'ifo' }],
    ])
    const typesUnder = (wanted: IvoLaw): unknown => row?.state.steps.flatMap((s) => (s.law === wanted ? [s.type] : []))
    expect(typesUnder('lex-sarah')).toEqual(['deviation-assessed', 'handover-accepted', 'case-moved'])
    expect(typesUnder('lex-maria')).toEqual(['lex-maria-referred'])
    expect(typesUnder(law)).toEqual(['ivo-notification-decided', 'handover-accepted'])
  })
  it('says what was decided on each notification', () => {
    const decided = (notify: boolean) => ['ivo-notification-decided', { law: 'lex-sarah', notify }] as const
    const escalated = ['lex-sarah-escalated', {}] as const
    const statusAfter = (...events: Events): unknown => statusOf(stepsAfter(report(), ...events).filter(({ law }) => law === 'lex-sarah'))
    expect(statusAfter(suspected)).toBe('undecided')
    expect(statusAfter(suspected, withdrawn)).toBe('not-applicable')
    expect(statusAfter(suspected, escalated, withdrawn)).toBe('undecided')
    expect(statusAfter(escalated, ['lex-sarah-declined', {}])).toBe('not-applicable')
    expect(statusAfter(escalated, ['lex-sarah-declined', {}], suspected)).toBe('undecided')
    expect(statusAfter(escalated, ['lex-sarah-decided', { degree: 'none' }])).toBe('not-applicable')
    expect(statusAfter(escalated, ['lex-sarah-decided', { degree: 'misconduct' }])).toBe('undecided')
    expect(statusAfter(suspected, decided(true))).toBe('pending')
    expect(statusAfter(suspected, decided(true), decided(false))).toBe('declined')
    expect(statusAfter(escalated, decided(false), ['lex-sarah-decided', { degree: 'misconduct' }])).toBe('declined')
    expect(statusAfter(escalated, decided(false), ['lex-sarah-decided', { degree: 'serious' }])).toBe('undecided')
    expect(statusAfter(escalated, decided(false), escalated)).toBe('undecided')
    const maria = stepsAfter(report(), ['lex-maria-referred', {}], ['lex-maria-decided', { notify: false }], ['ivo-notification-decided', { law: 'lex-maria', notify: false }])
    expect(statusOf(maria)).toBe('declined')
  })
  it('says how far one that was sent has come, to the decision of IVO', () => {
    const law = 'lex-sarah'
    const chain: readonly (readonly [Events[number], string])[] = [
      [['ivo-notification-sent', { law, sentAt: 'x' }], 'sent'],
      [['ivo-receipt-recorded', { law, receivedAt: 'x' }], 'received'],
      [['ivo-investigation-sent', { law, sentAt: 'x' }], 'investigation-sent'],
      [['ivo-supplement-requested', { law, request: 1, due: '2020-05-15' }], 'supplement-requested'],
      [['ivo-supplement-requested', { law, request: 2, due: '2020-05-16' }], 'supplement-requested'],
      [['ivo-supplement-sent', { law, request: 2, sentAt: 'x' }], 'supplement-requested'],
      [['ivo-supplement-sent', { law, request: 1, sentAt: 'x' }], 'investigation-sent'],
      [['ivo-decision-received', { law, decidedAt: 'x' }], 'decided'],
    ]
    const begun: Events = [report(), suspected, ['ivo-notification-decided', { law, notify: true }]]
    expect(chain.map((_, i) => statusOf(stepsAfter(...begun, ...chain.slice(0, i + 1).map(([event]) => event))))).toEqual(chain.map(([, status]) => status))
  })
})
