import type { CommandOf } from '#libs/deviation/commands'
import { assigned, invalid, managerSeat, officerSeat, unless, type Case } from '#libs/deviation/decision'
import { escalationStands } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { privateProviderOf, rootOf, unitFault } from '#libs/organisation/holders'

/** Erbjuda överlämning to another provider or authority (R2). The sender stays responsible until it is accepted. */
export const offer =
  (command: CommandOf<'offer-handover'>): Case =>
  (facts, { organisation }) => {
    const { toUnit, toExternal, reason } = command
    const fault = toUnit === undefined ? undefined : unitFault(organisation, toUnit)
    if (fault) return invalid({ pointer: '/toUnit', code: fault })
    return unless([facts.handover && 'handover-pending', toUnit !== undefined && rootOf(organisation, toUnit) === rootOf(organisation, facts.unit) && 'same-provider'], () => [
      { type: 'handover-offered', data: { handover: `h${facts.handovers + 1}`, toUnit, toExternal, reason } },
    ])
  }

/** Ta emot: the case, with content and history as they are, becomes the receiving unit's; an external party's receipt is recorded by the sender. */
export const accept =
  (command: CommandOf<'accept-handover'>): Case =>
  (facts, context) =>
    onPending(facts, ({ id, toUnit }) => [
      {
        type: 'handover-accepted',
        data: {
          handover: id,
          toUnit,
          privateProvider: toUnit === undefined ? undefined : privateProviderOf(context.organisation, toUnit),
          receivedBy: command.receivedBy,
          receipt: command.receipt,
        },
      },
      ...(toUnit === undefined
        ? []
        : [
            assigned(managerSeat(toUnit, facts, context), 'handover'),
            ...(escalationStands(facts) ? [assigned(officerSeat(toUnit, context), 'handover')] : []),
          ]),
    ])

/** Avböja: the sender keeps what was hers all the time. */
export const decline =
  (command: CommandOf<'decline-handover'>): Case =>
  (facts) =>
    onPending(facts, ({ id }) => [{ type: 'handover-declined', data: { handover: id, reason: command.reason } }])

/** Återta erbjudandet. */
export const withdraw =
  (command: CommandOf<'withdraw-handover'>): Case =>
  (facts) =>
    onPending(facts, ({ id }) => [{ type: 'handover-withdrawn', data: { handover: id, reason: command.reason } }])

const onPending = (facts: CaseFacts, decided: (pending: NonNullable<CaseFacts['handover']>) => Parameters<typeof unless>[1] extends () => infer E ? E : never) => {
  const { handover } = facts
  return unless([!handover && 'handover-not-pending'], () => (handover ? decided(handover) : []))
}
