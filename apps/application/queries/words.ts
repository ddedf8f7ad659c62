import * as codes from '#events/codes'
import type { Language } from '#apps/application/request'
import { labels } from '#libs/catalogue/labels'
import { wordsOf, type PolicyWords } from '#libs/catalogue/policy'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { seat, unit } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { policyNamed, type Policies } from '#libs/policy/versions'

export const unitName = (organisation: Organisation, id: string): string => unit(organisation, id)?.name ?? id

/** What a unit was called at an instant: a case shows the organisation of its day. */
export const unitNameAt = (organisation: Organisation, id: string, at: string): string => organisation.units.get(id)?.names.findLast(({ from }) => from <= at)?.name ?? unitName(organisation, id)

/** `role@unit`, with the unit at which the role over the case's unit is held. */
export const seatText = (organisation: Organisation, { role, unit: at }: Seat, instant: string): string => `${role}@${seat(organisation, role, at, instant)}`

/** The words of the policy version that an event names: a case keeps those under which it was assessed. */
export const wordsAsOf = (policies: Policies, version: string): PolicyWords => wordsOf(policyNamed(policies, version))

/** What a case is called: the label of its category, else of its type, and the name of its unit; never free text. */
export const titleOf = (facts: CaseFacts, organisation: Organisation, policies: Policies, language: Language): string => {
  const [category] = codes.groups.flatMap((group) => {
    const assessment = facts.groups[group]?.assessment
    return assessment ? [wordsAsOf(policies, assessment.vocabulary).category(group, assessment.category)] : []
  })
  return `${(category ?? labels.reportedTypes[facts.reportedType])[language]}, ${unitName(organisation, facts.unit)}`
}

/** What a report is called before anybody here assessed it. */
export const reportTitle = (facts: CaseFacts, organisation: Organisation, language: Language): string =>
  `${labels.reportedTypes[facts.reportedType][language]}, ${unitName(organisation, facts.reportedUnit)}`
