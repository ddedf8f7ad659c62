import type { Degree, Group, IvoLaw, LegalArea } from '#events/codes'
import type { CaseCommand, CommandOf, ReportBatch } from '#libs/deviation/commands'
import { aReport, story, type Story } from '#libs/deviation/testing/world'
import type { Decision } from '#libs/kernel/transact'

/** Commands for specs, with content that no rule looks at. */
export const text = 'text'
export const at = '2026-03-01T00:00:00.000Z'
export const effect = { what: text, direction: 'up', lowestAcceptedResult: 90, checkOn: '2026-06-01' } as const

/** What a decision came to, for comparing: the codes of a refusal, of faulty fields, else its kind. */
export const reasons = (decision: Decision<unknown>): readonly string[] => {
  if (decision.kind === 'refused') return decision.reasons.map((r) => r.code)
  return decision.kind === 'invalid' ? decision.faults.map((f) => `${f.pointer} ${f.code}`) : [decision.kind]
}

export const assess = (outcome: CommandOf<'assess'>['outcome'], more: Partial<CommandOf<'assess'>> = {}): CaseCommand => ({
  intent: 'assess',
  group: 'social',
  outcome,
  category: 'annat',
  ...more,
})
export const assessHealth = (outcome: CommandOf<'assess'>['outcome'], more: Partial<CommandOf<'assess'>> = {}): CaseCommand => assess(outcome, { group: 'health', ...more })
export const score = (severity: number, likelihood: number, group: Group = 'social'): CaseCommand => ({ intent: 'score-risk', group, severity, likelihood })
export const openInvestigation = (kind: CommandOf<'open-investigation'>['kind'], group: Group = 'social'): CaseCommand => ({ intent: 'open-investigation', kind, group })
export const investigation = (group?: Group): CaseCommand => ({
  intent: 'complete-investigation',
  ...(group ? { group } : {}),
  whatHappened: text,
  consequences: text,
  howNoticed: text,
  whenHappened: text,
  causes: ['tidsbrist'],
  happenedBefore: text,
  couldHappenAgain: text,
})
export const propose = (measureId: string, more: Partial<CommandOf<'propose-measure'>> = {}): CaseCommand => ({
  intent: 'propose-measure',
  measureId,
  type: 'rutin',
  level: 'unit',
  timing: 'corrective',
  description: text,
  goal: text,
  responsibleUnit: 'barn',
  plannedCompletion: '2026-04-01',
  ...more,
})
export const decideMeasure = (measureId: string, decision: 'approved' | 'approved-in-part' | 'rejected' = 'approved'): CaseCommand => ({
  intent: 'decide-measures',
  decisions: [{ measureId, decision, motivation: text }],
})
export const completeMeasure = (measureId: string): CaseCommand => ({ intent: 'complete-measure', measureId, completedAt: at })
export const checkEffect = (measureId: string, result: number): CaseCommand => ({ intent: 'check-effect', measureId, result })
export const noMeasures: CaseCommand = { intent: 'decide-no-measures', motivation: text }
export const close = (outcome: CommandOf<'close'>['outcome']): CaseCommand => ({ intent: 'close', outcome, motivation: text })
export const reopen: CaseCommand = { intent: 'reopen', reason: text }
export const noCase = (outcome: 'withdrawn' | 'not-reportable'): CaseCommand => ({ intent: 'record-no-case', outcome, motivation: text })
export const duplicate: CaseCommand = { intent: 'record-no-case', outcome: 'duplicate', duplicateOf: 'earlier', motivation: text }
export const move = (toUnit: string): CaseCommand => ({ intent: 'move', toUnit, reason: text })

export const acknowledge: CaseCommand = { intent: 'acknowledge', to: text, how: text }
export const sendToRegistrar: CaseCommand = { intent: 'send-to-registrar' }
export const supplement: CaseCommand = { intent: 'supplement', text }
export const note: CaseCommand = { intent: 'add-note', text, kind: 'fact', source: text }
export const feedback = (to: CommandOf<'give-feedback'>['to']): CaseCommand => ({ intent: 'give-feedback', to, how: text, content: text })
export const waiveFeedback = (to: CommandOf<'waive-feedback'>['to']): CaseCommand => ({ intent: 'waive-feedback', to, reason: text })
export const correctAreas = (...legalAreas: CommandOf<'correct-legal-areas'>['legalAreas']): CaseCommand => ({ intent: 'correct-legal-areas', legalAreas, motivation: text })
export const immediateAction: CaseCommand = { intent: 'record-immediate-action', text, takenAt: at }

