import { describe, expect, it } from '@jest/globals'
import type { Role } from '#events/codes'
import { readDeviation } from '#events/deviation'
import { readRoutine, routineEvents, type NewRoutineEvent } from '#events/routine'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { byName } from '#libs/kernel/event'
import { day, told, town } from '#libs/organisation/testing/town'
import type { RoutineCommand, RoutineCommandOf } from '#libs/routines/commands'
import { defaultPolicy } from '#libs/policy/policy'
import { decideRoutine, type RoutineContext } from '#libs/routines/decide'
import { readsRoutine, readsTexts, rightToRoutine, routineRights } from '#libs/routines/rights'
import { evolveRoutine, type Routine } from '#libs/routines/state'
import { caseId, recorded, report } from '#projections/given'

const types = byName(routineEvents)
const meta = {
  actor: { id: 'manager', role: 'unit-manager' },
  commandId: 'c',
  fingerprint: 'f',
  correlationId: 'x',
  causationId: 'x',
  versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 1 },
}
const after = (events: readonly NewRoutineEvent[]): Routine | undefined =>
  events.reduce<Routine | undefined>(
    (routine, { type, data }, revision) =>
      evolveRoutine(
        routine,
        readRoutine({ id: `e${revision}`, stream: 'routine-medicine', revision, type, schemaVersion: types.get(type)?.version ?? 0, recordedAt: day(revision + 1), meta, data: { ...data }, position: String(revision), size: revision + 1 }),
      ),
    undefined,
  )

/** The case names the routine in its measure m1; m2 changes another. */
const facts = recorded([
  report(),
  ['measure-proposed', { measureId: 'm1', responsible: { role: 'unit-manager', unit: 'home' }, routineId: 'medicine' }],
  ['measure-proposed', { measureId: 'm2', responsible: { role: 'unit-manager', unit: 'home' } }],
]).reduce<CaseFacts | undefined>((before, e) => evolveCase(before, readDeviation(e)), undefined)
const context = (more: Partial<RoutineContext> = {}): RoutineContext => ({ now: day(20), organisation: town, scaleVersion: 'default-1', deadlines: defaultPolicy.deadlines, ...more })

/** What a command comes to after others, each decided on what came before: its event, or the codes of refusal or fault. */
const when = (command: RoutineCommand, before: readonly RoutineCommand[] = [], more: Partial<RoutineContext> = {}): NewRoutineEvent | readonly string[] | string => {
  const events: NewRoutineEvent[] = []
  for (const earlier of before) {
    const decided = decideRoutine(earlier, after(events), context({ now: day(events.length + 1), named: facts }))
    if (decided.kind !== 'events') throw new Error(`${earlier.intent}: ${JSON.stringify(decided)}`)
    events.push(...decided.events)
  }
  const decided = decideRoutine(command, after(events), context(more))
  if (decided.kind === 'refused') return decided.reasons.map(({ code }) => code)
  if (decided.kind === 'invalid') return decided.faults.map(({ pointer, code }) => `${pointer} ${code}`)
  return decided.kind === 'events' ? (decided.events[0] ?? 'nothing') : decided.kind
}

const register: RoutineCommand = { intent: 'register-routine', process: 'Hemsjukvård', activity: 'Överlämna läkemedel', name: 'Läkemedel', ownerUnit: 'home' }
const revise: RoutineCommandOf<'revise'> = { intent: 'revise', changes: 'Signera före' }
const analyse = (severity: number, likelihood: number): RoutineCommandOf<'analyse-risk'> => ({ intent: 'analyse-risk', severity, likelihood, description: 'Fel dos' })
const plan: RoutineCommandOf<'plan-self-check'> = { intent: 'plan-self-check', what: 'Signerade doser', interval: 'half-yearly', direction: 'up', lowestAcceptedResult: 95, firstDue: '2026-09-01' }
const check = (result: number, performedAt?: string): RoutineCommand => ({ intent: 'record-self-check', result, performedAt })
const end: RoutineCommand = { intent: 'end', reason: 'Ersatt' }

