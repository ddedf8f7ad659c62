import type { Full, Plain, Shape } from '#libs/kernel/shape'

/** Who acted, as stored for ever: `id` is an opaque staff number, `anonymous`, or a machine actor; never a login or a name. */
export interface Actor {
  readonly id: string
  readonly role: string
  readonly unit?: string
  readonly onBehalfOf?: string
}
/** What was in force when an event was written; old events keep the words, law and rules of their day. */
export interface Versions {
  readonly policy: string
  readonly vocabulary: string
  readonly legalBasis: string
  /** Number of events of the organisation stream that the decision saw. */
  readonly organisation: number
}
export interface Meta {
  readonly actor: Actor
  /** HMAC of (sender, idempotency key): the same command sent twice has the same id. */
  readonly commandId: string
  /** HMAC of (path, body): the same key with another body is refused. */
  readonly fingerprint: string
  readonly correlationId: string
  readonly causationId: string
  readonly versions: Versions
}
/** What is stored, as canonical JSON (RFC 8785). The position is the engine's and is not in it. */
export interface Envelope {
  readonly id: string
  readonly stream: string
  /** 0 for the first event of a stream, no gaps. */
  readonly revision: number
  readonly type: string
  readonly schemaVersion: number
  readonly recordedAt: string
  readonly meta: Meta
  readonly data: Readonly<Record<string, unknown>>
}
/** An event on its way to the store: all but what the writer sets. Personal data is already encrypted. */
export type Draft = Omit<Envelope, 'stream' | 'revision' | 'recordedAt'>
/** An event as the store gives it back. */
export interface Recorded extends Envelope {
  /** Opaque; sorts as text in the order of the log. */
  readonly position: string
  /** Leaves of the log up to and including this event. */
  readonly size: number
}

export interface Labels {
  readonly sv: string
  readonly en: string
}
/** Rewrites the stored data of version n to version n + 1. */
export type Upcast = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
export interface EventType<N extends string = string, S extends Shape = Shape> {
  readonly name: N
  readonly version: number
  readonly labels: Labels
  readonly shape: S
  /** `upcasts[n]` lifts version n to n + 1; there is one for every version below the current. */
  readonly upcasts: Readonly<Record<number, Upcast>>
}
/** Names are storage contracts: kebab-case, past tense, subject first; add, never rename. */
export const event = <const N extends string, S extends Shape>(
  name: N,
  labels: Labels,
  shape: S,
  later: { readonly version: number; readonly upcasts: Readonly<Record<number, Upcast>> } = { version: 1, upcasts: {} },
): EventType<N, S> => ({ name, labels, shape, ...later })

export type Family = Readonly<Record<string, EventType>>
/** What a decider returns. */
export type NewEvent<F extends Family> = { [K in keyof F]: F[K] extends EventType<infer N, infer S> ? { readonly type: N; readonly data: Full<S> } : never }[keyof F]
/** What folds and projections see: plain fields only, lifted to the current version. */
export type StoredEvent<F extends Family> = {
  [K in keyof F]: F[K] extends EventType<infer N, infer S> ? Omit<Recorded, 'type' | 'data'> & { readonly type: N; readonly data: Plain<S> } : never
}[keyof F]

/** A family keyed by event name; throws at load when two types share a name. */
export const byName = (family: Family): ReadonlyMap<string, EventType> => {
  const map = new Map(Object.values(family).map((type) => [type.name, type]))
  if (map.size !== Object.keys(family).length) throw new Error('Two event types share a name')
  return map
}

/**
 * The one seam where stored data meets the current shapes: finds the type, lifts old versions step by step. An unknown type or a version
 * from the future is a fault, never skipped.
 */
export const reader = <F extends Family>(family: F): ((recorded: Recorded) => StoredEvent<F>) => {
  const types = byName(family)
  return (recorded) => {
    const type = types.get(recorded.type)
    if (!type || recorded.schemaVersion > type.version)
      throw new Error(`Event ${recorded.type} version ${recorded.schemaVersion} at ${recorded.stream}/${recorded.revision} is newer than this program`)
    if (recorded.schemaVersion === type.version) return recorded as StoredEvent<F>
    let data = recorded.data
    for (let v = recorded.schemaVersion; v < type.version; v++) {
      const lift = type.upcasts[v]
      if (!lift) throw new Error(`No upcast of ${recorded.type} from version ${v}`)
      data = lift(data)
    }
    return { ...recorded, schemaVersion: type.version, data } as StoredEvent<F>
  }
}
