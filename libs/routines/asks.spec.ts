import { describe, expect, it } from '@jest/globals'
import { asksOf, type Happening } from '#libs/routines/asks'

const today = '2026-09-01'
const risk: Happening = { type: 'deviation-assessed', case: 'c', outcome: 'risk-of-deviation' }
const deviation: Happening = { type: 'deviation-assessed', case: 'c', outcome: 'deviation' }
const analysed = (asksForMeasures: boolean): Happening => ({ type: 'routine-risk-analysed', asksForMeasures })
const planned = (firstDue: string): Happening => ({ type: 'self-check-planned', firstDue })
const checked = (accepted: boolean, nextDue?: string): Happening => ({ type: 'self-check-performed', accepted, nextDue })
const proposed: Happening = { type: 'measure-proposed', case: 'c', measureId: 'm1' }
const completed: Happening = { type: 'measure-completed', case: 'c', measureId: 'm1' }
const effect: Happening = { type: 'measure-effect-checked', case: 'c', measureId: 'm1', accepted: false }
const revised: Happening = { type: 'routine-revised' }
const asks = (...history: Happening[]): string[] => asksOf(history, today).map(({ ask }) => ask)
const of = (ask: string, ...history: Happening[]) => asksOf(history, today).find((asked) => asked.ask === ask)

describe('what a routine asks for', () => {
  it('is a risk analysis after a risk', () => {
    expect(asks(risk)).toEqual(['risk-analysis'])
    expect(asks(risk, analysed(false))).toEqual([])
    expect(asks(risk, analysed(false), risk)).toEqual(['risk-analysis'])
    expect(asks({ ...risk, outcome: 'not-a-deviation' }, { ...risk, outcome: 'suspected-misconduct' })).toEqual([])
  })
  it('is a self-check after a deviation, or when its day has come', () => {
    expect(asks(planned('2026-10-01'), deviation)).toEqual(['self-check'])
    expect(asks(deviation, planned('2026-10-01'), checked(true))).toEqual([])
    expect(asks(planned('2026-09-02'))).toEqual([])
    expect(asks(planned('2026-09-01'))).toEqual(['self-check'])
    expect(asks(planned('2026-03-01'), checked(true, '2026-09-01'))).toEqual(['self-check'])
    expect(asks(planned('2026-03-01'), checked(true, '2026-09-02'))).toEqual([])
    expect(asks(planned('2026-03-01'), checked(true, '2026-09-01'), planned('2026-10-01'))).toEqual([])
    expect(asks(planned('2026-03-01'), checked(true))).toEqual([])
  })
  it('is a measure after a result that is not accepted or a risk that is too high, until one lives or the routine is revised', () => {
    for (const wants of [checked(false), analysed(true)]) {
      expect(asks(wants)).toEqual(['measure'])
      expect(asks(proposed, wants)).toEqual(['measure'])
      expect(of('measure', wants, proposed)).toEqual({ ask: 'measure', because: [wants], answeredBy: [proposed] })
      expect(asks(wants, proposed, completed)).not.toContain('measure')
      expect(asks(wants, revised)).not.toContain('measure')
      expect(asks(wants, effect)).toContain('measure')
    }
    expect(asks(checked(false), checked(true))).toEqual([])
    expect(asks(analysed(true), analysed(false))).toEqual([])
    // The latest decides: what answered the check was proposed before the analysis.
    expect(of('measure', checked(false), proposed, analysed(true))).toMatchObject({ because: [analysed(true)], answeredBy: [] })
  })
  it('is a revision and a self-check after a measure that changes it', () => {
    expect(asks(deviation, checked(true), proposed)).toEqual([])
    expect(asks(deviation, checked(true), proposed, completed)).toEqual(['self-check', 'revision'])
    expect(asks(completed, revised)).toEqual(['self-check'])
    expect(asks(completed, checked(true))).toEqual(['revision'])
    expect(asks(completed, revised, checked(true))).toEqual([])
  })
  it('is a self-check after a revision that answers something, and not after any other', () => {
    expect(asks(revised)).toEqual([])
    expect(asks({ ...revised, measureId: 'm1' })).toEqual(['self-check'])
    expect(asks(checked(false), { ...revised })).toEqual(['self-check'])
    expect(asks(analysed(true), { ...revised })).toEqual(['self-check'])
    expect(asks(checked(false), { ...revised }, checked(true), revised)).toEqual([])
  })
  it('names what it rests on, the latest first, and is nothing once the routine has ended', () => {
    const second = { ...deviation, case: 'd' }
    expect(of('self-check', deviation, completed, second)).toMatchObject({ because: [second, completed, deviation] })
    expect(asks(risk, deviation, { type: 'routine-ended' })).toEqual([])
  })
})
