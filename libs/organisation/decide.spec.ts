import { describe, expect, it } from '@jest/globals'
import type { Role } from '#events/codes'
import type { NewOrganisationEvent } from '#events/organisation'
import type { OrganisationCommand, OrganisationCommandOf } from '#libs/organisation/commands'
import { initialise } from '#libs/organisation/decide'
import { grantsOf, holders, holds } from '#libs/organisation/holders'
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
/** Events, not reasons. */
const accepted = expect.arrayContaining([expect.objectContaining({ type: expect.any(String) })])
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

describe('a reorganisation', () => {
  /** The town with a second authority, a provider of the municipality's own, and a unit of each sort that has ended. */
  const wider = told(
    town,
    'admin',
    day(2),
    { type: 'authority-registered', data: { unit: 'schools', name: 'Skolnämnden' } },
    { type: 'provider-registered', data: { unit: 'lark', name: 'Lärkan', private: false } },
    { type: 'unit-registered', data: { unit: 'lark-home', name: 'Lärkans hem', parent: 'lark' } },
    { type: 'unit-registered', data: { unit: 'youth', name: 'Ungdom', parent: 'area' } },
    { type: 'unit-registered', data: { unit: 'gone', name: 'Förr', parent: 'area' } },
    { type: 'unit-closed', data: { unit: 'gone' } },
  )
  const parts = [
    { unit: 'a', name: 'A' },
    { unit: 'b', name: 'B' },
  ]
  it.each<[OrganisationCommand, unknown]>([
    [{ intent: 'rename-unit', unit: 'home', name: 'Familj' }, [{ type: 'unit-renamed', data: { unit: 'home', name: 'Familj' } }]],
    [{ intent: 'rename-unit', unit: 'owl', name: 'Ugglan AB' }, [{ type: 'unit-renamed', data: { unit: 'owl', name: 'Ugglan AB' } }]],
    [{ intent: 'rename-unit', unit: 'home', name: 'Barn och unga' }, ['name-unchanged']],
    [{ intent: 'rename-unit', unit: 'nowhere', name: 'X' }, ['/unit unit-unknown']],
    [{ intent: 'rename-unit', unit: 'municipality', name: 'Staden' }, ['municipality-stands']],
    [{ intent: 'rename-unit', unit: 'gone', name: 'Nu' }, ['unit-ended']],

    [{ intent: 'move-unit', unit: 'home', parent: 'board' }, [{ type: 'unit-moved', data: { unit: 'home', parent: 'board' } }]],
    [{ intent: 'move-unit', unit: 'home', parent: 'area' }, ['parent-unchanged']],
    [{ intent: 'move-unit', unit: 'area', parent: 'home' }, ['unit-below-itself']],
    [{ intent: 'move-unit', unit: 'area', parent: 'area' }, ['unit-below-itself']],
    // Between authorities of the municipality, never over the boundary of a provider.
    [{ intent: 'move-unit', unit: 'youth', parent: 'schools' }, ['nobody-stands-in']],
    [{ intent: 'move-unit', unit: 'lark-home', parent: 'board' }, ['between-providers']],
    [{ intent: 'move-unit', unit: 'lark-home', parent: 'owl' }, ['between-providers']],
    [{ intent: 'move-unit', unit: 'owl-lss', parent: 'lark-home' }, ['between-providers']],
    [{ intent: 'move-unit', unit: 'owl', parent: 'board' }, ['root-stands']],
    [{ intent: 'move-unit', unit: 'home', parent: 'gone' }, ['unit-ended']],
    [{ intent: 'move-unit', unit: 'gone', parent: 'board' }, ['unit-ended']],
    [{ intent: 'move-unit', unit: 'nowhere', parent: 'municipality' }, ['/unit unit-unknown', '/parent unit-unknown']],
    [{ intent: 'move-unit', unit: 'municipality', parent: 'board' }, ['municipality-stands']],

    [
      { intent: 'merge-units', units: ['home', 'youth'], into: 'family', name: 'Familj', parent: 'area' },
      [{ type: 'units-merged', data: { units: ['home', 'youth'], into: 'family', name: 'Familj', parent: 'area' } }],
    ],
    [{ intent: 'merge-units', units: ['youth', 'home'], into: 'home' }, [{ type: 'units-merged', data: { units: ['youth'], into: 'home' } }]],
    [{ intent: 'merge-units', units: ['nursing'], into: 'home' }, [{ type: 'units-merged', data: { units: ['nursing'], into: 'home' } }]],
    [{ intent: 'merge-units', units: ['home'], into: 'area' }, [{ type: 'units-merged', data: { units: ['home'], into: 'area' } }]],
    [{ intent: 'merge-units', units: ['home', 'home'], into: 'family', name: 'Familj', parent: 'area' }, ['too-few-units']],
    [{ intent: 'merge-units', units: ['home'], into: 'home' }, ['too-few-units']],
    [{ intent: 'merge-units', units: ['area'], into: 'home' }, ['unit-below-itself']],
    [{ intent: 'merge-units', units: ['area', 'nursing'], into: 'family', name: 'Familj', parent: 'home' }, ['unit-below-itself']],
    [{ intent: 'merge-units', units: ['home', 'owl-lss'], into: 'family', name: 'Familj', parent: 'area' }, ['different-roots']],
    [{ intent: 'merge-units', units: ['home', 'youth'], into: 'owl-lss' }, ['different-roots', 'nobody-stands-in']],
    [{ intent: 'merge-units', units: ['board', 'home'], into: 'area' }, ['root-stands', 'unit-below-itself']],
    [{ intent: 'merge-units', units: ['home', 'gone'], into: 'family', name: 'Familj', parent: 'area' }, ['unit-ended']],
    [{ intent: 'merge-units', units: ['home'], into: 'gone' }, ['unit-ended']],
    [{ intent: 'merge-units', units: ['home', 'youth'], into: 'area', name: 'Familj', parent: 'board' }, ['unit-exists']],
    [{ intent: 'merge-units', units: ['home', 'municipality'], into: 'area' }, ['municipality-stands']],
    [{ intent: 'merge-units', units: ['home', 'nowhere'], into: 'family' }, ['/units/1 unit-unknown', '/name required', '/parent required']],
    [{ intent: 'merge-units', units: ['home', 'youth'], into: 'Familj', name: 'Familj', parent: 'municipality' }, ['/into not-an-id', '/parent unit-unknown']],

    [{ intent: 'split-unit', unit: 'home', into: parts }, [{ type: 'unit-split', data: { unit: 'home', into: parts } }]],
    [{ intent: 'split-unit', unit: 'home', into: [{ unit: 'A', name: 'A' }, { unit: 'b', name: 'B' }, { unit: 'b', name: 'C' }] }, ['/into/0/unit not-an-id', '/into/2/unit repeated']],
    [{ intent: 'split-unit', unit: 'home', into: [{ unit: 'home', name: 'A' }] }, ['too-few-units', 'unit-exists']],
    [{ intent: 'split-unit', unit: 'area', into: parts }, ['sub-units-open']],
    [{ intent: 'split-unit', unit: 'owl', into: parts }, ['root-stands', 'sub-units-open']],
    [{ intent: 'split-unit', unit: 'gone', into: parts }, ['unit-ended']],
    [{ intent: 'split-unit', unit: 'municipality', into: parts }, ['municipality-stands']],
    [{ intent: 'split-unit', unit: 'nowhere', into: parts }, ['/unit unit-unknown']],

    [{ intent: 'close-unit', unit: 'home' }, [{ type: 'unit-closed', data: { unit: 'home' } }]],
    [{ intent: 'close-unit', unit: 'schools' }, [{ type: 'unit-closed', data: { unit: 'schools' } }]],
    [{ intent: 'close-unit', unit: 'area' }, ['sub-units-open']],
    [{ intent: 'close-unit', unit: 'gone' }, ['unit-ended']],
    [{ intent: 'close-unit', unit: 'municipality' }, ['municipality-stands']],
    [{ intent: 'close-unit', unit: 'nowhere' }, ['/unit unit-unknown']],

    [{ intent: 'register-unit', unit: 'late', name: 'Sen', parent: 'gone' }, ['unit-ended']],
    [{ intent: 'register-unit', unit: 'gone', name: 'Igen', parent: 'area' }, ['unit-exists']],
    [grant({ unit: 'gone' }), ['unit-ended']],
  ])('%j comes to %j', (command, outcome) => {
    expect(when(wider, 'admin', day(3), command)).toEqual(outcome)
  })

  const chief = (unit: string, role: Role = 'unit-manager'): NewOrganisationEvent => ({
    type: 'role-granted',
    data: { grant: `chief-${unit}`, staff: 'chief', role, unit, scope: 'subtree', from: day(1), primary: true, needsConfirmation: false },
  })
  it('never takes the last one away who answers for a unit', () => {
    const close: OrganisationCommand = { intent: 'close-unit', unit: 'owl-lss' }
    // Nobody answered before, so nothing is lost.
    expect(when(town, 'admin', day(3), close)).toEqual(accepted)
    const alone = told(town, 'admin', day(2), chief('owl-lss'))
    expect(when(alone, 'admin', day(3), close)).toEqual(['nobody-stands-in'])
    expect(when(alone, 'admin', day(3), { intent: 'split-unit', unit: 'owl-lss', into: parts })).toEqual(['nobody-stands-in'])
    expect(when(told(town, 'admin', day(2), chief('owl-lss'), chief('owl', 'director')), 'admin', day(3), close)).toEqual(accepted)
    const move: OrganisationCommand = { intent: 'move-unit', unit: 'youth', parent: 'schools' }
    expect(when(told(wider, 'admin', day(2), chief('schools', 'decision-maker')), 'admin', day(3), move)).toEqual(accepted)
  })

  it('asks of sub-units that stand, not of those that have ended', () => {
    const emptied = told(town, 'admin', day(2), { type: 'unit-closed', data: { unit: 'home' } })
    expect(when(emptied, 'admin', day(3), { intent: 'close-unit', unit: 'area' })).toEqual(accepted)
  })

  const at = (unit: string, role: Role = 'administrator') =>
    told(wider, 'operator', day(2), { type: 'role-granted', data: { grant: 'local', staff: 'local', role, unit, scope: 'subtree', from: day(1), primary: false, needsConfirmation: false } })
  it.each<[string, OrganisationCommand, boolean]>([
    ['area', { intent: 'rename-unit', unit: 'home', name: 'Familj' }, true],
    ['area', { intent: 'rename-unit', unit: 'nursing', name: 'Vård' }, false],
    ['area', { intent: 'close-unit', unit: 'home' }, true],
    ['home', { intent: 'close-unit', unit: 'area' }, false],
    // Both where it goes from and where it goes to.
    ['area', { intent: 'move-unit', unit: 'home', parent: 'board' }, false],
    ['board', { intent: 'move-unit', unit: 'home', parent: 'board' }, true],
    ['area', { intent: 'merge-units', units: ['home'], into: 'youth' }, true],
    ['area', { intent: 'merge-units', units: ['home', 'nursing'], into: 'youth' }, false],
    ['area', { intent: 'merge-units', units: ['home'], into: 'nursing' }, false],
    ['area', { intent: 'merge-units', units: ['home', 'youth'], into: 'family', name: 'F', parent: 'board' }, false],
    ['area', { intent: 'merge-units', units: ['home', 'youth'], into: 'family', name: 'F', parent: 'area' }, true],
    ['home', { intent: 'split-unit', unit: 'home', into: parts }, false],
    ['area', { intent: 'split-unit', unit: 'home', into: parts }, true],
  ])('an administrator of %s, %j: %s', (unit, command, may) => {
    expect(when(at(unit), 'local', day(3), command) !== 'forbidden').toBe(may)
    expect(when(at(unit, 'director'), 'local', day(3), command)).toBe('forbidden')
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
    expect(when(town, 'admin', day(2), grant({ role: 'administrator', unit: 'municipality', scope: 'subtree' }))).toEqual(accepted)
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
    expect(when(ends(6), 'admin', day(3), revoke(day(4)))).toEqual(accepted)
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
    expect(when(stands, 'admin', day(3), revoke(day(4), 'admin'))).toEqual(accepted)
    expect(when(town, 'admin', day(3), revoke(day(4), 'board-admin'))).toEqual(accepted)
  })
})

