import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import type { Group } from '#events/codes'
import { policyEvents } from '#events/policy'
import { canonical } from '#libs/kernel/canonical'
import { shapeFaults } from '#libs/kernel/shape'
import { drafted, faultsOf } from '#libs/policy/decide'
import { defaultParts } from '#libs/policy/default'
import { defaultPolicy, isCategory, legalBasesOn, riskOf, type LegalDuty, type Policy } from '#libs/policy/policy'
import { municipalities } from '#libs/policy/testing/municipalities'

const scale = [1, 2, 3, 4]
const cells = scale.flatMap((severity) => scale.map((likelihood) => ({ severity, likelihood })))
const investigated = (policy: Policy, group: Group): string =>
  cells.filter((c) => riskOf(policy, group, c.severity, c.likelihood).triggers === 'investigate').map((c) => `${c.severity}x${c.likelihood}`).join(' ')

describe('the default policy', () => {
  it('stays what it is: stored events name it, so that a change is a version of its own', () => {
    expect(createHash('sha256').update(canonical(defaultParts)).digest('hex')).toBe('0a5aa5eaeec887d715d2bf51625042ca407d60e8956e17c582efe8f3dee34379')
  })
})

describe('the risk rules of a policy', () => {
  // Of all 16 cells exactly these; those beside them on the scale ask for nothing.
  it.each<[string, Policy, Group, string]>([
    ['the default', defaultPolicy, 'social', '3x3 3x4 4x1 4x2 4x3 4x4'],
    ['the default', defaultPolicy, 'health', '3x3 3x4 4x1 4x2 4x3 4x4'],
    ['over 8 (R4)', municipalities.board2020, 'social', '3x3 3x4 4x3 4x4'],
    ['9 and higher (R3)', municipalities.stockholm, 'social', '3x3 3x4 4x3 4x4'],
    ['8 and severity 3 (Kristianstad SoL, LSS)', municipalities.kristianstad, 'social', '3x3 3x4 4x2 4x3 4x4'],
    ['8 or severity 3 (Kristianstad HSL)', municipalities.kristianstad, 'health', '2x4 3x1 3x2 3x3 3x4 4x1 4x2 4x3 4x4'],
    ['4 (Sundsvall HSL)', municipalities.sundsvall, 'health', '1x4 2x2 2x3 2x4 3x2 3x3 3x4 4x1 4x2 4x3 4x4'],
    ['4 (Sundsvall HSL)', municipalities.sundsvall, 'social', '3x3 3x4 4x1 4x2 4x3 4x4'],
  ])('%s', (_, policy, group, expected) => {
    expect(investigated(policy, group)).toBe(expected)
  })
  it('say why', () => {
    expect(riskOf(defaultPolicy, 'social', 4, 2)).toEqual({ score: 8, scaleVersion: 'default-1', triggers: 'investigate', because: ['severity-floor'] })
    expect(riskOf(defaultPolicy, 'social', 4, 3).because).toEqual(['threshold', 'severity-floor'])
    expect(riskOf(defaultPolicy, 'social', 3, 3).because).toEqual(['threshold'])
    expect(riskOf(municipalities.kristianstad, 'social', 4, 2).because).toEqual(['threshold', 'severity-floor'])
    expect(riskOf(municipalities.kristianstad, 'social', 2, 4)).toMatchObject({ score: 8, triggers: 'none', because: [] })
  })
})

describe('the legal bases', () => {
  const provisions = (areas: readonly ('SoL' | 'LSS' | 'HSL')[], day: string, duty?: LegalDuty): string[] => legalBasesOn(defaultPolicy, areas, day, duty).map((b) => `${b.provision} ${b.statute}`)
  it.each([
    ['2024-03-02', '14 kap. 3 § SoL (2001:453)'],
    ['2025-06-30', '14 kap. 3 § SoL (2001:453)'],
    ['2025-07-01', '27 kap. 2 § SoL (2025:400)'],
  ])('a report received on %s carries %s, and LSS as ever', (day, inSoL) => {
    expect(provisions(['SoL', 'LSS'], day)).toEqual([inSoL, '24 b § LSS (1993:387)'])
  })
  it.each<[LegalDuty, string, string, string, string]>([
    ['investigate', '14 kap. 6 § SoL (2001:453)', '27 kap. 5 § SoL (2025:400)', '24 e § LSS (1993:387)', '3 kap. 3 § PSL (2010:659)'],
    ['notify', '14 kap. 7 § SoL (2001:453)', '27 kap. 6 § SoL (2025:400)', '24 f § LSS (1993:387)', '3 kap. 5 § PSL (2010:659)'],
  ])('to %s', (duty, before, since, lss, psl) => {
    expect(provisions(['SoL', 'LSS', 'HSL'], '2025-06-30', duty)).toEqual([before, lss, psl])
    expect(provisions(['SoL', 'LSS', 'HSL'], '2025-07-01', duty)).toEqual([since, lss, psl])
  })
  it('a deficient private operator is notified from 2026 only', () => {
    expect(provisions(['SoL', 'LSS'], '2025-12-31', 'notify-deficient-operator')).toEqual([])
    expect(provisions(['SoL', 'LSS'], '2026-01-01', 'notify-deficient-operator')).toEqual(['27 kap. 7 § SoL (2025:400)', '15 § p. 11 LSS (1993:387)'])
  })
})

