import type { Check, Fault, Schema } from '#apps/api/field'
import { field, nested, normalised } from '#apps/api/field'
import { daysInMonth, startOfDay } from '#libs/calendar/days'
import { formats } from '#libs/kernel/shape'

/**
 * The checks that fields of bodies are made of. Each decorator says what a value must be; the functions below are also the formats of the
 * compiled schema, so the two cannot disagree.
 */
const textual = (v: unknown): v is string => typeof v === 'string'
const digits = (s: string): number => Number(s)

const isCalendarDay = (s: string): boolean => {
  const month = digits(s.slice(5, 7))
  const day = digits(s.slice(8, 10))
  return day >= 1 && day <= daysInMonth(digits(s.slice(0, 4)), month)
}
/** A day of the calendar, `YYYY-MM-DD`. */
export const isDate = (s: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(s) && isCalendarDay(s)
const rfc3339 = /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
/** RFC 3339 with offset, on a day of the calendar and in a year that stays four digits in UTC. */
export const isInstant = (s: string): boolean => {
  const day = rfc3339.exec(s)?.[1]
  return day !== undefined && isCalendarDay(day) && !Number.isNaN(Date.parse(s.toUpperCase())) && formats.instant.test(utc(s))
}
/** The same instant in UTC with milliseconds. */
export const utc = (instant: string): string => new Date(instant.toUpperCase()).toISOString()

/** The instant that a field means, in UTC with milliseconds: a day stands for its first moment in Europe/Stockholm. */
export const moment = (value: string): string => (isDate(value) ? startOfDay(value) : utc(value))

/** Text that can be stored and read: something visible, no NUL, no half surrogate pair. */
const isStorable = (s: string): boolean => s.isWellFormed() && !s.includes('\0')
const isText = (s: string): boolean => isStorable(s) && s.trim() !== ''
/** Lengths count characters, not UTF-16 units, as JSON schema does. */
const longerThan = (s: string, max: number): boolean => s.length > max && [...s].length > max

/** Personnummer or samordningsnummer (day + 60) of twelve digits, hyphen optional, check digit by Luhn over the last ten. */
export const isPersonalNumber = (s: string): boolean => {
  if (!/^\d{8}-?\d{4}$/.test(s)) return false
  const day = digits(s.slice(6, 8))
  const calendar = `${s.slice(0, 4)}-${s.slice(4, 6)}-${String(day > 60 ? day - 60 : day).padStart(2, '0')}`
  const ten = s.replace('-', '').slice(2)
  const sum = [...ten].reduce((total, digit, i) => {
    const value = digits(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return isDate(calendar) && sum % 10 === 0
}

const isLogin = (s: string): boolean => /^[^\s\p{C}]{1,200}$/u.test(s)
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export const isCaseId = (s: string): boolean => uuid.test(s)
/** Ids that a client chooses: units, measures, grants. */
export const isChosenId = (s: string): boolean => /^[a-z0-9-]{1,40}$/.test(s)

/** Formats of the compiled schema and of OpenAPI, by name. */
export const schemaFormats: Readonly<Record<string, (s: string) => boolean>> = {
  text: isText,
  'date-time': isInstant,
  date: isDate,
  'date-time-or-date': (s) => isInstant(s) || isDate(s),
  uuid: isCaseId,
  'personal-number': isPersonalNumber,
  login: isLogin,
}

const formatted = (format: string, code: Fault['code'], rest: Schema = {}): Check => {
  const fits = schemaFormats[format]
  if (!fits) throw new Error(`There is no format ${format}`)
  return {
    schema: { type: 'string', format, ...rest },
    fault: (v) => (v === undefined ? { code: 'required' } : textual(v) && fits(v) ? undefined : { code }),
  }
}
const patterned = (pattern: string, code: Fault['code']): Check => {
  const fits = new RegExp(pattern, 'u')
  return {
    schema: { type: 'string', pattern },
    fault: (v) => (v === undefined ? { code: 'required' } : textual(v) && fits.test(v) ? undefined : { code }),
  }
}

const textSchema = (max: number): Schema => ({ type: 'string', format: 'text', minLength: 1, maxLength: max })
const textFault = (v: string, max: number): Fault | undefined => {
  if (!isStorable(v)) return { code: 'bad-characters' }
  if (v.trim() === '') return { code: 'blank' }
  return longerThan(v, max) ? { code: 'too-long', params: { max: String(max) } } : undefined
}
/** Free text (personal data unless said otherwise): å ä ö and any script, not blank, at most `max` characters. */
export const Text = (max = 5_000): PropertyDecorator =>
  field({
    schema: textSchema(max),
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      return textual(v) ? textFault(v, max) : { code: 'not-a-text' }
    },
  })
/** A name, a title, a number or another line of text. */
export const Line = (): PropertyDecorator => Text(200)

/**
 * One of a list of codes; `later` are codes of the list that later work takes up. The fault says which codes there are.
 */
export const Code = (codes: readonly string[], later: readonly string[] = []): PropertyDecorator => {
  const accepted = codes.filter((c) => !later.includes(c))
  return field({ schema: { type: 'string', enum: accepted }, fault: (v) => (v === undefined ? { code: 'required' } : codeFault(v, accepted, later)) })
}
const codeFault = (v: unknown, accepted: readonly string[], later: readonly string[]): Fault | undefined => {
  if (textual(v) && accepted.includes(v)) return undefined
  return textual(v) && later.includes(v) ? { code: 'not-in-this-version' } : { code: 'unknown-code', params: { codes: accepted.join(', ') } }
}
/** A list of different codes, at least one. */
export const Codes = (codes: readonly string[]): PropertyDecorator =>
  field({
    schema: { type: 'array', items: { type: 'string', enum: codes }, minItems: 1, maxItems: codes.length, uniqueItems: true },
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      if (!Array.isArray(v)) return { code: 'not-a-list' }
      const list: readonly unknown[] = v
      if (list.length === 0) return { code: 'list-too-short', params: { min: '1' } }
      for (const [i, item] of list.entries()) {
        const fault = codeFault(item, codes, [])
        if (fault) return { ...fault, within: `/${i}` }
        if (list.indexOf(item) < i) return { code: 'repeated', within: `/${i}` }
      }
      return undefined
    },
  })

export const Flag = (): PropertyDecorator =>
  field({
    schema: { type: 'boolean' },
    fault: (v) => (v === undefined ? { code: 'required' } : typeof v === 'boolean' ? undefined : { code: 'not-a-flag' }),
  })
/** Whether, or in which words. */
export const FlagOrText = (max = 5_000): PropertyDecorator =>
  field({
    schema: { anyOf: [{ type: 'boolean' }, textSchema(max)] },
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      if (typeof v === 'boolean') return undefined
      return textual(v) ? textFault(v, max) : { code: 'not-a-flag-or-text' }
    },
  })
/** A finite number. */
export const Measurement = (): PropertyDecorator =>
  field({
    schema: { type: 'number' },
    fault: (v) => (v === undefined ? { code: 'required' } : typeof v === 'number' && Number.isFinite(v) ? undefined : { code: 'not-a-number' }),
  })
export const Whole = (min: number, max: number): PropertyDecorator =>
  field({
    schema: { type: 'integer', minimum: min, maximum: max },
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      return Number.isInteger(v) && Number(v) >= min && Number(v) <= max ? undefined : { code: 'not-in-range', params: { min: String(min), max: String(max) } }
    },
  })

