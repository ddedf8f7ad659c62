import { describe, expect, it } from '@jest/globals'
import { feedAnswers, feedView } from '#libs/organisation/feeds'
import { emptyOrganisation, type Feed } from '#libs/organisation/state'
import { day, told } from '#libs/organisation/testing/town'

const feed: Feed = { id: 'f1', staff: 's-1', role: 'unit-manager', unit: 'a' }
const registered = told(emptyOrganisation, 's-0', day(1), { type: 'authority-registered', data: { unit: 'n', name: 'N' } }, { type: 'unit-registered', data: { unit: 'a', name: 'A', parent: 'n' } }, { type: 'unit-registered', data: { unit: 'b', name: 'B', parent: 'n' } })
const granted = (grant: string, staff: string, role: 'unit-manager' | 'area-manager' = 'unit-manager', unit = 'a') =>
  ({ type: 'role-granted', data: { grant, staff, role, unit, scope: 'unit', from: day(2), primary: true, needsConfirmation: false } }) as const

describe('a calendar feed', () => {
  it('answers while its reader holds that role at that unit', () => {
    const held = told(registered, 's-0', day(2), granted('g1', 's-1'))
    expect([feedAnswers(held, feed, day(1)), feedAnswers(held, feed, day(3))]).toEqual([false, true])
    for (const other of [{ ...feed, staff: 's-2' }, { ...feed, role: 'area-manager' as const }, { ...feed, unit: 'b' }, { ...feed, closed: true as const }]) expect(feedAnswers(held, other, day(3))).toBe(false)
    const revoked = told(held, 's-0', day(4), { type: 'role-revoked', data: { grant: 'g1', until: day(4) } })
    expect([feedAnswers(revoked, feed, day(3)), feedAnswers(revoked, feed, day(5))]).toEqual([true, false])
  })
  it('does not answer who is replaced, and answers her substitute\'s own', () => {
    const away = told(registered, 's-0', day(2), granted('g1', 's-1'), { type: 'substitute-appointed', data: { substitution: 'g2', grant: 'g1', staff: 's-2', from: day(3), until: day(5) } })
    const hers = { ...feed, id: 'f2', staff: 's-2' }
    expect([feedAnswers(away, feed, day(4)), feedAnswers(away, hers, day(4)), feedAnswers(away, feed, day(6)), feedAnswers(away, hers, day(6))]).toEqual([false, true, true, false])
  })
  it('goes on after its unit was merged', () => {
    const merged = told(registered, 's-0', day(2), granted('g1', 's-1', 'area-manager'), { type: 'units-merged', data: { units: ['a'], into: 'b' } })
    expect(feedAnswers(merged, { ...feed, role: 'area-manager' }, day(4))).toBe(true)
  })
  it('is shown without its secret', () => {
    expect(feedView({ ...feed, closed: true })).toEqual({ feed: 'f1', staff: 's-1', role: 'unit-manager', unit: 'a', open: false })
  })
})
