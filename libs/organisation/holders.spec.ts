import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { roles, scopes } from '#events/codes'
import type { NewOrganisationEvent } from '#events/organisation'
import { mayActAs, standsIn } from '#libs/organisation/chain'
import { below, covers, grantsOf, holders, holds, pathUp, privateProviderOf, rootOf, seat, unit } from '#libs/organisation/holders'
import { day, told, town } from '#libs/organisation/testing/town'
import { emptyTable } from '#libs/organisation/table'
import { meView, organisationView } from '#libs/organisation/view'

const now = day(2)
const units = ['municipality', 'board', 'area', 'home', 'nursing', 'owl', 'owl-lss']

describe('units', () => {
  it('hang under an authority or provider, and that under the municipality', () => {
    expect(pathUp(town, 'home')).toEqual(['home', 'area', 'board', 'municipality'])
    expect(pathUp(town, 'nowhere')).toEqual([])
    expect(['home', 'board', 'owl-lss', 'municipality', 'nowhere'].map((id) => rootOf(town, id))).toEqual(['board', 'board', 'owl', undefined, undefined])
    expect(['home', 'owl', 'owl-lss'].map((id) => privateProviderOf(town, id))).toEqual([undefined, 'owl', 'owl'])
    expect(below(town, 'board')).toEqual(['board', 'area', 'home', 'nursing'])
    expect(below(town, 'municipality')).toEqual(['municipality', 'board', 'area', 'home', 'nursing', 'owl', 'owl-lss'])
    expect([unit(town, 'home')?.name, unit(town, 'municipality'), unit(town, 'nowhere')]).toEqual(['Barn och unga', undefined, undefined])
  })
})

describe('holders', () => {
  it('come nearest unit first, primary before others; a grant without its subtree reaches its unit only', () => {
    expect(holders(town, 'unit-manager', 'home', now).map((g) => g.staff)).toEqual(['manager', 'deputy'])
    expect(holders(town, 'lex-sarah-officer', 'home', now).map((g) => g.staff)).toEqual(['home-officer', 'officer'])
    expect(['board', 'home'].map((id) => holds(town, 'board-only', 'registrar', id, now))).toEqual([true, false])
    expect(holders(town, 'lex-sarah-officer', 'owl-lss', now)).toEqual([])
  })
  it('name a responsibility as role at the unit of the nearest grant, at the root without one, and a manager at the unit itself', () => {
    expect(['home', 'area', 'owl-lss'].map((id) => seat(town, 'lex-sarah-officer', id, now))).toEqual(['home', 'board', 'owl'])
    expect(['nursing', 'owl-lss'].map((id) => seat(town, 'unit-manager', id, now))).toEqual(['nursing', 'owl-lss'])
  })

  const changes = fc.oneof(
    fc.record({
      what: fc.constant('grant' as const),
      staff: fc.constantFrom('a', 'b', 'c'),
      role: fc.constantFrom(...roles.slice(0, 4)),
      unit: fc.constantFrom(...units),
      scope: fc.constantFrom(...scopes),
      from: fc.integer({ min: 1, max: 9 }),
      length: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      waits: fc.boolean(),
    }),
    fc.record({ what: fc.constantFrom('confirm' as const, 'revoke' as const), nth: fc.nat(9), until: fc.integer({ min: 1, max: 9 }) }),
  )
  it('agree with the grants of each person, whatever was granted, confirmed and revoked', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 20 }), fc.integer({ min: 1, max: 20 }), (history, at) => {
        const events = history.map((c, i): NewOrganisationEvent => {
          if (c.what !== 'grant')
            return c.what === 'confirm'
              ? { type: 'role-grant-confirmed', data: { grant: `x${c.nth}` } }
              : { type: 'role-revoked', data: { grant: `x${c.nth}`, until: day(c.until) } }
          const { staff, role, unit: where, scope, from, length, waits } = c
          const until = length === undefined ? undefined : day(from + length)
          return { type: 'role-granted', data: { grant: `x${i}`, staff, role, unit: where, scope, from: day(from), until, primary: i % 2 === 0, needsConfirmation: waits } }
        })
        const org = told(town, 'admin', day(4), ...events)
        for (const role of roles.slice(0, 4))
          for (const id of units) {
            const byRole = holders(org, role, id, day(at)).map((g) => g.id)
            const byPerson = [...new Set(org.grants.values().map((g) => g.staff))].flatMap((staff) =>
              grantsOf(org, staff, day(at)).flatMap((g) => (g.role === role && covers(org, g, id) ? [g.id] : [])),
            )
            expect(byRole.toSorted()).toEqual(byPerson.toSorted())
          }
      }),
      { numRuns: 50 },
    )
  })
})

