import { measureLevels, roles, type Role } from '#events/codes'
import { concernsDecisionMaker } from '#libs/duties/duties'
import type { CaseFacts, LexSarah, Measure } from '#libs/duties/facts'

/**
 * What rights depend on in a case, as one short text: cases that share unit and sight are open to the same people, so that a count asks once
 * for all of them. The reporter's own view is left out, and that of another provider: nobody counts as one of these.
 */
export const sightOf = (facts: CaseFacts): string => {
  const { lexSarah, responsible, manager } = facts
  const investigator = lexSarah.step === 'taken-over' || lexSarah.step === 'decided' ? lexSarah.investigator : undefined
  const sight: Sight = [
    facts.legalAreas.join(' '),
    facts.everSuspected ? 1 : 0,
    facts.everEscalated ? 1 : 0,
    lexSarah.step,
    investigator ?? '',
    // Without the conflicts, which stand for themselves: whoever is in one is judged without hers.
    concernsDecisionMaker(facts, { conflicts: [] }) ? 1 : 0,
    facts.lexMaria.step === 'none' ? 0 : 1,
    facts.conflicts.join(' '),
    facts.restricted ? `${responsible.role} ${responsible.unit} ${manager.role} ${manager.unit}` : '',
    [...new Set(measureTexts(facts))].sort().join(' '),
    ...(facts.concernsManager ? ([facts.reportedUnit, facts.reportedAt] as const) : []),
  ]
  return JSON.stringify(sight)
}
type Bit = 0 | 1
type Sight = readonly [
  areas: string,
  suspected: Bit,
  escalated: Bit,
  step: LexSarah['step'],
  investigator: string,
  decision: Bit,
  lexMaria: Bit,
  conflicts: string,
  restricted: string,
  measures: string,
  ...concerned: readonly string[],
]

/** Facts that give everybody the access that the real ones give, but for reporters and other providers. They say nothing else of the case. */
export const factsOfSight = (unit: string, sight: string): CaseFacts => {
  const [areas, suspected, escalated, step, investigator, decision, lexMaria, conflicts, restricted, measures, reportedUnit, reportedAt]: Sight = JSON.parse(sight)
  const [role = 'unit-manager', roleUnit = unit, managerRole = 'unit-manager', managerUnit = unit] = restricted === '' ? [] : restricted.split(' ')
  return {
    id: '',
    revision: 0,
    origin: '',
    channel: '',
    reportedType: 'deviation',
    legalAreas: (['SoL', 'LSS', 'HSL'] as const).filter((area) => areas.split(' ').includes(area)),
    reportedUnit: reportedUnit ?? unit,
    unit,
    reportedAt: reportedAt ?? '',
    receivedAt: '',
    concernsManager: reportedUnit !== undefined,
    anonymous: false,
    registeredBy: '',
    wantsFeedback: false,
    acknowledged: false,
    diary: 'none',
    sentToRegistrar: false,
    groups: {},
    everSuspected: suspected === 1,
    everEscalated: escalated === 1,
    lexSarah: lexSarahOf(step, investigator === '' ? {} : { investigator }),
    authorityInformed: false,
    lexMaria: lexMaria === 1 ? { step: 'referred' } : { step: 'none' },
    patient: 'none',
    immediateAction: false,
    handovers: 0,
    formerUnits: [],
    handedOut: false,
    conflicts: conflicts === '' ? [] : conflicts.split(' '),
    ...(restricted === '' ? {} : { restricted: 'other' as const }),
    legalHold: decision === 1,
    ivo: {},
    measures: measures === '' ? [] : measures.split(' ').map(measureOf),
    feedbackGiven: [],
    feedbackWaived: [],
    responsible: { role: roleNamed(role), unit: roleUnit },
    manager: { role: roleNamed(managerRole), unit: managerUnit },
    deadlines: [],
  }
}
const waiting = ['proposed', 'approved', 'completed'] as const
/**
 * Whose the measures are: by its level whoever decides one, while it waits for somebody the unit that it names. Of a case that is not restricted
 * only what opens it to others than its own unit and those above it, so that few cases differ.
 */
const measureTexts = ({ measures, unit, restricted }: CaseFacts): readonly string[] =>
  measures.flatMap(({ level, state, responsible }) => {
    const waits = waiting.find((s) => s === state)
    if (waits !== undefined && (restricted !== undefined || (waits !== 'proposed' && responsible.unit !== unit))) return [`${level}/${waits}/${responsible.unit}`]
    return level === 'operation' ? [level] : []
  })
const measureOf = (text: string, i: number): Measure => {
  const [level, state, unit = ''] = text.split('/')
  return {
    id: `m${i}`,
    level: measureLevels.find((code) => code === level) ?? 'unit',
    responsible: { role: 'unit-manager', unit },
    state: waiting.find((code) => code === state) ?? 'checked',
    plannedCompletion: '',
    proposed: 0,
  }
}
const roleNamed = (name: string): Role => roles.find((role) => role === name) ?? 'unit-manager'
const lexSarahOf = (step: LexSarah['step'], appointed: { readonly investigator?: string }): LexSarah => {
  switch (step) {
    case 'none':
    case 'escalated':
      return { step }
    case 'taken-over':
      return { step, ...appointed }
    case 'declined':
      return { step, revision: 0 }
    case 'decided':
      return { step, degree: 'none', revision: 0, ...appointed }
  }
}
