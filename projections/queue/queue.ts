import { caseIdOf, readDeviation } from '#events/deviation'
import { nextSteps } from '#libs/duties/duties'
import { nearestDeadline } from '#libs/duties/limits'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { projection } from '#libs/kernel/projection'

/** Of a case of which no deadline runs: sorts after every date. */
export const noDueDate = '9999'

const columns = {
  unit: 'text',
  /** 1 while the case waits for something, 0 when nobody has anything to do: closed, with its notification to IVO received, or no case. */
  open: 'integer',
  /** The instant at which the deadline that comes first is over. */
  due_key: 'text',
  received: 'text',
  /** The role that is responsible for the case, held over its unit. */
  role: 'text',
  /** 1 when some step waits for another seat than the responsible one: a registrar, a decider, the medical officer. */
  others: 'integer',
  /** The unit of another provider that the case is offered to: it waits there as well. */
  offered: 'text',
  /** The command on many cases that laid it with another seat last: sent again, it finds them. */
  reassigned: 'text',
} as const

/**
 * The manager's queue: what waits for whom at which unit. One row per case, whose state is the facts of the case; the steps that are next are
 * derived from them when somebody asks, by the same function as everywhere.
 */
export const queue = projection<CaseFacts, typeof columns>({
  name: 'queue',
  version: 4,
  streams: ['deviation-'],
  columns,
  indices: [
    ['unit', 'open', 'due_key', 'received'],
    ['unit', 'others', 'due_key', 'received'],
    ['offered', 'due_key', 'received'],
    ['unit', 'open', 'role', 'due_key', 'received'],
    ['reassigned'],
  ],
  key: (event) => caseIdOf(event.stream),
  fold: (facts, event) => evolveCase(facts, readDeviation(event)),
  row: (facts) => {
    const steps = nextSteps(facts)
    const { role, unit } = facts.responsible
    return {
      unit: facts.unit,
      open: steps[0]?.step === 'none' ? 0 : 1,
      due_key: nearestDeadline(facts)?.dueInstant ?? noDueDate,
      received: facts.receivedAt,
      role,
      others: steps.some((d) => d.responsible.role !== role || d.responsible.unit !== unit) ? 1 : 0,
      offered: facts.handover?.toUnit ?? null,
      reassigned: facts.reassigned ?? null,
    }
  },
})
