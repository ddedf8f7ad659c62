import { isInstant, utc } from '#apps/api/checks'
import { isLoopback } from '#apps/api/loopback'
import type { MailSettings } from '#apps/application/mail/settings'
import type { WebhookSettings } from '#apps/application/webhooks/settings'
import type { Language } from '#libs/catalogue/sentence'
import { isMailAddress, readSender } from '#libs/smtp/address'
import type { SmtpServer } from '#libs/smtp/smtp'
import { fault } from '#libs/sqlite/fault'
import { mayCall, type Reach } from '#libs/webhook/address'
import { readSecret } from '#libs/webhook/sign'
import { isIP } from 'node:net'

/** What goes out by itself: mail about alarms, events to other systems. */
export interface Reactors {
  /** Where people reach Vaka, without a slash at its end. */
  readonly publicUrl: string
  readonly mail?: MailSettings
  readonly webhooks?: WebhookSettings
}
type Given = (name: string) => string | undefined
interface Listening {
  readonly host: string
  readonly port: number
  readonly demo: boolean
}
const bad = (sentence: string): Error => fault('bad-configuration', sentence)

/**
 * Reads VAKA_PUBLIC_URL, VAKA_SMTP_URL, VAKA_MAIL_FROM, _DOMAIN, _LANGUAGE, _DIGEST_AT and _GIVE_UP, VAKA_WEBHOOKS, VAKA_WEBHOOK_SECRET, _SINCE, _GIVE_UP
 * and _ALLOW_PRIVATE. Undefined when neither mail nor webhooks are asked for. Throws as `readConfig` does.
 */
export const readReactors = (given: Given, at: Listening): Reactors | undefined => {
  const mail = readMail(given)
  const webhooks = readWebhooks(given, at.demo)
  if (!mail && !webhooks) return undefined
  return { publicUrl: readPublicUrl(given, at), ...(mail && { mail }), ...(webhooks && { webhooks }) }
}

const readPublicUrl = (given: Given, { host, port }: Listening): string => {
  const text = given('VAKA_PUBLIC_URL')
  if (text === undefined) {
    if (!isLoopback(host)) throw bad('VAKA_PUBLIC_URL must say where people reach Vaka, for the links in mails and the source of events: https://vaka.kommunen.se.')
    return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
  }
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') throw bad('VAKA_PUBLIC_URL must be an address like https://vaka.kommunen.se, without user, question mark or fragment.')
  return url.href.replace(/\/+$/, '')
}

const days = (given: Given, name: string): number => {
  const text = given(name) ?? '3'
  if (!/^\d{1,2}$/.test(text) || Number(text) < 2 || Number(text) > 60) throw bad(`${name} must be a number of days from 2 to 60.`)
  return Number(text)
}

const languages: Readonly<Record<string, readonly [Language, ...Language[]]>> = { sv: ['sv'], en: ['en'], both: ['sv', 'en'] }
const readMail = (given: Given): MailSettings | undefined => {
  const url = given('VAKA_SMTP_URL')
  const sender = given('VAKA_MAIL_FROM')
  if (url === undefined) {
    if (sender !== undefined) throw bad('VAKA_MAIL_FROM is set and VAKA_SMTP_URL is not: set both to mail alarms, or neither.')
    return undefined
  }
  const smtp = readSmtp(url)
  const from = sender === undefined ? undefined : readSender(sender)
  if (!from) throw bad('VAKA_MAIL_FROM must be the sender of mails, such as vaka@kommunen.se or Vaka <vaka@kommunen.se>.')
  const domain = given('VAKA_MAIL_DOMAIN')
  if (domain !== undefined && !isMailAddress(`a@${domain}`)) throw bad('VAKA_MAIL_DOMAIN must be what follows the @ of addresses, such as kommunen.se.')
  const spoken = languages[given('VAKA_MAIL_LANGUAGE') ?? 'both']
  if (!spoken) throw bad('VAKA_MAIL_LANGUAGE must be sv, en or both.')
  const digestAt = given('VAKA_MAIL_DIGEST_AT') ?? '07:00'
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(digestAt)) throw bad('VAKA_MAIL_DIGEST_AT must be a time of day in Sweden, such as 07:00.')
  return { smtp, from, ...(domain !== undefined && { domain }), languages: spoken, digestAt, giveUpDays: days(given, 'VAKA_MAIL_GIVE_UP') }
}
const readSmtp = (text: string): SmtpServer => {
  const url = URL.parse(text)
  // The sentence quotes nothing: there may be a password in it.
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw bad('VAKA_SMTP_URL must be smtp://user:password@host:port or smtps://user:password@host:port, the special characters of user and password percent-encoded.')
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const said = (text: string): string => {
    try {
      return decodeURIComponent(text)
    } catch {
      throw bad('VAKA_SMTP_URL has a user or password that is not percent-encoded.')
    }
  }
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    startTls: !secure && !isLoopback(host),
    ...(url.username !== '' && { user: said(url.username), password: said(url.password) }),
  }
}

const readWebhooks = (given: Given, demo: boolean): WebhookSettings | undefined => {
  const urls = (given('VAKA_WEBHOOKS') ?? '').split(/\s+/).filter((text) => text !== '')
  if (urls.length === 0) return undefined
  const allowed = given('VAKA_WEBHOOK_ALLOW_PRIVATE')
  if (allowed !== undefined && allowed !== '1' && allowed !== '0') throw bad('VAKA_WEBHOOK_ALLOW_PRIVATE must be 1, or be left out.')
  const reach: Reach = allowed === '1' ? 'any' : demo ? 'public-and-loopback' : 'public'
  if (new Set(urls).size < urls.length) throw bad('VAKA_WEBHOOKS names an address twice.')
  for (const text of urls) {
    const url = URL.parse(text)
    const trusted = url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
    if (!trusted || url.username !== '' || url.hash !== '') throw bad('VAKA_WEBHOOKS must be https addresses (http only on loopback) without a user, with spaces between them.')
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
    if ((isIP(host) > 0 || isLoopback(host)) && !mayCall(isIP(host) > 0 ? host : '127.0.0.1', reach))
      throw bad('VAKA_WEBHOOKS names an address inside this network: set VAKA_WEBHOOK_ALLOW_PRIVATE to 1 if events may go there.')
  }
  const secrets = (given('VAKA_WEBHOOK_SECRET') ?? '').split(/\s+/).filter((text) => text !== '').map(readSecret)
  if (secrets.length !== 1 && secrets.length !== urls.length) throw bad('VAKA_WEBHOOK_SECRET must be one secret for all of VAKA_WEBHOOKS, or one for each in the same order.')
  const receivers = urls.map((url, i) => {
    const secret = secrets[secrets.length === 1 ? 0 : i]
    if (!secret) throw bad('VAKA_WEBHOOK_SECRET must be 32 to 64 bytes in base64, with or without whsec_ before them: `openssl rand -base64 32` makes one.')
    return { url, secret }
  })
  const since = given('VAKA_WEBHOOK_SINCE')
  if (since !== undefined && !isInstant(since)) throw bad('VAKA_WEBHOOK_SINCE must be an instant with offset, for example 2020-03-02T09:00:00+01:00.')
  return { receivers, reach, giveUpDays: days(given, 'VAKA_WEBHOOK_GIVE_UP'), ...(since !== undefined && { since: utc(since) }) }
}
