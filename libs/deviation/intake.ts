import { stockholmDay } from '#libs/calendar/days'
import type { CommandOf } from '#libs/deviation/commands'
import { assigned, events, invalid, managerSeat, officerSeat, unless, type Case } from '#libs/deviation/decision'
import type { ReasonCode } from '#libs/deviation/reasons'
import { legalAreas, type Group } from '#events/codes'
import { careInjuryStands, escalationStands, groupsOf, isCareInjury, isMisconduct, suspicionStands } from '#libs/duties/duties'
import { legalBasesOn } from '#libs/policy/policy'
import { rootOf, unitFault } from '#libs/organisation/holders'

/** Komplettering: stands beside the report, which is never edited. */
export const supplement =
  (command: CommandOf<'supplement'>): Case =>
  () => events({ type: 'report-supplemented', data: { text: command.text } })

/** Mottagningsbekräftelse. */
export const acknowledge =
  (command: CommandOf<'acknowledge'>): Case =>
  (facts, { now }) =>
    unless([facts.acknowledged && 'acknowledged-already'], () => [
      { type: 'receipt-acknowledged', data: { to: command.to, how: command.how, diaryNumber: command.diaryNumber, at: now } },
    ])

/** Begära diarienummer. */
export const requestDiaryNumber =
  (): Case =>
  (facts) =>
    unless([facts.diary === 'requested' && 'diary-number-requested-already', facts.diary === 'assigned' && 'diary-number-assigned-already'], () => [
      { type: 'diary-number-requested', data: {} },
    ])

/** Diarieföra (OSL 5 kap. 1-2 §§). */
export const assignDiaryNumber =
  (command: CommandOf<'assign-diary-number'>): Case =>
  (facts) =>
    unless([facts.diary === 'assigned' && 'diary-number-assigned-already'], () => [
      { type: 'diary-number-assigned', data: { diaryNumber: command.diaryNumber, publicTitle: command.publicTitle } },
    ])

/** Dokumentationen till registrator. */
export const sendToRegistrar =
  (command: CommandOf<'send-to-registrar'>): Case =>
  (facts) =>
    unless([facts.sentToRegistrar && 'sent-to-registrar-already'], () => [{ type: 'documentation-sent-to-registrar', data: { documents: command.documents } }])

/** Anteckning: text, source, fact or assessment (law §2.4). */
export const addNote =
  (command: CommandOf<'add-note'>): Case =>
  () => events({ type: 'note-added', data: { text: command.text, source: command.source, kind: command.kind, authorTitle: command.authorTitle } })

/**
 * Rätta lagrum: the reported ones stay in the report. SoL and LSS stay while a suspicion of misconduct or an escalation stands, HSL while one of
 * care injury does.
 */
export const correctLegalAreas =
  (command: CommandOf<'correct-legal-areas'>): Case =>
  (facts, { policy }) => {
    const areas = legalAreas.filter((area) => command.legalAreas.includes(area))
    const without = (group: Group): boolean => !groupsOf({ legalAreas: areas }).includes(group) && groupsOf(facts).includes(group)
    return unless(
      [
        areas.length === facts.legalAreas.length && areas.every((area) => facts.legalAreas.includes(area)) && 'legal-areas-unchanged',
        without('social') && suspicionStands(facts) && 'suspicion-unresolved',
        without('social') && escalationStands(facts) && 'lex-sarah-undecided',
        without('social') && isMisconduct(facts) && 'misconduct-decided',
        without('health') && careInjuryStands(facts) && 'care-injury-unresolved',
        without('health') && facts.lexMaria.step === 'referred' && 'lex-maria-undecided',
        without('health') && isCareInjury(facts) && 'lex-maria-decided-otherwise',
      ],
      () => [{ type: 'legal-areas-corrected', data: { legalAreas: areas, legalBases: legalBasesOn(policy, areas, stockholmDay(facts.receivedAt)), motivation: command.motivation } }],
    )
  }

/** Flytta inom utföraren eller nämnden; to another's unit it is a hand-over. */
export const move =
  (command: CommandOf<'move'>): Case =>
  (facts, context) => {
    const { organisation } = context
    const fault = unitFault(organisation, command.toUnit)
    if (fault) return invalid({ pointer: '/toUnit', code: fault })
    return unless(
      [facts.handover && 'handover-pending', command.toUnit === facts.unit && 'unit-unchanged', rootOf(organisation, command.toUnit) !== rootOf(organisation, facts.unit) && 'other-provider'],
      () => [
        { type: 'case-moved', data: { fromUnit: facts.unit, toUnit: command.toUnit, reason: command.reason } },
        assigned(managerSeat(command.toUnit, facts, context), 'move'),
        ...(escalationStands(facts) ? [assigned(officerSeat(command.toUnit, context), 'move')] : []),
      ],
    )
  }

/**
 * "No case" buries no misconduct: while a suspicion or an escalation stands only the officer may record it, as a duplicate of a case that was
 * itself escalated.
 */
export const recordNoCase =
  (command: CommandOf<'record-no-case'>): Case =>
  (facts, { acting, original }) => {
    const isOfficer = acting.capacity === 'lex-sarah-officer'
    const duplicate = command.outcome === 'duplicate'
    const stands = suspicionStands(facts) || escalationStands(facts)
    if (isOfficer && !duplicate && !stands) return { kind: 'forbidden' }
    const mayEnd = isOfficer && duplicate
    const reasons: (ReasonCode | false | undefined)[] = [
      facts.handover && 'handover-pending',
      careInjuryStands(facts) && 'care-injury-unresolved',
      facts.lexMaria.step === 'referred' && 'lex-maria-undecided',
      isCareInjury(facts) && 'lex-maria-decided-otherwise',
      !mayEnd && suspicionStands(facts) && 'suspicion-unresolved',
      !mayEnd && escalationStands(facts) && 'lex-sarah-undecided',
      isMisconduct(facts) && 'misconduct-decided',
    ]
    if (duplicate)
      reasons.push(
        command.duplicateOf === facts.id && 'duplicate-of-itself',
        command.duplicateOf !== facts.id && !original && 'duplicate-unknown',
        original?.noCase !== undefined && 'duplicate-of-no-case',
        original !== undefined && original.id !== facts.id && original.reportedAt >= facts.reportedAt && 'duplicate-not-earlier',
        stands && mayEnd && original !== undefined && !original.everEscalated && 'duplicate-not-escalated',
      )
    return unless(reasons, () => [
      {
        type: 'outcome-without-case-recorded',
        data: { outcome: command.outcome, duplicateOf: duplicate ? command.duplicateOf : undefined, motivation: command.motivation },
      },
    ])
  }
