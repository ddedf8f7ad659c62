import { mkdirSync } from 'node:fs'
import { setTimeout as rest } from 'node:timers/promises'
import type { Application } from '#apps/api/application'
import { clockFigures, type ClockFigures } from '#apps/application/clock-figures'
import type { Context } from '#apps/application/context'
import { loadDemo } from '#apps/application/demo/load'
import { handleDeviation } from '#apps/application/deviation'
import { liveOf } from '#apps/application/live/live'
import { closeAll, openContext, type Closing } from '#apps/application/open-context'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { filesOf, isCluster, urlsOf, type StoreUrls } from '#apps/application/places'
import { handlePolicy } from '#apps/application/policy'
import { questions } from '#apps/application/queries/questions'
import { startReactors, type Reactors, type ReactorSettings } from '#apps/application/reactors'
import { reassign } from '#apps/application/reassign'
import { handleRoutine } from '#apps/application/routines'
import { allReached, leastPosition, standing, type Standing } from '#apps/application/standing'
import { watchStores, type StoreWatch } from '#apps/application/store-watch'
import { openReadModelUrl, readReadUrl } from '#apps/application/stores'
import { startTicker, type Ticker } from '#apps/application/ticker'
import { startProjector, type ProjectorHost } from '#apps/projector/host'
import { clockLease } from '#apps/projector/list'
import { settableClock } from '#libs/kernel/clock'
import { readMasterKey } from '#libs/privacy/master-key'
import { openLeases } from '#libs/read-model-postgres/lease'
import { described, fault } from '#libs/sqlite/fault'
import { lockFolder } from '#libs/sqlite/lock'

export interface VakaConfig {
  readonly dataFolder: string
  /** Addresses of the stores; the files of the data folder unless said. */
  readonly stores?: StoreUrls
  readonly masterKey?: string
  /** Where the clock starts, in demo mode. */
  readonly clock?: string
  readonly demo: boolean
  /** Mail and webhooks, when they are set up. */
  readonly reactors?: ReactorSettings
  /** On a cluster: be the clock and keep up the projections as well. Throws `clock-taken` while a projector is the clock. */
  readonly alone?: boolean
}
/** Longest that the projections are asked how they stand before readiness is told without them, ms: whoever looks does not wait long. */
const standingPatience = 1000
/** Longest that the demonstration waits for a projection, ms. */
const demoPatience = 60_000

/**
 * Opens everything. On a log in a file it becomes the one writer of the data folder, and all runs in this process; on a cluster it only answers, and
 * projections, clock, mail and webhooks are the projectors'. Faults carry a `code` and one sentence. What was opened before a fault is closed again.
 */
export const openVaka = async (config: VakaConfig, warn: (sentence: string) => void = (sentence) => process.stderr.write(`${sentence}\n`)): Promise<Application> => {
  const urls = config.stores ?? urlsOf(config.dataFolder)
  const opened: Closing = []
  const close = (): Promise<void> => closeAll(opened)
  try {
    return isCluster(urls) ? await openOnCluster(config, urls, { opened, close, warn }) : await openOnFolder(config, urls, { opened, close, warn })
  } catch (thrown) {
    await close()
    throw thrown
  }
}

interface Begun {
  readonly opened: Closing
  readonly close: () => Promise<void>
  readonly warn: (sentence: string) => void
}
const openOnFolder = async (config: VakaConfig, urls: StoreUrls, { opened, close, warn }: Begun): Promise<Application> => {
  const files = filesOf(config.dataFolder)
  mkdirSync(config.dataFolder, { recursive: true })
  const lock = lockFolder(config.dataFolder)
  opened.push(() => lock.release())
  const masterKey = readMasterKey({ variable: config.masterKey, dataFolder: config.dataFolder, vault: files.keys })
  if (masterKey.beside && !config.demo) warn(`The master key lies in ${config.dataFolder} beside the data: set VAKA_MASTER_KEY, so that a copy of the data alone can be read by nobody.`)
  const clock = settableClock(config.clock)
  const context = await openContext(urls, { masterKey, clock, opened })
  const atStart = await headOf(context)
  const machinery = await startMachinery(context, { clock, urls, opened, warn, reactors: { settings: config.reactors, openCheckpoints: () => openReadModelUrl(`sqlite:${files.webhooks}`) } })
  return application(context, { clock, machinery, atStart, demo: config.demo, close })
}
const openOnCluster = async (config: VakaConfig, urls: StoreUrls, { opened, close, warn }: Begun): Promise<Application> => {
  const masterKey = readMasterKey({ variable: config.masterKey, dataFolder: config.dataFolder, vault: filesOf(config.dataFolder).keys })
  const clock = settableClock(config.clock)
  if (config.alone) opened.push(await takeClock(urls))
  const context = await openContext(urls, { masterKey, clock, opened })
  const atStart = await headOf(context)
  const machinery = config.alone ? await startMachinery(context, { clock, urls, opened, warn, reactors: { settings: undefined, openCheckpoints: () => openReadModelUrl(urls.read) } }) : undefined
  const watch = watchStores(context, warn)
  opened.push(() => watch.stop())
  return application(context, { clock, machinery, watch, atStart, demo: config.demo, close })
}
/** The right to be the clock, now or not at all; answers how to let go of it. */
const takeClock = async ({ read }: StoreUrls): Promise<() => Promise<void>> => {
  const place = readReadUrl(read)
  if (place.engine !== 'postgres') throw fault('bad-configuration', 'The clock of a cluster is taken in PostgreSQL.')
  const leases = openLeases({ url: place.url })
  try {
    await leases.take(clockLease, AbortSignal.timeout(clockPatience))
  } catch {
    await leases.close()
    throw fault('clock-taken', 'A projector is the clock of this log. Stop the projectors first.')
  }
  return () => leases.close()
}
const clockPatience = 5000

