import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { property } from '#apps/api/problem'
import { authenticator, demoVerifier, mintDemoToken, oidcVerifier } from '#apps/api/tokens'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaka-tokens-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('demo tokens', () => {
  it('speak for the login that they were made for, where they were made', async () => {
    const who = authenticator(demoVerifier(folder))
    const token = await mintDemoToken(folder, 'chef-ifo')
    expect(await who(`Bearer ${token}`)).toMatchObject({ login: 'chef-ifo' })
    expect(statSync(join(folder, 'demo-token.key')).mode & 0o777).toBe(0o600)
    const elsewhere = mkdtempSync(join(tmpdir(), 'vaka-tokens-'))
    expect(await authenticator(demoVerifier(elsewhere))(`Bearer ${token}`)).toBeUndefined()
    rmSync(elsewhere, { recursive: true })
  })
  it('are answered from memory until they expire, and not after', async () => {
    let now = Date.now()
    let verified = 0
    const verify = demoVerifier(folder)
    const who = authenticator(
      (token) => {
        verified++
        return verify(token)
      },
      () => now,
    )
    const header = `Bearer ${await mintDemoToken(folder, 'sas')}`
    await who(header)
    const { exp = 0 } = decodeJwt(header.slice(7))
    expect(who(header)).toEqual({ login: 'sas', until: exp * 1_000 })
    expect(verified).toBe(1)
    now += 12 * 60 * 60 * 1_000 + 1
    await who(header)
    expect(verified).toBe(2)
  })
  it('that are none, or unsigned, speak for nobody', async () => {
    const who = authenticator(demoVerifier(folder))
    const token = await mintDemoToken(folder, 'sas')
    const [, claims] = token.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
    const altered = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`
    for (const header of [undefined, '', 'Bearer', 'Bearer x', `Basic ${token}`, `Bearer ${unsigned}x`, `Bearer ${altered}`]) expect(await who(header)).toBeUndefined()
  })
})

describe('tokens of an issuer', () => {
  let issuer: Server
  let address: string
  let jwks: object
  beforeEach(async () => {
    issuer = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(request.url === '/jwks' ? jwks : { issuer: address, jwks_uri: `${address}/jwks` }))
    })
    await new Promise<void>((resolve) => {
      issuer.listen(0, '127.0.0.1', resolve)
    })
    address = `http://127.0.0.1:${String(property(issuer.address(), 'port'))}`
  })
  afterEach(async () => {
    issuer.closeAllConnections()
    await new Promise((resolve) => issuer.close(resolve))
  })
  const signed = async (claims: { iss?: string; aud?: string; exp?: string; sub?: string } = {}, alg = 'ES256') => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg }] }
    const token = new SignJWT().setProtectedHeader({ alg, kid: 'k1' }).setIssuer(claims.iss ?? address).setAudience(claims.aud ?? 'vaka').setExpirationTime(claims.exp ?? '5m')
    if (claims.sub !== '') token.setSubject(claims.sub ?? 'anna@kommun.se')
    return `Bearer ${await token.sign(privateKey)}`
  }
  const who = (jwksUri?: string) => authenticator(oidcVerifier({ issuer: address, audience: 'vaka', ...(jwksUri !== undefined && { jwksUri }) }))

  it('are verified with the keys that it publishes, found by discovery or named', async () => {
    const header = await signed()
    expect(await who()(header)).toMatchObject({ login: 'anna@kommun.se' })
    expect(await who(`${address}/jwks`)(header)).toMatchObject({ login: 'anna@kommun.se' })
  })
  it.each([
    ['another audience', { aud: 'annan' }],
    ['another issuer', { iss: 'https://annan.example' }],
    ['an expiry that has passed', { exp: '-1m' }],
    ['no subject', { sub: '' }],
    ['a subject with a line break', { sub: 'a\nb' }],
  ])('with %s speak for nobody', async (_, claims) => {
    expect(await who()(await signed(claims))).toBeUndefined()
  })
  it('signed in another way than those pinned speak for nobody', async () => {
    expect(await who()(await signed({}, 'ES384'))).toBeUndefined()
  })
  it('cannot be judged while the issuer is away', async () => {
    const header = await signed()
    await expect(Promise.resolve(who('http://127.0.0.1:9/jwks')(header))).rejects.toMatchObject({ code: 'unavailable' })
  })
})
