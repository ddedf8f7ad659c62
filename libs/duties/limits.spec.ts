import { describe, expect, it } from '@jest/globals'
import type { PolicyParts } from '#events/policy'
import { isRunning } from '#libs/deadlines/state'
import type { CaseCommand } from '#libs/deviation/commands'
import {
  acceptHandover,
  acknowledge,
  aBatch,
  appoint,
  assess,
  assessHealth,
  at,
  checkEffect,
  close,
  completeMeasure,
  correctAreas,
  decided,
  decideLexMaria,
  decideMeasure,
  declareConflict,
  decline,
  declineHandover,
  degree,
  duplicate,
  effect,
  escalate,
  extend,
  feedback,
  immediateAction,
  informAuthority,
  informPatient,
  investigation,
  ivo,
  ivoDecision,
  ivoExtension,
  ivoInvestigation,
  ivoRequest,
  ivoSupplement,
  misconduct,
  move,
  noCase,
  noMeasures,
  note,
  offer,
  openInvestigation,
  propose,
  proposed,
  reasons,
  receipt,
  refer,
  reopen,
  score,
  sent,
  takenOver,
  takeOver,
  text,
  waiveFeedback,
  waivePatient,
  withdrawHandover,
} from '#libs/deviation/testing/acts'
import { original } from '#libs/deviation/testing/paths'
import { now, organisation, story, type Story } from '#libs/deviation/testing/world'
import { nextSteps } from '#libs/duties/duties'
import { deadlineOf, metBy, nearestDeadline, owedInTime } from '#libs/duties/limits'
import { defaultPolicy, type Policy } from '#libs/policy/policy'

/** Monday, a week into the case. */
const later = '2026-03-09T12:00:00.000Z'
const withdrawn = (s: Story): Story => s.then('manager', assess('not-a-deviation', { motivation: text }))

const plain = story('worker')
const complaint = story('worker', { reportedType: 'complaint' })
const wanted = story('worker', { wantsFeedback: true })
const both = story('worker', { legalAreas: ['SoL', 'HSL'] })
const health = story('care-worker', { unit: 'boende', legalAreas: ['HSL'] })
const suspicion = plain.then('manager', assess('suspected-misconduct'))
const injury = health.then('care-medical', assessHealth('suspected-care-injury'))
const referred = injury.then('care-medical', refer)
const scored = plain.then('manager', assess('deviation')).then('manager', score(3, 3))
const notified = decided('misconduct').then('decider', ivo(true))
const careInjury = referred.then('care-medical', decideLexMaria(true))
/** Notified before the investigation is complete, which then follows. */
const early = takenOver().then('decider', ivo(true))
const asked = notified.then('officer', sent()).then('officer', ivoRequest())
const privately = story('private-manager', { reportedType: 'misconduct', legalAreas: ['LSS'], unit: 'nattugglan-lss' })
const offered = plain.then('manager', offer('boende'))
const approved = plain.then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1'))
const criterion = (checkOn: string): CaseCommand => ({ intent: 'set-effect-criterion', measureId: 'm1', ...effect, checkOn })
const clear = plain.then('manager', assess('not-a-deviation'))
const sentOn = (sentAt: string): CaseCommand => ({ intent: 'record-ivo-sent', law: 'lex-sarah', channel: 'post', sentAt, diaryNumber: 'SN 2026/1' })
const closed = clear.then('manager', close('not-a-deviation'))

const found = ({ facts }: Story, id: string) => facts.deadlines.find((d) => d.id === id)
/** When a deadline is due, as one that ends with its day or at an instant; else that there is none. */
const due = (s: Story, id: string): string => {
  const d = found(s, id)
  if (!d) return 'none'
  return /T2[23]:00:00\.000Z$/.test(d.dueInstant) ? d.due : d.dueInstant
}
/** What became of a deadline: that it runs, or when it was met, or that it lapsed. */
const fate = (s: Story, id: string): string => {
  const d = found(s, id)
  return d?.metAt ?? d?.state ?? 'none'
}

