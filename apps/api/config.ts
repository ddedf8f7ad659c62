import { isInstant, utc } from '#apps/api/checks'
import { readReactors, type Reactors } from '#apps/api/config-reactors'
import { readStores } from '#apps/api/config-stores'
import { isLoopback } from '#apps/api/loopback'
import type { StoreUrls } from '#apps/application/places'
import { fault } from '#libs/sqlite/fault'

/** What the environment says, checked. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly dataFolder: string
  /** Addresses of the log, the read models and the keys; the files of the data folder unless said. */
  readonly stores: StoreUrls
  /** Content of `VAKA_MASTER_KEY`; a file in the data folder holds the key when it is absent. */
  readonly masterKey?: string
  /** Where the clock starts, in demo mode. */
  readonly clock?: string
  /** Absent in demo mode. */
  readonly oidc?: Oidc
  readonly demo: boolean
  /** Requests a second for each subject. */
  readonly rateLimit: number
  readonly logLevel: string
  /** Mail and webhooks, when they are asked for. */
  readonly reactors?: Reactors
}
export interface Oidc {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri?: string
}

const bad = (sentence: string): Error => fault('bad-configuration', sentence)
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Reads PORT, HOST, VAKA_DATA, VAKA_MASTER_KEY, VAKA_CLOCK, VAKA_OIDC_ISSUER, VAKA_OIDC_AUDIENCE, VAKA_OIDC_JWKS_URI, VAKA_RATE_LIMIT and
 * VAKA_LOG, and what `readStores` and `readReactors` read. Throws with code `bad-configuration` and one sentence that says what to set.
 */
export const readConfig = (env: Readonly<Record<string, string | undefined>>, usual: { readonly port: number } = { port: 3_000 }): Config => {
  const given = (name: string): string | undefined => (env[name] === undefined || env[name] === '' ? undefined : env[name])
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = given(name) ?? String(fallback)
    if (!/^\d{1,9}$/.test(text) || Number(text) < min || Number(text) > max) throw bad(`${name} must be a whole number from ${min} to ${max}.`)
    return Number(text)
  }
  const host = given('HOST') ?? '127.0.0.1'
  const oidc = readOidc(given)
  if (!oidc && !isLoopback(host)) throw bad('Without VAKA_OIDC_ISSUER the server runs in demo mode, and only on loopback: set HOST to 127.0.0.1, or name an issuer.')
  const clock = given('VAKA_CLOCK')
  if (clock !== undefined && oidc) throw bad('VAKA_CLOCK belongs to demo mode: remove it, or VAKA_OIDC_ISSUER.')
  if (clock !== undefined && !isInstant(clock)) throw bad('VAKA_CLOCK must be an instant with offset, for example 2020-03-02T09:00:00+01:00.')
  const logLevel = given('VAKA_LOG') ?? 'info'
  if (!logLevels.includes(logLevel)) throw bad(`VAKA_LOG must be one of ${logLevels.join(', ')}.`)
  const masterKey = given('VAKA_MASTER_KEY')
  const port = whole('PORT', usual.port, 0, 65_535)
  const demo = oidc === undefined
  const dataFolder = given('VAKA_DATA') ?? './data'
  const reactors = readReactors(given, { host, port, demo })
  return {
    host,
    port,
    dataFolder,
    stores: readStores(given, dataFolder),
    ...(masterKey !== undefined && { masterKey }),
    ...(clock !== undefined && { clock: utc(clock) }),
    ...(oidc && { oidc }),
    demo,
    rateLimit: whole('VAKA_RATE_LIMIT', 500, 1, 1_000_000),
    logLevel,
    ...(reactors && { reactors }),
  }
}

const readOidc = (given: (name: string) => string | undefined): Oidc | undefined => {
  const issuer = given('VAKA_OIDC_ISSUER')
  if (issuer === undefined) return undefined
  const audience = given('VAKA_OIDC_AUDIENCE')
  if (audience === undefined) throw bad('VAKA_OIDC_AUDIENCE must name this service as the issuer does.')
  const jwksUri = given('VAKA_OIDC_JWKS_URI')
  for (const url of [issuer, jwksUri]) if (url !== undefined && !isTrusted(url)) throw bad('VAKA_OIDC_ISSUER and VAKA_OIDC_JWKS_URI must be https addresses (http only on loopback).')
  return { issuer, audience, ...(jwksUri !== undefined && { jwksUri }) }
}
const isTrusted = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
}
