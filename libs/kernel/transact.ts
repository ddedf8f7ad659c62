import type { Draft, Recorded } from '#libs/kernel/event'
import type { Outcome, Reason, FieldFault } from '#libs/kernel/outcome'
import type { EventStore } from '#libs/kernel/store'

/** What a decision came to: events to append (none when there is nothing to do), or a no. */
export type Decision<E> =
  | { readonly kind: 'events'; readonly events: readonly E[] }
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' }

export interface Transaction<S, E> {
  readonly store: EventStore
  readonly stream: string
  /** HMACs of (sender, key) and (path, body): what makes a repeated command recognisable. */
  readonly identity: { readonly commandId: string; readonly fingerprint: string }
  /** If-Match: the revision that the sender has seen. */
  readonly ifMatch?: number | undefined
  /**
   * The stream is believed not to exist, so it is read only when the append finds that it does: a new stream costs no reading, and a repeated
   * command still finds itself.
   */
  readonly isNew?: boolean
  readonly initial: S
  readonly evolve: (state: S, event: Recorded) => S
  /** Whether the sender may act at all; before If-Match, so that a stranger learns nothing from it. */
  readonly authorise: (state: S) => 'allowed' | Decision<E>
  readonly decide: (state: S) => Decision<E>
  /** Encrypts personal data and completes the envelopes; keys are durable when it resolves. */
  readonly seal: (events: readonly E[], state: S) => Promise<readonly Draft[]>
}

/** Fresh decisions that one command gets when others keep writing. */
const attempts = 3
/** Events of the clock and of reactors do not make what a person has seen stale. */
const isMachine = (event: Recorded): boolean => event.meta.actor.role === 'clock' || event.meta.actor.role === 'reactor'

/**
 * Reads, folds, finds the sender's own command among the events and then answers its first receipt; else authorises, checks If-Match,
 * decides and appends at the revision just read. Idempotency needs no table and asks nothing of the store.
 */
export const transact = async <S, E>(t: Transaction<S, E>): Promise<Outcome> => {
  for (let attempt = 1; ; attempt++) {
    let state = t.initial
    let head = -1
    let position = ''
    let lastByPerson = -1
    const mine: Recorded[] = []
    const unread = t.isNew === true && attempt === 1
    if (!unread) for await (const event of t.store.read(t.stream)) {
      state = t.evolve(state, event)
      head = event.revision
      position = event.position
      if (!isMachine(event)) lastByPerson = event.revision
      if (event.meta.commandId === t.identity.commandId) mine.push(event)
    }
    const last = mine.at(-1)
    if (last) {
      if (last.meta.fingerprint !== t.identity.fingerprint) return { kind: 'key-reused' }
      return { kind: 'done', stream: t.stream, revision: last.revision, position: last.position, events: mine.map(({ id, type }) => ({ id, type })), created: mine[0]?.revision === 0 }
    }
    const allowed = t.authorise(state)
    if (allowed !== 'allowed') return nay(allowed)
    if (t.ifMatch !== undefined && (t.ifMatch > head || lastByPerson > t.ifMatch)) return { kind: 'stale', revision: head }
    const decision = t.decide(state)
    if (decision.kind !== 'events') return nay(decision)
    if (decision.events.length === 0) return { kind: 'done', stream: t.stream, revision: head, position, events: [], created: false }
    const drafts = await t.seal(decision.events, state)
    const answer = await appended(t.store, t.stream, head < 0 ? 'none' : head, drafts, attempt < attempts)
    if (answer?.outcome === 'appended') {
      const { revision } = answer
      return { kind: 'done', stream: t.stream, revision, position: answer.position, events: drafts.map(({ id, type }) => ({ id, type })), created: head < 0 }
    }
    if (attempt === attempts) return { kind: 'conflict' }
  }
}

const nay = <E>(decision: Decision<E>): Outcome => {
  if (decision.kind === 'events') throw new Error('An authorisation answers no events')
  return decision
}

/**
 * An append whose outcome is unknown is transacted again, never blindly repeated: the next reading shows whether it was written. When it may
 * not be tried again the fault is the caller's to answer.
 */
const appended = async (store: EventStore, stream: string, expected: number | 'none', drafts: readonly Draft[], again: boolean) => {
  try {
    return await store.append(stream, expected, drafts)
  } catch (error) {
    if (again && typeof error === 'object' && error !== null && 'code' in error && error.code === 'outcome-unknown') return undefined
    throw error
  }
}