/** One line of the table of case format §6: what sets it, when it is due, and what each thing that may happen next makes of it. */
type Line = readonly [id: string, due: string, set: readonly [string, Story][], then: readonly [string, Story, fate: string][]]
const lines: readonly Line[] = [
  [
    'acknowledge',
    '2026-03-04',
    [
      ['a complaint', complaint],
      ['a suggestion', story('worker', { reportedType: 'suggestion' })],
      ['a report whose sender wants feedback', wanted],
    ],
    [
      ['acknowledged', complaint.at(later).then('manager', acknowledge), later],
      ['acknowledged to her who wants feedback', wanted.at(later).then('manager', acknowledge), later],
      ['the sender turns out to be unknown', complaint.then('manager', waiveFeedback('complainant')), 'lapsed'],
      ['answered before it was acknowledged', wanted.then('manager', feedback('reporter')), 'lapsed'],
      ['withdrawn', complaint.then('manager', noCase('withdrawn')), 'lapsed'],
      ['assessed', wanted.then('manager', assess('deviation')), 'running'],
    ],
  ],
  [
    'assess',
    // 7 March is a Saturday.
    '2026-03-09',
    [
      ['a report', plain],
      ['a report under two groups of law', both],
      ['many in one', story('worker', aBatch)],
    ],
    [
      ['assessed', plain.at(later).then('manager', assess('deviation')), later],
      ['one group of two', both.at(later).then('manager', assess('deviation')), 'running'],
      ['two groups of two', both.then('manager', assess('deviation')).at(later).then('medical', assessHealth('deviation')), later],
      ['suspected', plain.at(later).then('manager', assess('suspected-misconduct')), later],
      ['the group that nobody assessed is corrected away', both.then('manager', assess('deviation')).then('manager', correctAreas('SoL')), 'lapsed'],
      ['no case', plain.then('manager', noCase('not-reportable')), 'lapsed'],
      ['moved', plain.then('manager', move('missbruk')), 'running'],
      ['in conflict', plain.then('manager', declareConflict('manager')), 'running'],
      ['handed over', offered.then('care-manager', acceptHandover), 'running'],
    ],
  ],
  [
    'protect',
    '2026-03-03T09:00:00.000Z',
    [
      ['a report of misconduct', misconduct()],
      ['a suspicion of misconduct', suspicion],
      ['an escalation of what nobody had suspected', plain.then('officer', escalate)],
      ['a suspected care injury', injury],
      ['a referral of what nobody had suspected', health.then('care-medical', refer)],
    ],
    [
      ['an action, taken before it was recorded', misconduct().at(later).then('manager', immediateAction), at],
      ['an action on a care injury', injury.then('care-medical', immediateAction), at],
      ['suspicion withdrawn', withdrawn(suspicion), 'lapsed'],
      ['care injury withdrawn', injury.then('care-medical', assessHealth('deviation', { motivation: text })), 'lapsed'],
      ['declined', misconduct().then('officer', decline), 'lapsed'],
      ['decided', decided('serious'), 'lapsed'],
      ['lex Maria decided', careInjury, 'lapsed'],
      ['duplicate', misconduct().then('officer', duplicate, { original }), 'lapsed'],
      ['escalated', suspicion.then('manager', escalate), 'running'],
      ['suspected once more', suspicion.then('manager', assess('suspected-misconduct')), 'running'],
      ['referred', referred, 'running'],
      ['taken over', takenOver(), 'running'],
    ],
  ],
  [
    'start-investigation',
    '2026-03-12',
    [
      ['a score that asks for it', scored],
      ['a score days later, counted from the report', plain.then('manager', assess('deviation')).at(later).then('manager', score(3, 3))],
    ],
    [
      ['opened', scored.at(later).then('manager', openInvestigation('standard')), later],
      ['a lower score', scored.then('manager', score(1, 1)), 'lapsed'],
      ['assessed as none', withdrawn(scored), 'lapsed'],
      ['escalated', scored.then('officer', escalate), 'lapsed'],
      ['one group of two', both.then('manager', assess('deviation')).then('manager', score(3, 3)).then('medical', assessHealth('deviation')).then('medical', score(3, 3, 'health')).then('manager', openInvestigation('simple')), 'running'],
    ],
  ],
  [
    'answer-complaint',
    '2026-03-16',
    [
      ['a complaint', complaint],
      ['a suggestion', story('worker', { reportedType: 'suggestion' })],
    ],
    [
      ['answered', complaint.at(later).then('manager', feedback('complainant')), later],
      ['waived', complaint.then('manager', waiveFeedback('complainant')), 'lapsed'],
      ['feedback to another', complaint.then('manager', feedback('reporter')), 'running'],
      ['acknowledged', complaint.then('manager', acknowledge), 'running'],
    ],
  ],
  [
    'lex-sarah-assessment',
    '2026-03-05',
    [
      ['a report of misconduct', misconduct()],
      ['an escalation', suspicion.then('manager', escalate)],
    ],
    [
      ['taken over', misconduct().at(later).then('officer', takeOver), later],
      ['declined', misconduct().at(later).then('officer', decline), later],
      ['duplicate', misconduct().then('officer', duplicate, { original }), 'lapsed'],
      ['moved', misconduct().then('manager', move('missbruk')), 'running'],
    ],
  ],
  [
    'investigate-lex-sarah',
    '2026-04-02',
    [
      ['taken over', takenOver()],
      ['taken over later, counted from the report', misconduct().at(later).then('officer', takeOver)],
    ],
    [
      ['decided', proposed('serious').at(later).then('decider', degree('decide-degree', 'serious')), later],
      ['declined', takenOver().then('officer', decline), 'lapsed'],
      ['investigated', proposed('none'), 'running'],
    ],
  ],
  [
    'notify-ivo/lex-sarah',
    '2026-03-05T09:00:00.000Z',
    [
      ['a serious degree', decided('serious')],
      ['a tangible risk of a serious one', decided('tangible-risk-of-serious')],
      ['a decision to notify', notified],
      ['a decision to notify before the degree', early],
    ],
    [
      ['the decision on a serious degree', decided('serious').then('decider', ivo(true)), 'running'],
      ['sent', notified.at(later).then('officer', sent()), at],
      ['no after all', notified.then('decider', ivo(false)), 'lapsed'],
    ],
  ],
  ['notify-ivo/lex-maria', '2026-03-05T09:00:00.000Z', [['lex Maria decided', careInjury]], [['sent', careInjury.then('care-medical', sent('lex-maria')), at]]],
  [
    'complete-ivo-investigation/lex-sarah',
    // 2 May is a Saturday.
    '2026-05-04',
    [
      ['a decision to notify', early],
      ['a decision that comes later, counted from the report', takenOver().at(later).then('decider', ivo(true))],
    ],
    [
      ['sent after the notification', early.then('officer', sent()).at(later).then('officer', ivoInvestigation()), at],
      ['complete when the notification is sent', notified.at(later).then('officer', sent()), at],
      ['notified, not complete', early.then('officer', sent()), 'running'],
      ['no after all', early.then('decider', ivo(false)), 'lapsed'],
      ['IVO decides before it has come', early.then('officer', sent()).then('officer', ivoDecision()), 'lapsed'],
    ],
  ],
  ['complete-ivo-investigation/lex-maria', '2026-05-04', [['lex Maria decided', careInjury]], [['sent', careInjury.then('care-medical', sent('lex-maria')).then('care-medical', ivoInvestigation('lex-maria')), at]]],
  [
    'answer-ivo/1',
    // A public holiday: the day is IVO's.
    '2026-05-01',
    [['a request', asked]],
    [
      ['answered', asked.at(later).then('officer', ivoSupplement()), at],
      ['IVO decides', asked.then('officer', ivoDecision()), 'lapsed'],
      ['another request', asked.then('officer', ivoRequest()), 'running'],
      ['another is answered', asked.then('officer', ivoRequest()).then('officer', ivoSupplement('lex-sarah', 2)), 'running'],
    ],
  ],
  [
    'inform-patient',
    '2026-03-05T09:00:00.000Z',
    [
      ['a suspected care injury', injury],
      ['a referral', health.then('care-medical', refer)],
    ],
    [
      ['informed', injury.at(later).then('care-medical', informPatient), at],
      ['waived', injury.at(later).then('care-medical', waivePatient), later],
      ['withdrawn', injury.then('care-medical', assessHealth('deviation', { motivation: text })), 'lapsed'],
      ['lex Maria decided', careInjury, 'running'],
    ],
  ],
  [
    'inform-authority',
    '2026-03-03',
    [['an escalation at a private provider', privately]],
    [
      ['informed', privately.at(later).then('private-officer', informAuthority), at],
      ['declined: the nämnd is told of every report', privately.then('private-officer', decline), 'running'],
    ],
  ],
  [
    'answer-handover',
    '2026-03-04',
    [['offered', offered]],
    [
      ['accepted', offered.at(later).then('care-manager', acceptHandover), later],
      ['declined', offered.at(later).then('care-manager', declineHandover), later],
      ['withdrawn', offered.at(later).then('manager', withdrawHandover), later],
    ],
  ],
  [
    'complete-measure/m1',
    '2026-04-01',
    [
      ['approved', approved],
      ['approved without a criterion', plain.then('manager', propose('m1')).then('manager', decideMeasure('m1'))],
    ],
    [
      ['completed', approved.at(later).then('manager', completeMeasure('m1')), at],
      ['cancelled', approved.then('manager', { intent: 'cancel-measure', measureId: 'm1', motivation: text }), 'lapsed'],
      ['another is completed', approved.then('manager', propose('m2', { effect })).then('manager', decideMeasure('m2')).then('manager', completeMeasure('m2')), 'running'],
      ['no case', approved.then('manager', noCase('withdrawn')), 'lapsed'],
    ],
  ],
  [
    'check-effect/m1',
    '2026-06-01',
    [
      ['approved', approved],
      ['a criterion set after the approval', plain.then('manager', propose('m1')).then('manager', decideMeasure('m1')).then('manager', criterion('2026-06-01'))],
    ],
    [
      ['completed', approved.then('manager', completeMeasure('m1')), 'running'],
      ['checked', approved.then('manager', completeMeasure('m1')).at(later).then('manager', checkEffect('m1', 0)), later],
      ['cancelled', approved.then('manager', { intent: 'cancel-measure', measureId: 'm1', motivation: text }), 'lapsed'],
    ],
  ],
  [
    'close',
    '2026-05-04',
    [
      ['a report', plain],
      ['a complaint', complaint],
      ['praise', story('worker', { reportedType: 'praise' })],
    ],
    [
      ['closed', clear.at(later).then('manager', close('not-a-deviation')), later],
      ['no case', plain.then('manager', noCase('withdrawn')), 'lapsed'],
      ['escalated', plain.then('officer', escalate), 'running'],
    ],
  ],
]

