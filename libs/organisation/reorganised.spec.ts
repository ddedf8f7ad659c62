import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { scopes, type Role } from '#events/codes'
import type { NewOrganisationEvent } from '#events/organisation'
import { standsIn } from '#libs/organisation/chain'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { below, covers, grantsOf, holders, holds, isOpenUnit, pathUp, rootOf, seat, successorOf, unit } from '#libs/organisation/holders'
import { emptyOrganisation, type Organisation } from '#libs/organisation/state'
import { day, told, town, when } from '#libs/organisation/testing/town'
import { meView, organisationView } from '#libs/organisation/view'

const granted = (grant: string, role: Role, where: string, scope: 'unit' | 'subtree' = 'unit', primary = false): NewOrganisationEvent => ({
  type: 'role-granted',
  data: { grant, staff: grant, role, unit: where, scope, from: day(1), primary, needsConfirmation: false },
})
const staffOf = (org: Organisation, role: Role, where: string, n: number): readonly string[] => holders(org, role, where, day(n)).map((g) => g.staff)

describe('a unit that moved', () => {
  const moved = told(town, 'admin', day(4), { type: 'unit-moved', data: { unit: 'area', parent: 'nursing' } })
  it('takes what is below it along, and answers to the new line', () => {
    expect(pathUp(moved, 'home')).toEqual(['home', 'area', 'nursing', 'board', 'municipality'])
    expect(below(moved, 'nursing')).toEqual(['nursing', 'area', 'home'])
    const led = told(moved, 'admin', day(4), granted('nurse', 'area-manager', 'nursing', 'subtree'))
    expect(staffOf(led, 'area-manager', 'home', 5)).toEqual(['area-manager', 'nurse'])
    expect([rootOf(told(moved, 'admin', day(4), { type: 'authority-registered', data: { unit: 'schools', name: 'S' } }, { type: 'unit-moved', data: { unit: 'nursing', parent: 'schools' } }), 'home')]).toEqual(['schools'])
  })
})

describe('units that were merged', () => {
  const merged = told(
    town,
    'admin',
    day(4),
    granted('nurse', 'unit-manager', 'nursing', 'unit', true),
    granted('nursing-registrar', 'registrar', 'nursing', 'subtree'),
    { type: 'unit-registered', data: { unit: 'night', name: 'Natt', parent: 'nursing' } },
    { type: 'units-merged', data: { units: ['nursing'], into: 'home' } },
  )
  it('are their successor in every question', () => {
    expect([unit(merged, 'nursing')?.id, successorOf(merged, 'nursing'), rootOf(merged, 'nursing'), seat(merged, 'unit-manager', 'nursing', day(5))]).toEqual(['home', 'home', 'board', 'home'])
    expect(['home', 'nursing', 'board', 'municipality', 'nowhere'].map((id) => isOpenUnit(merged, id))).toEqual([true, false, true, false, false])
    expect(below(merged, 'nursing')).toEqual(['home', 'nursing', 'night'])
    expect([covers(merged, { unit: 'home', scope: 'unit' }, 'nursing'), covers(merged, { unit: 'nursing', scope: 'unit' }, 'home'), covers(merged, { unit: 'nursing', scope: 'subtree' }, 'night')]).toEqual([true, true, true])
    expect(seat(merged, 'registrar', 'home', day(5))).toBe('home')
  })
  it('are the charge of the successor\'s manager at once, and no longer of their own', () => {
    expect(staffOf(merged, 'unit-manager', 'nursing', 3)).toEqual(['nurse'])
    expect(staffOf(merged, 'unit-manager', 'nursing', 4)).toEqual(['manager', 'deputy'])
    expect([holds(merged, 'manager', 'unit-manager', 'nursing', day(3)), holds(merged, 'manager', 'unit-manager', 'nursing', day(4))]).toEqual([false, true])
  })
  it('leave every other role as it was, at the successor', () => {
    expect([staffOf(merged, 'registrar', 'home', 5), staffOf(merged, 'registrar', 'night', 5)]).toEqual([['nursing-registrar'], ['nursing-registrar']])
    expect(holds(merged, 'nursing-registrar', 'registrar', 'home', day(3))).toBe(false)
    expect(staffOf(merged, 'area-manager', 'night', 5)).toEqual(['area-manager'])
  })
  it('leave their sub-units to their successor', () => {
    expect(organisationView(merged, day(5)).units.find((u) => u.unit === 'night')).toMatchObject({
      parent: 'home',
      parents: [{ parent: 'nursing', from: day(4), until: day(4) }, { parent: 'home', from: day(4), until: null }],
    })
    expect(when(merged, 'admin', day(5), { intent: 'close-unit', unit: 'home' })).toEqual(['sub-units-open'])
  })
  it('are so through several mergers, and with their successor when it moves', () => {
    const again = told(
      merged,
      'admin',
      day(6),
      { type: 'unit-registered', data: { unit: 'youth', name: 'Ungdom', parent: 'area' } },
      { type: 'units-merged', data: { units: ['home', 'youth'], into: 'family', name: 'Familj', parent: 'area' } },
      { type: 'unit-moved', data: { unit: 'family', parent: 'board' } },
      granted('head', 'unit-manager', 'family'),
    )
    expect(['nursing', 'home', 'youth', 'family'].map((id) => successorOf(again, id))).toEqual(['family', 'family', 'family', 'family'])
    expect(pathUp(again, 'night')).toEqual(['night', 'nursing', 'home', 'family', 'board', 'municipality'])
    expect(['nursing', 'home', 'family'].map((id) => staffOf(again, 'unit-manager', id, 7))).toEqual([['head'], ['head'], ['head']])
    expect(staffOf(again, 'registrar', 'family', 7)).toEqual(['nursing-registrar'])
    expect(organisationView(again, day(7)).units.find((u) => u.unit === 'nursing')).toMatchObject({ successor: 'family', until: day(4) })
  })
})

