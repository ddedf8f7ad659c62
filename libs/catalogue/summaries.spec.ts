import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { causes, socialCategories } from '#events/codes'
import { deviationEvents, type DeviationEvent } from '#events/deviation'
import { categoryLabel, codeLabel, summaryOf } from '#libs/catalogue/summaries'

interface Sample {
  readonly stored: { readonly type: DeviationEvent['type']; readonly data: Readonly<Record<string, unknown>> }
  readonly content: Readonly<Record<string, unknown>>
}
const samples: readonly Sample[] = JSON.parse(readFileSync(new URL('../../events/golden/deviation.json', import.meta.url), 'utf8'))
const contentOf = (type: DeviationEvent['type']): Sample['content'] => samples.find((s) => s.stored.type === type)?.content ?? {}
const names = (unit: string): string => `«${unit}»`

describe('the summary of an event', () => {
  it.each(samples.map(({ stored, content }): [DeviationEvent['type'], Sample['stored']['data'], Sample['content']] => [stored.type, stored.data, content]))('%s is a sentence in both languages, with and without its content', (type, plain, content) => {
    for (const data of [plain, content])
      for (const language of ['sv', 'en'] as const) {
        const summary = summaryOf({ type, data }, language)
        expect(summary).toMatch(/^\S.{9,}\S$/)
        expect(summary).not.toMatch(/[{}]|undefined|\[object|\.\.|  /)
      }
  })
  it('says all that there is to see, and nothing of it without', () => {
    const content = contentOf('investigation-completed')
    const plain = samples.find(({ stored }) => stored.type === 'investigation-completed')?.stored.data ?? {}
    for (const [name, { personal }] of Object.entries(deviationEvents.investigationCompleted.shape)) if (personal) expect(summaryOf({ type: 'investigation-completed', data: content }, 'sv')).toContain(String(content[name]))
    expect(summaryOf({ type: 'investigation-completed', data: plain }, 'sv')).toBe('Socialtjänst (SoL, LSS): Lex Sarah-utredning avslutades. Orsaker: Tidsbrist, Organisation. Den enskilde informerad: Ja. Polisanmälan: Inte aktuellt.')
    expect(summaryOf({ type: 'deviation-reported', data: contentOf('deviation-reported') }, 'sv')).toContain('p1 Tolvan Tolvansson (191212121212), p2 Å Ö')
    expect(summaryOf({ type: 'measures-decided', data: contentOf('measures-decided') }, 'en')).toBe('Measures decided: m1 Approved, m2 Rejected (För dyrt.).')
  })
  it('puts codes into words, instants into Swedish time and units into names', () => {
    expect(summaryOf({ type: 'deviation-assessed', data: { group: 'social', outcome: 'deviation', category: 'bemotande' } }, 'sv')).toBe('Socialtjänst (SoL, LSS): bedömdes som Avvikelse, kategori Bemötande.')
    expect(summaryOf({ type: 'case-moved', data: { fromUnit: 'a', toUnit: 'b' } }, 'en', names)).toBe('The case was moved from «a» to «b».')
    expect(summaryOf({ type: 'measure-completed', data: { measureId: 'm1', completedAt: '2020-07-01T22:15:00.000Z' } }, 'sv')).toBe('Åtgärd m1 genomfördes 2020-07-02 00:15.')
    expect(summaryOf({ type: 'ivo-notification-decided', data: { law: 'lex-sarah', notify: false } }, 'sv')).toBe('Beslut att inte anmäla till IVO (Lex Sarah).')
    expect(codeLabel(causes, 'teknik').en).toBe('Technology')
    expect(categoryLabel('health', 'fall').sv).toBe('Fall')
    expect(codeLabel(socialCategories, 'fall').sv).toBe('fall')
  })
})
