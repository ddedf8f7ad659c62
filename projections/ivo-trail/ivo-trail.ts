import type { IvoLaw } from '#events/codes'
import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import { projection } from '#libs/kernel/projection'

/** One step of the way from a suspicion to IVO's receipt. */
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
  readonly notify?: boolean
  readonly degree?: string
  readonly investigator?: string
}
/** Where the notification of a case under one law stands. */
export type NotificationStatus = 'undecided' | 'not-applicable' | 'declined' | 'pending' | 'sent' | 'received'
export interface Trail {
  readonly steps: readonly TrailStep[]
}

/** What an event adds to the trail. */
type Particulars = Omit<TrailStep, 'revision' | 'type' | 'recordedAt' | 'actor'>
const lexSarah: Particulars = { law: 'lex-sarah' }

/**
 * What each event of the family is to the trail; undefined for what is no step of it. Total by construction: a new event does not compile
 * before it is placed here.
 */
const particulars = (event: DeviationEvent): Particulars | undefined => {
  switch (event.type) {
    case 'deviation-reported':
      return event.data.reportedType === 'misconduct' ? lexSarah : undefined
    case 'deviation-assessed':
      return event.data.group === 'social' || suspects(event) ? lexSarah : undefined
    case 'investigation-opened':
    case 'investigation-completed':
    case 'investigation-reopened':
      return event.data.group === 'social' ? lexSarah : undefined
    case 'authority-informed-by-provider':
      return { ...lexSarah, occurredAt: event.data.informedAt }
    case 'lex-sarah-escalated':
    case 'lex-sarah-taken-over':
    case 'lex-sarah-declined':
    case 'responsibility-assigned':
    case 'case-moved':
    case 'outcome-without-case-recorded':
    case 'deviation-closed':
    case 'deviation-reopened':
      return lexSarah
    case 'lex-sarah-investigator-appointed':
      return { ...lexSarah, investigator: event.data.staff }
    case 'lex-sarah-degree-proposed':
    case 'lex-sarah-decided':
      return { ...lexSarah, degree: event.data.degree }
    case 'ivo-notification-decided':
      return { law: event.data.law, notify: event.data.notify }
    case 'ivo-notification-sent': {
      const { law, sentAt, packageSha256 } = event.data
      return { law, occurredAt: sentAt, ...(packageSha256 === undefined ? {} : { documentSha256: packageSha256 }) }
    }
    case 'ivo-receipt-recorded':
      return { law: event.data.law, occurredAt: event.data.receivedAt }
    case 'report-supplemented':
    case 'receipt-acknowledged':
    case 'diary-number-requested':
    case 'diary-number-assigned':
    case 'documentation-sent-to-registrar':
    case 'note-added':
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
      return undefined
  }
}

const suspects = (event: DeviationEvent): boolean => event.type === 'deviation-assessed' && event.data.outcome === 'suspected-misconduct'
/** What a trail begins with: a suspicion, an escalation or a decision on notification. */
const begins = (event: DeviationEvent): boolean =>
  suspects(event) || event.type === 'deviation-reported' || event.type === 'lex-sarah-escalated' || event.type === 'ivo-notification-decided'

const withStep = (trail: Trail | undefined, event: DeviationEvent): Trail | undefined => {
  const what = particulars(event)
  if (!what || (!trail && !begins(event))) return trail
  const { id, role, unit } = event.meta.actor
  const step: TrailStep = {
    revision: event.revision,
    type: event.type,
    recordedAt: event.recordedAt,
    actor: { id, role, ...(unit === undefined ? {} : { unit }) },
    ...what,
  }
  return { steps: [...(trail?.steps ?? []), step] }
}

/** Where a notification stands, by the steps of its law. */
export const statusOf = (steps: readonly TrailStep[]): NotificationStatus => {
  const decided = steps.findLast((s) => s.type === 'ivo-notification-decided')
  if (steps.some((s) => s.type === 'ivo-receipt-recorded')) return 'received'
  if (steps.some((s) => s.type === 'ivo-notification-sent')) return 'sent'
  // Declined as lex Sarah, or decided as no misconduct: there is nothing to notify.
  const settled = steps.findLast((s) => s.type === 'lex-sarah-escalated' || s.type === 'lex-sarah-declined' || s.type === 'lex-sarah-decided')
  if (!decided) return settled?.type === 'lex-sarah-declined' || settled?.degree === 'none' ? 'not-applicable' : 'undecided'
  return decided.notify ? 'pending' : 'declined'
}
/** The laws that a trail holds steps of, in the order in which they appear. */
export const lawsOf = (trail: Trail): readonly IvoLaw[] => [...new Set(trail.steps.map((s) => s.law))]

const columns = { begun: 'text', last: 'text' } as const

/** For each case that ever was suspected, escalated or decided on for IVO: every step from there to IVO's receipt, for the law's sake. */
export const ivoTrail = projection<Trail, typeof columns>({
  name: 'ivo-trail',
  version: 1,
  streams: ['deviation-'],
  columns,
  indices: [['begun']],
  key: (event) => caseIdOf(event.stream),
  fold: (trail, event) => withStep(trail, readDeviation(event)),
  row: ({ steps }) => ({ begun: steps[0]?.recordedAt ?? null, last: steps.at(-1)?.recordedAt ?? null }),
})
