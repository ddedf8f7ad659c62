import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { deviationEvents } from '#events/deviation'
import { isSame, type Owed } from '#libs/deadlines/follow'
import { evolveDeadlines, isRunning, isTimeEvent, type Deadline } from '#libs/deadlines/state'
import type { CaseCommand } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { rights } from '#libs/deviation/rights'
import { reopen } from '#libs/deviation/testing/acts'
import { nextSaid, saidOf } from '#libs/deviation/testing/clock'
import { beginning, begun, byMachine, original, path, taking, tried, type Act } from '#libs/deviation/testing/paths'
import { firstDeadlines } from '#libs/deviation/deadlines'
import { everyone, organisation, organisationWith, type SeatOf, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, escalationStands, hindersClosing, isCareInjury, mustNotify, nextSteps, officerHasTheCase, openDuties, phaseOf, suspicionStands } from '#libs/duties/duties'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { owedInTime } from '#libs/duties/limits'
import { unit } from '#libs/organisation/holders'

const must = (holds: boolean, what: string, s: Story): void => {
  if (!holds) throw new Error(`${what}\n${s.types.join(' ')}\n${JSON.stringify(s.facts)}`)
}
/** What holds of every reachable state (case format §4, §7). */
const checkState = (s: Story): void => {
  const { facts } = s
  const { lexSarah, lexMaria, closed, noCase } = facts
  must(isDeepStrictEqual(JSON.parse(JSON.stringify(facts)), facts), 'Facts are JSON', s)
  const steps = nextSteps(facts)
  must(steps.length > 0 && steps.every(({ responsible }) => unit(organisation, responsible.unit) !== undefined), 'A case has a next step and each a responsible role at a unit', s)
  must(unit(organisation, facts.responsible.unit) !== undefined, 'The responsibility lies somewhere', s)
  if (!closed && !noCase) must(steps.some((d) => d.step !== 'none') && (hindersClosing(facts).length > 0 || steps.some((d) => d.step === 'close')), 'An open case has a next step', s)
  if (closed) {
    must(!suspicionStands(facts) && !escalationStands(facts), 'Nothing that is closed is suspected or escalated', s)
    if (lexSarah.step === 'decided' && mustNotify(lexSarah.degree)) must(facts.ivo['lex-sarah']?.receipt === true, 'A serious degree is notified and receipted', s)
    if (isCareInjury(facts)) must(facts.ivo['lex-maria']?.receipt === true, 'A care injury is notified and receipted', s)
  }
  if (closed && facts.reportedType === 'misconduct') must(lexSarah.step === 'declined' || lexSarah.step === 'decided', 'A report of misconduct ends through the officer', s)
  if (noCase) {
    must(!escalationStands(facts) || noCase.outcome === 'duplicate', 'An escalation is no case only as a duplicate', s)
    must(lexMaria.step !== 'referred' && !isCareInjury(facts), 'A care injury is no case in no way', s)
  }
  if (closed ?? noCase)
    for (const [law, { requests, ended = 0 }] of Object.entries(facts.ivo))
      for (const { request, answered } of requests ?? [])
        must(answered || request <= ended || openDuties(facts).some((d) => d.step === 'answer-ivo' && d.subject === `${law}/${request}`), 'What IVO asks for is answered also when the case is closed', s)
  // The people.
  const access = (staff: string) => accessTo(facts, s.person(staff))
  if (officerHasTheCase(facts))
    for (const manager of ['manager', 'other-manager', 'care-manager', 'private-manager']) must(!['full', 'masked'].includes(access(manager)), `${manager} sees no more than number, phase and times`, s)
  const concerned = { barn: 'manager', boende: 'care-manager', 'nattugglan-lss': 'private-manager' }[facts.reportedUnit]
  if (facts.concernsManager && concerned !== undefined) must(access(concerned) === (s.person(concerned).isReporter(concerned) || facts.registeredBy === concerned ? 'own' : 'none'), 'Whom it concerns does not learn of it', s)
}

