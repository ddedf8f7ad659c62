import { describe, expect, it } from '@jest/globals'
import type { CaseCommand, Report } from '#libs/deviation/commands'
import { assess, assessHealth, close, correctAreas, decided, decideLexMaria, informPatient, investigation, ivo, misconduct, noCase, noMeasures, openInvestigation, reasons, receipt, refer, score, sent, takenOver, text, waivePatient } from '#libs/deviation/testing/acts'
import { everyone, organisationWithout, story, withoutTime, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, hindersClosing, nextSteps } from '#libs/duties/duties'

const may = (s: Story, command: CaseCommand): readonly string[] => everyone.filter((who) => s.when(who, command).kind === 'events')
const steps = (s: Story): readonly string[] => nextSteps(s.facts).map((d) => d.step)
const both = { legalAreas: ['SoL', 'HSL'] } as const
const hsl = { legalAreas: ['HSL'] } as const
const suspected = (report: Partial<Report> = hsl): Story => story('worker', report).then('medical', assessHealth('suspected-care-injury'))
const referred = (report: Partial<Report> = hsl): Story => suspected(report).then('medical', refer)
/** Decided to notify, notified and receipted, with the patient told. */
const notified = (from = referred()): Story =>
  from
    .then('medical', decideLexMaria(true))
    .then('medical', informPatient)
    .then('medical', sent('lex-maria'))
    .then('registrar', receipt('lex-maria'))

describe('a suspected care injury', () => {
  it('hinders closing until it is referred or withdrawn with a motivation, which takes the duty to inform with it', () => {
    expect(hindersClosing(suspected().facts)).toEqual(['care-injury-unresolved', 'patient-not-informed'])
    expect(nextSteps(suspected().facts)).toMatchObject([
      { step: 'escalate-or-clear', responsible: { role: 'medical-officer' } },
      { step: 'inform-patient', responsible: { role: 'medical-officer' } },
    ])
    expect(reasons(suspected().when('manager', noCase('withdrawn')))).toEqual(['care-injury-unresolved'])
    expect(reasons(suspected().when('medical', assessHealth('deviation')))).toEqual(['motivation-required'])
    expect(hindersClosing(suspected().then('medical', assessHealth('deviation', { motivation: text })).facts)).toEqual(['not-scored', 'measures-undecided'])
  })
  it('is of the health group only, as misconduct is of the social one', () => {
    expect(reasons(story('worker', both).when('manager', assess('suspected-care-injury')))).toEqual(['outcome-not-of-group'])
    expect(reasons(story('worker', both).when('medical', assessHealth('suspected-misconduct')))).toEqual(['outcome-not-of-group'])
  })
  it('is referred by the medical officer or the manager, on a case of HSL, and once', () => {
    expect(may(suspected(), refer)).toEqual(['manager', 'medical'])
    expect(reasons(story('worker').when('manager', refer))).toEqual(['lex-maria-needs-health-law'])
    expect(reasons(referred().when('manager', refer))).toEqual(['lex-maria-referred-already'])
  })
  it('that is referred ends by a decision only', () => {
    const lowered = referred().then('medical', assessHealth('not-a-deviation', { motivation: text }))
    expect(hindersClosing(lowered.facts)).toEqual(['lex-maria-undecided', 'patient-not-informed'])
    expect(reasons(lowered.when('manager', noCase('withdrawn')))).toEqual(['lex-maria-undecided'])
  })
})

describe('the decision on lex Maria', () => {
  it('is the medical officer’s, or that of whoever stands in for her, and decides the notification as well', () => {
    expect(reasons(suspected().when('medical', decideLexMaria(true)))).toEqual(['lex-maria-not-referred'])
    expect(may(referred(), decideLexMaria(true))).toEqual(['medical'])
    expect(referred().under(organisationWithout('medical')).when('decider', decideLexMaria(true)).kind).toBe('events')
    expect(withoutTime(referred().then('medical', decideLexMaria(true)).types).slice(-2)).toEqual(['lex-maria-decided', 'ivo-notification-decided'])
  })
  it('to notify asks for the notification, its receipt and what the assessment asks for, and closes as a care injury', () => {
    const yes = referred().then('medical', decideLexMaria(true))
    expect(hindersClosing(yes.facts)).toEqual(['not-scored', 'patient-not-informed', 'ivo-not-sent', 'measures-undecided'])
    expect(may(yes, sent('lex-maria'))).toEqual(['medical'])
    const done = notified().then('medical', score(1, 1, 'health')).then('medical', noMeasures)
    expect(hindersClosing(done.facts)).toEqual([])
    expect(reasons(done.when('manager', close('deviation')))).toEqual(['outcome-disagrees'])
    expect(done.then('manager', close('care-injury')).facts.closed?.outcome).toBe('care-injury')
  })
  it('to notify stands: neither assessment nor no case nor the legal areas take it back', () => {
    const yes = notified()
    expect(reasons(yes.when('medical', assessHealth('deviation', { motivation: text })))).toEqual(['lex-maria-decided-otherwise'])
    expect(reasons(yes.when('manager', noCase('withdrawn')))).toEqual(['lex-maria-decided-otherwise'])
    expect(reasons(notified(referred(both)).when('manager', correctAreas('SoL')))).toEqual(['lex-maria-decided-otherwise'])
    // Said again, it is no new suspicion.
    expect(hindersClosing(yes.then('medical', assessHealth('suspected-care-injury')).facts)).not.toContain('care-injury-unresolved')
    expect(reasons(yes.when('manager', refer))).toEqual(['lex-maria-referred-already'])
  })
  it('to notify outweighs that the group was assessed as none before', () => {
    const yes = story('worker', hsl).then('medical', assessHealth('not-a-deviation')).then('manager', refer).then('medical', decideLexMaria(true))
    expect(hindersClosing(yes.facts)).toEqual(['not-scored', 'patient-not-informed', 'ivo-not-sent', 'measures-undecided'])
  })
  it('not to notify leaves a deviation, unless the group is assessed anew', () => {
    const no = referred().then('medical', decideLexMaria(false)).then('medical', informPatient)
    expect(hindersClosing(no.facts)).toEqual(['not-scored', 'measures-undecided'])
    expect(closingOutcome(no.facts)).toBe('deviation')
    expect(closingOutcome(no.then('medical', assessHealth('not-a-deviation', { motivation: text })).facts)).toBe('not-a-deviation')
    const again = no.then('medical', assessHealth('suspected-care-injury'))
    expect(hindersClosing(again.facts)).toEqual(['care-injury-unresolved'])
    expect(again.when('medical', refer).kind).toBe('events')
  })
  it('may change until the notification is sent', () => {
    const yes = referred().then('medical', decideLexMaria(true))
    expect(hindersClosing(yes.then('medical', decideLexMaria(false)).facts)).not.toContain('ivo-not-sent')
    expect(reasons(yes.then('medical', sent('lex-maria')).when('medical', decideLexMaria(false)))).toEqual(['ivo-sent-already'])
  })
  it('is not contradicted by another on the notification', () => {
    expect(reasons(suspected().when('medical', ivo(true, 'lex-maria')))).toEqual(['lex-maria-not-referred'])
    expect(reasons(referred().when('medical', ivo(true, 'lex-maria')))).toEqual(['lex-maria-undecided'])
    const no = referred().then('medical', decideLexMaria(false))
    expect(reasons(no.when('medical', ivo(true, 'lex-maria')))).toEqual(['lex-maria-decided-otherwise'])
    expect(no.when('medical', ivo(false, 'lex-maria')).kind).toBe('events')
    // The decision-maker decides on lex Sarah, not on this.
    expect(misconduct().when('decider', ivo(true, 'lex-maria')).kind).toBe('forbidden')
  })
})

