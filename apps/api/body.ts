import type { Class, Fault, Schema } from '#apps/api/field'
import { checkName, instantsOf, nestedOf, pastInstantsOf, rulesOf } from '#apps/api/field'
import { moment, schemaFormats } from '#apps/api/checks'
import type { FieldFault } from '#libs/kernel/outcome'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { getMetadataStorage, ValidationTypes, validateSync, type ValidationError } from 'class-validator'
import { validationMetadatasToSchemas } from 'class-validator-jsonschema'

/**
 * Bodies are held against one set of decorators in two ways: a schema compiled from them says yes on the good path at next to no cost, and
 * when it says no, class-validator names every faulty field. A spec proves that both always say the same.
 */
export type Read<T> = { readonly kind: 'read'; readonly body: T } | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] }
export type BodyReader<T> = (body: unknown, now: string) => Read<T>

/** A hostile body does not get an answer that is larger than itself. */
const mostFaults = 100
const schemaRoot = '#/components/schemas/'
/** JSON schemas of every class with decorators, by class name, as they stand in the OpenAPI document. */
export const bodySchemas = (): Readonly<Record<string, Schema>> => {
  const schemas: Record<string, Schema> = {}
  const found = validationMetadatasToSchemas({
    refPointerPrefix: schemaRoot,
    additionalConverters: {
      [checkName]: (meta) => ({ ...meta.constraints[0].schema }),
      [ValidationTypes.NESTED_VALIDATION]: (meta) => {
        const type = typeof meta.target === 'function' ? nestedOf(meta.target as unknown as Class, meta.propertyName) : undefined
        return type ? { $ref: schemaRoot + type.name } : {}
      },
    },
  })
  for (const [name, schema] of Object.entries(found)) schemas[name] = { ...schema, additionalProperties: false }
  return schemas
}
const emptySchema: Schema = { type: 'object', additionalProperties: false }
export const schemaOf = (dto: Class, schemas = bodySchemas()): Schema => (schemas[dto.name] ? { $ref: schemaRoot + dto.name } : emptySchema)

/** The two tellings of one class. */
export interface Telling {
  readonly bySchema: (body: unknown) => boolean
  readonly byDecorators: (body: unknown) => readonly FieldFault[]
}
/** Compiles the tellings of classes; call once, when every class is loaded. */
export const compileTellings = (): ((dto: new () => object) => Telling) => {
  const schemas = bodySchemas()
  const ajv = new Ajv2020({ strict: true, strictTypes: false, formats: schemaFormats })
  ajv.addVocabulary(['components'])
  ajv.addSchema({ $id: 'vaka', components: { schemas } }, 'vaka', false, false)
  return (dto) => ({
    bySchema: ajv.compile(schemas[dto.name] ? { $ref: `vaka${schemaRoot}${dto.name}` } : emptySchema),
    byDecorators: (body) => {
      const instance = instanceOf(dto, body)
      return instance ? [...unknownFields(dto, body), ...fieldFaults(dto, instance)] : [{ pointer: '', code: 'not-an-object' }]
    },
  })
}

/** Compiles readers of bodies: both tellings, and the rules over several fields. */
export const compileReaders = (): (<T extends object>(dto: new () => T) => BodyReader<T>) => {
  const tell = compileTellings()
  return (dto) => reader(dto, tell(dto))
}

