import type { PolicyEvent } from '#events/policy'
import { evolveDeadlines, isTimeEvent, type Deadline, type TimeEvent } from '#libs/deadlines/state'
import { defaultPolicy, type Policy } from '#libs/policy/policy'

/** One published version of the policy. */
export interface PublishedPolicy {
  readonly policy: Policy
  /** When it should come into force; it does so no earlier than it is confirmed. */
  readonly from: string
  readonly publishedAt: string
  readonly publishedBy: string
  /** Confirmed by a second person (four eyes); `order` tells apart what comes into force at the same instant. */
  readonly confirmed?: { readonly at: string; readonly by: string; readonly order: number }
}
/** What was published and confirmed: folded from the `policy` stream, as of its last event. */
export interface Policies {
  /** Events folded. */
  readonly events: number
  readonly versions: readonly PublishedPolicy[]
  /** When each version is to be reviewed. */
  readonly deadlines: readonly Deadline[]
}
export const noPolicies: Policies = { events: 0, versions: [], deadlines: [] }

export const evolvePolicies = (state: Policies, e: PolicyEvent): Policies => {
  const events = state.events + 1
  return isTimeEvent(e) ? { ...state, events, deadlines: evolveDeadlines(state.deadlines, e) } : { ...state, events, versions: changed(state, e) }
}
const changed = ({ events, versions }: Policies, e: Exclude<PolicyEvent, { readonly type: TimeEvent['type'] }>): readonly PublishedPolicy[] => {
  switch (e.type) {
    case 'policy-published': {
      const { policy: id, from, ...content } = e.data
      return [...versions, { policy: { id, ...content }, from, publishedAt: e.recordedAt, publishedBy: e.meta.actor.id }]
    }
    case 'policy-confirmed':
      return versions.map((v) => (v.policy.id === e.data.policy ? { ...v, confirmed: { at: e.recordedAt, by: e.meta.actor.id, order: events } } : v))
    case 'alarm-mailed':
    case 'alarm-mail-abandoned':
      return versions
  }
}

/** From when a version is in force, unless another comes after it: the later of its start and its confirmation; undefined while it waits for one. */
export const inForceFrom = ({ from, confirmed }: PublishedPolicy): string | undefined => (confirmed && (confirmed.at > from ? confirmed.at : from))

export interface Reign {
  readonly version: PublishedPolicy
  readonly from: string
  /** When the next version takes over. */
  readonly until?: string
}
/** The confirmed versions in the order in which they come into force; what comes into force at the same instant, in the order of confirmation. */
export const reigns = ({ versions }: Policies): readonly Reign[] => {
  const order = versions
    .flatMap((version) => {
      const from = inForceFrom(version)
      return from === undefined ? [] : [{ version, from, order: version.confirmed?.order ?? 0 }]
    })
    .sort((a, b) => (a.from === b.from ? a.order - b.order : a.from < b.from ? -1 : 1))
  return order.map(({ version, from }, i) => {
    const until = order[i + 1]?.from
    return { version, from, ...(until === undefined ? {} : { until }) }
  })
}

/** The policy in force at an instant: the default until the first published one. */
export const policyAt = (policies: Policies, at: string): Policy => reigns(policies).findLast(({ from }) => from <= at)?.version.policy ?? defaultPolicy

/** A version by its id, in force or not; the default has one too. */
export const policyNamed = (policies: Policies, id: string): Policy | undefined =>
  id === defaultPolicy.id ? defaultPolicy : policies.versions.find((v) => v.policy.id === id)?.policy
