import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { deviationEvents, deviationStream, readDeviation, type NewDeviationEvent } from '#events/deviation'
import { routineStream } from '#events/routine'
import { caseKeyId, loadCase, personOf, reporterMark, type Context } from '#apps/application/context'
import type { CommandRequest } from '#apps/application/request'
import type { Beginning, CaseCommand, DeviationCommand } from '#libs/deviation/commands'
import { decideDeviation } from '#libs/deviation/decide'
import type { DecisionContext } from '#libs/deviation/decision'
import { decideReport } from '#libs/deviation/report'
import { accessTo, type Person } from '#libs/deviation/access'
import { rightTo, rightToReport, type Right } from '#libs/deviation/rights'
import { officerHasTheCase } from '#libs/duties/duties'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { canonical } from '#libs/kernel/canonical'
import { byName, type Actor, type Draft, type Versions } from '#libs/kernel/event'
import { derivedId, uuidv7 } from '#libs/kernel/ids'
import type { Outcome } from '#libs/kernel/outcome'
import { transact, type Decision } from '#libs/kernel/transact'
import type { Organisation } from '#libs/organisation/state'
import type { Policy } from '#libs/policy/policy'
import { policyAt } from '#libs/policy/versions'
import { keyId, seal, subjectsOf } from '#libs/privacy/codec'
import { mac, macText } from '#libs/privacy/mac'

const types = byName(deviationEvents)

/** A command as a text that is the same for the same body, whatever the order of its fields. */
export const bodyText = (command: object): string => canonical(JSON.parse(JSON.stringify(command)))
/** What a decision rested on, as its events name it: the policy with its vocabulary and legal bases, and the organisation. */
export const versionsOf = ({ id }: Policy, organisation: Organisation): Versions => ({ policy: id, vocabulary: id, legalBasis: id, organisation: organisation.events })
/** Ids of a command's events: the same command has the same, so that a repeated append is recognised by any store. */
export const eventId = (commandId: string, index: number, key: string): string =>
  derivedId(createHash('sha256').update(`${commandId}/${index}`).digest(), key)

/** Handles a command about a case: a report makes one, every other command acts on one. */
export const handleDeviation = async (context: Context, request: CommandRequest<DeviationCommand>): Promise<Outcome> => {
  const { command } = request
  return command.intent === 'report' || command.intent === 'report-batch' ? report(context, request, command) : act(context, request, command)
}

const report = async (context: Context, request: CommandRequest<DeviationCommand>, command: Beginning): Promise<Outcome> => {
  const { vault, clock } = context
  const { login } = request.sender
  const [organisation, policies] = await Promise.all([context.organisation(), context.policies()])
  const now = clock.now()
  const policy = policyAt(policies, now)
  const staff = await vault.staffNumber(login)
  const right = rightToReport({ staff, organisation, now, isReporter: () => false })
  if (!right || staff === undefined) return { kind: 'forbidden' }
  const fresh = uuidv7(Date.parse(now))
  const key = request.idempotencyKey ?? fresh
  // A repeated report finds its case because the id derives from sender and key.
  const caseId = request.idempotencyKey === undefined ? fresh : derivedId(vault.idMac(macText('case', login, key)), key)
  const onBehalfOf = command.onBehalfOf === undefined ? undefined : await vault.staffNumber(command.onBehalfOf)
  const persons = (command.individuals ?? []).map((_, i) => `${caseKeyId(caseId)}/person/p${i + 1}`)
  const keys = await vault.create([caseKeyId(caseId), ...persons])
  const caseKey = found(keys, caseId)
  const actor: Actor = command.anonymous
    ? { id: 'anonymous', role: 'reporter' }
    : { id: staff, role: right.role, unit: right.unit, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) }
  return run(context, request, {
    caseId,
    isNew: true,
    key,
    caseKey,
    organisation,
    policy,
    actor: () => actor,
    authorise: (facts) => (facts ? { kind: 'forbidden' } : 'allowed'),
    decide: () => decideReport(command, { now, policy, organisation, sender: staff, onBehalfOf, mark: (whose) => reporterMark(caseKey, whose, caseId) }),
  })
}