describe('a routine', () => {
  it('is registered once, for a unit that there is', () => {
    expect(when(register)).toEqual({
      type: 'routine-registered',
      data: { process: 'Hemsjukvård', activity: 'Överlämna läkemedel', name: 'Läkemedel', owner: { role: 'unit-manager', unit: 'home' } },
    })
    expect(when(register, [register])).toEqual(['routine-exists'])
    expect(when({ ...register, ownerUnit: 'nowhere' })).toEqual(['/ownerUnit unit-unknown'])
    expect(when(revise)).toBe('not-found')
  })
  it('counts its versions, and says by which measure it was changed', () => {
    expect(when(revise, [register])).toMatchObject({ data: { version: 2 } })
    expect(when({ ...revise, case: caseId, measureId: 'm1' }, [register, revise], { named: facts })).toMatchObject({ data: { version: 3, case: caseId, measureId: 'm1' } })
    expect(when({ ...revise, case: caseId, measureId: 'm2' }, [register], { named: facts })).toEqual(['measure-of-other-routine'])
    expect(when({ ...revise, case: caseId, measureId: 'm3' }, [register], { named: facts })).toEqual(['measure-unknown'])
    for (const command of [revise, analyse(1, 1), plan]) expect(when({ ...command, case: caseId }, [register])).toEqual(['case-unknown'])
    expect(when({ ...analyse(1, 1), case: caseId }, [register], { named: facts })).toMatchObject({ data: { case: caseId } })
  })
  it('asks for measures from a score of nine, or what the policy says', () => {
    expect(when(analyse(3, 3), [register])).toMatchObject({ data: { score: 9, asksForMeasures: true, scaleVersion: 'default-1' } })
    expect(when(analyse(4, 2), [register])).toMatchObject({ data: { score: 8, asksForMeasures: false } })
    expect(when(analyse(4, 2), [register], { measuresFromScore: 8 })).toMatchObject({ data: { asksForMeasures: true } })
  })
  it('is checked against what was accepted before', () => {
    expect(when(check(95), [register])).toEqual(['self-check-not-planned'])
    expect(when(check(95), [register, plan])).toMatchObject({ data: { result: 95, accepted: true, performedAt: day(20) } })
    expect(when(check(94.9), [register, plan])).toMatchObject({ data: { accepted: false } })
    const fewer: RoutineCommand = { ...plan, direction: 'down', lowestAcceptedResult: 2 }
    expect([2, 2.1].map((result) => when(check(result), [register, plan, fewer]))).toMatchObject([{ data: { accepted: true } }, { data: { accepted: false } }])
    // Planned on the second: the same day in Stockholm will do, the day before will not.
    expect(when(check(95, '2026-03-01T23:00:00.000Z'), [register, plan])).toMatchObject({ type: 'self-check-performed' })
    expect(when(check(95, '2026-03-01T22:59:59.999Z'), [register, plan])).toEqual(['self-check-before-plan'])
  })
  it('is checked again after its interval, by the days of Stockholm', () => {
    const next = (interval: RoutineCommandOf<'plan-self-check'>['interval'], performedAt: string): unknown => {
      const event = when(check(95, performedAt), [register, { ...plan, interval }])
      return typeof event === 'object' && 'type' in event && event.type === 'self-check-performed' ? (event.data.nextDue ?? 'never') : event
    }
    expect(next('half-yearly', '2026-08-31T21:59:00.000Z')).toBe('2027-02-28')
    expect(next('half-yearly', '2026-08-31T22:00:00.000Z')).toBe('2027-03-01')
    expect(next('monthly', '2026-12-15T12:00:00.000Z')).toBe('2027-01-15')
    expect(next('quarterly', '2026-11-30T12:00:00.000Z')).toBe('2027-02-28')
    expect(next('yearly', '2028-02-29T12:00:00.000Z')).toBe('2029-02-28')
    expect(next('once', '2026-12-15T12:00:00.000Z')).toBe('never')
  })
  it('keeps what is accepted when it was to be checked once and is', () => {
    const once: RoutineCommand = { ...plan, interval: 'once' }
    expect(when(check(95), [register, once, check(90)])).toMatchObject({ data: { accepted: true } })
  })
  it('changes owner within its authority, and then ends', () => {
    const owner = (ownerUnit: string): RoutineCommand => ({ intent: 'change-owner', ownerUnit, reason: 'Ny organisation' })
    expect(when(owner('nursing'), [register])).toMatchObject({ data: { owner: { role: 'unit-manager', unit: 'nursing' } } })
    expect(when(owner('home'), [register])).toEqual(['owner-unchanged'])
    expect(when(owner('owl-lss'), [register])).toEqual(['owner-elsewhere'])
    expect(when(owner('nowhere'), [register])).toEqual(['/ownerUnit unit-unknown'])
    expect(when(end, [register])).toMatchObject({ type: 'routine-ended' })
    for (const command of [revise, analyse(1, 1), plan, owner('nursing'), end]) expect(when(command, [register, end])).toEqual(['routine-ended'])
    expect(when(check(1), [register, end])).toEqual(['routine-ended', 'self-check-not-planned'])
  })
})

