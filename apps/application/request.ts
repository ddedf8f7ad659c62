import type { FieldFault, Outcome } from '#libs/kernel/outcome'

/** Who sends, as the token says: roles come from the organisation's events, never from the token. */
export interface Sender {
  readonly login: string
}
/** One command on its way in. `C` is a command of the case or of the organisation. */
export interface CommandRequest<C> {
  readonly command: C
  /** Absent for a report. */
  readonly caseId?: string | undefined
  readonly sender: Sender
  /** The client's Idempotency-Key, when it sent one. */
  readonly idempotencyKey?: string | undefined
  /** Path of the request, for the fingerprint: the same key with another path or body is refused. */
  readonly path: string
  readonly ifMatch?: number | undefined
  readonly correlationId: string
  /** What caused it, where that is a command on more than this; else the request itself. */
  readonly causationId?: string
}

/** What a command on the organisation came to; `extra` goes into the answer: the id of a grant. */
export type OrganisationOutcome = Exclude<Outcome, { kind: 'done' }> | (Extract<Outcome, { kind: 'done' }> & { readonly extra?: Readonly<Record<string, string>> })

export type Language = 'sv' | 'en'
/** One question on its way in. */
export interface QueryRequest {
  readonly sender: Sender
  readonly language: Language
  /** Header Vaka-Reason: opens personal data to auditor and compliance officer. */
  readonly reason?: string | undefined
}
/** A page of rows; `cursor` is absent on the last. */
export interface Page<T> {
  readonly rows: readonly T[]
  readonly cursor?: string
  readonly complete: boolean
}
export type Answer<T> =
  | { readonly kind: 'found'; readonly body: T; readonly revision?: number; readonly position?: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] }
