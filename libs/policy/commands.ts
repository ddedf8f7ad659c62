import type { PolicyParts } from '#events/policy'

/** Commands on the policy, as the edge sends them. Parts that are left out are taken from the version in force when it is published. */
export type PolicyCommand =
  | ({
      readonly intent: 'publish'
      /** The new version. */
      readonly policy: string
      /** When it should come into force; at once, which is at its confirmation, when it is left out. */
      readonly from?: string | undefined
    } & SomeParts)
  | { readonly intent: 'confirm'; readonly policy: string }
export type SomeParts = { readonly [P in keyof PolicyParts]?: PolicyParts[P] | undefined }
export type PolicyIntent = PolicyCommand['intent']
export type PolicyCommandOf<I extends PolicyIntent> = Extract<PolicyCommand, { readonly intent: I }>

/** Refusals (422); their sentences stand in the catalogue. */
export const policyReasonCodes = ['policy-exists', 'policy-from-past', 'policy-unknown', 'policy-confirmed-already', 'confirmer-published'] as const
export type PolicyReasonCode = (typeof policyReasonCodes)[number]
