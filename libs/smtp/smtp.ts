import { isMailAddress, type Sender } from '#libs/smtp/address'
import { createTransport } from 'nodemailer'

/** Where mail is handed in. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (`smtps`). */
  readonly secure: boolean
  /** Without `secure`: STARTTLS, and nothing is said before it. */
  readonly startTls: boolean
  readonly user?: string
  readonly password?: string
  /** Certificates (PEM) that are trusted beside those of the runtime. */
  readonly ca?: string
}
export interface Letter {
  /** With angle brackets. The same letter has the same, so that a repeat is recognised. */
  readonly messageId: string
  readonly from: Sender
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly date: string
  /** Languages of the text, such as `sv, en`. */
  readonly languages: string
}
/**
 * What became of a letter: taken (250), refused for good because of its recipient, or to be tried again, for this recipient's sake or the
 * server's. `reason` is a code, such as `smtp-451` or `ECONNECTION`, and never what the server said, which may hold an address.
 */
export type Posted =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'later'; readonly because: 'recipient' | 'server'; readonly reason: string }
export interface MailPost {
  send(letter: Letter): Promise<Posted>
  /** Ends the connection, if there is one; the next letter opens another. */
  rest(): void
  /** Ends what is under way as well, and takes no more. */
  close(): void
}
export interface SmtpTimes {
  /** Longest until a connection stands and the server greets, ms. */
  readonly connectMs?: number
  /** Longest silence of the server, ms. */
  readonly silenceMs?: number
}

/**
 * Hands letters to a mail server, one connection at a time. Never throws: whatever happens is an answer. A connection that is lost before the
 * server's last word leaves it open whether the letter was taken; it is then to be sent again under the same Message-ID.
 */
export const smtpPost = (server: SmtpServer, { connectMs = 10_000, silenceMs = 30_000 }: SmtpTimes = {}): MailPost => {
  const { host, port, secure, startTls, user, password = '', ca } = server
  const closed = new AbortController()
  const open = () =>
    createTransport({
      pool: true,
      maxConnections: 1,
      // Our caller tries again, and remembers; the library must not.
      maxRequeues: 0,
      host,
      port,
      secure,
      requireTLS: startTls,
      // On loopback STARTTLS protects from nobody, and its certificate is mostly nobody's.
      ignoreTLS: !startTls,
      ...(user === undefined ? {} : { auth: { user, pass: password } }),
      ...(ca === undefined ? {} : { tls: { ca } }),
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      dnsTimeout: connectMs,
      socketTimeout: silenceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  let transport: ReturnType<typeof open> | undefined
  const rest = (): void => {
    transport?.close()
    transport = undefined
  }
  return {
    send: async ({ messageId, from, to, subject, text, date, languages }) => {
      if (closed.signal.aborted) return { kind: 'later', because: 'server', reason: 'closed' }
      if (!isMailAddress(to)) return { kind: 'refused', reason: 'bad-address' }
      transport ??= open()
      try {
        await transport.sendMail({
          messageId,
          from,
          to: { name: '', address: to },
          envelope: { from: from.address, to: [to] },
          subject,
          text,
          date: new Date(date),
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'Content-Language': languages },
          xMailer: false,
          signal: closed.signal,
        })
        return { kind: 'taken' }
      } catch (thrown) {
        const posted = failed(thrown)
        if (posted.kind === 'later' && posted.because === 'server') rest()
        return posted
      }
    },
    rest,
    close: () => {
      closed.abort()
      rest()
    },
  }
}

/**
 * What a failure means. A server that refuses a recipient with 5xx says that there is no such mailbox, or that it takes nothing (RFC 5321 §4.2.1);
 * with status 5.7.x, or by asking for a login, it refuses us (RFC 3463 §3.8), which somebody has to mend, and nobody's mail is given up for. 4xx to
 * a recipient, and any no to the content, holds back that one letter. All else is the server's: nothing gets through.
 */
const failed = (thrown: unknown): Posted => {
  const { code, responseCode, response, command } = Object(thrown)
  const status = typeof responseCode === 'number' ? responseCode : 0
  const reason = status > 0 ? `smtp-${status}` : typeof code === 'string' && /^[A-Z]{2,20}$/.test(code) ? code : 'fault'
  const later = (because: 'recipient' | 'server'): Posted => ({ kind: 'later', because, reason })
  if (status === 421 || status === 530 || status === 535) return later('server')
  const ofRecipient = command === 'RCPT TO'
  if (ofRecipient && status >= 500) return /^5\d\d[ -]5\.7\./.test(String(response)) ? later('server') : { kind: 'refused', reason }
  // The address itself cannot be written in an envelope.
  if (code === 'EENVELOPE' && status === 0) return { kind: 'refused', reason }
  return later(status > 0 && (ofRecipient || command === 'DATA') ? 'recipient' : 'server')
}
