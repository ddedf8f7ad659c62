import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { organisationEvents, readOrganisation } from '#events/organisation'
import { byName, type Recorded } from '#libs/kernel/event'
import { shapeFaults } from '#libs/kernel/shape'
import { evolveOrganisation, emptyOrganisation } from '#libs/organisation/state'
import { keyId, open, sealedSubjects } from '#libs/privacy/codec'

/** One log, sealed under one key of 32 sevens, with what was sealed. A sample is never changed: a new version adds one. */
interface Sample {
  readonly stored: Omit<Recorded, 'position' | 'size'>
  readonly content: Readonly<Record<string, unknown>>
}
const samples: readonly Sample[] = JSON.parse(readFileSync(new URL('./golden/organisation.json', import.meta.url), 'utf8'))
const recordedFrom = ({ stored }: Sample): Recorded => ({ ...stored, position: String(stored.revision), size: stored.revision + 1 })
const key = createSecretKey(Buffer.alloc(32, 7))
const types = byName(organisationEvents)

describe('the stored samples of the organisation', () => {
  it('hold one of every type at every version', () => {
    for (const { name, version } of types.values())
      expect([...new Set(samples.flatMap(({ stored }) => (stored.type === name ? [stored.schemaVersion] : [])))].toSorted()).toEqual(Array.from({ length: version }, (_, i) => i + 1))
  })
  it.each(samples.map((sample): [string, Sample] => [sample.stored.type, sample]))('%s reads back and fits its shape', (name, sample) => {
    const type = types.get(name)
    if (!type) throw new Error(`No event type ${name}`)
    const recorded = recordedFrom(sample)
    const keys = new Map(sealedSubjects(recorded).map((subject) => [keyId(recorded.stream, subject), key]))
    expect(open({ type, recorded, keys })).toEqual({ data: sample.content, missing: [], closed: [] })
    expect(shapeFaults(type.shape, sample.content)).toEqual([])
    const plain: object = readOrganisation(recorded).data
    for (const [field, { personal }] of Object.entries(type.shape)) expect({ field, plain: field in plain }).toEqual({ field, plain: !personal && field in sample.content })
  })
  it('still come to the same organisation', () => {
    const org = samples.map((sample) => readOrganisation(recordedFrom(sample))).reduce(evolveOrganisation, emptyOrganisation)
    expect(org.units.values().map(({ id, kind, path, ended }) => [id, kind, path.join(' '), ended?.how])).toEqual([
      ['municipality', 'municipality', 'municipality', undefined],
      ['socialnamnden', 'authority', 'socialnamnden municipality', undefined],
      ['nattugglan-ab', 'provider', 'nattugglan-ab municipality', undefined],
      ['ifo', 'unit', 'ifo socialnamnden municipality', undefined],
      ['barn', 'unit', 'barn barn-och-unga socialnamnden municipality', 'merged'],
      ['unga', 'unit', 'unga barn-och-unga socialnamnden municipality', 'merged'],
      ['barn-och-unga', 'unit', 'barn-och-unga socialnamnden municipality', 'split'],
      ['familj', 'unit', 'familj ifo socialnamnden municipality', 'merged'],
      ['ungdom', 'unit', 'ungdom socialnamnden municipality', 'closed'],
    ])
    expect(org.units.get('barn-och-unga')?.names.map(({ name }) => name)).toEqual(['Barn och unga', 'Barn, unga och familj'])
    expect(org.grants.values()).toEqual([
      expect.objectContaining({ role: 'unit-manager', grantedBy: '4f1c2a', confirmedAt: '2026-03-02T09:00:06.000Z', revokedAt: '2026-05-31T22:00:00.000Z' }),
      expect.objectContaining({ role: 'reporter', scope: 'unit', needsConfirmation: false }),
      expect.objectContaining({ role: 'unit-manager', staff: '7c01d2', revokedAt: '2026-05-31T22:00:00.000Z', substituteFor: '0192f0c1-7a51-8cc2-9f5e-000000000005' }),
    ])
    expect(org.vacancies.values()).toEqual([{ role: 'unit-manager', unit: 'familj', since: '2026-06-01T08:00:00.000Z', filled: true, ended: [{ passedTo: { role: 'area-manager', unit: 'ifo' }, since: '2026-05-31T22:00:00.000Z', until: '2026-06-01T08:00:00.000Z' }] }])
    expect(org.feeds.values()).toEqual([{ id: 'f-1', staff: '7c01d2', role: 'unit-manager', unit: 'familj', closed: true }])
    expect([org.events, org.staff.has('9b27e0')]).toEqual([samples.length, true])
  })
})
