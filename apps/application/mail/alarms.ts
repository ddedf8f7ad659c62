import { caseIdOf, deviationStream, readDeviation } from '#events/deviation'
import { policyStream } from '#events/policy'
import { readRoutine, routineIdOf, routineStream } from '#events/routine'
import type { mailFailures } from '#events/codes'
import { caseKeyId, personOf, type Context } from '#apps/application/context'
import type { AlarmText } from '#libs/catalogue/mail'
import { accessTo, barred } from '#libs/deviation/access'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { caseNumber } from '#libs/duties/number'
import { isRunning, type Deadline } from '#libs/deadlines/state'
import type { Recorded } from '#libs/kernel/event'
import type { StoredRow } from '#libs/kernel/projection'
import { hasPassed, unit as unitOf } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { evolveRoutine, type Routine } from '#libs/routines/state'
import { alarmMails, readAlarmMailKey, type AlarmMail } from '#projections/alarm-mails/alarm-mails'
import { stateOf } from '#apps/application/queries/pages'

/** One alarm to one recipient, as its row says. */
export interface Waiting extends AlarmMail {
  readonly key: string
  readonly alarm: string
  readonly to: string
}
export const waitingOf = (row: StoredRow): Waiting => {
  const { alarm, staff } = readAlarmMailKey(row.key)
  return { ...stateOf(alarmMails, row), key: row.key, alarm, to: staff }
}

/** What is to be done with an alarm now: told, given up and why, or nothing, because the log says that it was settled. */
export type Verdict =
  | { readonly kind: 'tell'; readonly text: AlarmText }
  | { readonly kind: 'give-up'; readonly because: (typeof mailFailures)[number] }
  | { readonly kind: 'settled' }

/** The streams of a round, each read once. */
export const streamReader = ({ store }: Pick<Context, 'store'>): ((stream: string) => Promise<readonly Recorded[]>) => {
  const streams = new Map<string, Promise<readonly Recorded[]>>()
  return (stream) => {
    const known = streams.get(stream)
    if (known) return known
    const reading = all(store.read(stream))
    streams.set(stream, reading)
    return reading
  }
}
const all = async (events: AsyncIterable<Recorded>): Promise<readonly Recorded[]> => {
  const found: Recorded[] = []
  for await (const event of events) found.push(event)
  return found
}

interface Judging {
  readonly context: Pick<Context, 'vault' | 'clock'>
  readonly organisation: Organisation
  readonly eventsOf: (stream: string) => Promise<readonly Recorded[]>
  /** Where people reach Vaka, without a slash at its end. */
  readonly publicUrl: string
}

/**
 * Judges an alarm at the moment of sending, by the log and today's organisation: people leave, declare a conflict of interest, or turn out to be whom a
 * case concerns. Who sees the number of a case and no more is told no more.
 */
export const judge = async (one: Waiting, judging: Judging): Promise<Verdict> => {
  const { organisation, context } = judging
  const now = context.clock.now()
  const events = await judging.eventsOf(one.stream)
  if (events.some((e) => isAboutMail(e) && e.data['alarm'] === one.alarm && e.data['to'] === one.to)) return { kind: 'settled' }
  const held = (organisation.byStaff.get(one.to) ?? []).flatMap((id) => organisation.grants.get(id) ?? [])
  if (!held.some((grant) => !hasPassed(grant, now))) return { kind: 'give-up', because: 'recipient-left' }
  const nameOf = (id: string): string => unitOf(organisation, id)?.name ?? id
  if (one.stream.startsWith(deviationStream(''))) return ofCase(one, events, judging, nameOf)
  return { kind: 'tell', text: { ...elsewhere(one, events, nameOf, judging.publicUrl) } }
}
const isAboutMail = ({ type }: Recorded): boolean => type === 'alarm-mailed' || type === 'alarm-mail-abandoned'

const ofCase = async (one: Waiting, events: readonly Recorded[], { context, organisation, publicUrl }: Judging, nameOf: (unit: string) => string): Promise<Verdict> => {
  const id = caseIdOf(one.stream)
  const now = context.clock.now()
  const facts = events.reduce<CaseFacts | undefined>((before, e) => evolveCase(before, readDeviation(e)), undefined)
  const key = (await context.vault.find([caseKeyId(id)])).get(caseKeyId(id))
  if (!facts || barred(facts, { organisation, now })(one.to)) return { kind: 'give-up', because: 'recipient-excluded' }
  const access = accessTo(facts, personOf(organisation, now, one.to, key, facts))
  const link = `${publicUrl}/v1/deviations/${id}`
  const number = caseNumber(id)
  switch (access) {
    // Of her own report she may know; the duty is not hers any more.
    case 'own':
    case 'none':
      return { kind: 'give-up', because: 'recipient-excluded' }
    case 'limited':
      return { kind: 'tell', text: { type: 'limited', head: 'limited', words: { number, unit: '', name: '' }, link } }
    case 'full':
    case 'masked':
    case 'informed':
      return { kind: 'tell', text: { ...about(one, facts.deadlines), head: 'case', words: { number, unit: nameOf(facts.unit), name: '' }, link } }
  }
}

const about = ({ type, deadline, dueInstant, seat }: Waiting, deadlines: readonly Deadline[] = []) => ({
  type,
  ended: deadlines.some((d) => d.id === deadline && !isRunning(d)),
  ...(deadline === undefined ? {} : { deadline }),
  ...(dueInstant === undefined ? {} : { dueInstant }),
  ...(seat === undefined ? {} : { role: seat.role }),
})
const elsewhere = (one: Waiting, events: readonly Recorded[], nameOf: (unit: string) => string, publicUrl: string): AlarmText => {
  const { stream, seat } = one
  if (stream.startsWith(routineStream(''))) {
    const id = routineIdOf(stream)
    const routine = events.reduce<Routine | undefined>((before, e) => evolveRoutine(before, readRoutine(e)), undefined)
    return { ...about(one, routine?.deadlines), head: 'routine', words: { number: '', unit: nameOf(routine?.owner.unit ?? ''), name: routine?.name ?? id }, link: `${publicUrl}/v1/routines/${id}` }
  }
  if (stream === policyStream) return { ...about(one), head: 'policy', words: { number: '', unit: '', name: '' }, link: `${publicUrl}/v1/policy` }
  const unit = seat?.unit ?? ''
  return { ...about(one), head: 'seat', words: { number: '', unit: nameOf(unit), name: '' }, link: `${publicUrl}/v1/queues/${unit}?view=unassigned` }
}
