import type { NewDeviationEvent } from '#events/deviation'
import { deviationEvents, readDeviation, type DeviationEvent } from '#events/deviation'
import type { Role } from '#events/codes'
import { organisationEvents, readOrganisation, type NewOrganisationEvent } from '#events/organisation'
import type { Beginning, CaseCommand, Report, ReportBatch } from '#libs/deviation/commands'
import { decideDeviation } from '#libs/deviation/decide'
import type { DecisionContext } from '#libs/deviation/decision'
import { decideReport } from '#libs/deviation/report'
import { type Person } from '#libs/deviation/access'
import { rightTo, rightToReport } from '#libs/deviation/rights'
import { officerHasTheCase } from '#libs/duties/duties'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { timeTypes } from '#libs/deadlines/state'
import { byName, type Actor, type Recorded } from '#libs/kernel/event'
import type { Decision } from '#libs/kernel/transact'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'
import { defaultPolicy, type Policy } from '#libs/policy/policy'

/** A small municipality for specs: staff numbers are the roles' short names, so that a spec reads as a story. */
export const now = '2026-03-02T09:00:00.000Z'
const caseId = '00000000-0000-7000-8000-000000000001'
const versions = { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 }

const recorded = (stream: string, revision: number, actor: Actor, e: { readonly type: string; readonly data: object }, schemaVersion = 1, recordedAt = now): Recorded => ({
  id: `e${revision}`,
  stream,
  revision,
  type: e.type,
  schemaVersion,
  recordedAt,
  meta: { actor, commandId: `c${revision}`, fingerprint: 'f', correlationId: 'r', causationId: 'r', versions },
  data: { ...e.data },
  position: String(revision).padStart(16, '0'),
  size: revision + 1,
})

const roleAt = ([staff, role, unit, scope]: SeatOf): NewOrganisationEvent => ({
  type: 'role-granted',
  data: { grant: `${staff}-${role}-${unit}`, staff, role, unit, scope, from: '2020-01-01T00:00:00.000Z', primary: true, needsConfirmation: false },
})
/** Who holds which role where. */
export type SeatOf = readonly [staff: string, role: Role, unit: string, scope: 'unit' | 'subtree']
export const seats: readonly SeatOf[] = [
  ['worker', 'reporter', 'barn', 'unit'],
  ['manager', 'unit-manager', 'barn', 'unit'],
  ['other-manager', 'unit-manager', 'missbruk', 'unit'],
  ['area', 'area-manager', 'ifo', 'subtree'],
  ['director', 'director', 'namnden', 'subtree'],
  ['officer', 'lex-sarah-officer', 'namnden', 'subtree'],
  ['investigator', 'lex-sarah-investigator', 'namnden', 'subtree'],
  ['second-investigator', 'lex-sarah-investigator', 'namnden', 'subtree'],
  ['decider', 'decision-maker', 'namnden', 'subtree'],
  ['medical', 'medical-officer', 'namnden', 'subtree'],
  ['registrar', 'registrar', 'namnden', 'subtree'],
  ['analyst', 'quality-developer', 'namnden', 'subtree'],
  ['auditor', 'auditor', 'namnden', 'subtree'],
  ['admin', 'administrator', 'namnden', 'subtree'],
  ['care-worker', 'reporter', 'boende', 'unit'],
  ['care-manager', 'unit-manager', 'boende', 'unit'],
  ['care-director', 'director', 'omsorgen', 'subtree'],
  ['care-officer', 'lex-sarah-officer', 'omsorgen', 'subtree'],
  ['care-investigator', 'lex-sarah-investigator', 'omsorgen', 'subtree'],
  ['care-decider', 'decision-maker', 'omsorgen', 'subtree'],
  ['care-medical', 'medical-officer', 'omsorgen', 'subtree'],
  ['care-registrar', 'registrar', 'omsorgen', 'subtree'],
  ['private-manager', 'unit-manager', 'nattugglan-lss', 'unit'],
  ['private-officer', 'lex-sarah-officer', 'nattugglan', 'subtree'],
  ['private-investigator', 'lex-sarah-investigator', 'nattugglan', 'subtree'],
  ['private-decider', 'decision-maker', 'nattugglan', 'subtree'],
  ['private-medical', 'medical-officer', 'nattugglan', 'subtree'],
  ['private-registrar', 'registrar', 'nattugglan', 'subtree'],
]

export const everyone: readonly string[] = seats.map(([staff]) => staff)
export const structure: readonly NewOrganisationEvent[] = [
  { type: 'authority-registered', data: { unit: 'namnden', name: 'Socialnämnden' } },
  { type: 'unit-registered', data: { unit: 'ifo', name: 'IFO', parent: 'namnden' } },
  { type: 'unit-registered', data: { unit: 'barn', name: 'Barn och unga', parent: 'ifo' } },
  { type: 'unit-registered', data: { unit: 'missbruk', name: 'Missbruk', parent: 'ifo' } },
  { type: 'authority-registered', data: { unit: 'omsorgen', name: 'Omsorgsnämnden' } },
  { type: 'unit-registered', data: { unit: 'boende', name: 'Särskilt boende', parent: 'omsorgen' } },
  { type: 'provider-registered', data: { unit: 'nattugglan', name: 'Nattugglan AB', private: true } },
  { type: 'unit-registered', data: { unit: 'nattugglan-lss', name: 'Nattugglan LSS', parent: 'nattugglan' } },
]
const organisationOf = (held: readonly SeatOf[]): Organisation =>
  [...structure, ...held.map(roleAt)].reduce(
    (state, e, i) => evolveOrganisation(state, readOrganisation(recorded('organisation', i, { id: 'operator', role: 'operator' }, e, byName(organisationEvents).get(e.type)?.version ?? 1))),
    emptyOrganisation,
  )
