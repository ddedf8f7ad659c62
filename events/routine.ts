import { directions, roles, selfCheckIntervals } from '#events/codes'
import { extension, mailEvents, timeEvents } from '#events/time'
import type { NewEvent, StoredEvent } from '#libs/kernel/event'
import { event, reader } from '#libs/kernel/event'
import { code, date, flag, id, instant, integer, number, object, optional, personal, publicText, text, version } from '#libs/kernel/shape'

const owner = object({ role: code(roles), unit: id() })
/** Why something was done: a case, and a measure of it. */
const because = { case: optional(id()), measureId: optional(id()) }
const words = personal(text(), 'routine')

/**
 * One activity of a process with its routine (stream `routine-{id}`; SOSFS 2011:9): what is done about it until its self-check has an accepted
 * result.
 */
export const routineEvents = {
  routineRegistered: event('routine-registered', { sv: 'Rutin registrerad', en: 'Routine registered' }, {
    process: publicText(),
    activity: publicText(),
    name: publicText(),
    owner,
  }),
  /** Versions count from 1, the registered one. */
  routineRevised: event('routine-revised', { sv: 'Rutin reviderad', en: 'Routine revised' }, { version: integer(2, 100_000), changes: words, ...because }),
  routineRiskAnalysed: event('routine-risk-analysed', { sv: 'Riskanalys gjord', en: 'Risk analysis made' }, {
    severity: integer(1, 4),
    likelihood: integer(1, 4),
    score: integer(1, 16),
    scaleVersion: version(),
    asksForMeasures: flag(),
    description: words,
    measures: optional(words),
    ...because,
  }),
  selfCheckPlanned: event('self-check-planned', { sv: 'Egenkontroll planerad', en: 'Self-check planned' }, {
    what: words,
    interval: code(selfCheckIntervals),
    direction: code(directions),
    /** With direction `down` the highest accepted. */
    lowestAcceptedResult: number(),
    firstDue: date(),
    ...because,
  }),
  selfCheckPerformed: event('self-check-performed', { sv: 'Egenkontroll genomförd', en: 'Self-check performed' }, {
    performedAt: instant(),
    result: number(),
    /** What is not accepted asks for a measure. */
    accepted: flag(),
    /** By the interval; absent when it was to be done once. */
    nextDue: optional(date()),
    comment: optional(words),
  }),
  routineOwnerChanged: event('routine-owner-changed', { sv: 'Rutinägare ändrad', en: 'Owner of the routine changed' }, { owner, reason: words }),
  routineEnded: event('routine-ended', { sv: 'Rutin upphörd', en: 'Routine ended' }, { reason: words }),
  ...timeEvents,
  deadlineExtended: event('deadline-extended', { sv: 'Frist flyttad', en: 'Deadline moved' }, extension),
  ...mailEvents,
} as const

export type RoutineEvent = StoredEvent<typeof routineEvents>
export type NewRoutineEvent = NewEvent<typeof routineEvents>
export const readRoutine = reader(routineEvents)

export const routineStream = (routineId: string): string => `routine-${routineId}`
export const routineIdOf = (stream: string): string => stream.slice('routine-'.length)
