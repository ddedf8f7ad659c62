import { describe, expect, it } from '@jest/globals'
import { caseId, recorded, report } from '#projections/given'
import { routines } from '#projections/routines/routines'
import { oneLog, routineRecorded, rowsAfter } from '#projections/rows'

const registered = ['routine-registered', { process: 'Hemsjukvård', activity: 'Överlämna läkemedel', name: 'Läkemedel', owner: { role: 'unit-manager', unit: 'hemsjukvard' } }] as const
const names = { routineId: 'medicine' }

describe('the routines', () => {
  it('hold what happened to them and in the cases that name them as one history', () => {
    const log = oneLog(
      routineRecorded('medicine', [registered, ['self-check-planned', { interval: 'yearly', direction: 'up', lowestAcceptedResult: 95, firstDue: '2020-09-01' }]]),
      recorded([
        report(),
        ['deviation-assessed', { group: 'health', outcome: 'deviation', ...names }],
        ['measure-proposed', { measureId: 'm1', ...names }],
        ['measure-completed', { measureId: 'm1', completedAt: '2020-03-20T08:00:00.000Z', ...names }],
        ['measure-effect-checked', { measureId: 'm1', result: 97, accepted: true, ...names }],
        ['deviation-assessed', { group: 'health', outcome: 'deviation' }],
      ]),
      routineRecorded('medicine', [
        registered,
        ['self-check-planned', {}],
        ['routine-risk-analysed', { severity: 3, likelihood: 3, score: 9, asksForMeasures: true, case: caseId }],
        ['routine-revised', { version: 2, case: caseId, measureId: 'm1' }],
        ['self-check-performed', { performedAt: '2020-09-01T08:00:00.000Z', result: 96, accepted: true, nextDue: '2021-09-01' }],
      ]).slice(2),
    )
    const { medicine } = rowsAfter(routines, log)
    expect(medicine?.columns).toEqual({ unit: 'hemsjukvard', process: 'Hemsjukvård', name: 'Läkemedel' })
    expect(medicine?.state).toMatchObject({ id: 'medicine', version: 2, ended: false, plan: { interval: 'yearly', direction: 'up', lowestAcceptedResult: 95 } })
    const there = { inCase: true, case: caseId }
    expect(medicine?.state.history.map(({ recordedAt: _recordedAt, ...entry }) => entry)).toEqual([
      { type: 'routine-registered', size: 1, revision: 0 },
      { type: 'self-check-planned', size: 2, revision: 1, firstDue: '2020-09-01' },
      { type: 'deviation-assessed', size: 4, revision: 1, ...there, group: 'health', outcome: 'deviation' },
      { type: 'measure-proposed', size: 5, revision: 2, ...there, measureId: 'm1' },
      { type: 'measure-completed', size: 6, revision: 3, ...there, measureId: 'm1', performedAt: '2020-03-20T08:00:00.000Z' },
      { type: 'measure-effect-checked', size: 7, revision: 4, ...there, measureId: 'm1', result: 97, accepted: true },
      { type: 'routine-risk-analysed', size: 9, revision: 2, score: 9, asksForMeasures: true, case: caseId },
      { type: 'routine-revised', size: 10, revision: 3, version: 2, case: caseId, measureId: 'm1' },
      { type: 'self-check-performed', size: 11, revision: 4, performedAt: '2020-09-01T08:00:00.000Z', result: 96, accepted: true, nextDue: '2021-09-01' },
    ])
  })
  it('are one row each, and no case is one', () => {
    const rows = rowsAfter(routines, [...routineRecorded('medicine', [registered]), ...routineRecorded('falls', [registered]), ...recorded([report(), ['deviation-assessed', { outcome: 'deviation', routineId: 'falls' }], ['deviation-assessed', { outcome: 'deviation', routineId: 'unknown' }]])])
    expect(Object.entries(rows).map(([key, { state }]) => [key, state.history.length])).toEqual([['medicine', 1], ['falls', 2]])
  })
  it('follow their owner, and end', () => {
    const { medicine } = rowsAfter(routines, routineRecorded('medicine', [registered, ['routine-owner-changed', { owner: { role: 'unit-manager', unit: 'ifo' } }], ['routine-ended', {}]]))
    expect([medicine?.columns.unit, medicine?.state.ended, medicine?.state.history.length]).toEqual(['ifo', true, 3])
  })
})
