import { readRoutine, routineEvents, routineStream, type NewRoutineEvent } from '#events/routine'
import { caseKeyId, loadCase, personOf, type Context } from '#apps/application/context'
import { eventId, versionsOf } from '#apps/application/deviation'
import { identityOf } from '#apps/application/organisation'
import type { CommandRequest } from '#apps/application/request'
import { accessTo } from '#libs/deviation/access'
import type { CaseFacts } from '#libs/duties/facts'
import { byName, type Draft, type EventType, type Recorded } from '#libs/kernel/event'
import { derivedId, uuidv7 } from '#libs/kernel/ids'
import type { Outcome } from '#libs/kernel/outcome'
import type { EventStore } from '#libs/kernel/store'
import { transact } from '#libs/kernel/transact'
import { unit } from '#libs/organisation/holders'
import { policyAt } from '#libs/policy/versions'
import { keyId, seal, subjectsOf } from '#libs/privacy/codec'
import { macText } from '#libs/privacy/mac'
import type { RoutineCommand } from '#libs/routines/commands'
import { decideRoutine } from '#libs/routines/decide'
import { readsRoutine, rightToRoutine, type RoutineAsker } from '#libs/routines/rights'
import { evolveRoutine, type Routine } from '#libs/routines/state'

const types = byName(routineEvents)

/** One command on a routine on its way in. */
export type RoutineCommandRequest = Omit<CommandRequest<RoutineCommand>, 'caseId'> & {
  /** Absent for a registration. */
  readonly routineId?: string | undefined
}

export interface LoadedRoutine {
  readonly routine: Routine
  readonly events: readonly Recorded[]
}
/** A routine folded from its stream, whole or as it was known at a position; undefined when there was no such routine. */
export const loadRoutine = async (store: EventStore, id: string, options: { readonly upTo?: string } = {}): Promise<LoadedRoutine | undefined> => {
  let routine: Routine | undefined
  const events: Recorded[] = []
  for await (const recorded of store.read(routineStream(id), options)) {
    routine = evolveRoutine(routine, readRoutine(recorded))
    events.push(recorded)
  }
  return routine && { routine, events }
}

/** Handles a command on a routine: a registration makes one, every other command acts on one. */
export const handleRoutine = async (context: Context, request: RoutineCommandRequest): Promise<Outcome> => {
  const { store, vault, clock } = context
  const { command, sender, correlationId } = request
  const [organisation, policies] = await Promise.all([context.organisation(), context.policies()])
  const now = clock.now()
  const policy = policyAt(policies, now)
  const staff = await vault.staffNumber(sender.login)
  if (staff === undefined) return command.intent === 'register-routine' ? { kind: 'forbidden' } : { kind: 'not-found' }
  const asker: RoutineAsker = { staff, organisation, now }
  const key = request.idempotencyKey ?? uuidv7(Date.parse(now))
  const identity = identityOf(context, request, key)
  const id = request.routineId ?? registeredId(context, request, key)
  const stream = routineStream(id)
  const rightIn = (routine: Routine | undefined) => rightToRoutine(command.intent, ownerUnit(command, routine), asker)
  const named = await caseNamed(context, command, asker)
  return transact<Routine | undefined, NewRoutineEvent>({
    store,
    stream,
    identity,
    ifMatch: request.ifMatch,
    isNew: command.intent === 'register-routine',
    initial: undefined,
    evolve: (routine, recorded) => evolveRoutine(routine, readRoutine(recorded)),
    authorise: (routine) => {
      if (command.intent === 'register-routine') {
        if (unit(organisation, command.ownerUnit)) return rightIn(undefined) ? 'allowed' : { kind: 'forbidden' }
        return mayRegisterSomewhere(asker) ? 'allowed' : { kind: 'forbidden' }
      }
      if (!routine) return { kind: 'not-found' }
      if (rightIn(routine)) return 'allowed'
      return { kind: readsRoutine(routine.owner.unit, asker) ? 'forbidden' : 'not-found' }
    },
    decide: (routine) =>
      decideRoutine(command, routine, { now, organisation, scaleVersion: policy.scaleVersion, measuresFromScore: policy.routines.measuresFromScore, deadlines: policy.deadlines, named }),
    seal: async (events, routine) => {
      const right = rightIn(routine)
      if (!right) throw new Error('Only an authorised command has an actor')
      const meta = { actor: { id: staff, role: right.role, unit: right.unit }, ...identity, correlationId, causationId: correlationId, versions: versionsOf(policy, organisation) }
      const keys = await vault.create([...new Set(events.flatMap((e) => subjectsOf(typeOf(e.type), e.data).map((subject) => keyId(stream, subject))))])
      return events.map(({ type: name, data }, i): Draft => {
        const type = typeOf(name)
        const event = eventId(identity.commandId, i, key)
        return { id: event, type: type.name, schemaVersion: type.version, meta, data: seal({ type, stream, eventId: event, data, keys }) }
      })
    },
  })
}

/** The id that the client chose; else one that a repeated registration finds again. */
const registeredId = ({ vault }: Context, { command, sender, idempotencyKey }: RoutineCommandRequest, key: string): string => {
  if (command.intent === 'register-routine' && command.id !== undefined) return command.id
  return idempotencyKey === undefined ? key : derivedId(vault.idMac(macText('routine', sender.login, key)), key)
}
const ownerUnit = (command: RoutineCommand, routine: Routine | undefined): string => (command.intent === 'register-routine' ? command.ownerUnit : (routine?.owner.unit ?? ''))
/** Who may register nothing anywhere is not told which units there are. */
const mayRegisterSomewhere = (asker: RoutineAsker): boolean => asker.organisation.units.values().some(({ id }) => rightToRoutine('register-routine', id, asker))

/** Facts of the case that a command names as its reason, when the sender may read it. */
const caseNamed = async ({ store, vault }: Context, command: RoutineCommand, { staff, organisation, now }: RoutineAsker): Promise<CaseFacts | undefined> => {
  if (!('case' in command) || command.case === undefined) return undefined
  const loaded = await loadCase(store, command.case)
  if (!loaded) return undefined
  const key = (await vault.find([caseKeyId(command.case)])).get(caseKeyId(command.case))
  const access = accessTo(loaded.facts, personOf(organisation, now, staff, key, loaded.facts))
  return access === 'full' || access === 'masked' ? loaded.facts : undefined
}

const typeOf = (name: string): EventType => {
  const type = types.get(name)
  if (!type) throw new Error(`No event type ${name}`)
  return type
}