const none: ReadonlySet<string> = new Set()
const reader = <T extends object>(dto: new () => T, { bySchema, byDecorators }: Telling): BodyReader<T> => {
  const instants = instantsOf(dto)
  const past = pastInstantsOf(dto)
  const rules = rulesOf(dto)
  const across = (body: T, now: string, faulty: ReadonlySet<string>): FieldFault[] => [
    ...past.filter((name) => !faulty.has(name) && isLater(valueOf(body, name), now)).map((name): FieldFault => ({ pointer: `/${name}`, code: 'in-the-future' })),
    ...rules.filter((rule) => !rule.reads.some((name) => faulty.has(name))).flatMap((rule) => rule.faults(body, now)),
  ]
  return (raw, now) => {
    if (bySchema(raw)) {
      // The schema has just shown that it is one.
      const body = raw as T
      const faults = across(body, now, none)
      return faults.length > 0 ? { kind: 'invalid', faults } : { kind: 'read', body: instants.length > 0 ? inUtc(body, instants) : body }
    }
    const faults = byDecorators(raw)
    if (faults.length === 0) throw new Error(`Schema and decorators of ${dto.name} disagree`)
    const instance = instanceOf(dto, raw)
    const faulty = new Set(faults.map(({ pointer }) => pointer.split('/')[1] ?? ''))
    return { kind: 'invalid', faults: [...faults, ...(instance ? across(instance, now, faulty) : [])].slice(0, mostFaults) }
  }
}

const valueOf = (body: object, name: string): unknown => Reflect.get(body, name)
const isLater = (instant: unknown, now: string): boolean => typeof instant === 'string' && Date.parse(instant) > Date.parse(now)

const inUtc = <T extends object>(body: T, instants: readonly string[]): T => {
  const copy = { ...body }
  for (const name of instants) {
    const value = valueOf(body, name)
    if (typeof value === 'string') Reflect.set(copy, name, moment(value))
  }
  return copy
}

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === 'object' && v !== null && !Array.isArray(v)
const propertiesOf = (dto: Class): ReadonlySet<string> =>
  new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(dto, '', false, false)
      .map((m) => m.propertyName),
  )

/** Known fields only, nested objects as instances of their class: nothing of a hostile body reaches class-validator's own look-ups. */
const instanceOf = <T extends object>(dto: new () => T, raw: unknown): T | undefined => {
  if (!isRecord(raw)) return undefined
  const instance = new dto()
  for (const name of propertiesOf(dto)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined
    const type = nestedOf(dto, name)
    if (!type) Reflect.set(instance, name, value)
    else if (Array.isArray(value)) Reflect.set(instance, name, value.map((item: unknown) => instanceOf(type, item) ?? item))
    else Reflect.set(instance, name, instanceOf(type, value) ?? value)
  }
  return instance
}

const unknownFields = (dto: Class, raw: unknown, at = ''): FieldFault[] => {
  if (!isRecord(raw)) return []
  const known = propertiesOf(dto)
  return Object.entries(raw).flatMap(([name, value]) => {
    const pointer = `${at}/${escaped(name)}`
    if (!known.has(name)) return [{ pointer, code: 'unknown-field' }]
    const type = nestedOf(dto, name)
    if (!type) return []
    return Array.isArray(value) ? value.flatMap((item: unknown, i) => unknownFields(type, item, `${pointer}/${i}`)) : unknownFields(type, value, pointer)
  })
}
/** Names of unknown fields come from the client: what is not plainly a name is left out of the answer. */
const escaped = (name: string): string => (/^[A-Za-z0-9_-]{1,60}$/.test(name) ? name : '?')

/** What class-validator finds; a class without fields has nothing that could be wrong. */
const fieldFaults = (dto: Class, instance: object): FieldFault[] =>
  propertiesOf(dto).size === 0 ? [] : validateSync(instance, { forbidUnknownValues: false }).flatMap((error) => worded(error, ''))
const worded = (error: ValidationError, at: string): FieldFault[] => {
  const pointer = `${at}/${error.property}`
  const check: { fault?: (value: unknown) => Fault | undefined } | undefined = error.contexts?.[checkName]
  const fault = check?.fault?.(error.value)
  const own: FieldFault[] = fault ? [{ pointer: pointer + (fault.within ?? ''), code: fault.code, ...(fault.params && { params: fault.params }) }] : []
  return [...own, ...(error.children ?? []).flatMap((child) => worded(child, pointer))]
}
