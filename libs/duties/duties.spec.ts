import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { acceptHandover, acknowledge, assess, assessHealth, checkEffect, close, completeMeasure, decided, decideLexMaria, decideMeasure, decline, effect, feedback, investigation, ivo, misconduct, move, noCase, noMeasures, offerOutside, openInvestigation, propose, refer, score, takenOver, waiveFeedback } from '#libs/deviation/testing/acts'
import { story, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, hindersClosing, nextSteps, phaseOf } from '#libs/duties/duties'
import { evolveCase } from '#libs/duties/facts'

const scored = (): Story => story('worker').then('manager', assess('deviation')).then('manager', score(3, 3))
const investigated = (): Story => scored().then('manager', openInvestigation('standard')).then('manager', investigation())
const approved = (): Story => investigated().then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1'))
const completed = (): Story => approved().then('manager', completeMeasure('m1'))
const notified = (): Story => decided('serious').then('decider', ivo(true))

describe('where a case stands', () => {
  it.each<readonly [string, string, Story]>([
    ['reported', 'deviation', story('worker')],
    ['reported', 'complaint', story('worker', { reportedType: 'complaint' })],
    ['assessing', 'assessed, not scored', story('worker').then('manager', assess('deviation'))],
    ['assessing', 'suspicion', story('worker').then('manager', assess('suspected-misconduct'))],
    ['assessing', 'care injury', story('worker', { legalAreas: ['HSL'] }).then('medical', assessHealth('suspected-care-injury'))],
    ['assessing', 'referred to lex Maria', story('worker', { legalAreas: ['HSL'] }).then('medical', assessHealth('suspected-care-injury')).then('medical', refer)],
    ['investigating', 'to be investigated', scored()],
    ['investigating', 'investigation open', scored().then('manager', openInvestigation('standard'))],
    ['investigating', 'complaint acknowledged', story('worker', { reportedType: 'complaint' }).then('manager', acknowledge)],
    ['investigating', 'complaint that shows a suspicion before it is acknowledged', story('worker', { reportedType: 'complaint' }).then('manager', assess('suspected-misconduct'))],
    ['investigating', 'complaint looked into before it is acknowledged', story('worker', { reportedType: 'complaint' }).then('manager', openInvestigation('simple'))],
    ['lex-sarah', 'escalated', misconduct()],
    ['lex-sarah', 'to be notified', notified()],
    ['measures', 'investigated', investigated()],
    ['measures', 'approved', approved()],
    ['following-up', 'completed', completed()],
    ['closing', 'checked', completed().then('manager', checkEffect('m1', 95))],
    ['closing', 'praise', story('worker', { reportedType: 'praise' })],
    ['closing', 'received by another', story('worker').then('manager', offerOutside).then('manager', acceptHandover)],
    ['closed', 'closed', completed().then('manager', checkEffect('m1', 95)).then('manager', close('deviation'))],
    ['no-case', 'withdrawn', story('worker').then('manager', noCase('withdrawn'))],
  ])('%s: %s', (phase, _, { facts }) => {
    expect(phaseOf(facts)).toBe(phase)
  })
})

describe('the outcome of a case', () => {
  it.each<readonly [string, Story]>([
    ['misconduct', decided('tangible-risk')],
    ['deviation', decided('none')],
    ['deviation', misconduct().then('officer', decline)],
    ['not-a-deviation', misconduct().then('officer', decline).then('manager', assess('not-a-deviation', { motivation: 'text' }))],
    ['risk', story('worker', { legalAreas: ['SoL', 'HSL'] }).then('manager', assess('not-a-deviation')).then('medical', assessHealth('risk-of-deviation'))],
    ['deviation', story('worker', { legalAreas: ['SoL', 'HSL'] }).then('manager', assess('deviation')).then('medical', assessHealth('risk-of-deviation'))],
    ['view', story('worker', { reportedType: 'suggestion' })],
    ['praise', story('worker', { reportedType: 'praise' })],
  ])('is the first that applies: %s', (outcome, { facts }) => {
    expect(closingOutcome(facts)).toBe(outcome)
  })
})