describe('a substitute', () => {
  const appoint = (change: Partial<OrganisationCommandOf<'appoint-substitute'>> = {}): OrganisationCommand => ({
    intent: 'appoint-substitute',
    grant: 'manager',
    subject: 'newcomer',
    from: day(5),
    until: day(10),
    ...change,
  })
  const away = told(town, 'admin', day(2), { type: 'substitute-appointed', data: { substitution: 's', grant: 'manager', staff: 'newcomer', from: day(5), until: day(10) } })
  const days = [4, 5, 9, 10]
  const inCharge = (org: Organisation) => days.map((n) => ['manager', 'newcomer'].filter((staff) => holds(org, staff, 'unit-manager', 'home', day(n))).join())

  it('is registered where new, and needs no second person', () => {
    expect(when(town, 'board-admin', day(2), appoint())).toEqual([
      { type: 'staff-member-registered', data: { staff: 'newcomer', login: 'newcomer' } },
      { type: 'substitute-appointed', data: { substitution: `g${town.events}`, grant: 'manager', staff: 'newcomer', from: day(5), until: day(10) } },
    ])
    // Who held the role until now is history.
    expect(when(town, 'admin', day(7), appoint())).toMatchObject([{}, { data: { from: day(7), until: day(10) } }])
  })
  it('holds the role in place of its holder, for the period', () => {
    expect(inCharge(away)).toEqual(['manager', 'newcomer', 'newcomer', 'manager'])
    expect(grantsOf(away, 'newcomer', day(6))).toMatchObject([{ role: 'unit-manager', unit: 'home', scope: 'unit', primary: true, substituteFor: 'manager' }])
    expect(holders(away, 'unit-manager', 'home', day(6)).map((g) => g.staff)).toEqual(['newcomer', 'deputy'])
  })
  it('ends with the grant, and the holder is back when she ends', () => {
    const ends = (which: string, n: number) => told(away, 'admin', day(3), { type: 'role-revoked', data: { grant: which, until: day(n) } })
    expect(inCharge(ends('manager', 9))).toEqual(['manager', 'newcomer', '', ''])
    expect(inCharge(ends('s', 9))).toEqual(['manager', 'newcomer', 'manager', 'manager'])
    expect(inCharge(ends('s', 3))).toEqual(['manager', 'manager', 'manager', 'manager'])
    // Once it is revoked another may be appointed.
    expect(when(ends('s', 9), 'admin', day(3), appoint({ subject: 'other', from: day(9), until: day(12) }))).toEqual(accepted)
    expect(when(ends('s', 4), 'admin', day(3), appoint({ subject: 'other', from: day(3), until: day(12) }))).toEqual(accepted)
  })
  it('is appointed by an administrator over the unit or by the holder, also while she is away', () => {
    const may = (org: Organisation, sender: string, n = 2) => when(org, sender, day(n), appoint({ from: day(12), until: day(14) })) !== 'forbidden'
    expect(['admin', 'board-admin', 'manager', 'deputy', 'director'].map((sender) => may(town, sender))).toEqual([true, true, true, false, false])
    expect([may(away, 'manager', 6), may(away, 'newcomer', 6)]).toEqual([true, false])
    expect(when(away, 'newcomer', day(6), appoint({ grant: 's', subject: 'other' }))).toBe('forbidden')
    expect(may(told(town, 'admin', day(2), { type: 'role-revoked', data: { grant: 'manager', until: day(3) } }), 'manager', 3)).toBe(false)
  })
  const limited = told(pending(), 'confirmer', day(4), { type: 'role-grant-confirmed', data: { grant: 'g-new' } })
  it.each<[string, Organisation, OrganisationCommand, readonly string[]]>([
    ['of no grant', town, appoint({ grant: 'nothing' }), ['grant-unknown']],
    ['of the sender', town, appoint({ subject: 'admin' }), ['role-to-oneself']],
    ['of the holder', town, appoint({ subject: 'manager' }), ['substitute-is-holder']],
    ['that ends as it starts', town, appoint({ until: day(5) }), ['until-before-from']],
    ['that is past', town, appoint({ from: day(1), until: day(2) }), ['until-before-from']],
    ['of a substitute', away, appoint({ grant: 's', subject: 'other', from: day(6), until: day(7) }), ['grant-is-substitution']],
    ['at the same time as another', away, appoint({ subject: 'other', from: day(9), until: day(12) }), ['substitution-overlaps']],
    ['around another', away, appoint({ subject: 'other', from: day(4), until: day(12) }), ['substitution-overlaps']],
    ['of a grant that waits', pending(), appoint({ grant: 'g-new', subject: 'other' }), ['grant-not-confirmed', 'substitution-outside-grant']],
    ['before the grant is in force', limited, appoint({ grant: 'g-new', subject: 'other', from: day(3), until: day(9) }), ['substitution-outside-grant']],
    ['beyond the end of the grant', limited, appoint({ grant: 'g-new', subject: 'other', until: day(10) }), ['substitution-outside-grant']],
    ['of an ended grant', told(town, 'admin', day(1), { type: 'role-revoked', data: { grant: 'manager', until: day(2) } }), appoint(), ['grant-ended']],
  ])('none %s', (_, org, command, codes) => {
    expect(when(org, 'admin', day(2), command)).toEqual(codes)
  })
  it('follows right after another, within the grant', () => {
    expect(when(away, 'admin', day(2), appoint({ subject: 'other', from: day(10), until: day(12) }))).toEqual(accepted)
    expect(when(limited, 'admin', day(2), appoint({ grant: 'g-new', subject: 'other', from: day(4), until: day(9) }))).toEqual(accepted)
  })
  it('is no grant of her own: one may be given beside it', () => {
    expect(when(away, 'admin', day(3), grant({ unit: 'home', from: day(6) }))).toEqual(accepted)
  })
  it('leaves the role to its holder where the last over the municipality is asked for', () => {
    const leave = told(town, 'confirmer', day(2), { type: 'substitute-appointed', data: { substitution: 's', grant: 'admin', staff: 'newcomer', from: day(3), until: day(9) } })
    expect(when(leave, 'newcomer', day(4), { intent: 'revoke-role', grant: 'admin', until: day(5) })).toEqual(['last-over-municipality'])
    expect(when(leave, 'newcomer', day(4), { intent: 'revoke-role', grant: 's', until: day(5) })).toEqual(accepted)
  })
})

