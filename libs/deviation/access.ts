import type { Role } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { concernsDecisionMaker, groupsOf, officerHasTheCase } from '#libs/duties/duties'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { mayActAs, type Ineligible } from '#libs/organisation/chain'
import { holds } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

/** Who asks, seen with the organisation of the moment. */
export interface Person {
  /** Staff number; undefined for a login that never held a role. */
  readonly staff: string | undefined
  readonly organisation: Organisation
  readonly now: string
  /** Whether a staff member is the reporter of the case (by mark, so that it works for anonymous reports as well). */
  readonly isReporter: (staff: string) => boolean
  /** The delegation order in force, where it is a command that is asked about. */
  readonly delegation?: PolicyParts['delegation']
}

/**
 * Everything; a summary (number, phase and times); everything but personal data; the report and what passed between two providers (the nämnd
 * that a private provider informed, either side of a hand-over); the reporter's own view; or nothing at all.
 */
export type Access = 'full' | 'limited' | 'masked' | 'informed' | 'own' | 'none'

/** The manager whom a report concerns: does not learn that the case exists. */
const concerned = (facts: CaseFacts, { organisation, now }: Pick<Person, 'organisation' | 'now'>): Ineligible => {
  if (!facts.concernsManager) return () => false
  return (staff) => [facts.reportedAt, now].some((at) => holds(organisation, staff, 'unit-manager', facts.reportedUnit, at))
}
/** Who acts no more in this case: whom it concerns, and who is in conflict of interest (jäv). */
export const barred = (facts: CaseFacts, person: Pick<Person, 'organisation' | 'now'>): Ineligible => {
  const isConcerned = concerned(facts, person)
  return (staff) => facts.conflicts.includes(staff) || isConcerned(staff)
}
/** Beside whom the next level up holds her rights as well: whoever is barred, and the reporter. */
const ineligible = (facts: CaseFacts, person: Person): Ineligible => {
  const isBarred = barred(facts, person)
  return (staff) => isBarred(staff) || person.isReporter(staff)
}
export const managesUnit = (facts: CaseFacts, person: Person, unit: string): boolean => {
  const { staff, organisation, now } = person
  if (staff === undefined || barred(facts, person)(staff)) return false
  // The reporter keeps the rights she holds herself but for the assessment; beside her the next level up holds them all.
  if (holds(organisation, staff, 'unit-manager', unit, now) || mayActAs(organisation, staff, 'unit-manager', unit, now, ineligible(facts, person))) return true
  // A case that was laid with the next level is that level's to manage, also where its unit has a manager.
  const { role } = facts.manager
  return role !== 'unit-manager' && unit === facts.unit && mayActAs(organisation, staff, role, unit, now, ineligible(facts, person))
}
/** Holds a role over a unit, or stands in for it. */
export const holdsAt = (facts: CaseFacts, person: Person, role: Role, unit = facts.unit, not: Ineligible = barred(facts, person)): boolean =>
  person.staff !== undefined && mayActAs(person.organisation, person.staff, role, unit, person.now, not)
export const holdsItself = (facts: CaseFacts, person: Person, role: Role, unit = facts.unit): boolean =>
  person.staff !== undefined && holds(person.organisation, person.staff, role, unit, person.now) && !barred(facts, person)(person.staff)

const isSocial = (facts: CaseFacts): boolean => groupsOf(facts).includes('social') || facts.everSuspected || facts.everEscalated
const isHealth = (facts: CaseFacts): boolean => groupsOf(facts).includes('health') || facts.lexMaria.step !== 'none'
/** Holds a role over the case's unit; beside a holder who is the reporter the next level up holds all her rights. */
const holdsOrStandsIn = (facts: CaseFacts, person: Person, role: Role): boolean =>
  holdsAt(facts, person, role) || holdsAt(facts, person, role, facts.unit, ineligible(facts, person))
export const isOfficer = (facts: CaseFacts, person: Person): boolean => isSocial(facts) && holdsOrStandsIn(facts, person, 'lex-sarah-officer')
export const isMedicalOfficer = (facts: CaseFacts, person: Person): boolean => isHealth(facts) && holdsOrStandsIn(facts, person, 'medical-officer')
export const isInvestigator = (facts: CaseFacts, person: Person): boolean => {
  const { lexSarah } = facts
  const appointed = lexSarah.step === 'taken-over' || lexSarah.step === 'decided' ? lexSarah.investigator : undefined
  return appointed !== undefined && appointed === person.staff && holdsItself(facts, person, 'lex-sarah-investigator')
}
/** Whether a measure that lives names a unit that the person manages. */
const managesAMeasure = (facts: CaseFacts, person: Person): boolean =>
  facts.measures.some((m) => (m.state === 'approved' || m.state === 'completed') && managesUnit(facts, person, m.responsible.unit))

/** Whether a measure of level operation makes the case that of whoever stands in for the area manager. */
const decidesForTheArea = (facts: CaseFacts, person: Person): boolean => facts.measures.some((m) => m.level === 'operation') && holdsAt(facts, person, 'area-manager')

