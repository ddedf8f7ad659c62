import type { bindings, mailFailures, mailKinds, Role } from '#events/codes'
import { readDeviation } from '#events/deviation'
import { organisationStream, readOrganisation } from '#events/organisation'
import { policyStream, readPolicy } from '#events/policy'
import { readRoutine } from '#events/routine'
import type { Recorded } from '#libs/kernel/event'
import { projection } from '#libs/kernel/projection'

type MailKind = (typeof mailKinds)[number]
/** Events that somebody is to be told of by mail. */
export const alarmTypes = ['deadline-warned', 'deadline-missed', 'deadline-escalated', 'seat-vacated'] as const
export type AlarmType = (typeof alarmTypes)[number]

/** What is known of an alarm without its case: from which event, of what. */
export interface Alarm {
  readonly stream: string
  readonly type: AlarmType
  readonly recordedAt: string
  /** Id of the deadline, and when it is or was due. */
  readonly deadline?: string
  readonly dueInstant?: string
  /** The seat that nobody holds. */
  readonly seat?: { readonly role: Role; readonly unit: string }
}
/** One alarm on its way to one member of staff. */
export interface AlarmMail extends Alarm {
  readonly kind: MailKind
  readonly status: 'waiting' | 'sent' | 'dead'
  /** When it was sent or given up, and then why. */
  readonly settledAt?: string
  readonly because?: (typeof mailFailures)[number]
}

const ofCase = 'deviation-'
const ofRoutine = 'routine-'
const read = (recorded: Recorded) => {
  const { stream } = recorded
  if (stream.startsWith(ofCase)) return readDeviation(recorded)
  if (stream.startsWith(ofRoutine)) return readRoutine(recorded)
  return stream === policyStream ? readPolicy(recorded) : readOrganisation(recorded)
}

/** An alarm and whom it goes to, which names the row of the two; neither holds a slash. */
export const alarmMailKey = (alarm: string, staff: string): string => `${alarm}/${staff}`
export const readAlarmMailKey = (key: string): { readonly alarm: string; readonly staff: string } => {
  const [alarm = '', staff = ''] = key.split('/')
  return { alarm, staff }
}

const rowsOf = (recorded: Recorded): readonly string[] => {
  const event = read(recorded)
  if (event.type === 'alarm-mailed' || event.type === 'alarm-mail-abandoned') return [alarmMailKey(event.data.alarm, event.data.to)]
  return isAlarm(event) ? event.data.to.map((staff) => alarmMailKey(event.id, staff)) : []
}
const isAlarm = <E extends { readonly type: string }>(event: E): event is Extract<E, { readonly type: AlarmType }> => alarmTypes.some((type) => type === event.type)

/** At once where a statute or regulation stands behind the limit; the municipality's own limits wait for the digest. */
const kindOf = (binding: (typeof bindings)[number]): MailKind => (binding === 'local' ? 'digest' : 'immediate')
const fold = (row: AlarmMail | undefined, recorded: Recorded): AlarmMail | undefined => {
  const event = read(recorded)
  const { stream, recordedAt } = recorded
  if (event.type === 'alarm-mailed') return row && { ...row, status: 'sent', settledAt: recordedAt }
  if (event.type === 'alarm-mail-abandoned') return row && { ...row, status: 'dead', settledAt: recordedAt, because: event.data.because }
  if (!isAlarm(event)) return row
  if (event.type === 'seat-vacated') {
    const { role, unit } = event.data
    return { stream, type: event.type, recordedAt, seat: { role, unit }, kind: 'immediate', status: 'waiting' }
  }
  const { deadline, dueInstant } = event.data
  const kind = event.type === 'deadline-warned' ? 'digest' : kindOf(event.data.binding)
  return { stream, type: event.type, recordedAt, deadline, dueInstant, kind, status: 'waiting' }
}

/**
 * Mails about alarms: a row for each alarm and each member of staff that it goes to, waiting until the log says that it was sent or given up.
 * So the log is what the mailer remembers by, and it finds by index what it has to do.
 */
export const alarmMails = projection({
  name: 'alarm-mails',
  version: 1,
  streams: [ofCase, ofRoutine, policyStream, organisationStream],
  types: new Set<string>([...alarmTypes, 'alarm-mailed', 'alarm-mail-abandoned']),
  columns: { mail_status: 'text', kind: 'text', recipient: 'text', recorded: 'text' },
  indices: [
    ['mail_status', 'kind', 'recorded'],
    ['mail_status', 'kind', 'recipient', 'recorded'],
    ['mail_status', 'recorded'],
  ],
  key: rowsOf,
  fold,
  row: ({ status, kind, recordedAt }, key) => ({ mail_status: status, kind, recipient: readAlarmMailKey(key).staff, recorded: recordedAt }),
})
