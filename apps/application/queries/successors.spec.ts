import { describe, expect, it } from '@jest/globals'
import { becameOf, idsOf } from '#apps/application/queries/successors'
import { day, told, town } from '#libs/organisation/testing/town'

describe('what became of old units', () => {
  const merged = told(
    town,
    'admin',
    day(2),
    { type: 'unit-split', data: { unit: 'nursing', into: [{ unit: 'a', name: 'A' }, { unit: 'b', name: 'B' }] } },
    { type: 'units-merged', data: { units: ['a', 'b'], into: 'home' } },
  )
  it('is today\'s unit, through splits and mergers, and what became of that', () => {
    expect(becameOf(merged, ['nursing', 'a', 'area', 'nowhere'])).toEqual({ nursing: ['home'], a: 'home' })
    expect(becameOf(told(merged, 'admin', day(3), { type: 'unit-closed', data: { unit: 'home' } }), ['a'])).toEqual({ a: 'home', home: null })
  })
  it('is asked for under any id, old or new', () => {
    for (const id of ['a', 'home']) expect(idsOf(merged, id)).toEqual(['home', 'a', 'b'])
    expect(idsOf(merged, 'nursing')).toEqual(['nursing'])
  })
})
