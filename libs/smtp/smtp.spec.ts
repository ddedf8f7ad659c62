import { afterEach, describe, expect, it } from '@jest/globals'
import { isMailAddress, readSender } from '#libs/smtp/address'
import { smtpPost, type Letter, type SmtpServer, type SmtpTimes } from '#libs/smtp/smtp'
import { openMailServer, type MailServer } from '#libs/smtp/testing/server'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const serving = async (options: Parameters<typeof openMailServer>[0] = {}): Promise<MailServer> => {
  const server = await openMailServer(options)
  closing.push(() => server.close())
  return server
}
const posting = (at: SmtpServer, times: SmtpTimes = {}) => {
  const post = smtpPost(at, times)
  closing.push(() => post.close())
  return post
}
const letter = (more: Partial<Letter> = {}): Letter => ({
  messageId: '<abc@kommunen.example>',
  from: { name: 'Vaka', address: 'vaka@kommunen.example' },
  to: 'chef@kommunen.example',
  subject: 'Vaka: frist missad, ABC12-3DEF4',
  text: 'Ärendet väntar på åtgärd.\n\nTack för å, ä och ö 🙂\n.\nsist\n',
  date: '2026-03-02T08:00:00.000Z',
  languages: 'sv, en',
  ...more,
})

describe('a letter', () => {
  it('arrives whole, with its own number and day, marked as written by a machine', async () => {
    const server = await serving()
    expect(await posting(server.at).send(letter({ subject: 'Vaka: åtgärd på väg 🙂' }))).toEqual({ kind: 'taken' })
    const [{ mail, to, from, secure } = {}] = server.arrived
    expect([to, from, secure]).toEqual([['chef@kommunen.example'], 'vaka@kommunen.example', false])
    expect([mail?.messageId, mail?.subject, mail?.date?.toISOString(), mail?.text]).toEqual(['<abc@kommunen.example>', 'Vaka: åtgärd på väg 🙂', '2026-03-02T08:00:00.000Z', letter().text])
    expect(['auto-submitted', 'x-auto-response-suppress', 'content-language', 'x-mailer'].map((name) => mail?.headers.get(name))).toEqual(['auto-generated', 'All', 'sv, en', undefined])
  })
  it('goes over one connection with the others, which rests when it is told to', async () => {
    const server = await serving()
    const post = posting(server.at)
    for (let n = 0; n < 3; n++) await post.send(letter({ messageId: `<${n}@a>` }))
    expect([server.arrived.length, server.connections()]).toEqual([3, 1])
    post.rest()
    expect(await post.send(letter({ messageId: '<4@a>' }))).toEqual({ kind: 'taken' })
  })
  it('cannot smuggle a second recipient in by its address', async () => {
    const server = await serving()
    for (const to of ['chef@kommunen.example, annan@annan.example', 'a@b.example>\r\nRCPT TO:<c@d.example', 'chef <c@d.example>', '"a, c@d.example"@b.example'])
      expect([to, await posting(server.at).send(letter({ to }))]).toEqual([to, { kind: 'refused', reason: 'bad-address' }])
    expect(server.arrived).toEqual([])
  })
})

