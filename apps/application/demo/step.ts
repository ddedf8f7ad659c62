import type { OrganisationCommand } from '#libs/organisation/commands'
import type { DeviationCommand } from '#libs/deviation/commands'

/** One command of the demonstration: who sends it, and when in 2020 (RFC 3339 with the offset of Stockholm). `key` is its Idempotency-Key. */
interface Sent {
  readonly key: string
  readonly who: string
  readonly at: string
}
export interface OrganisationStep extends Sent {
  readonly kind: 'organisation'
  readonly command: OrganisationCommand
}
/** Confirms the grant that the step `grants` was answered with. */
export interface ConfirmationStep extends Sent {
  readonly kind: 'confirmation'
  readonly grants: string
}
export interface CaseStep extends Sent {
  readonly kind: 'case'
  /** Name of the case in the demonstration: its first step reports it. */
  readonly story: string
  readonly command: DeviationCommand
}
export type DemoStep = OrganisationStep | ConfirmationStep | CaseStep

/** Public holidays and eves of 2020 that fall on a weekday (lag 1989:253; midsommarafton, julafton, nyårsafton). */
const holidays: ReadonlySet<string> = new Set([
  '2020-01-01', '2020-01-06', '2020-04-10', '2020-04-13', '2020-05-01', '2020-05-21', '2020-06-19', '2020-12-24', '2020-12-25', '2020-12-31',
])
const next = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
/** Whether offices are open on a day of 2020. */
export const isWorkingDay = (day: string): boolean => ![0, 6].includes(new Date(day).getUTCDay()) && !holidays.has(day)
/** The working day that comes so many working days after a day. */
export const workingDaysAfter = (day: string, count: number): string => {
  let reached = day
  for (let left = count; left > 0; ) {
    reached = next(reached)
    if (isWorkingDay(reached)) left--
  }
  return reached
}

/** A time of day (`HH:MM`) in Stockholm on a day of 2020; summer time from 29 March to 25 October. */
export const stockholm = (day: string, time: string): string => `${day}T${time}:00${day >= '2020-03-29' && day < '2020-10-25' ? '+02:00' : '+01:00'}`
/** The form in which commands carry instants: UTC with milliseconds. */
export const utc = (instant: string): string => new Date(instant).toISOString()
