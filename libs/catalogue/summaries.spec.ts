import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { causes, socialCategories } from '#events/codes'
import { deviationEvents, type DeviationEvent } from '#events/deviation'
import { codeLabel, summaryOf } from '#libs/catalogue/summaries'

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
  it('says of a hand-over to whom, of the patient what was noted, of IVO what was decided and which request gets more time', () => {
    const sv = (type: DeviationEvent['type'], data: Sample['content']): string => summaryOf({ type, data }, 'sv', names)
    expect(sv('handover-offered', { handover: 'h1', toUnit: 'a', reason: 'Fel part.' })).toBe('Överlämning h1 erbjöds till «a». Skäl: Fel part.')
    expect(sv('handover-offered', { handover: 'h2', toExternal: 'Regionen' })).toBe('Överlämning h2 erbjöds till Regionen.')
    expect(sv('handover-accepted', { handover: 'h1', toUnit: 'a', receivedBy: 'Örjan' })).toBe('Överlämning h1 togs emot av «a» (Örjan).')
    const informed = { informedAt: '2020-03-03T09:00:00.000Z', how: 'samtal' }
    expect(sv('patient-informed', { ...informed, notedInRecord: true, note: 'Av MAS.' })).toBe('Patienten informerades 2020-03-03 10:00 (samtal), antecknat i journalen. Av MAS.')
    expect(sv('patient-informed', { ...informed, notedInRecord: false })).toBe('Patienten informerades 2020-03-03 10:00 (samtal), inte antecknat i journalen.')
    expect(sv('lex-maria-decided', { notify: true })).toBe('Beslut att anmäla enligt lex Maria.')
    expect(sv('lex-maria-decided', { notify: false })).toBe('Beslut att inte anmäla enligt lex Maria.')
    expect(sv('ivo-extension-granted', { law: 'lex-maria', newDue: '2020-06-01' })).toBe('IVO gav anstånd (Lex Maria) till 2020-06-01.')
    expect(sv('ivo-extension-granted', { law: 'lex-maria', request: 2, newDue: '2020-06-01' })).toBe('IVO gav anstånd (Lex Maria) med komplettering 2 till 2020-06-01.')
  })
  it('says the reason of a restriction only where it says more than its code', () => {
    expect(summaryOf({ type: 'access-restricted', data: { because: 'protected-identity', reason: 'protected-identity' } }, 'sv')).toBe('Åtkomsten begränsades: Skyddade personuppgifter.')
    expect(summaryOf({ type: 'access-restricted', data: { because: 'other', reason: 'Hot', decisionReference: '§ 12' } }, 'sv')).toBe('Åtkomsten begränsades: Annat skäl (beslut § 12). Skäl: Hot')
  })
  it('puts codes into words, instants into Swedish time and units into names', () => {
    expect(summaryOf({ type: 'deviation-assessed', data: { group: 'social', outcome: 'deviation', category: 'bemotande' } }, 'sv')).toBe('Socialtjänst (SoL, LSS): bedömdes som Avvikelse, kategori Bemötande.')
    expect(summaryOf({ type: 'case-moved', data: { fromUnit: 'a', toUnit: 'b' } }, 'en', names)).toBe('The case was moved from «a» to «b».')
    expect(summaryOf({ type: 'measure-completed', data: { measureId: 'm1', completedAt: '2020-07-01T22:15:00.000Z' } }, 'sv')).toBe('Åtgärd m1 genomfördes 2020-07-02 00:15.')
    expect(summaryOf({ type: 'ivo-notification-decided', data: { law: 'lex-sarah', notify: false } }, 'sv')).toBe('Beslut att inte anmäla till IVO (Lex Sarah).')
    expect(summaryOf({ type: 'authority-informed-by-provider', data: { informedAt: '2020-03-02T10:00:00.000Z', how: 'brev', authority: 'a' } }, 'sv', names)).toBe('Utföraren underrättade nämnden 2020-03-02 11:00 (brev), «a».')
    expect(codeLabel(causes, 'teknik').en).toBe('Technology')
    expect(codeLabel(socialCategories, 'fall').sv).toBe('fall')
  })
})
