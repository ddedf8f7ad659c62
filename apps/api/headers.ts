import { isUtf8 } from 'node:buffer'
import { languageOf } from '#apps/api/problem'
import type { QueryRequest } from '#apps/application/request'
import type { FieldFault } from '#libs/kernel/outcome'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Login of the sender, once the token is verified. */
    login: string
    /** When her token expires, ms since 1970. */
    loginUntil: number
    /** Why a stream ended, for the log. */
    ended?: string
    /** Id of the calendar feed that is read, once its token is verified; never the token. */
    feed: string
  }
}
type Header = string | string[] | undefined
const one = (header: Header): string | undefined => (Array.isArray(header) ? header.join(', ') : header)
export const headerFault = (name: string, code: string): FieldFault => ({ pointer: `/header/${name}`, code })

/** `If-Match: "7"`: a strong ETag of digits. */
export const readIfMatch = (header: Header): number | FieldFault | undefined => {
  const text = one(header)
  if (text === undefined) return undefined
  const digits = /^\s*"(\d{1,15})"\s*$/.exec(text)?.[1]
  return digits === undefined ? headerFault('If-Match', 'not-an-etag') : Number(digits)
}
/** `Idempotency-Key`: 1-200 visible ASCII characters. */
export const readIdempotencyKey = (header: Header): string | FieldFault | undefined => {
  const text = one(header)
  if (text === undefined) return undefined
  return /^[\x21-\x7e]{1,200}$/.test(text) ? text : headerFault('Idempotency-Key', 'not-a-key')
}
/** `Vaka-Reason`: percent-encoded, or the bytes of UTF-8; a blank one is none. */
export const readReason = (header: Header): string | FieldFault | undefined => {
  const raw = one(header)
  if (raw === undefined) return undefined
  const bytes = Buffer.from(raw, 'latin1')
  const text = decoded(isUtf8(bytes) ? bytes.toString('utf8') : raw).trim()
  if (text.length > 500) return { ...headerFault('Vaka-Reason', 'too-long'), params: { max: '500' } }
  return text === '' ? undefined : text
}
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** `Last-Event-ID`: the id of the last event that a client of a stream has read; a blank one is none. */
export const readLastEventId = (header: Header): string | undefined => {
  const text = one(header)?.trim()
  return text === '' ? undefined : text
}

/** Trace id of a W3C `traceparent`, when there is a right one. */
export const traceOf = (header: Header): string | undefined => /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.exec(one(header) ?? '')?.[1]
/** What ties together all that comes of one request: the caller's trace, else the request. */
export const correlationOf = (request: FastifyRequest): string => traceOf(request.headers.traceparent) ?? request.id

/** Who asks, in which language, for which reason. */
export const queryRequest = (request: FastifyRequest): QueryRequest | FieldFault => {
  const reason = readReason(request.headers['vaka-reason'])
  if (typeof reason === 'object') return reason
  return { sender: { login: request.login }, language: languageOf(request.headers['accept-language']), ...(reason !== undefined && { reason }) }
}
