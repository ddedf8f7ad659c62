import { describe, expect, it } from '@jest/globals'
import { policyEvents, readPolicy, type NewPolicyEvent } from '#events/policy'
import { byName } from '#libs/kernel/event'
import { day, told, town } from '#libs/organisation/testing/town'
import type { PolicyCommand, PolicyCommandOf } from '#libs/policy/commands'
import { decidePolicy, rightToPolicy } from '#libs/policy/decide'
import { evolvePolicies, noPolicies, policyAt, policyNamed, reigns, type Policies } from '#libs/policy/versions'

const types = byName(policyEvents)
const written = (policies: Policies, who: string, at: string, ...events: readonly NewPolicyEvent[]): Policies =>
  events.reduce((state, { type, data }) => {
    const meta = { actor: { id: who, role: 'administrator' }, commandId: 'c', fingerprint: 'f', correlationId: 'r', causationId: 'r', versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 } }
    const { events: revision } = state
    return evolvePolicies(state, readPolicy({ id: `e${revision}`, stream: 'policy', revision, type, schemaVersion: types.get(type)?.version ?? 0, recordedAt: at, meta, data: { ...data }, position: String(revision), size: revision + 1 }))
  }, policies)
/** What a command comes to: the policies after it, or the codes of refusal or fault. */
const after = (policies: Policies, sender: string, at: string, command: PolicyCommand): Policies | readonly string[] => {
  const decision = decidePolicy(command, policies, { now: at, sender })
  if (decision.kind === 'events') return written(policies, sender, at, ...decision.events)
  if (decision.kind === 'refused') return decision.reasons.map(({ code }) => code)
  return decision.kind === 'invalid' ? decision.faults.map(({ pointer, code }) => `${pointer} ${code}`) : [decision.kind]
}
const must = (result: Policies | readonly string[]): Policies => {
  if ('versions' in result) return result
  throw new Error(result.join())
}
const risk = (score: number): PolicyCommandOf<'publish'> => ({ intent: 'publish', policy: `over-${score}`, from: day(5), risk: { social: { score }, health: { score } } })
const confirm = (policy: string): PolicyCommand => ({ intent: 'confirm', policy })

const published = must(after(noPolicies, 'admin', day(2), risk(8)))
const inForce = (policies: Policies): string[] => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => policyAt(policies, day(n)).id.replace('default-1', '-'))

describe('who commands the policy', () => {
  const withProvider = told(town, 'operator', day(1), { type: 'role-granted', data: { grant: 'owl-decider', staff: 'owl-decider', role: 'decision-maker', unit: 'owl', scope: 'subtree', from: day(1), primary: false, needsConfirmation: false } })
  it.each<[string, 'publish' | 'confirm', string | undefined]>([
    ['admin', 'publish', 'administrator'],
    ['board-admin', 'publish', undefined],
    ['confirmer', 'publish', undefined],
    ['decider', 'publish', undefined],
    ['confirmer', 'confirm', 'compliance-officer'],
    ['decider', 'confirm', 'decision-maker'],
    ['owl-decider', 'confirm', undefined],
    ['admin', 'confirm', undefined],
    ['director', 'confirm', undefined],
  ])('%s, %s: %s', (staff, intent, role) => {
    expect(rightToPolicy(withProvider, staff, { intent, policy: 'p' }, day(2))?.role).toBe(role)
  })
})

