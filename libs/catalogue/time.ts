import { deadlineKeys, ivoLaws } from '#events/codes'
import { labels } from '#libs/catalogue/labels'
import { p, when, type Phrase } from '#libs/catalogue/phrase'
import type { Labels } from '#libs/kernel/event'

const late = when('late', ' Detta skrevs i efterhand.', ' This was written afterwards.')
const whose = p(' Ansvarig: {responsible.role} vid {responsible.unit}', ' Responsible: {responsible.role} at {responsible.unit}')
const held = [whose, p(' ({heldBy})', ' ({heldBy})'), p('.', '.')]

/** What the events of time say, in every family that has them. */
export const timePhrases = {
  // None, where an old case was looked at that owed nothing in time.
  'deadlines-set': [p('Frister satta', 'Deadlines set'), p(': {deadlines}', ': {deadlines}'), p('.', '.')],
  'deadline-met': [p('Fristen hölls {at}: {deadline}.', 'The deadline was met {at}: {deadline}.')],
  'deadline-lapsed': [p('Fristen föll bort: {deadline}.', 'The deadline lapsed: {deadline}.')],
  'deadline-extended': [p('Ny frist {due}: {deadline} ({because}).', 'New deadline {due}: {deadline} ({because}).'), p(' Skäl: {reason}', ' Reason: {reason}')],
  'deadline-warned': [p('Fristen är nära, {dueInstant}: {deadline}.', 'The deadline is near, {dueInstant}: {deadline}.'), ...held, late],
  'deadline-missed': [p('Fristen missades {dueInstant}: {deadline}.', 'The deadline was missed {dueInstant}: {deadline}.'), ...held, late],
  'deadline-escalated': [
    p('Den missade fristen {deadline} gick vidare {at} till {escalatedTo.role} vid {escalatedTo.unit}', 'The missed deadline {deadline} went up {at} to {escalatedTo.role} at {escalatedTo.unit}'),
    p(' ({to})', ' ({to})'),
    p(', steg {step}.', ', step {step}.'),
    late,
  ],
} satisfies Readonly<Record<string, readonly Phrase[]>>

/** What is said of mails about alarms. */
export const mailPhrases = {
  'alarm-mailed': [p('Larmet mejlades ({kind}) till {to}', 'The alarm was mailed ({kind}) to {to}'), p(', {deadline}', ', {deadline}'), p('.', '.')],
  'alarm-mail-abandoned': [
    p('Mejlet om larmet ({kind}) till {to} kom inte fram: {because}', 'The mail about the alarm ({kind}) to {to} did not arrive: {because}'),
    p(', {deadline}', ', {deadline}'),
    p('.', '.'),
  ],
} satisfies Readonly<Record<string, readonly Phrase[]>>

/** One of a list of deadlines. */
export const deadlineItem: readonly Phrase[] = [p('{id} {due}', '{id} {due}')]

/** A deadline by its id: the words of its key, then what it is about. */
export const deadlineName = (id: string): Labels => {
  const [name = '', ...about] = id.split('/')
  const key = deadlineKeys.find((code) => code === name)
  const words = key === undefined ? { sv: name, en: name } : labels.deadlineKeys[key]
  const rest = (language: keyof Labels): string => (about.length > 0 ? ` ${about.map((part) => lawName(part)[language]).join('/')}` : '')
  return { sv: words.sv + rest('sv'), en: words.en + rest('en') }
}
const lawName = (part: string): Labels => {
  const law = ivoLaws.find((code) => code === part)
  return law === undefined ? { sv: part, en: part } : labels.ivoLaws[law]
}

/** What the deadline of the policy is about. */
export const policyTitle: Labels = { sv: 'Regelverket', en: 'The policy' }

/** What a calendar of deadlines is called: a role, and the unit at which it is held. */
export const calendarName = (role: Labels, unit: string): Labels => ({ sv: `Frister: ${role.sv}, ${unit}`, en: `Deadlines: ${role.en}, ${unit}` })
/** What stands in a calendar on the day of a deadline: what is to be done, and in which case. */
export const calendarEntry = (deadline: string, about: string): Labels => ({ sv: `${deadlineName(deadline).sv} (${about})`, en: `${deadlineName(deadline).en} (${about})` })
