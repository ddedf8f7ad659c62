import type { Group, IvoLaw } from '#events/codes'
import { ivoLaws } from '#events/codes'
import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import { mustNotify } from '#libs/duties/duties'
import { projection } from '#libs/kernel/projection'

/** One step of the way from a suspicion to IVO's decision. */
export interface TrailStep {
  readonly revision: number
  readonly type: DeviationEvent['type']
  readonly law: IvoLaw
  readonly recordedAt: string
  /** When the thing happened, where the event says so. */
  readonly occurredAt?: string
  readonly actor: { readonly id: string; readonly role: string; readonly unit?: string }
  /** SHA-256 of the package that was sent. */
  readonly documentSha256?: string
  /** Outcome of an assessment. */
  readonly outcome?: string
  readonly notify?: boolean
  readonly degree?: string
  readonly investigator?: string
  /** Number of IVO's request for a supplement. */
  readonly request?: number
  /** The day that IVO gave, for a supplement or as an extension. */
  readonly due?: string
}
/** Where the notification of a case under one law stands; `decided` is IVO's decision. */
export type NotificationStatus =
  | 'undecided'
  | 'not-applicable'
  | 'declined'
  | 'pending'
  | 'sent'
  | 'received'
  | 'investigation-sent'
  | 'supplement-requested'
  | 'decided'
export interface Trail {
  readonly steps: readonly TrailStep[]
}

/** What an event adds to the trail of a law. */
type Particulars = Omit<TrailStep, 'revision' | 'type' | 'recordedAt' | 'actor'>
const none: readonly Particulars[] = []
const lexSarah: Particulars = { law: 'lex-sarah' }
const lexMaria: Particulars = { law: 'lex-maria' }
const lawOf = (group: Group): IvoLaw => (group === 'social' ? 'lex-sarah' : 'lex-maria')
const hashOf = (sha256: string | undefined): Pick<Particulars, 'documentSha256'> => (sha256 === undefined ? {} : { documentSha256: sha256 })

/**
 * What each event of the family is to the trails; nothing for what is no step of any. Total by construction: a new event does not compile
 * before it is placed here.
 */
const particulars = (event: DeviationEvent): readonly Particulars[] => {
  switch (event.type) {
    case 'deviation-reported':
      return event.data.reportedType === 'misconduct' ? [lexSarah] : none
    case 'deviation-assessed':
      return [{ law: lawOf(event.data.group), outcome: event.data.outcome }]
    case 'investigation-opened':
    case 'investigation-completed':
    case 'investigation-reopened':
      return [{ law: lawOf(event.data.group) }]
    case 'authority-informed-by-provider':
      return [{ ...lexSarah, occurredAt: event.data.informedAt }]
    case 'lex-sarah-escalated':
    case 'lex-sarah-taken-over':
    case 'lex-sarah-declined':
    case 'responsibility-assigned':
    case 'case-moved':
    case 'outcome-without-case-recorded':
    case 'deviation-closed':
    case 'deviation-reopened':
      return [lexSarah]
    case 'lex-sarah-investigator-appointed':
      return [{ ...lexSarah, investigator: event.data.staff }]
    case 'lex-sarah-degree-proposed':
    case 'lex-sarah-decided':
      return [{ ...lexSarah, degree: event.data.degree }]
    case 'lex-maria-referred':
    case 'patient-information-waived':
      return [lexMaria]
    case 'lex-maria-decided':
      return [{ ...lexMaria, notify: event.data.notify }]
    case 'patient-informed':
      return [{ ...lexMaria, occurredAt: event.data.informedAt }]
    case 'handover-accepted':
      // Whoever has the case now has its notifications.
      return ivoLaws.map((law) => ({ law }))
    case 'ivo-notification-decided':
      return [{ law: event.data.law, notify: event.data.notify }]
    case 'ivo-notification-sent':
    case 'ivo-investigation-sent':
      return [{ law: event.data.law, occurredAt: event.data.sentAt, ...hashOf(event.data.packageSha256) }]
    case 'ivo-receipt-recorded':
      return [{ law: event.data.law, occurredAt: event.data.receivedAt }]
    case 'ivo-supplement-requested': {
      const { law, request, due } = event.data
      return [{ law, request, due }]
    }
    case 'ivo-supplement-sent': {
      const { law, request, sentAt, packageSha256 } = event.data
      return [{ law, request, occurredAt: sentAt, ...hashOf(packageSha256) }]
    }
    case 'ivo-extension-granted': {
      const { law, request, newDue } = event.data
      return [{ law, due: newDue, ...(request === undefined ? {} : { request }) }]
    }
    case 'ivo-decision-received':
      return [{ law: event.data.law, occurredAt: event.data.decidedAt }]
    case 'deviations-reported-in-batch':
    case 'report-supplemented':
    case 'legal-areas-corrected':
    case 'receipt-acknowledged':
    case 'diary-number-requested':
    case 'diary-number-assigned':
    case 'documentation-sent-to-registrar':
    case 'note-added':
    case 'handover-offered':
    case 'handover-declined':
    case 'handover-withdrawn':
    case 'conflict-of-interest-declared':
    case 'conflict-of-interest-lifted':
    case 'immediate-action-recorded':
    case 'risk-scored':
    case 'measure-proposed':
    case 'effect-criterion-set':
    case 'measures-decided':
    case 'measure-cancelled':
    case 'no-measures-decided':
    case 'measure-completed':
    case 'measure-effect-checked':
    case 'feedback-given':
    case 'feedback-waived':
    case 'access-restricted':
    case 'access-restriction-lifted':
    case 'legal-hold-placed':
    case 'legal-hold-lifted':
    case 'deadlines-set':
    case 'deadline-met':
    case 'deadline-lapsed':
    case 'deadline-extended':
    case 'deadline-warned':
    case 'deadline-missed':
    case 'deadline-escalated':
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return none
  }
}

