import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canonical } from '#libs/kernel/canonical'
import { event } from '#libs/kernel/event'
import type { EventType, Recorded } from '#libs/kernel/event'
import { code, flag, id, integer, list, number, object, optional, personal, plainStringsWithoutReason, text } from '#libs/kernel/shape'
import type { Field, Shape } from '#libs/kernel/shape'
import { codecFaults, keyId, open, seal, sealedSubjects, subjectsOf } from '#libs/privacy/codec'
import type { Keys } from '#libs/privacy/codec'

const person = { ref: id(), protectedIdentity: flag(), name: optional(personal(text(), 'person')), number: optional(personal(text(), 'person')) }
const reported = event('reported', { sv: 'Rapporterad', en: 'Reported' }, {
  unit: id(),
  description: personal(text()),
  persons: list(object(person)),
  witnesses: optional(list(personal(text()))),
  reporter: optional(object({ name: optional(personal(text())), of: code(['staff', 'relative']) })),
  place: optional(personal(object({ street: text(), floor: optional(integer(0, 99)) }))),
})
const registered = event('registered', { sv: 'Registrerad', en: 'Registered' }, { staff: id(), login: personal(text(), 'staff') })

const stream = 'deviation-1'
const eventId = 'e-1'
const data = {
  unit: 'u-1',
  description: 'Larmet gick på natten, ingen såg det 🌒 "citat" ~/',
  persons: [
    { ref: 'p-1', protectedIdentity: false, name: 'Åke Äng', number: '19811218-9876' },
    { ref: 'p-2', protectedIdentity: true },
    { ref: 'p-3', protectedIdentity: true, name: 'Örjan Ö', number: undefined },
  ],
  witnesses: ['Siv', 'Stig'],
  reporter: { name: undefined, of: 'staff' },
  place: { street: 'Ågatan 3', floor: undefined },
}
const whole = JSON.parse(JSON.stringify(data))

const keysOf = (type: EventType, of: Readonly<Record<string, unknown>>, where = stream): Map<string, KeyObject> =>
  new Map(subjectsOf(type, of).map((subject) => [keyId(where, subject), createSecretKey(randomBytes(32))]))
const recordedAs = (type: EventType, stored: Readonly<Record<string, unknown>>, change: Partial<Recorded> = {}): Recorded => ({
  id: eventId,
  stream,
  revision: 0,
  type: type.name,
  schemaVersion: type.version,
  recordedAt: '2020-01-01T00:00:00.000Z',
  meta: {
    actor: { id: 's-1', role: 'unit-manager' },
    commandId: 'c',
    fingerprint: 'f',
    correlationId: 'c',
    causationId: 'c',
    versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'sol-2001', organisation: 1 },
  },
  position: '1',
  size: 1,
  // As it comes back from the store.
  data: JSON.parse(canonical(stored)),
  ...change,
})
const sealedWith = (keys: Keys, of = data) => seal({ type: reported, stream, eventId, data: of, keys })

