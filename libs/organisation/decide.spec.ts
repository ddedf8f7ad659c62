import { describe, expect, it } from '@jest/globals'
import type { OrganisationCommand, OrganisationCommandOf } from '#libs/organisation/commands'
import { initialise } from '#libs/organisation/decide'
import { grantsOf, holds } from '#libs/organisation/holders'
import { emptyOrganisation, type Organisation } from '#libs/organisation/state'
import { day, told, town, when } from '#libs/organisation/testing/town'

const grant = (change: Partial<OrganisationCommandOf<'grant-role'>> = {}): OrganisationCommand => ({
  intent: 'grant-role',
  subject: 'newcomer',
  role: 'unit-manager',
  unit: 'nursing',
  from: day(3),
  ...change,
})
const confirm: OrganisationCommand = { intent: 'confirm-grant', grant: 'g-new' }
const pending = (org: Organisation = town, by = 'board-admin', role: 'unit-manager' | 'reporter' = 'unit-manager'): Organisation =>
  told(org, by, day(2), {
    type: 'role-granted',
    data: { grant: 'g-new', staff: 'newcomer', role, unit: 'nursing', scope: 'unit', from: day(3), until: day(9), primary: false, needsConfirmation: role !== 'reporter' },
  })

describe('the first initialisation', () => {
  const [admin, confirmer] = [
    { staff: 's1', login: 'admin', grant: 'g1' },
    { staff: 's2', login: 'dataskydd', grant: 'g2' },
  ]
  it('puts an administrator and a compliance officer over everything, in force at once', () => {
    const decision = initialise(emptyOrganisation, admin, confirmer, day(1))
    if (decision.kind !== 'events') throw new Error(decision.kind)
    expect(decision.events.map((e) => e.type)).toEqual(['staff-member-registered', 'role-granted', 'staff-member-registered', 'role-granted'])
    const org = told(emptyOrganisation, 'operator', day(1), ...decision.events)
    expect(['s1', 's2'].map((staff) => grantsOf(org, staff, day(1)).map((g) => `${g.role}@${g.unit}/${g.scope}`))).toEqual([
      ['administrator@municipality/subtree'],
      ['compliance-officer@municipality/subtree'],
    ])
  })
  it('is for an empty organisation and two persons', () => {
    expect(initialise(town, admin, admin, day(1))).toEqual({ kind: 'refused', reasons: [{ code: 'organisation-not-empty' }, { code: 'confirmer-is-admin' }] })
  })
})

describe('units', () => {
  it.each<[OrganisationCommand, unknown]>([
    [{ intent: 'register-authority', unit: 'schools', name: 'Skolnämnden' }, [{ type: 'authority-registered', data: { unit: 'schools', name: 'Skolnämnden' } }]],
    [{ intent: 'register-provider', unit: 'lark', name: 'Lärkan' }, [{ type: 'provider-registered', data: { unit: 'lark', name: 'Lärkan', private: true } }]],
    [{ intent: 'register-unit', unit: 'youth', name: 'Ungdom', parent: 'area' }, [{ type: 'unit-registered', data: { unit: 'youth', name: 'Ungdom', parent: 'area' } }]],
    [{ intent: 'register-authority', unit: 'home', name: 'Igen' }, ['unit-exists']],
    [{ intent: 'register-authority', unit: 'municipality', name: 'Kommunen' }, ['unit-exists']],
    [{ intent: 'register-provider', unit: 'Lärkan', name: 'Lärkan' }, ['/unit not-an-id']],
    [{ intent: 'register-provider', unit: 'x'.repeat(41), name: 'Lång' }, ['/unit not-an-id']],
    [{ intent: 'register-unit', unit: 'youth', name: 'Ungdom', parent: 'nowhere' }, ['/parent unit-unknown']],
    // Only authorities and providers stand directly under the municipality.
    [{ intent: 'register-unit', unit: 'youth', name: 'Ungdom', parent: 'municipality' }, ['/parent unit-unknown']],
  ])('%j comes to %j', (command, outcome) => {
    expect(when(town, 'admin', day(2), command)).toEqual(outcome)
  })
})

