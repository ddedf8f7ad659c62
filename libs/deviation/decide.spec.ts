import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { assess, checkEffect, close, completeMeasure, decided, decideMeasure, decline, degree, effect, escalate, feedback, informAuthority, investigation, misconduct, move, noCase, noMeasures, note, openInvestigation, propose, proposed, reasons, reopen, score, supplement, takenOver, takeOver, text, waiveFeedback } from '#libs/deviation/testing/acts'
import { everyone, organisationWithout, story, withoutTime } from '#libs/deviation/testing/world'
import { closingOutcome, hindersClosing, nextSteps, phaseOf } from '#libs/duties/duties'

describe('the ordinary deviation', () => {
  it('is assessed, scored, investigated, given measures whose effect is checked, and closed', () => {
    const closed = story('worker')
      .then('manager', assess('deviation'))
      .then('manager', score(3, 3))
      .then('manager', openInvestigation('standard'))
      .then('manager', investigation())
      .then('manager', propose('m1', { effect }))
      .then('manager', decideMeasure('m1'))
      .then('manager', completeMeasure('m1'))
      .then('manager', checkEffect('m1', 95))
      .then('manager', close('deviation'))
    expect(phaseOf(closed.facts)).toBe('closed')
    expect(withoutTime(closed.types)).toEqual([
      'deviation-reported',
      'responsibility-assigned',
      'deviation-assessed',
      'risk-scored',
      'investigation-opened',
      'investigation-completed',
      'measure-proposed',
      'effect-criterion-set',
      'measures-decided',
      'measure-completed',
      'measure-effect-checked',
      'deviation-closed',
    ])
  })
  it('names everything that hinders closing at once', () => {
    const open = story('worker', { wantsFeedback: true }).then('manager', assess('deviation')).then('manager', score(4, 1))
    expect(reasons(open.when('manager', close('deviation')))).toEqual(['investigation-required', 'measures-undecided', 'feedback-missing'])
  })
  it('needs an investigation only when the score asks for one', () => {
    expect(hindersClosing(story('worker').then('manager', assess('deviation')).then('manager', score(2, 4)).facts)).toEqual(['measures-undecided'])
  })
  it('needs neither score nor measures when it is none', () => {
    const none = story('worker').then('manager', assess('not-a-deviation'))
    expect(reasons(none.when('manager', close('deviation')))).toEqual(['outcome-disagrees'])
    expect(none.then('manager', close('not-a-deviation')).facts.closed?.outcome).toBe('not-a-deviation')
  })
  it('asks for a motivation only when an outcome is lowered', () => {
    const assessed = story('worker').then('manager', assess('deviation'))
    expect(reasons(assessed.when('manager', assess('risk-of-deviation')))).toEqual(['motivation-required'])
    expect(assessed.when('manager', assess('risk-of-deviation', { motivation: text })).kind).toBe('events')
    expect(assessed.when('manager', assess('suspected-misconduct')).kind).toBe('events')
  })
  it('takes an effect that is not accepted as asking for more', () => {
    const failed = story('worker')
      .then('manager', assess('deviation'))
      .then('manager', score(1, 1))
      .then('manager', propose('m1', { effect }))
      .then('manager', decideMeasure('m1'))
      .then('manager', completeMeasure('m1'))
      .then('manager', checkEffect('m1', 89))
    expect(hindersClosing(failed.facts)).toEqual(['measures-undecided'])
    expect(hindersClosing(failed.then('manager', propose('m2')).facts)).toEqual(['measure-undecided'])
    expect(hindersClosing(failed.then('manager', noMeasures).facts)).toEqual([])
  })
  it('completes a measure only against a criterion set before', () => {
    const approved = story('worker').then('manager', propose('m1')).then('manager', decideMeasure('m1'))
    expect(reasons(approved.when('manager', completeMeasure('m1')))).toEqual(['effect-criterion-missing'])
    expect(approved.then('manager', { intent: 'set-effect-criterion', measureId: 'm1', ...effect }).when('manager', completeMeasure('m1')).kind).toBe('events')
  })
  it('ends a measure that was approved in part by the one that replaces it', () => {
    const partly = story('worker').then('manager', propose('m1')).then('manager', decideMeasure('m1', 'approved-in-part'))
    expect(hindersClosing(partly.facts)).toContain('measure-undecided')
    const anew = partly.then('manager', propose('m2', { replaces: 'm1' }))
    expect(reasons(anew.when('manager', propose('m3', { replaces: 'm1' })))).toEqual(['measure-replaced-already'])
    expect(nextSteps(anew.facts).filter((s) => s.subject === 'm1')).toEqual([])
  })
  it('moves within its provider only', () => {
    const reported = story('worker')
    expect(reasons(reported.when('manager', move('nattugglan-lss')))).toEqual(['other-provider'])
    const moved = reported.then('manager', move('missbruk'))
    expect(moved.facts).toMatchObject({ unit: 'missbruk', reportedUnit: 'barn', responsible: { role: 'unit-manager', unit: 'missbruk' } })
    expect(moved.when('manager', assess('deviation')).kind).toBe('not-found')
    expect(moved.when('other-manager', assess('deviation')).kind).toBe('events')
  })
})

