import { deviationEvents, deviationStream, readDeviation, type DeviationEvent, type NewDeviationEvent } from '#events/deviation'
import { policyEvents, policyStream, readPolicy } from '#events/policy'
import { readRoutine, routineEvents } from '#events/routine'
import { timeEvents } from '#events/time'
import type { Context } from '#apps/application/context'
import { asMachine } from '#apps/application/machine'
import { stateOf } from '#apps/application/queries/pages'
import { actionKey, nextAction, say, type Action } from '#libs/deadlines/clock'
import { isSame, started, type Owed } from '#libs/deadlines/follow'
import { evolveDeadlines, nextOf, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import { barred } from '#libs/deviation/access'
import { firstDeadlines } from '#libs/deviation/deadlines'
import { owedInTime } from '#libs/duties/limits'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import type { Recorded } from '#libs/kernel/event'
import type { Outcome } from '#libs/kernel/outcome'
import type { StoredRow } from '#libs/kernel/projection'
import { transact } from '#libs/kernel/transact'
import type { Ineligible } from '#libs/organisation/chain'
import type { Organisation } from '#libs/organisation/state'
import { policyReview } from '#libs/policy/decide'
import type { Policy } from '#libs/policy/policy'
import { evolvePolicies, noPolicies, policyAt, type Policies } from '#libs/policy/versions'
import { owedByRoutine } from '#libs/routines/deadlines'
import { evolveRoutine, type Routine } from '#libs/routines/state'
import { deadlines as projection } from '#projections/deadlines/deadlines'

/** What one round of the clock came to. */
export interface Ticked {
  /** Events that it wrote. */
  readonly said: number
  /** Kinds of the deadlines that it said were missed, once for each. */
  readonly missed: readonly string[]
  /** Streams of which something could not be said; tried again at the next round. */
  readonly failed: readonly { readonly stream: string; readonly reason: unknown }[]
}
/** Streams looked up at once, and those written to side by side. */
const page = 500
const together = 32
/** Longest that a round waits for the rows of what it wrote, ms. */
const patience = 10_000

/**
 * One round of the clock: says what is due of every deadline, in the order of the instants, and writes nothing twice whoever says it. Finds what
 * is due by index. What it says, it says as the machine actor `clock`.
 */
export const tick = async (context: Context): Promise<Ticked> => {
  const { readModel, clock } = context
  const failed: { readonly stream: string; readonly reason: unknown }[] = []
  const missed: string[] = []
  let said = 0
  for (;;) {
    const now = clock.now()
    const rows = await due(context, now)
    const end = rows.length < page ? now : String(rows.at(-1)?.columns['next'] ?? now)
    const waiting = new Set(rows.filter((row) => !failed.some(({ stream }) => stream === row.key)))
    const round = await sayAll(context, [...waiting].map(actionsOf).flat(), end)
    failed.push(...round.failed)
    missed.push(...round.missed)
    said += round.said
    if (round.said === 0) return { said, missed, failed }
    if (!(await readModel.reached(projection.name, round.position, patience))) return { said, missed, failed }
  }
}
const due = async ({ readModel }: Context, now: string): Promise<readonly StoredRow[]> => {
  // Not yet projected for the first time: there is nothing to go by.
  if ((await readModel.position(projection.name)) === undefined) return []
  return readModel.query(projection.name, { where: [{ column: 'next', is: '<=', value: now }], order: ['next'], limit: page })
}

const missedType = timeEvents.deadlineMissed.name

interface Said {
  readonly stream: string
  readonly action: Action
}
const actionsIn = (stream: string, deadlines: readonly Deadline[]): readonly Said[] => deadlines.flatMap((d) => nextAction(d) ?? []).map((action) => ({ stream, action }))
const actionsOf = (row: StoredRow): readonly Said[] => actionsIn(row.key, stateOf(projection, row).deadlines)

/** Says actions up to an instant, each instant's together and what follows from them in its turn. */
const sayAll = async (context: Context, actions: readonly Said[], end: string) => {
  let left = actions.filter(({ action }) => action.at <= end)
  let said = 0
  let position = ''
  const missed: string[] = []
  const failed: { readonly stream: string; readonly reason: unknown }[] = []
  while (left.length > 0) {
    const at = left.reduce((first, { action }) => (action.at < first ? action.at : first), end)
    // One of a stream at a time: two would only race each other.
    const streams = new Set<string>()
    const now = left.filter(({ stream, action }) => action.at === at && !streams.has(stream) && streams.add(stream)).slice(0, together)
    left = left.filter((one) => !now.includes(one))
    const answers = await Promise.allSettled(now.map(({ stream, action }) => speak(context, stream, action)))
    for (const [i, answer] of answers.entries()) {
      const { stream = '', action } = now[i] ?? {}
      if (answer.status === 'rejected') {
        failed.push({ stream, reason: answer.reason })
        left = left.filter((one) => one.stream !== stream)
        continue
      }
      const { outcome, deadlines } = answer.value
      if (outcome.kind === 'done') {
        said += outcome.events.length
        if (action && outcome.events.some(({ type }) => type === missedType)) missed.push(action.deadline.split('/', 1).join())
        if (outcome.position > position) position = outcome.position
      }
      left = [...left.filter((one) => one.stream !== stream), ...actionsIn(stream, deadlines).filter(({ action }) => action.at <= end)]
    }
  }
  return { said, position, missed, failed }
}

/** One action on one stream, and the deadlines of the stream after it. */
const speak = async (context: Context, stream: string, action: Action) => {
  const [organisation, policies] = await Promise.all([context.organisation(), context.policies()])
  const now = context.clock.now()
  const policy = policyAt(policies, now)
  const sentence = `${stream} ${actionKey(action)}`
  const words = (state: Watched, ineligible: Ineligible): readonly NewTimeEvent[] => {
    const deadline = state.deadlines.find((d) => d.id === action.deadline)
    const responsible = (deadline && state.owed.find((duty) => isSame(duty, deadline)))?.responsible ?? state.responsible
    return say(action, deadline, { now, organisation, escalation: policy.escalation, responsible, ineligible })
  }
  return write(context, { stream, sentence, organisation, policy, words })
}

/** What the clock sees of a stream that has deadlines. */
interface Watched {
  readonly deadlines: readonly Deadline[]
  readonly owed: readonly Owed[]
  /** With whom it lies as a whole. */
  readonly responsible: Owed['responsible']
}
interface Writing {
  readonly stream: string
  /** What makes it the same when it is said again. */
  readonly sentence: string
  readonly organisation: Organisation
  readonly policy: Policy
  readonly words: (state: Watched, ineligible: Ineligible) => readonly NewTimeEvent[]
}
const nobody: Ineligible = () => false
const write = async (context: Context, writing: Writing): Promise<{ readonly outcome: Outcome; readonly deadlines: readonly Deadline[] }> => {
  const { stream, organisation, words } = writing
  const now = context.clock.now()
  let after: readonly Deadline[] = []
  const decided = (state: Watched | undefined, ineligible: Ineligible = nobody) => {
    const events = state ? words(state, ineligible) : []
    after = events.reduce(evolveDeadlines, state?.deadlines ?? [])
    return { kind: 'events' as const, events }
  }
  const seen = <S extends { readonly deadlines: readonly Deadline[] } | undefined>(state: S): S => {
    after = state?.deadlines ?? []
    return state
  }
  const outcome = stream.startsWith(ofCase)
    ? await transact<CaseFacts | undefined, NewTimeEvent>({
        ...asMachine(context, { ...writing, actor: 'clock' }, deviationEvents),
        initial: undefined,
        evolve: (facts, recorded) => seen(evolveCase(facts, readDeviation(recorded))),
        decide: (facts) => decided(facts && { deadlines: facts.deadlines, owed: owedInTime(facts), responsible: facts.responsible }, facts && barred(facts, { organisation, now })),
      })
    : stream === policyStream
      ? await transact<Policies, NewTimeEvent>({
          ...asMachine(context, { ...writing, actor: 'clock' }, policyEvents),
          initial: noPolicies,
          evolve: (policies, recorded) => seen(evolvePolicies(policies, readPolicy(recorded))),
          decide: ({ deadlines }) => decided({ deadlines, owed: [policyReview], responsible: policyReview.responsible }),
        })
      : await transact<Routine | undefined, NewTimeEvent>({
          ...asMachine(context, { ...writing, actor: 'clock' }, routineEvents),
          initial: undefined,
          evolve: (routine, recorded) => seen(evolveRoutine(routine, readRoutine(recorded))),
          decide: (routine) => decided(routine && { deadlines: routine.deadlines, owed: owedByRoutine(routine), responsible: routine.owner }),
        })
  return { outcome, deadlines: after }
}
const ofCase = deviationStream('')

/**
 * Once, after an upgrade: sets the deadlines of streams from before there were any, counted from their recorded events. Answers how many it
 * looked at; undefined while the projection that knows them has not been built.
 */
export const setFirstDeadlines = async (context: Context): Promise<number | undefined> => {
  if ((await context.readModel.position(projection.name)) === undefined) return undefined
  let looked = 0
  let after: readonly [unclocked: number, key: string] | undefined
  for (;;) {
    const rows = await context.readModel.query(projection.name, {
      where: [{ column: 'unclocked', is: '=', value: 1 }],
      order: ['unclocked'],
      limit: together,
      ...(after ? { after } : {}),
    })
    await Promise.all(rows.map(({ key }) => setFirst(context, key)))
    looked += rows.length
    const last = rows.at(-1)
    if (!last || rows.length < together) return looked
    after = [1, last.key]
  }
}
const setFirst = async (context: Context, stream: string): Promise<unknown> => {
  const [organisation, policies] = await Promise.all([context.organisation(), context.policies()])
  const now = context.clock.now()
  const policy = policyAt(policies, now)
  const sentence = `${stream} first`
  if (!stream.startsWith(ofCase)) {
    const last = policies.versions.at(-1)?.publishedAt ?? now
    const event = stream === policyStream ? last : now
    const words = ({ deadlines, owed }: Watched): readonly NewTimeEvent[] => (deadlines.length > 0 ? [] : started([], owed, policy.deadlines, () => ({ now, received: event, event })))
    return write(context, { stream, sentence, organisation, policy, words })
  }
  return transact<readonly DeviationEvent[], NewDeviationEvent>({
    ...asMachine(context, { actor: 'clock', stream, sentence, organisation, policy }, deviationEvents),
    initial: [],
    evolve: (events, recorded: Recorded) => [...events, readDeviation(recorded)],
    decide: (events) => ({ kind: 'events', events: firstDeadlines(events, { now, policy }) }),
  })
}

/** When the clock has something to say next; undefined while nothing runs. */
export const nextInstant = async ({ readModel }: Context): Promise<string | undefined> => {
  if ((await readModel.position(projection.name)) === undefined) return undefined
  const [row] = await readModel.query(projection.name, { where: [{ column: 'next', is: 'not-null' }], order: ['next'], limit: 1 })
  return row && nextOf(stateOf(projection, row).deadlines)
}
