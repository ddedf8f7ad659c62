import type { NewDeviationEvent } from '#events/deviation'
import { readDeviation } from '#events/deviation'
import { organisationEvents, readOrganisation, type NewOrganisationEvent } from '#events/organisation'
import type { DeviationCommand, Report } from '#libs/deviation/commands'
import { decideDeviation } from '#libs/deviation/decide'
import { decideReport } from '#libs/deviation/report'
import { rightTo, rightToReport, type Person } from '#libs/deviation/rights'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { byName, type Actor, type Recorded } from '#libs/kernel/event'
import type { Decision } from '#libs/kernel/transact'
import { emptyOrganisation, evolveOrganisation, type Organisation } from '#libs/organisation/state'
import { defaultPolicy } from '#libs/policy/policy'

/** A small municipality for specs: staff numbers are the roles' short names, so that a spec reads as a story. */
export const now = '2026-03-02T09:00:00.000Z'
const caseId = '00000000-0000-7000-8000-000000000001'
const versions = { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 }

const recorded = (stream: string, revision: number, actor: Actor, e: { readonly type: string; readonly data: object }, schemaVersion = 1): Recorded => ({
  id: `e${revision}`,
  stream,
  revision,
  type: e.type,
  schemaVersion,
  recordedAt: now,
  meta: { actor, commandId: `c${revision}`, fingerprint: 'f', correlationId: 'r', causationId: 'r', versions },
  data: { ...e.data },
  position: String(revision).padStart(16, '0'),
  size: revision + 1,
})

const roleAt = (staff: string, role: (typeof seats)[number][1], unit: string, scope: 'unit' | 'subtree' = 'unit'): NewOrganisationEvent => ({
  type: 'role-granted',
  data: { grant: `${staff}-${role}-${unit}`, staff, role, unit, scope, from: '2020-01-01T00:00:00.000Z', primary: true, needsConfirmation: false },
})
const seats = [
  ['worker', 'reporter', 'barn', 'unit'],
  ['manager', 'unit-manager', 'barn', 'unit'],
  ['other-manager', 'unit-manager', 'missbruk', 'unit'],
  ['area', 'area-manager', 'ifo', 'subtree'],
  ['director', 'director', 'nämnden', 'subtree'],
  ['officer', 'lex-sarah-officer', 'nämnden', 'subtree'],
  ['investigator', 'lex-sarah-investigator', 'nämnden', 'subtree'],
  ['decider', 'decision-maker', 'nämnden', 'subtree'],
  ['medical', 'medical-officer', 'nämnden', 'subtree'],
  ['registrar', 'registrar', 'nämnden', 'subtree'],
  ['auditor', 'auditor', 'nämnden', 'subtree'],
  ['admin', 'administrator', 'nämnden', 'subtree'],
  ['private-manager', 'unit-manager', 'nattugglan-lss', 'unit'],
  ['private-officer', 'lex-sarah-officer', 'nattugglan', 'subtree'],
  ['private-investigator', 'lex-sarah-investigator', 'nattugglan', 'subtree'],
  ['private-decider', 'decision-maker', 'nattugglan', 'subtree'],
  ['private-registrar', 'registrar', 'nattugglan', 'subtree'],
] as const
const unitId = (name: string): string => name.replace('ä', 'a')

