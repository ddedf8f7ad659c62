import type {
  AssessmentOutcome,
  ClosingOutcome,
  Degree,
  FeedbackReceiver,
  Group,
  IvoLaw,
  LegalArea,
  MeasureLevel,
  ReportedType,
} from '#events/codes'
import type { causes, channels, answers, concerns, directions, investigationKinds, ivoChannels, measureDecisions, measureTimings, measureTypes, noCaseOutcomes, noteKinds, origins } from '#events/codes'

type OneOf<C extends readonly string[]> = C[number]
interface Named<I extends string> {
  readonly intent: I
}

/** Rapport. `unit` is any unit, also another provider's; `onBehalfOf` is the login of the colleague whose observation it is. */
export interface Report extends Named<'report'> {
  readonly origin: OneOf<typeof origins>
  readonly channel: OneOf<typeof channels>
  readonly reportedType: ReportedType
  readonly legalAreas: readonly LegalArea[]
  readonly unit: string
  readonly occurredAt?: string | undefined
  readonly occurredApproximately?: boolean | undefined
  readonly discoveredAt?: string | undefined
  readonly receivedAt?: string | undefined
  readonly receivedLateReason?: string | undefined
  readonly concerns: OneOf<typeof concerns>
  readonly individuals?: readonly { readonly name?: string | undefined; readonly personalNumber?: string | undefined; readonly protectedIdentity?: boolean | undefined }[] | undefined
  readonly description: string
  readonly immediateMeasures?: string | undefined
  readonly suggestedMeasures?: string | undefined
  readonly reporter?: { readonly name?: string | undefined; readonly title?: string | undefined; readonly contact?: string | undefined } | undefined
  readonly anonymous?: boolean | undefined
  readonly wantsFeedback?: boolean | undefined
  readonly concernsManager?: boolean | undefined
  readonly onBehalfOf?: string | undefined
  /** Why a report of misconduct is one; the description stands when it is absent. */
  readonly ground?: string | undefined
}
export interface EffectCriterion {
  readonly what: string
  readonly direction: OneOf<typeof directions>
  /** Lowest accepted result; with direction `down` the highest accepted. */
  readonly lowestAcceptedResult: number
  readonly checkOn: string
}
/** Samlerapport: one description of frequent, mild events of a period (Stockholm days). */
export interface ReportBatch extends Omit<Report, 'intent'>, Named<'report-batch'> {
  readonly period: { readonly from: string; readonly to: string }
  readonly count: number
}
type NamedGroup = { readonly group?: Group | undefined }