describe('who may command', () => {
  it.each<[string, OrganisationCommand, boolean]>([
    ['admin', { intent: 'register-authority', unit: 'schools', name: 'S' }, true],
    ['board-admin', { intent: 'register-authority', unit: 'schools', name: 'S' }, false],
    ['board-admin', { intent: 'register-unit', unit: 'youth', name: 'U', parent: 'area' }, true],
    ['board-admin', { intent: 'register-unit', unit: 'youth', name: 'U', parent: 'owl' }, false],
    ['board-admin', grant(), true],
    ['board-admin', grant({ unit: 'owl-lss' }), false],
    ['manager', grant({ unit: 'home' }), false],
    ['board-admin', { intent: 'revoke-role', grant: 'manager', until: day(4) }, true],
    ['confirmer', { intent: 'revoke-role', grant: 'manager', until: day(4) }, false],
    ['board-admin', confirm, false],
    ['confirmer', confirm, true],
    ['decider', confirm, true],
    ['manager', confirm, false],
  ])('%s, %j: %s', (sender, command, may) => {
    expect(when(pending(), sender, day(2), command) !== 'forbidden').toBe(may)
  })
  it('a decision-maker confirms nothing of another tree', () => {
    const elsewhere = told(town, 'admin', day(2), {
      type: 'role-granted',
      data: { grant: 'g-new', staff: 'newcomer', role: 'director', unit: 'owl', scope: 'subtree', from: day(3), primary: false, needsConfirmation: true },
    })
    expect(when(elsewhere, 'decider', day(2), confirm)).toBe('forbidden')
  })
})

describe('granting', () => {
  it('registers the person with the first grant only; a role other than reporter waits for a second person', () => {
    const first = when(town, 'admin', day(2), grant())
    expect(first).toEqual([
      { type: 'staff-member-registered', data: { staff: 'newcomer', login: 'newcomer' } },
      {
        type: 'role-granted',
        data: { grant: `g${town.events}`, staff: 'newcomer', role: 'unit-manager', unit: 'nursing', scope: 'unit', from: day(3), until: undefined, primary: false, needsConfirmation: true },
      },
    ])
    const org = told(town, 'admin', day(2), { type: 'staff-member-registered', data: { staff: 'newcomer', login: 'newcomer' } })
    expect(when(org, 'admin', day(2), grant({ role: 'reporter' }))).toMatchObject([{ type: 'role-granted', data: { needsConfirmation: false } }])
  })
  it.each<[string, OrganisationCommand, readonly string[]]>([
    ['to oneself', grant({ subject: 'admin' }), ['role-to-oneself']],
    ['ends as it starts', grant({ until: day(3) }), ['until-before-from']],
    ['at no unit', grant({ unit: 'nowhere' }), ['/unit unit-unknown']],
    ['cases of every authority', grant({ role: 'decision-maker', unit: 'municipality', scope: 'subtree' }), ['role-not-at-municipality']],
    ['again', grant({ subject: 'manager', unit: 'home' }), ['grant-in-force']],
    ['all at once', grant({ subject: 'admin', unit: 'municipality', until: day(1) }), ['role-to-oneself', 'role-not-at-municipality', 'until-before-from']],
  ])('refuses: %s', (_, command, codes) => {
    expect(when(town, 'admin', day(2), command)).toEqual(codes)
  })
  it.each<[string, Partial<OrganisationCommandOf<'grant-role'>>, boolean]>([
    ['the same while it waits for confirmation', {}, false],
    ['the same for a time that overlaps', { from: day(8), until: day(20) }, false],
    ['the same after its end', { from: day(9) }, true],
    ['the same before its start', { from: day(1), until: day(3) }, true],
    ['another scope', { scope: 'subtree' }, true],
    ['another role', { role: 'reporter' }, true],
    ['another unit', { unit: 'home' }, true],
  ])('%s', (_, change, goes) => {
    expect(when(pending(), 'admin', day(2), grant(change))).toEqual(goes ? expect.arrayContaining([expect.objectContaining({ type: 'role-granted' })]) : ['grant-in-force'])
  })
  it('an auditor or another administrator may stand over the whole municipality', () => {
    expect(when(town, 'admin', day(2), grant({ role: 'administrator', unit: 'municipality', scope: 'subtree' }))).toHaveLength(2)
  })
})

