/** An Error with a stable `code`, for callers to tell faults apart by, and one sentence for people. */
export const fault = (code: string, message: string, cause?: unknown): Error & { readonly code: string } =>
  Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code })

const read = (thrown: unknown, property: 'code' | 'name' | 'message'): string => {
  const value: unknown = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, property) : undefined
  return typeof value === 'string' ? value : ''
}
/** The SQLSTATE, the code of the operating system or our own; empty when there is none. */
export const codeOf = (thrown: unknown): string => read(thrown, 'code')

/**
 * Connection exceptions, no room, memory or disk, an answer that did not come in time, a server that stops, starts or ends a session, and one that has
 * become a standby.
 */
const serverIsAway = /^(08|53|57014|57P0|25006|E(?!RR_)[A-Z_]+$)/
/**
 * What was thrown, with a code: `unavailable` when the server was not there, went away or cannot now, so that whether a write took place is not known; the
 * SQLSTATE for what it refused. The package says the former by errors that have no code.
 */
export const reasonOf = (thrown: unknown, what: string): unknown => {
  const code = codeOf(thrown)
  if (code === 'unavailable' || (code === '' ? read(thrown, 'name') !== 'Error' : !serverIsAway.test(code))) return thrown
  return fault('unavailable', `The ${what} does not answer: ${read(thrown, 'message')}`, thrown)
}
/** A table that is gone, or has another shape than it had when the statement was prepared. */
export const isOutdated = (thrown: unknown): boolean => ['42P01', '0A000'].includes(codeOf(thrown))
