import { describe, expect, it } from '@jest/globals'
import { readDeviation } from '#events/deviation'
import type { Desk } from '#apps/desk/desk'
import { stateLines } from '#apps/desk/state'
import { wordsOf } from '#libs/catalogue/policy'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { recorded, report } from '#projections/given'

const desk: Desk = { folder: '', environment: {}, language: 'sv' }
const linesAfter = (...events: Parameters<typeof recorded>[0]): readonly string[] => {
  const facts = recorded(events).reduce<CaseFacts | undefined>((before, event) => evolveCase(before, readDeviation(event)), undefined)
  if (!facts) throw new Error('No events')
  return stateLines(desk, facts, (unit) => `«${unit}»`, () => wordsOf()).map((line) => line.trim())
}
const at = '2020-03-09T10:00:00.000Z'

describe('the state of a case in words', () => {
  it('says how far lex Maria and each notification have come', () => {
    const law = 'lex-maria'
    const referred = [report({ legalAreas: ['HSL'] }), ['lex-maria-referred', {}]] as const
    expect(linesAfter(...referred)).toContain('Lex Maria: lyft')
    const lines = linesAfter(
      ...referred,
      ['patient-informed', { informedAt: at, notedInRecord: true }],
      ['lex-maria-decided', { notify: true }],
      ['ivo-notification-decided', { law, notify: true }],
      ['ivo-notification-sent', { law, channel: 'post', sentAt: at }],
      ['ivo-receipt-recorded', { law, receivedAt: at }],
      ['ivo-investigation-sent', { law, sentAt: at }],
      ['ivo-supplement-requested', { law, request: 1, due: '2020-05-15' }],
      ['ivo-supplement-requested', { law, request: 2, due: '2020-05-29' }],
      ['ivo-supplement-sent', { law, request: 1, sentAt: at }],
      ['ivo-decision-received', { law, decidedAt: at }],
      ['ivo-notification-decided', { law: 'deficient-private-operator', notify: false }],
    )
    expect(lines).toEqual(
      expect.arrayContaining([
        'Lex Maria: beslutad, ska anmälas',
        'Patienten: informerad',
        'IVO, Lex Maria: ska anmälas, skickad, kvitterad, utredningen skickad, komplettering 1 skickad, komplettering 2 begärd till 2020-05-29, IVO har beslutat',
        'IVO, Brister hos enskild verksamhet: anmäls inte',
      ]),
    )
  })
  it('says of a batch how many, of corrected areas which they were, of a hand-over who is to answer', () => {
    const lines = linesAfter(
      report(),
      ['deviations-reported-in-batch', { from: '2020-02-01', to: '2020-02-29', count: 14 }],
      ['legal-areas-corrected', { legalAreas: ['SoL', 'HSL'], legalBases: [] }],
      ['handover-offered', { handover: 'h1', toUnit: 'nattugglan-lss' }],
    )
    expect(lines).toEqual(
      expect.arrayContaining(['Samlerapport: 14 händelser, 2020-02-01 till 2020-02-29', 'Lagrum: SoL, HSL', 'Rapporterade lagrum: SoL', 'Överlämning: h1 väntar på svar, «nattugglan-lss»']),
    )
    expect(linesAfter(report(), ['handover-offered', { handover: 'h1' }])).toContain('Överlämning: h1 väntar på svar, extern part')
    expect(linesAfter(report(), ['handover-offered', { handover: 'h1' }], ['handover-accepted', { handover: 'h1' }])).toContain('Överlämning: mottagen av extern part')
  })
  it('says who is in conflict and what protects the case, and nothing of what is lifted', () => {
    const protecting = [
      report(),
      ['conflict-of-interest-declared', { staff: 's-7' }],
      ['access-restricted', { because: 'protected-identity' }],
      ['legal-hold-placed', {}],
      ['immediate-action-recorded', { takenAt: at }],
    ] as const
    const said = ['Jäv: s-7', 'Begränsad åtkomst: Skyddade personuppgifter', 'Gallringsstopp: gäller']
    expect(linesAfter(...protecting)).toEqual(expect.arrayContaining([...said, 'Omedelbar åtgärd: registrerad']))
    const lifted = linesAfter(...protecting, ['conflict-of-interest-lifted', { staff: 's-7' }], ['access-restriction-lifted', {}], ['legal-hold-lifted', {}])
    expect(lifted.filter((line) => said.includes(line))).toEqual([])
  })
})
