import type { NewPolicyEvent } from '#events/policy'
import { policyParts, type PolicyParts } from '#events/policy'
import { ended, started, type Owed } from '#libs/deadlines/follow'
import type { FieldFault } from '#libs/kernel/outcome'
import type { Decision } from '#libs/kernel/transact'
import { covers, grantsOf } from '#libs/organisation/holders'
import { municipality, type Grant, type Organisation } from '#libs/organisation/state'
import type { PolicyCommand, PolicyCommandOf, PolicyReasonCode, SomeParts } from '#libs/policy/commands'
import { isPolicyPart, partFaults } from '#libs/policy/faults'
import type { Policy } from '#libs/policy/policy'
import { policyAt, policyNamed, type Policies } from '#libs/policy/versions'

type Decided = Decision<NewPolicyEvent>

/**
 * The grant on which somebody commands the policy: an administrator over the whole municipality publishes; a compliance officer or
 * decision-maker over the municipality or an authority (nämnd) confirms. A provider's roles reach its own tree only.
 */
export const rightToPolicy = (org: Organisation, staff: string, { intent }: PolicyCommand, now: string): Grant | undefined => {
  const grants = grantsOf(org, staff, now)
  if (intent === 'publish') return grants.find((g) => g.role === 'administrator' && covers(org, g, municipality))
  return grants.find((g) => (g.role === 'compliance-officer' || g.role === 'decision-maker') && ['municipality', 'authority'].includes(org.units.get(g.unit)?.kind ?? ''))
}

export interface PolicyContext {
  readonly now: string
  /** Staff number of the sender. */
  readonly sender: string
}
/** Decides a command on the policy whose sender may act. */
export const decidePolicy = (command: PolicyCommand, policies: Policies, context: PolicyContext): Decided =>
  command.intent === 'publish' ? publish(command, policies, context) : confirm(command, policies, context)

const unless = (reasons: readonly (PolicyReasonCode | false | undefined)[], decided: () => readonly NewPolicyEvent[]): Decided => {
  const given = reasons.filter((r) => r !== false && r !== undefined)
  return given.length > 0 ? { kind: 'refused', reasons: given.map((code) => ({ code })) } : { kind: 'events', events: decided() }
}

/** A new version, whole: a policy never works backwards, and an id names one version for ever. */
const publish = (command: PolicyCommandOf<'publish'>, policies: Policies, { now }: PolicyContext): Decided => {
  const { intent: _, policy: id, from = now, ...given } = command
  const faults = faultsOf(given)
  if (faults.length > 0) return { kind: 'invalid', faults }
  return unless([policyNamed(policies, id) !== undefined && 'policy-exists', from < now && 'policy-from-past'], () => {
    const inForce = policyAt(policies, now)
    const { id: policy, ...content } = drafted(id, inForce, given)
    // A new version is the review of the one before; from now on it is to be reviewed itself (R1: yearly).
    const reviewed = ended(policies.deadlines, [], () => now)
    return [
      { type: 'policy-published', data: { policy, from, ...content } },
      ...reviewed,
      ...started(policies.deadlines, [policyReview], inForce.deadlines, () => ({ now, received: now, event: now })),
    ]
  })
}
/** The review of the policy lies with who publishes it. */
export const policyReview: Owed = { key: 'review-policy', responsible: { role: 'administrator', unit: municipality } }


/** Four eyes: in force only when somebody else than its publisher has confirmed it. */
const confirm = ({ policy }: PolicyCommandOf<'confirm'>, policies: Policies, { sender }: PolicyContext): Decided => {
  const version = policies.versions.find((v) => v.policy.id === policy)
  if (!version) return unless(['policy-unknown'], () => [])
  return unless([version.confirmed !== undefined && 'policy-confirmed-already', version.publishedBy === sender && 'confirmer-published'], () => [
    { type: 'policy-confirmed', data: { policy } },
  ])
}

/** A policy made of another and the parts that are given. New scales are a new version of the scales. */
export const drafted = (id: string, base: Policy, given: SomeParts): Policy => ({
  ...base,
  ...withoutAbsent(given),
  id,
  scaleVersion: given.scales === undefined ? base.scaleVersion : id,
})
const withoutAbsent = (given: SomeParts): Partial<PolicyParts> => Object.fromEntries(Object.entries(given).filter(([name, value]) => isPolicyPart(name) && value !== undefined))

/** What is wrong with the parts that are given, beyond their shapes. */
export const faultsOf = (given: SomeParts): readonly FieldFault[] =>
  Object.keys(policyParts).filter(isPolicyPart).flatMap((part) => {
    const value = given[part]
    return value === undefined ? [] : partFaults(part, value)
  })
