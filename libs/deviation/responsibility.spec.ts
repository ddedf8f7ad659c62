import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { scopes } from '#events/codes'
import { deviationEvents, readDeviation, type DeviationEvent, type NewDeviationEvent } from '#events/deviation'
import type { CaseCommand } from '#libs/deviation/commands'
import { decideDeviation } from '#libs/deviation/decide'
import { decideReport } from '#libs/deviation/report'
import { accountable, responsibilityIntervals } from '#libs/deviation/responsibility'
import { seatOfCase } from '#libs/deviation/seats'
import { aReport, organisation as municipalOrganisation, organisationWith, story } from '#libs/deviation/testing/world'
import { phaseOf } from '#libs/duties/duties'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { byName } from '#libs/kernel/event'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { standsIn } from '#libs/organisation/chain'
import { holders, seat } from '#libs/organisation/holders'
import { seatKey, type Organisation } from '#libs/organisation/state'
import { day, told, town, when } from '#libs/organisation/testing/town'
import { seatEvents, type Place, type SeatEvent } from '#libs/organisation/vacancies'
import { defaultPolicy } from '#libs/policy/policy'

const types = byName(deviationEvents)
const hours = (n: number): string => new Date(Date.parse(day(2)) + n * 3_600_000).toISOString()

interface Case {
  readonly id: string
  readonly events: readonly DeviationEvent[]
}
interface Said {
  readonly event: SeatEvent
  readonly at: string
}
/** A municipality in which time passes: what was known when, and what the clock said when. */
interface World {
  readonly org: Organisation
  readonly known: readonly { readonly at: string; readonly org: Organisation }[]
  readonly cases: readonly Case[]
  readonly ticks: readonly string[]
  readonly said: readonly Said[]
}
const factsAt = ({ events }: Case, at?: string): CaseFacts | undefined => events.filter((e) => at === undefined || e.recordedAt <= at).reduce<CaseFacts | undefined>(evolveCase, undefined)
const isOpen = (facts: CaseFacts | undefined): facts is CaseFacts => facts !== undefined && !facts.closed && !facts.noCase
const written = (before: Case, decided: readonly NewDeviationEvent[], at: string): Case => ({
  ...before,
  events: [
    ...before.events,
    ...decided.map((e, i) =>
      readDeviation({
        id: `${before.id}-${before.events.length + i}`,
        stream: `deviation-${before.id}`,
        revision: before.events.length + i,
        type: e.type,
        schemaVersion: types.get(e.type)?.version ?? 0,
        recordedAt: at,
        meta: { actor: { id: 'somebody', role: 'unit-manager' }, commandId: 'c', fingerprint: 'f', correlationId: 'r', causationId: 'r', versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 } },
        data: { ...e.data },
        position: '',
        size: 0,
      }),
    ),
  ],
})

const rolesToHold = ['unit-manager', 'area-manager', 'director', 'decision-maker', 'lex-sarah-officer'] as const
const people = ['manager', 'deputy', 'director', 'decider', 'officer', 'newcomer', 'other']
const units = ['area', 'home', 'nursing', 'owl-lss', 'board', 'n1', 'n2', 'n3']
const anId = fc.constantFrom(...units)
const someone = fc.constantFrom(...people)
const later = fc.integer({ min: 0, max: 240 })
const aCase = fc.nat(7)
/** `grant` and `which` count round what there is; `in` and `for` are hours from now. */
const wishes = fc.oneof(
  { weight: 7, arbitrary: fc.record({ wish: fc.constant('hire' as const), subject: someone, role: fc.constantFrom(...rolesToHold), unit: anId, scope: fc.constantFrom(...scopes), in: fc.oneof(fc.constant(0), later), for: fc.option(later, { nil: undefined }), primary: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ wish: fc.constant('revoke' as const), grant: fc.nat(40), in: later }) },
  { weight: 1, arbitrary: fc.record({ wish: fc.constant('leave' as const), subject: someone, in: later }) },
  { weight: 3, arbitrary: fc.record({ wish: fc.constant('substitute' as const), grant: fc.nat(40), subject: someone, in: later, for: later }) },
  { weight: 1, arbitrary: fc.record({ wish: fc.constant('register' as const), unit: anId, parent: anId }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constant('move-unit' as const), unit: anId, parent: anId }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constant('merge' as const), unit: anId, into: anId }) },
  { weight: 1, arbitrary: fc.record({ wish: fc.constant('split' as const), unit: anId, into: fc.tuple(anId, anId) }) },
  { weight: 1, arbitrary: fc.record({ wish: fc.constant('close-unit' as const), unit: anId }) },
  { weight: 4, arbitrary: fc.record({ wish: fc.constant('report' as const), unit: anId, misconduct: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constant('move' as const), which: aCase, unit: anId }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constant('hand-over' as const), which: aCase, unit: anId }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constantFrom('escalate' as const, 'take-over' as const, 'decline' as const, 'no-case' as const, 'reopen' as const), which: aCase }) },
  { weight: 2, arbitrary: fc.record({ wish: fc.constant('reassign' as const), which: aCase, role: fc.constantFrom(...rolesToHold), unit: anId }) },
  { weight: 8, arbitrary: fc.record({ wish: fc.constant('tick' as const) }) },
)
type Wish = typeof wishes extends fc.Arbitrary<infer W> ? W : never

