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

/** A time of day (`HH:MM`) in Stockholm on a day of 2020; summer time from 29 March to 25 October. */
export const stockholm = (day: string, time: string): string => `${day}T${time}:00${day >= '2020-03-29' && day < '2020-10-25' ? '+02:00' : '+01:00'}`
/** The form in which commands carry instants: UTC with milliseconds. */
export const utc = (instant: string): string => new Date(instant).toISOString()
