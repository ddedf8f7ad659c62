import type { KeyObject } from 'node:crypto'
import { deviationEvents, readDeviation } from '#events/deviation'
import { caseKeyId, loadCase, organisationUpTo, personOf, type Context } from '#apps/application/context'
import type { QueryRequest } from '#apps/application/request'
import { askerOf, caseKeyIn } from '#apps/application/queries/asker'
import { accessTo, informedAs, reasonOpens, seesProtectedIdentity, type Access, type Informed } from '#libs/deviation/access'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { byName, type EventType, type Recorded } from '#libs/kernel/event'
import type { Field, Full, Shape } from '#libs/kernel/shape'
import type { Organisation } from '#libs/organisation/state'
import type { Policies } from '#libs/policy/versions'
import { keyId, open, sealedSubjects, type Partly } from '#libs/privacy/codec'
import { fault } from '#libs/sqlite/fault'

/** As of an instant (the log up to, not including, the first event recorded later) or of a revision. */
export interface AsOf {
  readonly at?: string | undefined
  readonly revision?: number | undefined
}

type Family = typeof deviationEvents
/** An event as its reader may see it: personal fields in the clear, as marks, or absent. */
export type ShownEvent = {
  [K in keyof Family]: Family[K] extends EventType<infer N, infer S> ? Omit<Recorded, 'type' | 'data'> & { readonly type: N; readonly data: Partly<Full<S>> } : never
}[keyof Family]
/** The events of one type, in order. */
export const ofType = <T extends ShownEvent['type']>(events: readonly ShownEvent[], type: T) => events.filter((e): e is Extract<ShownEvent, { readonly type: T }> => e.type === type)

export const personalMark = '[personal data]'
export const protectedMark = '[protected identity]'

/** One case as one reader sees it at one moment. */
export interface SeenCase {
  readonly access: Exclude<Access, 'none'>
  readonly staff: string
  /** The moment that is shown, its facts and its organisation. */
  readonly at: string
  readonly facts: CaseFacts
  readonly organisation: Organisation
  /** Every version published until now, for the words that the events were written in. */
  readonly policies: Policies
  /** Position of the log that the answer has seen. */
  readonly position: string
  readonly recorded: readonly Recorded[]
  /** The events of the moment with what the reader may see of them. Throws with code `key-missing`. */
  readonly events: () => readonly ShownEvent[]
  /** Types of the events that one with the informed view, or the reporter, knows of: she sees their content, a registrar without free text. */
  readonly opened: ReadonlySet<string>
}

/**
 * Reads a case from its stream, so that it is never behind. Facts and organisation are those of the moment asked about, but the right to read is
 * judged by today's organisation and today's facts: who may not see a case now does not see its past. Undefined when there was no such case then,
 * or the reader may not know of it.
 */
export const seeCase = async (context: Context, q: QueryRequest, id: string, { at, revision }: AsOf): Promise<SeenCase | undefined> => {
  const head = await context.store.checkpoint('head')
  const today = await loadCase(context.store, id)
  if (!today || head === 'start') return undefined
  const asker = await askerOf(context, q)
  if (asker.staff === undefined) return undefined
  const { staff } = asker
  const persons = [...new Set(today.events.flatMap((e) => sealedSubjects(e).map((subject) => keyId(e.stream, subject))))]
  const keys = await context.vault.find([...new Set([caseKeyId(id), ...persons])])
  const person = personOf(asker.organisation, asker.now, staff, caseKeyIn(keys, id), today.facts)
  const access = accessTo(today.facts, person)
  if (access === 'none') return undefined

  const upTo = at === undefined ? undefined : ((await context.store.positionAt(at)) ?? '')
  const recorded = today.events.filter((e) => (upTo === undefined || e.position <= upTo) && (revision === undefined || e.revision <= revision))
  const last = recorded.at(-1)
  if (!last || (revision !== undefined && last.revision !== revision)) return undefined
  const facts = recorded.reduce<CaseFacts | undefined>((before, e) => evolveCase(before, readDeviation(e)), undefined)
  if (!facts) return undefined
  const past = upTo !== undefined || revision !== undefined
  const whole = access === 'full' || (access === 'masked' && q.reason !== undefined && reasonOpens(today.facts, person))
  const informed = informedAs(today.facts, person)
  const opened = openedTo(access, informed)
  const isOpen = (e: Recorded): boolean => whole || (opened.has(e.type) && !(access === 'informed' && informed === 'registrar'))
  const sight: Sight = { keys, isOpen, protectedToo: seesProtectedIdentity(today.facts, person) }
  return {
    access,
    staff,
    at: at ?? (past ? last.recordedAt : asker.now),
    facts,
    organisation: past ? await organisationUpTo(context.store, upTo ?? last.position) : asker.organisation,
    policies: await context.policies(),
    position: upTo ?? head.position,
    recorded,
    opened,
    events: () => recorded.map((e) => shown(e, sight)),
  }
}

