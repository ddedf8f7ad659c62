import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { acceptHandover, appoint, assess, close, decided, decideMeasure, declineHandover, escalate, informAuthority, informNamnden, ivo, misconduct, move, noCase, noMeasures, note, offer, offerOutside, openInvestigation, propose, reasons, score, supplement, takenOver, takeOver, withdrawHandover } from '#libs/deviation/testing/acts'
import { everyone, organisationWithout, story, withoutTime, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, hindersClosing, nextSteps } from '#libs/duties/duties'

const offered = (toUnit = 'boende', from = story('worker')): Story => from.then('manager', offer(toUnit))
const handedOver = (from = story('worker')): Story => offered('boende', from).then('care-manager', acceptHandover)
const may = (s: Story, command: CaseCommand): readonly string[] => everyone.filter((who) => s.when(who, command).kind === 'events')
/** The deadline of the answer, once there is one. */
const metAnswer: unknown = expect.objectContaining({ id: 'answer-handover', state: 'met' })
const access = (s: Story, ...people: readonly string[]) => people.map((who) => accessTo(s.facts, s.person(who)))

describe('a hand-over', () => {
  it('goes to another provider or authority, or to somebody outside, and one at a time', () => {
    const reported = story('worker')
    expect(reasons(reported.when('manager', offer('missbruk')))).toEqual(['same-provider'])
    expect(reasons(reported.when('manager', offer('nowhere')))).toEqual(['/toUnit unit-unknown'])
    for (const command of [offer('boende'), offer('omsorgen'), offer('nattugglan-lss'), offerOutside]) expect(reported.when('manager', command).kind).toBe('events')
    expect(reasons(offered().when('manager', offerOutside))).toEqual(['handover-pending'])
  })
  it('is the sender’s to offer and to take back, and the receiver’s to answer', () => {
    const pending = offered()
    expect(may(story('worker'), offer('boende'))).toEqual(['manager'])
    expect(may(pending, withdrawHandover)).toEqual(['manager'])
    expect(may(pending, acceptHandover)).toEqual(['care-manager'])
    expect(may(pending, declineHandover)).toEqual(['care-manager'])
    expect(reasons(pending.when('private-manager', acceptHandover))).toEqual(['not-found'])
    // Where the receiving unit has no manager the next level up answers.
    expect(pending.under(organisationWithout('care-manager')).when('care-director', acceptHandover).kind).toBe('events')
    for (const command of [acceptHandover, declineHandover, withdrawHandover]) expect(reasons(story('worker').when('manager', command))).toEqual(['handover-not-pending'])
  })
  it('hinders close, move and no case while it waits, and nothing else', () => {
    const pending = offered('boende', story('worker').then('manager', assess('not-a-deviation')))
    expect(hindersClosing(pending.facts)).toEqual(['handover-pending'])
    expect(nextSteps(pending.facts)).toMatchObject([{ step: 'answer-handover', responsible: { role: 'unit-manager', unit: 'boende' } }])
    for (const command of [close('not-a-deviation'), move('missbruk'), noCase('withdrawn')]) expect(reasons(pending.when('manager', command))).toEqual(['handover-pending'])
    expect(pending.then('manager', assess('deviation')).facts.groups.social?.assessment?.outcome).toBe('deviation')
    for (const answered of [pending.then('care-manager', declineHandover), pending.then('manager', withdrawHandover)]) expect(answered.when('manager', close('not-a-deviation')).kind).toBe('events')
  })
  it('leaves the sender responsible until it is accepted, and everything as it was when it is not', () => {
    const before = story('worker', { wantsFeedback: true }).then('manager', assess('deviation'))
    const pending = offered('boende', before)
    expect(pending.facts).toMatchObject({ unit: 'barn', responsible: { role: 'unit-manager', unit: 'barn' } })
    for (const answered of [pending.then('care-manager', declineHandover), pending.then('manager', withdrawHandover)])
      expect(answered.facts).toEqual({ ...before.facts, revision: answered.facts.revision, handovers: 1, deadlines: [...before.facts.deadlines, metAnswer] })
  })
  it('moves unit and responsibility when it is accepted; what was reported, assessed and written stays', () => {
    const before = story('worker', { wantsFeedback: true }).then('manager', assess('deviation')).then('manager', note)
    const after = handedOver(before)
    expect(withoutTime(after.types.slice(before.types.length))).toEqual(['handover-offered', 'handover-accepted', 'responsibility-assigned'])
    expect(after.events.slice(0, before.events.length)).toEqual(before.events)
    expect(after.facts).toEqual({
      ...before.facts,
      revision: after.facts.revision,
      unit: 'boende',
      responsible: { role: 'unit-manager', unit: 'boende' },
      manager: { role: 'unit-manager', unit: 'boende' },
      handovers: 1,
      formerUnits: ['barn'],
      deadlines: [...before.facts.deadlines, metAnswer],
    })
    expect(after.when('care-manager', score(1, 1)).kind).toBe('events')
    expect(reasons(after.when('manager', score(1, 1)))).toEqual(['forbidden'])
  })
  it('may go on to a third and come back', () => {
    const back = handedOver().then('care-manager', offer('nattugglan-lss')).then('private-manager', acceptHandover).then('private-manager', offer('barn'))
    expect(back.facts.handover).toEqual({ id: 'h3', toUnit: 'barn' })
    expect(access(back, 'manager', 'care-manager', 'private-manager')).toEqual(['informed', 'informed', 'full'])
    const home = back.then('manager', acceptHandover)
    expect(home.facts).toMatchObject({ unit: 'barn', reportedUnit: 'barn', formerUnits: ['boende', 'nattugglan-lss'], responsible: { role: 'unit-manager', unit: 'barn' } })
    expect(access(home, 'manager', 'care-manager', 'private-manager')).toEqual(['full', 'informed', 'informed'])
    expect(home.facts).not.toHaveProperty('privateProvider')
  })
  it('back to a manager whom the report concerns lies with the next level again', () => {
    const away = story('worker', { concernsManager: true }).then('area', offer('boende')).then('care-manager', acceptHandover)
    expect(access(away, 'manager', 'area')).toEqual(['none', 'informed'])
    expect(away.facts.responsible).toEqual({ role: 'unit-manager', unit: 'boende' })
    const offeredBack = away.then('care-manager', offer('barn'))
    expect(may(offeredBack, acceptHandover)).toEqual(['area'])
    expect(offeredBack.then('area', acceptHandover).facts.responsible).toEqual({ role: 'area-manager', unit: 'ifo' })
  })
})

