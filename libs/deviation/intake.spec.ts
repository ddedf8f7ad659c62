import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { aBatch, acknowledge, assess, assessHealth, close, correctAreas, decided, decline, escalate, feedback, immediateAction, investigation, misconduct, noCase, noMeasures, openInvestigation, propose, reasons, refer, score, sendToRegistrar, takenOver, text, waiveFeedback } from '#libs/deviation/testing/acts'
import { everyone, reported, story, type Story } from '#libs/deviation/testing/world'
import { closingOutcome, hindersClosing, nextSteps } from '#libs/duties/duties'

const may = (s: Story, command: CaseCommand): readonly string[] => everyone.filter((who) => s.when(who, command).kind === 'events')
const steps = (s: Story): readonly string[] => nextSteps(s.facts).map((d) => d.step)

describe('complaints, suggestions and praise', () => {
  it('need acknowledgement, answer and documentation to the registrar, and an assessment only when begun', () => {
    const complaint = story('worker', { reportedType: 'complaint', origin: 'relative' })
    expect(hindersClosing(complaint.facts)).toEqual(['acknowledgement-missing', 'answer-missing', 'not-sent-to-registrar'])
    const answered = complaint
      .then('manager', acknowledge)
      .then('manager', waiveFeedback('complainant'))
      .then('manager', sendToRegistrar)
    expect(closingOutcome(answered.facts)).toBe('view')
    expect(hindersClosing(answered.then('manager', assess('deviation')).facts)).toEqual(['not-scored', 'measures-undecided'])
    expect(answered.then('manager', close('view')).facts.closed).toBeDefined()
  })
  it('praise needs one feedback to the staff group and nothing more', () => {
    const praise = story('worker', { reportedType: 'praise', origin: 'individual' })
    expect(hindersClosing(praise.facts)).toEqual(['feedback-missing'])
    const passedOn = praise.then('manager', feedback('staff-group'))
    expect(passedOn.then('manager', close('praise')).facts.closed?.outcome).toBe('praise')
  })
  it('are acknowledged and answered unless nobody knows by whom they came, and go to the registrar in either case', () => {
    for (const reportedType of ['complaint', 'suggestion'] as const) {
      const unknown = story('worker', { reportedType, origin: 'relative', anonymous: true })
      // Or the answer is waived because nobody knows whom to give it to.
      const waived = story('worker', { reportedType, origin: 'relative' }).then('manager', waiveFeedback('complainant'))
      expect(hindersClosing(waived.facts)).toEqual(['not-sent-to-registrar'])
      expect(hindersClosing(unknown.facts)).toEqual(['not-sent-to-registrar'])
      expect(unknown.then('manager', sendToRegistrar).then('manager', close('view')).facts.closed?.outcome).toBe('view')
    }
    const named = story('worker', { reportedType: 'complaint', origin: 'authority' })
    expect(hindersClosing(named.then('manager', acknowledge).then('manager', feedback('complainant')).facts)).toEqual(['not-sent-to-registrar'])
    // Feedback to others is no answer.
    expect(hindersClosing(named.then('manager', feedback('reporter')).facts)).toContain('answer-missing')
  })
  it('have a diary number requested once and given by the registrar, also after closing', () => {
    const closed = story('worker', { reportedType: 'complaint', anonymous: true })
      .then('manager', { intent: 'request-diary-number' })
      .then('manager', sendToRegistrar)
      .then('manager', close('view'))
    expect(reasons(closed.when('manager', { intent: 'request-diary-number' }))).toEqual(['diary-number-requested-already'])
    expect(nextSteps(closed.facts)).toMatchObject([{ step: 'assign-diary-number', responsible: { role: 'registrar', unit: 'barn' } }])
    const assign: CaseCommand = { intent: 'assign-diary-number', diaryNumber: text, publicTitle: text }
    expect(may(closed, assign)).toEqual(['registrar'])
    expect(steps(closed.then('registrar', assign))).toEqual(['none'])
    expect(reasons(closed.then('registrar', assign).when('registrar', assign))).toEqual(['diary-number-assigned-already'])
    // Withdrawn, it is in the diary nevertheless.
    const withdrawn = story('worker', { reportedType: 'complaint' }).then('manager', { intent: 'request-diary-number' }).then('manager', noCase('withdrawn'))
    expect(steps(withdrawn)).toEqual(['assign-diary-number'])
  })
  it('that turn out to be misconduct run on as the same case, and are answered as well', () => {
    const complaint = story('worker', { reportedType: 'complaint', origin: 'relative' }).then('manager', acknowledge).then('manager', assess('suspected-misconduct'))
    expect(hindersClosing(complaint.facts)).toEqual(['suspicion-unresolved', 'answer-missing', 'not-sent-to-registrar'])
    const declined = complaint.then('manager', escalate).then('officer', decline)
    expect(hindersClosing(declined.facts)).toEqual(['not-scored', 'measures-undecided', 'answer-missing', 'not-sent-to-registrar'])
    const closed = declined
      .then('manager', score(1, 1))
      .then('manager', noMeasures)
      .then('manager', feedback('complainant'))
      .then('manager', sendToRegistrar)
      .then('manager', close('deviation'))
    expect(closed.facts).toMatchObject({ reportedType: 'complaint', closed: { outcome: 'deviation' } })
  })
  it('of care injury do too', () => {
    const complaint = story('worker', { reportedType: 'complaint', legalAreas: ['SoL', 'HSL'] }).then('medical', assessHealth('suspected-care-injury'))
    expect(hindersClosing(complaint.facts)).toEqual(['acknowledgement-missing', 'care-injury-unresolved', 'patient-not-informed', 'answer-missing', 'not-sent-to-registrar'])
  })
  it('may be investigated without an assessment, which is then finished', () => {
    const looked = story('worker', { reportedType: 'complaint', anonymous: true }).then('manager', openInvestigation('simple')).then('manager', sendToRegistrar)
    expect(hindersClosing(looked.facts)).toEqual(['investigation-not-completed'])
    expect(hindersClosing(looked.then('manager', investigation()).facts)).toEqual([])
    expect(reasons(story('worker').when('manager', openInvestigation('simple')))).toEqual(['not-assessed'])
  })
  it('say to a complainant which measures and when', () => {
    const answer: CaseCommand = { intent: 'give-feedback', to: 'complainant', how: text, content: text, measures: [{ measureId: 'm1', when: text }] }
    const complaint = story('worker', { reportedType: 'complaint' })
    expect(reasons(complaint.when('manager', answer))).toEqual(['measure-unknown'])
    expect(complaint.then('manager', propose('m1')).when('manager', answer).kind).toBe('events')
  })
})

