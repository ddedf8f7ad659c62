/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers and strings as ECMAScript writes them. What JSON cannot hold is
 * refused here, before anything is written: undefined, NaN, infinities, BigInt, functions, lone surrogates and objects that are not plain.
 */
export const canonical = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new UnstorableValue('a string with a lone surrogate')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new UnstorableValue(String(value))
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) {
        let out = '['
        for (let i = 0; i < value.length; i++) out += (i ? ',' : '') + canonical(value[i])
        return out + ']'
      }
      return canonicalObject(value)
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      throw new UnstorableValue(typeof value)
  }
}
const canonicalObject = (value: object): string => {
  const proto: unknown = Object.getPrototypeOf(value)
  // Plain objects of another realm (a test runner's sandbox) have another Object.prototype, whose own prototype is null as well.
  if (proto !== null && Object.getPrototypeOf(proto) !== null) throw new UnstorableValue(value.constructor.name)
  let out = '{'
  for (const key of Object.keys(value).sort()) {
    const inner: unknown = Reflect.get(value, key)
    out += `${out.length > 1 ? ',' : ''}${quoted(key)}:${canonical(inner)}`
  }
  return out + '}'
}

/** Keys are few and repeat in every event; quoting them anew took a third of the time. */
const keys = new Map<string, string>()
const quoted = (key: string): string => {
  const known = keys.get(key)
  if (known !== undefined) return known
  const text = canonical(key)
  if (keys.size < 1000) keys.set(key, text)
  return text
}

/** A value that JSON cannot hold; a fault of the caller. */
export class UnstorableValue extends Error {
  readonly code = 'unstorable-value'
  constructor(what: string) {
    super(`Events hold JSON only, not ${what}`)
  }
}
