import { describe, expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { queue } from '#projections/queue/queue'

describe('the queue', () => {
  it('has each case at its unit with the seat that is responsible', () => {
    expect(rowAfter(queue, [report()])?.columns).toEqual({ unit: 'missbruk', open: 1, due_key: '9999', received: '2020-03-02T08:00:00.000Z', role: 'unit-manager', role_unit: 'missbruk' })
    const moved = rowAfter(queue, [
      report(),
      ['case-moved', { fromUnit: 'missbruk', toUnit: 'ifo' }],
      ['responsibility-assigned', { role: 'area-manager', unit: 'socialnamnden', because: 'move' }],
    ])
    expect(moved?.columns).toMatchObject({ unit: 'ifo', role: 'area-manager', role_unit: 'socialnamnden' })
  })
  it('opens and shuts with closing, recording as no case, and reopening', () => {
    expect(rowAfter(queue, [report(), ['deviation-closed', { outcome: 'deviation' }]])?.columns.open).toBe(0)
    expect(rowAfter(queue, [report(), ['outcome-without-case-recorded', { outcome: 'withdrawn' }]])?.columns.open).toBe(0)
    expect(rowAfter(queue, [report(), ['deviation-closed', { outcome: 'deviation' }], ['deviation-reopened', {}]])?.columns.open).toBe(1)
  })
})