const suspects = (outcome: string | undefined): boolean => outcome === 'suspected-misconduct' || outcome === 'suspected-care-injury'
/** What the trail of a law begins with: a suspicion, an escalation or referral, or a decision on notification. */
const begins = (event: DeviationEvent): boolean =>
  (event.type === 'deviation-assessed' && suspects(event.data.outcome)) ||
  event.type === 'deviation-reported' ||
  event.type === 'lex-sarah-escalated' ||
  event.type === 'lex-maria-referred' ||
  event.type === 'ivo-notification-decided'

const withSteps = (trail: Trail | undefined, event: DeviationEvent): Trail | undefined => {
  const found = particulars(event)
  if (found.length === 0) return trail
  const before = trail?.steps ?? []
  const { id, role, unit } = event.meta.actor
  const added = found
    .filter(({ law }) => begins(event) || before.some((step) => step.law === law))
    .map((what): TrailStep => ({
      revision: event.revision,
      type: event.type,
      recordedAt: event.recordedAt,
      actor: { id, role, ...(unit === undefined ? {} : { unit }) },
      ...what,
    }))
  return added.length > 0 ? { steps: [...before, ...added] } : trail
}

/**
 * What was decided on notifying: an escalation or a referral asks for a decision, and ends in one or in a decline; a suspicion asks until it is
 * withdrawn. A "no" falls with a degree that must be notified, and with a new escalation or referral.
 */
const decisionOf = (steps: readonly TrailStep[]): NotificationStatus => {
  let status: NotificationStatus = 'undecided'
  let raised = false
  for (const { type, notify, degree, outcome } of steps) {
    if (type === 'ivo-notification-decided') status = notify ? 'pending' : 'declined'
    else if (type === 'deviation-reported' || type === 'lex-sarah-escalated' || type === 'lex-maria-referred') {
      raised = true
      if (status !== 'pending') status = 'undecided'
    } else if (type === 'lex-sarah-declined' || (type === 'lex-sarah-decided' && degree === 'none')) {
      raised = false
      if (status === 'undecided') status = 'not-applicable'
    } else if (type === 'lex-sarah-decided' && status === 'declined' && mustNotify(degree ?? '')) status = 'undecided'
    else if (type === 'deviation-assessed' && !raised && (status === 'undecided' || status === 'not-applicable')) status = suspects(outcome) ? 'undecided' : 'not-applicable'
  }
  return status
}
/** Where a notification stands, by the steps of its law. */
export const statusOf = (steps: readonly TrailStep[]): NotificationStatus => {
  const has = (type: TrailStep['type'], request?: number): boolean => steps.some((s) => s.type === type && (request === undefined || s.request === request))
  if (has('ivo-decision-received')) return 'decided'
  if (steps.some((s) => s.type === 'ivo-supplement-requested' && !has('ivo-supplement-sent', s.request))) return 'supplement-requested'
  if (has('ivo-investigation-sent')) return 'investigation-sent'
  if (has('ivo-receipt-recorded')) return 'received'
  return has('ivo-notification-sent') ? 'sent' : decisionOf(steps)
}
/** The laws that a trail holds steps of, in the order in which they appear. */
export const lawsOf = (trail: Trail): readonly IvoLaw[] => [...new Set(trail.steps.map((s) => s.law))]

const columns = { begun: 'text', last: 'text' } as const

/** For each case that ever was suspected, escalated, referred or decided on for IVO: under each law every step from there to IVO's decision. */
export const ivoTrail = projection<Trail, typeof columns>({
  name: 'ivo-trail',
  version: 2,
  streams: ['deviation-'],
  columns,
  indices: [['begun']],
  key: (event) => caseIdOf(event.stream),
  fold: (trail, event) => withSteps(trail, readDeviation(event)),
  row: ({ steps }) => ({ begun: steps[0]?.recordedAt ?? null, last: steps.at(-1)?.recordedAt ?? null }),
})
