import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { acceptHandover, appoint, assess, assessHealth, checkEffect, close, completeMeasure, decideMeasure, declareConflict, decline, degree, effect, liftConflict, liftHold, liftRestriction, misconduct, move, noCase, note, offer, openInvestigation, placeHold, propose, proposed, reasons, restrict, supplement, takenOver, takeOver } from '#libs/deviation/testing/acts'
import { everyone, organisationWith, organisationWithout, story, withoutTime, type Story } from '#libs/deviation/testing/world'
import { nextSteps } from '#libs/duties/duties'

const may = (s: Story, command: CaseCommand): readonly string[] => everyone.filter((who) => s.when(who, command).kind === 'events')
const access = (s: Story, ...people: readonly string[]) => people.map((who) => accessTo(s.facts, s.person(who)))
const inConflict = (...people: readonly string[]): Story => people.reduce((s, who) => s.then(who, declareConflict(who)), story('worker', { legalAreas: ['SoL', 'HSL'] }))

describe('a conflict of interest', () => {
  it('is declared on oneself, and on another by a superior or the officer', () => {
    expect(may(story('worker'), declareConflict('manager'))).toEqual(['manager', 'area', 'director', 'officer'])
    expect(may(misconduct(), declareConflict('officer'))).toEqual(['officer', 'decider'])
    expect(may(story('worker', { legalAreas: ['HSL'] }), declareConflict('medical'))).toEqual(['medical'])
    // Her superior as well, where she has to do with the case.
    expect(may(story('worker', { legalAreas: ['HSL'] }).then('medical', propose('m1', { level: 'authority' })), declareConflict('medical'))).toEqual(['decider', 'medical'])
    // Not by a peer, nor from below, nor by who has nothing to do with the case.
    const two = story('worker', {}, organisationWith(['second-manager', 'unit-manager', 'barn', 'unit']))
    expect(reasons(two.when('second-manager', declareConflict('manager')))).toEqual(['forbidden'])
    expect(reasons(story('worker').when('manager', declareConflict('area')))).toEqual(['forbidden'])
    expect(reasons(story('worker').when('worker', declareConflict('manager')))).toEqual(['forbidden'])
    for (const stranger of ['other-manager', 'care-director', 'decider', 'investigator']) expect(reasons(story('worker').when(stranger, declareConflict('manager')))).toEqual(['not-found'])
  })
  it('is refused of who holds no role in the case, twice, and where nobody would be left above', () => {
    expect(reasons(story('worker').when('area', declareConflict('worker')))).toEqual(['forbidden'])
    expect(reasons(story('worker').when('officer', declareConflict('worker')))).toEqual(['holds-no-role-here'])
    expect(reasons(story('worker').when('officer', declareConflict('care-manager')))).toEqual(['holds-no-role-here'])
    expect(reasons(inConflict('manager').when('area', declareConflict('manager')))).toEqual(['conflict-declared-already'])
    const alone = organisationWithout('private-decider')
    // Nor may the last in the line of managers go, whom only the officer stands beside.
    const line = inConflict('manager', 'area', 'director')
    expect(reasons(line.when('decider', declareConflict('decider')))).toEqual(['nobody-above'])
    expect(reasons(story('worker', { unit: 'nattugglan-lss' }, alone).when('private-manager', declareConflict('private-manager')))).toEqual(['nobody-above'])
    expect(story('worker', { unit: 'nattugglan-lss' }).when('private-manager', declareConflict('private-manager')).kind).toBe('events')
  })
  it('bars her from every command, while she knows that the case exists and no more', () => {
    const without = inConflict('manager')
    for (const command of [assess('deviation'), note, noCase('withdrawn'), move('missbruk'), declareConflict('area')]) expect(reasons(without.when('manager', command))).toEqual(['conflict-of-interest'])
    expect(reasons(without.when('manager', takeOver))).toEqual(['forbidden'])
    expect(access(without, 'manager')).toEqual(['limited'])
    // What she reported herself stays hers to follow and to supplement.
    const own = story('manager').then('manager', declareConflict('manager'))
    expect(access(own, 'manager')).toEqual(['own'])
    expect(own.when('manager', supplement).kind).toBe('events')
    expect(reasons(own.when('manager', note))).toEqual(['conflict-of-interest'])
  })
  it('tells nothing to whom the report concerns, nor to one who would have nothing to do with the case', () => {
    const about = story('worker', { concernsManager: true }).then('area', declareConflict('manager'))
    expect(access(about, 'manager')).toEqual(['none'])
    expect(reasons(about.when('manager', note))).toEqual(['not-found'])
    const moved = inConflict('manager').then('area', move('missbruk'))
    expect(access(moved, 'manager')).toEqual(['none'])
    expect(reasons(moved.when('manager', note))).toEqual(['not-found'])
  })
  it('gives the case to the next level up, who acts at once', () => {
    const up = [
      [inConflict('manager'), 'area', { role: 'area-manager', unit: 'ifo' }],
      [inConflict('area', 'manager'), 'director', { role: 'director', unit: 'namnden' }],
      [inConflict('area', 'director', 'manager'), 'decider', { role: 'decision-maker', unit: 'namnden' }],
    ] as const
    for (const [without, who, seat] of up) {
      expect(without.facts.responsible).toEqual(seat)
      expect(may(without, assess('deviation'))).toEqual([who])
      expect(access(without, who)).toEqual(['full'])
    }
    expect(withoutTime(inConflict('manager').types).slice(-2)).toEqual(['conflict-of-interest-declared', 'responsibility-assigned'])
    // One who is not responsible takes nothing with her.
    expect(withoutTime(inConflict('area').types).at(-1)).toBe('conflict-of-interest-declared')
  })
  it('leaves the case where another holds the same role', () => {
    const two = story('worker', {}, organisationWith(['second-manager', 'unit-manager', 'barn', 'unit'])).then('manager', declareConflict('manager'))
    expect(two.facts.responsible).toEqual({ role: 'unit-manager', unit: 'barn' })
    expect(two.when('second-manager', assess('deviation')).kind).toBe('events')
    expect(two.when('area', assess('deviation')).kind).toBe('forbidden')
  })
  it('goes along when the case moves, and counts where it comes to', () => {
    const moved = story('worker').then('officer', declareConflict('manager')).then('area', move('missbruk')).then('other-manager', declareConflict('other-manager'))
    expect(moved.facts).toMatchObject({ conflicts: ['manager', 'other-manager'], responsible: { role: 'area-manager', unit: 'ifo' } })
    expect(moved.then('area', move('barn')).facts.responsible).toEqual({ role: 'area-manager', unit: 'ifo' })
  })
  it('is lifted by who is above her, and by nobody else', () => {
    const without = inConflict('manager')
    expect(may(without, liftConflict('manager'))).toEqual(['area', 'director', 'decider'])
    // The last in the line sees it, to lift the conflict of whoever nobody else is above.
    expect(access(without, 'decider')).toEqual(['full'])
    const lifted = without.then('area', liftConflict('manager'))
    expect(withoutTime(lifted.types).slice(-2)).toEqual(['conflict-of-interest-lifted', 'responsibility-assigned'])
    expect(lifted.facts).toMatchObject({ conflicts: [], responsible: { role: 'unit-manager', unit: 'barn' } })
    expect(lifted.when('manager', assess('deviation')).kind).toBe('events')
    expect(reasons(lifted.when('area', liftConflict('manager')))).toEqual(['no-conflict'])
    // Whoever is in conflict herself lifts none.
    expect(reasons(inConflict('area', 'manager').when('area', liftConflict('manager')))).toEqual(['conflict-of-interest'])
  })
  it('of the officer leaves the case to the decision-maker', () => {
    const without = misconduct().then('officer', declareConflict('officer'))
    expect(reasons(without.when('officer', takeOver))).toEqual(['conflict-of-interest'])
    expect(may(without, takeOver)).toEqual(['decider'])
    expect(may(without, liftConflict('officer'))).toEqual(['decider'])
  })
  it('of the medical officer as well', () => {
    const without = inConflict('medical')
    expect(reasons(without.when('medical', assessHealth('deviation')))).toEqual(['conflict-of-interest'])
    expect(may(without, assessHealth('deviation'))).toEqual(['decider'])
  })
  it('of the decision-maker is lifted by those beside her; she decides when it is, or another does whom the role is given', () => {
    const ready = proposed('misconduct')
    expect(may(ready, declareConflict('decider'))).toEqual(['officer', 'decider'])
    const without = ready.then('decider', declareConflict('decider'))
    expect(reasons(without.when('decider', degree('decide-degree', 'none')))).toEqual(['conflict-of-interest'])
    expect(may(without, liftConflict('decider'))).toEqual(['officer'])
    expect(without.under(organisationWith(['vice', 'decision-maker', 'namnden', 'subtree'])).when('vice', degree('decide-degree', 'none')).kind).toBe('events')
  })
  it('of the investigator asks for another', () => {
    const without = takenOver().then('officer', appoint('investigator')).then('officer', declareConflict('investigator'))
    expect(nextSteps(without.facts).map((d) => d.step)).toEqual(['appoint-investigator'])
    expect(reasons(without.when('investigator', openInvestigation('lex-sarah')))).toEqual(['conflict-of-interest'])
    expect(reasons(without.when('officer', appoint('investigator')))).toEqual(['conflict-of-interest'])
    expect(nextSteps(without.then('officer', appoint('second-investigator')).facts).map((d) => d.step)).toEqual(['investigate'])
    expect(nextSteps(without.then('officer', liftConflict('investigator')).facts).map((d) => d.step)).toEqual(['investigate'])
  })
  it('of the manager shows when the officer gives the case back', () => {
    const held = takenOver().then('officer', declareConflict('manager'))
    expect(held.facts.responsible).toEqual({ role: 'lex-sarah-officer', unit: 'namnden' })
    expect(held.then('officer', decline).facts.responsible).toEqual({ role: 'area-manager', unit: 'ifo' })
  })
})

