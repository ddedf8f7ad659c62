import { describe, expect, it } from '@jest/globals'
import { defaultPolicy, legalBasesOn, riskOf } from '#libs/policy/policy'

const scale = [1, 2, 3, 4]
const cells = scale.flatMap((severity) => scale.map((likelihood) => ({ severity, likelihood })))

describe('the default policy', () => {
  it('asks for an investigation at exactly 3x3, 3x4, 4x3, 4x4 and severity 4 of all 16 cells', () => {
    const investigated = cells.filter((c) => riskOf(defaultPolicy, c.severity, c.likelihood).triggers === 'investigate').map((c) => `${c.severity}x${c.likelihood}`)
    expect(investigated).toEqual(['3x3', '3x4', '4x1', '4x2', '4x3', '4x4'])
  })
  it('says why', () => {
    expect(riskOf(defaultPolicy, 4, 2)).toEqual({ score: 8, scaleVersion: 'default-1', triggers: 'investigate', because: ['severity-floor'] })
    expect(riskOf(defaultPolicy, 4, 3).because).toEqual(['threshold', 'severity-floor'])
    expect(riskOf(defaultPolicy, 3, 3).because).toEqual(['threshold'])
    expect(riskOf(defaultPolicy, 2, 4)).toMatchObject({ score: 8, triggers: 'none', because: [] })
  })
  it.each([
    ['2020-03-02', '14 kap. 3 §', 'SoL (2001:453)'],
    ['2025-06-30', '14 kap. 3 §', 'SoL (2001:453)'],
    ['2025-07-01', '27 kap. 2 §', 'SoL (2025:400)'],
  ])('a report received on %s carries %s %s', (day, provision, statute) => {
    expect(legalBasesOn(defaultPolicy, ['SoL', 'LSS'], day)).toEqual([
      { area: 'SoL', provision, statute },
      { area: 'LSS', provision: '24 b §', statute: 'LSS (1993:387)' },
    ])
  })
})
