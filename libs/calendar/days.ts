import { isFreeDay } from '#libs/calendar/holidays'
import type { Instant } from '#libs/kernel/clock'

/** A calendar day in Europe/Stockholm, `YYYY-MM-DD`; sorts as text. */
export type Day = string

const msPerHour = 3_600_000
const msPerDay = 24 * msPerHour

/** Ten years and more. */
const keptDays = 4096
/** Keeps what was found out about a day: formatting it and asking the time zone cost more than everything else here, and most limits fall on few days. */
const remembered = <T>(find: (number: number) => T): ((number: number) => T) => {
  const kept = new Map<number, T>()
  return (number) => {
    const known = kept.get(number)
    if (known !== undefined) return known
    const found = find(number)
    if (kept.size === keptDays) kept.clear()
    kept.set(number, found)
    return found
  }
}

/** Days since 1 January 1970: arithmetic on whole numbers, which no time zone disturbs. */
const numberOf = (day: Day): number => Date.parse(day) / msPerDay
const dayAt = remembered((number): Day => new Date(number * msPerDay).toISOString().slice(0, 10))
const isFree = remembered(isFreeDay)

/** No Saturday, Sunday, public holiday (allmän helgdag, lag 1989:253), midsommarafton, julafton or nyårsafton (lag 1930:173). */
export const isWorkingDay = (day: Day): boolean => !isFree(numberOf(day))

/** The day itself when it is a working day, else the first one after it. */
export const nextWorkingDay = (day: Day): Day => {
  const from = numberOf(day)
  let number = from
  while (isFree(number)) number++
  return number === from ? day : dayAt(number)
}

export const addDays = (day: Day, n: number): Day => dayAt(numberOf(day) + n)

/** The n-th working day after the day, or before it when n is negative; the day itself, working day or not, when n is 0. */
export const addWorkingDays = (day: Day, n: number): Day => {
  const step = Math.sign(n)
  let number = numberOf(day)
  for (let left = Math.abs(n); left > 0; ) {
    number += step
    if (!isFree(number)) left--
  }
  return dayAt(number)
}

/** Days from the one day to the other; negative when the other comes first. */
export const daysBetween = (from: Day, to: Day): number => numberOf(to) - numberOf(from)

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
/** Days in a month of the Gregorian calendar, 1 to 12; none in a month that there is not. */
export const daysInMonth = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (lengths[month - 1] ?? 0))

/** The same day number in the month that comes n later, or earlier when n is negative; where there is none, the last day of that month. */
export const addMonths = (day: Day, n: number): Day => {
  const months = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + n
  const year = Math.floor(months / 12)
  const month = months - year * 12 + 1
  const date = Math.min(Number(day.slice(8, 10)), daysInMonth(year, month))
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

const hour = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', hour: '2-digit', hourCycle: 'h23' })
/**
 * The start of a day, in milliseconds and as an instant. Sweden is one hour ahead of UTC, in summer two, and changes at night, but not at midnight: two hours before
 * midnight in UTC it is 0 o'clock there or 23. So it has been since 1950; before 1900, when every place had a time of its own, a day starts some minutes off.
 */
const startAt = remembered((number): { readonly at: number; readonly instant: Instant } => {
  const midnight = number * msPerDay
  const inSummer = midnight - 2 * msPerHour
  const at = hour.format(inSummer) === '00' ? inSummer : midnight - msPerHour
  return { at, instant: new Date(at).toISOString() }
})

/** 00:00 in Europe/Stockholm. */
export const startOfDay = (day: Day): Instant => startAt(numberOf(day)).instant
/** 24:00 in Europe/Stockholm, which is the start of the next day. */
export const endOfDay = (day: Day): Instant => startAt(numberOf(day) + 1).instant

/** Before 22 o'clock in UTC it is the same day in Sweden. */
const isSameDay = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[01]):[\d:.]+Z$/

/** The calendar day of an instant, whatever its offset, in Europe/Stockholm. */
export const stockholmDay = (instant: string): Day => {
  if (isSameDay.test(instant)) return instant.slice(0, 10)
  const at = Date.parse(instant)
  const number = Math.floor(at / msPerDay)
  return dayAt(at < startAt(number + 1).at ? number : number + 1)
}
