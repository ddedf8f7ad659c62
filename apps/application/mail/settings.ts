import type { Language } from '#libs/catalogue/sentence'
import type { Sender } from '#libs/smtp/address'
import type { SmtpServer } from '#libs/smtp/smtp'

/** How a deployment mails its alarms. */
export interface MailSettings {
  readonly smtp: SmtpServer
  readonly from: Sender
  /** What follows the @ of a login that is no address itself. */
  readonly domain?: string
  readonly languages: readonly [Language, ...Language[]]
  /** Time of day in Sweden at which each gets the day's digest, `HH:MM`. */
  readonly digestAt: string
  /** After so many days an alarm that could not be mailed is given up. */
  readonly giveUpDays: number
}