describe('sealing an event', () => {
  it('keeps plain fields as they are and one ciphertext for each data subject', () => {
    const stored = sealedWith(keysOf(reported, data))
    const { sealed, ...plain } = stored
    expect(plain).toEqual({
      unit: 'u-1',
      persons: [{ ref: 'p-1', protectedIdentity: false }, { ref: 'p-2', protectedIdentity: true }, { ref: 'p-3', protectedIdentity: true }],
      reporter: { of: 'staff' },
    })
    expect(subjectsOf(reported, data)).toEqual(['case', 'person/p-1', 'person/p-3'])
    expect(sealed).toEqual({ case: expect.any(String), 'person/p-1': expect.any(String), 'person/p-3': expect.any(String) })
    expect(sealedSubjects({ data: stored })).toEqual(subjectsOf(reported, data))
  })
  it('writes no ciphertexts where nothing is personal', () => {
    const closed = event('closed', { sv: 'Stängd', en: 'Closed' }, { reason: code(['done']), note: optional(personal(text())) })
    expect(seal({ type: closed, stream, eventId, data: { reason: 'done', note: undefined }, keys: new Map() })).toEqual({ reason: 'done' })
  })
  it('never gives the same text the same ciphertext', () => {
    const keys = keysOf(reported, data)
    expect(sealedWith(keys)).not.toEqual(sealedWith(keys))
  })
  it('refuses data that does not fit, by path and without values, and a missing key', () => {
    const wrong = { ...data, unit: 'Åke Äng', persons: [{ ...data.persons[0], ref: 'Åke Äng' }] }
    const refusal = expect.objectContaining({ code: 'bad-event-data', message: expect.stringMatching(/\/unit .*\/persons\/0\/ref/) })
    const refused = (work: () => unknown): unknown => {
      try {
        return work()
      } catch (thrown) {
        return thrown
      }
    }
    for (const work of [() => subjectsOf(reported, wrong), () => seal({ type: reported, stream, eventId, data: wrong, keys: new Map() })]) {
      const thrown = refused(work)
      expect(thrown).toEqual(refusal)
      expect(String(thrown)).not.toContain('Åke')
    }
    expect(refused(() => sealedWith(new Map()))).toMatchObject({ code: 'missing-key' })
  })
  it('names keys by case, by routine, by person in the case and by staff member', () => {
    expect(keyId('deviation-1', 'case')).toBe('case/1')
    expect(keyId('routine-medicine', 'routine')).toBe('routine/medicine')
    expect(keyId('deviation-1', 'person/p-1')).toBe('case/1/person/p-1')
    expect(keyId('organisation', 'staff/s-1')).toBe('staff/s-1')
    expect(keyId('deviation-1', 'staff/s-1')).toBe('staff/s-1')
    for (const [where, subject] of [['organisation', 'case'], ['organisation', 'person/p-1'], ['deviation-1/person/2', 'case'], ['deviation-', 'case'], ['deviation-1', 'unit/1'], ['deviation-1', 'routine'], ['routine-1', 'case'], ['routine-1', 'person/p-1']] as const)
      expect(() => keyId(where, subject)).toThrow(expect.objectContaining({ code: 'no-such-subject' }))
  })
  it('refuses shapes whose personal fields nobody could find again', () => {
    expect(codecFaults(reported.shape)).toEqual([])
    expect(codecFaults({ sealed: flag() })).toHaveLength(1)
    expect(codecFaults({ inner: object({ sealed: flag() }) })).toEqual([])
    expect(codecFaults({ name: personal(text(), 'person') })).toEqual(['/name needs a sibling ref that names the person'])
    expect(codecFaults({ ref: optional(id()), all: list(personal(text(), 'person')) })).toEqual(['/all needs a sibling ref that names the person'])
    expect(codecFaults({ ref: personal(id()), staff: text(), login: personal(text(), 'staff'), name: personal(text(), 'person') })).toHaveLength(2)
    expect(codecFaults({ all: personal(list(object({ ref: id(), name: personal(text(), 'person') }))) })).toEqual(['/all/name is marked person inside data of case'])
    const bad = event('bad', { sv: '', en: '' }, { sealed: flag() })
    expect(() => seal({ type: bad, stream, eventId, data: { sealed: true }, keys: new Map() })).toThrow(expect.objectContaining({ code: 'bad-shape' }))
  })
})

describe('opening an event', () => {
  it('gives back what was sealed, and leaves the stored event as it was', () => {
    const keys = keysOf(reported, data)
    const recorded = recordedAs(reported, sealedWith(keys))
    const before = canonical(recorded)
    expect(open({ type: reported, recorded, keys })).toEqual({ data: whole, missing: [], closed: [] })
    expect(canonical(recorded)).toBe(before)
  })
  it('opens a staff member’s field outside a case', () => {
    const login = { staff: 's-1', login: 'åsa' }
    const keys = keysOf(registered, login, 'organisation')
    expect([...keys.keys()]).toEqual(['staff/s-1'])
    const stored = seal({ type: registered, stream: 'organisation', eventId, data: login, keys })
    expect(open({ type: registered, recorded: recordedAs(registered, stored, { stream: 'organisation' }), keys }).data).toEqual(login)
  })
  it('leaves out subjects without key and subjects that may not be seen, and says which', () => {
    const keys = keysOf(reported, data)
    const recorded = recordedAs(reported, sealedWith(keys))
    keys.delete('case/1/person/p-1')
    const some = open({ type: reported, recorded, keys, only: (subject) => subject !== 'person/p-3' })
    expect(some.missing).toEqual(['person/p-1'])
    expect(some.closed).toEqual(['person/p-3'])
    expect(some.data.persons).toEqual([{ ref: 'p-1', protectedIdentity: false }, { ref: 'p-2', protectedIdentity: true }, { ref: 'p-3', protectedIdentity: true }])
    expect(some.data.description).toBe(data.description)
    expect(open({ type: reported, recorded, keys, only: () => false })).toMatchObject({ missing: [], closed: ['case', 'person/p-1', 'person/p-3'] })
  })
  it('refuses a ciphertext that is not of this stream, event, type, subject and key', () => {
    const keys = keysOf(reported, data)
    const stored = sealedWith(keys)
    const twin = { ...reported, name: 'supplemented' }
    const other = new Map([...keys, ...[...keys].map(([name, key]) => [name.replace('case/1', 'case/2'), key] as const)])
    const ciphertexts = Object.entries(recordedAs(reported, stored).data['sealed'] ?? {})
    const [, first = ''] = ciphertexts[1] ?? []
    const withCase = (text: unknown) => recordedAs(reported, { ...stored, sealed: { case: text } })
    const flipped = Buffer.from(first, 'base64url')
    flipped[20] = flipped.readUInt8(20) ^ 1
    const refused: [string, EventType, Recorded, Keys][] = [
      ['stream', reported, recordedAs(reported, stored, { stream: 'deviation-2' }), other],
      ['event id', reported, recordedAs(reported, stored, { id: 'e-2' }), keys],
      ['type', twin, recordedAs(twin, stored), keys],
      ['subject', reported, withCase(first), new Map([['case/1', keys.get('case/1/person/p-1') ?? createSecretKey(randomBytes(32))]])],
      ['key', reported, recordedAs(reported, stored), keysOf(reported, data)],
      ['bit', reported, recordedAs(reported, { ...stored, sealed: { 'person/p-1': flipped.toString('base64url') } }), keys],
      ['length', reported, withCase('AAAA'), keys],
      ['kind', reported, withCase(1), keys],
    ]
    for (const [what, type, recorded, with_] of refused)
      expect({ what, thrown: caught(() => open({ type, recorded, keys: with_ })) }).toMatchObject({ what, thrown: { code: 'tampered-ciphertext' } })
    expect(caught(() => open({ type: twin, recorded: recordedAs(reported, stored), keys }))).toMatchObject({ code: 'wrong-type' })
  })
  it('refuses values that have no place in the data', () => {
    const keys = keysOf(reported, data)
    const stored = sealedWith(keys)
    const [first, ...rest] = whole.persons.map(({ ref }: { ref: string }) => ({ ref }))
    for (const persons of [[], [{ ...first, name: 'already here' }, ...rest]])
      expect(caught(() => open({ type: reported, recorded: recordedAs(reported, { ...stored, persons }), keys }))).toMatchObject({ code: 'misplaced-value' })
  })
  it('puts values in their old places before upcasts move them', () => {
    const old = event('noted', { sv: 'Antecknat', en: 'Noted' }, { text: personal(text()) })
    const now = event('noted', { sv: 'Antecknat', en: 'Noted' }, { note: object({ text: personal(text()), kind: code(['other']) }) }, {
      version: 2,
      upcasts: { 1: ({ text: words, ...rest }) => ({ ...rest, note: { kind: 'other', ...(words === undefined ? {} : { text: words }) } }) },
    })
    const keys = keysOf(old, { text: 'hej' })
    const recorded = recordedAs(old, seal({ type: old, stream, eventId, data: { text: 'hej' }, keys }))
    expect(open({ type: now, recorded, keys }).data).toEqual({ note: { kind: 'other', text: 'hej' } })
    expect(open({ type: now, recorded, keys: new Map() }).data).toEqual({ note: { kind: 'other' } })
  })
})