describe('a connection', () => {
  it.each(['smtps', 'starttls'] as const)('is encrypted by %s and says who we are', async (tls) => {
    const server = await serving({ tls, user: 'vaka', password: 'hemligt' })
    expect(await posting(server.at).send(letter())).toEqual({ kind: 'taken' })
    expect(server.arrived.map(({ secure, user }) => [secure, user])).toEqual([[true, 'vaka']])
  })
  it('is given up when the certificate is trusted by nobody', async () => {
    for (const tls of ['smtps', 'starttls'] as const) {
      const { ca: _, ...at } = (await serving({ tls })).at
      expect(await posting(at).send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    }
  })
  it('says nothing in the clear to a server that offers no STARTTLS where it is asked for', async () => {
    const server = await serving()
    expect(await posting({ ...server.at, startTls: true }).send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    expect(server.arrived).toEqual([])
  })
})

describe('a server that says no', () => {
  it.each([
    ['550 5.1.1 No such mailbox', { kind: 'refused', reason: 'smtp-550' }],
    ['552 5.2.2 Mailbox full', { kind: 'refused', reason: 'smtp-552' }],
    ['450 4.2.1 Try again', { kind: 'later', because: 'recipient', reason: 'smtp-450' }],
    ['554 5.7.1 Relay access denied', { kind: 'later', because: 'server', reason: 'smtp-554' }],
    ['421 4.3.2 Going down', { kind: 'later', because: 'server', reason: 'smtp-421' }],
  ])('to the recipient, %s, is understood', async (no, posted) => {
    const server = await serving()
    server.mood.recipient = () => no
    expect(await posting(server.at).send(letter())).toEqual(posted)
  })
  it.each([
    ['451 4.3.0 Later', { kind: 'later', because: 'recipient', reason: 'smtp-451' }],
    ['554 5.6.0 Not this content', { kind: 'later', because: 'recipient', reason: 'smtp-554' }],
  ])('to the content, %s, is understood', async (no, posted) => {
    const server = await serving()
    server.mood.content = () => no
    expect(await posting(server.at).send(letter())).toEqual(posted)
  })
  it('to our login is the server’s', async () => {
    const server = await serving({ user: 'vaka', password: 'hemligt' })
    expect(await posting({ ...server.at, password: 'fel' }).send(letter())).toEqual({ kind: 'later', because: 'server', reason: 'smtp-535' })
  })
})

describe('a server that fails', () => {
  it('is tried again, and what it took before it was cut off comes under the same number', async () => {
    const server = await serving()
    const post = posting(server.at)
    server.mood.cut = 'after-content'
    expect(await post.send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    server.mood.cut = undefined
    expect(await post.send(letter())).toEqual({ kind: 'taken' })
    expect(server.arrived.map(({ mail }) => mail.messageId)).toEqual(['<abc@kommunen.example>', '<abc@kommunen.example>'])
  })
  it('by not being there, hanging up, or falling silent', async () => {
    const gone = await openMailServer()
    await gone.close()
    expect(await posting(gone.at).send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    const server = await serving()
    server.mood.cut = 'at-greeting'
    expect(await posting(server.at).send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    server.mood.cut = undefined
    const silence = Promise.withResolvers<undefined>()
    server.mood.wait = () => silence.promise
    expect(await posting(server.at, { silenceMs: 200 }).send(letter())).toMatchObject({ kind: 'later', because: 'server' })
    silence.resolve(undefined)
  })
  it('does not hold up whoever stops', async () => {
    const server = await serving()
    const silence = Promise.withResolvers<undefined>()
    const begun = Promise.withResolvers<undefined>()
    server.mood.wait = () => {
      begun.resolve(undefined)
      return silence.promise
    }
    const post = posting(server.at)
    const sending = post.send(letter())
    await begun.promise
    post.close()
    expect(await sending).toMatchObject({ kind: 'later', because: 'server' })
    expect(await post.send(letter())).toMatchObject({ kind: 'later' })
    silence.resolve(undefined)
  })
})

describe('an address', () => {
  it('is one mailbox', () => {
    for (const good of ['a@b.se', 'förnamn.efternamn+x@åmål.se', "o'brien@kommunen.example", 'a@localhost']) expect([good, isMailAddress(good)]).toEqual([good, true])
    for (const bad of ['a', 'a@', '@b', 'a@b@c', 'a b@c', 'a@b,c@d', '<a@b>', 'a@b..se', 'a@-b', 'a@b.', `${'a'.repeat(65)}@b.se`, 'a@b\n']) expect([bad, isMailAddress(bad)]).toEqual([bad, false])
  })
  it('of the sender may have a name before it', () => {
    expect(readSender('vaka@b.se')).toEqual({ name: '', address: 'vaka@b.se' })
    expect(readSender('"Vaka, Kommunen" <vaka@b.se>')).toEqual({ name: 'Vaka, Kommunen', address: 'vaka@b.se' })
    for (const bad of ['Vaka', 'Vaka <vaka>', 'vaka@b.se\r\nBcc: x@y.se', 'a@b.se, c@d.se']) expect(readSender(bad)).toBeUndefined()
  })
})