describe('a unit that was split or closed', () => {
  it.each<[string, NewOrganisationEvent]>([
    ['split', { type: 'unit-split', data: { unit: 'home', into: [{ unit: 'a', name: 'A' }, { unit: 'b', name: 'B' }] } }],
    ['closed', { type: 'unit-closed', data: { unit: 'home' } }],
  ])('%s: has no manager, and the next level up stands in', (_, event) => {
    const org = told(town, 'admin', day(4), event)
    expect([staffOf(org, 'unit-manager', 'home', 3), staffOf(org, 'unit-manager', 'home', 4)]).toEqual([['manager', 'deputy'], []])
    expect([standsIn(org, 'unit-manager', 'home', day(4), () => false), staffOf(org, 'lex-sarah-officer', 'home', 4)]).toEqual(['area-manager', ['home-officer', 'officer']])
    expect([isOpenUnit(org, 'home'), successorOf(org, 'home'), unit(org, 'home')?.name]).toEqual([false, 'home', 'Barn och unga'])
  })
  it('leaves its parts where it hung', () => {
    const org = told(town, 'admin', day(4), { type: 'unit-split', data: { unit: 'home', into: [{ unit: 'a', name: 'A' }, { unit: 'b', name: 'B' }] } })
    expect([pathUp(org, 'a'), isOpenUnit(org, 'b'), below(org, 'area')]).toEqual([['a', 'area', 'board', 'municipality'], true, ['area', 'home', 'a', 'b']])
  })
})

describe('the history of the organisation', () => {
  const org = told(
    told(town, 'admin', day(3), { type: 'unit-renamed', data: { unit: 'home', name: 'Familj' } }, { type: 'unit-moved', data: { unit: 'home', parent: 'board' } }),
    'admin',
    day(5),
    { type: 'unit-split', data: { unit: 'home', into: [{ unit: 'a', name: 'A' }, { unit: 'b', name: 'B' }] } },
    { type: 'substitute-appointed', data: { substitution: 's', grant: 'director', staff: 'newcomer', from: day(6), until: day(9) } },
    { type: 'service-ended', data: { staff: 'deputy', at: day(6) } },
  )
  it('tells every name and parent of a unit, and what became of it', () => {
    const { units, serviceEnds } = organisationView(org, day(7))
    expect(units.find((u) => u.unit === 'home')).toEqual({
      unit: 'home',
      name: 'Familj',
      kind: 'unit',
      parent: 'board',
      private: false,
      from: day(1),
      until: day(5),
      successor: null,
      splitInto: ['a', 'b'],
      names: [{ name: 'Barn och unga', from: day(1), until: day(3) }, { name: 'Familj', from: day(3), until: day(5) }],
      parents: [{ parent: 'area', from: day(1), until: day(3) }, { parent: 'board', from: day(3), until: day(5) }],
    })
    expect(units.find((u) => u.unit === 'area')).toMatchObject({ until: null, successor: null, splitInto: null, names: [{ name: 'IFO', until: null }] })
    expect(serviceEnds).toEqual([{ staff: 'deputy', at: day(6) }])
  })
  it('tells who replaced whom', () => {
    const { grants } = organisationView(org, day(7))
    expect(grants.find((g) => g.grant === 'director')).toMatchObject({ inForce: false, substituteFor: null, substitutions: [{ grant: 's', from: day(6), until: day(9) }] })
    expect(grants.find((g) => g.grant === 's')).toMatchObject({ inForce: true, staff: 'newcomer', role: 'director', unit: 'board', scope: 'subtree', substituteFor: 'director' })
    expect(meView(org, 'newcomer', day(7)).roles).toEqual([{ grant: 's', role: 'director', unit: 'board', scope: 'subtree', from: day(6), until: day(9), primary: false, substituteFor: 'director' }])
    expect(meView(org, 'director', day(7)).roles).toEqual([])
  })
})

