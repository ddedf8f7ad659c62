import type { CommandRequest, OrganisationOutcome } from '#apps/application/request'
import { founded, founders } from '#apps/application/demo/organisation'
import { utc, type CaseStep, type ConfirmationStep, type DemoStep, type OrganisationStep } from '#apps/application/demo/step'
import { demoSteps, readBoard } from '#apps/application/demo/year'
import type { DeviationCommand } from '#libs/deviation/commands'
import { judgements } from '#libs/deviation/commands'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { caseIdOf } from '#events/deviation'
import type { Instant } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import type { Outcome, Reason } from '#libs/kernel/outcome'
import type { EventStore } from '#libs/kernel/store'

/** What the job works with: the stores and handlers of the one process that writes. */
export interface DemoTools {
  readonly store: Pick<EventStore, 'subscribe' | 'checkpoint'>
  /** The clock that the store and the handlers read. */
  readonly clock: { now(): Instant; set(now: Instant): void }
  /** Lets time pass to an instant: what falls due on the way is said there. */
  readonly pass: (to: Instant) => Promise<void>
  readonly handleDeviation: (request: CommandRequest<DeviationCommand>) => Promise<Outcome>
  readonly handleOrganisation: (request: CommandRequest<OrganisationCommand>) => Promise<OrganisationOutcome>
  readonly initOrganisation: (people: { readonly admin: string; readonly confirmer: string }) => Promise<Outcome>
  /** Answers when every projection has passed the position. */
  readonly waitForProjections: (position: string) => Promise<void>
}
export type DemoLoaded =
  | { readonly kind: 'done'; readonly body: { readonly position: string; readonly cases: number; readonly events: number } }
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }

/** Marks the events of the demonstration, so that its log is told from any other: clients' correlation ids are never of this form. */
const demoId = 'demo-2020'
/** What the clock said follows from the rest. The initialisation has no such mark; it is the demonstration's when it stands in that minute of 2020. */
const isOfTheDemo = ({ meta, recordedAt }: Recorded): boolean =>
  meta.correlationId === demoId || meta.actor.role === 'clock' || (meta.actor.role === 'operator' && recordedAt.slice(0, 16) === utc(founded).slice(0, 16))

/**
 * Loads the demonstration's organisation and its year 2020 through the real commands, each at its own time: the clock is set before every
 * step and handed back at the end, also after a failure, as if it had run on meanwhile. Refused (`log-not-empty`) on a log that holds
 * anything else. The second time every command answers its first receipt, so nothing changes, and an interrupted loading is completed.
 * Throws when a step is not done, naming it and the reasons.
 */
export const loadDemo = (tools: DemoTools): Promise<DemoLoaded> => {
  const before = underWay.get(tools.store)
  if (before) return before
  const job = load(tools).finally(() => underWay.delete(tools.store))
  underWay.set(tools.store, job)
  return job
}
/** One job at a time on a log: two would set each other's clock. */
const underWay = new WeakMap<DemoTools['store'], Promise<DemoLoaded>>()

const load = async (tools: DemoTools): Promise<DemoLoaded> => {
  const { store, clock } = tools
  if (!(await holdsOnlyTheDemo(store))) return { kind: 'refused', reasons: [{ code: 'log-not-empty' }] }
  const startedAt = Date.parse(clock.now())
  const started = performance.now()
  try {
    const cases = await run(tools, demoSteps(readBoard()))
    // What the year left undone has fallen due since.
    await tools.pass(new Date(startedAt + performance.now() - started).toISOString())
    const head = await store.checkpoint('head')
    if (head === 'start') throw new Error('The demonstration wrote nothing')
    await tools.waitForProjections(head.position)
    return { kind: 'done', body: { position: head.position, cases, events: head.size } }
  } finally {
    clock.set(new Date(startedAt + performance.now() - started).toISOString())
  }
}

const holdsOnlyTheDemo = async (store: DemoTools['store']): Promise<boolean> => {
  const reading = new AbortController()
  try {
    for await (const item of store.subscribe({ after: 'start', signal: reading.signal })) {
      if (item === 'caught-up') return true
      if (!('passed' in item) && !isOfTheDemo(item)) return false
    }
    throw new Error('The log was closed while it was read')
  } finally {
    reading.abort()
  }
}

/** Takes the steps, each at its own time; answers how many cases they made. */
const run = async (tools: DemoTools, steps: readonly DemoStep[]): Promise<number> => {
  const { clock } = tools
  const grants = new Map<string, string>()
  const cases = new Map<string, { readonly id: string; readonly revision: number }>()
  clock.set(founded)
  done('init', await tools.initOrganisation(founders))
  for (const step of steps) {
    await tools.pass(step.at)
    if (step.kind === 'case') {
      const last = done(step.key, await tools.handleDeviation(caseRequest(step, cases.get(step.story))))
      cases.set(step.story, { id: caseIdOf(last.stream), revision: last.revision })
    } else {
      const answer = await tools.handleOrganisation(organisationRequest(step, grants))
      done(step.key, answer)
      const grant = answer.kind === 'done' ? answer.extra?.['grant'] : undefined
      if (grant !== undefined) grants.set(step.key, grant)
    }
  }
  return cases.size
}

const sent = ({ who, key }: DemoStep) => ({ sender: { login: who }, idempotencyKey: `${demoId}/${key}`, correlationId: demoId })
const caseRequest = (step: CaseStep, found: { readonly id: string; readonly revision: number } | undefined): CommandRequest<DeviationCommand> => {
  const { command } = step
  if (command.intent === 'report') return { ...sent(step), command, path: '/v1/deviations' }
  if (!found) throw new Error(`Step ${step.key} comes before the report of ${step.story}`)
  const ifMatch = judgements.has(command.intent) ? { ifMatch: found.revision } : {}
  return { ...sent(step), command, caseId: found.id, path: `/v1/deviations/${found.id}/${command.intent}`, ...ifMatch }
}
const organisationRequest = (step: OrganisationStep | ConfirmationStep, grants: ReadonlyMap<string, string>): CommandRequest<OrganisationCommand> => {
  const command = step.kind === 'organisation' ? step.command : confirmation(step, grants.get(step.grants))
  return { ...sent(step), command, path: `/v1/organisation/${command.intent}` }
}
const confirmation = (step: ConfirmationStep, grant: string | undefined): OrganisationCommand => {
  if (grant === undefined) throw new Error(`Step ${step.key} comes before ${step.grants}`)
  return { intent: 'confirm-grant', grant }
}

const done = (key: string, outcome: Outcome): Extract<Outcome, { readonly kind: 'done' }> => {
  if (outcome.kind === 'done') return outcome
  const why = outcome.kind === 'refused' ? outcome.reasons.map(({ code }) => code) : outcome.kind === 'invalid' ? outcome.faults.map(({ pointer, code }) => `${pointer} ${code}`) : []
  throw new Error(`Step ${key} of the demonstration was not done: ${[outcome.kind, ...why].join(', ')}`)
}
