import { createHash } from 'node:crypto'
import type { Calendar, CalendarEntry } from '#apps/application/queries/calendar'
import type { Language } from '#libs/catalogue/sentence'
import ical, { ICalAlarmType, ICalCalendarMethod, ICalEventClass, ICalEventTransparency, type ICalEventData } from 'ical-generator'

export const calendarType = 'text/calendar; charset=utf-8'
/** How often a subscriber should look again, seconds. */
const refresh = 3_600
const msPerDay = 86_400_000
const msPerHour = 3_600_000

export interface CalendarWriting {
  readonly now: string
  readonly language: Language
  /** What the addresses of cases begin with: scheme and host. */
  readonly origin: string
}
/**
 * A calendar as iCalendar (RFC 5545). A limit in days is an entry of its whole day, one in hours the last hour before its end, in UTC, so that no time zone
 * has to be defined; an alarm sounds when the deadline is warned of. Entries take up no time and are private.
 */
export const iCalendar = ({ name, entries }: Calendar, { now, language, origin }: CalendarWriting): string =>
  ical({
    name,
    prodId: { company: 'Vaka', product: 'Vaka', language: language.toUpperCase() },
    method: ICalCalendarMethod.PUBLISH,
    ttl: refresh,
    events: entries.map((entry) => eventOf(entry, now, origin)),
  }).toString()

const eventOf = (entry: CalendarEntry, now: string, origin: string): ICalEventData => {
  const { uid, summary, warnInstant, moves, setAt, changedAt, path } = entry
  return {
    id: uid,
    sequence: moves,
    stamp: new Date(now),
    created: new Date(setAt),
    lastModified: new Date(changedAt),
    ...timesOf(entry),
    summary,
    url: `${origin}${path}`,
    class: ICalEventClass.PRIVATE,
    transparency: ICalEventTransparency.TRANSPARENT,
    alarms: warnInstant === undefined ? [] : [{ type: ICalAlarmType.display, trigger: new Date(warnInstant), description: summary }],
  }
}
/** The end of a whole day is the day after it. */
const timesOf = ({ timed, due, dueInstant }: CalendarEntry): Pick<ICalEventData, 'start' | 'end' | 'allDay'> => {
  const end = Date.parse(dueInstant)
  if (timed) return { start: new Date(end - msPerHour), end: new Date(end) }
  const day = Date.parse(due)
  return { allDay: true, start: new Date(day), end: new Date(day + msPerDay) }
}

/** What a calendar holds, whenever it is written: the same entries have the same tag. */
export const tagOf = (calendar: Calendar, { language, origin }: Pick<CalendarWriting, 'language' | 'origin'>): string =>
  `"${createHash('sha256').update(JSON.stringify([calendar, language, origin])).digest('base64url').slice(0, 27)}"`
/** Whether `If-None-Match` names a tag. */
export const isNamed = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag)
/** When something in a calendar was set or moved last, as an HTTP date. */
export const lastModified = ({ entries }: Calendar): string | undefined => {
  const last = entries.reduce((latest, { changedAt }) => (changedAt > latest ? changedAt : latest), '')
  return last === '' ? undefined : new Date(last).toUTCString()
}