export const escalate: CaseCommand = { intent: 'escalate-to-lex-sarah', ground: text }
export const takeOver: CaseCommand = { intent: 'take-over-lex-sarah' }
export const decline: CaseCommand = { intent: 'decline-lex-sarah', motivation: text }
export const appoint = (subject: string): CaseCommand => ({ intent: 'appoint-investigator', subject })
export const degree = (intent: 'propose-degree' | 'decide-degree', value: Degree): CaseCommand => ({ intent, degree: value, motivation: text })
export const informAuthority: CaseCommand = { intent: 'inform-authority', informedAt: at, how: text }
export const informNamnden: CaseCommand = { ...informAuthority, authority: 'namnden' }

export const refer: CaseCommand = { intent: 'refer-to-lex-maria', ground: text }
export const decideLexMaria = (notify: boolean): CaseCommand => ({ intent: 'decide-lex-maria', notify, motivation: text })
export const informPatient: CaseCommand = { intent: 'inform-patient', informedAt: at, how: text, notedInRecord: true }
export const waivePatient: CaseCommand = { intent: 'waive-patient-information', reason: text }

export const ivo = (notify: boolean, law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'decide-ivo-notification', law, notify, motivation: text })
export const sent = (law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'record-ivo-sent', law, channel: 'post', sentAt: at, diaryNumber: 'SN 2026/1' })
export const receipt = (law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'record-ivo-receipt', law, ivoCaseNumber: '3.1-1/2026', receivedAt: at })
export const ivoInvestigation = (law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'record-ivo-investigation-sent', law, sentAt: at })
export const ivoRequest = (law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'record-ivo-request', law, what: text, due: '2026-05-01' })
export const ivoSupplement = (law: IvoLaw = 'lex-sarah', request?: number): CaseCommand => ({ intent: 'record-ivo-supplement', law, sentAt: at, request })
export const ivoExtension = (law: IvoLaw = 'lex-sarah', request?: number): CaseCommand => ({ intent: 'record-ivo-extension', law, newDue: '2026-06-01', request })
export const ivoDecision = (law: IvoLaw = 'lex-sarah'): CaseCommand => ({ intent: 'record-ivo-decision', law, outcome: text, decidedAt: at })

export const offer = (toUnit: string): CaseCommand => ({ intent: 'offer-handover', toUnit, reason: text })
export const offerOutside: CaseCommand = { intent: 'offer-handover', toExternal: 'Regionen', reason: text }
export const acceptHandover: CaseCommand = { intent: 'accept-handover', receivedBy: text, receipt: text }
export const declineHandover: CaseCommand = { intent: 'decline-handover', reason: text }
export const withdrawHandover: CaseCommand = { intent: 'withdraw-handover', reason: text }

export const declareConflict = (subject: string): CaseCommand => ({ intent: 'declare-conflict', subject, reason: text })
export const liftConflict = (subject: string): CaseCommand => ({ intent: 'lift-conflict', subject, reason: text })
export const extend = (deadline: string, newDue: string): CaseCommand => ({ intent: 'extend-deadline', deadline, newDue, reason: text })
export const restrict = (reason = 'protected-identity'): CaseCommand => ({ intent: 'restrict-access', reason })
export const liftRestriction: CaseCommand = { intent: 'lift-access-restriction', reason: text }
export const placeHold: CaseCommand = { intent: 'place-legal-hold', reason: text }
export const liftHold: CaseCommand = { intent: 'lift-legal-hold', reason: text }

export const aBatch: ReportBatch = { ...aReport, intent: 'report-batch', period: { from: '2026-02-01', to: '2026-02-28' }, count: 12 }

/** Cases that have come so far, at the unit `barn` unless said. */
export const misconduct = (...legalAreas: readonly LegalArea[]): Story => story('worker', { reportedType: 'misconduct', ...(legalAreas.length > 0 ? { legalAreas } : {}) })
export const takenOver = (...legalAreas: readonly LegalArea[]): Story => misconduct(...legalAreas).then('officer', takeOver)
export const proposed = (value: Degree, ...legalAreas: readonly LegalArea[]): Story =>
  takenOver(...legalAreas)
    .then('officer', appoint('investigator'))
    .then('investigator', openInvestigation('lex-sarah'))
    .then('investigator', investigation())
    .then('investigator', degree('propose-degree', value))
export const decided = (value: Degree, ...legalAreas: readonly LegalArea[]): Story => proposed(value, ...legalAreas).then('decider', degree('decide-degree', value))
