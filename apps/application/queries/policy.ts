import { policiesUpTo, type Context } from '#apps/application/context'
import type { Answer, QueryRequest } from '#apps/application/request'
import { askerOf, holdsAny, type Json } from '#apps/application/queries/asker'
import { defaultPolicy } from '#libs/policy/policy'
import { inForceFrom, noPolicies, policyAt, reigns, type Policies } from '#libs/policy/versions'

/**
 * The policy in force now, or at an instant as it was known then, and every version with when it was in force. For everybody; who published and
 * confirmed, by staff number, for those who hold a role.
 */
export const policy = async (context: Context, q: QueryRequest, { at }: { readonly at?: string | undefined } = {}): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  const policies = at === undefined ? await context.policies() : await knownAt(context, at)
  const instant = at ?? asker.now
  return { kind: 'found', body: { ...policyAt(policies, instant), versions: versionsIn(policies, instant, holdsAny(asker)) } }
}
const knownAt = async ({ store }: Context, at: string): Promise<Policies> => {
  const upTo = await store.positionAt(at)
  return upTo === undefined ? noPolicies : policiesUpTo(store, upTo)
}

const versionsIn = (policies: Policies, instant: string, showsStaff: boolean): readonly Json[] => {
  const order = reigns(policies)
  const inForce = policyAt(policies, instant).id
  const untilOf = new Map(order.map(({ version, until }) => [version.policy.id, until]))
  return [
    { id: defaultPolicy.id, from: null, publishedAt: null, publishedBy: null, confirmedAt: null, confirmedBy: null, inForceFrom: null, inForceUntil: order[0]?.from ?? null, inForce: inForce === defaultPolicy.id },
    ...policies.versions.map((version) => ({
      id: version.policy.id,
      from: version.from,
      publishedAt: version.publishedAt,
      publishedBy: showsStaff ? version.publishedBy : null,
      confirmedAt: version.confirmed?.at ?? null,
      confirmedBy: showsStaff ? (version.confirmed?.by ?? null) : null,
      inForceFrom: inForceFrom(version) ?? null,
      inForceUntil: untilOf.get(version.policy.id) ?? null,
      inForce: inForce === version.policy.id,
    })),
  ]
}
