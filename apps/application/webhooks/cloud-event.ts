import { caseIdOf, deviationEvents, deviationStream } from '#events/deviation'
import { organisationEvents, organisationStream } from '#events/organisation'
import { policyEvents, policyStream } from '#events/policy'
import { routineEvents, routineIdOf, routineStream } from '#events/routine'
import { caseNumber } from '#libs/duties/number'
import { byName, reader, type EventType, type Recorded } from '#libs/kernel/event'
import { formats, type Field, type Format, type Shape } from '#libs/kernel/shape'
import { fault } from '#libs/sqlite/fault'

type Data = Readonly<Record<string, unknown>>
/** Streams whose events are offered, with the families that they hold. */
const families = [
  { prefix: deviationStream(''), types: byName(deviationEvents), read: reader(deviationEvents) },
  { prefix: routineStream(''), types: byName(routineEvents), read: reader(routineEvents) },
  { prefix: organisationStream, types: byName(organisationEvents), read: reader(organisationEvents) },
  { prefix: policyStream, types: byName(policyEvents), read: reader(policyEvents) },
] as const
export const offeredStreams: readonly string[] = families.map(({ prefix }) => prefix)

/** CloudEvents 1.0 in structured mode, `application/cloudevents+json`. */
export interface CloudEvent {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly datacontenttype: 'application/json'
  /** Sorts as text in the order of the log; an event has the same whenever it is sent. */
  readonly sequence: string
  readonly data: Data
}

/** A member of staff by number: says nothing to a stranger, but is the same person everywhere, so it stays here. */
const staffNumber = /^s-[a-z0-9]{10}$/
const openFormats: ReadonlySet<Format> = new Set<Format>(['id', 'instant', 'date', 'version'])

/**
 * What of a field may leave: codes, ids, dates, numbers and flags that are plain, as far as their values are what the shape says. Texts stay, also those about no person, as do
 * digests, and ids of staff.
 */
const openValue = (field: Field, value: unknown): unknown => {
  if (field.personal || value === undefined) return undefined
  switch (field.kind) {
    case 'code':
      return typeof value === 'string' && (field.codes?.includes(value) ?? false) ? value : undefined
    case 'format':
      return typeof value === 'string' && field.format !== undefined && openFormats.has(field.format) && formats[field.format].test(value) && !staffNumber.test(value) ? value : undefined
    case 'integer':
    case 'number':
      return typeof value === 'number' ? value : undefined
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'text':
      return undefined
    case 'list': {
      const { items } = field
      if (!items || !Array.isArray(value)) return undefined
      const open = value.map((item) => openValue(items, item)).filter((item) => item !== undefined)
      // A list of persons would be an empty one.
      return open.length > 0 || value.length === 0 ? open : undefined
    }
    case 'object':
      return field.shape && isData(value) && !isAboutAPerson(field.shape) ? openData(field.shape, value) : undefined
  }
}
/** What stands beside a person's name and number is about her as well. */
const isAboutAPerson = (shape: Shape): boolean => Object.values(shape).some(({ personal }) => personal === 'person')
/** Says something of one person, whom the unit tells. */
const withheld: ReadonlySet<string> = new Set(['concernsManager'])
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
/** The plain codes, ids, dates and numbers of an event's data, by its shape. */
export const openData = (shape: Shape, data: Data): Data => {
  const out: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) {
    const value = withheld.has(name) ? undefined : openValue(field, data[name])
    if (value !== undefined) out[name] = value
  }
  return out
}

/** An event as it is offered to other systems; by its shape alone, so that what is encrypted cannot get in, whatever it says. `source` names the deployment. */
export const cloudEventOf = (recorded: Recorded, source: string): CloudEvent => {
  const { id, stream, revision, recordedAt, meta, position } = recorded
  const family = families.find(({ prefix }) => stream.startsWith(prefix))
  const type: EventType | undefined = family?.types.get(recorded.type)
  if (!family || !type) throw fault('unknown-event', `${stream}/${revision} is of a type that is not offered`)
  const { role, unit } = meta.actor
  const about = stream.startsWith(deviationStream(''))
    ? { case: caseIdOf(stream), number: caseNumber(caseIdOf(stream)) }
    : stream.startsWith(routineStream(''))
      ? { routine: routineIdOf(stream) }
      : {}
  return {
    specversion: '1.0',
    id,
    source,
    type: `se.vaka.${type.name}`,
    subject: stream,
    time: recordedAt,
    datacontenttype: 'application/json',
    sequence: position,
    data: { ...about, revision, actor: { role, ...(unit === undefined ? {} : { unit }) }, content: openData(type.shape, family.read(recorded).data) },
  }
}