/** When something happened: RFC 3339 with offset, not in the future; UTC with milliseconds in the command. */
export const PastInstant = (): PropertyDecorator => (target, property) => {
  field(formatted('date-time', 'not-an-instant'))(target, property)
  normalised('past')(target, property)
}
/** A time that is to come or has been: RFC 3339 with offset. */
export const Instant = (): PropertyDecorator => (target, property) => {
  field(formatted('date-time', 'not-an-instant'))(target, property)
  normalised('any')(target, property)
}
/** A calendar day in Europe/Stockholm. */
export const Day = (): PropertyDecorator => field(formatted('date', 'not-a-date'))
/** An instant, or a day that stands for its first moment in Europe/Stockholm. */
export const InstantOrDay = (): PropertyDecorator => (target, property) => {
  field(formatted('date-time-or-date', 'not-an-instant-or-date'))(target, property)
  normalised('any')(target, property)
}

const chosenId = patterned('^[a-z0-9-]{1,40}$', 'not-an-id')
export const ChosenId = (): PropertyDecorator => field(chosenId)
/** A role at a unit, `role@unit`: with whom cases lie. Whether there is such a seat is for the domain to say. */
export const SeatName = (): PropertyDecorator => field(patterned('^[a-z-]{1,40}@[a-z0-9-]{1,40}$', 'not-a-seat'))
/** A list of different such ids. */
export const ChosenIds = (min: number, max: number): PropertyDecorator =>
  field({
    schema: { type: 'array', items: chosenId.schema, minItems: min, maxItems: max, uniqueItems: true },
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      if (!Array.isArray(v)) return { code: 'not-a-list' }
      const list: readonly unknown[] = v
      if (list.length < min) return { code: 'list-too-short', params: { min: String(min) } }
      if (list.length > max) return { code: 'list-too-long', params: { max: String(max) } }
      for (const [i, item] of list.entries()) {
        const fault = chosenId.fault(item)
        if (fault) return { ...fault, within: `/${i}` }
        if (list.indexOf(item) < i) return { code: 'repeated', within: `/${i}` }
      }
      return undefined
    },
  })
/** Id of a version of the policy. */
export const VersionId = (): PropertyDecorator => field(patterned('^[a-z0-9][a-z0-9-]{0,39}$', 'not-an-id'))
export const CaseId = (): PropertyDecorator => field(formatted('uuid', 'not-a-case-id'))
/** Login (`sub`) of a person. */
export const Login = (): PropertyDecorator => field(formatted('login', 'not-a-login', { minLength: 1, maxLength: 200 }))
export const Sha256 = (): PropertyDecorator => field(patterned('^[0-9a-f]{64}$', 'not-a-checksum'))
/** Person- eller samordningsnummer; never required. */
export const PersonalNumber = (): PropertyDecorator => field(formatted('personal-number', 'not-a-personal-number'))

const isObject = (v: unknown): boolean => typeof v === 'object' && v !== null && !Array.isArray(v)
/** An object with fields of its own. */
export const Part = (type: new () => object): PropertyDecorator => (target, property) => {
  field({ schema: { type: 'object' }, fault: (v) => (v === undefined ? { code: 'required' } : isObject(v) ? undefined : { code: 'not-an-object' }) })(target, property)
  nested(type, false)(target, property)
}
/** A list of such objects. */
export const Parts = (type: new () => object, min: number, max: number): PropertyDecorator => (target, property) => {
  field({
    schema: { type: 'array', minItems: min, maxItems: max },
    fault: (v) => {
      if (v === undefined) return { code: 'required' }
      if (!Array.isArray(v)) return { code: 'not-a-list' }
      const list: readonly unknown[] = v
      if (list.length < min) return { code: 'list-too-short', params: { min: String(min) } }
      if (list.length > max) return { code: 'list-too-long', params: { max: String(max) } }
      const odd = list.findIndex((item) => !isObject(item))
      return odd < 0 ? undefined : { code: 'not-an-object', within: `/${odd}` }
    },
  })(target, property)
  nested(type, true)(target, property)
}
