import { argumentsOf, refusal, word, type Desk, type Run } from '#apps/desk/desk'
import { stateLines } from '#apps/desk/state'
import { openLogToRead } from '#apps/desk/stores'
import { loadCase, organisationUpTo, policiesUpTo, type LoadedCase } from '#apps/application/context'
import { wordsAsOf } from '#apps/application/queries/words'
import { caseIdOf, deviationEvents, readDeviation } from '#events/deviation'
import { labels } from '#libs/catalogue/labels'
import { summaryOf } from '#libs/catalogue/summaries'
import { caseNumber, readCaseNumber } from '#libs/duties/number'
import { byName, type Actor, type Recorded } from '#libs/kernel/event'
import type { Shape } from '#libs/kernel/shape'
import type { EventStore } from '#libs/kernel/store'
import type { Organisation } from '#libs/organisation/state'
import type { Policies } from '#libs/policy/versions'

const usage = 'replay <case id or number> [--at <instant>] [--revision <n>]'
const types = byName(deviationEvents)

/**
 * History of a case in words and then its state, from the log alone: no lock, no server, no keys, so personal data is not in it. With `--at`
 * as the log stood at that instant, with `--revision` as the case stood then.
 */
export const run: Run = async (desk, args) => {
  const { positionals, values } = argumentsOf(desk, args, usage, { at: { type: 'string' }, revision: { type: 'string' } }, 1)
  const [asked = ''] = positionals
  const { at, revision } = values
  if (at !== undefined && revision !== undefined) throw refusal(desk, 'at-or-revision')
  if (at !== undefined && !isInstant(at)) throw refusal(desk, 'bad-instant')
  if (revision !== undefined && !/^\d{1,15}$/.test(revision)) throw refusal(desk, 'bad-revision')
  const log = await openLogToRead(desk)
  try {
    return await replayed(desk, log, asked, at, revision === undefined ? undefined : Number(revision))
  } finally {
    await log.close()
  }
}

const isInstant = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(Date.parse(text.toUpperCase()))

const replayed = async (desk: Desk, log: EventStore, asked: string, at: string | undefined, revision: number | undefined): Promise<string> => {
  const id = await identified(log, asked)
  const whole = id === undefined ? undefined : await loadCase(log, id)
  if (!whole || id === undefined) throw refusal(desk, 'no-case', { case: asked, folder: desk.folder })
  const { revision: last } = whole.facts
  if (revision !== undefined && revision > last) throw refusal(desk, 'no-revision', { case: asked, revision: String(revision), last: String(last) })
  const upTo = at === undefined ? undefined : await log.positionAt(at.toUpperCase())
  const then = await (async () => {
    if (at !== undefined) return upTo === undefined ? undefined : loadCase(log, id, { upTo })
    return revision === undefined ? whole : loadCase(log, id, { revision })
  })()
  const known = upTo ?? then?.events.at(-1)?.position
  if (!then || known === undefined) throw refusal(desk, 'no-case-then', { case: asked, at: at ?? '' })
  return printed(desk, then, await organisationUpTo(log, known), await policiesUpTo(log))
}

/** The id of a case from its id or its short number; the numbers are derived from the ids, so the reports of the log are looked through. */
const identified = async (log: EventStore, asked: string): Promise<string | undefined> => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked)) return asked.toLowerCase()
  const number = readCaseNumber(asked)
  if (number === undefined) return undefined
  const reading = new AbortController()
  try {
    for await (const item of log.subscribe({ after: 'start', streams: ['deviation-'], signal: reading.signal })) {
      if (item === 'caught-up') return undefined
      if (!('passed' in item) && item.revision === 0 && caseNumber(caseIdOf(item.stream)) === number) return caseIdOf(item.stream)
    }
    return undefined
  } finally {
    reading.abort()
  }
}

const localTime = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'medium' })
const printed = (desk: Desk, { facts, events }: LoadedCase, organisation: Organisation, policies: Policies): string => {
  const unitName = (unit: string): string => organisation.units.get(unit)?.name ?? unit
  const lines = [`${word(desk, 'case')} ${caseNumber(facts.id)} (${facts.id})`, '', word(desk, 'history')]
  for (const recorded of events) {
    const event = readDeviation(recorded)
    const label = types.get(event.type)?.labels[desk.language] ?? event.type
    lines.push(`  ${String(recorded.revision).padStart(3)}  ${localTime.format(Date.parse(recorded.recordedAt))}  ${label}`)
    lines.push(`       ${whoWords(desk, recorded.meta.actor, unitName)}`)
    lines.push(`       ${summaryOf({ type: event.type, data: masked(recorded) }, desk.language, unitName, wordsAsOf(policies, recorded.meta.versions.vocabulary))}`)
  }
  lines.push('', word(desk, 'state', { revision: String(facts.revision) }), ...stateLines(desk, facts, unitName, (version) => wordsAsOf(policies, version)))
  return `${lines.join('\n')}\n`
}
/** Role, unit and staff number: who that is, only the service tells. */
const whoWords = (desk: Desk, { id, role, unit }: Actor, unitName: (unit: string) => string): string => {
  const roles: Readonly<Record<string, { readonly sv: string; readonly en: string }>> = labels.roles
  const at = unit === undefined ? '' : ` ${word(desk, 'at')} ${unitName(unit)}`
  return `${roles[role]?.[desk.language] ?? role}${at}, ${id}`
}

const personalData = '[personal data]'
/**
 * An event's plain data with a mark for what only keys would open: in the place of each personal field that such an event always has. Whether
 * an optional one is there is not to be seen from outside.
 */
const masked = (recorded: Recorded): Data => withMarks(types.get(recorded.type)?.shape ?? {}, { ...readDeviation(recorded).data })
const withMarks = (shape: Shape, data: Data): Data => {
  const marked: Record<string, unknown> = { ...data }
  for (const [name, field] of Object.entries(shape)) {
    const value = data[name]
    const inner = field.shape ?? field.items?.shape
    if (field.personal) {
      if (!field.optional) marked[name] = personalData
    } else if (inner && Array.isArray(value)) marked[name] = value.map((item) => (isRecord(item) ? withMarks(inner, item) : item))
    else if (inner && isRecord(value)) marked[name] = withMarks(inner, value)
  }
  return marked
}
type Data = Readonly<Record<string, unknown>>
const isRecord = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
