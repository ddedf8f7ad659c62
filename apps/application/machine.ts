import type { Context } from '#apps/application/context'
import { eventId, versionsOf } from '#apps/application/deviation'
import { byName, type Draft, type Family } from '#libs/kernel/event'
import type { Organisation } from '#libs/organisation/state'
import type { Policy } from '#libs/policy/policy'
import { seal } from '#libs/privacy/codec'
import { macText } from '#libs/privacy/mac'

/** What a machine writes to a stream, and what it rested on. */
export interface MachineWriting {
  readonly actor: 'clock' | 'reactor'
  readonly stream: string
  /** Names what is said, so that said again, by whomever, it is the same command. */
  readonly sentence: string
  readonly organisation: Organisation
  readonly policy: Policy
}

/**
 * How machine actors append: the command's id derives from what is said, so that two of them, or one that starts again, write it once. Nobody has to
 * be authorised, and there is no personal data in it.
 */
export const asMachine = ({ store, vault }: Pick<Context, 'store' | 'vault'>, { actor, stream, sentence, organisation, policy }: MachineWriting, family: Family) => {
  const types = byName(family)
  const commandId = vault.idMac(macText(actor, sentence)).toString('base64url')
  const correlationId = eventId(commandId, -1, '')
  const identity = { commandId, fingerprint: commandId }
  const meta = { actor: { id: actor, role: actor }, ...identity, correlationId, causationId: correlationId, versions: versionsOf(policy, organisation) }
  return {
    store,
    stream,
    identity,
    authorise: () => 'allowed' as const,
    seal: async (events: readonly { readonly type: string; readonly data: object }[]): Promise<readonly Draft[]> =>
      events.map(({ type: name, data }, i): Draft => {
        const type = types.get(name)
        if (!type) throw new Error(`No event type ${name} in ${stream}`)
        const id = eventId(commandId, i, '')
        return { id, type: type.name, schemaVersion: type.version, meta, data: seal({ type, stream, eventId: id, data: { ...data }, keys: new Map() }) }
      }),
  }
}