/** Reporter by mark, or the one who typed it in; an anonymous report has no typist. */
const isOwn = (facts: CaseFacts, staff: string, person: Person): boolean =>
  person.isReporter(staff) || facts.registeredBy === staff || facts.reportedBy === staff

/**
 * What a person may see of a case now. `none` is answered as if there were no such case. The highest access of all roles held counts, but
 * that the officer has the case limits whoever sees it as a manager, and a restriction whoever does not hold it. In conflict of interest one
 * knows that a case exists which would be hers otherwise, and no more.
 */
export const accessTo = (facts: CaseFacts, person: Person): Access => {
  const { staff } = person
  if (staff === undefined) return 'none'
  if (facts.conflicts.includes(staff)) {
    if (isOwn(facts, staff, person)) return 'own'
    const otherwise = accessTo(withoutConflict(facts, staff), person)
    return otherwise === 'none' || otherwise === 'informed' ? 'none' : 'limited'
  }
  if (isOfficer(facts, person) || isInvestigator(facts, person) || isMedicalOfficer(facts, person)) return 'full'
  if (concernsDecisionMaker(facts) && holdsAt(facts, person, 'decision-maker')) return 'full'
  const above = holdsItself(facts, person, 'area-manager') || holdsItself(facts, person, 'director') || decidesForTheArea(facts, person)
  const managesCase = managesUnit(facts, person, facts.unit)
  const manages = managesCase || managesAMeasure(facts, person)
  const shut = isShutOut(facts, person)
  if (above && !shut) return 'full'
  if (manages && !shut && !officerHasTheCase(facts)) return 'full'
  if (readsMasked(facts, person)) return 'masked'
  if (managesCase || above) return 'limited'
  if (informedAs(facts, person)) return 'informed'
  if (manages) return 'limited'
  return isOwn(facts, staff, person) ? 'own' : 'none'
}

export const withoutConflict = (facts: CaseFacts, staff: string): CaseFacts => ({ ...facts, conflicts: facts.conflicts.filter((other) => other !== staff) })
/** Shut out by a restriction: the responsible seat is not hers, no measure waits for her, and she stands in for nobody of whom that is so. */
export const isShutOut = (facts: CaseFacts, person: Person): boolean => {
  if (facts.restricted === undefined || managesAMeasure(facts, person)) return false
  const waits = facts.measures.some((m) => m.level === 'operation' && m.state === 'proposed')
  const seats: readonly Seat[] = [facts.responsible, facts.manager, ...(waits ? [{ role: 'area-manager' as const, unit: facts.unit }] : [])]
  return !seats.some(({ role, unit }) => holdsAt(facts, person, role, unit) || holdsAt(facts, person, role, unit, ineligible(facts, person)))
}

const informedRoles = ['lex-sarah-officer', 'decision-maker', 'director'] as const
const escalatedTo = ['lex-sarah-officer', 'decision-maker'] as const
/** Her side of what was told: the nämnd's, its registrar's (without free text), or that of a hand-over. */
export type Informed = 'authority' | 'registrar' | 'other-side'
/**
 * Beyond its own provider a case is seen by the nämnd that was informed (SoL 27 kap. 4 §, LSS 24 d §), and by the other side of a hand-over: the
 * unit that it is offered to and those that handed it over.
 */
export const informedAs = (facts: CaseFacts, person: Person): Informed | undefined => {
  const { informedAuthority, handover, formerUnits } = facts
  const isOf = (role: Role): boolean => informedAuthority !== undefined && holdsItself(facts, person, role, informedAuthority)
  if (informedRoles.some(isOf)) return 'authority'
  if (isOf('registrar')) return 'registrar'
  const others = [...(handover?.toUnit === undefined ? [] : [handover.toUnit]), ...formerUnits]
  const above: readonly Role[] = ['area-manager', 'director', ...(facts.everEscalated ? escalatedTo : [])]
  return others.some((unit) => managesUnit(facts, person, unit) || above.some((role) => holdsItself(facts, person, role, unit))) ? 'other-side' : undefined
}

const maskedReaders = ['registrar', 'quality-developer', 'compliance-officer', 'auditor'] as const
const readsMasked = (facts: CaseFacts, person: Person): boolean => maskedReaders.some((role) => holdsItself(facts, person, role))
/** Auditor and compliance officer see personal data when they state a reason (header Vaka-Reason). */
export const reasonOpens = (facts: CaseFacts, person: Person): boolean =>
  holdsItself(facts, person, 'auditor') || holdsItself(facts, person, 'compliance-officer')
/** Masked names of persons with protected identity are for the officer and whoever holds the case. */
export const seesProtectedIdentity = (facts: CaseFacts, person: Person): boolean =>
  isOfficer(facts, person) ||
  (facts.responsible.role === 'unit-manager' && managesUnit(facts, person, facts.responsible.unit) && !officerHasTheCase(facts)) ||
  (facts.responsible.role !== 'unit-manager' && person.staff !== undefined && holds(person.organisation, person.staff, facts.responsible.role, facts.responsible.unit, person.now))
