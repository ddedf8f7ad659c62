import type { Role } from '#events/codes'

/** Commands on the organisation, as the edge sends them: `subject` is a login, made an opaque staff number before anything is decided. */
export type OrganisationCommand =
  | { readonly intent: 'register-authority'; readonly unit: string; readonly name: string }
  /** `private` (yrkesmässigt bedriven enskild verksamhet) is true unless said otherwise. */
  | { readonly intent: 'register-provider'; readonly unit: string; readonly name: string; readonly private?: boolean | undefined }
  | { readonly intent: 'register-unit'; readonly unit: string; readonly name: string; readonly parent: string }
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
] as const
export type OrganisationReasonCode = (typeof organisationReasonCodes)[number]
