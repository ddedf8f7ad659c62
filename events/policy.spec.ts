import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { policyEvents, readPolicy } from '#events/policy'
import { byName, type Recorded } from '#libs/kernel/event'
import { shapeFaults } from '#libs/kernel/shape'
import { legalBasesOn, riskOf } from '#libs/policy/policy'
import { evolvePolicies, noPolicies, policyAt } from '#libs/policy/versions'

/** One log as it was stored when its types were new. A sample is never changed: a new version adds one. */
const samples: readonly Omit<Recorded, 'position' | 'size'>[] = JSON.parse(readFileSync(new URL('./golden/policy.json', import.meta.url), 'utf8'))
const log = samples.map((sample): Recorded => ({ ...sample, position: String(sample.revision), size: sample.revision + 1 }))
const types = byName(policyEvents)

describe('the stored samples of the policy', () => {
  it('hold one of every type at every version', () => {
    for (const { name, version } of types.values())
      expect([...new Set(samples.flatMap(({ type, schemaVersion }) => (type === name ? [schemaVersion] : [])))].toSorted()).toEqual(Array.from({ length: version }, (_, i) => i + 1))
  })
  it.each(log.map((recorded): [string, Recorded] => [recorded.type, recorded]))('%s reads back and fits its shape, all of it plain', (name, recorded) => {
    expect(shapeFaults(types.get(name)?.shape ?? {}, readPolicy(recorded).data)).toEqual([])
    expect(readPolicy(recorded).data).not.toHaveProperty('sealed')
  })
  it('still come to the same policies', () => {
    const policies = log.map(readPolicy).reduce(evolvePolicies, noPolicies)
    expect(policyAt(policies, '2026-04-30T21:59:59.999Z').id).toBe('default-1')
    const policy = policyAt(policies, '2026-04-30T22:00:00.000Z')
    expect(policy).toMatchObject({ id: 'kommunen-2026-1', scaleVersion: 'kommunen-2026-1', deadlines: expect.arrayContaining([expect.objectContaining({ key: 'close', due: { amount: 2, unit: 'months' } })]) })
    expect(riskOf(policy, 'health', 3, 1)).toMatchObject({ triggers: 'investigate', scaleVersion: 'kommunen-2026-1' })
    // The first version knew nothing of how long a step of the escalation waits.
    expect(policies.versions.map((v) => v.policy.escalation[0]?.after)).toEqual([undefined, { amount: 5, unit: 'working-days' }])
    expect(policies.deadlines).toEqual([expect.objectContaining({ id: 'review-policy', due: '2027-09-01', state: 'met', missed: ['2027-09-01T22:00:00.000Z'], step: 1, metAt: '2027-09-03T09:00:00.000Z' })])
    expect(legalBasesOn(policy, ['SoL'], '2026-05-01')).toEqual([{ area: 'SoL', provision: '27 kap. 2 §', statute: 'SoL (2025:400)' }])
  })
})