const reorganised = (world: World, at: string, ...commands: readonly { readonly by: string; readonly command: OrganisationCommand }[]): World => {
  const org = commands.reduce((state, { by, command }) => {
    const came = when(state, by, at, command)
    return came === 'forbidden' ? state : told(state, by, at, ...came.filter((e) => typeof e !== 'string'))
  }, world.org)
  return { ...world, org, known: [...world.known, { at, org }] }
}
const changedCase = (world: World, which: number, at: string, commandsFor: (facts: CaseFacts) => readonly CaseCommand[]): World => {
  const place = which % world.cases.length
  const found = world.cases[place]
  const facts = found && factsAt(found)
  if (!found || !facts) return world
  const next = commandsFor(facts).reduce((before, command) => {
    const state = factsAt(before)
    if (!state) return before
    const acting = { capacity: 'unit-manager', role: 'unit-manager', staff: 'somebody' } as const
    const decision = decideDeviation(command, state, { now: at, acting, policy: defaultPolicy, organisation: world.org, isReporter: () => false })
    return decision.kind === 'events' ? written(before, decision.events, at) : before
  }, found)
  return { ...world, cases: world.cases.with(place, next) }
}
const waiting = (world: World): readonly Place[] => world.cases.flatMap((each) => {
  const facts = factsAt(each)
  return isOpen(facts) ? [{ role: facts.responsible.role, unit: facts.unit }] : []
})
const ticked = (world: World, at: string): World => {
  const lookedAt = world.ticks.at(-1)
  const events = seatEvents(world.org, waiting(world), { now: at, lookedAt })
  const org = told(world.org, 'clock', at, ...events)
  // A second clock, and one that starts again, has nothing to add.
  expect(seatEvents(org, waiting(world), { now: at })).toEqual([])
  return { ...world, org, known: [...world.known, { at, org }], ticks: [...world.ticks, at], said: [...world.said, ...events.map((event) => ({ event, at }))] }
}
const lived = (world: World, wish: Wish, at: string): World => {
  const after = (n: number): string => new Date(Date.parse(at) + n * 3_600_000).toISOString()
  const grantNamed = (n: number): string => world.org.grants.values()[n % world.org.grants.size]?.id ?? ''
  const admin = (command: OrganisationCommand) => ({ by: 'admin', command })
  switch (wish.wish) {
    case 'hire': {
      const { subject, role, unit, scope, primary } = wish
      const grant = `g${world.org.events}`
      const hired = reorganised(world, at, admin({ intent: 'grant-role', subject, role, unit, scope, primary, from: after(wish.in), until: wish.for === undefined ? undefined : after(wish.in + wish.for) }))
      return reorganised(hired, at, { by: 'confirmer', command: { intent: 'confirm-grant', grant } })
    }
    case 'revoke':
      return reorganised(world, at, admin({ intent: 'revoke-role', grant: grantNamed(wish.grant), until: after(wish.in) }))
    case 'leave':
      return reorganised(world, at, admin({ intent: 'end-service', subject: wish.subject, at: after(wish.in) }))
    case 'substitute':
      return reorganised(world, at, admin({ intent: 'appoint-substitute', grant: grantNamed(wish.grant), subject: wish.subject, from: after(wish.in), until: after(wish.in + wish.for) }))
    case 'register':
      return reorganised(world, at, admin({ intent: 'register-unit', unit: wish.unit, name: 'N', parent: wish.parent }))
    case 'move-unit':
      return reorganised(world, at, admin({ intent: 'move-unit', unit: wish.unit, parent: wish.parent }))
    case 'merge':
      return reorganised(world, at, admin({ intent: 'merge-units', units: [wish.unit], into: wish.into }))
    case 'split':
      return reorganised(world, at, admin({ intent: 'split-unit', unit: wish.unit, into: wish.into.map((unit) => ({ unit, name: unit })) }))
    case 'close-unit':
      return reorganised(world, at, admin({ intent: 'close-unit', unit: wish.unit }))
    case 'report': {
      const id = `case-${world.cases.length}`
      const report = { ...aReport, unit: wish.unit, ...(wish.misconduct ? { reportedType: 'misconduct' as const } : {}) }
      const decision = decideReport(report, { now: at, policy: defaultPolicy, organisation: world.org, sender: 'worker', mark: () => 'm' })
      return decision.kind === 'events' ? { ...world, cases: [...world.cases, written({ id, events: [] }, decision.events, at)] } : world
    }
    case 'move':
      return changedCase(world, wish.which, at, () => [{ intent: 'move', toUnit: wish.unit, reason: 'r' }])
    case 'hand-over':
      return changedCase(world, wish.which, at, () => [{ intent: 'offer-handover', toUnit: wish.unit, reason: 'r' }, { intent: 'accept-handover' }])
    case 'escalate':
      return changedCase(world, wish.which, at, () => [{ intent: 'escalate-to-lex-sarah', ground: 'g' }])
    case 'take-over':
      return changedCase(world, wish.which, at, () => [{ intent: 'take-over-lex-sarah' }])
    case 'decline':
      return changedCase(world, wish.which, at, () => [{ intent: 'decline-lex-sarah', motivation: 'm' }])
    case 'no-case':
      return changedCase(world, wish.which, at, () => [{ intent: 'record-no-case', outcome: 'withdrawn', motivation: 'm' }])
    case 'reopen':
      return changedCase(world, wish.which, at, () => [{ intent: 'reopen', reason: 'r' }])
    case 'reassign':
      return changedCase(world, wish.which, at, (facts) => {
        const from = seatOfCase(facts, world.org, at)
        return [{ intent: 'reassign', from: seatKey(from.role, from.unit), to: seatKey(wish.role, seat(world.org, wish.role, wish.unit, at)), reason: 'r' }]
      })
    case 'tick':
      return ticked(world, at)
  }
}

