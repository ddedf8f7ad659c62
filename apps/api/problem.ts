import { faultSentence } from '#libs/catalogue/faults'
import { problems, type ProblemCode } from '#libs/catalogue/problems'
import { reasonSentence } from '#libs/catalogue/reasons'
import { filled, type Language } from '#libs/catalogue/sentence'
import type { FieldFault, Reason } from '#libs/kernel/outcome'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface ProblemDetails {
  readonly faults?: readonly FieldFault[]
  readonly reasons?: readonly Reason[]
  /** Seconds after which to try again. */
  readonly retryAfter?: number
}

/** `Accept-Language`: the first of Swedish and English by its weight; Swedish when neither is named. */
export const languageOf = (header: string | undefined): Language => {
  if (header === undefined) return 'sv'
  const weights = header.slice(0, 200).split(',').map((part) => {
    const [tag = '', ...rest] = part.trim().toLowerCase().split(';')
    const q = rest.map((r) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(r)?.[1]).find((v) => v !== undefined)
    return { tag: tag.split('-')[0], q: q === undefined ? 1 : Number(q) }
  })
  const weightOf = (...tags: string[]): number => Math.max(0, ...weights.filter(({ tag }) => tags.includes(tag ?? '')).map(({ q }) => q))
  return weightOf('en') > weightOf('sv', 'nb', 'nn', 'no', 'da') ? 'en' : 'sv'
}

/**
 * Answers with a problem (RFC 9457): type, title, status, detail in the reader's language, the request's id, all faulty fields and all
 * reasons. Values that the client sent are never repeated.
 */
export const sendProblem = (request: FastifyRequest, reply: FastifyReply, code: ProblemCode, { faults, reasons, retryAfter }: ProblemDetails = {}): FastifyReply => {
  const { status, title, detail } = problems[code]
  const language = languageOf(request.headers['accept-language'])
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer realm="vaka"')
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', language)
    .header('vary', 'Accept-Language')
    .send(
      JSON.stringify({
        type: `/problems/${code}`,
        title: title[language],
        status,
        detail: detail[language],
        instance: request.id,
        ...(faults && { errors: faults.map((f) => ({ pointer: f.pointer, code: f.code, detail: filled(faultSentence(f.code), language, f.params) })) }),
        ...(reasons && { reasons: reasons.map((r) => ({ code: r.code, detail: filled(reasonSentence(r.code), language, r.params) })) }),
      }),
    )
}

const byCode: Readonly<Record<string, ProblemCode>> = {
  'malformed-json': 'malformed-json',
  unavailable: 'unavailable',
  // The store cannot say: the same request with its Idempotency-Key finds out.
  'outcome-unknown': 'outcome-unknown',
  'writer-stopped': 'unavailable',
  closed: 'unavailable',
  'not-ready': 'unavailable',
  'rebuild-elsewhere': 'rebuild-elsewhere',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
}
const byStatus: Readonly<Record<number, ProblemCode>> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 413: 'too-large', 415: 'unsupported-media-type', 503: 'unavailable' }

/** The problem that something thrown stands for; `internal` for a fault of ours. */
export const problemOf = (thrown: unknown): ProblemCode => {
  // What a store says of itself goes before what its line to the server said.
  for (const code of [property(thrown, 'code'), property(property(thrown, 'cause'), 'code')]) if (typeof code === 'string' && Object.hasOwn(byCode, code)) return byCode[code] ?? 'internal'
  const status = property(thrown, 'status') ?? property(thrown, 'statusCode')
  if (typeof status !== 'number') return 'internal'
  return byStatus[status] ?? (status >= 400 && status < 500 ? 'malformed-request' : 'internal')
}
export const property = (thing: unknown, name: string): unknown => (typeof thing === 'object' && thing !== null ? Reflect.get(thing, name) : undefined)