describe('who sees a case that is handed over', () => {
  const watched = ['care-manager', 'care-director', 'care-officer', 'private-manager', 'manager', 'area', 'worker'] as const
  it('is the receiver, from the offer on, and the sender afterwards as one who was part of it; the reporter keeps following', () => {
    expect(access(story('worker'), ...watched)).toEqual(['none', 'none', 'none', 'none', 'full', 'full', 'own'])
    expect(access(offered(), ...watched)).toEqual(['informed', 'informed', 'none', 'none', 'full', 'full', 'own'])
    expect(access(handedOver(), ...watched)).toEqual(['full', 'full', 'full', 'none', 'informed', 'informed', 'own'])
    expect(access(offered().then('care-manager', declineHandover), ...watched)).toEqual(['none', 'none', 'none', 'none', 'full', 'full', 'own'])
    expect(handedOver().when('worker', supplement).kind).toBe('events')
  })
  it('is also the officers on both sides, once it was escalated', () => {
    const escalated = offered('boende', misconduct())
    expect(access(escalated, 'care-officer', 'care-decider', 'officer')).toEqual(['informed', 'informed', 'full'])
    expect(access(escalated.then('care-manager', acceptHandover), 'care-officer', 'care-decider', 'officer', 'decider')).toEqual(['full', 'full', 'informed', 'informed'])
  })
  it('is a manager with a measure in it as the other side first, so that she can answer', () => {
    const held = takenOver()
      .then('officer', propose('m1', { responsibleUnit: 'boende' }))
      .then('officer', decideMeasure('m1'))
    expect(access(held, 'care-manager')).toEqual(['limited'])
    const pending = held.then('officer', offer('boende'))
    expect(access(pending, 'care-manager')).toEqual(['informed'])
    expect(pending.when('care-manager', acceptHandover).kind).toBe('events')
  })
})

describe('handing over a case of misconduct', () => {
  it('makes it wait for the receiver’s officer, also where it was taken over', () => {
    const investigated = takenOver().then('officer', appoint('investigator')).then('investigator', openInvestigation('lex-sarah'))
    for (const before of [misconduct().then('manager', offer('boende')), investigated.then('officer', offer('boende'))]) {
      const after = before.then('care-manager', acceptHandover)
      expect(after.facts).toMatchObject({ lexSarah: { step: 'escalated' }, responsible: { role: 'lex-sarah-officer', unit: 'omsorgen' }, manager: { role: 'unit-manager', unit: 'boende' } })
      expect(nextSteps(after.facts)).toMatchObject([{ step: 'take-over-lex-sarah', responsible: { role: 'lex-sarah-officer', unit: 'boende' } }])
      expect(after.when('officer', takeOver).kind).toBe('forbidden')
      expect(after.when('care-officer', takeOver).kind).toBe('events')
      expect(reasons(after.when('care-manager', noCase('withdrawn')))).toEqual(['lex-sarah-undecided'])
    }
  })
  it('is the officer’s while she has it; the manager neither offers it nor records a receipt', () => {
    expect(reasons(takenOver().when('manager', offerOutside))).toEqual(['lex-sarah-has-the-case'])
    const outside = misconduct().then('manager', offerOutside).then('officer', takeOver)
    for (const command of [acceptHandover, declineHandover, withdrawHandover]) {
      expect(reasons(outside.when('manager', command))).toEqual(['lex-sarah-has-the-case'])
      expect(outside.when('officer', command).kind).toBe('events')
    }
    // The receiving side is not the manager whom the take-over limits.
    expect(takenOver().then('officer', offer('boende')).when('care-manager', acceptHandover).kind).toBe('events')
  })
  it('may be answered by the receiver’s officer, who knows of what was escalated', () => {
    expect(may(offered('boende', misconduct()), acceptHandover)).toEqual(['care-manager', 'care-officer'])
  })
  it('leaves a decision as it is', () => {
    const after = decided('misconduct').then('manager', offer('boende')).then('care-manager', acceptHandover)
    expect(after.facts.lexSarah).toMatchObject({ step: 'decided', degree: 'misconduct' })
    expect(reasons(after.then('care-manager', noMeasures).then('care-decider', ivo(false)).when('care-manager', close('misconduct')))).toEqual(['only-officer-closes'])
    expect(after.then('care-manager', noMeasures).then('care-decider', ivo(false)).when('care-officer', close('misconduct')).kind).toBe('events')
  })
})

