import { canonical } from '#libs/kernel/canonical'
import type { Draft } from '#libs/kernel/event'

/**
 * The canonical form of all that the caller of an append decides: an event's envelope up to `recordedAt`, and from `schemaVersion` on. Throws
 * `unstorable-value` for what JSON cannot hold.
 */
export const aroundOf = (stream: string, { data, id, meta, schemaVersion, type }: Draft): readonly [before: string, after: string] => [
  `{"data":${canonical(data)},"id":${canonical(id)},"meta":${canonical(meta)},"recordedAt":`,
  `,"schemaVersion":${canonical(schemaVersion)},"stream":${canonical(stream)},"type":${canonical(type)}}`,
]
/** The envelope as RFC 8785 has it, the keys in the order of their letters, with what the writer sets: on every engine the same bytes. */
export const envelopeText = (before: string, recordedAt: string, revision: number, after: string): string =>
  `${before}"${recordedAt}","revision":${revision}${after}`
