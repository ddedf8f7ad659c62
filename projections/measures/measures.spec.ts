import { describe, expect, it } from '@jest/globals'
import { caseId, recorded, report } from '#projections/given'
import { measures } from '#projections/measures/measures'
import { rowsAfter } from '#projections/rows'

type Given = Parameters<typeof recorded>[0][number]
const proposed = (measureId: string, more = {}): Given => [
  'measure-proposed',
  { measureId, type: 'rutin', level: 'unit', timing: 'corrective', responsible: { role: 'unit-manager', unit: 'ifo' }, plannedCompletion: '2020-04-01', ...more },
]
const effect = { what: 'Signering', direction: 'up', lowestAcceptedResult: 95, checkOn: '2020-06-01' } as const
const rows = (...events: readonly Given[]) => rowsAfter(measures, recorded([report(), ...events]))
const row = (measureId: string, ...events: readonly Given[]) => rows(...events)[`${caseId}/${measureId}`]

describe('the measures', () => {
  it('are one row each, found by unit, routine, state and dates', () => {
    expect(row('m1', proposed('m1', { routineId: 'medicine', plannedStart: '2020-03-10' }), ['effect-criterion-set', { measureId: 'm1', effect }])).toEqual({
      state: {
        case: caseId,
        measureId: 'm1',
        type: 'rutin',
        level: 'unit',
        timing: 'corrective',
        responsible: { role: 'unit-manager', unit: 'ifo' },
        state: 'proposed',
        routine: 'medicine',
        plannedStart: '2020-03-10',
        plannedCompletion: '2020-04-01',
        effect: { direction: 'up', lowestAcceptedResult: 95, checkOn: '2020-06-01' },
      },
      columns: { case_id: caseId, unit: 'ifo', measure_state: 'proposed', routine: 'medicine', planned: '2020-04-01', check_on: '2020-06-01', accepted: null },
    })
    expect(Object.keys(rows(['note-added', { kind: 'fact' }], ['measures-decided', { decisions: [{ measureId: 'm9', decision: 'approved' }] }]))).toEqual([])
  })
  it('are decided together, each its own way, and one replaces another', () => {
    const after = rows(
      proposed('m1'),
      proposed('m2'),
      proposed('m3'),
      ['measures-decided', { decisions: [{ measureId: 'm1', decision: 'approved-in-part' }, { measureId: 'm2', decision: 'approved' }] }],
      proposed('m4', { replaces: 'm1' }),
      ['measure-cancelled', { measureId: 'm2' }],
    )
    expect(Object.values(after).map(({ state: { measureId, state, decision, replaces, replacedBy } }) => [measureId, state, decision, replaces ?? replacedBy])).toEqual([
      ['m1', 'approved-in-part', 'approved-in-part', 'm4'],
      ['m2', 'cancelled', 'approved', undefined],
      ['m3', 'proposed', undefined, undefined],
      ['m4', 'proposed', undefined, 'm1'],
    ])
  })
  it('end with their effect, accepted or not', () => {
    const until = (accepted: boolean) =>
      row('m1', proposed('m1'), ['measure-completed', { measureId: 'm1', completedAt: '2020-03-20T08:00:00.000Z' }], ['measure-effect-checked', { measureId: 'm1', result: 97, accepted }])
    expect(until(true)).toMatchObject({ state: { state: 'checked', completedAt: '2020-03-20T08:00:00.000Z', result: 97, accepted: true }, columns: { measure_state: 'checked', accepted: 1 } })
    expect(until(false)?.columns.accepted).toBe(0)
  })
})