describe('between private and public', () => {
  it('the nämnd that hands over an escalated case to a provider knows of it; what is escalated there later it is told', () => {
    const known = misconduct().then('manager', offer('nattugglan-lss')).then('private-manager', acceptHandover)
    expect(known.facts).toMatchObject({ privateProvider: 'nattugglan', authorityInformed: true })
    expect(hindersClosing(known.facts)).not.toContain('authority-not-informed')
    expect(reasons(known.when('private-officer', informAuthority))).toEqual(['authority-informed-already'])
    const later = story('worker').then('manager', offer('nattugglan-lss')).then('private-manager', acceptHandover).then('private-manager', escalate)
    expect(nextSteps(later.facts).map((d) => d.step)).toContain('inform-authority')
    expect(hindersClosing(later.then('private-officer', informNamnden).facts)).not.toContain('authority-not-informed')
  })
  it('the provider that hands over to the nämnd has told it', () => {
    const theirs = story('worker', { unit: 'nattugglan-lss', reportedType: 'misconduct' })
    expect(hindersClosing(theirs.facts)).toContain('authority-not-informed')
    const ours = theirs.then('private-manager', offer('barn')).then('manager', acceptHandover)
    expect(hindersClosing(ours.facts)).not.toContain('authority-not-informed')
    expect(ours.facts).toMatchObject({ reportedUnit: 'nattugglan-lss', reportedProvider: 'nattugglan', responsible: { role: 'lex-sarah-officer', unit: 'namnden' } })
    expect(reasons(ours.when('officer', informAuthority))).toEqual(['not-a-private-provider'])
    // The nämnd decides what it notifies on the operator that it came from.
    expect(access(story('worker', { unit: 'nattugglan-lss' }).then('private-manager', offer('barn')).then('manager', acceptHandover), 'decider')).toEqual(['full'])
  })
})

describe('a hand-over to an external party', () => {
  const received = (from = story('worker')): Story => from.then('manager', offerOutside).then('manager', acceptHandover)
  it('is receipted by the sender, who keeps the case', () => {
    const pending = story('worker').then('manager', offerOutside)
    expect(nextSteps(pending.facts)).toMatchObject([{ step: 'answer-handover', responsible: { role: 'unit-manager', unit: 'barn' } }, { step: 'assess' }])
    expect(may(pending, acceptHandover)).toEqual(['manager'])
    expect(received().facts).toMatchObject({ unit: 'barn', responsible: { role: 'unit-manager', unit: 'barn' }, handedOut: true, formerUnits: [] })
  })
  it.each([
    ['deviation', 'deviation'],
    ['risk', 'risk'],
  ] as const)('a %s that nobody here assessed is closed as what it was reported as', (reportedType, outcome) => {
    const theirs = received(story('worker', { reportedType, legalAreas: ['SoL', 'HSL'] }))
    expect(hindersClosing(theirs.facts)).toEqual([])
    expect(closingOutcome(theirs.facts)).toBe(outcome)
    expect(theirs.then('manager', close(outcome)).facts.closed?.outcome).toBe(outcome)
  })
  it('leaves to the sender what was begun, and everything of misconduct', () => {
    expect(hindersClosing(received(story('worker').then('manager', assess('deviation'))).facts)).toEqual(['not-scored', 'measures-undecided'])
    expect(hindersClosing(received(misconduct()).facts)).toEqual(['lex-sarah-undecided'])
    expect(hindersClosing(received(story('worker', { wantsFeedback: true })).facts)).toEqual(['feedback-missing'])
  })
  it('ends nothing where it is declined, and asks for the assessment again at a unit that receives it after all', () => {
    expect(hindersClosing(story('worker').then('manager', offerOutside).then('manager', declineHandover).facts)).toEqual(['not-assessed'])
    expect(hindersClosing(received().then('manager', offer('boende')).then('care-manager', acceptHandover).facts)).toEqual(['not-assessed'])
  })
})
