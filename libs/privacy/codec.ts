import type { KeyObject } from 'node:crypto'
import { canonical } from '#libs/kernel/canonical'
import { reader } from '#libs/kernel/event'
import type { EventType, Recorded } from '#libs/kernel/event'
import { shapeFaults } from '#libs/kernel/shape'
import type { Field, Full, Shape, Subject } from '#libs/kernel/shape'
import { lock, unlock } from '#libs/privacy/box'
import { fault } from '#libs/sqlite/fault'

type Data = Readonly<Record<string, unknown>>
/** Keys by key id, as the vault answers them. */
export type Keys = ReadonlyMap<string, KeyObject>
/** A value in which any field may be absent: what a key was missing for, or who asks may not see. */
export type Partly<T> = T extends readonly (infer I)[] ? readonly Partly<I>[] : T extends object ? { readonly [K in keyof T]?: Partly<T[K]> | undefined } : T

/**
 * The data subjects whose keys an event needs: `case`, `routine`, `person/<ref>`, `staff/<number>`. Throws with code `bad-event-data`, naming paths and
 * never values, when the data does not fit the shape: a fault of the program, found before any key is made.
 */
export const subjectsOf = (type: EventType, data: Data): string[] => [...separate(type, data).personal.keys()]

/** The data subjects that a stored event has ciphertexts of. */
export const sealedSubjects = (recorded: { readonly data: Data }): string[] => Object.keys(ciphertexts(recorded.data['sealed']))

const owned = /^(deviation|routine)-([^/]+)$/
/** The vault's name for a subject's key: a case and a routine have one each, persons one per case, staff one everywhere. */
export const keyId = (stream: string, subject: string): string => {
  if (subject.startsWith('staff/')) return subject
  const [, family, id = ''] = owned.exec(stream) ?? []
  if (family === 'deviation' && subject === 'case') return `case/${id}`
  if (family === 'deviation' && subject.startsWith('person/')) return `case/${id}/${subject}`
  if (family === 'routine' && subject === 'routine') return `routine/${id}`
  throw fault('no-such-subject', `Events of ${stream} have no subject ${subject}`)
}

/**
 * What is stored of an event: the plain fields as they are and, under `sealed`, one ciphertext per data subject. Each holds canonical JSON
 * `{ "<JSON pointer>": value }` and is bound to stream, event, type and subject. Absent optional fields are dropped. Throws with code
 * `bad-event-data` as `subjectsOf` does, `missing-key` when `keys` lacks one that `subjectsOf` names.
 */
export const seal = (event: { readonly type: EventType; readonly stream: string; readonly eventId: string; readonly data: Data; readonly keys: Keys }): Data => {
  const { type, stream, eventId, keys } = event
  const { plain, personal } = separate(type, event.data)
  if (personal.size === 0) return plain
  const sealed: Record<string, string> = {}
  for (const [subject, values] of personal) {
    const key = keys.get(keyId(stream, subject))
    if (!key) throw fault('missing-key', `No key of ${subject} was given for ${type.name} in ${stream}`)
    sealed[subject] = lock(key, canonical(values), binding(stream, eventId, type.name, subject))
  }
  return { ...plain, sealed }
}

export interface Opened<S extends Shape> {
  readonly data: Partly<Full<S>>
  /** Subjects whose key was not given: erased if the case says so, otherwise an alarm. */
  readonly missing: readonly string[]
  /** Subjects that `only` left closed. */
  readonly closed: readonly string[]
}

/**
 * An event's data with its personal fields, at the current version: they are put in their places in the data as stored, and upcasts come
 * after, so an upcast must do both for data with personal fields and for data without. `only` says which subjects may be seen. Throws with
 * code `tampered-ciphertext` when a ciphertext is not what was sealed for this event, `misplaced-value` when its values do not fit the data.
 */
export const open = <S extends Shape>(event: {
  readonly type: EventType<string, S>
  readonly recorded: Recorded
  readonly keys: Keys
  readonly only?: (subject: string) => boolean
}): Opened<S> => {
  const { type, recorded, keys, only } = event
  const { stream, revision, id } = recorded
  if (recorded.type !== type.name) throw fault('wrong-type', `${stream}/${revision} is ${recorded.type}, not ${type.name}`)
  const [missing, closed]: [string[], string[]] = [[], []]
  const { sealed, ...stored } = recorded.data
  const data = copied(stored)
  for (const [subject, ciphertext] of Object.entries(ciphertexts(sealed))) {
    const key = keys.get(keyId(stream, subject))
    if (only && !only(subject)) closed.push(subject)
    else if (!key) missing.push(subject)
    else {
      const content = unlock(key, ciphertext, binding(stream, id, type.name, subject))
      if (!content) throw fault('tampered-ciphertext', `What ${stream}/${revision} holds of ${subject} was changed after it was written, or belongs elsewhere`)
      const values: Data = JSON.parse(content.toString('utf8'))
      for (const [pointer, value] of Object.entries(values))
        if (!put(data, pointer, value)) throw fault('misplaced-value', `${stream}/${revision} has no place ${pointer} for what it holds of ${subject}`)
    }
  }
  // The reader answers data of the type asked for; its own return type leaves the personal fields out.
  return { data: lifted(type, { ...recorded, data }).data as Partly<Full<S>>, missing, closed }
}

