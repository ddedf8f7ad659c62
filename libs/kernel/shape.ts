/**
 * The shapes of events. Personal data is the rule (case format: every free text, name and identity is encrypted before it reaches the
 * store), so a plain string must have a code list or a format, or be marked public; `plainStringsWithoutReason` finds what has neither.
 */
declare const full: unique symbol
declare const plain: unique symbol

export type Kind = 'code' | 'format' | 'text' | 'integer' | 'number' | 'flag' | 'list' | 'object'
export type Format = 'id' | 'instant' | 'date' | 'version' | 'sha256' | 'mac'
/**
 * Whose key encrypts a field: the case, the routine, the person named by the sibling field `ref`, or the staff member named by the sibling
 * field `staff`.
 */
export type Subject = 'case' | 'routine' | 'person' | 'staff'

export interface Field<F = unknown, P = unknown, O extends boolean = boolean> {
  readonly kind: Kind
  readonly optional: O
  readonly codes?: readonly string[]
  readonly format?: Format
  /** A text about no person, such as the name of a unit. */
  readonly public?: true
  readonly personal?: Subject
  readonly range?: { readonly min: number; readonly max: number }
  readonly items?: Field
  readonly shape?: Shape
  readonly [full]?: F
  readonly [plain]?: P
}
export type Shape = Readonly<Record<string, Field>>

type FullOf<F> = F extends Field<infer T, unknown> ? T : never
type PlainOf<F> = F extends Field<unknown, infer T> ? T : never
type OptionalKeys<S extends Shape> = { [K in keyof S]: S[K] extends { readonly optional: true } ? K : never }[keyof S]
type PersonalKeys<S extends Shape> = { [K in keyof S]: [PlainOf<S[K]>] extends [never] ? K : never }[keyof S]
type Flat<T> = { [K in keyof T]: T[K] }
/** What a decider writes: every field, personal ones in the clear. */
export type Full<S extends Shape> = Flat<
  { readonly [K in Exclude<keyof S, OptionalKeys<S>>]: FullOf<S[K]> } & { readonly [K in OptionalKeys<S>]?: FullOf<S[K]> | undefined }
>
/** What folds and projections read: no personal field. */
export type Plain<S extends Shape> = Flat<
  { readonly [K in Exclude<keyof S, OptionalKeys<S> | PersonalKeys<S>>]: PlainOf<S[K]> } & {
    readonly [K in Exclude<OptionalKeys<S>, PersonalKeys<S>>]?: PlainOf<S[K]> | undefined
  }
>

type Required<F, P = F> = Field<F, P, false>
const field = <F, P = F>(rest: Omit<Field, 'optional'>): Required<F, P> =>
  ({ ...rest, optional: false }) as Required<F, P>

export const code = <const C extends readonly string[]>(codes: C): Required<C[number]> => field({ kind: 'code', codes })
/** An opaque or chosen identifier: `[A-Za-z0-9@._:/-]`, at most 100 characters, no personal data. */
export const id = (): Required<string> => field({ kind: 'format', format: 'id' })
/** RFC 3339 instant in UTC with milliseconds. */
export const instant = (): Required<string> => field({ kind: 'format', format: 'instant' })
/** Calendar day `YYYY-MM-DD` in Europe/Stockholm. */
export const date = (): Required<string> => field({ kind: 'format', format: 'date' })
export const version = (): Required<string> => field({ kind: 'format', format: 'version' })
export const sha256 = (): Required<string> => field({ kind: 'format', format: 'sha256' })
/** A keyed digest: says nothing to whoever lacks the key. */
export const mac = (): Required<string> => field({ kind: 'format', format: 'mac' })
export const integer = (min: number, max: number): Required<number> => field({ kind: 'integer', range: { min, max } })
export const number = (): Required<number> => field({ kind: 'number' })
export const flag = (): Required<boolean> => field({ kind: 'flag' })
/** Free text; legal only inside `personal` or `publicText`. */
export const text = (): Required<string> => field({ kind: 'text' })
/** A text about no person (names of units and routines, labels of the policy): stays plain. */
export const publicText = (): Required<string> => field({ kind: 'text', public: true })
export const list = <F, P>(items: Field<F, P>): Required<readonly F[], [P] extends [never] ? never : readonly P[]> => field({ kind: 'list', items })
export const object = <S extends Shape>(shape: S): Required<Full<S>, Plain<S>> => field({ kind: 'object', shape })
export const optional = <F, P>(inner: Field<F, P>): Field<F, P, true> => ({ ...inner, optional: true }) as Field<F, P, true>
/** Personal data: encrypted under the key of its subject before it reaches the store. */
export const personal = <F, P, O extends boolean>(inner: Field<F, P, O>, subject: Subject = 'case'): Field<F, never, O> =>
  ({ ...inner, personal: subject }) as unknown as Field<F, never, O>

export const formats: Readonly<Record<Format, RegExp>> = {
  id: /^[A-Za-z0-9@._:/-]{1,100}$/,
  instant: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  version: /^[a-z0-9][a-z0-9.-]{0,39}$/,
  sha256: /^[0-9a-f]{64}$/,
  mac: /^[A-Za-z0-9_-]{22,43}$/,
}

/** Paths of plain strings that have neither code list, format nor the public mark. Empty for every shape that may be stored. */
export const plainStringsWithoutReason = (shape: Shape, at = ''): string[] =>
  Object.entries(shape).flatMap(([name, f]) => unreasoned(f, `${at}/${name}`))
const unreasoned = (f: Field, at: string): string[] => {
  if (f.personal) return []
  if (f.kind === 'list') return f.items ? unreasoned(f.items, `${at}/*`) : [at]
  if (f.kind === 'object') return f.shape ? plainStringsWithoutReason(f.shape, at) : [at]
  return f.kind === 'text' && !f.public ? [at] : []
}

/** Faults of a value against its shape, as paths; personal fields are checked as well as plain ones. */
export const shapeFaults = (shape: Shape, value: Readonly<Record<string, unknown>>, at = ''): string[] => {
  const faults: string[] = []
  for (const name in shape) {
    const f = shape[name]
    if (!f) continue
    const v = value[name]
    if (v === undefined) {
      if (!f.optional) faults.push(`${at}/${name} is missing`)
    } else fieldFaults(f, v, `${at}/${name}`, faults)
  }
  for (const name in value) if (!shape[name] && value[name] !== undefined) faults.push(`${at}/${name} is not in the shape`)
  return faults
}
const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === 'object' && v !== null && !Array.isArray(v)
const fieldFaults = (f: Field, v: unknown, at: string, faults: string[]): void => {
  const fits = (): boolean => {
    switch (f.kind) {
      case 'code':
        return typeof v === 'string' && (f.codes?.includes(v) ?? false)
      case 'format':
        return typeof v === 'string' && f.format !== undefined && formats[f.format].test(v)
      case 'text':
        return typeof v === 'string'
      case 'integer':
        return Number.isSafeInteger(v) && f.range !== undefined && Number(v) >= f.range.min && Number(v) <= f.range.max
      case 'number':
        return typeof v === 'number' && Number.isFinite(v)
      case 'flag':
        return typeof v === 'boolean'
      case 'list':
        if (!Array.isArray(v) || !f.items) return false
        for (let i = 0; i < v.length; i++) fieldFaults(f.items, v[i], `${at}/${i}`, faults)
        return true
      case 'object':
        if (!isRecord(v) || !f.shape) return false
        faults.push(...shapeFaults(f.shape, v, at))
        return true
    }
  }
  if (!fits()) faults.push(`${at} does not fit ${f.kind}${f.format ? ` ${f.format}` : ''}`)
}
