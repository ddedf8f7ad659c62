import type { Role } from '#events/codes'
import { organisationEvents, organisationStream, readOrganisation, type NewOrganisationEvent } from '#events/organisation'
import { stored, type Appended } from '#bench/stored'
import type { Random } from '#bench/random'
import { byName } from '#libs/kernel/event'
import { emptyOrganisation, evolveOrganisation, municipality as root, type Organisation } from '#libs/organisation/state'

/** A municipality of 100,000 inhabitants: one authority, six areas, 120 units, a private provider is left out. */
export const authority = 'vard-och-omsorg'
const areas = 6
const unitsPerArea = 20
const areaIds = Array.from({ length: areas }, (_, i) => `omrade-${i + 1}`)
export const unitIds = Array.from({ length: areas * unitsPerArea }, (_, i) => `enhet-${String(i + 1).padStart(3, '0')}`)
const areaOf = (index: number): string => areaIds[Math.floor(index / unitsPerArea)] ?? authority
const reportersPerUnit = 3

interface Seat {
  readonly login: string
  readonly role: Role
  readonly unit: string
  readonly scope: 'unit' | 'subtree'
}
const below = (login: string, role: Role, unit: string): Seat => ({ login, role, unit, scope: 'subtree' })
export const manager = (unit: string): string => `chef-${unit}`
export const reporter = (unit: string, n = 1): string => `medarbetare-${unit}-${n}`
const seats: readonly Seat[] = [
  below('admin', 'administrator', root),
  below('dataskydd', 'compliance-officer', root),
  below('forvaltningschef', 'director', authority),
  below('sas', 'lex-sarah-officer', authority),
  below('utredare', 'lex-sarah-investigator', authority),
  below('ordforande', 'decision-maker', authority),
  below('mas', 'medical-officer', authority),
  below('registrator', 'registrar', authority),
  below('kvalitet', 'quality-developer', authority),
  below('revisor', 'auditor', authority),
  ...areaIds.map((area) => below(`chef-${area}`, 'area-manager', area)),
  ...unitIds.flatMap((unit): Seat[] => [
    { login: manager(unit), role: 'unit-manager', unit, scope: 'unit' },
    ...Array.from({ length: reportersPerUnit }, (_, i): Seat => ({ login: reporter(unit, i + 1), role: 'reporter', unit, scope: 'unit' })),
  ]),
]
export const logins: readonly string[] = seats.map(({ login }) => login)

export interface Municipality {
  readonly organisation: Organisation
  /** Staff number of a login. */
  readonly staff: (login: string) => string
  /** The beginning of the log. */
  readonly appends: readonly Appended[]
}

/** The organisation as events of one instant, with the staff numbers of the key vault or, where nobody will log in, others. */
export const municipality = (random: Random, at: string, staff: (login: string) => string = (login) => `s-${login}`): Municipality => {
  const structure: NewOrganisationEvent[] = [
    { type: 'authority-registered', data: { unit: authority, name: 'Vård- och omsorgsnämnden' } },
    ...areaIds.map((unit, i): NewOrganisationEvent => ({ type: 'unit-registered', data: { unit, name: `Område ${i + 1}`, parent: authority } })),
    ...unitIds.map((unit, i): NewOrganisationEvent => ({ type: 'unit-registered', data: { unit, name: `Enhet ${i + 1}`, parent: areaOf(i) } })),
  ]
  const people = seats.flatMap(({ login, role, unit, scope }): NewOrganisationEvent[] => [
    { type: 'staff-member-registered', data: { staff: staff(login), login } },
    { type: 'role-granted', data: { grant: `g-${login}`, staff: staff(login), role, unit, scope, from: at, primary: true, needsConfirmation: false } },
  ])
  const types = byName(organisationEvents)
  const appends: Appended[] = []
  let organisation = emptyOrganisation
  for (const event of [...structure, ...people]) {
    const meta = { actor: { id: 'operator', role: 'operator' }, commandId: random.mac(), fingerprint: random.mac(), correlationId: 'founding', causationId: 'founding' }
    const draft = stored(types, event, { ...meta, versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: organisation.events } }, random.id(Date.parse(at)))
    const revision = organisation.events
    appends.push({ stream: organisationStream, expected: revision === 0 ? 'none' : revision - 1, at, drafts: [draft] })
    organisation = evolveOrganisation(organisation, readOrganisation({ ...draft, stream: organisationStream, revision, recordedAt: at, position: '', size: 0 }))
  }
  return { organisation, staff, appends }
}

/** Body of a report of staff at a unit: the fields that every one needs, and more. */
export const reportOf = (unit: string, more: { readonly description: string } & Readonly<Record<string, unknown>>): object => ({
  origin: 'staff',
  channel: 'web',
  reportedType: 'deviation',
  legalAreas: ['SoL'],
  unit,
  occurredAt: '2025-12-01T19:30:00+01:00',
  concerns: 'person',
  ...more,
})
