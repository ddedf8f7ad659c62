import * as codes from '#events/codes'
import type { Language } from '#apps/application/request'
import { labels } from '#libs/catalogue/labels'
import { categoryLabel } from '#libs/catalogue/summaries'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { seat, unit } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

export const unitName = (organisation: Organisation, id: string): string => unit(organisation, id)?.name ?? id

/** `role@unit`, with the unit at which the role over the case's unit is held. */
export const seatText = (organisation: Organisation, { role, unit: at }: Seat, instant: string): string => `${role}@${seat(organisation, role, at, instant)}`

/** What a case is called: the label of its category, else of its type, and the name of its unit; never free text. */
export const titleOf = (facts: CaseFacts, organisation: Organisation, language: Language): string => {
  const [category] = codes.groups.flatMap((group) => {
    const assessment = facts.groups[group]?.assessment
    return assessment ? [categoryLabel(group, assessment.category)] : []
  })
  return `${(category ?? labels.reportedTypes[facts.reportedType])[language]}, ${unitName(organisation, facts.unit)}`
}
