import { describe, expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { factsOfSight, sightOf } from '#projections/statistics/sight'
import { readFacets, statistics } from '#projections/statistics/statistics'

const columnsAfter = (...events: Parameters<typeof rowAfter>[1]) => {
  const row = rowAfter(statistics, events)
  if (!row) throw new Error('No row')
  return row.columns
}
const completed = (kind: 'standard' | 'lex-sarah', causes: readonly ('teknik' | 'kompetens' | 'tidsbrist')[]) => ['investigation-completed', { group: 'social', kind, causes }] as const

describe('statistics', () => {
  it('count a case on the Stockholm days on which it occurred (else was discovered), was received and was reported', () => {
    const late = report({ occurredAt: '2020-06-30T22:30:00.000Z', receivedAt: '2020-01-31T23:30:00.000Z' })
    expect(columnsAfter(late)).toMatchObject({ occurred: '2020-07-01', received: '2020-02-01', reported: '2020-03-03' })
    expect(columnsAfter(report())).toMatchObject({ occurred: '2020-03-01' })
  })
  it('count a case once, and not at all while it is no case', () => {
    expect(columnsAfter(report()).count).toBe(1)
    expect(columnsAfter(report(), ['outcome-without-case-recorded', { outcome: 'withdrawn' }]).count).toBe(0)
    expect(columnsAfter(report(), ['outcome-without-case-recorded', { outcome: 'withdrawn' }], ['deviation-reopened', {}]).count).toBe(1)
  })
  it('count a batch as many, on the first day of its period where no other is given', () => {
    const batch = ['deviations-reported-in-batch', { from: '2020-02-10', to: '2020-02-29', count: 12 }] as const
    expect(columnsAfter(report({ discoveredAt: undefined }), batch)).toMatchObject({ count: 12, occurred: '2020-02-10', received: '2020-03-02' })
    expect(columnsAfter(report(), batch)).toMatchObject({ count: 12, occurred: '2020-03-01' })
    expect(columnsAfter(report(), batch, ['outcome-without-case-recorded', { outcome: 'withdrawn' }]).count).toBe(0)
  })
  it('hold one facet for each group of the legal areas', () => {
    const row = columnsAfter(
      report({ legalAreas: ['SoL', 'HSL'] }),
      ['deviation-assessed', { group: 'social', outcome: 'deviation', category: 'bemotande' }],
      completed('standard', ['teknik', 'kompetens']),
      completed('lex-sarah', ['tidsbrist', 'teknik']),
      completed('standard', ['kompetens']),
    )
    expect(readFacets(String(row.facets))).toEqual([
      { group: 'social', category: 'bemotande', assessedOutcome: 'deviation', causes: ['kompetens', 'teknik', 'tidsbrist'] },
      { group: 'health', category: 'none', assessedOutcome: 'none', causes: [] },
    ])
  })
  it('know degree, outcome, feedback and notification, and the days that assessing and closing took', () => {
    expect(columnsAfter(report())).toMatchObject({ degree: 'none', outcome: 'none', feedback: 'none', ivo: 'none', phase: 'reported', days_to_assess: null, days_to_close: null })
    const decided = [report(), ['lex-sarah-escalated', {}], ['lex-sarah-taken-over', {}], ['lex-sarah-decided', { degree: 'serious' }], ['ivo-notification-decided', { law: 'lex-sarah', notify: true }]] as const
    expect(columnsAfter(...decided)).toMatchObject({ degree: 'serious', ivo: 'pending' })
    expect(columnsAfter(...decided, ['ivo-notification-sent', { law: 'lex-sarah' }])).toMatchObject({ ivo: 'notified' })
    expect(columnsAfter(...decided, ['ivo-notification-decided', { law: 'lex-sarah', notify: false }])).toMatchObject({ ivo: 'declined' })
    expect(columnsAfter(report(), ['feedback-waived', { to: 'complainant' }])).toMatchObject({ feedback: 'waived' })
    expect(columnsAfter(report(), ['feedback-waived', { to: 'complainant' }], ['feedback-given', { to: 'reporter' }])).toMatchObject({ feedback: 'given' })
    const assessedTwice = [report(), ['deviation-assessed', { group: 'social', outcome: 'deviation', category: 'annat' }], ['deviation-assessed', { group: 'social', outcome: 'not-a-deviation', category: 'annat' }]] as const
    expect(columnsAfter(...assessedTwice, ['deviation-closed', { outcome: 'not-a-deviation' }])).toMatchObject({ days_to_assess: 2, days_to_close: 4, outcome: 'not-a-deviation', phase: 'closed' })
  })
  it('keep the measures that open a case: all that wait of a restricted one, else those of other units and levels above', () => {
    const measure = (measureId: string, level: 'unit' | 'operation', unit: string) =>
      ['measure-proposed', { measureId, type: 'rutin', level, responsible: { role: 'unit-manager', unit }, plannedCompletion: '2020-04-01' }] as const
    const events = [
      report(),
      measure('m1', 'unit', 'missbruk'),
      measure('m2', 'unit', 'ifo'),
      measure('m3', 'operation', 'missbruk'),
      measure('m4', 'unit', 'vuxna'),
      ['measures-decided', { decisions: [{ measureId: 'm1', decision: 'approved' }, { measureId: 'm2', decision: 'approved' }] }],
    ] as const
    const kept = (given: Parameters<typeof rowAfter>[1]) =>
      factsOfSight('missbruk', String(columnsAfter(...given).sight)).measures.map(({ level, state, responsible }) => [level, state, responsible.unit])
    expect(kept(events)).toEqual([
      ['operation', 'checked', ''],
      ['unit', 'approved', 'ifo'],
    ])
    expect(kept([...events, ['access-restricted', { because: 'other' }]])).toEqual([
      ['operation', 'proposed', 'missbruk'],
      ['unit', 'approved', 'ifo'],
      ['unit', 'approved', 'missbruk'],
      ['unit', 'proposed', 'vuxna'],
    ])
  })
  it('keep of a case what rights depend on', () => {
    const events: readonly (readonly Parameters<typeof rowAfter>[1][number][])[] = [
      [report()],
      [report({ concernsManager: true, legalAreas: ['HSL', 'LSS'] })],
      [report(), ['deviation-assessed', { group: 'social', outcome: 'suspected-misconduct', category: 'annat' }]],
      [report({ reportedType: 'misconduct' }), ['lex-sarah-escalated', {}], ['lex-sarah-taken-over', {}], ['lex-sarah-investigator-appointed', { staff: 's-9' }]],
    ]
    for (const given of events) {
      const facts = rowAfter(statistics, given)?.state.facts
      if (!facts) throw new Error('No row')
      const { legalAreas, concernsManager, everSuspected, everEscalated, lexSarah, unit } = facts
      expect(factsOfSight(unit, sightOf(facts))).toMatchObject({ legalAreas: expect.arrayContaining([...legalAreas]), concernsManager, everSuspected, everEscalated, lexSarah, unit, ...(concernsManager ? { reportedAt: facts.reportedAt } : {}) })
    }
  })
})