describe('what the patient is told', () => {
  it('is said or waived with a reason, by the medical officer', () => {
    expect(may(suspected(), informPatient)).toEqual(['medical'])
    const waived = suspected().then('medical', waivePatient)
    for (const told of [suspected().then('medical', informPatient), waived]) expect(hindersClosing(told.facts)).not.toContain('patient-not-informed')
    expect(reasons(waived.when('medical', waivePatient))).toEqual(['patient-information-waived-already'])
    expect(waived.then('medical', informPatient).facts.patient).toBe('informed')
    const informed = suspected().then('medical', informPatient)
    for (const command of [informPatient, waivePatient]) expect(reasons(informed.when('medical', command))).toEqual(['patient-informed-already'])
  })
  it('is owed also where the health law turned out not to apply', () => {
    const corrected = referred(both).then('medical', decideLexMaria(false)).then('manager', correctAreas('SoL'))
    expect(hindersClosing(corrected.facts)).toContain('patient-not-informed')
    expect(corrected.when('medical', informPatient).kind).toBe('events')
    expect(story('worker').when('medical', informPatient).kind).toBe('not-found')
  })
})

describe('lex Maria beside the social side', () => {
  it('hinders no acting there, nor does the officer who has the case hinder it', () => {
    const social = referred(both).then('manager', assess('deviation')).then('manager', score(1, 1))
    expect(social.then('manager', openInvestigation('simple')).then('manager', investigation()).facts.groups.social?.investigation?.state).toBe('completed')
    expect(hindersClosing(social.facts)).toEqual(['not-scored', 'lex-maria-undecided', 'patient-not-informed', 'measures-undecided'])
    const held = takenOver('SoL', 'HSL')
    expect(reasons(held.when('manager', refer))).toEqual(['lex-sarah-has-the-case'])
    expect(notified(held.then('medical', assessHealth('suspected-care-injury')).then('medical', refer)).facts.ivo['lex-maria']).toMatchObject({ sent: true, receipt: true })
  })
  it('notifies on its own: one event, two notifications, and closes as the misconduct that it was', () => {
    const twofold = decided('serious', 'SoL', 'HSL')
      .then('decider', ivo(true))
      .then('medical', assessHealth('suspected-care-injury'))
      .then('medical', refer)
      .then('medical', decideLexMaria(true))
    expect(hindersClosing(twofold.facts).filter((h) => h.startsWith('ivo'))).toEqual(['ivo-not-sent'])
    expect(nextSteps(twofold.facts).filter((d) => d.step === 'send-ivo')).toMatchObject([
      { subject: 'lex-sarah', responsible: { role: 'lex-sarah-officer' } },
      { subject: 'lex-maria', responsible: { role: 'medical-officer' } },
    ])
    expect(may(twofold, sent('lex-sarah'))).toEqual(['officer'])
    expect(may(twofold, sent('lex-maria'))).toEqual(['medical'])
    const one = twofold.then('officer', sent()).then('registrar', receipt())
    expect(hindersClosing(one.facts)).toContain('ivo-not-sent')
    const done = one.then('medical', sent('lex-maria')).then('registrar', receipt('lex-maria')).then('medical', informPatient).then('medical', score(1, 1, 'health')).then('officer', noMeasures)
    expect(done.then('officer', close('misconduct')).facts.closed?.outcome).toBe('misconduct')
  })
  it('begins the health group of a complaint', () => {
    const complaint = story('worker', { ...hsl, reportedType: 'complaint', origin: 'relative' })
    expect(steps(complaint)).not.toContain('assess')
    expect(steps(complaint.then('medical', refer))).toContain('assess')
    expect(steps(complaint.then('medical', refer).then('medical', decideLexMaria(true)))).toContain('assess')
  })
})
