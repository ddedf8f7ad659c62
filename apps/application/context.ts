import type { KeyObject } from 'node:crypto'
import { deviationStream, readDeviation } from '#events/deviation'
import { organisationStream, readOrganisation } from '#events/organisation'
import { policyStream, readPolicy } from '#events/policy'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import type { Person } from '#libs/deviation/access'
import type { Clock } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { inOneTurn } from '#libs/kernel/turn'
import type { KeyVault } from '#libs/kernel/vault'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'
import type { Policy } from '#libs/policy/policy'
import { evolvePolicies, noPolicies, policyAt, type Policies } from '#libs/policy/versions'
import { mac } from '#libs/privacy/mac'

/** What commands and questions work with: the opened stores, the clock, and the folded streams that every decision needs. */
export interface Context {
  readonly store: EventStore
  readonly vault: KeyVault
  readonly readModel: ReadModel
  readonly clock: Clock
  /** The organisation as of the last event written, never of a lagging projection. */
  readonly organisation: () => Promise<Organisation>
  /** The policies published so far, as of the last event of their stream; `policyNow` is the one in force. */
  readonly policies: () => Promise<Policies>
}
/** The policy in force at this moment: what every command decides by. */
export const policyNow = async ({ policies, clock }: Context): Promise<Policy> => policyAt(await policies(), clock.now())

/** The organisation as of its last event. */
export const organisationCache = (store: EventStore): (() => Promise<Organisation>) =>
  streamCache(store, organisationStream, emptyOrganisation, (state, recorded) => evolveOrganisation(state, readOrganisation(recorded)))
/** The published policies as of the last event of their stream. */
export const policyCache = (store: EventStore): (() => Promise<Policies>) =>
  streamCache(store, policyStream, noPolicies, (state, recorded) => evolvePolicies(state, readPolicy(recorded)))

/**
 * Keeps a stream folded and reads only what is new in it. Nobody decides by rights or rules older than the moment of asking: who asks in the
 * same turn of the event loop shares one reading, and whoever could know of a later event asks in a later turn.
 */
const streamCache = <S extends { readonly events: number }>(store: EventStore, stream: string, initial: S, evolve: (state: S, recorded: Recorded) => S): (() => Promise<S>) => {
  let state = initial
  return inOneTurn(async () => {
    // Mostly there is nothing new, and a look for the one next event costs less than half of a reading.
    if ((await store.raw(stream, state.events)) === undefined) return state
    for await (const recorded of store.read(stream, { from: state.events })) if (recorded.revision === state.events) state = evolve(state, recorded)
    return state
  })
}

/** The organisation as it was known at a position of the log. */
export const organisationUpTo = async (store: EventStore, upTo: string): Promise<Organisation> => {
  let state = emptyOrganisation
  for await (const recorded of store.read(organisationStream, { upTo })) state = evolveOrganisation(state, readOrganisation(recorded))
  return state
}

/** The policies as they were known at a position of the log, or as they are now. */
export const policiesUpTo = async (store: EventStore, upTo?: string): Promise<Policies> => {
  let state = noPolicies
  for await (const recorded of store.read(policyStream, upTo === undefined ? {} : { upTo })) state = evolvePolicies(state, readPolicy(recorded))
  return state
}

export interface LoadedCase {
  readonly facts: CaseFacts
  readonly events: readonly Recorded[]
}
/** A case folded from its stream, whole or as it was known at a position or revision; undefined when there was no such case. */
export const loadCase = async (store: EventStore, id: string, options: { readonly upTo?: string; readonly revision?: number } = {}): Promise<LoadedCase | undefined> => {
  let facts: CaseFacts | undefined
  const events: Recorded[] = []
  const { upTo, revision } = options
  for await (const recorded of store.read(deviationStream(id), { ...(upTo === undefined ? {} : { upTo }), ...(revision === undefined ? {} : { limit: revision + 1 }) })) {
    facts = evolveCase(facts, readDeviation(recorded))
    events.push(recorded)
  }
  return facts && { facts, events }
}

/** Id of a case's data key in the vault. */
export const caseKeyId = (caseId: string): string => `case/${caseId}`
/** What marks a staff member as the reporter of a case: an HMAC under the case's key, so that an anonymous reporter is in no file. */
export const reporterMark = (key: KeyObject, staff: string, caseId: string): string => mac(key, 'reporter', staff, caseId)

/** The asking person, with the test for being a case's reporter. A case whose key is erased has no reporter any more. */
export const personOf = (organisation: Organisation, now: string, staff: string | undefined, caseKey: KeyObject | undefined, facts: CaseFacts | undefined): Person => ({
  staff,
  organisation,
  now,
  isReporter: (candidate) => facts?.reporterMark !== undefined && caseKey !== undefined && reporterMark(caseKey, candidate, facts.id) === facts.reporterMark,
})
