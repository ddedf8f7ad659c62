import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { degrees, measureLevels, reportedTypes } from '#events/codes'
import { deviationEvents } from '#events/deviation'
import type { DeviationCommand, Report } from '#libs/deviation/commands'
import { everyone, story, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, escalationStands, hindersClosing, isMisconduct, mustNotify, nextSteps, phaseOf, suspicionStands, type Duty } from '#libs/duties/duties'

type Act = Exclude<DeviationCommand, Report>
const text = 'text'
const at = '2026-03-01T00:00:00.000Z'
const motivation = text
const effect = { what: text, direction: 'up', lowestAcceptedResult: 1, checkOn: '2026-06-01' } as const
const findings = { whatHappened: text, consequences: text, howNoticed: text, whenHappened: text, causes: ['annat'] as const, happenedBefore: text, couldHappenAgain: text }

/** What somebody would do to take a step. */
const taking = (duty: Duty, s: Story): readonly Act[] => {
  const group = duty.subject === 'health' ? 'health' : 'social'
  const measureId = duty.subject ?? ''
  switch (duty.step) {
    case 'acknowledge':
      return [{ intent: 'acknowledge', to: text, how: text }]
    case 'assign-diary-number':
      return [{ intent: 'assign-diary-number', diaryNumber: text, publicTitle: text }]
    case 'assess':
      return [{ intent: 'assess', group, outcome: 'deviation', category: 'annat', motivation }]
    case 'score-risk':
      return [{ intent: 'score-risk', group, severity: 3, likelihood: 3 }]
    case 'investigate':
      return [{ intent: 'open-investigation', group, kind: escalationStands(s.facts) && group === 'social' ? 'lex-sarah' : 'standard' }]
    case 'complete-investigation':
      return [{ intent: 'complete-investigation', group, ...findings }]
    case 'escalate-or-clear':
      return [{ intent: 'escalate-to-lex-sarah', ground: text }]
    case 'take-over-lex-sarah':
      return [{ intent: 'take-over-lex-sarah' }]
    case 'appoint-investigator':
      return ['investigator', 'private-investigator'].map((subject) => ({ intent: 'appoint-investigator' as const, subject }))
    case 'propose-degree':
      return [{ intent: 'propose-degree', degree: 'serious', motivation }]
    case 'decide-degree':
      return [{ intent: 'decide-degree', degree: 'serious', motivation }]
    case 'decide-ivo':
      return [{ intent: 'decide-ivo-notification', law: 'lex-sarah', notify: true, motivation }]
    case 'send-ivo':
      return [{ intent: 'record-ivo-sent', law: 'lex-sarah', channel: 'post', sentAt: at, diaryNumber: text }]
    case 'record-ivo-receipt':
      return [{ intent: 'record-ivo-receipt', law: 'lex-sarah', ivoCaseNumber: text, receivedAt: at }]
    case 'inform-authority':
      return [{ intent: 'inform-authority', informedAt: at, how: text }]
    case 'propose-measures':
      return [
        { intent: 'decide-no-measures', motivation },
        { intent: 'propose-measure', type: 'annat', level: 'unit', timing: 'corrective', description: text, goal: text, responsibleUnit: s.facts.unit, plannedCompletion: '2026-04-01', effect },
      ]
    case 'decide-measures':
      return [{ intent: 'decide-measures', decisions: [{ measureId, decision: 'approved' }] }]
    case 'complete-measures':
      return duty.hinders === 'effect-criterion-missing' ? [{ intent: 'set-effect-criterion', measureId, ...effect }] : [{ intent: 'complete-measure', measureId, completedAt: at }]
    case 'check-effect':
      return [{ intent: 'check-effect', measureId, result: 1 }]
    case 'give-feedback':
      return [{ intent: 'give-feedback', to: s.facts.reportedType === 'praise' ? 'staff-group' : 'reporter', how: text, content: text }]
    case 'answer-complaint':
      return [{ intent: 'give-feedback', to: 'complainant', how: text, content: text }]
    case 'send-to-registrar':
      return [{ intent: 'send-to-registrar' }]
    case 'close':
      return [{ intent: 'close', outcome: closingOutcome(s.facts), motivation }]
    case 'none':
      return []
  }
}

