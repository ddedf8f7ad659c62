import { lookup } from 'node:dns'
import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { mayCall, type Reach } from '#libs/webhook/address'
import { fault } from '#libs/sqlite/fault'

export interface WebhookPostOptions {
  readonly reach: Reach
  /** Longest for the whole call, ms. */
  readonly withinMs?: number
  /** Certificates (PEM) that are trusted beside those of the runtime. */
  readonly ca?: string
}
/** The receiver's status, or a code for why there is none: `timeout`, `forbidden-address`, `ECONNREFUSED` and the like. */
export type Called = { readonly status: number } | { readonly failed: string }
/** Most that is read of an answer, bytes: nobody needs it. */
const mostOfAnswer = 64 * 1024

/**
 * Posts a text, follows no redirect and reads no answer. Where a name leads is looked at in the same lookup that the connection uses, so that a name
 * which leads elsewhere the second time leads nowhere. Never throws.
 */
export const webhookPost = async (url: string, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal, { reach, withinMs = 10_000, ca }: WebhookPostOptions): Promise<Called> => {
  const to = new URL(url)
  const host = to.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) > 0 && !mayCall(host, reach)) return { failed: 'forbidden-address' }
  const time = AbortSignal.timeout(withinMs)
  const send = to.protocol === 'https:' ? overHttps : overHttp
  return new Promise((resolve) => {
    const call = send(
      to,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Vaka' },
        lookup: guardedLookup(reach),
        signal: AbortSignal.any([signal, time]),
        agent: false,
        ...(ca === undefined ? {} : { ca }),
      },
      (answer) => {
        resolve({ status: answer.statusCode ?? 0 })
        let read = 0
        answer.on('data', (chunk: Buffer) => {
          read += chunk.length
          if (read > mostOfAnswer) answer.destroy()
        })
        answer.on('error', () => undefined)
      },
    )
    call.on('error', (error) => {
      const code: unknown = Reflect.get(error, 'code')
      resolve({ failed: time.aborted ? 'timeout' : typeof code === 'string' && /^[A-Za-z_-]{2,40}$/.test(code) ? code : 'fault' })
    })
    call.end(body)
  })
}

const guardedLookup =
  (reach: Reach): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        done(error, [])
        return
      }
      const allowed = addresses.filter(({ address }) => mayCall(address, reach))
      const [first] = allowed
      if (!first) done(fault('forbidden-address', 'The name leads to no address that may be called'), [])
      else if (options.all === true) done(null, allowed)
      else done(null, first.address, first.family)
    })
  }
