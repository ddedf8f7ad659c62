import type { Role } from '#events/codes'

/** Commands on the organisation, as the edge sends them: `subject` is a login, made an opaque staff number before anything is decided. */
export type OrganisationCommand =
  | { readonly intent: 'register-authority'; readonly unit: string; readonly name: string }
  /** `private` (yrkesmässigt bedriven enskild verksamhet) is true unless said otherwise. */
  | { readonly intent: 'register-provider'; readonly unit: string; readonly name: string; readonly private?: boolean | undefined }
  | { readonly intent: 'register-unit'; readonly unit: string; readonly name: string; readonly parent: string }
  | { readonly intent: 'rename-unit'; readonly unit: string; readonly name: string }
  | { readonly intent: 'move-unit'; readonly unit: string; readonly parent: string }
  /** Into a unit that exists, or into a new one with name and parent. */
  | {
      readonly intent: 'merge-units'
      readonly units: readonly string[]
      readonly into: string
      readonly name?: string | undefined
      readonly parent?: string | undefined
    }
  | { readonly intent: 'split-unit'; readonly unit: string; readonly into: readonly { readonly unit: string; readonly name: string }[] }
  | { readonly intent: 'close-unit'; readonly unit: string }
  | {
      readonly intent: 'grant-role'
      readonly subject: string
      readonly role: Role
      readonly unit: string
      readonly scope?: 'unit' | 'subtree' | undefined
      readonly from: string
      readonly until?: string | undefined
      readonly primary?: boolean | undefined
    }
  | { readonly intent: 'confirm-grant'; readonly grant: string }
  | { readonly intent: 'revoke-role'; readonly grant: string; readonly until: string }
  | { readonly intent: 'appoint-substitute'; readonly grant: string; readonly subject: string; readonly from: string; readonly until: string }
  | { readonly intent: 'end-service'; readonly subject: string; readonly at: string }
  /** Öppna en kalenderprenumeration of the deadlines that lie with the seat of one's own grant. */
  | { readonly intent: 'open-calendar-feed'; readonly grant: string }
  | { readonly intent: 'close-calendar-feed'; readonly feed: string }
export type OrganisationIntent = OrganisationCommand['intent']
export type OrganisationCommandOf<I extends OrganisationIntent> = Extract<OrganisationCommand, { readonly intent: I }>

/** Refusals (422); their sentences stand in the catalogue. */
export const organisationReasonCodes = [
  'unit-exists',
  'role-to-oneself',
  'role-not-at-municipality',
  'grant-in-force',
  'grant-unknown',
  'grant-confirmed-already',
  'grant-ended',
  'grant-ends-earlier',
  'last-over-municipality',
  'confirmer-granted',
  'confirmer-receives',
  'confirmation-not-needed',
  'until-before-from',
  'organisation-not-empty',
  'confirmer-is-admin',
  'unit-ended',
  'municipality-stands',
  'root-stands',
  'name-unchanged',
  'parent-unchanged',
  'unit-below-itself',
  'between-providers',
  'different-roots',
  'too-few-units',
  'sub-units-open',
  'nobody-stands-in',
  'grant-not-confirmed',
  'grant-is-substitution',
  'substitute-is-holder',
  'substitution-outside-grant',
  'substitution-overlaps',
  'service-not-found',
  'service-ends-earlier',
  'grant-not-in-force',
  'role-without-deadlines',
  'feed-open-already',
  'feed-unknown',
  'feed-closed-already',
] as const
export type OrganisationReasonCode = (typeof organisationReasonCodes)[number]
