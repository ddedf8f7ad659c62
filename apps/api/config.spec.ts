import { describe, expect, it } from '@jest/globals'
import { readConfig } from '#apps/api/config'

describe('the configuration', () => {
  it('is demo mode on loopback when nothing is said', () => {
    expect(readConfig({})).toEqual({ host: '127.0.0.1', port: 3000, dataFolder: './data', demo: true, rateLimit: 500, logLevel: 'info' })
  })
  it('reads what is said', () => {
    expect(
      readConfig({ HOST: '0.0.0.0', PORT: '80', VAKA_DATA: '/d', VAKA_MASTER_KEY: 'k', VAKA_OIDC_ISSUER: 'https://id.example', VAKA_OIDC_AUDIENCE: 'vaka', VAKA_RATE_LIMIT: '9', VAKA_LOG: 'warn' }),
    ).toEqual({ host: '0.0.0.0', port: 80, dataFolder: '/d', masterKey: 'k', oidc: { issuer: 'https://id.example', audience: 'vaka' }, demo: false, rateLimit: 9, logLevel: 'warn' })
    expect(readConfig({ VAKA_CLOCK: '2020-03-02T09:00:00+01:00', HOST: '::1' })).toMatchObject({ clock: '2020-03-02T08:00:00.000Z', host: '::1' })
  })
  it.each([
    [{ HOST: '0.0.0.0' }, /only on loopback/],
    [{ HOST: '127.0.0.1.example.com' }, /only on loopback/],
    [{ PORT: '70000' }, /PORT/],
    [{ PORT: 'x' }, /PORT/],
    [{ VAKA_CLOCK: '2020-03-02' }, /VAKA_CLOCK/],
    [{ VAKA_CLOCK: '2020-03-02T09:00:00Z', VAKA_OIDC_ISSUER: 'https://id.example', VAKA_OIDC_AUDIENCE: 'vaka' }, /demo mode/],
    [{ VAKA_OIDC_ISSUER: 'https://id.example' }, /VAKA_OIDC_AUDIENCE/],
    [{ VAKA_OIDC_ISSUER: 'http://id.example', VAKA_OIDC_AUDIENCE: 'vaka' }, /https/],
    [{ VAKA_LOG: 'loud' }, /VAKA_LOG/],
  ])('refuses %o in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(expect.objectContaining({ code: 'bad-configuration', message: expect.stringMatching(sentence) }))
  })
})