/** An event with the instant at which it was written. */
type Told = NewOrganisationEvent & { readonly at: string }
interface PlainGrant {
  readonly id: string
  readonly staff: string
  readonly role: Role
  readonly unit: string
  readonly scope: 'unit' | 'subtree'
}
/** The same questions, answered slowly by looking through the plain list of events each time. */
const slowly = (events: readonly Told[]) => {
  const of = <T extends NewOrganisationEvent['type']>(type: T) => events.flatMap((e, place) => (e.type === type ? [{ ...(e as Extract<Told, { readonly type: T }>), place }] : []))
  const standing = (id: string, at?: string): string => {
    const merger = of('units-merged').find((e) => e.data.units.includes(id) && (at === undefined || e.at <= at))
    return merger ? standing(merger.data.into, at) : id
  }
  const parentOf = (id: string, at?: string): string | undefined =>
    events.filter((e) => at === undefined || e.at <= at).flatMap((e): readonly string[] => {
      if ((e.type === 'authority-registered' || e.type === 'provider-registered') && e.data.unit === id) return ['municipality']
      if ((e.type === 'unit-registered' || e.type === 'unit-moved') && e.data.unit === id) return [e.data.parent]
      if (e.type === 'units-merged' && e.data.into === id && e.data.parent !== undefined) return [e.data.parent]
      if (e.type === 'units-merged' && e.data.units.includes(id)) return [e.data.into]
      return e.type === 'unit-split' && e.data.into.some((part) => part.unit === id) ? [standing(parentOf(e.data.unit) ?? '', e.at)] : []
    }).at(-1)
  const path = (id: string, at?: string, ids: readonly string[] = []): readonly string[] => {
    if (ids.includes(id)) throw new Error(`${id} hangs below itself`)
    const parent = parentOf(id, at)
    return parent === undefined ? [...ids, id] : path(parent, at, [...ids, id])
  }
  const endedBy = (id: string, at: string): boolean =>
    events.some((e) => e.at <= at && ((e.type === 'units-merged' && e.data.units.includes(id)) || ((e.type === 'unit-closed' || e.type === 'unit-split') && e.data.unit === id)))
  /** Whether nothing has ended what was given at a place of the list. */
  const lasts = (g: PlainGrant, place: number, at: string): boolean =>
    !of('role-revoked').some((e) => e.data.grant === g.id && e.data.until <= at) &&
    !of('service-ended').some((e) => e.place > place && e.data.staff === g.staff && e.data.at <= at) &&
    !(g.role === 'unit-manager' && endedBy(g.unit, at))
  const given = of('role-granted').map((e) => {
    const { grant: id, staff, role, unit: where, scope, from, until, needsConfirmation } = e.data
    const plain: PlainGrant = { id, staff, role, unit: where, scope }
    const isAlive = (at: string): boolean =>
      from <= at &&
      (until === undefined || at < until) &&
      (!needsConfirmation || of('role-grant-confirmed').some((c) => c.data.grant === id && c.at <= at)) &&
      lasts(plain, e.place, at)
    return { plain, isAlive }
  })
  const substitutions = of('substitute-appointed').flatMap((e) =>
    given
      .filter(({ plain }) => plain.id === e.data.grant)
      .map((original) => {
        const plain: PlainGrant = { ...original.plain, id: e.data.substitution, staff: e.data.staff }
        return { plain, of: e.data.grant, isAlive: (at: string) => e.data.from <= at && at < e.data.until && original.isAlive(at) && lasts(plain, e.place, at) }
      }),
  )
  const inForce = (at: string): readonly PlainGrant[] => [
    ...given.filter(({ plain, isAlive }) => isAlive(at) && !substitutions.some((s) => s.of === plain.id && s.isAlive(at))).map(({ plain }) => plain),
    ...substitutions.filter(({ isAlive }) => isAlive(at)).map(({ plain }) => plain),
  ]
  const reaches = (g: PlainGrant, id: string, at: string): boolean => {
    const [from, to] = [standing(g.unit, at), standing(id, at)]
    return from === to || (g.scope === 'subtree' && path(to, at).includes(from))
  }
  return { standing, path, inForce, reaches }
}