/**
 * What hinders the codec in a shape, as sentences: a field of its own name at the top, a `person` or `staff` field without the plain sibling
 * that names the subject, a mark inside another subject's data. Empty for every shape that may be stored.
 */
export const codecFaults = (shape: Shape): string[] => [...(shape['sealed'] ? ['/sealed is the name of the ciphertexts'] : []), ...faultsWithin(shape, '')]

const siblings = { case: undefined, routine: undefined, person: 'ref', staff: 'staff' } as const
/** A list of personal values is personal as a whole: nothing of it would be left. */
const subjectOf = (field: Field): Subject | undefined => field.personal ?? (field.kind === 'list' && field.items ? subjectOf(field.items) : undefined)

const faultsWithin = (shape: Shape, at: string, outer?: Subject): string[] =>
  Object.entries(shape).flatMap(([name, field]) => {
    const here = `${at}/${escaped(name)}`
    const subject = subjectOf(field)
    const sibling = subject && siblings[subject]
    const named = sibling === undefined ? undefined : shape[sibling]
    const faults: string[] = []
    if (outer && subject && outer !== subject) faults.push(`${here} is marked ${subject} inside data of ${outer}`)
    if (!outer && sibling !== undefined && !(named?.format === 'id' && !named.optional && !named.personal)) faults.push(`${here} needs a sibling ${sibling} that names the ${String(subject)}`)
    const inner = innermost(field).shape
    return inner ? [...faults, ...faultsWithin(inner, here, outer ?? subject)] : faults
  })
const innermost = (field: Field): Field => (field.kind === 'list' && field.items ? innermost(field.items) : field)

const checked = new WeakSet<Shape>()
const separate = (type: EventType, data: Data): { readonly plain: Data; readonly personal: ReadonlyMap<string, Data> } => {
  if (!checked.has(type.shape)) {
    const faults = codecFaults(type.shape)
    if (faults.length > 0) throw fault('bad-shape', `The shape of ${type.name} cannot be stored: ${faults.join('; ')}`)
    checked.add(type.shape)
  }
  const faults = shapeFaults(type.shape, data)
  if (faults.length > 0) throw fault('bad-event-data', `The data of ${type.name} does not fit its shape: ${faults.join('; ')}`)
  const personal = new Map<string, Record<string, unknown>>()
  const take = (subject: string, pointer: string, value: unknown): void => {
    const values = personal.get(subject)
    if (values) values[pointer] = value
    else personal.set(subject, { [pointer]: value })
  }
  return { plain: plainOf(type.shape, data, '', take), personal }
}

type Take = (subject: string, pointer: string, value: unknown) => void
const plainOf = (shape: Shape, data: Data, at: string, take: Take): Data => {
  const plain: Record<string, unknown> = {}
  for (const name in shape) {
    const [field, value] = [shape[name], data[name]]
    if (!field || value === undefined) continue
    const subject = subjectOf(field)
    const pointer = `${at}/${escaped(name)}`
    if (!subject) plain[name] = plainValue(field, value, pointer, take)
    else {
      const sibling = siblings[subject]
      take(sibling === undefined ? subject : `${subject}/${String(data[sibling])}`, pointer, copied(value))
    }
  }
  return plain
}
const plainValue = (field: Field, value: unknown, at: string, take: Take): unknown => {
  const { shape, items } = field
  if (items && Array.isArray(value)) return value.map((item, index) => plainValue(items, item, `${at}/${index}`, take))
  if (shape && isRecord(value)) return plainOf(shape, value, at, take)
  return value
}

const binding = (stream: string, eventId: string, type: string, subject: string): string => canonical([stream, eventId, type, subject])

const ciphertexts = (sealed: unknown = {}): Readonly<Record<string, string>> => {
  if (!isCiphertexts(sealed)) throw fault('tampered-ciphertext', 'What an event holds under `sealed` is not what the codec writes')
  return sealed
}
const isCiphertexts = (value: unknown): value is Readonly<Record<string, string>> => isRecord(value) && Object.values(value).every((text) => typeof text === 'string')
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Deep, without absent fields. */
const copied = <T>(value: T): T => copy(value) as T
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy)
  if (!isRecord(value)) return value
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value)) if (value[name] !== undefined) out[name] = copy(value[name])
  return out
}

/** RFC 6901. */
const escaped = (name: string): string => (/[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name)
const unescaped = (step: string): string => (step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step)

/** Sets an absent field of a record that is there. */
const put = (data: Data, pointer: string, value: unknown): boolean => {
  const steps = pointer.split('/').slice(1).map(unescaped)
  const name = steps.pop()
  let at: unknown = data
  for (const step of steps) at = typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined
  if (name === undefined || !isRecord(at) || Object.hasOwn(at, name)) return false
  at[name] = value
  return true
}

const readers = new WeakMap<EventType, (recorded: Recorded) => { readonly data: unknown }>()
const lifted = (type: EventType, recorded: Recorded): { readonly data: unknown } => {
  let read = readers.get(type)
  if (!read) readers.set(type, (read = reader({ type })))
  return read(recorded)
}