describe('four eyes', () => {
  it('a grant is in force from the later of its start and its confirmation', () => {
    expect(when(pending(), 'confirmer', day(2), confirm)).toEqual([{ type: 'role-grant-confirmed', data: { grant: 'g-new' } }])
    const confirmedOn = (n: number) => told(pending(), 'confirmer', day(n), { type: 'role-grant-confirmed', data: { grant: 'g-new' } })
    const held = (org: Organisation) => [2, 3, 4, 5, 8, 9].filter((n) => holds(org, 'newcomer', 'unit-manager', 'nursing', day(n)))
    expect([pending(), confirmedOn(2), confirmedOn(5)].map(held)).toEqual([[], [3, 4, 5, 8], [5, 8]])
  })
  it('a reporter needs none', () => {
    const org = pending(town, 'board-admin', 'reporter')
    expect(holds(org, 'newcomer', 'reporter', 'nursing', day(3))).toBe(true)
    expect(when(org, 'confirmer', day(3), confirm)).toEqual(['confirmation-not-needed'])
  })
  const confirming = (staff: string) =>
    told(town, 'operator', day(1), {
      type: 'role-granted',
      data: { grant: `${staff}-confirms`, staff, role: 'compliance-officer', unit: 'board', scope: 'subtree', from: day(1), primary: false, needsConfirmation: false },
    })
  const confirmed = told(pending(), 'confirmer', day(2), { type: 'role-grant-confirmed', data: { grant: 'g-new' } })
  const revoked = told(pending(), 'admin', day(2), { type: 'role-revoked', data: { grant: 'g-new', until: day(4) } })
  it.each<[string, Organisation, string, string, readonly string[]]>([
    ['by the one who granted', pending(confirming('board-admin')), 'board-admin', day(2), ['confirmer-granted']],
    ['by the one who receives', pending(confirming('newcomer')), 'newcomer', day(2), ['confirmer-receives']],
    ['twice', confirmed, 'confirmer', day(3), ['grant-confirmed-already']],
    ['after its end', pending(), 'confirmer', day(9), ['grant-ended']],
    ['after its revocation', revoked, 'confirmer', day(4), ['grant-ended']],
    ['of no grant', town, 'confirmer', day(2), ['grant-unknown']],
  ])('no confirmation %s', (_, org, sender, at, codes) => {
    expect(when(org, sender, at, confirm)).toEqual(codes)
  })
})

describe('revoking', () => {
  const revoke = (until: string, which = 'manager'): OrganisationCommand => ({ intent: 'revoke-role', grant: which, until })
  const ends = (n: number, org: Organisation = town) => told(org, 'admin', day(2), { type: 'role-revoked', data: { grant: 'manager', until: day(n) } })
  it('ends a grant now or later; what held until now stays history', () => {
    expect(when(town, 'admin', day(5), revoke(day(7)))).toEqual([{ type: 'role-revoked', data: { grant: 'manager', until: day(7) } }])
    expect(when(town, 'admin', day(5), revoke(day(2)))).toEqual([{ type: 'role-revoked', data: { grant: 'manager', until: day(5) } }])
    expect([1, 6, 7].map((n) => holds(ends(7), 'manager', 'unit-manager', 'home', day(n)))).toEqual([true, true, false])
  })
  it.each<[string, Organisation, string, string, readonly string[]]>([
    ['of no grant', town, 'nothing', day(4), ['grant-unknown']],
    ['of one that has ended', ends(2), 'manager', day(4), ['grant-ended']],
    ['later than it ends', ends(6), 'manager', day(7), ['grant-ends-earlier']],
  ])('none %s', (_, org, which, until, codes) => {
    expect(when(org, 'admin', day(3), revoke(until, which))).toEqual(codes)
  })
  it('may bring a revocation forward; the earliest counts', () => {
    expect(when(ends(6), 'admin', day(3), revoke(day(4)))).toHaveLength(1)
    expect(holds(ends(9, ends(4)), 'manager', 'unit-manager', 'home', day(5))).toBe(false)
  })
  it('leaves an administrator and a compliance officer over the municipality', () => {
    expect(when(town, 'admin', day(3), revoke(day(4), 'admin'))).toEqual(['last-over-municipality'])
    expect(when(town, 'admin', day(3), revoke(day(4), 'confirmer'))).toEqual(['last-over-municipality'])
    const second = told(town, 'admin', day(2), {
      type: 'role-granted',
      data: { grant: 'g-new', staff: 'newcomer', role: 'administrator', unit: 'municipality', scope: 'subtree', from: day(2), primary: false, needsConfirmation: true },
    })
    expect(when(second, 'admin', day(3), revoke(day(4), 'admin'))).toEqual(['last-over-municipality'])
    const temporary = told(town, 'operator', day(2), {
      type: 'role-granted',
      data: { grant: 'g-new', staff: 'newcomer', role: 'administrator', unit: 'municipality', scope: 'subtree', from: day(2), until: day(9), primary: false, needsConfirmation: false },
    })
    expect(when(temporary, 'admin', day(3), revoke(day(4), 'admin'))).toEqual(['last-over-municipality'])
    const stands = told(second, 'confirmer', day(2), { type: 'role-grant-confirmed', data: { grant: 'g-new' } })
    expect(when(stands, 'admin', day(3), revoke(day(4), 'admin'))).toHaveLength(1)
    expect(when(town, 'admin', day(3), revoke(day(4), 'board-admin'))).toHaveLength(1)
  })
})