describe('somebody can always act', () => {
  const among = (...staff: string[]) => (who: string) => staff.includes(who)
  it.each([
    ['unit-manager', 'home', [], 'unit-manager'],
    ['unit-manager', 'home', ['manager'], 'unit-manager'],
    ['unit-manager', 'home', ['manager', 'deputy'], 'area-manager'],
    ['unit-manager', 'home', ['manager', 'deputy', 'area-manager'], 'director'],
    ['unit-manager', 'home', ['manager', 'deputy', 'area-manager', 'director'], 'decision-maker'],
    ['unit-manager', 'nursing', [], 'director'],
    ['unit-manager', 'owl-lss', [], undefined],
    ['lex-sarah-officer', 'area', ['officer'], 'decision-maker'],
    ['medical-officer', 'nursing', [], 'decision-maker'],
    ['registrar', 'home', [], undefined],
  ] as const)('for %s at %s without %j stands %s', (role, at, without, acting) => {
    expect(standsIn(town, role, at, now, among(...without))).toBe(acting)
  })
  it('the next level acts only when nobody below can, and whoever is ineligible never', () => {
    const acts = (staff: string, ...without: string[]) => mayActAs(town, staff, 'unit-manager', 'home', now, among(...without))
    expect([acts('manager'), acts('deputy', 'manager'), acts('manager', 'manager')]).toEqual([true, true, false])
    expect([acts('area-manager'), acts('area-manager', 'manager'), acts('area-manager', 'manager', 'deputy')]).toEqual([false, false, true])
    expect(acts('director', 'manager', 'deputy')).toBe(false)
  })
})

describe('views', () => {
  const waiting = told(
    town,
    'admin',
    now,
    { type: 'role-granted', data: { grant: 'w', staff: 'newcomer', role: 'auditor', unit: 'board', scope: 'subtree', from: day(1), primary: false, needsConfirmation: true } },
    { type: 'role-revoked', data: { grant: 'manager', until: day(5) } },
  )
  it('tell the units and every grant, in force or not at the instant', () => {
    const { version, units: listed, grants } = organisationView(waiting, day(5))
    expect(version).toBe(town.events + 2)
    expect(listed.map((u) => `${u.unit} ${u.kind} ${u.parent}`).slice(0, 3)).toEqual(['municipality municipality null', 'board authority municipality', 'area unit board'])
    expect(grants.find((g) => g.grant === 'w')).toMatchObject({ confirmed: false, inForce: false, until: null })
    expect(grants.find((g) => g.grant === 'manager')).toMatchObject({ confirmed: true, inForce: false, until: day(5), from: day(1) })
    expect(grants.find((g) => g.grant === 'deputy')).toMatchObject({ inForce: true, staff: 'deputy', role: 'unit-manager', unit: 'home', scope: 'unit', primary: false })
  })
  it('tell a person the roles that she holds, and a stranger none', () => {
    expect(meView(waiting, 'manager', day(4)).roles).toEqual([{ grant: 'manager', role: 'unit-manager', unit: 'home', scope: 'unit', from: day(1), until: day(5), primary: true, substituteFor: null }])
    expect([meView(waiting, 'manager', day(5)).roles, meView(waiting, 'newcomer', now).roles, meView(waiting, undefined, now).roles]).toEqual([[], [], []])
  })
})

describe('the table', () => {
  it('behaves as a Map that is copied for every change', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ maxLength: 2 }), fc.nat())), (entries) => {
        const early = emptyTable<number>().with('early', 1)
        const [whole, map] = [entries.reduce((t, [k, v]) => t.with(k, v), early), new Map([['early', 1], ...entries])]
        expect([whole.size, whole.values()]).toEqual([map.size, [...map.values()]])
        expect(entries.map(([k]) => [whole.get(k), whole.has(k)])).toEqual(entries.map(([k]) => [map.get(k), true]))
        expect([early.values(), early.has('late')]).toEqual([[1], false])
      }),
    )
  })
})
