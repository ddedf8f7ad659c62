import { ivoLaws } from '#events/codes'
import { labels } from '#libs/catalogue/labels'
import { filled, type Language } from '#libs/catalogue/sentence'
import { deadlineName } from '#libs/catalogue/time'
import { startOfDay, stockholmDay } from '#libs/calendar/days'
import type { Labels } from '#libs/kernel/event'

const l = (sv: string, en: string): Labels => ({ sv, en })

/** What a mail about alarms says. Never what a case is about, and nobody's name. */
export const mailSentences = {
  /** Subjects. `what` is a case number, or the name of a routine or unit. */
  subjects: {
    'deadline-warned': l('Vaka: frist nära, {what}', 'Vaka: deadline near, {what}'),
    'deadline-missed': l('Vaka: frist missad, {what}', 'Vaka: deadline missed, {what}'),
    'deadline-escalated': l('Vaka: missad frist har gått vidare, {what}', 'Vaka: missed deadline has gone up, {what}'),
    'seat-vacated': l('Vaka: uppdrag utan innehavare, {what}', 'Vaka: seat vacant, {what}'),
    /** Of a case that its recipient sees the number of and no more. */
    limited: l('Vaka: larm, {what}', 'Vaka: alarm, {what}'),
    several: l('Vaka: larm ({count})', 'Vaka: alarms ({count})'),
  },
  intro: {
    one: l('Vaka har ett larm till dig.', 'Vaka has an alarm for you.'),
    several: l('Vaka har {count} larm till dig.', 'Vaka has {count} alarms for you.'),
  },
  reasons: {
    'deadline-warned': l('Fristen är nära: {deadline}. Senast {due}.', 'The deadline is near: {deadline}. Due {due}.'),
    'deadline-missed': l('Fristen missades: {deadline}. Skulle ha varit klart {due}.', 'The deadline was missed: {deadline}. It was due {due}.'),
    'deadline-escalated': l('En missad frist har gått vidare till dig: {deadline}. Skulle ha varit klart {due}.', 'A missed deadline has gone up to you: {deadline}. It was due {due}.'),
    'seat-vacated': l('Ingen har uppdraget {role}, och ärenden väntar.', 'Nobody holds the role {role}, and cases wait.'),
    limited: l('Det finns ett larm i ärendet.', 'There is an alarm in the case.'),
  },
  /** Of a deadline that was met or fell away between the alarm and the mail. */
  ended: l('Inget mer behövs: den är avslutad nu.', 'Nothing more is needed: it has ended now.'),
  /** What the alarm is about. */
  heads: {
    case: l('Ärende {number}, {unit}', 'Case {number}, {unit}'),
    limited: l('Ärende {number}', 'Case {number}'),
    routine: l('Rutin: {name}, {unit}', 'Routine: {name}, {unit}'),
    policy: l('Regelverket', 'The policy'),
    seat: l('{unit}', '{unit}'),
  },
  more: l('Och {count} till. De står i Vaka.', 'And {count} more. They stand in Vaka.'),
  foot: l(
    'Mejlet skickades automatiskt och kan inte besvaras. Det innehåller inga uppgifter ur ärendena: läs dem i Vaka.',
    'This mail was sent automatically and cannot be answered. It holds nothing of what the cases say: read them in Vaka.',
  ),
} as const

/** One alarm as its mail tells it. */
export interface AlarmText {
  readonly type: keyof typeof mailSentences.reasons
  readonly head: keyof typeof mailSentences.heads
  /** Words that are the same in every language: number, unit, name. */
  readonly words: Readonly<Record<'number' | 'unit' | 'name', string>>
  readonly deadline?: string
  readonly dueInstant?: string
  /** The deadline runs no more. */
  readonly ended?: boolean
  readonly role?: keyof typeof labels.roles
  readonly link: string
}

/** A deadline without what people may have named: its key, and the law or the number of IVO's request. */
const deadlineWords = (id: string): Labels => {
  const [key = '', subject] = id.split('/')
  const name = deadlineName(key)
  const law = ivoLaws.find((code) => code === subject)
  if (law !== undefined) return { sv: `${name.sv} (${labels.ivoLaws[law].sv})`, en: `${name.en} (${labels.ivoLaws[law].en})` }
  return key === 'answer-ivo' && subject !== undefined && /^\d{1,4}$/.test(subject) ? { sv: `${name.sv} (${subject})`, en: `${name.en} (${subject})` } : name
}
const clockTime = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', hour: '2-digit', minute: '2-digit' })
/** A limit as people say it: the day that it ends with, or the minute. */
export const dueWords = (instant: string): string => {
  const day = stockholmDay(instant)
  return startOfDay(day) === instant ? stockholmDay(new Date(Date.parse(instant) - 1).toISOString()) : `${day} ${clockTime.format(Date.parse(instant))}`
}

const paramsOf = ({ words, deadline = '', dueInstant, role }: AlarmText, language: Language): Readonly<Record<string, string>> => ({
  ...words,
  deadline: deadlineWords(deadline)[language],
  due: dueInstant === undefined ? '' : dueWords(dueInstant),
  role: role === undefined ? '' : labels.roles[role][language].toLowerCase(),
})
const subjectOf = (alarms: readonly AlarmText[], language: Language): string => {
  const [first, ...others] = alarms
  if (!first || others.length > 0) return filled(mailSentences.subjects.several, language, { count: String(alarms.length) })
  const { number, name } = first.words
  return filled(mailSentences.subjects[first.type], language, { what: number || name || filled(mailSentences.heads[first.head], language, paramsOf(first, language)) })
}
/** Alarms that stand in one mail; of the others it says how many. */
const mostTold = 100
const bodyOf = (alarms: readonly AlarmText[], language: Language): string => {
  const one = alarms.length === 1
  const told = alarms.slice(0, mostTold).map((alarm) => {
    const params = paramsOf(alarm, language)
    const reason = filled(mailSentences.reasons[alarm.type], language, params)
    return [filled(mailSentences.heads[alarm.head], language, params), alarm.ended === true ? `${reason} ${mailSentences.ended[language]}` : reason, alarm.link].join('\n')
  })
  const left = alarms.length - told.length
  return [
    filled(one ? mailSentences.intro.one : mailSentences.intro.several, language, { count: String(alarms.length) }),
    ...told,
    ...(left > 0 ? [filled(mailSentences.more, language, { count: String(left) })] : []),
    filled(mailSentences.foot, language),
  ].join('\n\n')
}

/** Subject and text of a mail about alarms, in one language after another; the subject is in the first. */
export const mailText = (alarms: readonly AlarmText[], languages: readonly [Language, ...Language[]]): { readonly subject: string; readonly text: string } => ({
  subject: subjectOf(alarms, languages[0]),
  text: `${languages.map((language) => bodyOf(alarms, language)).join('\n\n* * *\n\n')}\n`,
})
