import type { Reach } from '#libs/webhook/address'

/** Receivers of events, and how they are called. */
export interface WebhookSettings {
  readonly receivers: readonly Receiver[]
  readonly reach: Reach
  /** After so many days an event that a receiver did not take is given up for it. */
  readonly giveUpDays: number
  /** Where a receiver that is new begins; at the end of the log unless said. */
  readonly since?: string
}
export interface Receiver {
  readonly url: string
  readonly secret: Buffer
}
