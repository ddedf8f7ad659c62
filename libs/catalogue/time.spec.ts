import { describe, expect, it } from '@jest/globals'
import { deadlineKeys } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'
import { routineSummaryOf } from '#libs/catalogue/routines'
import { summaryOf } from '#libs/catalogue/summaries'
import { deadlineName, mailPhrases, timePhrases } from '#libs/catalogue/time'
import { isTimeEvent } from '#libs/deadlines/state'

type Data = Readonly<Record<string, unknown>>
const both = (type: DeviationEvent['type'], data: Data): readonly string[] => (['sv', 'en'] as const).map((language) => summaryOf({ type, data }, language, (unit) => `«${unit}»`))
const said = { deadline: 'assess', dueInstant: '2026-03-09T23:00:00.000Z', at: '2026-03-09T23:00:00.000Z', late: false }
const responsible = { responsible: { role: 'unit-manager', unit: 'home' }, heldBy: ['s-1', 's-2'], to: ['s-3'] }

describe('the events of time in words', () => {
  it.each<readonly [DeviationEvent['type'], Data, readonly string[]]>([
    [
      'deadlines-set',
      { deadlines: [{ id: 'assess', key: 'assess', due: '2026-03-09', dueInstant: said.dueInstant, basis: 'Lokal rutin', binding: 'local' }, { id: 'complete-measure/m1', key: 'complete-measure', subject: 'm1', due: '2026-04-01' }] },
      ['Frister satta: Bedöm 2026-03-09, Genomför åtgärd m1 2026-04-01.', 'Deadlines set: Assess 2026-03-09, Complete a measure m1 2026-04-01.'],
    ],
    ['deadlines-set', { deadlines: [] }, ['Frister satta.', 'Deadlines set.']],
    ['deadline-met', { deadline: 'assess', at: '2026-03-02T09:00:00.000Z' }, ['Fristen hölls 2026-03-02 10:00: Bedöm.', 'The deadline was met 2026-03-02 10:00: Assess.']],
    ['deadline-lapsed', { deadline: 'assess' }, ['Fristen föll bort: Bedöm.', 'The deadline lapsed: Assess.']],
    ['deadline-extended', { deadline: 'close', due: '2026-06-30', because: 'decided', reason: 'Sjukdom.' }, ['Ny frist 2026-06-30: Avsluta ärendet (Beslutad ny tid). Skäl: Sjukdom.', 'New deadline 2026-06-30: Close the case (Decided). Reason: Sjukdom.']],
    ['deadline-extended', { deadline: 'answer-ivo/1', due: '2026-06-30', because: 'ivo' }, ['Ny frist 2026-06-30: Svara IVO 1 (IVO har satt dagen).', 'New deadline 2026-06-30: Answer IVO 1 (Set by IVO).']],
    [
      'deadline-warned',
      { ...said, ...responsible },
      ['Fristen är nära, 2026-03-10 00:00: Bedöm. Ansvarig: Enhetschef vid «home» (s-1, s-2).', 'The deadline is near, 2026-03-10 00:00: Assess. Responsible: Unit manager at «home» (s-1, s-2).'],
    ],
    [
      'deadline-missed',
      { ...said, ...responsible, heldBy: [], late: true, binding: 'local' },
      ['Fristen missades 2026-03-10 00:00: Bedöm. Ansvarig: Enhetschef vid «home». Detta skrevs i efterhand.', 'The deadline was missed 2026-03-10 00:00: Assess. Responsible: Unit manager at «home». This was written afterwards.'],
    ],
    [
      'deadline-escalated',
      { ...said, ...responsible, step: 2, escalatedTo: { role: 'director', unit: 'board' }, binding: 'local' },
      ['Den missade fristen Bedöm gick vidare 2026-03-10 00:00 till Förvaltningschef vid «board» (s-3), steg 2.', 'The missed deadline Assess went up 2026-03-10 00:00 to Director at «board» (s-3), step 2.'],
    ],
    [
      'deadline-escalated',
      { ...said, ...responsible, to: [], step: 3, escalatedTo: { role: 'decision-maker', unit: 'board' }, binding: 'local', late: true },
      [
        'Den missade fristen Bedöm gick vidare 2026-03-10 00:00 till Beslutsfattare vid «board», steg 3. Detta skrevs i efterhand.',
        'The missed deadline Assess went up 2026-03-10 00:00 to Decision-maker at «board», step 3. This was written afterwards.',
      ],
    ],
    ['alarm-mailed', { alarm: 'e1', to: 's-3', kind: 'immediate', deadline: 'protect' }, ['Larmet mejlades (Genast) till s-3, Skydda omedelbart.', 'The alarm was mailed (At once) to s-3, Protect at once.']],
    ['alarm-mailed', { alarm: 'e1', to: 's-3', kind: 'digest' }, ['Larmet mejlades (Sammanställning) till s-3.', 'The alarm was mailed (Digest) to s-3.']],
    [
      'alarm-mail-abandoned',
      { alarm: 'e1', to: 's-3', kind: 'immediate', because: 'recipient-left', deadline: 'assess' },
      ['Mejlet om larmet (Genast) till s-3 kom inte fram: Mottagaren har slutat, Bedöm.', 'The mail about the alarm (At once) to s-3 did not arrive: The recipient has left, Assess.'],
    ],
  ])('%s %j', (type, data, words) => {
    expect(both(type, data)).toEqual(words)
  })
  it('say the same of a routine', () => {
    expect(routineSummaryOf({ type: 'deadline-missed', data: { ...said, ...responsible, deadline: 'self-check', binding: 'regulation' } }, 'sv', (unit) => `«${unit}»`)).toBe('Fristen missades 2026-03-10 00:00: Egenkontroll. Ansvarig: Enhetschef vid «home» (s-1, s-2).')
    expect(routineSummaryOf({ type: 'deadline-extended', data: { deadline: 'self-check', due: '2026-06-30', because: 'own-date' } }, 'en', (unit) => unit)).toBe('New deadline 2026-06-30: Self-check (Its own date changed).')
  })
  it('have words for every type that there is', () => {
    expect(Object.keys(timePhrases).every((type) => isTimeEvent({ type }))).toBe(true)
    expect([Object.keys(timePhrases).length, Object.keys(mailPhrases)]).toEqual([7, ['alarm-mailed', 'alarm-mail-abandoned']])
  })
})

describe('a deadline by its id', () => {
  it('is known by the words of its key and what it is about', () => {
    expect(['assess', 'close/2', 'complete-measure/m1', 'complete-measure/m1/2', 'notify-ivo/lex-maria', 'notify-ivo/deficient-private-operator', 'unheard-of/1'].map(deadlineName)).toEqual([
      { sv: 'Bedöm', en: 'Assess' },
      { sv: 'Avsluta ärendet 2', en: 'Close the case 2' },
      { sv: 'Genomför åtgärd m1', en: 'Complete a measure m1' },
      { sv: 'Genomför åtgärd m1/2', en: 'Complete a measure m1/2' },
      { sv: 'Anmäl till IVO Lex Maria', en: 'Notify IVO Lex Maria' },
      expect.objectContaining({ sv: expect.stringMatching(/^Anmäl till IVO \p{Lu}/u) }),
      { sv: 'unheard-of 1', en: 'unheard-of 1' },
    ])
  })
  it('is never its code', () => {
    for (const key of deadlineKeys) for (const words of Object.values(deadlineName(key))) expect(words).toMatch(/^\p{Lu}[^-]/u)
  })
})