type Types = ReadonlySet<ShownEvent['type']>
/** What a reporter sees the content of: her own report, what she added to it, and the feedback. */
const forReporters: Types = new Set<ShownEvent['type']>(['deviation-reported', 'report-supplemented', 'feedback-given', 'feedback-waived'])
/** What the other side of a hand-over sees: the report, what passed between the two, and what it is told. */
const forOtherSide: Types = new Set<ShownEvent['type']>([
  ...forReporters,
  'deviations-reported-in-batch',
  'lex-sarah-escalated',
  'handover-offered',
  'handover-accepted',
  'handover-declined',
  'handover-withdrawn',
  'deviation-closed',
])
/** What the nämnd sees of a private provider's lex Sarah report: the report, the investigation and the notification (R2; SoL 27 kap. 4, 6 §§). */
const forAuthority: Types = new Set<ShownEvent['type']>([
  ...forOtherSide,
  'authority-informed-by-provider',
  'lex-sarah-declined',
  'investigation-completed',
  'lex-sarah-decided',
  'ivo-notification-decided',
  'ivo-notification-sent',
  'ivo-receipt-recorded',
  'ivo-investigation-sent',
  'ivo-decision-received',
])
const openedTo = (access: Access, informed: Informed | undefined): ReadonlySet<string> => {
  if (access === 'own') return forReporters
  if (access !== 'informed') return new Set()
  return informed === 'other-side' ? forOtherSide : forAuthority
}

interface Sight {
  readonly keys: ReadonlyMap<string, KeyObject>
  readonly isOpen: (recorded: Recorded) => boolean
  readonly protectedToo: boolean
}
const types = byName(deviationEvents)

const shown = (recorded: Recorded, { keys, isOpen, protectedToo }: Sight): ShownEvent => {
  const type = types.get(recorded.type)
  if (!type) throw fault('unknown-event', `${recorded.stream}/${recorded.revision} is of a type that is not of a case`)
  const hidden = protectedToo ? new Set<string>() : protectedPersons(recorded)
  if (!isOpen(recorded)) return asShown(recorded, marked(type.shape, readDeviation(recorded).data, hidden))
  const { data, missing } = open({ type, recorded, keys, only: (subject) => !hidden.has(subject) })
  if (missing.length > 0) throw fault('key-missing', `Keys of ${missing.join(', ')} for ${recorded.stream}/${recorded.revision} are missing, and nobody erased them`)
  return asShown(recorded, hidden.size === 0 ? data : withProtectedMarks(data, hidden))
}
/** The data was opened by the type of the event itself, which the compiler cannot follow through the map of types. */
const asShown = (recorded: Recorded, data: unknown): ShownEvent => ({ ...recorded, data }) as ShownEvent

type Data = Readonly<Record<string, unknown>>
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Subjects of the persons whose identity is protected (skyddade personuppgifter). */
const protectedPersons = (recorded: Recorded): ReadonlySet<string> => {
  const event = readDeviation(recorded)
  const persons = event.type === 'deviation-reported' ? event.data.individuals : []
  return new Set(persons.filter((person) => person.protectedIdentity).map((person) => `person/${person.ref}`))
}
const protectedFields = { name: protectedMark, personalNumber: protectedMark }
const isHidden = (value: Data, hidden: ReadonlySet<string>): boolean => hidden.has(`person/${String(value['ref'])}`)
const withProtectedMarks = (data: unknown, hidden: ReadonlySet<string>): unknown => {
  if (!isData(data) || !Array.isArray(data['individuals'])) return data
  return { ...data, individuals: data['individuals'].map((person: unknown) => (isData(person) && isHidden(person, hidden) ? { ...person, ...protectedFields } : person)) }
}

/** Plain data with a mark in place of every personal field; nothing is decrypted, so a field that may be absent has its mark as well. */
const marked = (shape: Shape, data: Data, hidden: ReadonlySet<string>): Data => {
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) {
    const value = field.personal ? (field.personal === 'person' && isHidden(data, hidden) ? protectedMark : personalMark) : markedValue(field, data[name], hidden)
    if (value !== undefined) out[name] = value
  }
  return out
}
const markedValue = (field: Field, value: unknown, hidden: ReadonlySet<string>): unknown => {
  const { items, shape } = field
  if (items && Array.isArray(value)) return value.map((item) => markedValue(items, item, hidden))
  return shape && isData(value) ? marked(shape, value, hidden) : value
}
