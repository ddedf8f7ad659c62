import { describe, expect, it } from '@jest/globals'
import { compileReaders, compileTellings, type BodyReader } from '#apps/api/body'
import type { Class } from '#apps/api/field'
import { ReplayPolicyBody } from '#apps/api/dto/policy'
import { deviationIntents, organisationIntents, policyIntents, routineIntents } from '#apps/api/intents'
import { deviationBodies, organisationBodies, policyBodies, routineBodies } from '#apps/api/testing/bodies'
import { assessmentOutcomes, ivoLaws } from '#events/codes'
import type { FieldFault } from '#libs/kernel/outcome'
import fc from 'fast-check'

const now = '2020-03-02T08:00:00.000Z'
const entries: readonly (readonly [string, new () => object, object])[] = [
  ...Object.entries(deviationIntents).map(([intent, { body }]) => [intent, body, Reflect.get(deviationBodies, intent)] as const),
  ...Object.entries(organisationIntents).map(([intent, { body }]) => [intent, body, Reflect.get(organisationBodies, intent)] as const),
  ...Object.entries(policyIntents).map(([intent, { body }]) => [`${intent} policy`, body, Reflect.get(policyBodies, intent)] as const),
  ...Object.entries(routineIntents).map(([intent, { body }]) => [`${intent} routine`, body, Reflect.get(routineBodies, intent)] as const),
  ['replay policy', ReplayPolicyBody, { ...policyBodies.publish, from: '2020-01-01', to: '2020-12-31' }],
]
const read = compileReaders()
const tell = compileTellings()
const report = read(deviationIntents.report.body)
const faultsOf = (body: object, reader: BodyReader<object> = report): readonly (readonly [string, string])[] => {
  const answer = reader(body, now)
  return answer.kind === 'invalid' ? answer.faults.map((f: FieldFault) => [f.pointer, f.code]) : []
}
const reported = (change: object): object => ({ ...deviationBodies.report, ...change })

describe('one set of decorators, told twice', () => {
  it.each(entries)('%s takes its right body', (_, body, sample) => {
    expect(read(body)(sample, now)).toMatchObject({ kind: 'read' })
  })

  const odd: readonly unknown[] = [
    undefined, null, '', ' ', 'x', 'å'.repeat(201), 'é'.repeat(5_001), '👶'.repeat(5_000), 'x'.repeat(20_001), 'nul\0', '\ud800', 0, 1, 4, 5, 1.5, -1, true, false,
    Number.MAX_VALUE, [], {}, [null], [[]], [{}], ['SoL'], ['SoL', 'SoL'], ['SoL', 'PBL'], [1], { name: 'x' }, { name: 7 }, { name: 'x', more: 1 }, [{ name: '' }],
    'SoL', 'duplicate', 'suspected-care-injury', 'lex-maria', 'm1', 'M1', 'a'.repeat(41), '2020-02-29', '2021-02-29', '2020-13-01', '2020-02-29T10:00:00Z', '2021-02-29T10:00:00Z',
    '2020-02-20T10:00:00', '2020-02-20 10:00:00Z', '2020-02-20T24:00:00Z', '0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '2020-02-20t10:00:00.123456789z', '18900101-9802', '189001019803', '190910799824',
    '19091079-9825', 'a'.repeat(64), 'A'.repeat(64), '019f0000-0000-7000-8000-000000000000', { constructor: 1 }, { what: 'x', direction: 'up', lowestAcceptedResult: 1, checkOn: '2020-01-01' },
    [{ measureId: 'm1', decision: 'approved' }], [{ measureId: 'm1', when: 'nu' }], Array.from({ length: 101 }, () => ({})),
  ]
  it.each(entries)('%s: schema and class-validator say yes and no alike', (_, dto, sample) => {
    const { bySchema, byDecorators } = tell(dto)
    const names = [...Object.keys(sample), 'unknown', 'constructor', 'toString']
    const change = fc.record({ name: fc.constantFrom(...names), value: fc.oneof(fc.constantFrom(...odd), fc.jsonValue()), drop: fc.boolean(), within: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const body: unknown = changes.reduce<object>((made, { name, value, drop, within }) => mutated(made, name, value, drop, within), sample)
        const onTheWire: unknown = JSON.parse(JSON.stringify(body))
        expect({ body: onTheWire, fits: byDecorators(onTheWire).length === 0 }).toEqual({ body: onTheWire, fits: bySchema(onTheWire) })
      }),
      { numRuns: 300 },
    )
    for (const body of odd) expect(byDecorators(body).length === 0).toBe(bySchema(body))
  })
})
/** Changes a field, or a field of what is nested in it. */
const mutated = (body: object, name: string, value: unknown, drop: boolean, within: boolean): object => {
  const before: unknown = Reflect.get(body, name)
  const first: unknown = Array.isArray(before) ? before[0] : before
  if (within && typeof first === 'object' && first !== null) {
    const keys = [...Object.keys(first), 'odd']
    const changed = mutated(first, keys[(JSON.stringify(value) ?? '').length % keys.length] ?? 'odd', value, drop, false)
    return { ...body, [name]: Array.isArray(before) ? [changed, ...before.slice(1)] : changed }
  }
  if (!drop) return { ...body, [name]: value }
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))
}

