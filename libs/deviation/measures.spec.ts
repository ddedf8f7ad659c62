import { describe, expect, it } from '@jest/globals'
import { assess, checkEffect, completeMeasure, decideMeasure, effect, noMeasures, propose, reasons, score, text } from '#libs/deviation/testing/acts'
import { story, type Story } from '#libs/deviation/testing/world'
import { hindersClosing, nextSteps } from '#libs/duties/duties'

/** A deviation that asks for measures and for nothing else. */
const scored = (): Story => story('worker').then('manager', assess('deviation')).then('manager', score(1, 1))
const partly = (): Story => scored().then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1', 'approved-in-part'))
const checked = (result: number, id = 'm1', from = scored()): Story =>
  from.then('manager', propose(id, { effect })).then('manager', decideMeasure(id)).then('manager', completeMeasure(id)).then('manager', checkEffect(id, result))

describe('what counts as measures', () => {
  it('is one whose effect is accepted, or the decision to take none', () => {
    expect(hindersClosing(scored().facts)).toEqual(['measures-undecided'])
    expect(hindersClosing(checked(90).facts)).toEqual([])
    expect(hindersClosing(scored().then('manager', noMeasures).facts)).toEqual([])
    for (const ended of [scored().then('manager', propose('m1')).then('manager', decideMeasure('m1', 'rejected')), scored().then('manager', propose('m1')).then('manager', { intent: 'cancel-measure', measureId: 'm1', motivation: text })])
      expect(hindersClosing(ended.facts)).toEqual(['measures-undecided'])
  })
  it('has its criterion said by who follows the case up, before it is completed', () => {
    const approved = scored().then('manager', propose('m1', { responsibleUnit: 'missbruk' })).then('manager', decideMeasure('m1'))
    expect(nextSteps(approved.facts)).toMatchObject([
      { hinders: 'effect-criterion-missing', responsible: { role: 'unit-manager', unit: 'barn' } },
      { hinders: 'measure-not-completed', responsible: { role: 'unit-manager', unit: 'missbruk' } },
    ])
    expect(approved.when('other-manager', { intent: 'set-effect-criterion', measureId: 'm1', ...effect }).kind).toBe('forbidden')
    expect(reasons(approved.when('other-manager', completeMeasure('m1')))).toEqual(['effect-criterion-missing'])
  })
  it('is lower with direction down', () => {
    const fewer = scored().then('manager', propose('m1', { effect: { ...effect, direction: 'down' } })).then('manager', decideMeasure('m1')).then('manager', completeMeasure('m1'))
    expect(hindersClosing(fewer.then('manager', checkEffect('m1', 90)).facts)).toEqual([])
    expect(hindersClosing(fewer.then('manager', checkEffect('m1', 91)).facts)).toEqual(['measures-undecided'])
  })
})

describe('an effect that is not accepted', () => {
  it('asks for a further measure, whose effect is accepted, or the decision to take none', () => {
    const failed = checked(89)
    expect(nextSteps(failed.facts).map((d) => d.step)).toEqual(['propose-measures'])
    expect(hindersClosing(checked(90, 'm2', failed).facts)).toEqual([])
    expect(hindersClosing(checked(89, 'm2', failed).facts)).toEqual(['measures-undecided'])
    expect(hindersClosing(failed.then('manager', noMeasures).facts)).toEqual([])
    // Another that was under way before does not answer it.
    const beside = checked(89, 'm2', scored().then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1')).then('manager', completeMeasure('m1')).then('manager', checkEffect('m1', 95)))
    expect(hindersClosing(beside.facts)).toEqual(['measures-undecided'])
  })
  it('is not answered by one that is rejected, or that ends replaced by a rejected one', () => {
    const rejected = checked(89).then('manager', propose('m2')).then('manager', decideMeasure('m2', 'rejected'))
    expect(hindersClosing(rejected.facts)).toEqual(['measures-undecided'])
    const replaced = checked(89)
      .then('manager', propose('m2'))
      .then('manager', decideMeasure('m2', 'approved-in-part'))
      .then('manager', propose('m3', { replaces: 'm2' }))
      .then('manager', decideMeasure('m3', 'rejected'))
    expect(hindersClosing(replaced.facts)).toEqual(['measures-undecided'])
  })
})

describe('a measure approved in part', () => {
  it('is proposed anew, or the decision to take none ends it', () => {
    expect(nextSteps(partly().facts)).toMatchObject([{ hinders: 'measure-undecided', step: 'propose-measures', subject: 'm1' }])
    expect(reasons(partly().when('manager', completeMeasure('m1')))).toEqual(['measure-not-approved'])
    expect(hindersClosing(partly().then('manager', noMeasures).facts)).toEqual([])
    expect(reasons(partly().when('manager', propose('m2', { replaces: 'm3' })))).toEqual(['measure-unknown'])
  })
  it('leaves nothing done where the one that replaces it is rejected', () => {
    const rejected = partly().then('manager', propose('m2', { replaces: 'm1' })).then('manager', decideMeasure('m2', 'rejected'))
    expect(hindersClosing(rejected.facts)).toEqual(['measures-undecided'])
    expect(hindersClosing(checked(95, 'm2', partly()).facts)).toEqual(['measure-undecided'])
  })
})

describe('the routine that failed or is changed', () => {
  it('goes with the assessment and with its measure to completion and check, by id where it is registered', () => {
    const routineId = 'lakemedel'
    const through = story('worker')
      .then('manager', assess('deviation', { routine: routineId }), { routineId })
      .then('manager', propose('m1', { effect, routine: routineId }), { routineId })
      .then('manager', decideMeasure('m1'))
      .then('manager', completeMeasure('m1'))
      .then('manager', checkEffect('m1', 95))
    for (const type of ['deviation-assessed', 'measure-proposed', 'measure-completed', 'measure-effect-checked']) expect(through.events.find((e) => e.type === type)?.data).toMatchObject({ routineId })
    expect(through.facts).toMatchObject({ groups: { social: { assessment: { routineId } } }, measures: [{ routineId }] })
    const inWords = story('worker').when('manager', assess('deviation', { routine: 'Vår rutin' }))
    expect(inWords).toMatchObject({ events: [{ data: { routine: 'Vår rutin', routineId: undefined } }, { type: 'deadline-met' }] })
  })
})
