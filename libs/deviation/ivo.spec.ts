import { describe, expect, it } from '@jest/globals'
import type { CaseCommand } from '#libs/deviation/commands'
import { close, decided, decideLexMaria, decline, degree, duplicate, ivo, ivoDecision, ivoExtension, ivoInvestigation, ivoRequest, ivoSupplement, misconduct, noMeasures, proposed, reasons, receipt, refer, score, sent, takenOver } from '#libs/deviation/testing/acts'
import { everyone, story, type Story } from '#libs/deviation/testing/world'
import { hindersClosing, nextSteps } from '#libs/duties/duties'

const may = (s: Story, command: CaseCommand): readonly string[] => everyone.filter((who) => s.when(who, command).kind === 'events')
const steps = (s: Story): readonly string[] => nextSteps(s.facts).map((d) => (d.subject === undefined ? d.step : `${d.step} ${d.subject}`))

describe('notification to IVO', () => {
  it.each(['tangible-risk-of-serious', 'serious'] as const)('must be sent when the degree is %s', (value) => {
    const serious = decided(value)
    expect(reasons(serious.when('decider', ivo(false)))).toEqual(['degree-requires-notification'])
    expect(hindersClosing(serious.facts)).toEqual(['ivo-decision-missing', 'measures-undecided'])
    const notified = serious.then('decider', ivo(true))
    expect(reasons(notified.when('officer', receipt()))).toEqual(['ivo-not-sent'])
    const done = notified.then('officer', sent()).then('registrar', receipt()).then('manager', noMeasures)
    expect(reasons(done.when('manager', close('misconduct')))).toEqual(['only-officer-closes'])
    expect(done.then('officer', close('misconduct')).facts.closed?.outcome).toBe('misconduct')
  })
  it('is not sent without a positive decision, and a no releases what a yes asked for', () => {
    const plain = decided('misconduct')
    expect(reasons(plain.when('officer', sent()))).toEqual(['ivo-not-decided'])
    const yes = plain.then('decider', ivo(true))
    expect(hindersClosing(yes.facts)).toContain('ivo-not-sent')
    expect(hindersClosing(yes.then('decider', ivo(false)).facts)).toEqual(['measures-undecided'])
    expect(reasons(yes.then('officer', sent()).when('decider', ivo(false)))).toEqual(['ivo-sent-already'])
  })
  it('may be decided before the investigation is complete', () => {
    expect(takenOver().when('decider', ivo(true)).kind).toBe('events')
  })
  it('asks again when a no came before a degree that requires it', () => {
    const early = proposed('serious').then('decider', ivo(false)).then('decider', degree('decide-degree', 'serious'))
    expect(hindersClosing(early.facts)).toContain('ivo-decision-missing')
  })
})