describe('misconduct cannot be buried', () => {
  it('is escalated in the append of its report', () => {
    expect(misconduct().types).toEqual(['deviation-reported', 'responsibility-assigned', 'lex-sarah-escalated', 'responsibility-assigned', 'deadlines-set'])
    expect(misconduct().facts.responsible).toEqual({ role: 'lex-sarah-officer', unit: 'namnden' })
  })
  it('takes no way out from its unit manager', () => {
    const reported = misconduct()
    expect(reasons(reported.when('manager', noCase('not-reportable')))).toEqual(['lex-sarah-undecided'])
    expect(reasons(reported.when('manager', decline))).toEqual(['forbidden'])
    const assessed = reported.then('manager', assess('not-a-deviation'))
    expect(reasons(assessed.when('manager', close('not-a-deviation')))).toContain('lex-sarah-undecided')
    expect(reasons(assessed.when('manager', noCase('withdrawn')))).toEqual(['lex-sarah-undecided'])
  })
  it('keeps a suspicion from being recorded as no case, but lets it be withdrawn with a motivation before escalation', () => {
    const suspected = story('worker').then('manager', assess('suspected-misconduct'))
    expect(reasons(suspected.when('manager', noCase('withdrawn')))).toEqual(['suspicion-unresolved'])
    expect(hindersClosing(suspected.facts)).toEqual(['suspicion-unresolved'])
    expect(nextSteps(suspected.facts).map((s) => s.step)).toEqual(['escalate-or-clear'])
    expect(hindersClosing(suspected.then('manager', assess('deviation', { motivation: text })).facts)).toEqual(['not-scored', 'measures-undecided'])
    const escalated = suspected.then('manager', escalate)
    expect(hindersClosing(escalated.then('manager', assess('deviation', { motivation: text })).facts)).toContain('lex-sarah-undecided')
  })
  it('returns as a deviation when the officer declines', () => {
    const declined = misconduct().then('officer', decline)
    expect(hindersClosing(declined.facts)).toEqual(['not-scored', 'measures-undecided'])
    expect(declined.facts.responsible).toEqual({ role: 'unit-manager', unit: 'barn' })
    expect(closingOutcome(declined.then('manager', assess('not-a-deviation', { motivation: text })).facts)).toBe('not-a-deviation')
  })
})

describe('the officer has the case', () => {
  it('answers every command of the unit manager with that and nothing more', () => {
    const held = takenOver()
    for (const command of [assess('deviation'), score(1, 1), close('deviation'), noCase('withdrawn'), noMeasures, propose('m1'), supplement])
      expect(reasons(held.when('manager', command))).toEqual(['lex-sarah-has-the-case'])
    expect(held.when('worker', supplement).kind).toBe('events')
    expect(accessTo(held.facts, held.person('manager'))).toBe('limited')
    expect(accessTo(decided('misconduct').facts, held.person('manager'))).toBe('full')
  })
  it('lets the appointed investigator investigate and propose, and another decide', () => {
    const ready = proposed('misconduct')
    expect(reasons(ready.when('investigator', degree('decide-degree', 'misconduct')))).toEqual(['forbidden'])
    expect(reasons(takenOver().when('decider', degree('decide-degree', 'misconduct')))).toEqual(['degree-not-proposed'])
    expect(ready.then('decider', degree('decide-degree', 'none')).facts.lexSarah).toMatchObject({ step: 'decided', degree: 'none' })
  })
  it('voids a proposal when the investigation is reopened', () => {
    const reopened = proposed('misconduct').then('officer', { intent: 'reopen-investigation', reason: text })
    expect(reasons(reopened.when('decider', degree('decide-degree', 'misconduct')))).toEqual(['degree-not-proposed'])
    expect(reasons(reopened.when('investigator', degree('propose-degree', 'misconduct')))).toEqual(['investigation-not-completed'])
  })
  it('locks a completed investigation', () => {
    expect(reasons(proposed('none').when('investigator', investigation()))).toEqual(['investigation-locked'])
  })
})