export type DeviationCommand =
  | Report
  | ReportBatch
  | (Named<'supplement'> & { readonly text: string })
  | (Named<'correct-legal-areas'> & { readonly legalAreas: readonly LegalArea[]; readonly motivation: string })
  | (Named<'acknowledge'> & { readonly to: string; readonly how: string; readonly diaryNumber?: string | undefined })
  | Named<'request-diary-number'>
  | (Named<'assign-diary-number'> & { readonly diaryNumber: string; readonly publicTitle: string })
  | (Named<'send-to-registrar'> & { readonly documents?: string | undefined })
  | (Named<'add-note'> & { readonly text: string; readonly kind: OneOf<typeof noteKinds>; readonly source: string; readonly authorTitle?: string | undefined })
  | (Named<'move'> & { readonly toUnit: string; readonly reason: string })
  /** To a unit of another provider or authority, or to an external party in words; exactly one of them. */
  | (Named<'offer-handover'> & { readonly toUnit?: string | undefined; readonly toExternal?: string | undefined; readonly reason: string })
  | (Named<'accept-handover'> & { readonly receivedBy?: string | undefined; readonly receipt?: string | undefined })
  | (Named<'decline-handover'> & { readonly reason: string })
  | (Named<'withdraw-handover'> & { readonly reason: string })
  /** `subject` is the login of the one who is in conflict. */
  | (Named<'declare-conflict'> & { readonly subject: string; readonly reason: string })
  | (Named<'lift-conflict'> & { readonly subject: string; readonly reason: string })
  | (Named<'record-no-case'> & { readonly outcome: OneOf<typeof noCaseOutcomes>; readonly duplicateOf?: string | undefined; readonly motivation: string })
  | (Named<'record-immediate-action'> & { readonly text: string; readonly takenAt: string })
  | (Named<'assess'> & {
      readonly group: Group
      readonly outcome: AssessmentOutcome
      readonly category: string
      readonly routine?: string | undefined
      readonly consequence?: string | undefined
      readonly motivation?: string | undefined
    })
  | (Named<'score-risk'> & { readonly group: Group; readonly severity: number; readonly likelihood: number })
  | (Named<'open-investigation'> & NamedGroup & { readonly kind: OneOf<typeof investigationKinds> })
  | (Named<'complete-investigation'> &
      NamedGroup & {
        readonly whatHappened: string
        readonly consequences: string
        readonly howNoticed: string
        readonly whenHappened: string
        readonly causes: readonly OneOf<typeof causes>[]
        readonly happenedBefore: string
        readonly couldHappenAgain: string
        readonly measuresTaken?: string | undefined
        readonly individualInformed?: OneOf<typeof answers> | undefined
        readonly policeReport?: OneOf<typeof answers> | undefined
      })
  | (Named<'reopen-investigation'> & NamedGroup & { readonly reason: string })
  | (Named<'escalate-to-lex-sarah'> & { readonly ground: string })
  | (Named<'inform-authority'> & { readonly informedAt: string; readonly how: string; readonly authority?: string | undefined })
  | Named<'take-over-lex-sarah'>
  | (Named<'decline-lex-sarah'> & { readonly motivation: string })
  /** `subject` is the login of the investigator. */
  | (Named<'appoint-investigator'> & { readonly subject: string })
  | (Named<'propose-degree'> & { readonly degree: Degree; readonly motivation: string })
  | (Named<'decide-degree'> & {
      readonly degree: Degree
      readonly motivation: string
      readonly delegationReference?: string | undefined
      readonly presenter?: string | undefined
      readonly reportedToBoardOn?: string | undefined
    })
  | (Named<'refer-to-lex-maria'> & { readonly ground: string })
  | (Named<'decide-lex-maria'> & { readonly notify: boolean; readonly motivation: string })
  /** `notedInRecord` says whether, or in which words. */
  | (Named<'inform-patient'> & { readonly informedAt: string; readonly how: string; readonly notedInRecord: boolean | string })
  | (Named<'waive-patient-information'> & { readonly reason: string })
  | (Named<'decide-ivo-notification'> & { readonly law: IvoLaw; readonly notify: boolean; readonly motivation: string })
  | (Named<'record-ivo-sent'> & {
      readonly law: IvoLaw
      readonly channel: OneOf<typeof ivoChannels>
      readonly sentAt: string
      readonly diaryNumber: string
      readonly packageSha256?: string | undefined
    })
  | (Named<'record-ivo-receipt'> & { readonly law: IvoLaw; readonly ivoCaseNumber: string; readonly receivedAt: string })
  | (Named<'record-ivo-investigation-sent'> & { readonly law: IvoLaw; readonly sentAt: string; readonly packageSha256?: string | undefined })
  | (Named<'record-ivo-request'> & { readonly law: IvoLaw; readonly what: string; readonly due: string })
  /** `request` is the number of the request that is answered; without it the oldest that waits. */
  | (Named<'record-ivo-supplement'> & { readonly law: IvoLaw; readonly sentAt: string; readonly request?: number | undefined; readonly packageSha256?: string | undefined })
  /** `request` is the number of the request that gets more time; without it the investigation does. */
  | (Named<'record-ivo-extension'> & { readonly law: IvoLaw; readonly newDue: string; readonly request?: number | undefined; readonly document?: string | undefined })
  | (Named<'record-ivo-decision'> & { readonly law: IvoLaw; readonly outcome: string; readonly decidedAt: string })
  | (Named<'propose-measure'> & {
      readonly measureId?: string | undefined
      readonly type: OneOf<typeof measureTypes>
      readonly level: MeasureLevel
      readonly timing: OneOf<typeof measureTimings>
      readonly description: string
      readonly goal: string
      readonly responsibleUnit: string
      readonly plannedStart?: string | undefined
      readonly plannedCompletion: string
      readonly routine?: string | undefined
      readonly replaces?: string | undefined
      readonly effect?: EffectCriterion | undefined
    })
  | (Named<'set-effect-criterion'> & EffectCriterion & { readonly measureId: string })
  | (Named<'decide-measures'> & {
      readonly decisions: readonly { readonly measureId: string; readonly decision: OneOf<typeof measureDecisions>; readonly motivation?: string | undefined }[]
    })
  | (Named<'decide-no-measures'> & { readonly motivation: string })
  | (Named<'cancel-measure'> & { readonly measureId: string; readonly motivation: string })
  | (Named<'complete-measure'> & { readonly measureId: string; readonly completedAt: string })
  | (Named<'check-effect'> & { readonly measureId: string; readonly result: number; readonly comment?: string | undefined })
  | (Named<'give-feedback'> & {
      readonly to: FeedbackReceiver
      readonly how: string
      readonly content: string
      readonly measures?: readonly { readonly measureId: string; readonly when: string }[] | undefined
    })
  | (Named<'waive-feedback'> & { readonly to: FeedbackReceiver; readonly reason: string })
  | (Named<'close'> & { readonly outcome: ClosingOutcome; readonly motivation: string })
  | (Named<'reopen'> & { readonly reason: string })
  /** `from` and `to` are seats, `role@unit`; for every open case that lies with the first. */
  | (Named<'reassign'> & { readonly from: string; readonly to: string; readonly reason: string })
  /** `deadline` is the id of one of the case's deadlines. */
  | (Named<'extend-deadline'> & { readonly deadline: string; readonly newDue: string; readonly reason: string })
  /** `reason` is one of the access restrictions, or says another in words. */
  | (Named<'restrict-access'> & { readonly reason: string; readonly decisionReference?: string | undefined })
  | (Named<'lift-access-restriction'> & { readonly reason: string; readonly decisionReference?: string | undefined })
  | (Named<'place-legal-hold'> & { readonly reason: string; readonly decisionReference?: string | undefined })
  | (Named<'lift-legal-hold'> & { readonly reason: string; readonly decisionReference?: string | undefined })

export type Intent = DeviationCommand['intent']
/** What makes a case; every other command is about one. */
export type Beginning = Report | ReportBatch
export type CaseCommand = Exclude<DeviationCommand, Beginning>
export type CommandOf<I extends Intent> = Extract<DeviationCommand, { readonly intent: I }>

/** Judgements: decided on what the sender has seen, so If-Match is required (428). */
export const judgements: ReadonlySet<Intent> = new Set<Intent>([
  'assess',
  'score-risk',
  'complete-investigation',
  'propose-degree',
  'decide-degree',
  'decide-ivo-notification',
  'decide-lex-maria',
  'decline-lex-sarah',
  'decide-measures',
  'decide-no-measures',
  'record-no-case',
  'close',
])
