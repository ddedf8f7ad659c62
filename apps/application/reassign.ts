import type { Context } from '#apps/application/context'
import { eventId, handleDeviation } from '#apps/application/deviation'
import { stateOf } from '#apps/application/queries/pages'
import type { CommandRequest } from '#apps/application/request'
import type { CommandOf } from '#libs/deviation/commands'
import { rights } from '#libs/deviation/rights'
import { seatFaults, seatNamed, standsOver } from '#libs/deviation/seats'
import type { CaseFacts, Seat } from '#libs/duties/facts'
import { uuidv7 } from '#libs/kernel/ids'
import type { Outcome, Reason } from '#libs/kernel/outcome'
import type { Condition, StoredRow } from '#libs/kernel/projection'
import { below, seat } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { macText } from '#libs/privacy/mac'
import { fault } from '#libs/sqlite/fault'
import { queue } from '#projections/queue/queue'

/** What a reassignment came to: the cases that were laid with the other seat, with their new revisions, and those that were not, with every reason. */
export interface Reassigned {
  readonly reassigned: readonly { readonly id: string; readonly revision: number }[]
  readonly refused: readonly { readonly id: string; readonly reasons: readonly Reason[] }[]
  readonly position: string
}
export type ReassignOutcome = { readonly kind: 'reassigned'; readonly body: Reassigned } | Extract<Outcome, { readonly kind: 'invalid' | 'forbidden' | 'key-reused' }>

/** Longest that it waits for the queue to have seen the end of the log, ms. */
const patience = 10_000
const page = 500
/** Cases written side by side. */
const together = 16

/**
 * Lays every open case that lies with one seat with another, each by an append of its own that is decided by its own facts. The command of each case
 * derives from key and case, so that sent again, also after it was cut short, it writes nothing twice and answers the same. A case that the sender may not know
 * of is neither touched nor told. Throws with code `not-ready` when the queue does not come up to the end of the log.
 */
export const reassign = async (context: Context, request: CommandRequest<CommandOf<'reassign'>>): Promise<ReassignOutcome> => {
  const { command } = request
  const { store, vault, readModel, clock } = context
  const now = clock.now()
  const staff = await vault.staffNumber(request.sender.login)
  const organisation = await context.organisation()
  const [from, to] = [seatNamed(organisation, command.from), seatNamed(organisation, command.to)]
  const faults = seatFaults(organisation, command, now)
  if (staff === undefined || (from && to && !rights.reassign.some((role) => standsOver(organisation, staff, role, { from, to }, now)))) return { kind: 'forbidden' }
  if (faults.length > 0 || !from) return { kind: 'invalid', faults }
  const head = await store.checkpoint('head')
  if (head === 'start') return { kind: 'reassigned', body: { reassigned: [], refused: [], position: '' } }
  if (!(await readModel.reached(queue.name, head.position, patience))) throw fault('not-ready', 'The queue has not seen the end of the log yet')
  const key = request.idempotencyKey ?? uuidv7(Date.parse(now))
  // Names the whole: what it caused in each case is found by it again.
  const causationId = eventId(vault.idMac(macText('reassign', request.sender.login, key)).toString('base64url'), -1, '')
  const { before, left } = await casesOf(context, organisation, from, causationId, now)
  const outcomes: (readonly [string, Outcome])[] = []
  // What the key has done before comes first: with another body it is no repetition, and then nothing is touched.
  for (const ids of [before, left]) {
    for (let i = 0; i < ids.length; i += together) {
      const some = ids.slice(i, i + together).map(async (caseId) => [caseId, await handleDeviation(context, { ...request, caseId, causationId, idempotencyKey: key })] as const)
      outcomes.push(...(await Promise.all(some)))
    }
    if (outcomes.some(([, { kind }]) => kind === 'key-reused')) return { kind: 'key-reused' }
  }
  outcomes.sort(([a], [b]) => (a < b ? -1 : 1))
  const done = outcomes.flatMap(([id, outcome]) => (outcome.kind === 'done' && outcome.events.length > 0 ? [{ id, revision: outcome.revision, position: outcome.position }] : []))
  return {
    kind: 'reassigned',
    body: {
      reassigned: done.map(({ id, revision }) => ({ id, revision })),
      refused: outcomes.flatMap(([id, outcome]) => {
        const reasons = reasonsOf(outcome)
        return reasons.length > 0 ? [{ id, reasons }] : []
      }),
      position: done.reduce((last, { position }) => (position > last ? position : last), head.position),
    },
  }
}
/** Why a case was not reassigned; none for one that was, that no longer lay with the seat, or that the sender may not know of. */
const reasonsOf = (outcome: Outcome): readonly Reason[] => {
  if (outcome.kind === 'refused') return outcome.reasons
  if (outcome.kind === 'forbidden') return [{ code: 'not-read-whole' }]
  return outcome.kind === 'conflict' ? [{ code: 'case-busy' }] : []
}

/** The cases that the same command has laid elsewhere before, and the open ones that lie with the seat; by index. */
const casesOf = async (context: Context, organisation: Organisation, from: Seat, causationId: string, now: string) => {
  const units = below(organisation, from.unit).filter((id) => seat(organisation, from.role, id, now) === from.unit)
  const merged = organisation.units.get(from.unit)?.absorbed ?? []
  const before = (await rowsOf(context, [{ column: 'reassigned', is: '=', value: causationId }])).map(({ id }) => id)
  const left = new Set<string>()
  for (const unit of new Set([...units, ...merged])) {
    const rows = await rowsOf(context, [{ column: 'unit', is: '=', value: unit }, { column: 'open', is: '=', value: 1 }, { column: 'role', is: '=', value: from.role }])
    for (const facts of rows) if (!facts.closed && !facts.noCase && !before.includes(facts.id)) left.add(facts.id)
  }
  return { before, left: [...left] }
}
const rowsOf = async ({ readModel }: Context, where: readonly Condition[]): Promise<readonly CaseFacts[]> => {
  const order = ['due_key', 'received']
  const all: CaseFacts[] = []
  let last: StoredRow | undefined
  do {
    const after = last && { after: [...order.map((column) => last?.columns[column] ?? null), last.key] }
    const rows = await readModel.query(queue.name, { where, order, limit: page, ...after })
    all.push(...rows.map((row) => stateOf(queue, row)))
    last = rows.length < page ? undefined : rows.at(-1)
  } while (last)
  return all
}