describe('what a case owes in time', () => {
  it('has a line for every row of the policy that is about a case', () => {
    const others = ['self-check', 'review-policy', 'review-access-log', 'tertial-report']
    const keys = new Set(lines.map(([id]) => id.replace(/\/.*/, '')))
    expect(defaultPolicy.deadlines.map(({ key }) => key).filter((key) => !others.includes(key) && !keys.has(key))).toEqual([])
  })
  describe.each(lines)('%s, due %s', (id, day, set, then) => {
    it.each(set)('is set by %s', (_, s) => {
      expect([due(s, id), fate(s, id)]).toEqual([day, 'running'])
      expect(s.types.at(-1) === 'deadlines-set' || s.types.at(-1) === 'deadline-extended').toBe(true)
    })
    it.each(then)('%s: %s', (_, s, end) => {
      expect(fate(s, id)).toBe(end)
    })
  })
  it('counts from when a report was received, not from when it was typed in; at once is from the suspicion', () => {
    const typed = story('worker', { receivedAt: '2026-02-26T15:00:00.000Z', wantsFeedback: true, reportedType: 'misconduct' })
    expect(typed.facts.deadlines.map(({ id }) => [id, due(typed, id)])).toEqual([
      ['acknowledge', '2026-03-02'],
      ['protect', '2026-03-03T09:00:00.000Z'],
      ['lex-sarah-assessment', '2026-03-05'],
      ['close', '2026-04-27'],
    ])
  })
  it('is nothing that nobody can do: who is unknown is neither thanked nor answered, praise is not assessed', () => {
    expect(story('worker', { reportedType: 'complaint', anonymous: true }).facts.deadlines.map(({ id }) => id)).toEqual(['close'])
    expect(story('worker', { wantsFeedback: true, anonymous: true }).facts.deadlines.map(({ id }) => id)).toEqual(['assess', 'close'])
    expect(story('worker', { reportedType: 'praise' }).facts.deadlines.map(({ id }) => id)).toEqual(['close'])
  })
  it('lies with whom the duty lies with', () => {
    const whose = ({ facts }: Story, key: string): string[] => owedInTime(facts).flatMap((o) => (o.key === key ? [`${o.responsible.role}@${o.responsible.unit}`] : []))
    expect(whose(plain, 'assess')).toEqual(['unit-manager@barn'])
    expect(whose(health, 'assess')).toEqual(['medical-officer@boende'])
    expect([suspicion, misconduct(), injury, referred, health.then('care-medical', refer)].map((s) => whose(s, 'protect')[0])).toEqual(['unit-manager@barn', 'lex-sarah-officer@namnden', 'medical-officer@boende', 'medical-officer@boende', 'medical-officer@boende'])
    expect(whose(offered, 'answer-handover')).toEqual(['unit-manager@boende'])
    expect([whose(decided('serious'), 'notify-ivo'), whose(notified, 'notify-ivo'), whose(careInjury, 'notify-ivo')]).toEqual([['decision-maker@barn'], ['lex-sarah-officer@barn'], ['medical-officer@boende']])
    expect(whose(asked, 'answer-ivo')).toEqual(['lex-sarah-officer@barn'])
    // A degree other than none is the officer's to close, though the case is back at its unit.
    expect([plain, misconduct(), takenOver(), decided('none'), decided('misconduct'), decided('misconduct').then('officer', noMeasures)].map((s) => whose(s, 'close')[0])).toEqual([
      'unit-manager@barn',
      'lex-sarah-officer@namnden',
      'lex-sarah-officer@namnden',
      'unit-manager@barn',
      'lex-sarah-officer@barn',
      'lex-sarah-officer@barn',
    ])
  })
  it('is not asked of a measure before somebody has decided on it', () => {
    expect(plain.then('manager', propose('m1', { effect })).facts.deadlines.map(({ id }) => id)).toEqual(['assess', 'close'])
    expect(found(plain.then('manager', propose('m1', { effect })).then('manager', decideMeasure('m1', 'rejected')), 'complete-measure/m1')).toBeUndefined()
  })
  it('runs for each law, each measure and each request by itself', () => {
    const two = asked.then('officer', ivoRequest()).then('decider', ivo(true, 'deficient-private-operator'))
    expect(two.facts.deadlines.filter(isRunning).map(({ id }) => id)).toEqual(['close', 'answer-ivo/1', 'answer-ivo/2', 'notify-ivo/deficient-private-operator'])
    expect(two.then('officer', ivoSupplement('lex-sarah', 2)).facts.deadlines.filter(isRunning).map(({ id }) => id)).toEqual(['close', 'answer-ivo/1', 'notify-ivo/deficient-private-operator'])
  })
  it('is asked anew where the duty comes back, under another id', () => {
    const again = withdrawn(suspicion).at(later).then('manager', assess('suspected-misconduct'))
    expect([due(again, 'protect'), due(again, 'protect/2')]).toEqual(['2026-03-03T09:00:00.000Z', '2026-03-10T12:00:00.000Z'])
    // An action that was taken before does not protect from what is suspected after it.
    const acted = suspicion.then('manager', immediateAction)
    expect(fate(withdrawn(acted).then('manager', assess('suspected-misconduct')), 'protect/2')).toBe('running')
    expect(fate(acted.then('manager', escalate), 'protect/2')).toBe('none')
    const offeredTwice = offered.then('manager', withdrawHandover).at(later).then('manager', offer('boende'))
    expect([fate(offeredTwice, 'answer-handover'), due(offeredTwice, 'answer-handover/2')]).toEqual([now, '2026-03-11'])
  })
  it('goes on towards IVO when the case is closed', () => {
    const done = asked.then('officer', receipt()).then('officer', noMeasures).then('officer', close('misconduct'))
    expect(done.facts.deadlines.filter(isRunning).map(({ id }) => id)).toEqual(['answer-ivo/1'])
    expect(fate(done.at(later).then('officer', ivoSupplement()), 'answer-ivo/1')).toBe(at)
  })
})

