import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { deviationEvents, readDeviation } from '#events/deviation'
import { organisationEvents } from '#events/organisation'
import { policyEvents } from '#events/policy'
import { routineEvents } from '#events/routine'
import { extension, mailEvents, timeEvents } from '#events/time'
import { byName, type Recorded } from '#libs/kernel/event'
import { object, optional, personal, plainStringsWithoutReason, shapeFaults, text, type Shape } from '#libs/kernel/shape'
import { codecFaults, keyId, open, sealedSubjects } from '#libs/privacy/codec'

/** Events as they were stored when their type was new, sealed under one key of 32 sevens, with what was sealed. A sample is never changed: a new version adds one. */
interface Sample {
  readonly stored: Omit<Recorded, 'position' | 'size'>
  readonly content: Readonly<Record<string, unknown>>
}
const samples: readonly Sample[] = JSON.parse(readFileSync(new URL('./golden/deviation.json', import.meta.url), 'utf8'))
const key = createSecretKey(Buffer.alloc(32, 7))
const types = byName(deviationEvents)
const families = { deviation: deviationEvents, organisation: organisationEvents, policy: policyEvents, routine: routineEvents }
const all: readonly { readonly name: string; readonly shape: Shape }[] = Object.values(families).flatMap((family) => Object.values(family))

describe('the stored samples of a case', () => {
  it('hold one of every type in each of its versions', () => {
    const stored = new Set(samples.map((sample) => `${sample.stored.type} ${sample.stored.schemaVersion}`))
    const versions = [...types.values()].flatMap(({ name, version }) => Array.from({ length: version }, (_, i) => `${name} ${i + 1}`))
    expect(versions.filter((version) => !stored.has(version))).toEqual([])
  })
  it.each(samples.map((sample): [string, number, Sample] => [sample.stored.type, sample.stored.schemaVersion, sample]))('%s of version %i reads back', (name, _, { stored, content }) => {
    const type = types.get(name)
    if (!type) throw new Error(`No event type ${name}`)
    const recorded: Recorded = { ...stored, position: '1', size: 1 }
    const keys = new Map(sealedSubjects(recorded).map((subject) => [keyId(stored.stream, subject), key]))
    expect(open({ type, recorded, keys })).toEqual({ data: content, missing: [], closed: [] })
    expect(shapeFaults(type.shape, content)).toEqual([])
    const plain: object = readDeviation(recorded).data
    for (const [field, { personal }] of Object.entries(type.shape)) expect({ field, plain: field in plain }).toEqual({ field, plain: !personal && field in content })
  })
})

describe('the families of events', () => {
  it('give every type a name of its own: kebab-case, in the past tense', () => {
    for (const family of Object.values(families)) expect(byName(family).size).toBe(Object.keys(family).length)
    for (const { name } of all) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)+$/)
      expect(name).toMatch(/-([a-z]*ed|given|taken|sent|set|met|split|withdrawn)\b/)
    }
  })
  it('share no name but of one shape: beside it a family adds the reason under its own key', () => {
    const { name: extended } = deviationEvents.deadlineExtended
    const shared = Map.groupBy(all, ({ name }) => name)
    const several = [...shared].filter(([, types]) => types.length > 1)
    expect(several.map(([name]) => name)).toEqual([...Object.values(timeEvents), deviationEvents.deadlineExtended, ...Object.values(mailEvents)].map(({ name }) => name))
    for (const [name, types] of several)
      for (const { shape } of types) {
        const { reason, ...rest } = shape
        expect({ name, shape: name === extended ? rest : shape }).toEqual({ name, shape: name === extended ? extension : types[0]?.shape })
        if (reason) expect({ name, reason }).toEqual({ name: extended, reason: optional(personal(text())) })
      }
  })
  it('have no plain string without a code list, a format or the public mark, and nothing that hinders the codec', () => {
    for (const { name, shape } of all) expect({ name, plain: plainStringsWithoutReason(shape), codec: codecFaults(shape) }).toEqual({ name, plain: [], codec: [] })
  })
  it('would not hide one that was planted', () => {
    expect(plainStringsWithoutReason({ ...deviationEvents.noteAdded.shape, planted: object({ deep: optional(text()) }) })).toEqual(['/planted/deep'])
  })
})
