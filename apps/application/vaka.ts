import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Application } from '#apps/api/application'
import { startTicker, type Ticker } from '#apps/application/ticker'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { loadDemo } from '#apps/application/demo/load'
import { handleDeviation } from '#apps/application/deviation'
import { liveOf } from '#apps/application/live/live'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { reassign } from '#apps/application/reassign'
import { handlePolicy } from '#apps/application/policy'
import { questions } from '#apps/application/queries/questions'
import { startReactors, type Reactors, type ReactorSettings } from '#apps/application/reactors'
import { handleRoutine } from '#apps/application/routines'
import { startProjector, type ProjectorHost } from '#apps/projector/host'
import { projections } from '#apps/projector/list'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import type { EventStore } from '#libs/kernel/store'
import { readMasterKey } from '#libs/privacy/master-key'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { described } from '#libs/sqlite/fault'
import { lockFolder } from '#libs/sqlite/lock'

export interface VakaConfig {
  readonly dataFolder: string
  readonly masterKey?: string
  /** Where the clock starts, in demo mode. */
  readonly clock?: string
  readonly demo: boolean
  /** Mail and webhooks, when they are set up. */
  readonly reactors?: ReactorSettings
}
/** Where a data folder keeps what. */
export const filesOf = (dataFolder: string) => ({
  events: join(dataFolder, 'events.db'),
  read: join(dataFolder, 'read.db'),
  keys: join(dataFolder, 'keys.db'),
  /** How far each webhook receiver has got; there when webhooks are set up. */
  webhooks: join(dataFolder, 'webhooks.db'),
})
/** Longest that the demonstration waits for a projection, ms. */
const demoPatience = 60_000

/**
 * Opens everything on one data folder and becomes its one writer. Faults carry a `code` and one sentence. What was opened before a fault is
 * closed again.
 */
export const openVaka = async (config: VakaConfig, warn: (sentence: string) => void = (sentence) => process.stderr.write(`${sentence}\n`)): Promise<Application> => {
  const files = filesOf(config.dataFolder)
  mkdirSync(config.dataFolder, { recursive: true })
  const opened: (() => void | Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end()
  }
  try {
    const lock = lockFolder(config.dataFolder)
    opened.push(() => lock.release())
    const { key, beside } = readMasterKey({ variable: config.masterKey, dataFolder: config.dataFolder, vault: files.keys })
    if (beside && !config.demo) warn(`The master key lies in ${config.dataFolder} beside the data: set VAKA_MASTER_KEY, so that a copy of the data alone can be read by nobody.`)
    const clock = settableClock(config.clock)
    const vault = await openKeyVault({ file: files.keys, masterKey: key })
    opened.push(() => vault.close())
    const store = await openEventStore({ file: files.events, clock })
    opened.push(() => store.close())
    const readModel = await openReadModel({ file: files.read })
    opened.push(() => readModel.close())
    const head = await store.checkpoint('head')
    const projector = startProjector({
      eventsFile: files.events,
      readFile: files.read,
      onCrash: (reason, againInMs) => warn(`The projector stopped (${reason}) and starts again in ${againInMs} ms.`),
    })
    opened.push(() => projector.stop())
    const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
    const ticker = startTicker(context, { clock, caughtUp: () => caughtUp(context), onFault: (thrown) => warn(`The clock could not say something that is due, and tries again: ${described(thrown).message}`) })
    opened.push(() => ticker.stop())
    const reactors = await startReactors(context, { settings: config.reactors, file: files.webhooks, onFault: warn })
    opened.push(() => reactors.stop())
    return application(context, { clock, projector, ticker, reactors, atStart: head === 'start' ? undefined : head.position, demo: config.demo, close })
  } catch (thrown) {
    await close()
    throw thrown
  }
}