export const organisation = organisationOf(seats)
/** The organisation without some of its people, or with more of them. */
export const organisationWithout = (...absent: readonly string[]): Organisation => organisationOf(seats.filter(([staff]) => !absent.includes(staff)))
export const organisationWith = (...more: readonly SeatOf[]): Organisation => organisationOf([...seats, ...more])

export const aReport: Report = {
  intent: 'report',
  origin: 'staff',
  channel: 'web',
  reportedType: 'deviation',
  legalAreas: ['SoL'],
  unit: 'barn',
  occurredAt: '2026-03-01T09:00:00.000Z',
  concerns: 'person',
  description: 'Något hände.',
}

/** Event types without those of time, for steps of which the deadlines are not what a spec is about. */
export const withoutTime = (types: readonly string[]): readonly string[] => types.filter((type) => !timeTypes.has(type))

/** When, where and by which rules a story goes on. */
export interface Setting {
  readonly now: string
  readonly organisation: Organisation
  readonly policy: Policy
}
/** One case in the making: commands by people, as the domain decides them, without store or encryption. */
export interface Story {
  readonly facts: CaseFacts
  readonly events: readonly DeviationEvent[]
  readonly types: readonly string[]
  readonly setting: Setting
  /** What the command would come to: event types, or the refusal. `more` is what the application looks up beside the case. */
  readonly when: (staff: string, command: CaseCommand, more?: LookedUp) => Decision<NewDeviationEvent>
  /** The story after a command that must be accepted. */
  readonly then: (staff: string, command: CaseCommand, more?: LookedUp) => Story
  readonly person: (staff: string) => Person
  /** The same case where the organisation has changed. */
  readonly under: (org: Organisation) => Story
  /** The same case at another time. */
  readonly at: (now: string) => Story
  /** The story after events that no person decides. */
  readonly told: (machine: string, events: readonly NewDeviationEvent[]) => Story
}
type LookedUp = Pick<DecisionContext, 'original' | 'routineId'>
const mark = (staff: string): string => `mark-of-${staff}`

export const story = (reporter: string, report: Partial<Report> | ReportBatch = {}, org: Organisation = organisation, policy: Policy = defaultPolicy): Story => {
  const right = rightToReport({ staff: reporter, organisation: org, now, isReporter: () => false })
  if (!right) throw new Error(`${reporter} may not report`)
  const full: Beginning = 'period' in report ? report : { ...aReport, ...report }
  const decision = reported(reporter, full, org, policy)
  if (decision.kind !== 'events') throw new Error(`The report came to ${JSON.stringify(decision)}`)
  const actor = full.anonymous ? { id: 'anonymous', role: 'reporter' } : { id: reporter, role: right.role, unit: right.unit }
  return told(undefined, [], actor, decision.events, { now, organisation: org, policy })
}
/** What a report comes to. */
export const reported = (reporter: string, report: Beginning, org: Organisation = organisation, policy: Policy = defaultPolicy): Decision<NewDeviationEvent> =>
  decideReport(report, { now, policy, organisation: org, sender: reporter, onBehalfOf: report.onBehalfOf, mark })

const told = (before: CaseFacts | undefined, history: readonly DeviationEvent[], actor: Actor, decided: readonly NewDeviationEvent[], setting: Setting): Story => {
  const versionOf = (type: string): number => byName(deviationEvents).get(type)?.version ?? 1
  const events = decided.map((e, i) => readDeviation(recorded(`deviation-${caseId}`, history.length + i, actor, e, versionOf(e.type), setting.now)))
  const facts = events.reduce<CaseFacts | undefined>(evolveCase, before)
  if (!facts) throw new Error('A story begins with a report')
  return standing(facts, [...history, ...events], setting)
}
const standing = (facts: CaseFacts, events: readonly DeviationEvent[], setting: Setting): Story => {
  const { now: at } = setting
  const person = (staff: string): Person => ({ staff, organisation: setting.organisation, now: at, isReporter: (who) => mark(who) === facts.reporterMark })
  const when: Story['when'] = (staff, command, more) => {
    const right = rightTo(command, facts, person(staff))
    if (right.kind === 'in-conflict') return { kind: 'refused', reasons: [{ code: 'conflict-of-interest' }] }
    if (right.kind === 'limited') return { kind: 'refused', reasons: [{ code: officerHasTheCase(facts) ? 'lex-sarah-has-the-case' : 'access-restricted' }] }
    if (right.kind !== 'acts') return right
    return decideDeviation(command, facts, {
      ...setting,
      acting: { capacity: right.capacity, role: right.role, staff },
      isReporter: person(staff).isReporter,
      subject: 'subject' in command ? command.subject : undefined,
      ...more,
    })
  }
  return {
    facts,
    events,
    types: events.map((e) => e.type),
    setting,
    when,
    person,
    then: (staff, command, more) => {
      const decision = when(staff, command, more)
      if (decision.kind !== 'events') throw new Error(`${staff} ${command.intent} came to ${JSON.stringify(decision)}`)
      const right = rightTo(command, facts, person(staff))
      const role = right.kind === 'acts' ? right.role : 'reporter'
      return told(facts, events, { id: staff, role, unit: facts.unit }, decision.events, setting)
    },
    under: (changed) => standing(facts, events, { ...setting, organisation: changed }),
    at: (later) => standing(facts, events, { ...setting, now: later }),
    told: (machine, said) => told(facts, events, { id: machine, role: machine }, said, setting),
  }
}