export const everyone: readonly string[] = seats.map(([staff]) => staff)
const structure: readonly NewOrganisationEvent[] = [
  { type: 'authority-registered', data: { unit: 'namnden', name: 'Socialnämnden' } },
  { type: 'provider-registered', data: { unit: 'nattugglan', name: 'Nattugglan AB', private: true } },
  { type: 'unit-registered', data: { unit: 'nattugglan-lss', name: 'Nattugglan LSS', parent: 'nattugglan' } },
  { type: 'unit-registered', data: { unit: 'ifo', name: 'IFO', parent: 'namnden' } },
  { type: 'unit-registered', data: { unit: 'barn', name: 'Barn och unga', parent: 'ifo' } },
  { type: 'unit-registered', data: { unit: 'missbruk', name: 'Missbruk', parent: 'ifo' } },
]
/** The organisation, whole or without some of its people. */
export const organisationWithout = (...absent: readonly string[]): Organisation =>
  [...structure, ...seats.filter(([staff]) => !absent.includes(staff)).map(([staff, role, unit, scope]) => roleAt(staff, role, unitId(unit), scope))].reduce(
    (state, e, i) => evolveOrganisation(state, readOrganisation(recorded('organisation', i, { id: 'operator', role: 'operator' }, e, byName(organisationEvents).get(e.type)?.version ?? 1))),
    emptyOrganisation,
  )
export const organisation = organisationWithout()

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

/** One case in the making: commands by people, as the domain decides them, without store or encryption. */
export interface Story {
  readonly facts: CaseFacts
  readonly types: readonly string[]
  /** What the command would come to: event types, or the refusal. */
  readonly when: (staff: string, command: Exclude<DeviationCommand, Report>) => Decision<NewDeviationEvent>
  /** The story after a command that must be accepted. */
  readonly then: (staff: string, command: Exclude<DeviationCommand, Report>) => Story
  readonly person: (staff: string) => Person
}
const mark = (staff: string): string => `mark-of-${staff}`

export const story = (reporter: string, report: Partial<Report> = {}, org: Organisation = organisation): Story => {
  const right = rightToReport({ staff: reporter, organisation: org, now, isReporter: () => false })
  if (!right) throw new Error(`${reporter} may not report`)
  const full = { ...aReport, ...report }
  const decision = decideReport(full, { now, policy: defaultPolicy, organisation: org, sender: reporter, onBehalfOf: full.onBehalfOf, mark })
  if (decision.kind !== 'events') throw new Error(`The report came to ${JSON.stringify(decision)}`)
  const actor = full.anonymous ? { id: 'anonymous', role: 'reporter' } : { id: reporter, role: right.role, unit: right.unit }
  return told(undefined, [], actor, decision.events, org)
}
const told = (before: CaseFacts | undefined, types: readonly string[], actor: Actor, events: readonly NewDeviationEvent[], org: Organisation): Story => {
  const facts = events.reduce<CaseFacts | undefined>(
    (state, e) => evolveCase(state, readDeviation(recorded(`deviation-${caseId}`, (state?.revision ?? -1) + 1, actor, e))),
    before,
  )
  if (!facts) throw new Error('A story begins with a report')
  const person = (staff: string): Person => ({ staff, organisation: org, now, isReporter: (who) => mark(who) === facts.reporterMark })
  const when = (staff: string, command: Exclude<DeviationCommand, Report>): Decision<NewDeviationEvent> => {
    const right = rightTo(command, facts, person(staff))
    if (right.kind === 'limited') return { kind: 'refused', reasons: [{ code: 'lex-sarah-has-the-case' }] }
    if (right.kind !== 'acts') return right
    const subject = command.intent === 'appoint-investigator' ? command.subject : undefined
    return decideDeviation(command, facts, {
      now,
      acting: { capacity: right.capacity, role: right.role, staff },
      policy: defaultPolicy,
      organisation: org,
      isReporter: person(staff).isReporter,
      subject,
    })
  }
  return {
    facts,
    types: [...types, ...events.map((e) => e.type)],
    when,
    person,
    then: (staff, command) => {
      const decision = when(staff, command)
      if (decision.kind !== 'events') throw new Error(`${staff} ${command.intent} came to ${JSON.stringify(decision)}`)
      const right = rightTo(command, facts, person(staff))
      const role = right.kind === 'acts' ? right.role : 'reporter'
      return told(facts, [...types, ...events.map((e) => e.type)], { id: staff, role, unit: facts.unit }, decision.events, org)
    },
  }
}
