import type { CaseFacts, LexSarah, Measure } from '#libs/duties/facts'

/**
 * What rights depend on in a case, as one short text: cases that share unit and sight are open to the same people, so that a count asks once
 * for all of them. The reporter's own view is left out: nobody counts as a reporter.
 */
export const sightOf = (facts: CaseFacts): string => {
  const { lexSarah } = facts
  const investigator = lexSarah.step === 'taken-over' || lexSarah.step === 'decided' ? lexSarah.investigator : undefined
  const sight: Sight = [
    facts.legalAreas.join(' '),
    facts.everSuspected ? 1 : 0,
    facts.everEscalated ? 1 : 0,
    lexSarah.step,
    investigator ?? '',
    facts.measures.some((m) => m.level === 'authority') ? 1 : 0,
    ...(facts.concernsManager ? ([facts.reportedUnit, facts.reportedAt] as const) : []),
  ]
  return JSON.stringify(sight)
}
type Bit = 0 | 1
type Sight = readonly [areas: string, suspected: Bit, escalated: Bit, step: LexSarah['step'], investigator: string, authority: Bit, ...concerned: readonly string[]]

/** Facts that give everybody the access that the real ones give, but for reporters. They say nothing else of the case. */
export const factsOfSight = (unit: string, sight: string): CaseFacts => {
  const [areas, suspected, escalated, step, investigator, authority, reportedUnit, reportedAt]: Sight = JSON.parse(sight)
  const manager = { role: 'unit-manager', unit } as const
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
    ivo: {},
    measures: authority === 1 ? [{ ...authorityMeasure, responsible: manager }] : [],
    feedbackGiven: [],
    feedbackWaived: [],
    responsible: manager,
    manager,
  }
}
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
const authorityMeasure: Omit<Measure, 'responsible'> = { id: '', level: 'authority', state: 'rejected', plannedCompletion: '', proposed: 0 }