/** Any command; those that only some states take come more often, so that they are reached. */
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ intent: fc.constant('assess' as const), group: fc.constantFrom('social' as const, 'health' as const), outcome: fc.constantFrom('deviation' as const, 'risk-of-deviation' as const, 'not-a-deviation' as const, 'suspected-misconduct' as const), category: fc.constant('annat'), motivation: fc.constant(text) }),
  fc.record({ intent: fc.constant('score-risk' as const), group: fc.constantFrom('social' as const, 'health' as const), severity: fc.integer({ min: 1, max: 4 }), likelihood: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ intent: fc.constant('open-investigation' as const), kind: fc.constantFrom('simple' as const, 'lex-sarah' as const) }),
  fc.constant({ intent: 'complete-investigation' as const, ...findings }),
  { weight: 6, arbitrary: fc.constant({ intent: 'reopen-investigation' as const, reason: text }) },
  fc.constant({ intent: 'escalate-to-lex-sarah' as const, ground: text }),
  fc.constant({ intent: 'take-over-lex-sarah' as const }),
  fc.constant({ intent: 'decline-lex-sarah' as const, motivation }),
  fc.constant({ intent: 'appoint-investigator' as const, subject: 'investigator' }),
  fc.record({ intent: fc.constantFrom('propose-degree' as const, 'decide-degree' as const), degree: fc.constantFrom(...degrees), motivation: fc.constant(text) }),
  fc.record({ intent: fc.constant('decide-ivo-notification' as const), law: fc.constant('lex-sarah' as const), notify: fc.boolean(), motivation: fc.constant(text) }),
  fc.constant({ intent: 'record-ivo-sent' as const, law: 'lex-sarah' as const, channel: 'post' as const, sentAt: at, diaryNumber: text }),
  fc.constant({ intent: 'record-ivo-receipt' as const, law: 'lex-sarah' as const, ivoCaseNumber: text, receivedAt: at }),
  fc.constant({ intent: 'inform-authority' as const, informedAt: at, how: text }),
  fc.record({
    intent: fc.constant('propose-measure' as const),
    type: fc.constant('annat' as const),
    level: fc.constantFrom(...measureLevels),
    timing: fc.constant('corrective' as const),
    description: fc.constant(text),
    goal: fc.constant(text),
    responsibleUnit: fc.constantFrom('barn', 'missbruk'),
    plannedCompletion: fc.constant('2026-04-01'),
    replaces: fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined }),
    effect: fc.option(fc.constant(effect), { nil: undefined }),
  }),
  fc.record({ intent: fc.constant('decide-measures' as const), decisions: fc.array(fc.record({ measureId: fc.constantFrom('m1', 'm2', 'm3'), decision: fc.constantFrom('approved' as const, 'approved-in-part' as const, 'rejected' as const) }), { minLength: 1, maxLength: 1 }) }),
  fc.record({ intent: fc.constant('set-effect-criterion' as const), measureId: fc.constantFrom('m1', 'm2', 'm3'), ...Object.fromEntries(Object.entries(effect).map(([k, v]) => [k, fc.constant(v)])) }) as fc.Arbitrary<Act>,
  fc.record({ intent: fc.constant('complete-measure' as const), measureId: fc.constantFrom('m1', 'm2', 'm3'), completedAt: fc.constant(at) }),
  fc.record({ intent: fc.constant('check-effect' as const), measureId: fc.constantFrom('m1', 'm2', 'm3'), result: fc.constantFrom(0, 2) }),
  { weight: 6, arbitrary: fc.record({ intent: fc.constant('cancel-measure' as const), measureId: fc.constantFrom('m1', 'm2'), motivation: fc.constant(text) }) },
  fc.constant({ intent: 'decide-no-measures' as const, motivation }),
  fc.record({ intent: fc.constant('give-feedback' as const), to: fc.constantFrom('reporter' as const, 'complainant' as const, 'staff-group' as const), how: fc.constant(text), content: fc.constant(text) }),
  fc.record({ intent: fc.constant('waive-feedback' as const), to: fc.constantFrom('reporter' as const, 'complainant' as const), reason: fc.constant(text) }),
  fc.constant({ intent: 'acknowledge' as const, to: text, how: text }),
  fc.constant({ intent: 'request-diary-number' as const }),
  fc.constant({ intent: 'assign-diary-number' as const, diaryNumber: text, publicTitle: text }),
  fc.constant({ intent: 'send-to-registrar' as const }),
  fc.constant({ intent: 'supplement' as const, text }),
  fc.constant({ intent: 'add-note' as const, text, kind: 'fact' as const, source: text }),
  fc.record({ intent: fc.constant('move' as const), toUnit: fc.constantFrom('barn', 'missbruk', 'nattugglan-lss'), reason: fc.constant(text) }),
  fc.record({ intent: fc.constant('record-no-case' as const), outcome: fc.constantFrom('withdrawn' as const, 'not-reportable' as const), motivation: fc.constant(text) }),
  fc.record({ intent: fc.constant('close' as const), outcome: fc.constantFrom('deviation' as const, 'not-a-deviation' as const, 'misconduct' as const, 'view' as const), motivation: fc.constant(text) }),
  fc.constant({ intent: 'reopen' as const, reason: text }),
)
const beginning: fc.Arbitrary<Partial<Report>> = fc.record({
  reportedType: fc.constantFrom(...reportedTypes),
  legalAreas: fc.constantFrom(['SoL'] as const, ['LSS'] as const, ['SoL', 'HSL'] as const),
  unit: fc.constantFrom('barn', 'nattugglan-lss'),
  wantsFeedback: fc.boolean(),
  concernsManager: fc.boolean(),
  anonymous: fc.boolean(),
})

