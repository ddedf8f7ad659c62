import { organisationEvents, organisationStream, readOrganisation, type NewOrganisationEvent } from '#events/organisation'
import { policyNow, type Context } from '#apps/application/context'
import { bodyText, eventId, versionsOf } from '#apps/application/deviation'
import { feedToken } from '#apps/application/feed-token'
import type { CommandRequest, OrganisationOutcome } from '#apps/application/request'
import { byName, type Actor, type Draft } from '#libs/kernel/event'
import { uuidv7 } from '#libs/kernel/ids'
import type { Outcome } from '#libs/kernel/outcome'
import { transact, type Decision } from '#libs/kernel/transact'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { decideOrganisation, initialise } from '#libs/organisation/decide'
import { rightOverOrganisation } from '#libs/organisation/rights'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'
import { keyId, seal, subjectsOf } from '#libs/privacy/codec'
import { macText } from '#libs/privacy/mac'

const types = byName(organisationEvents)

/** Handles a command on the organisation. A login that a grant or a substitution names gets its staff number, and key, before it is decided. */
export const handleOrganisation = async (context: Context, request: CommandRequest<OrganisationCommand>): Promise<OrganisationOutcome> => {
  const { vault, clock } = context
  const { command } = request
  const now = clock.now()
  const sender = await vault.staffNumber(request.sender.login)
  if (sender === undefined) return { kind: 'forbidden' }
  const organisation = await context.organisation()
  const known = command.intent === 'end-service' ? await vault.staffNumber(command.subject) : undefined
  const rightIn = (state: Organisation) => rightOverOrganisation(state, command, { sender, now, subject: known })
  const right = rightIn(organisation)
  if (!right) return { kind: 'forbidden' }
  const key = request.idempotencyKey ?? uuidv7(Date.parse(now))
  const identity = identityOf(context, request, key)
  const grantId = eventId(identity.commandId, 0, key)
  const subject = await subjectOf(context, command, known)
  const outcome = await run(context, request, key, {
    actor: { id: sender, ...right },
    authorise: (state) => (rightIn(state) ? 'allowed' : { kind: 'forbidden' }),
    decide: (state) => decideOrganisation(command, state, { now, sender, subject, grantId }),
  })
  return outcome.kind === 'done' ? { ...outcome, ...extraOf(context, command, grantId) } : outcome
}
/** What a command made that its sender goes on with; the secret of a feed derives from its id, so the same command answers the same. */
const extraOf = ({ vault }: Context, { intent }: OrganisationCommand, made: string): { readonly extra?: Readonly<Record<string, string>> } => {
  if (intent === 'grant-role' || intent === 'appoint-substitute') return { extra: { grant: made } }
  if (intent !== 'open-calendar-feed') return {}
  const token = feedToken(vault, made)
  return { extra: { feed: made, token, path: `/v1/deadlines.ics?token=${token}` } }
}
/** The person whom a command names: who gets a role is enrolled, who leaves is known or nobody. */
const subjectOf = async ({ vault }: Context, command: OrganisationCommand, known: string | undefined) => {
  if (!('subject' in command)) return undefined
  const login = command.subject
  if (command.intent === 'end-service') return known === undefined ? undefined : { staff: known, login }
  return { staff: await vault.enrol(login), login }
}

/** The first administrator and confirmer, by the machine actor `operator`, while the organisation is empty. */
export const initialiseOrganisation = async (context: Context, people: { readonly admin: string; readonly confirmer: string; readonly correlationId?: string }): Promise<Outcome> => {
  const now = context.clock.now()
  const { admin: first, confirmer: second, correlationId = uuidv7(Date.parse(now)) } = people
  const request = { command: { intent: 'init', admin: first, confirmer: second }, sender: { login: 'operator' }, path: '/organisation/init', correlationId }
  // One initialisation per deployment and pair of people: repeated, it is the same command and answers the same receipt.
  const key = macText('init', people.admin, people.confirmer)
  const state = await context.organisation()
  if (state.events > 0 && !(await isInitialisation(context, identityOf(context, request, key).commandId)))
    return { kind: 'refused', reasons: [{ code: 'organisation-not-empty' }] }
  const { commandId } = identityOf(context, request, key)
  const founder = async (login: string, index: number) => ({ login, staff: await context.vault.enrol(login), grant: eventId(commandId, index, key) })
  const [admin, confirmer] = [await founder(people.admin, 100), await founder(people.confirmer, 101)]
  return run(context, request, key, {
    actor: { id: 'operator', role: 'operator' },
    authorise: () => 'allowed',
    decide: (organisation) => initialise(organisation, admin, confirmer, now),
  })
}
const isInitialisation = async (context: Context, commandId: string): Promise<boolean> => {
  for await (const first of context.store.read(organisationStream, { limit: 1 })) return first.meta.commandId === commandId
  return false
}

/** What makes a repeated command on a stream that is no case recognisable: HMACs under the deployment's id key. */
export const identityOf = (context: Context, request: CommandRequest<object>, key: string) => ({
  commandId: context.vault.idMac(macText('command', request.sender.login, key)).toString('base64url'),
  fingerprint: context.vault.idMac(macText('fingerprint', request.path, bodyText(request.command))).toString('base64url'),
})

interface Handling {
  readonly actor: Actor
  readonly authorise: (state: Organisation) => 'allowed' | Decision<NewOrganisationEvent>
  readonly decide: (state: Organisation) => Decision<NewOrganisationEvent>
}
const run = (context: Context, request: CommandRequest<object>, key: string, handling: Handling): Promise<Outcome> => {
  const identity = identityOf(context, request, key)
  return transact<Organisation, NewOrganisationEvent>({
    store: context.store,
    stream: organisationStream,
    identity,
    ifMatch: request.ifMatch,
    initial: emptyOrganisation,
    evolve: (state, recorded) => evolveOrganisation(state, readOrganisation(recorded)),
    authorise: handling.authorise,
    decide: handling.decide,
    seal: async (events, state) => {
      const policy = await policyNow(context)
      const meta = { actor: handling.actor, ...identity, correlationId: request.correlationId, causationId: request.correlationId, versions: versionsOf(policy, state) }
      const keys = await context.vault.find(events.flatMap((e) => subjectsOf(typeOf(e.type), e.data).map((subject) => keyId(organisationStream, subject))))
      return events.map(({ type: name, data }, i): Draft => {
        const type = typeOf(name)
        const id = eventId(identity.commandId, i, key)
        return { id, type: type.name, schemaVersion: type.version, meta, data: seal({ type, stream: organisationStream, eventId: id, data, keys }) }
      })
    },
  })
}
const typeOf = (name: string) => {
  const type = types.get(name)
  if (!type) throw new Error(`No event type ${name}`)
  return type
}
