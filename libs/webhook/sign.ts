import { createHmac } from 'node:crypto'

/** What a receiver verifies by: Standard Webhooks 1.0, HMAC-SHA256 over `id.timestamp.body`. */
export interface SignedHeaders {
  readonly 'webhook-id': string
  /** Seconds since 1970; receivers refuse what is more than some minutes off. */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

export const signed = (secret: Buffer, id: string, atMs: number, body: string): SignedHeaders => {
  const timestamp = String(Math.floor(atMs / 1000))
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}

/** Reads a secret, `whsec_` and base64 of 32 bytes or more; undefined when it is none. */
export const readSecret = (text: string): Buffer | undefined => {
  const base64 = text.replace(/^whsec_/, '')
  if (!/^[A-Za-z0-9+/]{43,}={0,2}$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  return bytes.length >= 32 && bytes.length <= 64 ? bytes : undefined
}