describe('a case that is reopened', () => {
  it('is to be closed in a time that counts from there', () => {
    const again = closed.at('2026-05-20T09:00:00.000Z').then('manager', reopen)
    expect([fate(again, 'close'), due(again, 'close/2'), fate(again, 'close/2')]).toEqual([now, '2026-07-20', 'running'])
    expect(again.types.slice(-2)).toEqual(['deviation-reopened', 'deadlines-set'])
  })
  it('where it was no case is to be assessed as well', () => {
    const again = plain.then('manager', noCase('withdrawn')).at(later).then('manager', reopen)
    expect(again.facts.deadlines.map(({ id, state }) => [id, state, due(again, id)])).toEqual([
      ['assess', 'lapsed', '2026-03-09'],
      ['close', 'lapsed', '2026-05-04'],
      // 14 March is a Saturday, 9 May as well.
      ['assess/2', 'running', '2026-03-16'],
      ['close/2', 'running', '2026-05-11'],
    ])
  })
})

describe('a measure whose effect is checked later than the case is to be closed', () => {
  it('moves the closing to ten working days after the check, in the append that approves it', () => {
    expect(approved.types.slice(-3)).toEqual(['measures-decided', 'deadlines-set', 'deadline-extended'])
    expect(approved.events.at(-1)?.data).toMatchObject({ deadline: 'close', because: 'effect-check' })
    expect(due(approved, 'close')).toBe('2026-06-15')
  })
  it('moves it again when the check moves on, with the day of the check, and never back', () => {
    const on = approved.then('manager', criterion('2026-09-01'))
    expect([due(on, 'check-effect/m1'), due(on, 'close')]).toEqual(['2026-09-01', '2026-09-15'])
    expect(on.types.slice(-3)).toEqual(['effect-criterion-set', 'deadline-extended', 'deadline-extended'])
    const back = on.then('manager', criterion('2026-04-15'))
    expect([due(back, 'check-effect/m1'), due(back, 'close')]).toEqual(['2026-04-15', '2026-09-15'])
  })
  it('leaves a closing that comes after it, and waits for no measure that nobody approved', () => {
    const soon = plain.then('manager', propose('m1', { effect: { ...effect, checkOn: '2026-05-04' } })).then('manager', decideMeasure('m1'))
    expect(due(soon, 'close')).toBe('2026-05-04')
    expect(due(plain.then('manager', propose('m1', { effect })), 'close')).toBe('2026-05-04')
  })
  it('moves the closing of a case that is reopened in the append that sets it', () => {
    const undone = approved.then('manager', completeMeasure('m1')).then('manager', noCase('withdrawn'))
    const again = undone.then('manager', reopen)
    expect([fate(again, 'check-effect/m1'), due(again, 'check-effect/m1/2'), due(again, 'close/2')]).toEqual(['lapsed', '2026-06-01', '2026-06-15'])
  })
})

