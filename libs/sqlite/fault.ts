/** An Error with a stable `code`, for callers to tell faults apart by, and one sentence for people. */
export const fault = (code: string, message: string, cause?: unknown): Error & { readonly code: string } =>
  Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code })

/** Code and sentence of whatever was thrown, as plain values that cross threads. */
export const described = (thrown: unknown): { readonly code: string; readonly message: string } => {
  if (typeof thrown !== 'object' || thrown === null) return { code: 'fault', message: String(thrown) }
  const code: unknown = Reflect.get(thrown, 'code')
  const message: unknown = Reflect.get(thrown, 'message')
  return { code: typeof code === 'string' ? code : 'fault', message: typeof message === 'string' ? message : String(thrown) }
}
