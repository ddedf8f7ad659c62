import type { Group, LegalArea } from '#events/codes'
import { healthCategories, socialCategories } from '#events/codes'

/** A section of law in force from one day up to, not including, another (Stockholm days). */
export interface LegalBasis {
  readonly area: LegalArea
  readonly provision: string
  readonly statute: string
  readonly from?: string
  readonly before?: string
}
/** What decisions rest on and may differ between municipalities: published as versions, never constants in code. */
export interface Policy {
  readonly id: string
  readonly scaleVersion: string
  /** A score at or over the threshold, or a severity at or over the floor, asks for an investigation (law §5.2). */
  readonly risk: { readonly threshold: number; readonly severityFloor: number }
  readonly vocabulary: Readonly<Record<Group, readonly string[]>>
  /** The duty to report (rapporteringsskyldighet) by area and day (law §2.1, §3). */
  readonly legalBases: readonly LegalBasis[]
}

/** What stands while the policy stream is empty. */
export const defaultPolicy: Policy = {
  id: 'default-1',
  scaleVersion: 'default-1',
  risk: { threshold: 9, severityFloor: 4 },
  vocabulary: { social: socialCategories, health: healthCategories },
  legalBases: [
    { area: 'SoL', provision: '14 kap. 3 §', statute: 'SoL (2001:453)', before: '2025-07-01' },
    { area: 'SoL', provision: '27 kap. 2 §', statute: 'SoL (2025:400)', from: '2025-07-01' },
    { area: 'LSS', provision: '24 b §', statute: 'LSS (1993:387)' },
    { area: 'HSL', provision: '6 kap. 4 §', statute: 'PSL (2010:659)' },
  ],
}

/** The sections in force on a Stockholm day for the areas of a case. */
export const legalBasesOn = (policy: Policy, areas: readonly LegalArea[], day: string) =>
  policy.legalBases
    .filter((b) => areas.includes(b.area) && (b.from === undefined || b.from <= day) && (b.before === undefined || day < b.before))
    .map(({ area, provision, statute }) => ({ area, provision, statute }))

/** What a score triggers under the policy, and why. It never decides lex Sarah: the legal test is a person's. */
export const riskOf = (policy: Policy, severity: number, likelihood: number) => {
  const score = severity * likelihood
  const because: ('threshold' | 'severity-floor')[] = []
  if (score >= policy.risk.threshold) because.push('threshold')
  if (severity >= policy.risk.severityFloor) because.push('severity-floor')
  return { score, scaleVersion: policy.scaleVersion, triggers: because.length > 0 ? ('investigate' as const) : ('none' as const), because }
}