interface Machinery {
  readonly projector: ProjectorHost
  readonly ticker: Ticker
  readonly reactors: Reactors
  readonly clockFigures: () => ClockFigures
}
interface MachineryOptions {
  readonly clock: SettableClock
  readonly urls: StoreUrls
  readonly opened: Closing
  readonly warn: (sentence: string) => void
  readonly reactors: Pick<Parameters<typeof startReactors>[1], 'settings' | 'openCheckpoints'>
}
/** What runs by itself, in one process with all else. */
const startMachinery = async (context: Context, { clock, urls: { events, read }, opened, warn, reactors: outgoing }: MachineryOptions): Promise<Machinery> => {
  const projector = startProjector({ events, read, onCrash: (reason, againInMs) => warn(`The projector stopped (${reason}) and starts again in ${againInMs} ms.`) })
  opened.push(() => projector.stop())
  const { heard, figures } = clockFigures()
  const ticker = startTicker(context, {
    clock,
    caughtUp: () => caughtUp(context),
    onRound: heard,
    onFault: (thrown) => warn(`The clock could not say something that is due, and tries again: ${described(thrown).message}`),
  })
  opened.push(() => ticker.stop())
  const reactors = await startReactors(context, { ...outgoing, onFault: warn })
  opened.push(() => reactors.stop())
  return { projector, ticker, reactors, clockFigures: figures }
}

type SettableClock = ReturnType<typeof settableClock>
interface Parts {
  readonly clock: SettableClock
  /** Absent where other processes run it. */
  readonly machinery: Machinery | undefined
  readonly watch?: StoreWatch
  /** The end of the log found at start: ready means that every projection has passed it. */
  readonly atStart: string | undefined
  readonly demo: boolean
  readonly close: () => Promise<void>
}
const headOf = async ({ store }: Context): Promise<string | undefined> => {
  const head = await store.checkpoint('head')
  return head === 'start' ? undefined : head.position
}
/** Waits until every projection has seen the log as it is now. */
const caughtUp = async (context: Context): Promise<void> => {
  const head = await headOf(context)
  if (head !== undefined && !(await allReached(context.readModel, head, demoPatience))) throw new Error('A projection did not reach the end of the log')
}

const application = (context: Context, { clock, machinery, watch, atStart, demo, close }: Parts): Application => {
  const { store, readModel } = context
  const reactors = machinery?.reactors
  const reached = (position: string, withinMs: number): Promise<boolean> => allReached(readModel, position, withinMs)
  let wasReady = false
  /**
   * Once every projection has passed the end of the log found at start, and none has stopped, the service is ready and stays so: a projection
   * that stops later is told by its status, and must not keep reports from coming in.
   */
  const isReady = async (projections: readonly Standing[]): Promise<boolean> =>
    (wasReady ||= (atStart === undefined || (await reached(atStart, 0))) && projections.every(({ status }) => status !== 'stopped'))
  return {
    clock,
    handleDeviation: (request) => handleDeviation(context, request),
    reassign: (request) => reassign(context, request),
    handleOrganisation: (request) => handleOrganisation(context, request),
    handlePolicy: (request) => handlePolicy(context, request),
    handleRoutine: (request) => handleRoutine(context, request),
    queries: questions(context, rebuilding(machinery), async () => (await reactors?.receivers()) ?? []),
    live: liveOf(context),
    reached,
    position: () => leastPosition(readModel),
    ready: async () => {
      const stores = watch?.standing()
      if (watch && !watch.allAnswer()) return { ready: false, details: { stores } }
      const projections = await Promise.race([standing(context), rest(standingPatience, undefined, { ref: false })])
      if (!projections) return { ready: wasReady, details: { ...(stores && { stores }) } }
      return { ready: await isReady(projections), details: { projections, ...(stores && { stores }), ...(await reactors?.status()) } }
    },
    projections: () => standing(context),
    ...(machinery && { reactors: () => machinery.reactors.figures(), clockFigures: machinery.clockFigures }),
    ...(demo && {
      demo: {
        setClock: (now: string) => (machinery ? machinery.ticker.pass(now) : clock.set(now)),
        initOrganisation: async (people: { readonly admin: string; readonly confirmer: string }) => {
          const outcome = await initialiseOrganisation(context, people)
          if (outcome.kind === 'done') return { kind: 'done' as const, body: { position: outcome.position, events: outcome.events } }
          return { kind: 'refused' as const, reasons: outcome.kind === 'refused' ? outcome.reasons : [{ code: 'organisation-not-empty' }] }
        },
        load: () => {
          if (!machinery) throw fault('not-alone', 'The demonstration is loaded by a process that is the clock.')
          // The year of the demonstration is long past: nobody is mailed about it.
          return machinery.reactors.rest(() =>
            machinery.ticker.alone((pass) =>
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
          )
        },
      },
    }),
    close,
  }
}

/** On a cluster an api may only read the tables: whoever keeps them builds them anew. */
const rebuilding =
  (machinery: Machinery | undefined) =>
  async (name: string): Promise<void> => {
    if (!machinery) throw fault('rebuild-elsewhere', 'Projections are rebuilt where they are kept: `desk rebuild` with the addresses of a projector.')
    await machinery.projector.rebuild(name)
  }
