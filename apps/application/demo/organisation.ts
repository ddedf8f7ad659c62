import type { Role } from '#events/codes'
import type { DemoStep } from '#apps/application/demo/step'
import { stockholm, utc } from '#apps/application/demo/step'

/** Who holds the first two roles, from the initialisation on. */
export const founders = { admin: 'admin', confirmer: 'dataskydd' } as const
export const founded = stockholm('2020-01-02', '08:00')

interface Root {
  readonly unit: string
  readonly name: string
  readonly kind: 'authority' | 'private-provider'
}
interface Unit {
  readonly unit: string
  readonly name: string
  readonly parent: string
}
interface Grant {
  readonly subject: string
  readonly role: Role
  readonly unit: string
  readonly scope: 'unit' | 'subtree'
}

/** An authority and, beside it, a private provider: the roots of the demonstration's two trees. */
export const roots: readonly Root[] = [
  { unit: 'socialnamnden', name: 'Socialnämnden', kind: 'authority' },
  { unit: 'nattugglan-ab', name: 'Nattugglan AB', kind: 'private-provider' },
]
export const units: readonly Unit[] = [
  { unit: 'ifo', name: 'Individ- och familjeomsorgen', parent: 'socialnamnden' },
  { unit: 'ekonomiskt-bistand', name: 'Enheten för ekonomiskt bistånd och etablering', parent: 'ifo' },
  { unit: 'missbruk', name: 'Enheten för missbruk (myndighet och Nakterhuset)', parent: 'ifo' },
  { unit: 'barn-och-unga', name: 'Enheten för barn och unga (inkl. familjerätten)', parent: 'ifo' },
  { unit: 'stod-och-behandling', name: 'Stöd- och behandlingsenheten', parent: 'ifo' },
  { unit: 'hemsjukvard', name: 'Hemsjukvården', parent: 'socialnamnden' },
  { unit: 'nattugglan-lss', name: 'Nattugglan LSS', parent: 'nattugglan-ab' },
]
/** Units with a manager and staff of their own. */
const staffed = units.map(({ unit }) => unit).filter((unit) => unit !== 'ifo')

const at = (unit: string, role: Role, subject: string): Grant => ({ subject, role, unit, scope: 'unit' })
const below = (unit: string, role: Role, subject: string): Grant => ({ subject, role, unit, scope: 'subtree' })
/** All roles but the founders'. */
export const grants: readonly Grant[] = [
  ...staffed.flatMap((unit) => [at(unit, 'reporter', `medarbetare-${unit}`), at(unit, 'unit-manager', `chef-${unit}`)]),
  below('ifo', 'area-manager', 'omradeschef'),
  below('socialnamnden', 'lex-sarah-officer', 'sas'),
  below('socialnamnden', 'lex-sarah-investigator', 'utredare'),
  below('socialnamnden', 'decision-maker', 'ordforande'),
  below('socialnamnden', 'director', 'forvaltningschef'),
  below('socialnamnden', 'medical-officer', 'mas'),
  below('socialnamnden', 'registrar', 'registrator'),
  below('socialnamnden', 'quality-developer', 'kvalitet'),
  below('socialnamnden', 'auditor', 'revisor'),
  at('socialnamnden', 'reporter', 'kontaktcenter'),
  at('socialnamnden', 'unit-manager', 'kontaktchef'),
  below('nattugglan-ab', 'lex-sarah-officer', 'sas-nattugglan'),
  below('nattugglan-ab', 'lex-sarah-investigator', 'utredare-nattugglan'),
  below('nattugglan-ab', 'decision-maker', 'beslut-nattugglan'),
  below('nattugglan-ab', 'registrar', 'registrator-nattugglan'),
]

/** The administrator registers the units and grants the roles; the compliance officer confirms (reporters need no second person). */
export const organisationSteps = (): readonly DemoStep[] => {
  const { admin, confirmer } = founders
  const day = founded.slice(0, 10)
  const steps: DemoStep[] = []
  for (const { unit, name, kind } of roots)
    steps.push({
      kind: 'organisation',
      key: `unit-${unit}`,
      who: admin,
      at: stockholm(day, '08:10'),
      command: kind === 'authority' ? { intent: 'register-authority', unit, name } : { intent: 'register-provider', unit, name, private: true },
    })
  for (const { unit, name, parent } of units)
    steps.push({ kind: 'organisation', key: `unit-${unit}`, who: admin, at: stockholm(day, '08:20'), command: { intent: 'register-unit', unit, name, parent } })
  const from = utc(stockholm(day, '08:30'))
  for (const grant of grants) steps.push({ kind: 'organisation', key: `grant-${grant.subject}`, who: admin, at: stockholm(day, '08:30'), command: { intent: 'grant-role', ...grant, from } })
  for (const { subject, role } of grants)
    if (role !== 'reporter') steps.push({ kind: 'confirmation', key: `confirm-${subject}`, who: confirmer, at: stockholm(day, '09:00'), grants: `grant-${subject}` })
  return steps
}
