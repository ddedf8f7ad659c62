import { describe, expect, it } from '@jest/globals'
import { readConfig } from '#apps/api/config'

describe('the configuration', () => {
  it('is demo mode on loopback when nothing is said', () => {
    expect(readConfig({})).toEqual({ host: '127.0.0.1', port: 3000, dataFolder: './data', stores: { events: 'sqlite:data/events.db', read: 'sqlite:data/read.db', keys: 'sqlite:data/keys.db' }, demo: true, rateLimit: 500, logLevel: 'info' })
  })
  it('reads what is said', () => {
    expect(
      readConfig({ HOST: '0.0.0.0', PORT: '80', VAKA_DATA: '/d', VAKA_MASTER_KEY: 'k', VAKA_OIDC_ISSUER: 'https://id.example', VAKA_OIDC_AUDIENCE: 'vaka', VAKA_RATE_LIMIT: '9', VAKA_LOG: 'warn' }),
    ).toEqual({ host: '0.0.0.0', port: 80, dataFolder: '/d', masterKey: 'k', oidc: { issuer: 'https://id.example', audience: 'vaka' }, demo: false, rateLimit: 9, logLevel: 'warn', stores: { events: 'sqlite:/d/events.db', read: 'sqlite:/d/read.db', keys: 'sqlite:/d/keys.db' } })
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

const secret = Buffer.alloc(32, 7)
const smtp = { VAKA_SMTP_URL: 'smtp://mail.kommunen.example', VAKA_MAIL_FROM: 'Vaka <vaka@kommunen.example>' }
const hook = { VAKA_WEBHOOKS: 'https://bi.kommunen.example/vaka', VAKA_WEBHOOK_SECRET: secret.toString('base64') }
const elsewhere = { HOST: '0.0.0.0', VAKA_OIDC_ISSUER: 'https://id.example', VAKA_OIDC_AUDIENCE: 'vaka' }

describe('the configuration of mail', () => {
  it('needs a server and a sender, and has a default for the rest', () => {
    expect(readConfig(smtp).reactors).toEqual({
      publicUrl: 'http://127.0.0.1:3000',
      mail: {
        smtp: { host: 'mail.kommunen.example', port: 587, secure: false, startTls: true },
        from: { name: 'Vaka', address: 'vaka@kommunen.example' },
        languages: ['sv', 'en'],
        digestAt: '07:00',
        giveUpDays: 3,
      },
    })
  })
  it('reads what is said', () => {
    const said = { ...smtp, VAKA_SMTP_URL: 'smtps://vaka%40kommunen:l%C3%B6sen%2F@[::1]:2465', VAKA_MAIL_DOMAIN: 'kommunen.example', VAKA_MAIL_LANGUAGE: 'en', VAKA_MAIL_DIGEST_AT: '16:30', VAKA_MAIL_GIVE_UP: '7', VAKA_PUBLIC_URL: 'https://kommunen.example/vaka/' }
    expect(readConfig(said).reactors).toEqual({
      publicUrl: 'https://kommunen.example/vaka',
      mail: {
        smtp: { host: '::1', port: 2465, secure: true, startTls: false, user: 'vaka@kommunen', password: 'lösen/' },
        from: { name: 'Vaka', address: 'vaka@kommunen.example' },
        domain: 'kommunen.example',
        languages: ['en'],
        digestAt: '16:30',
        giveUpDays: 7,
      },
    })
    expect(readConfig({ ...smtp, VAKA_SMTP_URL: 'smtp://127.0.0.1:25' }).reactors?.mail?.smtp).toEqual({ host: '127.0.0.1', port: 25, secure: false, startTls: false })
  })
  it.each([
    [{ VAKA_MAIL_FROM: 'vaka@kommunen.example' }, /VAKA_SMTP_URL is not/],
    [{ VAKA_SMTP_URL: smtp.VAKA_SMTP_URL }, /VAKA_MAIL_FROM/],
    [{ ...smtp, VAKA_SMTP_URL: 'https://mail.kommunen.example' }, /VAKA_SMTP_URL/],
    [{ ...smtp, VAKA_SMTP_URL: 'smtp://vaka:hem%ligt@mail.kommunen.example' }, /percent-encoded/],
    [{ ...smtp, VAKA_SMTP_URL: 'smtp://mail.kommunen.example/?x=1' }, /VAKA_SMTP_URL/],
    [{ ...smtp, VAKA_MAIL_DOMAIN: '@kommunen.example' }, /VAKA_MAIL_DOMAIN/],
    [{ ...smtp, VAKA_MAIL_LANGUAGE: 'de' }, /VAKA_MAIL_LANGUAGE/],
    [{ ...smtp, VAKA_MAIL_DIGEST_AT: '24:00' }, /VAKA_MAIL_DIGEST_AT/],
    [{ ...smtp, VAKA_MAIL_GIVE_UP: '1' }, /VAKA_MAIL_GIVE_UP/],
    [{ ...smtp, VAKA_PUBLIC_URL: 'vaka.kommunen.example' }, /VAKA_PUBLIC_URL/],
    [{ ...smtp, ...elsewhere }, /VAKA_PUBLIC_URL/],
  ])('refuses %o in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(expect.objectContaining({ code: 'bad-configuration', message: expect.stringMatching(sentence) }))
  })
  it('never says a password', () => {
    for (const url of ['smtp://vaka:hemligt@', 'smtp://vaka:hemligt@a/b', 'http://vaka:hemligt@mail'])
      expect(() => readConfig({ ...smtp, VAKA_SMTP_URL: url })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hemligt') }))
  })
})

describe('the configuration of webhooks', () => {
  it('has one secret for all, or one each', () => {
    const urls = 'https://bi.kommunen.example/vaka https://log.kommunen.example/'
    const other = Buffer.alloc(40, 9)
    expect(readConfig({ ...hook, VAKA_WEBHOOKS: urls }).reactors?.webhooks).toEqual({
      receivers: [{ url: 'https://bi.kommunen.example/vaka', secret }, { url: 'https://log.kommunen.example/', secret }],
      reach: 'public-and-loopback',
      giveUpDays: 3,
    })
    const each = `whsec_${secret.toString('base64')} ${other.toString('base64')}`
    expect(readConfig({ VAKA_WEBHOOKS: urls, VAKA_WEBHOOK_SECRET: each, VAKA_WEBHOOK_SINCE: '2026-01-01T00:00:00+01:00', VAKA_WEBHOOK_GIVE_UP: '14' }).reactors?.webhooks).toMatchObject({
      receivers: [{ secret }, { secret: other }],
      since: '2025-12-31T23:00:00.000Z',
      giveUpDays: 14,
    })
  })
  it('reaches this machine in demo mode only, and its network only when told to', () => {
    const at = { ...elsewhere, VAKA_PUBLIC_URL: 'https://vaka.kommunen.example' }
    expect(readConfig({ ...hook, ...at }).reactors?.webhooks?.reach).toBe('public')
    expect(readConfig({ ...hook, ...at, VAKA_WEBHOOKS: 'https://10.0.0.7/', VAKA_WEBHOOK_ALLOW_PRIVATE: '1' }).reactors?.webhooks?.reach).toBe('any')
    expect(readConfig({ ...hook, VAKA_WEBHOOKS: 'http://localhost:8080/' }).reactors?.webhooks?.receivers).toHaveLength(1)
    for (const url of ['http://127.0.0.1:8080/', 'https://localhost/', 'https://10.0.0.7/', 'https://[::ffff:10.0.0.7]/', 'https://0x7f.1/'])
      expect(() => readConfig({ ...hook, ...at, VAKA_WEBHOOKS: url })).toThrow(/VAKA_WEBHOOK_ALLOW_PRIVATE/)
  })
  it.each([
    [{ ...hook, VAKA_WEBHOOKS: 'http://bi.kommunen.example' }, /https/],
    [{ ...hook, VAKA_WEBHOOKS: 'https://user:pass@bi.kommunen.example' }, /without a user/],
    [{ ...hook, VAKA_WEBHOOKS: 'https://a.example https://a.example' }, /twice/],
    [{ VAKA_WEBHOOKS: hook.VAKA_WEBHOOKS }, /VAKA_WEBHOOK_SECRET/],
    [{ ...hook, VAKA_WEBHOOK_SECRET: 'hemligt' }, /32 to 64 bytes/],
    [{ ...hook, VAKA_WEBHOOK_SECRET: `${hook.VAKA_WEBHOOK_SECRET} ${hook.VAKA_WEBHOOK_SECRET}` }, /one for each/],
    [{ ...hook, VAKA_WEBHOOK_ALLOW_PRIVATE: 'yes' }, /must be 1/],
    [{ ...hook, VAKA_WEBHOOK_SINCE: '2026-01-01' }, /VAKA_WEBHOOK_SINCE/],
    [{ ...hook, VAKA_WEBHOOK_GIVE_UP: '61' }, /VAKA_WEBHOOK_GIVE_UP/],
  ])('refuses %o in one sentence', (env, sentence) => {
    expect(() => readConfig(env)).toThrow(expect.objectContaining({ code: 'bad-configuration', message: expect.stringMatching(sentence) }))
  })
})