describe('any sequence of commands', () => {
  const people = ['manager', 'deputy', 'director', 'decider', 'newcomer', 'other']
  const wanted = ['unit-manager', 'area-manager', 'decision-maker', 'registrar'] as const
  const ids = ['area', 'home', 'nursing', 'owl-lss', 'board', 'schools', 'n1', 'n2', 'n3', 'n4']
  const anId = fc.constantFrom(...ids)
  const aDay = fc.integer({ min: 1, max: 31 })
  const someone = fc.constantFrom(...people)
  /** `grant` is the place of one in the order of granting, counted round. */
  const commands = fc.oneof(
    { arbitrary: fc.record({ intent: fc.constant('move-unit' as const), unit: anId, parent: anId }), weight: 3 },
    { arbitrary: fc.record({ intent: fc.constant('merge-units' as const), units: fc.array(anId, { minLength: 1, maxLength: 3 }), into: anId }), weight: 3 },
    { arbitrary: fc.record({ intent: fc.constant('merge-units' as const), units: fc.array(anId, { minLength: 2, maxLength: 3 }), into: anId, name: fc.constant('N'), parent: anId }), weight: 3 },
    { arbitrary: fc.record({ intent: fc.constant('split-unit' as const), unit: anId, into: fc.tuple(anId, anId).map((two) => two.map((id) => ({ unit: id, name: id }))) }), weight: 2 },
    { arbitrary: fc.record({ intent: fc.constant('close-unit' as const), unit: anId }), weight: 1 },
    { arbitrary: fc.record({ intent: fc.constant('register-unit' as const), unit: anId, name: fc.constant('N'), parent: anId }), weight: 3 },
    {
      arbitrary: fc.record({
        intent: fc.constant('grant-role' as const),
        subject: someone,
        role: fc.constantFrom(...wanted),
        unit: anId,
        scope: fc.constantFrom(...scopes),
        from: aDay.map(day),
        until: fc.option(aDay.map(day), { nil: undefined }),
      }),
      weight: 4,
    },
    { arbitrary: fc.record({ intent: fc.constant('confirm-grant' as const), grant: fc.nat(40) }), weight: 3 },
    { arbitrary: fc.record({ intent: fc.constant('revoke-role' as const), grant: fc.nat(40), until: aDay.map(day) }), weight: 1 },
    { arbitrary: fc.record({ intent: fc.constant('appoint-substitute' as const), grant: fc.nat(40), subject: someone, from: aDay.map(day), until: aDay.map(day) }), weight: 6 },
    { arbitrary: fc.record({ intent: fc.constant('end-service' as const), subject: someone, at: aDay.map(day) }), weight: 1 },
  )
  type Wish = typeof commands extends fc.Arbitrary<infer W> ? W : never
  const aCommand = (org: Organisation, wish: Wish): OrganisationCommand => {
    if (!('grant' in wish)) return wish
    const all = org.grants.values()
    return { ...wish, grant: all[wish.grant % all.length]?.id ?? '' }
  }
  const reorganising = new Set(['move-unit', 'merge-units', 'split-unit', 'close-unit'])
  const nobody = (): boolean => false
  const answered = (org: Organisation, at: string) => new Set(below(org, 'municipality').filter((id) => standsIn(org, 'unit-manager', id, at, nobody) !== undefined))
  const contents = ({ units, grants, left, events }: Organisation) => ({ units: units.values(), grants: grants.values(), left: left.values(), events })

  const before: readonly Told[] = (
    [
      { type: 'authority-registered', data: { unit: 'board', name: 'Socialnämnden' } },
      { type: 'authority-registered', data: { unit: 'schools', name: 'Skolnämnden' } },
      { type: 'provider-registered', data: { unit: 'owl', name: 'Nattugglan AB', private: true } },
      { type: 'unit-registered', data: { unit: 'area', name: 'IFO', parent: 'board' } },
      { type: 'unit-registered', data: { unit: 'home', name: 'Barn och unga', parent: 'area' } },
      { type: 'unit-registered', data: { unit: 'nursing', name: 'Hemsjukvård', parent: 'board' } },
      { type: 'unit-registered', data: { unit: 'owl-lss', name: 'Nattugglan LSS', parent: 'owl' } },
      granted('admin', 'administrator', 'municipality', 'subtree'),
      granted('confirmer', 'compliance-officer', 'municipality', 'subtree'),
      granted('deputy', 'unit-manager', 'home'),
      granted('manager', 'unit-manager', 'home', 'unit', true),
      granted('nurse', 'unit-manager', 'nursing'),
      granted('director', 'director', 'board', 'subtree'),
      granted('decider', 'decision-maker', 'board', 'subtree'),
    ] as const
  ).map((e) => ({ ...e, at: day(1) }))
  const started = told(emptyOrganisation, 'operator', day(1), ...before)

  /** Each wish in its turn, half a day apart, by whoever may; what comes of it is written. */
  const lived = (wishes: readonly Wish[]) =>
    wishes.reduce(
      ({ org, events, states }, wish, i) => {
        const at = new Date(Date.parse(day(2)) + i * 43_200_000).toISOString()
        const command = aCommand(org, wish)
        const sender = command.intent === 'confirm-grant' ? 'confirmer' : 'admin'
        const came = when(org, sender, at, command)
        const written = came === 'forbidden' ? [] : came.filter((e) => typeof e !== 'string')
        const next = told(org, sender, at, ...written)
        if (reorganising.has(command.intent)) {
          const then = answered(next, at)
          expect({ command, left: [...answered(org, at)].filter((id) => !then.has(id)) }).toEqual({ command, left: [] })
        }
        return { org: next, events: [...events, ...written.map((e) => ({ ...e, at }))], states: [...states, { org: next, contents: contents(next) }] }
      },
      { org: started, events: before, states: [{ org: started, contents: contents(started) }] },
    )

  it('leaves no duty with nobody, no circle, and one answer to who holds what', () => {
    const written = new Set<string>()
    fc.assert(
      fc.property(fc.array(commands, { minLength: 10, maxLength: 40 }), fc.integer({ min: 1, max: 31 }), (wishes, n) => {
        const { org, events, states } = lived(wishes)
        for (const { type } of events) written.add(type)
        const [at, slow] = [day(n), slowly(events)]
        const force = slow.inForce(at)
        for (const staff of [...people, 'nurse', 'admin'])
          expect(grantsOf(org, staff, at).map((g) => g.id).toSorted()).toEqual(force.filter((g) => g.staff === staff).map((g) => g.id).toSorted())
        for (const { id } of org.units.values()) {
          expect([pathUp(org, id), successorOf(org, id)]).toEqual([slow.path(id), slow.standing(id)])
          for (const role of [...wanted, 'director'] as const) {
            const over = force.filter((g) => g.role === role && slow.reaches(g, id, at))
            const ids = holders(org, role, id, at).map((g) => g.id)
            expect({ id, role, ids: ids.toSorted() }).toEqual({ id, role, ids: over.map((g) => g.id).toSorted() })
            for (const staff of people) expect(holds(org, staff, role, id, at)).toBe(over.some((g) => g.staff === staff))
          }
          const rootThen = slow.path(slow.standing(id, at), at).at(-2)
          if (rootThen !== undefined && holders(org, 'decision-maker', rootThen, at).some((g) => g.scope === 'subtree')) expect(standsIn(org, 'unit-manager', id, at, nobody)).toBeDefined()
        }
        // Folded at once it is the same, and what was folded before is as it was.
        expect(contents(events.reduce((state, { at: then, ...e }) => told(state, e.type === 'role-grant-confirmed' ? 'confirmer' : 'admin', then, e), emptyOrganisation))).toEqual(
          { ...contents(org), grants: contents(org).grants.map((g) => (g.grantedBy === 'operator' ? { ...g, grantedBy: 'admin' } : g)) },
        )
        for (const state of states) expect(contents(state.org)).toEqual(state.contents)
      }),
      { numRuns: 150 },
    )
    expect([...written]).toEqual(expect.arrayContaining(['unit-moved', 'units-merged', 'unit-split', 'unit-closed', 'role-granted', 'role-grant-confirmed', 'role-revoked', 'substitute-appointed', 'service-ended']))
  }, 60_000)
})