describe('the next steps', () => {
  it('name each step once, with whose it is', () => {
    const both = story('worker', { legalAreas: ['SoL', 'HSL'] })
    expect(nextSteps(both.facts)).toEqual([
      { step: 'assess', hinders: 'not-assessed', responsible: { role: 'unit-manager', unit: 'barn' }, subject: 'social' },
      { step: 'assess', hinders: 'not-assessed', responsible: { role: 'medical-officer', unit: 'barn' }, subject: 'health' },
    ])
  })
  it('are to close, by the officer where it is misconduct, when nothing hinders, and none when it is closed', () => {
    const done = story('worker').then('manager', assess('not-a-deviation'))
    expect(nextSteps(done.facts)).toEqual([{ step: 'close', responsible: { role: 'unit-manager', unit: 'barn' } }])
    expect(nextSteps(done.then('manager', close('not-a-deviation')).facts)).toEqual([{ step: 'none', responsible: { role: 'unit-manager', unit: 'barn' } }])
    const officers = decided('misconduct').then('decider', ivo(false)).then('manager', noMeasures)
    expect(nextSteps(officers.facts)).toEqual([{ step: 'close', responsible: { role: 'lex-sarah-officer', unit: 'barn' } }])
  })
  it('of a measure are decided at its level', () => {
    const at = (level: 'unit' | 'operation' | 'authority', from: Story, who: string): unknown =>
      nextSteps(from.then(who, propose('m1', { level })).facts).find((d) => d.step === 'decide-measures')?.responsible.role
    expect((['unit', 'operation', 'authority'] as const).map((level) => at(level, story('worker'), 'manager'))).toEqual(['unit-manager', 'area-manager', 'decision-maker'])
    expect((['unit', 'operation', 'authority'] as const).map((level) => at(level, takenOver(), 'officer'))).toEqual(['lex-sarah-officer', 'lex-sarah-officer', 'decision-maker'])
  })
  it('of a measure at the unit itself lie with who answers for the case', () => {
    const carriesOut = (s: Story, unit = 'barn'): unknown =>
      nextSteps(s.then('area', propose('m1', { effect, responsibleUnit: unit })).then('area', decideMeasure('m1')).facts).find((d) => d.step === 'complete-measures')?.responsible
    const concerned = story('worker', { concernsManager: true })
    expect(carriesOut(concerned)).toEqual({ role: 'area-manager', unit: 'ifo' })
    expect(carriesOut(concerned, 'missbruk')).toEqual({ role: 'unit-manager', unit: 'missbruk' })
    // Nor is it hers when the case was moved away from her unit.
    const moved = concerned.then('area', move('missbruk')).then('other-manager', propose('m1', { effect, responsibleUnit: 'barn' })).then('other-manager', decideMeasure('m1'))
    expect(nextSteps(moved.facts).find((d) => d.step === 'complete-measures')?.responsible).toEqual({ role: 'unit-manager', unit: 'missbruk' })
  })
  it('feed back to who wanted it, once she was answered in any way', () => {
    const wanted = story('worker', { wantsFeedback: true })
    const missing = (s: Story): boolean => hindersClosing(s.facts).includes('feedback-missing')
    expect(missing(wanted)).toBe(true)
    const given: readonly CaseCommand[] = [feedback('reporter'), waiveFeedback('reporter')]
    expect(given.map((command) => missing(wanted.then('manager', command)))).toEqual([false, false])
    expect(missing(wanted.then('manager', feedback('individual')))).toBe(true)
    // The answer to a complaint is the feedback that its sender wanted.
    const complaint = story('worker', { wantsFeedback: true, reportedType: 'complaint' })
    expect(missing(complaint)).toBe(true)
    expect(missing(complaint.then('manager', feedback('complainant')))).toBe(false)
    // Somebody outside hears as what she is.
    const outside = story('worker', { wantsFeedback: true, origin: 'other-provider' })
    expect((['reporter', 'sending-provider', 'relative'] as const).map((to) => missing(outside.then('manager', feedback(to))))).toEqual([false, false, true])
  })
  it('ask for measures only once a suspicion of care injury is settled', () => {
    const asks = (s: Story): boolean => hindersClosing(s.facts).includes('measures-undecided')
    const suspected = story('worker', { legalAreas: ['HSL'] }).then('medical', assessHealth('suspected-care-injury'))
    const referred = suspected.then('medical', refer)
    expect([suspected, referred, referred.then('medical', decideLexMaria(true)), referred.then('medical', decideLexMaria(false))].map(asks)).toEqual([false, false, true, true])
  })
})

describe('a stream that is no case', () => {
  it('is refused by the fold', () => {
    const [, assigned] = story('worker').events
    expect(() => assigned && evolveCase(undefined, assigned)).toThrow('does not begin with a report')
  })
})