interface Parts {
  readonly clock: ReturnType<typeof settableClock>
  readonly projector: ProjectorHost
  readonly ticker: Ticker
  readonly reactors: Reactors
  /** The end of the log found at start: ready means that every projection has passed it. */
  readonly atStart: string | undefined
  readonly demo: boolean
  readonly close: () => Promise<void>
}
const names = projections.map(({ name }) => name)
const allReached = async (readModel: Context['readModel'], position: string, withinMs: number): Promise<boolean> =>
  (await Promise.all(names.map((name) => readModel.reached(name, position, withinMs)))).every(Boolean)
/** Waits until every projection has seen the log as it is now. */
const caughtUp = async ({ store, readModel }: Context): Promise<void> => {
  const head = await store.checkpoint('head')
  if (head !== 'start' && !(await allReached(readModel, head.position, demoPatience))) throw new Error('A projection did not reach the end of the log')
}

const application = (context: Context, { clock, projector, ticker, reactors, atStart, demo, close }: Parts): Application => {
  const { store, readModel } = context
  const reached = (position: string, withinMs: number): Promise<boolean> => allReached(readModel, position, withinMs)
  let wasReady = false
  /**
   * Once every projection has passed the end of the log found at start, and none has stopped, the service is ready and stays so: a projection
   * that stops later is told by its status, and must not keep reports from coming in.
   */
  const isReady = async (projections: Standing): Promise<boolean> =>
    (wasReady ||= (atStart === undefined || (await reached(atStart, 0))) && projections.every(({ status }) => status !== 'stopped'))
  return {
    clock,
    handleDeviation: (request) => handleDeviation(context, request),
    reassign: (request) => reassign(context, request),
    handleOrganisation: (request) => handleOrganisation(context, request),
    handlePolicy: (request) => handlePolicy(context, request),
    handleRoutine: (request) => handleRoutine(context, request),
    queries: questions(context, (name) => projector.rebuild(name), () => reactors.receivers()),
    live: liveOf(context),
    reached,
    position: async () => (await Promise.all(names.map((name) => readModel.position(name)))).map((p) => p ?? '').sort()[0] ?? '',
    ready: async () => {
      const projections = await standing(context)
      return { ready: await isReady(projections), details: { projections, ...(await reactors.status()) } }
    },
    lag: async () => Object.fromEntries((await standing(context)).map(({ name, lag }) => [name, lag])),
    reactors: () => reactors.figures(),
    ...(demo && {
      demo: {
        setClock: (now: string) => ticker.pass(now),
        initOrganisation: async (people: { readonly admin: string; readonly confirmer: string }) => {
          const outcome = await initialiseOrganisation(context, people)
          if (outcome.kind === 'done') return { kind: 'done' as const, body: { position: outcome.position, events: outcome.events } }
          return { kind: 'refused' as const, reasons: outcome.kind === 'refused' ? outcome.reasons : [{ code: 'organisation-not-empty' }] }
        },
        load: () =>
          // The year of the demonstration is long past: nobody is mailed about it.
          reactors.rest(() =>
            ticker.alone((pass) =>
              loadDemo({
                store,
                clock,
                pass,
                handleDeviation: (request) => handleDeviation(context, request),
                handleOrganisation: (request) => handleOrganisation(context, request),
                initOrganisation: (people) => initialiseOrganisation(context, people),
                waitForProjections: () => caughtUp(context),
              }),
            ),
          ),
      },
    }),
    close,
  }
}

type Standing = Awaited<ReturnType<typeof standing>>
/** The answering build of each projection against the end of the log. */
const standing = async ({ store, readModel }: { readonly store: EventStore; readonly readModel: Context['readModel'] }) => {
  const head = await store.checkpoint('head')
  const size = head === 'start' ? 0 : head.size
  const builds = await readModel.status()
  return names.map((name) => {
    const build = builds.filter((b) => b.name === name).sort((a, b) => Number(b.promoted) - Number(a.promoted))[0]
    return { name, status: build?.status ?? 'catching-up', lag: size - (build?.size ?? 0), ...(build?.reason === undefined ? {} : { reason: build.reason }) }
  })
}