describe('what a body says', () => {
  it('names all faulty fields at once, nested ones too, and never their values', () => {
    const body = { ...reported({ legalAreas: ['SoL', 'PBL'], individuals: [{ name: '' }, { personalNumber: '18900101-9803' }], description: undefined, secret: 'Kalle' }), occurredAt: 'igår' }
    const answer = report(body, now)
    expect(answer.kind === 'invalid' && answer.faults.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/secret', 'unknown-field'],
      ['/legalAreas/1', 'unknown-code'],
      ['/occurredAt', 'not-an-instant'],
      ['/individuals/0/name', 'blank'],
      ['/individuals/1/personalNumber', 'not-a-personal-number'],
      ['/description', 'required'],
    ])
    expect(JSON.stringify(answer)).not.toMatch(/Kalle|igår|PBL/)
  })
  it('checks across fields beside what is faulty in others', () => {
    expect(faultsOf(reported({ channel: 'pigeon', legalAreas: ['HSL'], anonymous: true }))).toEqual([
      ['/channel', 'unknown-code'],
      ['/legalAreas', 'misconduct-needs-social-law'],
      ['/onBehalfOf', 'anonymous-on-behalf'],
    ])
  })
  it.each([
    ['neither occurred nor discovered', { occurredAt: undefined, discoveredAt: undefined }, '/occurredAt', 'time-missing'],
    ['a reason without a late receipt', { receivedAt: '2020-02-29T09:00:00+01:00' }, '/receivedLateReason', 'late-reason-needless'],
    ['a reason without a receipt', { receivedAt: undefined }, '/receivedLateReason', 'late-reason-needless'],
    ['a future instant', { occurredAt: '2020-03-02T09:00:00.001+01:00' }, '/occurredAt', 'in-the-future'],
    ['a ground for something else than misconduct', { reportedType: 'deviation' }, '/ground', 'ground-without-misconduct'],
  ])('refuses %s', (_, change, pointer, code) => {
    expect(faultsOf(reported(change))).toEqual([[pointer, code]])
  })
  it('lets instants up to now pass and gives them in UTC with milliseconds', () => {
    const answer = report(reported({ occurredAt: '2020-03-02T09:00:00+01:00' }), now)
    expect(answer).toMatchObject({ kind: 'read', body: { occurredAt: now, receivedAt: '2020-02-22T08:00:00.500Z' } })
  })
  it('takes a day as its first moment in Stockholm, summer and winter', () => {
    expect(read(organisationIntents['grant-role'].body)(organisationBodies['grant-role'], now)).toMatchObject({ body: { from: '2020-06-30T22:00:00.000Z', until: '2020-12-31T23:00:00.000Z' } })
    expect(read(organisationIntents['revoke-role'].body)(organisationBodies['revoke-role'], now)).toMatchObject({ body: { until: '2020-12-30T23:00:00.000Z' } })
  })
  it.each([
    ['record-no-case', { outcome: 'duplicate', motivation: 'x' }, '/duplicateOf', 'duplicate-of-missing'],
    ['record-no-case', { ...deviationBodies['record-no-case'], outcome: 'withdrawn' }, '/duplicateOf', 'duplicate-of-needless'],
    ['decide-measures', { decisions: [{ measureId: 'm1', decision: 'approved-in-part' }] }, '/decisions/0/motivation', 'motivation-missing'],
    ['decide-measures', { decisions: [{ measureId: 'm1', decision: 'approved' }, { measureId: 'm1', decision: 'approved' }] }, '/decisions/1/measureId', 'repeated'],
    ['propose-measure', { ...deviationBodies['propose-measure'], plannedStart: '2020-04-02' }, '/plannedCompletion', 'dates-reversed'],
    ['offer-handover', { reason: 'x' }, '/toUnit', 'receiver-missing'],
    ['offer-handover', { toUnit: 'ifo', toExternal: 'Regionen', reason: 'x' }, '/toExternal', 'receiver-twice'],
    ['report-batch', { ...deviationBodies['report-batch'], reportedType: 'misconduct' }, '/reportedType', 'batch-of-misconduct'],
    ['report-batch', { ...deviationBodies['report-batch'], period: { from: '2020-03-02', to: '2020-03-01' } }, '/period/to', 'dates-reversed'],
    ['report-batch', { ...deviationBodies['report-batch'], period: { from: '2020-03-01', to: '2020-03-03' } }, '/period/to', 'in-the-future'],
    ['report-batch', { ...deviationBodies['report-batch'], count: 1 }, '/count', 'not-in-range'],
    ['report-batch', { ...deviationBodies['report-batch'], receivedAt: undefined }, '/receivedLateReason', 'late-reason-needless'],
    ['inform-patient', { ...deviationBodies['inform-patient'], notedInRecord: ' ' }, '/notedInRecord', 'blank'],
    ['inform-patient', { ...deviationBodies['inform-patient'], notedInRecord: 1 }, '/notedInRecord', 'not-a-flag-or-text'],
  ] as const)('%s refuses what does not fit together, row %#', (intent, body, pointer, code) => {
    const dto: new () => object = deviationIntents[intent].body
    expect(faultsOf(body, read(dto))).toEqual([[pointer, code]])
  })
  it.each([
    ['offer-handover', { toExternal: 'Regionen', reason: 'x' }],
    ['report-batch', { ...deviationBodies['report-batch'], occurredAt: undefined, discoveredAt: undefined, period: { from: '2020-03-02', to: '2020-03-02' }, count: 100_000 }],
    ['inform-patient', { ...deviationBodies['inform-patient'], notedInRecord: false }],
    ['inform-patient', { ...deviationBodies['inform-patient'], notedInRecord: 'Antecknat av MAS' }],
    ['restrict-access', { reason: 'Hot' }],
    ['record-ivo-supplement', { law: 'lex-sarah', sentAt: now }],
    ['record-ivo-extension', { law: 'lex-sarah', newDue: '2020-06-01' }],
  ] as const)('%s takes what fits together, row %#', (intent, body) => {
    const dto: new () => object = deviationIntents[intent].body
    expect(faultsOf(body, read(dto))).toEqual([])
  })
  it('takes every outcome of an assessment and every law of a notification', () => {
    for (const outcome of assessmentOutcomes) expect(faultsOf({ ...deviationBodies.assess, outcome }, read(deviationIntents.assess.body))).toEqual([])
    for (const law of ivoLaws) expect(faultsOf({ ...deviationBodies['decide-ivo-notification'], law }, read(deviationIntents['decide-ivo-notification'].body))).toEqual([])
  })
  it('refuses in every body that something named …At lies in the future', () => {
    const times = entries.flatMap(([intent, dto, sample]) => Object.keys(sample).flatMap((name) => (name.endsWith('At') ? [{ intent, dto, sample, name }] : [])))
    for (const { intent, dto, sample, name } of times)
      expect([intent, ...faultsOf({ ...sample, [name]: '2020-03-02T09:00:00.001+01:00' }, read(dto))]).toContainEqual([`/${name}`, 'in-the-future'])
    expect(times.length).toBeGreaterThan(12)
  })
  it('gives the instants of a batch in UTC as those of a report', () => {
    expect(read(deviationIntents['report-batch'].body)(deviationBodies['report-batch'], now)).toMatchObject({ body: { occurredAt: '2020-02-20T08:00:00.000Z', receivedAt: '2020-02-22T08:00:00.500Z' } })
  })
  it('stands a body that is hostile', () => {
    const deep: unknown = JSON.parse(`{"description":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)
    expect(report(deep, now).kind).toBe('invalid')
    const many = report(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f${i}`, 1])), now)
    expect(many.kind === 'invalid' && many.faults.length).toBe(100)
    expect(faultsOf({ ...reported({}), constructor: { name: 'x' } })).toEqual([['/constructor', 'unknown-field']])
  })
})

describe('the class of every body', () => {
  it('has a name of its own, as the schemas are told apart by it', () => {
    const classes: readonly Class[] = entries.map(([, body]) => body)
    expect(new Set(classes.map(({ name }) => name)).size).toBe(new Set(classes).size)
  })
})
