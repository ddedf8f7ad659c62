import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Oidc } from '#apps/api/config'
import { property } from '#apps/api/problem'
import { fault } from '#libs/sqlite/fault'
import { createRemoteJWKSet, jwtVerify, SignJWT, type JWTPayload, type JWTVerifyGetKey } from 'jose'

/** Whom a token speaks for, and until when. */
export interface Verified {
  readonly login: string
  /** ms since 1970 */
  readonly until: number
}
/** Whom a token speaks for, or undefined when it speaks for nobody. A token seen before is answered at once. */
export type Authenticator = (authorization: string | undefined) => Verified | undefined | Promise<Verified | undefined>
type Verify = (token: string) => Promise<JWTPayload>

const mostRemembered = 10_000
const longestLogin = 200

/**
 * Answers from memory for as long as a verified token lives; the memory is bounded and forgets the oldest first. Time is the system's, never
 * the clock of the demonstration. Throws with code `unavailable` when the issuer's keys cannot be had.
 */
export const authenticator = (verify: Verify, nowMs: () => number = Date.now): Authenticator => {
  const known = new Map<string, Verified>()
  return (authorization) => {
    const token = bearer(authorization)
    if (token === undefined) return undefined
    const found = known.get(token)
    if (found && found.until > nowMs()) return found
    if (found) known.delete(token)
    return verify(token).then(
      ({ sub, exp }) => {
        if (sub === undefined || !/^[^\s\p{C}]+$/u.test(sub) || sub.length > longestLogin || exp === undefined) return undefined
        const oldest = known.size >= mostRemembered ? known.keys().next().value : undefined
        if (oldest !== undefined) known.delete(oldest)
        const verified: Verified = { login: sub, until: exp * 1_000 }
        known.set(token, verified)
        return verified
      },
      (thrown: unknown) => {
        if (saysNo(thrown)) return undefined
        throw fault('unavailable', 'The keys of the token issuer cannot be read', thrown)
      },
    )
  }
}
const bearer = (authorization: string | undefined): string | undefined => /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(authorization ?? '')?.[1]
/** Whether the token is to blame, and not the way to the issuer. */
const saysNo = (thrown: unknown): boolean => {
  const code = property(thrown, 'code')
  return typeof code === 'string' && /^ERR_(JWT|JWS|JOSE|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS)/.test(code)
}

/** Any OpenID Connect issuer: audience and algorithms pinned, keys from its JWKS (found by discovery where no address is given). */
export const oidcVerifier = ({ issuer, audience, jwksUri }: Oidc): Verify => {
  let keys: Promise<JWTVerifyGetKey> | undefined = jwksUri === undefined ? undefined : Promise.resolve(createRemoteJWKSet(new URL(jwksUri)))
  return async (token) => {
    keys ??= discovered(issuer).catch((thrown: unknown) => {
      keys = undefined
      throw thrown
    })
    const { payload } = await jwtVerify(token, await keys, { issuer, audience, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'], requiredClaims: ['sub', 'exp'], clockTolerance: 5 })
    return payload
  }
}
const discovered = async (issuer: string): Promise<JWTVerifyGetKey> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000), redirect: 'error' })
  const found: unknown = await response.json()
  const uri = property(found, 'jwks_uri')
  if (!response.ok || property(found, 'issuer') !== issuer || typeof uri !== 'string') throw fault('unavailable', 'The issuer does not describe itself')
  return createRemoteJWKSet(new URL(uri))
}

const demoIssuer = 'vaka-demo'
const demoAudience = 'vaka'
const demoLife = '12h'
/** The secret of demo tokens: 32 random bytes in `demo-token.key`, readable by its owner only, made at first use; whole or absent. */
const demoSecret = (dataFolder: string): Uint8Array => {
  const file = join(dataFolder, 'demo-token.key')
  mkdirSync(dataFolder, { recursive: true })
  if (!existsSync(file)) {
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flush: true })
    try {
      linkSync(draft, file)
    } catch (thrown) {
      if (property(thrown, 'code') !== 'EEXIST') throw thrown
    } finally {
      unlinkSync(draft)
    }
  }
  const secret = Buffer.from(readFileSync(file, 'utf8'), 'base64url')
  if (secret.length !== 32) throw fault('bad-demo-key', `${file} does not hold a demo key: remove it and start again.`)
  return secret
}
/** A token for a login, signed with the secret of the data folder: for demonstrations on loopback. */
export const mintDemoToken = (dataFolder: string, subject: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(demoIssuer)
    .setAudience(demoAudience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(demoLife)
    .sign(demoSecret(dataFolder))
export const demoVerifier = (dataFolder: string): Verify => {
  const secret = demoSecret(dataFolder)
  return async (token) =>
    (await jwtVerify(token, secret, { issuer: demoIssuer, audience: demoAudience, algorithms: ['HS256'], requiredClaims: ['sub', 'exp'] })).payload
}
