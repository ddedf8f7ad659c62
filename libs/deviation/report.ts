import type { NewDeviationEvent } from '#events/deviation'
import { stockholmDay } from '#libs/calendar/days'
import type { Beginning, Report, ReportBatch } from '#libs/deviation/commands'
import { withDeadlines } from '#libs/deviation/deadlines'
import { assigned, events, invalid, managerSeat, type DecisionContext } from '#libs/deviation/decision'
import { escalated, socialAreas } from '#libs/deviation/lex-sarah'
import type { Decision } from '#libs/kernel/transact'
import { privateProviderOf, unit } from '#libs/organisation/holders'
import { legalBasesOn } from '#libs/policy/policy'

/** Origins whose observation is a colleague's own; the others send something that staff typed in. */
const ownObservation: ReadonlySet<string> = new Set(['staff', 'contractor', 'own-review'])

/** Channels in which somebody types in what another said or wrote. */
const typedFor: ReadonlySet<string> = new Set(['phone', 'paper', 'conversation', 'e-mail', 'letter', 'contact-centre'])

/** Whose observation a report is, when a staff member's: not who typed it. */
const reporterOf = (command: Beginning, sender: string, onBehalfOf: string | undefined): string | undefined => {
  if (onBehalfOf !== undefined) return onBehalfOf
  if (command.anonymous) return sender
  if (!ownObservation.has(command.origin)) return undefined
  return typedFor.has(command.channel) && command.reporter?.name !== undefined ? undefined : sender
}

const batchOf = ({ period, count }: ReportBatch): NewDeviationEvent => ({ type: 'deviations-reported-in-batch', data: { from: period.from, to: period.to, count } })

/** Decides a report, or one of many (samlerapport): a new case, and for a report of misconduct its escalation in the same append, so that it cannot be buried. */
export const decideReport = (
  command: Beginning,
  context: Pick<DecisionContext, 'now' | 'policy' | 'organisation'> & { readonly sender: string; readonly onBehalfOf?: string | undefined; readonly mark: (staff: string) => string },
): Decision<NewDeviationEvent> => {
  const { organisation, now, policy } = context
  if (command.intent === 'report-batch' && command.reportedType === 'misconduct') return invalid({ pointer: '/reportedType', code: 'batch-of-misconduct' })
  // What happened at a unit that has ended since is reported all the same: the next level up has it, and no report is lost.
  if (!unit(organisation, command.unit)) return invalid({ pointer: '/unit', code: 'unit-unknown' })
  if (command.onBehalfOf !== undefined && context.onBehalfOf === undefined) return invalid({ pointer: '/onBehalfOf', code: 'subject-unknown' })
  const reporter = reporterOf(command, context.sender, context.onBehalfOf)
  const receivedAt = command.receivedAt ?? now
  const concernsManager = command.concernsManager ?? false
  const anonymous = command.anonymous ?? false
  const bases = (areas: Report['legalAreas']) => legalBasesOn(policy, areas, stockholmDay(receivedAt))
  const decided: readonly NewDeviationEvent[] = [
    {
      type: 'deviation-reported',
      data: {
        origin: command.origin,
        channel: command.channel,
        reportedType: command.reportedType,
        legalAreas: command.legalAreas,
        legalBases: bases(command.legalAreas),
        unit: command.unit,
        privateProvider: privateProviderOf(organisation, command.unit),
        occurredAt: command.occurredAt,
        occurredApproximately: command.occurredApproximately,
        discoveredAt: command.discoveredAt,
        receivedAt,
        receivedLateReason: command.receivedLateReason,
        concerns: command.concerns,
        individuals: (command.individuals ?? []).map((person, i) => ({
          ref: `p${i + 1}`,
          protectedIdentity: person.protectedIdentity ?? false,
          name: person.name,
          personalNumber: person.personalNumber,
        })),
        description: command.description,
        immediateMeasures: command.immediateMeasures,
        suggestedMeasures: command.suggestedMeasures,
        // Anonymous wins: what names the reporter is not kept.
        reporter: anonymous ? undefined : command.reporter,
        anonymous,
        reportedBy: anonymous ? undefined : reporter,
        reporterMark: reporter === undefined ? undefined : context.mark(reporter),
        wantsFeedback: command.wantsFeedback ?? false,
        concernsManager,
      },
    },
    ...(command.intent === 'report-batch' ? [batchOf(command)] : []),
    assigned(managerSeat(command.unit, { reportedUnit: command.unit, concernsManager, conflicts: [] }, context), 'report'),
    ...(command.reportedType === 'misconduct'
      ? escalated(command.ground ?? command.description, command.unit, bases(socialAreas(command.legalAreas)), context)
      : []),
  ]
  return events(...withDeadlines(undefined, decided, { ...context, staff: context.sender }))
}