describe('the right to a routine', () => {
  const granted = (staff: string, role: Role, unit: string, scope: 'unit' | 'subtree' = 'unit') =>
    ({ type: 'role-granted', data: { grant: staff, staff, role, unit, scope, from: day(1), primary: false, needsConfirmation: false } }) as const
  const organisation = told(
    town,
    'operator',
    day(1),
    granted('developer', 'quality-developer', 'board', 'subtree'),
    granted('auditor', 'auditor', 'board', 'subtree'),
    granted('reporter', 'reporter', 'home'),
    granted('nurse', 'reporter', 'nursing'),
  )
  const asker = (staff: string | undefined) => ({ staff, organisation, now: day(20) })
  it('lies with the owner, those above, the officers, and for support with the quality developer', () => {
    const who = (intent: RoutineCommand['intent'], unit: string): string[] =>
      ['manager', 'area-manager', 'director', 'officer', 'developer', 'decider', 'reporter', 'auditor', 'board-admin'].filter((staff) => rightToRoutine(intent, unit, asker(staff)))
    const above = ['manager', 'area-manager', 'director', 'officer']
    for (const intent of ['register-routine', 'plan-self-check', 'record-self-check'] as const) expect(who(intent, 'home')).toEqual([...above, 'developer'])
    for (const intent of ['revise', 'analyse-risk', 'change-owner', 'end'] as const) expect(who(intent, 'home')).toEqual(above)
    expect(who('revise', 'nursing')).toEqual(['director', 'officer'])
    expect(who('revise', 'owl-lss')).toEqual([])
    expect(rightToRoutine('revise', 'home', asker(undefined))).toBeUndefined()
    expect(rightToRoutine('revise', 'home', asker('area-manager'))).toMatchObject({ role: 'area-manager', unit: 'area' })
    expect(Object.values(routineRights).every((roles) => roles.includes('medical-officer'))).toBe(true)
  })
  it('to read is everybody\'s over the unit and at the units below; the texts are for who may act, and for a reason', () => {
    expect(['manager', 'reporter', 'auditor', 'board-admin', 'decider'].every((staff) => readsRoutine('home', asker(staff)))).toBe(true)
    expect([readsRoutine('area', asker('reporter')), readsRoutine('home', asker('nurse')), readsRoutine('nursing', asker('reporter')), readsRoutine('home', asker(undefined))]).toEqual([true, false, false, false])
    expect(['manager', 'developer', 'reporter', 'auditor'].map((staff) => readsTexts('home', asker(staff), false))).toEqual([true, true, false, false])
    expect(['reporter', 'auditor'].map((staff) => readsTexts('home', asker(staff), true))).toEqual([false, true])
  })
})
