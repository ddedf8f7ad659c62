import { type Day, addDays, addMonths, addWorkingDays, endOfDay, nextWorkingDay, startOfDay, stockholmDay } from '#libs/calendar/days'
import type { Instant } from '#libs/kernel/clock'

export interface Duration {
  readonly amount: number
  readonly unit: 'hours' | 'days' | 'working-days' | 'months'
}
/** A legal or local limit (frist): what it asks for is in time until `dueInstant`. */
export interface Limit {
  readonly due: Day
  readonly dueInstant: Instant
}
/** When a limit that comes near is shown. */
export interface Warning {
  readonly warn: Day
  readonly warnInstant: Instant
}

const msPerHour = 3_600_000
const hoursAfter = (instant: Instant, hours: number): Instant => new Date(Date.parse(instant) + hours * msPerHour).toISOString()

const counted = (day: Day, amount: number, unit: Exclude<Duration['unit'], 'hours'>): Day => {
  switch (unit) {
    case 'days':
      return addDays(day, amount)
    case 'working-days':
      return addWorkingDays(day, amount)
    case 'months':
      return addMonths(day, amount)
  }
}

/**
 * The limit that runs from an instant. Days, working days and months count from its day in Stockholm, which is day 0, and end at 24:00. A due day that is no working
 * day gives way to the next one (lag 1930:173 om beräkning av lagstadgad tid, 2 §). Hours stand for what the law wants at once (genast, snarast): they run
 * through nights and holidays and end where they end.
 */
export const limitFrom = (start: Instant, { amount, unit }: Duration): Limit => {
  if (unit !== 'hours') return limitOn(nextWorkingDay(counted(stockholmDay(start), amount, unit)))
  const dueInstant = hoursAfter(start, amount)
  return { due: stockholmDay(dueInstant), dueInstant }
}

/** The limit on a day that people chose: a date of their own, or the one that IVO set. It stays there, working day or not. */
export const limitOn = (day: Day): Limit => ({ due: day, dueInstant: endOfDay(day) })

/** When to warn of a limit. Hours run back from its end; days, working days and months count back from its day, and the warning stands from the start of the day they reach. */
export const warningBefore = ({ due, dueInstant }: Limit, { amount, unit }: Duration): Warning => {
  if (unit !== 'hours') {
    const warn = counted(due, -amount, unit)
    return { warn, warnInstant: startOfDay(warn) }
  }
  const warnInstant = hoursAfter(dueInstant, -amount)
  return { warn: stockholmDay(warnInstant), warnInstant }
}