/** Every instant at which something was written, somebody's grant begins or ends, or the clock looked. */
const instantsOf = ({ org, known, cases, ticks }: World): readonly string[] =>
  [
    ...new Set([
      ...known.map(({ at }) => at),
      ...cases.flatMap(({ events }) => events.map((e) => e.recordedAt)),
      ...org.grants.values().flatMap((g) => [g.from, g.until, g.revokedAt, g.confirmedAt, ...(g.away ?? []).flatMap((a) => [a.from, a.until])].filter((at) => at !== undefined)),
      ...ticks,
    ]),
  ].sort()
/** The organisation as it was known at an instant. */
const knownAt = ({ known }: World, at: string): Organisation => known.findLast((k) => k.at <= at)?.org ?? town

describe('a case, while people come and go, units change and it moves', () => {
  it('has exactly one seat at every instant, whose holder or gap is told, and every gap that the clock saw is an event', () => {
    const seen = { gaps: 0, filled: 0, standIns: 0, nobody: 0, reassigned: 0 }
    fc.assert(
      fc.property(fc.array(fc.tuple(wishes, fc.integer({ min: 1, max: 72 })), { minLength: 15, maxLength: 45 }), (steps) => {
        let world: World = { org: town, known: [{ at: day(1), org: town }], cases: [], ticks: [], said: [] }
        let clock = 0
        for (const [wish, pause] of steps) world = lived(world, wish, hours((clock += pause)))
        const end = hours(clock + 1)
        world = ticked(world, end)
        const instants = instantsOf(world).filter((at) => at <= end)

        for (const each of world.cases) {
          const intervals = responsibilityIntervals(each.events, world.org, end)
          if (each.events.some((e) => e.type === 'responsibility-assigned' && e.data.because === 'reassignment')) seen.reassigned++
          for (const at of instants) {
            const facts = factsAt(each, at)
            const over = intervals.filter(({ from, until }) => from <= at && (until === undefined || at < until))
            expect({ at, intervals: over.length }).toEqual({ at, intervals: isOpen(facts) ? 1 : 0 })
            if (!isOpen(facts)) continue
            // The slow way: the organisation as it was known then, asked who held the role over the unit of the case.
            const org = knownAt(world, at)
            const { role } = facts.responsible
            const holder = holders(org, role, facts.unit, at)[0]?.staff ?? null
            const acting = holder === null ? standsIn(org, role, facts.unit, at, () => false) : undefined
            const standIn = acting && { role: acting, unit: seat(org, acting, facts.unit, at), staff: holders(org, acting, facts.unit, at)[0]?.staff }
            const [{ from: _, until: __, ...told } = { from: '', until: '' }] = over
            expect({ at, ...told }).toEqual({ at, role, unit: seat(org, role, facts.unit, at), holder, ...(standIn ? { standIn } : {}) })
            if (standIn) seen.standIns++
            else if (holder === null) seen.nobody++
          }
          for (const [i, { until }] of intervals.entries()) {
            const next = intervals[i + 1]
            if (next && until !== next.from) expect(isOpen(factsAt(each, until))).toBe(false)
          }
          for (const gap of intervals.filter(({ holder }) => holder === null)) {
            const tick = world.ticks.find((at) => gap.from <= at && (gap.until === undefined || at < gap.until))
            if (tick === undefined) continue
            seen.gaps++
            const about = world.said.filter(({ event: { data }, at }) => data.role === gap.role && data.unit === gap.unit && at <= tick)
            const last = about.at(-1)
            expect({ gap, said: last?.event.type }).toEqual({ gap, said: 'seat-vacated' })
            const since = last?.event.data.since ?? ''
            expect(since <= gap.from).toBe(true)
            // Nobody has held it from then on; and somebody did before, unless the unit came to be or was merged then.
            const place = { role: gap.role, unit: gap.role === 'unit-manager' ? gap.unit : (factsAt(each, tick)?.unit ?? '') }
            const isHeld = (at: string): boolean => holders(knownAt(world, at), place.role, place.unit, at).length > 0
            expect(instants.filter((at) => gap.from <= at && at <= tick && isHeld(at))).toEqual([])
            if (gap.role === 'unit-manager') expect(instants.filter((at) => since <= at && at <= tick && (knownAt(world, at).units.get(gap.unit)?.ended === undefined) && isHeld(at))).toEqual([])
          }
        }
        // What somebody holds at the last look is filled, and what was filled was vacated before.
        for (const { role, unit, filled } of world.org.vacancies.values()) {
          // One that holds the seat of a tree for its top alone leaves those below it with nobody.
          const left = waiting(world).some((p) => p.role === role && seat(world.org, role, p.unit, end) === unit && holders(world.org, role, p.unit, end).length === 0)
          if (!filled && !(left && role !== 'unit-manager')) expect([role, unit, holders(world.org, role, unit, end).length]).toEqual([role, unit, 0])
          const about = world.said.filter(({ event: { data } }) => data.role === role && data.unit === unit).map(({ event }) => event)
          expect(about.map((e) => e.type)).toEqual(about.map((_, i) => (i % 2 === 0 ? 'seat-vacated' : 'seat-filled')))
          for (const [i, e] of about.entries()) if (i > 0) expect([unit, e.data.since >= (about[i - 1]?.data.since ?? '')]).toEqual([unit, true])
          seen.filled += about.filter((e) => e.type === 'seat-filled').length
        }
      }),
      { numRuns: 300 },
    )
    expect(Object.entries(seen).filter(([, n]) => n === 0)).toEqual([])
  }, 120_000)
})