const act = async (context: Context, request: CommandRequest<DeviationCommand>, command: CaseCommand): Promise<Outcome> => {
  const { vault, clock } = context
  const { caseId = '' } = request
  const caseKey = (await vault.find([caseKeyId(caseId)])).get(caseKeyId(caseId))
  if (!caseKey) return { kind: 'not-found' }
  const [organisation, policies] = await Promise.all([context.organisation(), context.policies()])
  const now = clock.now()
  const policy = policyAt(policies, now)
  const staff = await vault.staffNumber(request.sender.login)
  if (staff === undefined) return { kind: 'not-found' }
  const person = (facts: CaseFacts | undefined): Person => ({ ...personOf(organisation, now, staff, caseKey, facts), delegation: policy.delegation })
  const looked = await lookedUp(context, command, staff, organisation, now)
  // Authorising, deciding and naming the actor ask the same of the same facts, and the answer costs digests.
  let asked: { readonly facts: CaseFacts; readonly right: Right } | undefined
  const rightIn = (facts: CaseFacts): Right => {
    if (asked?.facts !== facts) asked = { facts, right: rightTo(command, facts, person(facts)) }
    return asked.right
  }
  return run(context, request, {
    caseId,
    key: request.idempotencyKey ?? uuidv7(Date.parse(now)),
    caseKey,
    organisation,
    policy,
    actor: (facts) => {
      const right = facts && rightIn(facts)
      if (right?.kind !== 'acts') throw new Error('Only an authorised command has an actor')
      // By the capacity, not by the role held: a manager who supplements her own anonymous report does so as its reporter.
      const asReporter = right.capacity === 'reporter' && facts?.anonymous === true && person(facts).isReporter(staff)
      return asReporter ? { id: 'anonymous', role: 'reporter' } : { id: staff, role: right.role, unit: right.unit }
    },
    authorise: (facts) => {
      if (!facts) return { kind: 'not-found' }
      const right = rightIn(facts)
      if (right.kind === 'acts') return 'allowed'
      if (right.kind === 'in-conflict') return { kind: 'refused', reasons: [{ code: 'conflict-of-interest' }] }
      return right.kind === 'limited' ? { kind: 'refused', reasons: [{ code: limitedBecause(facts) }] } : right
    },
    decide: (facts) => {
      const right = facts && rightIn(facts)
      if (!facts || right?.kind !== 'acts') return { kind: 'not-found' }
      const acting: DecisionContext['acting'] = { role: right.role, capacity: right.capacity, staff }
      return decideDeviation(command, facts, { now, acting, policy, organisation, isReporter: person(facts).isReporter, ...looked })
    },
  })
}

/** Why somebody has the limited view of a case that would be hers to act on. */
const limitedBecause = (facts: CaseFacts): 'lex-sarah-has-the-case' | 'access-restricted' => (officerHasTheCase(facts) ? 'lex-sarah-has-the-case' : 'access-restricted')

/** What a decision needs of other streams and of the vault, read beforehand. */
const lookedUp = async (
  context: Context,
  command: CaseCommand,
  staff: string,
  organisation: Organisation,
  now: string,
): Promise<Pick<DecisionContext, 'original' | 'subject' | 'routineId'>> => {
  if ('subject' in command) return { subject: await context.vault.staffNumber(command.subject) }
  if ('routine' in command && command.routine !== undefined) return (await isRoutine(context, command.routine)) ? { routineId: command.routine } : {}
  if (command.intent !== 'record-no-case' || command.duplicateOf === undefined) return {}
  const original = await loadCase(context.store, command.duplicateOf)
  if (!original) return {}
  const key = (await context.vault.find([caseKeyId(original.facts.id)])).get(caseKeyId(original.facts.id))
  return accessTo(original.facts, personOf(organisation, now, staff, key, original.facts)) === 'none' ? {} : { original: original.facts }
}

/** Whether a text is the id of a registered routine; else it is words. */
const isRoutine = async ({ store }: Context, text: string): Promise<boolean> => {
  if (!/^[a-z0-9-]{1,40}$/.test(text)) return false
  for await (const _ of store.read(routineStream(text), { limit: 1 })) return true
  return false
}

interface Handling {
  readonly caseId: string
  readonly isNew?: true
  readonly key: string
  readonly caseKey: KeyObject
  readonly organisation: Organisation
  readonly policy: Policy
  readonly actor: (facts: CaseFacts | undefined) => Actor
  readonly authorise: (facts: CaseFacts | undefined) => 'allowed' | Decision<NewDeviationEvent>
  readonly decide: (facts: CaseFacts | undefined) => Decision<NewDeviationEvent>
}
const run = (context: Context, request: CommandRequest<DeviationCommand>, c: Handling): Promise<Outcome> => {
  const stream = deviationStream(c.caseId)
  const identity = {
    commandId: mac(c.caseKey, 'command', request.sender.login, c.key),
    fingerprint: mac(c.caseKey, 'fingerprint', request.path, bodyText(request.command)),
  }
  const versions = versionsOf(c.policy, c.organisation)
  return transact<CaseFacts | undefined, NewDeviationEvent>({
    store: context.store,
    stream,
    identity,
    ifMatch: request.ifMatch,
    isNew: c.isNew ?? false,
    initial: undefined,
    evolve: (facts, recorded) => evolveCase(facts, readDeviation(recorded)),
    authorise: c.authorise,
    decide: c.decide,
    seal: async (events, facts) => {
      const actor = c.actor(facts)
      // A caller's trace id, or a line of the technical log, must not lead from an anonymous report to who sent it.
      const correlationId = actor.id === 'anonymous' ? uuidv7(Date.parse(context.clock.now())) : request.correlationId
      const meta = { actor, ...identity, correlationId, causationId: request.causationId ?? correlationId, versions }
      const typed = events.map((e) => ({ ...e, type: types.get(e.type) ?? unknownType(e.type) }))
      const keys = await context.vault.create([...new Set(typed.flatMap((e) => subjectsOf(e.type, e.data).map((subject) => keyId(stream, subject))))])
      return typed.map(({ type, data }, i): Draft => {
        const id = eventId(identity.commandId, i, c.key)
        return { id, type: type.name, schemaVersion: type.version, meta, data: seal({ type, stream, eventId: id, data, keys }) }
      })
    },
  })
}

const unknownType = (name: string): never => {
  throw new Error(`No event type ${name}`)
}
const found = (keys: ReadonlyMap<string, KeyObject>, caseId: string): KeyObject => {
  const key = keys.get(caseKeyId(caseId))
  if (!key) throw new Error('The vault answered without the key that it was asked for')
  return key
}