describe('restricted access', () => {
  const people = ['manager', 'area', 'director', 'officer', 'decider', 'registrar', 'worker'] as const
  const restricted = (from = story('worker')): Story => from.then('officer', restrict())
  it('is the officer’s to set and to lift, and the decision-maker’s who may read the case', () => {
    expect(may(story('worker'), restrict())).toEqual(['officer'])
    expect(may(misconduct(), restrict())).toEqual(['officer', 'decider'])
    expect(may(restricted(), liftRestriction)).toEqual(['officer', 'decider'])
    expect(reasons(restricted().when('decider', restrict()))).toEqual(['access-restricted-already'])
    expect(reasons(story('worker').when('officer', liftRestriction))).toEqual(['access-not-restricted'])
  })
  it('keeps the case to who holds it, the officer and the decision-maker', () => {
    expect(access(story('worker'), ...people)).toEqual(['full', 'full', 'full', 'full', 'none', 'masked', 'own'])
    expect(access(restricted(), ...people)).toEqual(['full', 'limited', 'limited', 'full', 'full', 'masked', 'own'])
    expect(access(restricted().then('officer', liftRestriction), ...people)).toEqual(access(story('worker'), ...people))
    // Who stands in holds it.
    expect(access(restricted().under(organisationWithout('manager')), 'area', 'director')).toEqual(['full', 'limited'])
    expect(access(restricted(story('manager')), 'area')).toEqual(['full'])
  })
  it('lets nobody act who is shut out, and in whom a measure waits for', () => {
    const shut = restricted()
    expect(reasons(shut.when('area', propose('m1', { level: 'operation' })))).toEqual(['access-restricted'])
    expect(reasons(shut.when('area', note))).toEqual(['access-restricted'])
    const waiting = shut.then('manager', propose('m1', { level: 'operation', responsibleUnit: 'missbruk', effect }))
    expect(access(waiting, 'area', 'director', 'other-manager')).toEqual(['full', 'limited', 'none'])
    expect(reasons(waiting.when('director', decideMeasure('m1')))).toEqual(['access-restricted'])
    const approved = waiting.then('area', decideMeasure('m1'))
    expect(access(approved, 'area', 'other-manager')).toEqual(['limited', 'full'])
    const checked = approved.then('other-manager', completeMeasure('m1')).then('other-manager', checkEffect('m1', 95))
    expect(access(checked, 'other-manager')).toEqual(['none'])
  })
  it('does not hinder the answer to a hand-over', () => {
    expect(restricted().then('manager', offer('boende')).when('care-manager', acceptHandover).kind).toBe('events')
  })
  it.each([
    ['protected-identity', 'protected-identity'],
    ['conflict-of-interest', 'conflict-of-interest'],
    ['Anhörig till chefen', 'other'],
  ] as const)('because of %s is %s', (reason, because) => {
    expect(story('worker').then('officer', restrict(reason)).facts.restricted).toBe(because)
  })
})