describe('the days of IVO', () => {
  it('move with the request that IVO gave more time for', () => {
    const moved = asked.then('officer', ivoRequest()).then('officer', ivoExtension('lex-sarah', 2))
    expect([due(moved, 'answer-ivo/1'), due(moved, 'answer-ivo/2')]).toEqual(['2026-05-01', '2026-06-01'])
    expect(moved.events.at(-1)?.data).toMatchObject({ deadline: 'answer-ivo/2', because: 'ivo' })
  })
  it('move no investigation with a request', () => {
    const moved = early.then('officer', sent()).then('officer', ivoRequest()).then('officer', ivoExtension('lex-sarah', 1))
    expect([due(moved, 'answer-ivo/1'), due(moved, 'complete-ivo-investigation/lex-sarah')]).toEqual(['2026-06-01', '2026-05-04'])
  })
  it('move the investigation where they name no request, and nothing where it has come', () => {
    const moved = early.then('officer', sent()).then('officer', ivoExtension())
    expect(due(moved, 'complete-ivo-investigation/lex-sarah')).toBe('2026-06-01')
    expect(moved.events.at(-1)?.data).toMatchObject({ because: 'ivo' })
    expect(moved.then('officer', ivoExtension()).types.at(-1)).toBe('ivo-extension-granted')
    expect(asked.then('officer', ivoExtension()).types.at(-1)).toBe('ivo-extension-granted')
  })
  it('count from the notification where the policy says so, and only then', () => {
    const counted = (d: PolicyParts['deadlines'][number]) => (d.key === 'complete-ivo-investigation' ? { ...d, countedFrom: 'sent' as const } : d)
    const policy: Policy = { ...defaultPolicy, deadlines: defaultPolicy.deadlines.map(counted) }
    const report = story('worker', { reportedType: 'misconduct' }, organisation, policy).then('officer', takeOver).then('decider', ivo(true))
    const id = 'complete-ivo-investigation/lex-sarah'
    expect(due(report, id)).toBe('none')
    const later = report.at('2026-03-20T09:00:00.000Z')
    const notification = later.then('officer', sent())
    // Sent on the first of March, as the command says.
    expect(due(notification, id)).toBe('2026-05-04')
    expect(due(later.then('officer', sentOn('2026-03-18T09:00:00.000Z')), id)).toBe('2026-05-18')
    expect(fate(notification.then('officer', receipt()).then('officer', ivoInvestigation()), id)).toBe(at)
    expect(due(notification.then('officer', receipt()), `${id}/2`)).toBe('none')
    // Complete when it was sent, nothing is left to follow.
    const complete = report.then('officer', appoint('investigator')).then('investigator', openInvestigation('lex-sarah')).then('investigator', investigation()).then('officer', sent())
    expect(due(complete, id)).toBe('none')
  })
})