describe('a version of the policy', () => {
  it('is in force at the later of its start and its confirmation, and never before', () => {
    expect(inForce(published).join(' ')).toBe('- - - - - - - - -')
    expect(inForce(must(after(published, 'confirmer', day(3), confirm('over-8')))).join(' ')).toBe('- - - - over-8 over-8 over-8 over-8 over-8')
    expect(inForce(must(after(published, 'confirmer', day(7), confirm('over-8')))).join(' ')).toBe('- - - - - - over-8 over-8 over-8')
  })
  it('has every part: those that are left out as they are in force when it is published', () => {
    const first = must(after(published, 'confirmer', day(3), confirm('over-8')))
    const routines = { measuresFromScore: 4, reviewMonths: 6 }
    const second = must(after(first, 'admin', day(6), { intent: 'publish', policy: 'second', routines }))
    expect(policyNamed(second, 'second')).toMatchObject({ risk: { social: { score: 8 } }, routines })
    expect(policyNamed(must(after(first, 'admin', day(4), { intent: 'publish', policy: 'second', routines })), 'second')).toMatchObject({ risk: { social: { score: 9 } } })
  })
  it('without a start comes into force with its confirmation', () => {
    const soon = must(after(noPolicies, 'admin', day(2), { intent: 'publish', policy: 'soon' }))
    expect(inForce(must(after(soon, 'confirmer', day(4), confirm('soon')))).join(' ')).toBe('- - - soon soon soon soon soon soon')
  })
  it('gives way to the next to come into force, whichever was published first', () => {
    const other = must(after(published, 'admin', day(2), { ...risk(12), policy: 'over-12', from: day(4) }))
    const both = must(after(must(after(other, 'confirmer', day(3), confirm('over-8'))), 'confirmer', day(3), confirm('over-12')))
    expect(inForce(both).join(' ')).toBe('- - - over-12 over-8 over-8 over-8 over-8 over-8')
    expect(reigns(both).map(({ version, from, until }) => [version.policy.id, from, until])).toEqual([
      ['over-12', day(4), day(5)],
      ['over-8', day(5), undefined],
    ])
  })
  it('of two at the same instant the one that was confirmed last stands', () => {
    const other = must(after(published, 'admin', day(2), { ...risk(12), policy: 'over-12' }))
    const both = must(after(must(after(other, 'confirmer', day(3), confirm('over-12'))), 'confirmer', day(3), confirm('over-8')))
    expect(policyAt(both, day(5)).id).toBe('over-8')
  })
  it('is to be reviewed within a year of its publication, and the next one is that review', () => {
    const deadlines = (policies: Policies): unknown[] => policies.deadlines.map(({ id, due, state, metAt, next }) => [id, due, state, metAt, next])
    // 2 March and 3 March 2027 are working days; the warning comes thirty days before.
    expect(deadlines(published)).toEqual([['review-policy', '2027-03-02', 'running', undefined, '2027-01-30T23:00:00.000Z']])
    const decision = decidePolicy(risk(9), published, { now: day(3), sender: 'admin' })
    expect(decision.kind === 'events' && decision.events.map(({ type }) => type)).toEqual(['policy-published', 'deadline-met', 'deadlines-set'])
    expect(deadlines(must(after(published, 'admin', day(3), risk(9))))).toEqual([
      ['review-policy', '2027-03-02', 'met', day(3), undefined],
      ['review-policy/2', '2027-03-03', 'running', undefined, '2027-01-31T23:00:00.000Z'],
    ])
    expect(must(after(published, 'confirmer', day(3), confirm('over-8'))).deadlines).toEqual(published.deadlines)
  })
  const confirmed = must(after(published, 'confirmer', day(3), confirm('over-8')))
  it.each<[string, Policies, string, string, PolicyCommand, readonly string[]]>([
    ['with an id in use', published, 'admin', day(3), risk(8), ['policy-exists']],
    ['with the id of the default', noPolicies, 'admin', day(3), { intent: 'publish', policy: 'default-1' }, ['policy-exists']],
    ['from the past', noPolicies, 'admin', day(6), risk(8), ['policy-from-past']],
    ['with a faulty part', noPolicies, 'admin', day(2), { ...risk(8), risk: { social: {}, health: {} } }, ['/risk/social/score required', '/risk/health/score required']],
    ['confirmed by its publisher', published, 'admin', day(3), confirm('over-8'), ['confirmer-published']],
    ['confirmed twice', confirmed, 'decider', day(4), confirm('over-8'), ['policy-confirmed-already']],
    ['confirmed but never published', published, 'confirmer', day(3), confirm('default-1'), ['policy-unknown']],
  ])('not %s', (_, policies, sender, at, command, codes) => {
    expect(after(policies, sender, at, command)).toEqual(codes)
  })
})
