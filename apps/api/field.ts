import 'reflect-metadata'
import type { FaultCode } from '#libs/catalogue/faults'
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator'

/** Part of a JSON schema (2020-12, as in OpenAPI 3.1). */
export type Schema = Readonly<Record<string, unknown>>
export interface Fault {
  readonly code: FaultCode
  /** Where inside the field, as a JSON pointer; empty for the field itself. */
  readonly within?: string
  readonly params?: Readonly<Record<string, string>>
}
/**
 * One check of one field, told once: class-validator words what it finds (the bad path), the compiled JSON schema holds bodies against
 * `schema` (the good path; its formats call the same functions), and OpenAPI shows the same schema.
 */
export interface Check {
  readonly schema: Schema
  /** The fault of a value that is there, or undefined when it is fine. */
  readonly fault: (value: unknown) => Fault | undefined
}

/** Name of every check in class-validator; the check itself is its first constraint and the context of its errors. */
export const checkName = 'check'
/** A required field. */
export const field = (check: Check): PropertyDecorator =>
  ValidateBy(
    {
      name: checkName,
      constraints: [check],
      validator: { validate: (value: unknown) => check.fault(value) === undefined, defaultMessage: (error) => check.fault(error?.value)?.code ?? '' },
    },
    { context: check },
  )

/** A field that may be absent. `null` is a value, and never a right one. */
export const Optional = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined)

export type Class = abstract new () => object
const nestedKey = 'vaka:nested'
const instantsKey = 'vaka:instants'
const ownList = (key: string, target: object): readonly string[] => {
  const found: unknown = Reflect.getOwnMetadata(key, target)
  return Array.isArray(found) ? found.filter((name) => typeof name === 'string') : []
}
const note = (key: string, target: object, property: string | symbol): void => {
  Reflect.defineMetadata(key, [...ownList(key, target), String(property)], target)
}

/** A nested object, or each of a list of them, is checked by its own class. */
export const nested = (type: new () => object, each: boolean): PropertyDecorator => (target, property) => {
  ValidateNested({ each })(target, property)
  Reflect.defineMetadata(nestedKey, type, target, property)
}
/** Class of a nested field, if it is one. */
export const nestedOf = (dto: Class, property: string): (new () => object) | undefined => {
  const found: unknown = Reflect.getMetadata(nestedKey, dto.prototype, property)
  return typeof found === 'function' ? (found as new () => object) : undefined
}

/** Marks a field that reaches the command as a UTC instant with milliseconds. */
export const normalised = (kind: 'past' | 'any'): PropertyDecorator => (target, property) => {
  note(instantsKey, target, property)
  if (kind === 'past') note(`${instantsKey}:past`, target, property)
}
export const instantsOf = (dto: Class): readonly string[] => listOf(instantsKey, dto.prototype)
/** Fields named …At: what they say has happened. */
export const pastInstantsOf = (dto: Class): readonly string[] => listOf(`${instantsKey}:past`, dto.prototype)
/** Of a class and those that it extends. */
const listOf = (key: string, prototype: object): readonly string[] => {
  const parent: unknown = Object.getPrototypeOf(prototype)
  return [...(typeof parent === 'object' && parent !== null ? listOf(key, parent) : []), ...ownList(key, prototype)]
}

/** A check over several fields; runs when none of the fields it reads is faulty by itself. */
export interface Rule<T> {
  readonly reads: readonly (keyof T & string)[]
  readonly faults: (body: T, now: string) => readonly (Fault & { readonly pointer: string })[]
}
const rulesKey = 'vaka:rules'
/** Checks over several fields of a body, beside those of its fields. */
export const Rules =
  <T extends object>(...rules: readonly Rule<T>[]) =>
  (dto: abstract new () => T): void => {
    Reflect.defineMetadata(rulesKey, rules, dto)
  }
export const rulesOf = <T extends object>(dto: abstract new () => T): readonly Rule<T>[] => {
  const found: unknown = Reflect.getMetadata(rulesKey, dto)
  return Array.isArray(found) ? (found as readonly Rule<T>[]) : []
}