describe('what may be published', () => {
  it('the default, as it stands', () => {
    expect(faultsOf(defaultParts)).toEqual([])
    expect(shapeFaults(policyEvents.policyPublished.shape, { policy: 'p', from: '2026-01-01T00:00:00.000Z', scaleVersion: 'p', ...defaultParts })).toEqual([])
  })
  it('has two levels of categories, told apart by group', () => {
    expect(isCategory(defaultPolicy, 'social', 'bemotande')).toBe(true)
    expect(isCategory(defaultPolicy, 'social', 'bemotande-respektlost')).toBe(true)
    expect(isCategory(defaultPolicy, 'health', 'bemotande')).toBe(false)
  })
  const { scales, vocabulary, deadlines, legalBases, retention, delegation } = defaultParts
  const [first] = deadlines
  const [severe] = scales.severity
  if (!first || !severe) throw new Error('The default has deadlines and scales')
  it.each<[string, Parameters<typeof faultsOf>[0], readonly string[]]>([
    ['a scale with a value twice', { scales: { ...scales, severity: scales.severity.map((step) => ({ ...step, value: step.value === 2 ? 1 : step.value })) } }, ['/scales/severity codes-missing', '/scales/severity/1/value repeated']],
    ['a rule without a limit', { risk: { social: {}, health: { score: 9 } } }, ['/risk/social/score required']],
    ['an and with one limit', { risk: { social: { score: 9, combine: 'and' }, health: { severity: 3, combine: 'and' } } }, ['/risk/social/severity required', '/risk/health/score required']],
    ['a vocabulary without a code of the contract', { vocabulary: { ...vocabulary, health: vocabulary.health.filter(({ code }) => code !== 'fall') } }, ['/vocabulary/health codes-missing']],
    ['a subtype named as another', { vocabulary: { ...vocabulary, social: [...vocabulary.social, { code: 'hot', label: severe.label, subtypes: [{ code: 'annat', label: severe.label }] }] } }, ['/vocabulary/social/11/subtypes/0/code repeated']],
    ['a deadline twice, another not at all', { deadlines: deadlines.map((d) => (d.key === 'assess' ? first : d)) }, ['/deadlines codes-missing', '/deadlines/1/key repeated']],
    ['a deadline without a length, one with both', { deadlines: deadlines.map((d) => (d.key === 'assess' ? { ...d, due: undefined } : d.key === 'answer-ivo' ? { ...d, due: first.due } : d)) }, ['/deadlines/1/due required', '/deadlines/9/due due-needless']],
    ['a chain that leads back', { escalation: [{ role: 'director', to: ['decision-maker', 'director'] }] }, ['/escalation/0/to/1 escalates-to-itself']],
    ['a law with a gap', { legalBases: legalBases.map((b) => (b.duty === 'report' && b.before ? { ...b, before: '2025-06-30' } : b)) }, ['/legalBases basis-missing']],
    ['a law with an end', { legalBases: legalBases.map((b) => (b.duty === 'report' && b.area === 'LSS' ? { ...b, before: '2027-01-01' } : b)) }, ['/legalBases basis-missing']],
    ['two laws at once', { legalBases: legalBases.map((b) => (b.duty === 'notify' && b.before ? { ...b, before: '2025-07-02' } : b)) }, ['/legalBases/9/from basis-overlaps']],
    ['a law that ends first', { legalBases: [...legalBases, { duty: 'inform-patient', area: 'LSS', provision: '1 §', statute: 'X', from: '2026-01-02', before: '2026-01-02' }] }, ['/legalBases/18/before dates-reversed']],
    ['a decision that nobody makes', { delegation: delegation.filter(({ decision }) => decision !== 'lex-maria') }, ['/delegation codes-missing']],
    ['erasing at no time, preserving for some', { retention: retention.map((c) => (c.class === 'deviation' ? { ...c, years: undefined } : c.class === 'lex-maria' ? { ...c, years: 10 } : c)) }, ['/retention/2/years years-needless', '/retention/3/years required']],
  ])('not %s', (_, parts, faults) => {
    expect(faultsOf(parts).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(faults)
  })
  it('a part that is left out stays; new scales are a new version of the scales', () => {
    expect(drafted('p-2', municipalities.sundsvall, { routines: { measuresFromScore: 8, reviewMonths: 6 }, risk: undefined })).toMatchObject({
      id: 'p-2',
      scaleVersion: 'default-1',
      risk: { health: { score: 4 } },
      routines: { measuresFromScore: 8 },
    })
    expect(drafted('p-2', defaultPolicy, { scales }).scaleVersion).toBe('p-2')
  })
})
