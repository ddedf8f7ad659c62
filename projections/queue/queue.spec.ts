import { describe, expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { queue } from '#projections/queue/queue'

describe('the queue', () => {
  it('has each case at its unit with the seat that is responsible', () => {
    expect(rowAfter(queue, [report()])?.columns).toEqual({ unit: 'missbruk', open: 1, due_key: '9999', received: '2020-03-02T08:00:00.000Z', role: 'unit-manager', others: 0, offered: null, reassigned: null })
    const moved = rowAfter(queue, [
      report(),
      ['case-moved', { fromUnit: 'missbruk', toUnit: 'ifo' }],
      ['responsibility-assigned', { role: 'area-manager', unit: 'socialnamnden', because: 'move' }],
    ])
    expect(moved?.columns).toMatchObject({ unit: 'ifo', role: 'area-manager' })
  })
  it('says when a step waits for somebody else than the responsible seat, and where a case is offered', () => {
    expect(rowAfter(queue, [report({ reportedType: 'complaint' }), ['diary-number-requested', {}]])?.columns.others).toBe(1)
    expect(rowAfter(queue, [report({ reportedType: 'complaint' }), ['diary-number-requested', {}], ['diary-number-assigned', {}]])?.columns.others).toBe(0)
    const offered = [report(), ['handover-offered', { handover: 'h1', toUnit: 'nattugglan-lss' }]] as const
    expect(rowAfter(queue, offered)?.columns).toMatchObject({ unit: 'missbruk', role: 'unit-manager', offered: 'nattugglan-lss', others: 1 })
    expect(rowAfter(queue, [...offered, ['handover-declined', { handover: 'h1' }]])?.columns).toMatchObject({ unit: 'missbruk', offered: null, others: 0 })
    expect(rowAfter(queue, [...offered, ['handover-accepted', { handover: 'h1', toUnit: 'nattugglan-lss' }]])?.columns).toMatchObject({ unit: 'nattugglan-lss', offered: null })
  })
  it('opens and shuts with closing, recording as no case, and reopening', () => {
    expect(rowAfter(queue, [report(), ['deviation-closed', { outcome: 'deviation' }]])?.columns.open).toBe(0)
    expect(rowAfter(queue, [report(), ['outcome-without-case-recorded', { outcome: 'withdrawn' }]])?.columns.open).toBe(0)
    expect(rowAfter(queue, [report(), ['deviation-closed', { outcome: 'deviation' }], ['deviation-reopened', {}]])?.columns.open).toBe(1)
  })
})