/** What holds of the deadlines of every reachable state (case format §6). */
const checkDeadlines = (s: Story): void => {
  const { deadlines } = s.facts
  const named = ({ key, subject }: Pick<Owed, 'key' | 'subject'>): string => `${key} ${subject ?? ''}`
  must(isDeepStrictEqual(deadlines.filter(isRunning).map(named).sort(), owedInTime(s.facts).map(named).sort()), 'The deadlines that run are those of what is owed', s)
  const ids = new Set(deadlines.map(({ id }) => id))
  must(ids.size === deadlines.length, 'No id of a deadline is used again', s)
  must(deadlines.every((d) => isRunning(d) || d.next === undefined), 'Of what is over there is nothing to say', s)
  for (const e of s.events) if (isTimeEvent(e) && e.type !== 'deadlines-set') must(ids.has(e.data.deadline), `${e.type} names a deadline that was set`, s)
}
/** Counted from the recorded events of a case as if it had never had a deadline, those that are owed are due as they were set when it was told. */
const checkFirst = (s: Story): void => {
  const { facts, setting } = s
  const before = s.events.filter((e) => !isTimeEvent(e))
  const first = firstDeadlines(before, setting).flatMap((e) => (isTimeEvent(e) ? [e] : [])).reduce<readonly Deadline[]>(evolveDeadlines, [])
  const moved = new Set(s.events.flatMap((e) => (e.type === 'deadline-extended' && e.data.because === 'decided' ? [e.data.deadline] : [])))
  const running = facts.deadlines.filter(isRunning)
  must(first.length === running.length && running.every((d) => first.some((f) => isSame(f, d))), 'The first deadlines are those that are owed', s)
  for (const d of running) {
    const same = first.find((f) => isSame(f, d))
    if (!moved.has(d.id)) must(same?.dueInstant === d.dueInstant, `${d.id} is due at ${d.dueInstant}, by its events at ${same?.dueInstant}`, s)
  }
}

/** What holds of every step from one state to the next. */
const checkStep = (before: Story, who: string, command: CaseCommand, after: Story): void => {
  const [was, is] = [before.facts, after.facts]
  const events = after.events.slice(before.events.length)
  const types = new Set(events.map((e) => e.type))
  const access = accessTo(was, before.person(who))
  const asReporter = command.intent === 'supplement' && (was.registeredBy === who || before.person(who).isReporter(who))
  must(!was.conflicts.includes(who) || asReporter, `${who} is in conflict of interest and did ${command.intent}`, after)
  must(asReporter || mayRead(access, command, who) || (opens.has(command.intent) && accessTo(is, after.person(who)) === 'full'), `${who} with access ${access} did ${command.intent}`, after)
  must(was.reportedUnit === is.reportedUnit && was.reportedType === is.reportedType && (is.reportedLegalAreas ?? is.legalAreas) === (was.reportedLegalAreas ?? was.legalAreas), 'What was reported never changes', after)
  if (was.unit !== is.unit) must(types.has('case-moved') || types.has('handover-accepted'), 'A case moves by a move or an acceptance only', after)
  if (types.has('handover-offered') || types.has('handover-declined') || types.has('handover-withdrawn')) must(isDeepStrictEqual([was.responsible, was.manager], [is.responsible, is.manager]), 'The sender stays responsible', after)
  if (is.closed && !was.closed) must(hindersClosing(was).length === 0 && is.closed.outcome === closingOutcome(was), 'A case is closed when nothing hinders', after)
  if (was.lexSarah.step === 'taken-over' && is.lexSarah.step === 'decided') must(was.lexSarah.proposal !== undefined && was.lexSarah.proposal.by !== who, 'The proposer does not decide', after)
  if (escalationStands(was) && !escalationStands(is)) must(types.has('lex-sarah-declined') || types.has('lex-sarah-decided'), 'An escalation ends by decline or decision', after)
}
/** Whoever may command a case may read it: the registrar without free text, the receiving side what an offer shows, whoever is above in a conflict that there is a case. */
const mayRead = (access: ReturnType<typeof accessTo>, { intent }: CaseCommand, who: string): boolean => {
  if (access === 'informed') return intent === 'accept-handover' || intent === 'decline-handover'
  if (access === 'limited') return intent === 'declare-conflict' || intent === 'lift-conflict'
  return access === 'full' || (access === 'masked' && who.endsWith('registrar'))
}
/** By these the decision-maker lets herself into a case. */
const opens = new Set(['place-legal-hold', 'decide-ivo-notification'])

