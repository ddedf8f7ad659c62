import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { readRoutine, routineEvents } from '#events/routine'
import { byName, type Recorded } from '#libs/kernel/event'
import { shapeFaults } from '#libs/kernel/shape'
import { keyId, open, sealedSubjects } from '#libs/privacy/codec'

/** The life of one routine, sealed under one key of 32 sevens, with what was sealed. A sample is never changed: a new version adds one. */
interface Sample {
  readonly stored: Omit<Recorded, 'position' | 'size'>
  readonly content: Readonly<Record<string, unknown>>
}
const samples: readonly Sample[] = JSON.parse(readFileSync(new URL('./golden/routine.json', import.meta.url), 'utf8'))
const key = createSecretKey(Buffer.alloc(32, 7))
const types = byName(routineEvents)

describe('the stored samples of a routine', () => {
  it('hold one of every type at every version', () => {
    for (const { name, version } of types.values())
      expect([...new Set(samples.flatMap(({ stored }) => (stored.type === name ? [stored.schemaVersion] : [])))].toSorted()).toEqual(Array.from({ length: version }, (_, i) => i + 1))
  })
  it.each(samples.map((sample): [string, Sample] => [sample.stored.type, sample]))('%s reads back and fits its shape', (name, { stored, content }) => {
    const type = types.get(name)
    if (!type) throw new Error(`No event type ${name}`)
    const recorded: Recorded = { ...stored, position: '1', size: 1 }
    expect(sealedSubjects(recorded)).toEqual(Object.values(type.shape).some(({ personal }) => personal) ? ['routine'] : [])
    expect(open({ type, recorded, keys: new Map([[keyId(stored.stream, 'routine'), key]]) })).toEqual({ data: content, missing: [], closed: [] })
    expect(shapeFaults(type.shape, content)).toEqual([])
    const plain: object = readRoutine(recorded).data
    for (const [field, { personal }] of Object.entries(type.shape)) expect({ field, plain: field in plain }).toEqual({ field, plain: !personal && field in content })
  })
})
