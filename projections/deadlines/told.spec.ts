import { expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { deadlines } from '#projections/deadlines/deadlines'

const limit = { due: '2020-03-10', dueInstant: '2020-03-10T23:00:00.000Z' }
const set = ['deadlines-set', { deadlines: [{ id: 'assess', key: 'assess', ...limit, basis: 'x', binding: 'local' }, { id: 'close', key: 'close', ...limit, basis: 'x', binding: 'local' }] }] as const
const extended = ['deadline-extended', { deadline: 'close', due: '2020-03-20', dueInstant: '2020-03-20T23:00:00.000Z', because: 'decided' }] as const

it('each deadline knows when it was set, and how often and when it was moved', () => {
  const row = rowAfter(deadlines, [report(), set, extended, ['deadline-met', { deadline: 'assess', at: limit.dueInstant }], extended])
  const parts = row && deadlines.parts?.(row.state, 'deviation-1')
  expect(parts?.['assess']?.state).toMatchObject({ stream: 'deviation-1', deadline: { id: 'assess', state: 'met' }, setAt: '2020-03-04T09:00:00.000Z', moves: 0 })
  expect(parts?.['assess']?.state).not.toHaveProperty('movedAt')
  expect(parts?.['close']?.state).toMatchObject({ setAt: '2020-03-04T09:00:00.000Z', moves: 2, movedAt: '2020-03-07T09:00:00.000Z' })
})