const seen = { tried: 0, accepted: 0, deputised: 0, types: new Set<string>() }
/** The story after random commands: each by somebody who may send it, when anybody may. */
const after = (story: Story, acts: readonly Act[]): Story =>
  acts.reduce((s, act) => {
    const spoken = byMachine(s, act)
    if (spoken) {
      const action = act.command === 'time passes' && nextSaid(s)
      must(!action || (spoken.events.length > s.events.length && saidOf(spoken, action).length === 0), 'The clock says what is to be said, and says it once', spoken)
      checkDeadlines(spoken)
      return spoken
    }
    const attempt = tried(s, act)
    if (!attempt) return s
    const { command, first, who } = attempt
    seen.tried++
    const answer = s.when(first, command, { original })
    // Who may not know of the case is told nothing by any command; the decision-maker is told why what she decides cannot be decided.
    if (accessTo(s.facts, s.person(first)) === 'none' && !rights[command.intent].includes('decision-maker')) must(answer.kind === 'not-found', `${first} learns from ${command.intent}: ${JSON.stringify(answer)}`, s)
    if (who === undefined) return s
    seen.accepted++
    const next = s.then(who, command, { original })
    checkStep(s, who, command, next)
    checkState(next)
    checkDeadlines(next)
    return next
  }, story)

const roots = ['namnden', 'omsorgen', 'nattugglan'] as const
const deputies = organisationWith(...roots.flatMap((root) => (['decision-maker', 'lex-sarah-investigator'] as const).map((role): SeatOf => ['deputy', role, root, 'subtree'])))

/** Takes next steps until the case is closed; where those who hold a role are all in conflict, the role is given to another. */
const closed = (open: Story): Story => {
  let s = open
  for (let i = 0; phaseOf(s.facts) !== 'closed'; i++) {
    must(i < 80, 'Still open after 80 steps', s)
    const from = s
    const commands = from.facts.noCase ? [reopen] : nextSteps(from.facts).flatMap((duty) => taking(duty, from))
    const [first] = commands.flatMap((command) => [...everyone, 'deputy'].filter((who) => from.when(who, command).kind === 'events').slice(0, 1).map((who) => ({ who, command })))
    if (first) {
      s = from.then(first.who, first.command)
      checkStep(from, first.who, first.command, s)
      checkState(s)
      checkDeadlines(s)
    } else {
      must(from.facts.conflicts.length > 0 && !from.person('deputy').organisation.byStaff.get('deputy'), `Nobody may take any of ${JSON.stringify(nextSteps(from.facts))}`, from)
      seen.deputised++
      s = from.under(deputies)
    }
  }
  return s
}

describe('no reachable state is a dead end', () => {
  it('from wherever random commands lead, and no invariant breaks on the way, the next steps close the case', () => {
    fc.assert(
      fc.property(beginning, path, (start, acts) => {
        const story = begun(start)
        checkState(story)
        checkDeadlines(story)
        const s = after(story, acts)
        checkFirst(s)
        const end = closed(s)
        for (const type of end.types) seen.types.add(type)
        // Evolving a prefix, through JSON as a projection stores it, and then the rest equals evolving all.
        const cut = end.events.length >> 1
        const half = end.events.slice(0, cut).reduce<CaseFacts | undefined>(evolveCase, undefined)
        const whole = end.events.slice(cut).reduce<CaseFacts | undefined>(evolveCase, half && JSON.parse(JSON.stringify(half)))
        must(isDeepStrictEqual(whole, end.facts), 'A prefix and the rest make the whole', end)
      }),
      { numRuns: 800, endOnFailure: true },
    )
  })
  it('the random commands are accepted often enough and reach every event of a case', () => {
    expect(seen.accepted / seen.tried).toBeGreaterThan(0.3)
    expect(Object.values(deviationEvents).map((t) => t.name).filter((name) => !seen.types.has(name))).toEqual([])
  })
})
