import type { NewDeviationEvent } from '#events/deviation'
import { barred } from '#libs/deviation/access'
import type { CommandOf } from '#libs/deviation/commands'
import { events, invalid, managerSeat, unless, type Case } from '#libs/deviation/decision'
import { move } from '#libs/deviation/intake'
import { isSameSeat, seatFaults, seatNamed, seatOfCase } from '#libs/deviation/seats'
import { escalationStands } from '#libs/duties/duties'
import { reasonCodes, type ReasonCode } from '#libs/deviation/reasons'
import { holders, seat } from '#libs/organisation/holders'

/**
 * Omfördela: what lies with one seat lies with another from now on. Where that seat is at another unit the case moves there in the same append, by the rules of a
 * move: whoever is to answer for a case must be able to act in it. Nothing comes of it for a case that lies with neither.
 */
export const reassign =
  (command: CommandOf<'reassign'>): Case =>
  (facts, context) => {
    const { organisation, now } = context
    const faults = seatFaults(organisation, command, now)
    const [from, to] = [seatNamed(organisation, command.from), seatNamed(organisation, command.to)]
    if (faults.length > 0 || !from || !to) return invalid(...faults)
    if (!isSameSeat(seatOfCase(facts, organisation, now), from)) return events()
    const stays = seat(organisation, to.role, facts.unit, now) === to.unit
    const moved = stays ? events() : move({ intent: 'move', toUnit: to.unit, reason: command.reason })(facts, context)
    if (moved.kind !== 'events' && moved.kind !== 'refused') return moved
    const unit = stays ? facts.unit : to.unit
    const isBarred = barred(facts, context)
    const held = holders(organisation, to.role, unit, now)
    const inConflict = to.role === 'unit-manager' ? managerSeat(unit, facts, context).role !== 'unit-manager' : held.length > 0 && held.every((g) => isBarred(g.staff))
    const officers = to.role === 'lex-sarah-officer'
    const hinders = moved.kind === 'refused' ? moved.reasons.flatMap(({ code }): readonly ReasonCode[] => reasonCodes.filter((known) => known === code)) : []
    return unless(
      [...hinders, escalationStands(facts) && !officers && 'lex-sarah-undecided', !escalationStands(facts) && officers && 'lex-sarah-not-escalated', inConflict && 'receiver-in-conflict'],
      () => [
        // The move says who has it there; here that is said by the reassignment.
        ...(moved.kind === 'events' ? moved.events.slice(0, -1) : []),
        { type: 'responsibility-assigned', data: { ...to, because: 'reassignment', reason: command.reason } } satisfies NewDeviationEvent,
      ],
    )
  }
