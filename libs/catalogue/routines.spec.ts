import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { routineEvents, type RoutineEvent } from '#events/routine'
import { routineSummaryOf } from '#libs/catalogue/routines'

interface Sample {
  readonly stored: { readonly type: RoutineEvent['type']; readonly data: Readonly<Record<string, unknown>> }
  readonly content: Readonly<Record<string, unknown>>
}
const samples: readonly Sample[] = JSON.parse(readFileSync(new URL('../../events/golden/routine.json', import.meta.url), 'utf8'))
const summary = (type: RoutineEvent['type'], data: Sample['content'], language: 'sv' | 'en' = 'sv'): string => routineSummaryOf({ type, data }, language, (unit) => `«${unit}»`)

describe('the summary of an event of a routine', () => {
  it.each(samples.map(({ stored, content }): [RoutineEvent['type'], Sample['content'], Sample['content']] => [stored.type, stored.data, content]))('%s is a sentence in both languages, with and without its content', (type, plain, content) => {
    for (const data of [plain, content])
      for (const language of ['sv', 'en'] as const) {
        expect(summary(type, data, language)).toMatch(/^\S.{9,}\S$/)
        expect(summary(type, data, language)).not.toMatch(/[{}]|undefined|\[object|\.\.|  /)
      }
  })
  it('says all that there is to see', () => {
    const shapes = Object.values(routineEvents)
    for (const { stored, content } of samples)
      for (const [name, { personal }] of Object.entries(shapes.find(({ name }) => name === stored.type)?.shape ?? {})) if (personal) expect(summary(stored.type, content)).toContain(String(content[name]))
  })
  it('names its reason where there is one', () => {
    expect(summary('routine-revised', { version: 2, case: '7K3WQ-0ZM4T', measureId: 'm1', changes: 'Signering.' })).toBe('Rutinen reviderades, version 2. Ärende 7K3WQ-0ZM4T, åtgärd m1. Signering.')
    expect(summary('routine-revised', { version: 2, changes: 'Signering.' })).toBe('Rutinen reviderades, version 2. Signering.')
    expect(summary('self-check-performed', { performedAt: '2020-08-31T22:30:00.000Z', result: 98, accepted: false, nextDue: '2021-03-01' }, 'en')).toBe(
      'A self-check was performed 2020-09-01 00:30: result 98, not accepted. Next on 2021-03-01.',
    )
    expect(summary('routine-owner-changed', { owner: { role: 'unit-manager', unit: 'ifo' } })).toBe('Ny ägare: Enhetschef vid «ifo».')
  })
})
