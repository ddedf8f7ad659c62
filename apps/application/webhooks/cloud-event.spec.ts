import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { cloudEventOf, openData } from '#apps/application/webhooks/cloud-event'
import { deviationEvents } from '#events/deviation'
import { organisationEvents } from '#events/organisation'
import { policyEvents } from '#events/policy'
import { routineEvents } from '#events/routine'
import { recorded, report } from '#projections/given'
import { code, date, flag, integer, list, object, personal, text, type Field, type Shape } from '#libs/kernel/shape'
import { openKeyVault } from '#libs/privacy/vault'

const everyType = [deviationEvents, organisationEvents, policyEvents, routineEvents].flatMap((family) => Object.values(family).map((type): readonly [string, Shape] => [type.name, type.shape]))
const secretText = 'HEMLIG text om en person'
const staff = 's-0123456789'

/** A value for each field: texts and personal fields are marked, and ids are staff numbers where `ids` says so. */
const planted = (shape: Shape, ids: string): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, plantedField(field, ids)]))
const plantedField = (field: Field, ids: string): unknown => {
  if (field.personal) return secretText
  switch (field.kind) {
    case 'code':
      return field.codes?.[0]
    case 'format':
      return { id: ids, instant: '2026-03-02T08:00:00.000Z', date: '2026-03-02', version: 'default-1', sha256: 'ab'.repeat(32), mac: 'HEMLIG'.padEnd(43, 'x') }[field.format ?? 'id']
    case 'text':
      return secretText
    case 'integer':
    case 'number':
      return 7
    case 'flag':
      return true
    case 'list':
      return field.items ? [plantedField(field.items, ids)] : []
    case 'object':
      return field.shape ? planted(field.shape, ids) : {}
  }
}
const leaves = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.flatMap(leaves) : typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value])

describe('what leaves of an event', () => {
  it.each(everyType)('%s is codes, ids, dates, numbers and flags', (_, shape) => {
    const data = { ...planted(shape, 'barn-och-unga'), sealed: { case: secretText }, unheardOf: secretText }
    const text = JSON.stringify(openData(shape, data))
    expect(text).not.toMatch(/HEMLIG|(ab){32}|sealed|unheardOf|concernsManager|protectedIdentity/)
    for (const leaf of leaves(openData(shape, data))) expect(typeof leaf === 'string' ? leaf : typeof leaf).toMatch(/^[A-Za-z0-9.:/_-]{1,100}$/)
  })
  it.each(everyType)('%s names nobody by number', (_, shape) => {
    expect(JSON.stringify(openData(shape, planted(shape, staff)))).not.toContain(staff)
  })
  it('is by its value what its shape says: a text in the place of a code stays here', () => {
    for (const [, shape] of everyType) {
      const lying = Object.fromEntries(Object.keys(shape).map((name) => [name, secretText]))
      expect(JSON.stringify(openData(shape, lying))).toBe('{}')
    }
  })
  it('is nothing that is marked personal, of whatever kind', () => {
    const shape = { a: personal(code(['x'])), b: personal(date()), c: personal(integer(1, 9)), d: object({ e: personal(flag()), f: flag() }), g: list(object({ h: personal(text(), 'person'), i: flag() })) }
    expect(openData(shape, { a: 'x', b: '2026-03-02', c: 7, d: { e: true, f: true }, g: [{ h: 'x', i: true }] })).toEqual({ d: { f: true } })
  })
  it('holds no staff number as the vault makes them', async () => {
    const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
    const number = await vault.enrol('kalle')
    await vault.close()
    expect(openData(deviationEvents.conflictOfInterestDeclared.shape, { staff: number })).toEqual({})
    expect(openData(deviationEvents.deadlineMissed.shape, { to: [number], heldBy: [], deadline: 'assess' })).toEqual({ deadline: 'assess', heldBy: [] })
  })
  it('says who acted by role and unit', () => {
    const [event] = recorded([report()])
    if (!event) throw new Error('No event')
    expect(cloudEventOf(event, 'https://vaka.kommunen.example')).toEqual({
      specversion: '1.0',
      id: '01890a5d-ac96-774b-9000-000000000000',
      source: 'https://vaka.kommunen.example',
      type: 'se.vaka.deviation-reported',
      subject: 'deviation-01890a5d-ac96-774b-8000-000000000001',
      time: '2020-03-03T09:00:00.000Z',
      datacontenttype: 'application/json',
      sequence: '000000000000',
      data: {
        case: '01890a5d-ac96-774b-8000-000000000001',
        number: '00000-00001',
        revision: 0,
        actor: { role: 'unit-manager', unit: 'missbruk' },
        content: {
          origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], legalBases: [], unit: 'missbruk', discoveredAt: '2020-03-01T08:00:00.000Z', receivedAt: '2020-03-02T08:00:00.000Z',
          concerns: 'person', individuals: [], anonymous: false, reportedBy: 's-1', wantsFeedback: false,
        },
      },
    })
  })
})
