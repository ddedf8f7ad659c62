import { describe, expect, it } from '@jest/globals'
import { dueWords, mailSentences, mailText, type AlarmText } from '#libs/catalogue/mail'
import type { Labels } from '#libs/kernel/event'

const alarm = (more: Partial<AlarmText> = {}): AlarmText => ({
  type: 'deadline-missed',
  head: 'case',
  words: { number: 'ABC12-3DEF4', unit: 'Hemsjukvården', name: '' },
  deadline: 'assess',
  dueInstant: '2026-03-05T23:00:00.000Z',
  link: 'https://vaka.kommunen.example/v1/deviations/1',
  ...more,
})
const isLabels = (value: object): value is Labels => 'sv' in value && 'en' in value
const all = (value: object): readonly Labels[] => (isLabels(value) ? [value] : Object.values(value).flatMap(all))

describe('a mail about alarms', () => {
  it('says every sentence in both languages, with the same words to fill in', () => {
    const names = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()
    for (const { sv, en } of all(mailSentences)) expect([names(sv), sv.length > 0]).toEqual([names(en), en.length > 0])
  })
  it('leaves no word unfilled, whatever it tells', () => {
    for (const type of ['deadline-warned', 'deadline-missed', 'deadline-escalated', 'seat-vacated', 'limited'] as const)
      for (const head of ['case', 'limited', 'routine', 'policy', 'seat'] as const) {
        const one = alarm({ type, head, role: 'unit-manager', words: { number: '', unit: 'Enheten', name: 'Rutin 4' } })
        const { subject, text } = mailText([one], ['sv', 'en'])
        expect(`${subject}\n${text}`).not.toMatch(/[{}]|undefined|: \.| {2}/)
      }
  })
  it('says a deadline by its key, the law and the number of a request, and never what people named', () => {
    const words = (deadline: string): string => mailText([alarm({ deadline })], ['sv']).text
    expect(words('notify-ivo/lex-maria')).toContain('Anmäl till IVO (Lex Maria).')
    expect(words('answer-ivo/2')).toMatch(/ \(2\)\. Skulle/)
    expect(words('complete-measure/samtal-med-kalle')).not.toContain('kalle')
    expect(words('close/2')).not.toContain('2).')
  })
  it('says a limit by the day that it ends with, or by the minute', () => {
    expect(dueWords('2026-03-05T23:00:00.000Z')).toBe('2026-03-05')
    expect(dueWords('2026-07-05T22:00:00.000Z')).toBe('2026-07-05')
    expect(dueWords('2026-03-05T08:05:00.000Z')).toBe('2026-03-05 09:05')
  })
  it('of very many tells a hundred, and how many more there are', () => {
    const { subject, text } = mailText(Array.from({ length: 130 }, () => alarm()), ['en'])
    expect([subject, text.split('https://').length - 1, text.includes('And 30 more. They stand in Vaka.')]).toEqual(['Vaka: alarms (130)', 100, true])
  })
})