describe('a batch', () => {
  it('is one case that counts as many, reported in one append', () => {
    const batch = story('worker', aBatch)
    expect(batch.types).toEqual(['deviation-reported', 'deviations-reported-in-batch', 'responsibility-assigned', 'deadlines-set'])
    expect(batch.facts.batch).toEqual({ from: '2026-02-01', to: '2026-02-28', count: 12 })
    expect(story('worker').facts).not.toHaveProperty('batch')
    expect(batch.then('manager', assess('not-a-deviation')).then('manager', close('not-a-deviation')).facts.batch?.count).toBe(12)
  })
  it('is never one of misconduct, though it may be suspected in one', () => {
    expect(reasons(reported('worker', { ...aBatch, reportedType: 'misconduct' }))).toEqual(['/reportedType batch-of-misconduct'])
    expect(story('worker', aBatch).then('manager', assess('suspected-misconduct')).when('manager', escalate).kind).toBe('events')
  })
  it('is at a unit that there is', () => {
    expect(reasons(reported('worker', { ...aBatch, unit: 'nowhere' }))).toEqual(['/unit unit-unknown'])
  })
})

describe('the legal areas', () => {
  it('are corrected by the manager or the officer, in the order of the law; the reported ones stay visible', () => {
    const reported = story('worker', { legalAreas: ['SoL'] })
    expect(may(reported, correctAreas('HSL', 'SoL'))).toEqual(['manager'])
    expect(may(decided('misconduct'), correctAreas('HSL', 'SoL'))).toEqual(['manager', 'officer'])
    const twice = reported.then('manager', correctAreas('HSL', 'LSS')).then('manager', correctAreas('SoL', 'HSL'))
    expect(twice.facts).toMatchObject({ legalAreas: ['SoL', 'HSL'], reportedLegalAreas: ['SoL'] })
    expect(hindersClosing(twice.facts)).toEqual(['not-assessed'])
    expect(nextSteps(twice.facts).map((d) => d.subject)).toEqual(['social', 'health'])
    expect(reasons(twice.when('manager', correctAreas('HSL', 'SoL')))).toEqual(['legal-areas-unchanged'])
  })
  it('keep SoL or LSS while a suspicion or an escalation stands, and once misconduct is decided', () => {
    const suspected = story('worker').then('manager', assess('suspected-misconduct'))
    expect(reasons(suspected.when('manager', correctAreas('HSL')))).toEqual(['suspicion-unresolved'])
    expect(reasons(misconduct().when('manager', correctAreas('HSL')))).toEqual(['lex-sarah-undecided'])
    expect(reasons(takenOver().when('officer', correctAreas('HSL')))).toEqual(['lex-sarah-undecided'])
    expect(reasons(decided('misconduct').when('officer', correctAreas('HSL')))).toEqual(['misconduct-decided'])
    // One of the two is enough, and afterwards neither is needed.
    expect(misconduct().when('manager', correctAreas('LSS', 'HSL')).kind).toBe('events')
    for (const settled of [suspected.then('manager', assess('deviation', { motivation: text })), misconduct().then('officer', decline), decided('none')])
      expect(settled.when('manager', correctAreas('HSL')).kind).toBe('events')
    expect(hindersClosing(misconduct().then('officer', decline).then('manager', correctAreas('HSL')).facts)).toEqual(['not-assessed'])
  })
  it('keep HSL while a suspicion of care injury stands or is referred', () => {
    const suspected = story('worker', { legalAreas: ['SoL', 'HSL'] }).then('medical', assessHealth('suspected-care-injury'))
    expect(reasons(suspected.when('manager', correctAreas('SoL')))).toEqual(['care-injury-unresolved'])
    expect(reasons(suspected.then('medical', refer).when('manager', correctAreas('SoL')))).toEqual(['lex-maria-undecided'])
    expect(suspected.then('medical', assessHealth('deviation', { motivation: text })).when('manager', correctAreas('SoL')).kind).toBe('events')
  })
  it('leave the officer what was ever escalated', () => {
    const corrected = misconduct().then('officer', decline).then('manager', correctAreas('HSL'))
    expect(accessTo(corrected.facts, corrected.person('officer'))).toBe('full')
    const never = story('worker').then('manager', correctAreas('HSL'))
    expect(accessTo(never.facts, never.person('officer'))).toBe('none')
  })
})

describe('an immediate action', () => {
  it('is recorded by whoever has to do with the case: the manager, then the officer', () => {
    expect(may(story('worker'), immediateAction)).toEqual(['manager'])
    expect(may(takenOver(), immediateAction)).toEqual(['officer'])
    expect(story('worker').then('manager', immediateAction).facts.immediateAction).toBe(true)
  })
})