const caught = (work: () => unknown): unknown => {
  try {
    return { returned: work() }
  } catch (thrown) {
    return thrown
  }
}

/** A field with a value that fits it; personal texts begin with a sign that occurs nowhere else. */
type Sample = readonly [field: Field, value: unknown]
const sign = '¤'
const leaf: fc.Arbitrary<Sample> = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((n): Sample => [integer(0, 9), n]),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)).map((n): Sample => [number(), n]),
  fc.boolean().map((b): Sample => [flag(), b]),
  fc.constantFrom('a', 'b').map((c): Sample => [code(['a', 'b']), c]),
  fc.string({ unit: 'grapheme' }).map((t): Sample => [personal(text()), sign + t]),
  fc.string({ unit: 'grapheme' }).map((t): Sample => [personal(object({ deep: list(text()) })), { deep: [sign + t] }]),
)
const names = fc.string({ unit: fc.constantFrom('a', 'å', '/', '~', '0', '1'), minLength: 1, maxLength: 4 })
const record = (inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  fc.tuple(fc.dictionary(names, fc.tuple(inner, fc.boolean()), { maxKeys: 5, noNullPrototype: true }), fc.string({ unit: 'grapheme' }), fc.constantFrom('p', 'q', 'r')).map(([fields, name, ref]) => {
    const shape: Record<string, Field> = { ref: id(), who: personal(text(), 'person') }
    const value: Record<string, unknown> = { ref, who: sign + name }
    for (const [key, [[field, content], present]] of Object.entries(fields)) {
      shape[key] = present ? field : optional(field)
      value[key] = present ? content : undefined
    }
    return [object(shape), value]
  })
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    record(tie('sample')),
    fc.tuple(tie('sample'), fc.nat(3)).map(([[field, value], times]): Sample => [list(field), Array.from({ length: times }, () => value)]),
  ),
}))

describe('any shape', () => {
  it('comes back as it went in, and nothing personal is stored in the clear', () => {
    fc.assert(
      fc.property(record(sample), ([{ shape = {} }, value]) => {
        const type = event('any', { sv: 'Vad som helst', en: 'Anything' }, shape satisfies Shape)
        expect(plainStringsWithoutReason(shape)).toEqual([])
        const given = value as Record<string, unknown>
        const keys = keysOf(type, given)
        const recorded = recordedAs(type, seal({ type, stream, eventId, data: given, keys }))
        expect(canonical(recorded.data)).not.toContain(sign)
        expect(canonical(open({ type, recorded, keys }).data)).toBe(canonical(JSON.parse(JSON.stringify(given))))
      }),
      { numRuns: 300 },
    )
  })
})
