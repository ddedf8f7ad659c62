import { openDatabase } from '#libs/sqlite/open'
import { eventLog } from '#libs/event-store-sqlite/schema'
import { appendOf, none, program } from '#libs/event-store-sqlite/writer'
import type { Draft, EventType, Meta } from '#libs/kernel/event'
import type { Field, Shape } from '#libs/kernel/shape'
import type { Revision } from '#libs/kernel/store'

/** One append of a generated log, recorded at its own instant. */
export interface Appended {
  readonly stream: string
  readonly expected: Revision | 'none'
  readonly at: string
  readonly drafts: readonly Draft[]
}
type Data = Readonly<Record<string, unknown>>

/** Stands for every ciphertext: the right length and alphabet, made once, so that AES is no part of the set-up. Nothing can open it. */
const ciphertext = 'q7Vx2-JmZ0aYbN4cKd9EwLfTgHu_3RiPoS1Uj8kQyAvMlXBzW5nOCtDhF6GpIers'.repeat(600)
/** AES-256-GCM adds nonce and tag, base64url a third. */
const sealedLength = (plainBytes: number): number => Math.ceil(((plainBytes + 28) * 4) / 3)

/**
 * An event as the codec leaves it: plain fields as they are, without the absent ones, and under `sealed` one ciphertext per data subject, whose
 * length follows from the texts.
 */
export const stored = (types: ReadonlyMap<string, EventType>, event: { readonly type: string; readonly data: object }, meta: Meta, id: string): Draft => {
  const type = types.get(event.type)
  if (!type) throw new Error(`No event type ${event.type}`)
  const lengths = new Map<string, number>()
  const plain = plainOf(type.shape, { ...event.data }, lengths)
  const sealed = Object.fromEntries([...lengths].map(([subject, length]) => [subject, ciphertext.slice(0, sealedLength(length + 2))]))
  return { id, type: type.name, schemaVersion: type.version, meta, data: lengths.size > 0 ? { ...plain, sealed } : plain }
}
const siblings = { case: undefined, routine: undefined, person: 'ref', staff: 'staff' } as const
const plainOf = (shape: Shape, data: Data, lengths: Map<string, number>): Data => {
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(data)) {
    const field = shape[name]
    if (!field || value === undefined) continue
    if (field.personal) {
      const sibling = siblings[field.personal]
      const subject = sibling === undefined ? field.personal : `${field.personal}/${String(data[sibling])}`
      lengths.set(subject, (lengths.get(subject) ?? 0) + name.length + 5 + Buffer.byteLength(JSON.stringify(value)))
    } else plain[name] = plainValue(field, value, lengths)
  }
  return plain
}
const plainValue = ({ items, shape }: Field, value: unknown, lengths: Map<string, number>): unknown => {
  if (items && Array.isArray(value)) return value.map((item: unknown) => plainValue(items, item, lengths))
  return shape && typeof value === 'object' && value !== null ? plainOf(shape, { ...value }, lengths) : value
}

const appendsPerCommit = 10_000

/** Writes a log through the writer's own program, in big transactions; every event gets the instant of its append. Answers the events written. */
export const writeLog = (file: string, appends: Iterable<Appended>, mostEvents = Infinity): number => {
  const db = openDatabase(file, eventLog)
  const append = program(db)
  let events = 0
  let inCommit = 0
  db.exec('begin')
  for (const { stream, expected, at, drafts } of appends) {
    if (events >= mostEvents) break
    const written = append(appendOf(stream, expected === 'none' ? none : expected, drafts), { at })
    if (typeof written === 'number') throw new Error(`${stream} is at ${written}, not at ${expected}`)
    events += drafts.length
    if (++inCommit % appendsPerCommit === 0) db.exec('commit; begin')
  }
  db.exec('commit')
  db.pragma('wal_checkpoint(truncate)')
  db.close()
  return events
}