const seen = { tried: 0, accepted: 0, types: new Set<string>() }
/** The story after random commands: each by whoever may send it, when anybody may. */
const after = (report: Partial<Report>, acts: readonly (Act | 'next step')[], reporter: string): Story =>
  acts.reduce((s, chosen) => {
    const command = chosen === 'next step' ? nextSteps(s.facts).flatMap((duty) => taking(duty, s))[0] : chosen
    if (!command) return s
    seen.tried++
    const who = everyone.find((person) => s.when(person, command).kind === 'events')
    if (who === undefined) return s
    seen.accepted++
    return s.then(who, command)
  }, story(reporter, report))

const checkInvariants = (s: Story): void => {
  const { facts } = s
  // An open case always has a next step with a responsible role.
  expect(nextSteps(facts).length).toBeGreaterThan(0)
  if (facts.closed) {
    expect(suspicionStands(facts) || escalationStands(facts)).toBe(false)
    const { closed: _, ...open } = facts
    if (!isMisconduct(facts)) expect(facts.closed.outcome).not.toBe('misconduct')
    expect(hindersClosing(open).filter((h) => !['ivo-decision-missing', 'ivo-not-sent', 'ivo-receipt-missing', 'feedback-missing'].includes(h))).toEqual([])
  }
  if (facts.lexSarah.step === 'decided' && mustNotify(facts.lexSarah.degree) && facts.closed) expect(facts.ivo['lex-sarah']).toEqual({ notify: true, sent: true, receipt: true })
  // A report of misconduct ends through the officer only.
  if (facts.reportedType === 'misconduct' && (facts.noCase || facts.closed)) expect(['declined', 'decided']).toContain(facts.lexSarah.step)
}

describe('no reachable state is a dead end', () => {
  it('from wherever random commands lead, the next steps, taken by somebody who may, close the case', () => {
    fc.assert(
      fc.property(beginning, fc.array(fc.oneof({ weight: 4, arbitrary: act }, { weight: 1, arbitrary: fc.constant('next step' as const) }), { maxLength: 40 }), fc.constantFrom('worker', 'manager'), (report, acts, reporter) => {
        let s = after(report, acts, reporter)
        for (const type of s.types) seen.types.add(type)
        checkInvariants(s)
        if (s.facts.noCase) s = s.then(everyone.find((who) => s.when(who, { intent: 'reopen', reason: text }).kind === 'events') ?? 'nobody', { intent: 'reopen', reason: text })
        for (let i = 0; phaseOf(s.facts) !== 'closed'; i++) {
          if (i > 60) throw new Error(`Still open after 60 steps: ${JSON.stringify({ hinders: hindersClosing(s.facts), steps: nextSteps(s.facts), facts: s.facts })}`)
          const story = s
          const moves = nextSteps(story.facts).flatMap((duty) => taking(duty, story)).flatMap((command) => everyone.filter((who) => story.when(who, command).kind === 'events').map((who) => ({ who, command })))
          const [first] = moves
          if (!first) throw new Error(`Nobody may take any of ${JSON.stringify(nextSteps(story.facts))} in ${JSON.stringify(story.facts)}`)
          s = story.then(first.who, first.command)
          for (const type of s.types) seen.types.add(type)
        }
        checkInvariants(s)
      }),
      { numRuns: 1500, endOnFailure: true },
    )
  })
  it('the random commands are accepted often enough and reach every event of the path', () => {
    expect(seen.accepted / seen.tried).toBeGreaterThan(0.3)
    expect(Object.values(deviationEvents).map((t) => t.name).filter((name) => !seen.types.has(name))).toEqual([])
  })
})
