import {
  bindings,
  causes,
  deadlineAnchors,
  deadlineKeys,
  delegatedDecisions,
  legalAreas,
  legalDuties,
  measureTypes,
  retentionActions,
  retentionStarts,
  riskCombinations,
  roles,
  timeUnits,
} from '#events/codes'
import { extension, mailEvents, timeEvents } from '#events/time'
import type { NewEvent, StoredEvent } from '#libs/kernel/event'
import { event, reader } from '#libs/kernel/event'
import { code, date, flag, id, instant, integer, list, object, optional, publicText, version, type Full } from '#libs/kernel/shape'

/** Words for people; about no person. */
const label = object({ sv: publicText(), en: publicText() })
/** One value of a scale, with what it means in the municipality's own words. */
const scale = list(object({ value: integer(1, 4), label, meaning: optional(label) }))
/** A score at or over `score`, a severity at or over `severity`, or both: `or` unless said. */
const riskRule = object({ score: optional(integer(1, 16)), severity: optional(integer(1, 4)), combine: optional(code(riskCombinations)) })
const categories = list(object({ code: id(), label, subtypes: list(object({ code: id(), label })) }))
const duration = { amount: integer(1, 1_000), unit: code(timeUnits) }

/**
 * What a policy consists of. A part is published whole; codes, numbers and public texts only. The names of the parts are those of the body of
 * `publish` and of a policy file.
 */
export const policyParts = {
  scales: object({ severity: scale, likelihood: scale }),
  /** What asks for an investigation, by assessment group (law §5.2). */
  risk: object({ social: riskRule, health: riskRule }),
  /** Two levels by assessment group (law §7.2): an assessment names a category or one of its subtypes. */
  vocabulary: object({ social: categories, health: categories }),
  causes: list(object({ code: code(causes), label })),
  measureTypes: list(object({ code: code(measureTypes), label })),
  deadlines: list(
    object({
      key: code(deadlineKeys),
      /** Types of the events that start the clock; `month` and `tertial` where the calendar does. */
      setBy: list(id()),
      countedFrom: code(deadlineAnchors),
      due: optional(object(duration)),
      /** How long before it is due the warning comes: 72 hours with 48 before warn after 24. */
      warnBefore: optional(object(duration)),
      basis: publicText(),
      binding: code(bindings),
    }),
  ),
  /** To whom a missed deadline of a role goes, one after another. */
  escalation: list(
    object({
      role: code(roles),
      to: list(code(roles)),
      /** How long a missed deadline lies with one before it goes to the next; two working days unless said. */
      after: optional(object(duration)),
    }),
  ),
  /** Sections in force from one day up to, not including, another (Stockholm days; law §2.1). */
  legalBases: list(
    object({ duty: code(legalDuties), area: code(legalAreas), provision: publicText(), statute: publicText(), from: optional(date()), before: optional(date()) }),
  ),
  /** Delegationsordning: who decides what, by which delegation, and whether the decision is reported to the nämnd (KL 6 kap. 37-40 §§). */
  delegation: list(object({ decision: code(delegatedDecisions), role: code(roles), reference: publicText(), reportedToBoard: flag() })),
  retention: list(
    object({ class: id(), label, action: code(retentionActions), startsAt: code(retentionStarts), years: optional(integer(1, 150)), basis: publicText(), binding: code(bindings) }),
  ),
  /** A risk analysis of a routine asks for measures from a score on; routines are reviewed regularly. */
  routines: object({ measuresFromScore: integer(1, 16), reviewMonths: integer(1, 120) }),
} as const
export type PolicyParts = Full<typeof policyParts>
export type PolicyPart = keyof PolicyParts

/** The policies of the deployment (stream `policy`): each version whole, in force at the later of its start and its confirmation. */
export const policyEvents = {
  policyPublished: event(
    'policy-published',
    { sv: 'Regelverk publicerat', en: 'Policy published' },
    {
      policy: version(),
      from: instant(),
      /** Version of the scales, which stays while they do. */
      scaleVersion: version(),
      ...policyParts,
    },
    // A chain of escalation may since say how long each step waits.
    { version: 2, upcasts: { 1: (data) => data } },
  ),
  policyConfirmed: event('policy-confirmed', { sv: 'Regelverk bekräftat', en: 'Policy confirmed' }, { policy: version() }),
  ...timeEvents,
  deadlineExtended: event('deadline-extended', { sv: 'Frist flyttad', en: 'Deadline moved' }, extension),
  ...mailEvents,
} as const

export type PolicyEvent = StoredEvent<typeof policyEvents>
export type NewPolicyEvent = NewEvent<typeof policyEvents>
export const readPolicy = reader(policyEvents)
export const policyStream = 'policy'