describe('who answers for a case', () => {
  it('follows the unit where it hung: the area manager stood in until the unit moved away from her', () => {
    const [left, moved] = [hours(24), hours(48)]
    const reported = lived({ org: town, known: [], cases: [], ticks: [], said: [] }, { wish: 'report', unit: 'home', misconduct: false }, hours(1))
    const org = told(told(town, 'admin', hours(2), ...['manager', 'deputy'].map((grant) => ({ type: 'role-revoked' as const, data: { grant, until: left } }))), 'admin', moved, {
      type: 'unit-moved',
      data: { unit: 'home', parent: 'board' },
    })
    const own = { role: 'unit-manager', unit: 'home' }
    expect(responsibilityIntervals(reported.cases[0]?.events ?? [], org, hours(72))).toEqual([
      { ...own, holder: 'manager', from: hours(1), until: left },
      { ...own, holder: null, standIn: { role: 'area-manager', unit: 'area', staff: 'area-manager' }, from: left, until: moved },
      { ...own, holder: null, standIn: { role: 'director', unit: 'board', staff: 'director' }, from: moved },
    ])
  })
  it('is never who is in conflict of interest: beside her another holder, else the next level', () => {
    const two = organisationWith(['deputy', 'unit-manager', 'barn', 'unit'])
    const beside = story('worker', {}, two).then('manager', { intent: 'declare-conflict', subject: 'manager', reason: 'r' })
    expect(accountable(beside.facts, two, '2026-03-03T09:00:00.000Z')).toEqual({ staff: 'deputy', role: 'unit-manager', unit: 'barn', standIn: false })
    // Once the other has left, nobody who may holds the seat, and the next level answers.
    expect(accountable(beside.facts, municipalOrganisation, '2026-03-03T09:00:00.000Z')).toEqual({ staff: 'area', role: 'area-manager', unit: 'ifo', standIn: true })
    const told = story('worker').then('manager', { intent: 'declare-conflict', subject: 'manager', reason: 'r' })
    expect(accountable(told.facts, municipalOrganisation, '2026-03-03T09:00:00.000Z')).toEqual({ staff: 'area', role: 'area-manager', unit: 'ifo', standIn: false })
  })
  it('is nobody once it waits for nothing', () => {
    const ended = story('worker').then('manager', { intent: 'record-no-case', outcome: 'withdrawn', motivation: 'm' })
    expect([phaseOf(ended.facts), accountable(ended.facts, municipalOrganisation, '2026-03-03T09:00:00.000Z')]).toEqual(['no-case', null])
  })
})
