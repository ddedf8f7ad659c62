import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { certificate, key } from '#libs/smtp/testing/certificate'
import type { SmtpServer } from '#libs/smtp/smtp'

export interface Arrived {
  readonly to: readonly string[]
  readonly from: string
  /** Whether it came over TLS, and as whom. */
  readonly secure: boolean
  readonly user: string | undefined
  readonly raw: string
  readonly mail: ParsedMail
}
/** What the server does to the next letters; absent, it takes them. */
export interface Mood {
  /** The reply to a recipient, such as `550 5.1.1 No such mailbox`. */
  recipient?: ((address: string) => string | undefined) | undefined
  /** The reply to the content. */
  content?: (() => string | undefined) | undefined
  /** Cuts the connection in place of its last word: with the letter kept, or before it came. */
  cut?: 'after-content' | 'at-greeting' | undefined
  /** Keeps the client waiting after the content, until it settles. */
  wait?: (() => Promise<unknown>) | undefined
}
interface MailServerOptions {
  readonly tls?: 'smtps' | 'starttls'
  readonly user?: string
  readonly password?: string
  readonly port?: number
}
const replied = (text: string): Error => Object.assign(new Error(text.slice(4)), { responseCode: Number(text.slice(0, 3)) })

/** A real SMTP server on loopback for specs, which keeps what it is given and can be told to misbehave. */
export const openMailServer = async ({ tls, user, password, port = 0 }: MailServerOptions = {}) => {
  const arrived: Arrived[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const mood: Mood = {}
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    secure: tls === 'smtps',
    hideSTARTTLS: tls !== 'starttls',
    authOptional: user === undefined,
    disabledCommands: user === undefined ? ['AUTH'] : [],
    key,
    cert: certificate,
    logger: false,
    closeTimeout: 100,
    disableReverseLookup: true,
    onConnect: (_session, done) => {
      if (mood.cut === 'at-greeting') cut()
      else done()
    },
    onAuth: (auth, _session, done) => {
      if (auth.username === user && auth.password === password) done(null, { user: auth.username })
      else done(replied('535 5.7.8 No'))
    },
    onRcptTo: ({ address }, _session, done) => {
      const no = mood.recipient?.(address)
      done(no === undefined ? null : replied(no))
    },
    onData: (stream, session, done) => {
      void buffer(stream).then(async (bytes) => {
        const no = mood.content?.()
        await mood.wait?.()
        if (no !== undefined) {
          done(replied(no))
          return
        }
        arrived.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
          raw: bytes.toString('utf8'),
          mail: await simpleParser(bytes),
        })
        if (mood.cut === 'after-content') cut()
        else done()
        for (const one of waiting) if (arrived.length >= one.count) one.resolve()
      })
    },
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  // What a client breaks off is the client's.
  server.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  const address: unknown = server.server.address()
  const at: SmtpServer = {
    host: '127.0.0.1',
    port: Number(Reflect.get(Object(address), 'port')),
    secure: tls === 'smtps',
    startTls: tls === 'starttls',
    ...(tls === undefined ? {} : { ca: certificate }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
  }
  return {
    at,
    arrived,
    mood,
    /** Settles when so many letters have arrived in all. */
    has: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (arrived.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    connections: () => sockets.size,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
export type MailServer = Awaited<ReturnType<typeof openMailServer>>
