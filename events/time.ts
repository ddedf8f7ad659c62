import * as codes from '#events/codes'
import { event } from '#libs/kernel/event'
import { code, date, flag, id, instant, integer, list, object, optional, publicText } from '#libs/kernel/shape'

const roleAtUnit = { role: code(codes.roles), unit: id() }
/** A Stockholm day, and the instant at which it is over; limits in hours have the day of their instant. */
const limit = {
  due: date(),
  dueInstant: instant(),
  warn: optional(date()),
  warnInstant: optional(instant()),
}
/** What the clock says of a deadline: when it was to be said, and whether it was said late because nothing ran then. */
const said = { deadline: id(), dueInstant: instant(), at: instant(), late: flag() }
/** The role that was responsible at that instant, who held it then, and the staff to whom it goes: who stands in when nobody held it. */
const responsible = { responsible: object(roleAtUnit), heldBy: list(id()), to: list(id()) }

/**
 * Time, in every stream that has duties (`deviation-`, `routine-`, `policy`). Dates are computed once, in the append that starts the clock; a changed
 * policy never moves one that is set.
 */
export const timeEvents = {
  deadlinesSet: event('deadlines-set', { sv: 'Frister satta', en: 'Deadlines set' }, {
    deadlines: list(
      object({
        /** The key and, where there are several, what it is about: `assess`, `complete-measure/m1`, `close/2`. */
        id: id(),
        key: code(codes.deadlineKeys),
        subject: optional(id()),
        ...limit,
        /** The section or routine that it rests on, in the words of the policy. */
        basis: publicText(),
        binding: code(codes.bindings),
      }),
    ),
  }),
  /** In the same append as the event that meets it; `at` is when that happened. */
  deadlineMet: event('deadline-met', { sv: 'Frist hållen', en: 'Deadline met' }, { deadline: id(), at: instant() }),
  /** The duty is gone: there is nothing left to do in time. */
  deadlineLapsed: event('deadline-lapsed', { sv: 'Frist bortfallen', en: 'Deadline lapsed' }, { deadline: id() }),
  deadlineWarned: event('deadline-warned', { sv: 'Fristvarning', en: 'Deadline near' }, { ...said, ...responsible }),
  deadlineMissed: event('deadline-missed', { sv: 'Frist missad', en: 'Deadline missed' }, {
    ...said,
    ...responsible,
    binding: code(codes.bindings),
    /** When it goes further up unless it is met before. */
    escalateAt: optional(instant()),
  }),
  /** Eskalerad: gone one step up the policy's chain. */
  deadlineEscalated: event('deadline-escalated', { sv: 'Frist eskalerad', en: 'Deadline escalated' }, {
    ...said,
    /** 1 with the miss itself. */
    step: integer(1, 100),
    ...responsible,
    escalatedTo: object(roleAtUnit),
    binding: code(codes.bindings),
    escalateAt: optional(instant()),
  }),
} as const

/** A new limit for a deadline that runs. The words around it are personal data, so each family adds them under its own key. */
export const extension = {
  deadline: id(),
  ...limit,
  because: code(codes.extensionCauses),
}

/** Mail about an alarm: that it went to whom, never what it said. In the stream of what it is about. */
export const mailEvents = {
  alarmMailed: event('alarm-mailed', { sv: 'Larm mejlat', en: 'Alarm mailed' }, {
    /** The event that the mail is about. */
    alarm: id(),
    to: id(),
    kind: code(codes.mailKinds),
    deadline: optional(id()),
  }),
  /** Given up: the mail could not be delivered in the time that the policy of the deployment allows. */
  alarmMailAbandoned: event('alarm-mail-abandoned', { sv: 'Larmmejl kom inte fram', en: 'Alarm mail not delivered' }, {
    alarm: id(),
    to: id(),
    kind: code(codes.mailKinds),
    because: code(codes.mailFailures),
    deadline: optional(id()),
  }),
} as const
