import { policyEvents, policyStream, readPolicy, type NewPolicyEvent } from '#events/policy'
import type { Context } from '#apps/application/context'
import { eventId, versionsOf } from '#apps/application/deviation'
import { identityOf } from '#apps/application/organisation'
import type { CommandRequest } from '#apps/application/request'
import { byName, type Draft } from '#libs/kernel/event'
import { uuidv7 } from '#libs/kernel/ids'
import type { Outcome } from '#libs/kernel/outcome'
import { transact } from '#libs/kernel/transact'
import type { PolicyCommand } from '#libs/policy/commands'
import { decidePolicy, rightToPolicy } from '#libs/policy/decide'
import { evolvePolicies, noPolicies, policyAt, type Policies } from '#libs/policy/versions'
import { seal } from '#libs/privacy/codec'

const types = byName(policyEvents)

/** Handles a command on the policy: publishing a version, or confirming one (four eyes). Its events hold no personal data, so nothing is encrypted. */
export const handlePolicy = async (context: Context, request: CommandRequest<PolicyCommand>): Promise<Outcome> => {
  const { store, vault, clock } = context
  const { command } = request
  const now = clock.now()
  const sender = await vault.staffNumber(request.sender.login)
  const organisation = await context.organisation()
  const right = sender === undefined ? undefined : rightToPolicy(organisation, sender, command, now)
  if (sender === undefined || !right) return { kind: 'forbidden' }
  const key = request.idempotencyKey ?? uuidv7(Date.parse(now))
  const identity = identityOf(context, request, key)
  const { correlationId } = request
  return transact<Policies, NewPolicyEvent>({
    store,
    stream: policyStream,
    identity,
    ifMatch: request.ifMatch,
    initial: noPolicies,
    evolve: (policies, recorded) => evolvePolicies(policies, readPolicy(recorded)),
    authorise: () => 'allowed',
    decide: (policies) => decidePolicy(command, policies, { now, sender }),
    seal: async (events, policies) => {
      const actor = { id: sender, role: right.role, unit: right.unit }
      const meta = { actor, ...identity, correlationId, causationId: correlationId, versions: versionsOf(policyAt(policies, now), organisation) }
      return events.map(({ type: name, data }, i): Draft => {
        const type = types.get(name)
        if (!type) throw new Error(`No event type ${name}`)
        const id = eventId(identity.commandId, i, key)
        return { id, type: type.name, schemaVersion: type.version, meta, data: seal({ type, stream: policyStream, eventId: id, data, keys: new Map() }) }
      })
    },
  })
}