describe('more time', () => {
  it('is given to a running deadline, later than it is due, with a reason', () => {
    const longer = plain.then('manager', extend('close', '2026-06-30'))
    expect(longer.types.at(-1)).toBe('deadline-extended')
    expect(longer.events.at(-1)?.data).toEqual({ deadline: 'close', due: '2026-06-30', dueInstant: '2026-06-30T22:00:00.000Z', warn: '2026-06-16', warnInstant: '2026-06-15T22:00:00.000Z', because: 'decided', reason: text })
    expect(due(longer, 'close')).toBe('2026-06-30')
    // A measure keeps the day that was chosen, and more time stands until another day is chosen.
    const measure = approved.then('manager', extend('complete-measure/m1', '2026-05-15')).then('manager', note)
    expect(due(measure, 'complete-measure/m1')).toBe('2026-05-15')
  })
  it('lets a check that moves later still move the closing', () => {
    const longer = approved.then('manager', extend('close', '2026-06-30')).then('manager', criterion('2026-07-15'))
    expect(due(longer, 'close')).toBe('2026-07-29')
  })
  it.each<readonly [string, Story, string, CaseCommand, readonly string[]]>([
    ['what was never set', plain, 'manager', extend('close/2', '2026-06-30'), ['/deadline deadline-unknown']],
    ['what is met', clear, 'manager', extend('assess', '2026-06-30'), ['deadline-ended']],
    ['what the law wants at once', suspicion, 'manager', extend('protect', '2026-06-30'), ['deadline-never-moves']],
    ['the notification to IVO', notified, 'officer', extend('notify-ivo/lex-sarah', '2026-06-30'), ['deadline-never-moves']],
    ['the patient', injury, 'care-medical', extend('inform-patient', '2026-06-30'), ['deadline-never-moves']],
    ['an answer to IVO', asked, 'officer', extend('answer-ivo/1', '2026-06-30'), ['deadline-is-ivos']],
    ['the investigation to IVO', early, 'officer', extend('complete-ivo-investigation/lex-sarah', '2026-06-30'), ['deadline-is-ivos']],
    ['a day that is not later', plain, 'manager', extend('close', '2026-05-04'), ['deadline-not-later']],
    ['a day that is gone', plain.at('2026-05-20T09:00:00.000Z'), 'manager', extend('close', '2026-05-19'), ['deadline-not-later']],
    ['with every reason', withdrawn(suspicion), 'manager', extend('protect', '2026-03-03'), ['deadline-ended', 'deadline-never-moves', 'deadline-not-later']],
    ['by whom the case is not', plain, 'worker', extend('close', '2026-06-30'), ['forbidden']],
  ])('is not given: %s', (_, s, who, command, codes) => {
    expect(reasons(s.when(who, command))).toEqual(codes)
  })
})