describe('what follows on a notification', () => {
  const notified = (): Story => decided('serious').then('decider', ivo(true)).then('officer', sent())
  const closed = (): Story => notified().then('registrar', receipt()).then('manager', noMeasures).then('officer', close('misconduct'))
  const requests = (s: Story) => s.facts.ivo['lex-sarah']?.requests

  it('waits until it is sent', () => {
    const yes = decided('serious').then('decider', ivo(true))
    for (const command of [receipt(), ivoInvestigation(), ivoRequest(), ivoSupplement(), ivoExtension(), ivoDecision()]) expect(reasons(yes.when('officer', command))).toEqual(['ivo-not-sent'])
  })
  it('is recorded once where it happens once, by the officer', () => {
    for (const [command, again] of [
      [sent(), 'ivo-sent-already'],
      [receipt(), 'ivo-receipt-already'],
      [ivoInvestigation(), 'ivo-investigation-sent-already'],
      [ivoDecision(), 'ivo-decision-received-already'],
    ] as const) {
      const once = command.intent === 'record-ivo-sent' ? notified() : notified().then('officer', command)
      expect(reasons(once.when('officer', command))).toEqual([again])
    }
    for (const command of [ivoRequest(), ivoInvestigation(), ivoExtension(), ivoDecision()]) expect(may(notified(), command)).toEqual(['officer'])
    expect(may(notified(), receipt())).toEqual(['officer', 'registrar'])
  })
  it('has the investigation with it when that was complete, else asks for it', () => {
    expect(notified().facts.ivo['lex-sarah']?.investigation).toBe('attached')
    const early = takenOver().then('decider', ivo(true)).then('officer', sent())
    expect(steps(early)).toContain('send-ivo-investigation lex-sarah')
    expect(hindersClosing(early.facts)).not.toContain('ivo-not-sent')
    expect(steps(early.then('officer', ivoInvestigation()))).not.toContain('send-ivo-investigation lex-sarah')
    expect(steps(early.then('officer', ivoDecision()))).not.toContain('send-ivo-investigation lex-sarah')
  })
  it('waits for the investigation after what IVO asks for, and keeps nobody from closing meanwhile', () => {
    const early = takenOver().then('decider', ivo(true)).then('officer', sent()).then('officer', receipt()).then('officer', decline).then('manager', score(1, 1)).then('manager', noMeasures)
    expect(steps(early)).toEqual(['close', 'send-ivo-investigation lex-sarah'])
    expect(steps(early.then('manager', close('deviation')).then('officer', ivoRequest()))).toEqual(['answer-ivo lex-sarah/1', 'send-ivo-investigation lex-sarah'])
  })
  it('numbers what IVO asks for within the case; a supplement answers the oldest, or the one that it names', () => {
    const two = notified().then('officer', ivoRequest()).then('officer', ivoRequest())
    expect(requests(two)).toMatchObject([{ request: 1, answered: false }, { request: 2, answered: false }])
    expect(steps(two).filter((s) => s.startsWith('answer-ivo'))).toEqual(['answer-ivo lex-sarah/1', 'answer-ivo lex-sarah/2'])
    expect(requests(two.then('officer', ivoSupplement()))).toMatchObject([{ answered: true }, { answered: false }])
    const second = two.then('officer', ivoSupplement('lex-sarah', 2))
    expect(requests(second)).toMatchObject([{ answered: false }, { answered: true }])
    expect(reasons(second.when('officer', ivoSupplement('lex-sarah', 2)))).toEqual(['ivo-no-request'])
    const both = second.then('officer', ivoSupplement())
    expect(reasons(both.when('officer', ivoSupplement()))).toEqual(['ivo-no-request'])
    expect(requests(both.then('officer', ivoRequest()))?.at(-1)).toMatchObject({ request: 3 })
  })
  it('moves the date of a request that is named, and of no other', () => {
    const two = notified().then('officer', ivoRequest()).then('officer', ivoRequest())
    expect(requests(two.then('officer', ivoExtension('lex-sarah', 2)))).toMatchObject([{ due: '2026-05-01' }, { due: '2026-06-01' }])
    expect(requests(two.then('officer', ivoExtension()))).toEqual(requests(two))
    expect(reasons(two.when('officer', ivoExtension('lex-sarah', 3)))).toEqual(['ivo-no-request'])
  })
  it('hinders no closing, and goes on after it with a next step and who takes it', () => {
    const open = notified().then('registrar', receipt()).then('manager', noMeasures)
    expect(hindersClosing(open.then('officer', ivoRequest()).facts)).toEqual([])
    const asked = closed().then('officer', ivoRequest())
    expect(nextSteps(closed().facts)).toMatchObject([{ step: 'none' }])
    expect(nextSteps(asked.facts)).toMatchObject([{ step: 'answer-ivo', responsible: { role: 'lex-sarah-officer', unit: 'barn' }, subject: 'lex-sarah/1' }])
    expect(steps(asked.then('officer', ivoExtension('lex-sarah', 1)).then('officer', ivoSupplement()))).toEqual(['none'])
  })
  it('ends with IVO’s decision, unless it asks for something after it', () => {
    const ended = closed().then('officer', ivoRequest()).then('officer', ivoDecision())
    expect(steps(ended)).toEqual(['none'])
    const after = ended.then('officer', ivoRequest())
    expect(steps(after)).toEqual(['answer-ivo lex-sarah/2'])
    expect(steps(after.then('officer', ivoSupplement('lex-sarah', 2)))).toEqual(['none'])
    expect(steps(after.then('officer', ivoDecision()))).toEqual(['none'])
    // Under one law it ends nothing that was asked for under another.
    const twofold = decided('serious', 'SoL', 'HSL')
      .then('decider', ivo(true))
      .then('officer', sent())
      .then('officer', ivoRequest())
      .then('medical', refer)
      .then('medical', decideLexMaria(true))
      .then('medical', sent('lex-maria'))
      .then('medical', ivoRequest('lex-maria'))
    const asked = (s: Story): readonly string[] => steps(s).filter((step) => step.startsWith('answer-ivo'))
    expect(asked(twofold)).toEqual(['answer-ivo lex-sarah/1', 'answer-ivo lex-maria/2'])
    expect(asked(twofold.then('medical', ivoDecision('lex-maria')))).toEqual(['answer-ivo lex-sarah/1'])
  })
  it('is owed also by a case that is recorded as a duplicate', () => {
    const original = { ...misconduct().facts, id: 'earlier', reportedAt: '2026-03-01T00:00:00.000Z' }
    const gone = takenOver().then('decider', ivo(true)).then('officer', sent()).then('officer', duplicate, { original })
    expect(steps(gone)).toEqual(['record-ivo-receipt lex-sarah', 'send-ivo-investigation lex-sarah'])
  })
})

describe('a notification on a deficient private operator', () => {
  it('is the nämnd’s to decide, and nobody’s at a provider', () => {
    const theirs = story('worker', { unit: 'nattugglan-lss', reportedType: 'misconduct' })
    expect(reasons(theirs.when('private-decider', ivo(true, 'deficient-private-operator')))).toEqual(['not-at-an-authority'])
    const review = story('worker', { origin: 'external-review' })
    expect(may(review, ivo(true, 'deficient-private-operator'))).toEqual(['decider'])
    const yes = review.then('decider', ivo(true, 'deficient-private-operator'))
    expect(hindersClosing(yes.facts)).toContain('ivo-not-sent')
    expect(hindersClosing(yes.then('decider', ivo(false, 'deficient-private-operator')).facts)).not.toContain('ivo-not-sent')
    expect(may(yes, sent('deficient-private-operator'))).toEqual(['officer'])
    const done = yes.then('officer', sent('deficient-private-operator')).then('registrar', receipt('deficient-private-operator'))
    expect(steps(done)).toEqual(['assess social'])
  })
  it('is sent by the medical officer where only the health law applies', () => {
    const yes = story('worker', { origin: 'external-review', legalAreas: ['HSL'] }).then('decider', ivo(true, 'deficient-private-operator'))
    expect(nextSteps(yes.facts).find((d) => d.step === 'send-ivo')?.responsible.role).toBe('medical-officer')
    expect(may(yes, sent('deficient-private-operator'))).toEqual(['medical'])
  })
})
