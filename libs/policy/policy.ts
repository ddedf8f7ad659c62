import type { Group, LegalArea } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { defaultParts } from '#libs/policy/default'

/** What decisions rest on and may differ between municipalities: published as versions, never constants in code. */
export interface Policy extends PolicyParts {
  /** The version: what `meta.versions` of every event names. */
  readonly id: string
  readonly scaleVersion: string
}
export type LegalDuty = PolicyParts['legalBases'][number]['duty']
export type RiskRule = PolicyParts['risk'][Group]

/** What stands while no published policy is in force. */
export const defaultPolicy: Policy = { id: 'default-1', scaleVersion: 'default-1', ...defaultParts }

/** The sections of a duty (to report, unless said) in force on a Stockholm day for the areas of a case (law §2.1, §3). */
export const legalBasesOn = (policy: Policy, areas: readonly LegalArea[], day: string, duty: LegalDuty = 'report') =>
  policy.legalBases
    .filter((b) => b.duty === duty && areas.includes(b.area) && (b.from === undefined || b.from <= day) && (b.before === undefined || day < b.before))
    .map(({ area, provision, statute }) => ({ area, provision, statute }))

/** What a score triggers in a group under the policy, and why. It never decides lex Sarah: the legal test is a person's. */
export const riskOf = (policy: Policy, group: Group, severity: number, likelihood: number) => {
  const rule = policy.risk[group]
  const score = severity * likelihood
  const reasons = [
    ...(rule.score !== undefined && score >= rule.score ? (['threshold'] as const) : []),
    ...(rule.severity !== undefined && severity >= rule.severity ? (['severity-floor'] as const) : []),
  ]
  const because = rule.combine === 'and' && reasons.length < 2 ? [] : reasons
  return { score, scaleVersion: policy.scaleVersion, triggers: because.length > 0 ? ('investigate' as const) : ('none' as const), because }
}

/** Whether an assessment of the group may name the code: a category or one of its subtypes. */
export const isCategory = (policy: Policy, group: Group, code: string): boolean =>
  policy.vocabulary[group].some((category) => category.code === code || category.subtypes.some((subtype) => subtype.code === code))