describe('who may act', () => {
  it('nobody assesses what she reported, also anonymously; the next level up does', () => {
    for (const anonymous of [false, true]) {
      const own = story('manager', { anonymous })
      expect(reasons(own.when('manager', assess('deviation')))).toEqual(['conflict-of-interest'])
      expect(own.when('area', assess('deviation')).kind).toBe('events')
    }
    expect(story('worker').when('area', assess('deviation')).kind).toBe('forbidden')
  })
  it('somebody can always act: without a manager the area manager, without her the director', () => {
    expect(story('worker', {}, organisationWithout('manager')).when('area', assess('deviation')).kind).toBe('events')
    expect(story('worker', {}, organisationWithout('manager')).when('director', assess('deviation')).kind).toBe('forbidden')
    expect(story('worker', {}, organisationWithout('manager', 'area')).when('director', assess('deviation')).kind).toBe('events')
    expect(story('worker', { reportedType: 'misconduct' }, organisationWithout('officer')).when('decider', takeOver).kind).toBe('events')
  })
  it('a report that concerns the manager is unknown to her and held by the next level', () => {
    const about = story('worker', { concernsManager: true })
    expect(about.facts.responsible).toEqual({ role: 'area-manager', unit: 'ifo' })
    expect(accessTo(about.facts, about.person('manager'))).toBe('none')
    expect(about.when('manager', assess('deviation')).kind).toBe('not-found')
    expect(about.when('area', assess('deviation')).kind).toBe('events')
  })
  it('health assessments are the medical officer’s, social ones the manager’s', () => {
    const both = story('worker', { legalAreas: ['SoL', 'HSL'] })
    const health: CaseCommand = { intent: 'assess', group: 'health', outcome: 'deviation', category: 'fall' }
    expect(both.when('manager', health).kind).toBe('forbidden')
    expect(both.when('medical', health).kind).toBe('events')
    expect(both.when('medical', assess('deviation')).kind).toBe('forbidden')
  })
  it('measures of level operation are the area manager’s, of level authority the decision-maker’s', () => {
    const leveled = story('worker').then('manager', propose('m1', { level: 'operation' })).then('manager', propose('m2', { level: 'authority' }))
    const allowed = (id: string) => everyone.filter((who) => leveled.when(who, decideMeasure(id)).kind === 'events')
    expect(allowed('m1')).toEqual(['area', 'director'])
    expect(allowed('m2')).toEqual(['decider'])
  })
  it('a private provider stands beside the authority', () => {
    const theirs = story('worker', { unit: 'nattugglan-lss', reportedType: 'misconduct', legalAreas: ['LSS'] })
    expect(theirs.facts.responsible).toEqual({ role: 'lex-sarah-officer', unit: 'nattugglan' })
    expect(accessTo(theirs.facts, theirs.person('officer'))).toBe('none')
    expect(hindersClosing(theirs.facts)).toContain('authority-not-informed')
    expect(hindersClosing(theirs.then('private-officer', informAuthority).facts)).not.toContain('authority-not-informed')
    expect(reasons(misconduct().when('officer', informAuthority))).toEqual(['not-a-private-provider'])
  })
  it('the administrator sees no case; auditor and registrar see it without personal data', () => {
    const reported = story('worker')
    const access = (who: string) => accessTo(reported.facts, reported.person(who))
    expect(['admin', 'other-manager', 'private-manager', 'care-manager', 'decider', 'investigator', 'care-director'].map(access)).toEqual(Array(7).fill('none'))
    expect(['auditor', 'registrar'].map(access)).toEqual(['masked', 'masked'])
    expect(['manager', 'area', 'director', 'officer'].map(access)).toEqual(['full', 'full', 'full', 'full'])
    expect(access('worker')).toBe('own')
  })
})

describe('a closed case', () => {
  const closed = story('worker').then('manager', assess('not-a-deviation')).then('manager', close('not-a-deviation'))
  it('still takes supplement, note, diary number and feedback', () => {
    expect(closed.when('worker', supplement).kind).toBe('events')
    expect(closed.when('manager', note).kind).toBe('events')
    expect(closed.when('registrar', { intent: 'assign-diary-number', diaryNumber: 'SN 1', publicTitle: text }).kind).toBe('events')
    expect(closed.when('manager', feedback('reporter')).kind).toBe('events')
    expect(closed.when('manager', waiveFeedback('reporter')).kind).toBe('events')
  })
  it('takes nothing else until it is reopened', () => {
    expect(reasons(closed.when('manager', assess('deviation')))).toEqual(['closed'])
    expect(closed.then('manager', reopen).when('manager', assess('deviation')).kind).toBe('events')
  })
  it('recorded as no case is kept and can be undone', () => {
    const withdrawn = story('worker').then('manager', noCase('withdrawn'))
    expect(phaseOf(withdrawn.facts)).toBe('no-case')
    expect(reasons(withdrawn.when('manager', assess('deviation')))).toEqual(['no-case'])
    expect(phaseOf(withdrawn.then('manager', reopen).facts)).toBe('reported')
  })
})
