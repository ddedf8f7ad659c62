import { isChosenId, isDate, isInstant, utc } from '#apps/api/checks'
import type { Schema } from '#apps/api/field'
import type { FieldFault } from '#libs/kernel/outcome'

/** One query parameter: how it reads, and how OpenAPI shows it. */
export interface Parameter<T> {
  readonly schema: Schema
  readonly required?: boolean
  readonly parse: (text: string, now: string) => { readonly value: T } | Pick<FieldFault, 'code' | 'params'>
}
export type Parameters = Readonly<Record<string, Parameter<unknown>>>
type ValueOf<P> = P extends Parameter<infer T> ? T : never
type RequiredNames<P> = { [K in keyof P]: P[K] extends { readonly required: true } ? K : never }[keyof P]
/** Values of the parameters that were given; required ones are there. */
export type Values<P> = { readonly [K in RequiredNames<P>]: ValueOf<P[K]> } & { readonly [K in Exclude<keyof P, RequiredNames<P>>]?: ValueOf<P[K]> }

const simple = <T>(schema: Schema, code: string, read: (text: string, now: string) => T | undefined): Parameter<T> => ({
  schema,
  parse: (text, now) => {
    const value = read(text, now)
    return value === undefined ? { code } : { value }
  },
})
export const required = <T>(parameter: Parameter<T>): Parameter<T> & { readonly required: true } => ({ ...parameter, required: true })

const mostRows = 200
export const limit: Parameter<number> = {
  schema: { type: 'integer', minimum: 1, maximum: mostRows, default: 50 },
  parse: (text) =>
    /^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= mostRows ? { value: Number(text) } : { code: 'not-in-range', params: { min: '1', max: String(mostRows) } },
}
export const cursor = simple({ type: 'string', maxLength: 1_000 }, 'not-a-cursor', (text) => (/^[\x21-\x7e]{1,1000}$/.test(text) ? text : undefined))
/** As of an instant that has been. */
export const at: Parameter<string> = {
  schema: { type: 'string', format: 'date-time' },
  parse: (text, now) => {
    // A plus that was not percent-encoded reaches us as a space.
    const instant = text.replace(/ (?=\d{2}:\d{2}$)/, '+')
    if (!isInstant(instant)) return { code: 'not-an-instant' }
    return utc(instant) > now ? { code: 'in-the-future' } : { value: utc(instant) }
  },
}
export const revision = simple({ type: 'integer', minimum: 0 }, 'not-a-revision', (text) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined))
export const position = simple({ type: 'string' }, 'not-a-position', (text) => (/^[A-Za-z0-9._:-]{1,100}$/.test(text) ? text : undefined))
export const day = simple({ type: 'string', format: 'date' }, 'not-a-date', (text) => (isDate(text) ? text : undefined))
export const unit = simple({ type: 'string', pattern: '^[a-z0-9-]{1,40}$' }, 'not-an-id', (text) => (isChosenId(text) ? text : undefined))
/** A routine, by its id. */
export const id = unit
/** A name that people gave, such as that of a process. */
export const line = simple({ type: 'string', minLength: 1, maxLength: 200 }, 'too-long', (text) => (text !== '' && [...text].length <= 200 && text.isWellFormed() && !text.includes('\0') ? text : undefined))
export const oneOf = <const C extends string>(codes: readonly C[]): Parameter<C> => ({
  schema: { type: 'string', enum: codes },
  parse: (text) => {
    const value = codes.find((c) => c === text)
    return value === undefined ? { code: 'unknown-code', params: { codes: codes.join(', ') } } : { value }
  },
})
/** A comma-separated list of different codes. */
export const someOf = <const C extends string>(codes: readonly C[]): Parameter<readonly C[]> => ({
  schema: { type: 'array', items: { type: 'string', enum: codes }, uniqueItems: true },
  parse: (text) => {
    const given = text.split(',')
    const value = codes.filter((c) => given.includes(c))
    return value.length === given.length ? { value } : { code: 'unknown-code', params: { codes: codes.join(', ') } }
  },
})
/** A comma-separated list of different names; which ones there are is for the application to say. */
export const names = simple({ type: 'array', items: { type: 'string' }, uniqueItems: true }, 'faulty', (text) => {
  const list = text.split(',')
  return list.length <= 10 && list.every((name) => /^[A-Za-z-]{1,40}$/.test(name)) && new Set(list).size === list.length ? list : undefined
})

const fault = (name: string, code: string, params?: FieldFault['params']): FieldFault => ({ pointer: `/${name}`, code, ...(params && { params }) })
/** Reads a query string against its parameters; all faults at once, unknown parameters too, unless `others` may stand there. */
export const readParameters = <P extends Parameters>(
  parameters: P,
  query: unknown,
  now: string,
  others?: (name: string, text: string) => boolean,
): { readonly kind: 'read'; readonly values: Values<P>; readonly others: Readonly<Record<string, string>> } | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] } => {
  const faults: FieldFault[] = []
  const values: Record<string, unknown> = {}
  const rest: Record<string, string> = {}
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(typeof query === 'object' && query !== null ? query : {}))
  for (const [name, text] of given) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    const shown = /^[A-Za-z0-9_-]{1,40}$/.test(name) ? name : '?'
    if (typeof text !== 'string') faults.push(fault(shown, 'given-twice'))
    else if (parameter) {
      const parsed = parameter.parse(text, now)
      if ('value' in parsed) values[name] = parsed.value
      else faults.push(fault(name, parsed.code, parsed.params))
    } else if (others?.(name, text)) rest[name] = text
    else faults.push(fault(shown, 'unknown-parameter'))
  }
  for (const [name, { required: must }] of Object.entries(parameters)) if (must && !given.has(name)) faults.push(fault(name, 'required'))
  if (given.has('at') && given.has('revision')) faults.push(fault('revision', 'given-both'))
  return faults.length > 0 ? { kind: 'invalid', faults: faults.slice(0, 100) } : { kind: 'read', values: values as Values<P>, others: rest }
}