describe('the deadline of a next step', () => {
  const step = (s: Story, name: string, subject?: string): readonly (string | undefined)[] => nextSteps(s.facts).filter((d) => d.step === name && (subject === undefined || d.subject === subject)).map((d) => deadlineOf(s.facts, d)?.id)
  const bothScored = both.then('manager', assess('deviation')).then('manager', score(3, 3)).then('medical', assessHealth('deviation')).then('medical', score(3, 3, 'health'))
  const appointed = takenOver('SoL', 'HSL').then('medical', assessHealth('deviation')).then('medical', score(3, 3, 'health')).then('officer', appoint('investigator'))
  const opened = appointed.then('investigator', openInvestigation('lex-sarah'))
  it.each<readonly [string, Story, string | undefined]>([
    ['acknowledge', complaint, 'acknowledge'],
    ['answer-complaint', complaint, 'answer-complaint'],
    ['send-to-registrar', complaint, 'close'],
    ['assign-diary-number', complaint.then('manager', { intent: 'request-diary-number' }), undefined],
    ['assess', plain, 'assess'],
    ['score-risk', plain.then('manager', assess('deviation')), 'close'],
    ['investigate', scored, 'start-investigation'],
    ['complete-investigation', scored.then('manager', openInvestigation('simple')), 'close'],
    // Another group's is not its own.
    ['complete-investigation', bothScored.then('manager', openInvestigation('simple')), 'close'],
    ['escalate-or-clear', suspicion, 'protect'],
    ['escalate-or-clear', suspicion.then('manager', immediateAction), 'close'],
    ['escalate-or-clear', injury, 'protect'],
    ['take-over-lex-sarah', misconduct(), 'lex-sarah-assessment'],
    ['appoint-investigator', takenOver(), 'investigate-lex-sarah'],
    ['complete-investigation', opened, 'investigate-lex-sarah'],
    ['propose-degree', opened.then('investigator', investigation()), 'investigate-lex-sarah'],
    ['decide-degree', proposed('none'), 'investigate-lex-sarah'],
    ['decide-ivo', decided('serious'), 'notify-ivo/lex-sarah'],
    ['decide-ivo', decided('misconduct'), 'close'],
    ['send-ivo', notified, 'notify-ivo/lex-sarah'],
    ['record-ivo-receipt', notified.then('officer', sent()), 'close'],
    ['send-ivo-investigation', early.then('officer', sent()), 'complete-ivo-investigation/lex-sarah'],
    ['answer-ivo', asked, 'answer-ivo/1'],
    ['decide-lex-maria', referred, 'close'],
    ['inform-patient', injury, 'inform-patient'],
    ['inform-authority', privately, 'inform-authority'],
    ['answer-handover', offered, 'answer-handover'],
    ['propose-measures', plain.then('manager', assess('deviation')), 'close'],
    ['decide-measures', plain.then('manager', propose('m1')), 'close'],
    ['complete-measures', approved, 'complete-measure/m1'],
    ['check-effect', approved.then('manager', completeMeasure('m1')), 'check-effect/m1'],
    ['give-feedback', wanted, 'close'],
    ['close', clear, 'close'],
    ['none', closed, undefined],
  ])('%s', (name, s, id) => {
    expect(step(s, name)).toEqual([id])
  })
  it('is the group’s own where two investigate', () => {
    expect(step(bothScored, 'investigate', 'health')).toEqual(['start-investigation'])
    // Lex Sarah's investigation is one thing, the health group's another.
    expect(nextSteps(appointed.facts).flatMap((d) => (d.step === 'investigate' ? [[d.subject, deadlineOf(appointed.facts, d)?.id]] : []))).toEqual([
      ['health', 'start-investigation'],
      [undefined, 'investigate-lex-sarah'],
    ])
  })
  it('is none when it is over, and the nearest of a case is the one that is due first', () => {
    expect(step(clear.then('manager', { intent: 'request-diary-number' }).then('manager', close('not-a-deviation')), 'assign-diary-number')).toEqual([undefined])
    expect([nearestDeadline(plain.facts)?.id, nearestDeadline(clear.facts)?.id, nearestDeadline(closed.facts)?.id]).toEqual(['assess', 'close', undefined])
  })
})

it('what meets a deadline names what it is about, and says when it happened where it does', () => {
  const completed = (measureId: string) => ({ type: 'measure-completed', data: { measureId, completedAt: at } })
  const m1 = { key: 'complete-measure', subject: 'm1' } as const
  expect([metBy(m1, [completed('m2')], now), metBy(m1, [completed('m2'), completed('m1')], now), metBy({ key: 'assess' }, [{ type: 'deviation-assessed', data: {} }], now), metBy({ key: 'self-check' }, [completed('m1')], now)]).toEqual([undefined, at, now, undefined])
})