describe('the end of a service', () => {
  const end = (subject: string, at: string): OrganisationCommand => ({ intent: 'end-service', subject, at })
  const both = told(
    town,
    'admin',
    day(2),
    { type: 'role-granted', data: { grant: 'm2', staff: 'manager', role: 'reporter', unit: 'nursing', scope: 'unit', from: day(1), primary: false, needsConfirmation: false } },
    { type: 'role-granted', data: { grant: 'm3', staff: 'manager', role: 'auditor', unit: 'owl', scope: 'unit', from: day(8), until: day(9), primary: false, needsConfirmation: true } },
    { type: 'substitute-appointed', data: { substitution: 's1', grant: 'director', staff: 'manager', from: day(3), until: day(20) } },
    { type: 'substitute-appointed', data: { substitution: 's2', grant: 'manager', staff: 'newcomer', from: day(6), until: day(20) } },
  )
  it('ends all that she holds, those who replace her, and her replacing others', () => {
    expect(when(both, 'admin', day(4), end('manager', day(7)))).toEqual([{ type: 'service-ended', data: { staff: 'manager', at: day(7) } }])
    expect(when(both, 'admin', day(4), end('manager', day(2)))).toEqual([{ type: 'service-ended', data: { staff: 'manager', at: day(4) } }])
    const org = told(both, 'admin', day(4), { type: 'service-ended', data: { staff: 'manager', at: day(7) } })
    const ids = (staff: string) => [5, 6, 7, 8].map((n) => grantsOf(org, staff, day(n)).map((g) => g.id).join())
    expect(ids('manager')).toEqual(['manager,m2,s1', 'm2,s1', '', ''])
    expect(ids('newcomer')).toEqual(['', 's2', '', ''])
    expect(ids('director')).toEqual(['', '', 'director', 'director'])
    // Whoever comes back is granted anew.
    expect(when(org, 'admin', day(8), grant({ subject: 'manager', unit: 'home', from: day(8) }))).toEqual(accepted)
  })
  const over = told(town, 'admin', day(2), { type: 'service-ended', data: { staff: 'manager', at: day(5) } })
  it.each<[string, Organisation, string, string, unknown]>([
    ['a stranger', town, 'nobody', day(5), ['/subject subject-unknown']],
    ['somebody who left', over, 'manager', day(7), ['service-not-found']],
    ['somebody who leaves earlier', over, 'manager', day(3), ['service-ends-earlier']],
    ['the last administrator', town, 'admin', day(3), ['last-over-municipality']],
    ['the last compliance officer', town, 'confirmer', day(3), ['last-over-municipality']],
  ])('none of %s', (_, org, subject, at, outcome) => {
    expect(when(org, 'admin', at, end(subject, day(6)))).toEqual(outcome)
  })
  it('may be brought forward', () => {
    expect(when(over, 'admin', day(3), end('manager', day(4)))).toEqual(accepted)
  })
  it('is for an administrator over all that she holds', () => {
    expect([when(town, 'board-admin', day(3), end('manager', day(4))), when(both, 'board-admin', day(3), end('manager', day(4)))]).toEqual([accepted, 'forbidden'])
    expect([when(over, 'board-admin', day(6), end('manager', day(7))), when(town, 'board-admin', day(3), end('nobody', day(4)))]).toEqual([['service-not-found'], 'forbidden'])
    expect(when(town, 'director', day(3), end('manager', day(4)))).toBe('forbidden')
  })
})

describe('what a merger leaves', () => {
  const mergedTown = told(pending(), 'admin', day(4), { type: 'units-merged', data: { units: ['nursing'], into: 'home' } })
  it('no grant that waits is confirmed at it, and none is given there', () => {
    expect(when(mergedTown, 'confirmer', day(4), confirm)).toEqual(['grant-ended', 'unit-ended'])
    expect(when(mergedTown, 'admin', day(4), grant({ role: 'reporter' }))).toEqual(['unit-ended'])
  })
  it('who held a role there holds it at the successor, and needs it no second time', () => {
    const reporter = told(pending(town, 'admin', 'reporter'), 'admin', day(4), { type: 'units-merged', data: { units: ['nursing'], into: 'home' } })
    expect(holds(reporter, 'newcomer', 'reporter', 'home', day(5))).toBe(true)
    expect(when(reporter, 'admin', day(5), grant({ role: 'reporter', unit: 'home' }))).toEqual(['grant-in-force'])
  })
})