describe('a legal hold', () => {
  it('is the decision-maker’s, also on a closed case, and lets her see it', () => {
    const closed = story('worker').then('manager', assess('not-a-deviation')).then('manager', close('not-a-deviation'))
    for (const one of [story('worker'), closed]) {
      expect(may(one, placeHold)).toEqual(['decider'])
      const held = one.then('decider', placeHold)
      expect(held.facts.legalHold).toBe(true)
      expect(access(held, 'decider')).toEqual(['full'])
      expect(reasons(held.when('decider', placeHold))).toEqual(['legal-hold-already'])
      expect(held.then('decider', liftHold).facts.legalHold).toBe(false)
      expect(reasons(one.when('decider', liftHold))).toEqual(['no-legal-hold'])
    }
  })
})

describe('a measure at another unit', () => {
  it('tells its manager of the case from its approval until its effect is checked', () => {
    const proposal = story('worker').then('manager', propose('m1', { responsibleUnit: 'missbruk', effect }))
    expect(access(proposal, 'other-manager')).toEqual(['none'])
    expect(reasons(proposal.when('other-manager', completeMeasure('m1')))).toEqual(['not-found'])
    const approved = proposal.then('manager', decideMeasure('m1'))
    expect(access(approved, 'other-manager')).toEqual(['full'])
    expect(may(approved, completeMeasure('m1'))).toEqual(['other-manager'])
    expect(reasons(approved.when('other-manager', note))).toEqual(['forbidden'])
    expect(access(approved.then('other-manager', completeMeasure('m1')).then('other-manager', checkEffect('m1', 95)), 'other-manager')).toEqual(['none'])
  })
})
