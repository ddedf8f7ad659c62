import type { Place } from '#libs/event-store-eventstoredb/client'
import type { Envelope } from '#libs/kernel/event'
import { fault } from '#libs/sqlite/fault'

/** How the streams of one log are named on a server that holds other logs and streams as well. */
export interface Names {
  /** What the names of all streams of the log begin with. */
  readonly prefix: string
  /** Where the pages of counted leaves are kept: beside the log, not in it. */
  readonly pages: string
  served(stream: string): string
  own(served: string): string
}
/** Names have no point in them, so no log's prefix begins another's. Throws with code `bad-namespace`. */
export const namesOf = (namespace: string): Names => {
  if (!/^[a-z][a-z0-9]*$/.test(namespace)) throw fault('bad-namespace', `${namespace} cannot name a log: letters a to z and digits, a letter first`)
  const prefix = `${namespace}.`
  return { prefix, pages: `${namespace}-leaves`, served: (stream) => prefix + stream, own: (served) => served.slice(prefix.length) }
}

const digits = 16
/** Zero-padded, so that positions sort as text in the order of the log. */
export const positionOf = (number: number): string => String(number).padStart(digits, '0')
export const isPosition = (position: string): boolean => /^\d{16}$/.test(position)
/** Throws with code `bad-position` for what no log of this engine ever gave out. */
export const numberOf = (position: string): number => {
  if (!isPosition(position)) throw fault('bad-position', `${position} is no position of this log`)
  return Number(position)
}

/**
 * The server places an event by two numbers, which are the same for every event that one append has written; they differ only for those of
 * the explicit transactions of old, which this engine never begins.
 */
export const numberAt = ({ commit, prepare }: Place): number => {
  if (commit !== prepare || commit > BigInt(Number.MAX_SAFE_INTEGER)) throw fault('foreign-event', `The event at ${commit}/${prepare} was not written by this program`)
  return Number(commit)
}
export const placeAt = (number: number): Place => ({ commit: BigInt(number), prepare: BigInt(number) })

/** What was stored; throws with code `foreign-event` what another program has put into a stream of the log. */
export const envelopeIn = (text: string, stream: string, revision: number): Envelope => {
  const envelope: unknown = parsed(text)
  if (!isEnvelope(envelope) || envelope.stream !== stream || envelope.revision !== revision)
    throw fault('foreign-event', `The event ${stream}/${revision} was not written by this program`)
  return envelope
}
/** What the text holds; undefined when it is no JSON. */
export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const isEnvelope = (value: unknown): value is Envelope => typeof value === 'object' && value !== null && 'stream' in value && 'revision' in value && 'recordedAt' in value
