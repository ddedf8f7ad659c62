/** Why a rule says no: a stable code; `params` fill the sentence of the catalogue and hold codes, ids and dates only. */
export interface Reason {
  readonly code: string
  readonly params?: Readonly<Record<string, string>>
}
/** A faulty field: JSON pointer into the body and a stable code. */
export interface FieldFault {
  readonly pointer: string
  readonly code: string
  readonly params?: Readonly<Record<string, string>>
}
/** What a command came to. Expected negatives are values; only faults throw. */
export type Outcome =
  | {
      readonly kind: 'done'
      readonly stream: string
      readonly revision: number
      readonly position: string
      readonly events: readonly { readonly id: string; readonly type: string }[]
      /** The stream came into being with this command. */
      readonly created: boolean
    }
  /** 400: the body is faulty in a way that only the domain could tell. */
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] }
  /** 404: there is no such thing, or the sender may not know that there is. */
  | { readonly kind: 'not-found' }
  /** 403: the sender knows the thing but holds no role that may do this. */
  | { readonly kind: 'forbidden' }
  /** 422: the rules say no; every reason that the sender may know. */
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
  /** 412: If-Match names a revision that is not fresh. */
  | { readonly kind: 'stale'; readonly revision: number }
  /** 428: a judgement needs If-Match. */
  | { readonly kind: 'precondition-required' }
  /** 409: others kept writing; three fresh decisions lost the race. */
  | { readonly kind: 'conflict' }
  /** 422: the idempotency key was used with another body. */
  | { readonly kind: 'key-reused' }
