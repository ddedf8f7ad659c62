import type { Group, IvoLaw, Role } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { accessTo, barred, holdsAt, holdsItself, isInvestigator, isMedicalOfficer, isOfficer, isShutOut, managesUnit, withoutConflict, type Person } from '#libs/deviation/access'
import type { CommandOf, DeviationCommand, Intent } from '#libs/deviation/commands'
import { seatNamed, standsOver } from '#libs/deviation/seats'
import { concernsDecisionMaker, groupsOf, officerHasTheCase, outcomeOf } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { covers, grantsOf } from '#libs/organisation/holders'

/**
 * Who may do what with a case: one table command × role (case format §7), deny by default. Where several roles fit, the first in the row
 * acts. Conditions on the case stand beside the table in `capacity`.
 */
export const rights: Readonly<Record<Intent, readonly Role[]>> = {
  report: ['reporter', 'unit-manager', 'area-manager', 'director', 'lex-sarah-officer', 'medical-officer', 'registrar', 'intake', 'import'],
  'report-batch': ['reporter', 'unit-manager', 'area-manager', 'director', 'lex-sarah-officer', 'medical-officer', 'registrar', 'intake', 'import'],
  supplement: ['reporter', 'unit-manager', 'lex-sarah-officer', 'medical-officer'],
  'correct-legal-areas': ['unit-manager', 'lex-sarah-officer'],
  acknowledge: ['unit-manager', 'lex-sarah-officer', 'intake'],
  'request-diary-number': ['unit-manager', 'lex-sarah-officer'],
  'assign-diary-number': ['registrar'],
  'send-to-registrar': ['unit-manager', 'lex-sarah-officer'],
  'add-note': ['unit-manager', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer'],
  move: ['unit-manager'],
  'offer-handover': ['unit-manager', 'lex-sarah-officer'],
  'accept-handover': ['unit-manager', 'lex-sarah-officer'],
  'decline-handover': ['unit-manager', 'lex-sarah-officer'],
  'withdraw-handover': ['unit-manager', 'lex-sarah-officer'],
  // On oneself, or by a superior or the officer; lifted one level up: the decider knows of whom it is said.
  'declare-conflict': ['unit-manager', 'area-manager', 'director', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer', 'decision-maker', 'registrar'],
  'lift-conflict': ['area-manager', 'director', 'lex-sarah-officer', 'decision-maker'],
  'record-no-case': ['unit-manager', 'lex-sarah-officer'],
  'record-immediate-action': ['unit-manager', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer'],
  assess: ['unit-manager', 'medical-officer'],
  'score-risk': ['unit-manager', 'medical-officer'],
  'open-investigation': ['unit-manager', 'medical-officer', 'lex-sarah-investigator'],
  'complete-investigation': ['unit-manager', 'medical-officer', 'lex-sarah-investigator'],
  'reopen-investigation': ['unit-manager', 'medical-officer', 'lex-sarah-investigator', 'lex-sarah-officer'],
  'escalate-to-lex-sarah': ['unit-manager', 'lex-sarah-officer', 'medical-officer'],
  'inform-authority': ['lex-sarah-officer', 'unit-manager'],
  'take-over-lex-sarah': ['lex-sarah-officer'],
  'decline-lex-sarah': ['lex-sarah-officer'],
  'appoint-investigator': ['lex-sarah-officer'],
  'propose-degree': ['lex-sarah-investigator'],
  'decide-degree': ['decision-maker'],
  // Whoever fears a care injury refers it; what comes after is the medical officer's.
  'refer-to-lex-maria': ['medical-officer', 'unit-manager'],
  'decide-lex-maria': ['medical-officer'],
  'inform-patient': ['medical-officer'],
  'waive-patient-information': ['medical-officer'],
  'decide-ivo-notification': ['decision-maker', 'medical-officer'],
  'record-ivo-sent': ['lex-sarah-officer', 'medical-officer'],
  'record-ivo-receipt': ['lex-sarah-officer', 'medical-officer', 'registrar'],
  'record-ivo-investigation-sent': ['lex-sarah-officer', 'medical-officer'],
  'record-ivo-request': ['lex-sarah-officer', 'medical-officer'],
  'record-ivo-supplement': ['lex-sarah-officer', 'medical-officer'],
  'record-ivo-extension': ['lex-sarah-officer', 'medical-officer'],
  'record-ivo-decision': ['lex-sarah-officer', 'medical-officer'],
  'propose-measure': ['unit-manager', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer', 'area-manager', 'director', 'decision-maker'],
  'set-effect-criterion': ['unit-manager', 'lex-sarah-officer', 'lex-sarah-investigator', 'medical-officer', 'area-manager', 'director', 'decision-maker'],
  'decide-measures': ['unit-manager', 'lex-sarah-officer', 'medical-officer', 'area-manager', 'director', 'decision-maker'],
  'cancel-measure': ['unit-manager', 'lex-sarah-officer', 'medical-officer', 'area-manager', 'director', 'decision-maker'],
  'decide-no-measures': ['unit-manager', 'lex-sarah-officer', 'medical-officer'],
  'complete-measure': ['unit-manager', 'lex-sarah-officer', 'medical-officer'],
  'check-effect': ['unit-manager', 'lex-sarah-officer', 'medical-officer'],
  'give-feedback': ['unit-manager', 'lex-sarah-officer'],
  'waive-feedback': ['unit-manager', 'lex-sarah-officer'],
  close: ['lex-sarah-officer', 'unit-manager'],
  reopen: ['lex-sarah-officer', 'unit-manager'],
  // By whoever stands above the seat, or beside it; many cases at once.
  reassign: ['area-manager', 'director', 'decision-maker', 'lex-sarah-officer'],
  // Each in her own case, or above it: more time is given in the open, by an event with a reason.
  'extend-deadline': ['lex-sarah-officer', 'medical-officer', 'unit-manager', 'area-manager', 'director', 'decision-maker'],
  'restrict-access': ['lex-sarah-officer', 'decision-maker'],
  'lift-access-restriction': ['lex-sarah-officer', 'decision-maker'],
  'place-legal-hold': ['decision-maker'],
  'lift-legal-hold': ['decision-maker'],
}

/** The group that a command is about: the social one unless it says otherwise. */
const groupOf = (command: DeviationCommand): Group => ('group' in command && command.group ? command.group : 'social')

const managerial: ReadonlySet<Role> = new Set<Role>(['unit-manager', 'area-manager', 'director'])
const byGroup: ReadonlySet<Intent> = new Set<Intent>(['assess', 'score-risk', 'open-investigation', 'complete-investigation', 'reopen-investigation'])
const byLevel: ReadonlySet<Intent> = new Set<Intent>(['decide-measures', 'cancel-measure'])
const byMeasure: ReadonlySet<Intent> = new Set<Intent>(['complete-measure', 'check-effect'])

/** Whether the person may act in a role with this command, on this case. */
const capacity = (role: Role, command: DeviationCommand, facts: CaseFacts, person: Person): boolean => {
  const { intent } = command
  if (byLevel.has(intent) && !measuresNamed(command, facts).every((m) => decidesLevel(role, m.level))) return false
  if (intent === 'reassign') return mayReassign(role, command, facts, person)
  const lexSarahInvestigation = isLexSarahInvestigation(command, facts)
  if (intent === 'declare-conflict' || intent === 'lift-conflict') return knowsOfConflicts(role, facts, person)
  if ((intent === 'accept-handover' || intent === 'decline-handover') && facts.handover?.toUnit !== undefined)
    return role === 'unit-manager' ? managesUnit(facts, person, facts.handover.toUnit) : facts.everEscalated && holdsItself(facts, person, role, facts.handover.toUnit)
  switch (role) {
    case 'reporter':
      return person.staff !== undefined && (person.isReporter(person.staff) || facts.registeredBy === person.staff)
    case 'unit-manager':
      if (byGroup.has(intent) && groupOf(command) === 'health') return false
      if (intent === 'open-investigation' && lexSarahInvestigation) return false
      if (byMeasure.has(intent) && 'measureId' in command) {
        const measure = facts.measures.find((m) => m.id === command.measureId)
        // A unit that is named in a measure which nobody has approved knows nothing of the case yet.
        return managesUnit(facts, person, measure ? measure.responsible.unit : facts.unit) && accessTo(facts, person) !== 'none'
      }
      return managesUnit(facts, person, facts.unit)
    case 'area-manager':
    case 'director':
    case 'decision-maker':
      if (intent === 'extend-deadline') return holdsAt(facts, person, role) && accessTo(facts, person) === 'full'
      if (!mayHandleLevels(role, command, facts)) return false
      if (!holdsAt(facts, person, role) && !(role === 'decision-maker' && isDelegated(command, facts, person))) return false
      // Nobody lets herself into a case that she may not read by proposing something in it.
      return intent !== 'propose-measure' || accessTo(facts, person) === 'full'
    case 'medical-officer':
      if ('law' in command && !notifies('medical-officer', command.law, facts)) return false
      if (byGroup.has(intent) && (lexSarahInvestigation || groupOf(command) !== 'health')) return false
      // To decide that nothing is done settles the whole case, so it is hers only where the social side asks for nothing.
      if (intent === 'decide-no-measures' && groupsOf(facts).includes('social') && outcomeOf(facts, 'social') !== 'not-a-deviation') return false
      return isMedicalOfficer(facts, person)
    case 'lex-sarah-officer':
      if ('law' in command && !notifies('lex-sarah-officer', command.law, facts)) return false
      if (byGroup.has(intent) && !lexSarahInvestigation) return false
      return isOfficer(facts, person) && (officersOwn.has(intent) || facts.lexSarah.step === 'taken-over' || facts.lexSarah.step === 'decided')
    case 'lex-sarah-investigator':
      if (byGroup.has(intent) && !lexSarahInvestigation) return false
      return isInvestigator(facts, person) && facts.lexSarah.step === 'taken-over'
    case 'registrar':
    case 'intake':
    case 'import':
      return holdsItself(facts, person, role)
    case 'quality-developer':
    case 'compliance-officer':
    case 'auditor':
    case 'administrator':
    case 'clock':
      return false
  }
}
/** Whether the person stands above a seat over both of its units, and reads the whole of the case that lies with it. */
const mayReassign = (role: Role, command: CommandOf<'reassign'>, facts: CaseFacts, person: Person): boolean => {
  const { organisation, staff, now } = person
  const [from, to] = [seatNamed(organisation, command.from), seatNamed(organisation, command.to)]
  if (!from || !to || staff === undefined || barred(facts, person)(staff)) return false
  return standsOver(organisation, staff, role, { from, to }, now) && accessTo(facts, person) === 'full'
}
/** What the officer may do without having taken the case over. */
const officersOwn: ReadonlySet<Intent> = new Set<Intent>([
  'escalate-to-lex-sarah',
  'take-over-lex-sarah',
  'decline-lex-sarah',
  'appoint-investigator',
  'record-no-case',
  'inform-authority',
  'record-ivo-sent',
  'record-ivo-receipt',
  'record-ivo-investigation-sent',
  'record-ivo-request',
  'record-ivo-supplement',
  'record-ivo-extension',
  'record-ivo-decision',
  'restrict-access',
  'lift-access-restriction',
  'extend-deadline',
])
/** Whose a notification is: lex Sarah the lex Sarah officer's, lex Maria the medical officer's; one on a private operator that of whoever has the case's area. */
const notifies = (role: 'lex-sarah-officer' | 'medical-officer', law: IvoLaw, facts: CaseFacts): boolean => {
  if (law === 'deficient-private-operator') return role === 'lex-sarah-officer' || !groupsOf(facts).includes('social')
  return (law === 'lex-maria') === (role === 'medical-officer')
}
/** Whether a role of the person reaches the case, so that she may speak of conflicts in it; about whom, the decider judges. */
const knowsOfConflicts = (role: Role, facts: CaseFacts, person: Person): boolean => {
  if (accessTo(facts, person) === 'none') return false
  if (role === 'unit-manager') return managesUnit(facts, person, facts.unit)
  if (role === 'lex-sarah-officer') return isOfficer(facts, person)
  if (role === 'medical-officer') return isMedicalOfficer(facts, person)
  return holdsItself(facts, person, role)
}
/** Whether a command is about the lex Sarah investigation: the social group's while the officer has the case. */
const isLexSarahInvestigation = (command: DeviationCommand, facts: CaseFacts): boolean => {
  if (command.intent === 'open-investigation') return command.kind === 'lex-sarah'
  const onInvestigation = command.intent === 'complete-investigation' || command.intent === 'reopen-investigation'
  return onInvestigation && officerHasTheCase(facts) && groupOf(command) === 'social'
}
/** Area manager and director handle measures of level operation; the decision-maker those of level authority, and the lex Sarah decisions. */
const mayHandleLevels = (role: Role, command: DeviationCommand, facts: CaseFacts): boolean => {
  // A hold must be possible on any case, and opens it to her; to restrict one she must be able to read it already.
  if (command.intent === 'restrict-access') return role === 'decision-maker' && concernsDecisionMaker(facts)
  if (decidersOwn.has(command.intent)) return role === 'decision-maker' && (command.intent !== 'decide-ivo-notification' || command.law !== 'lex-maria')
  const wanted = role === 'decision-maker' ? 'authority' : 'operation'
  if (command.intent === 'propose-measure') return command.level === wanted
  return measuresNamed(command, facts).some((m) => m.level === wanted)
}
const decidersOwn: ReadonlySet<Intent> = new Set<Intent>([
  'decide-degree',
  'decide-ivo-notification',
  'lift-access-restriction',
  'place-legal-hold',
  'lift-legal-hold',
])
/** Whether the delegation order gives a decision to the director, who then stands in for the decision-maker in it. */
const isDelegated = (command: DeviationCommand, facts: CaseFacts, person: Person): boolean => {
  const decision = decisionIn(command)
  const isGiven = decision !== undefined && (person.delegation?.some((d) => d.decision === decision && d.role === 'director') ?? false)
  return isGiven && holdsItself(facts, person, 'director') && accessTo(facts, person) === 'full'
}
/** What the delegation order calls a decision of the decision-maker's. */
const decisionIn = (command: DeviationCommand): PolicyParts['delegation'][number]['decision'] | undefined => {
  const { intent } = command
  if (intent === 'decide-degree') return 'lex-sarah-degree'
  if (intent === 'decide-ivo-notification') return ivoDecisions[command.law]
  if (byLevel.has(intent)) return 'measures-authority'
  return intent === 'place-legal-hold' || intent === 'lift-legal-hold' ? 'legal-hold' : undefined
}
/** A notification under lex Maria is the medical officer's. */
const ivoDecisions = { 'lex-sarah': 'ivo-lex-sarah', 'lex-maria': undefined, 'deficient-private-operator': 'ivo-deficient-private-operator' } as const
const measuresNamed = (command: DeviationCommand, facts: CaseFacts) => {
  const ids = command.intent === 'decide-measures' ? command.decisions.map((d) => d.measureId) : 'measureId' in command && command.measureId ? [command.measureId] : []
  return facts.measures.filter((m) => ids.includes(m.id))
}

/** Levels that a role decides: unit and individual lie with the manager, operation with the area, authority with the decision-maker. */
export const decidesLevel = (role: Role, level: string): boolean => {
  if (role === 'decision-maker') return level === 'authority'
  if (role === 'area-manager' || role === 'director') return level === 'operation'
  if (role === 'lex-sarah-officer') return level !== 'authority'
  return level === 'individual' || level === 'unit'
}

export type Right =
  /** `capacity` is the role of the table whose rights are used; `role` at `unit` is what the person holds: a stand-in acts under her own name. */
  | { readonly kind: 'acts'; readonly capacity: Role; readonly role: Role; readonly unit: string }
  | { readonly kind: 'limited' }
  /** In conflict of interest: what she would do otherwise is the next level's. */
  | { readonly kind: 'in-conflict' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' }

/** The role in which a person may send a command about an existing case, or why not. */
export const rightTo = (command: DeviationCommand, facts: CaseFacts, person: Person): Right => {
  const { staff } = person
  const candidates = rights[command.intent].filter((role) => capacity(role, command, facts, person))
  if (staff !== undefined && facts.conflicts.includes(staff) && !candidates.includes('reporter')) {
    if (rightTo(command, withoutConflict(facts, staff), person).kind === 'acts') return { kind: 'in-conflict' }
    return accessTo(facts, person) === 'none' ? { kind: 'not-found' } : { kind: 'forbidden' }
  }
  const limits = answersOffer(command, facts) ? false : officerHasTheCase(facts) || isShutOut(facts, person)
  const acting = candidates.find((role) => !(limits && managerial.has(role)))
  if (acting !== undefined) {
    const grant = grantFor(acting, facts, person)
    return { kind: 'acts', capacity: acting, role: grant?.role ?? acting, unit: grant?.unit ?? facts.unit }
  }
  if (candidates.length > 0) return { kind: 'limited' }
  const access = accessTo(facts, person)
  // Whatever the command names: whether a measure is at her level or unit is more than a manager with the limited view may learn.
  if (access === 'limited' && limits && rights[command.intent].includes('unit-manager')) return { kind: 'limited' }
  return access === 'none' ? { kind: 'not-found' } : { kind: 'forbidden' }
}
/** What the receiving side does, whose managers neither the sending officer's take-over nor a restriction limits. */
const answersOffer = ({ intent }: DeviationCommand, { handover }: CaseFacts): boolean =>
  handover?.toUnit !== undefined && (intent === 'accept-handover' || intent === 'decline-handover')
/** The grant on which somebody acts in a role: her own of that role, or the one by which she stands in. */
const grantFor = (role: Role, facts: CaseFacts, person: Person) => {
  if (person.staff === undefined) return undefined
  const grants = grantsOf(person.organisation, person.staff, person.now)
  const order: readonly Role[] = [role, 'unit-manager', 'area-manager', 'director', 'decision-maker']
  return order.flatMap((r) => grants.filter((g) => g.role === r && covers(person.organisation, g, facts.unit))).at(0) ?? grants.find((g) => g.role === role)
}

/** The role in which a person may report at all. Everyone who works in social services must (SoL 27 kap. 2 §); any unit may be named. */
export const rightToReport = (person: Person): { readonly role: Role; readonly unit: string } | undefined => {
  if (person.staff === undefined) return undefined
  const grants = grantsOf(person.organisation, person.staff, person.now)
  const grant = rights.report.flatMap((role) => grants.filter((g) => g.role === role)).at(0)
  return grant && { role: grant.role, unit: grant.unit }
}
