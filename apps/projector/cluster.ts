import { setTimeout as rest } from 'node:timers/promises'
import { clockFigures, type ClockFigures } from '#apps/application/clock-figures'
import type { Context } from '#apps/application/context'
import { closeAll, openContext, type Closing } from '#apps/application/open-context'
import { isAway, isFinal, patiently, quietly } from '#apps/application/patience'
import type { StoreUrls } from '#apps/application/places'
import { startReactors, type ReactorFigures, type Reactors, type ReactorSettings } from '#apps/application/reactors'
import { standing, type Standing } from '#apps/application/standing'
import { watchStores, type StoreWatch } from '#apps/application/store-watch'
import { openReadModelUrl, readReadUrl } from '#apps/application/stores'
import { startTicker } from '#apps/application/ticker'
import { clockLease, projections, reactorLease } from '#apps/projector/list'
import { aborted, inShifts } from '#apps/projector/shift'
import { settableClock } from '#libs/kernel/clock'
import type { AnyProjection } from '#libs/kernel/projection'
import { runProjection } from '#libs/kernel/projector'
import type { MasterKey } from '#libs/privacy/master-key'
import { openLeases, type Leases } from '#libs/read-model-postgres/lease'
import { described, fault } from '#libs/sqlite/fault'

export interface ProjectorConfig {
  readonly stores: StoreUrls
  readonly masterKey: Pick<MasterKey, 'key'>
  /** Where the clock starts, in demo mode. */
  readonly clock?: string
  /** Mail and webhooks, when they are set up. */
  readonly reactors?: ReactorSettings
  /** Silence after which PostgreSQL gives up a holder of leases, ms. */
  readonly silenceMs?: number
  readonly tell: (sentence: string) => void
  /** Told of what waiting does not mend. */
  readonly onFinal: (thrown: unknown) => void
}
export interface Projector {
  ready(): { readonly ready: boolean; readonly details: Readonly<Record<string, unknown>> }
  projections(): Promise<readonly Standing[]>
  reactors(): Promise<ReactorFigures>
  clockFigures(): ClockFigures
  /** Lets go of all leases and closes the stores. */
  stop(): Promise<void>
}
/** A few milliseconds of latency for a third of the work under load. */
const restMs = 5
/** How often a projection that has stopped is looked at: somebody may have rebuilt it. */
const lookAgainMs = 1000
/** Longest that letting go of the clock waits for its round, ms; what is cut off says nothing twice when it is said again. */
const roundPatience = 5000

/**
 * One of the processes that keep up the projections of a cluster, are its clock and send its mail: each under a lease, so that one of them does it at a
 * time and another takes over. Stores may come later and go away; it waits for them, and says so in one sentence.
 */
export const startClusterProjector = ({ stores, masterKey, clock: startsAt, reactors: settings, silenceMs, tell, onFinal }: ProjectorConfig): Projector => {
  const read = readReadUrl(stores.read)
  if (read.engine !== 'postgres') throw fault('bad-configuration', 'A projector of its own needs READ_URL in PostgreSQL: leases are taken there.')
  const stopping = new AbortController()
  const { signal } = stopping
  const opened: Closing = []
  const clock = settableClock(startsAt)
  const ticked = clockFigures()
  const held = new Set<string>()
  const say = quietly(tell)
  /** What a store that is away brings with it is told once, by the watch. */
  const onFault = (what: string) => (thrown: unknown): void => {
    if (isFinal(thrown)) onFinal(thrown)
    else if (!isAway(thrown)) say(`${what}: ${described(thrown).message.split('\n', 1).join()}`)
  }
  let waitingFor: string | undefined = 'The stores are being opened.'
  let context: Context | undefined
  let watch: StoreWatch | undefined
  let reactors: Reactors | undefined

  const shift = (leases: Leases, name: string, what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> =>
    inShifts({ leases, name, signal, onFault: onFault(what), onHeld: (isHeld) => void (isHeld ? held.add(name) : held.delete(name)) }, work)

  const project = async ({ store, readModel }: Context, projection: AnyProjection, mine: AbortSignal): Promise<void> => {
    while (!mine.aborted) {
      await runProjection({
        store,
        readModel,
        projection,
        signal: mine,
        restMs,
        onStatus: (status) => {
          if (status.status === 'stopped') tell(`The projection ${projection.name} has stopped: ${status.reason}`)
        },
      })
      await rebuiltElsewhere(readModel, projection.name, mine)
    }
  }
  const keepTime = async (of: Context, mine: AbortSignal): Promise<void> => {
    const ticker = startTicker(of, { clock, caughtUp: async () => undefined, onRound: ticked.heard, onFault: onFault('The clock could not say something that is due, and tries again') })
    await aborted(mine)
    await Promise.race([ticker.stop(), rest(roundPatience, undefined, { ref: false })])
  }
  const react = async (of: Context, mine: AbortSignal): Promise<void> => {
    const started = await startReactors(of, { settings, openCheckpoints: () => openReadModelUrl(stores.read), onFault: say })
    reactors = started
    await aborted(mine)
    reactors = undefined
    await started.stop()
  }
  const openAll = async (): Promise<Context> => {
    try {
      return await openContext(stores, { masterKey, clock, opened })
    } catch (thrown) {
      await closeAll(opened)
      throw thrown
    }
  }
  const run = async (): Promise<void> => {
    const of = await patiently(openAll, {
      signal,
      tell: (sentence) => {
        waitingFor = sentence
        tell(`${sentence} It is tried again until it does.`)
      },
    })
    context = of
    waitingFor = undefined
    const watching = watchStores(of, tell)
    watch = watching
    const leases = openLeases({ url: read.url, ...(silenceMs !== undefined && { silenceMs }) })
    try {
      await Promise.all([
        ...projections.map((projection) => shift(leases, projection.name, `The projection ${projection.name} could not go on, and tries again`, (mine) => project(of, projection, mine))),
        shift(leases, clockLease, 'The clock stopped, and is started again', (mine) => keepTime(of, mine)),
        ...(settings ? [shift(leases, reactorLease, 'Mail and webhooks stopped, and are started again', (mine) => react(of, mine))] : []),
      ])
    } finally {
      await leases.close()
      await watching.stop()
    }
  }
  const running = run()
    .catch((thrown: unknown) => {
      if (!signal.aborted) onFinal(thrown)
    })
    .finally(() => closeAll(opened))
  return {
    ready: () => ({
      ready: watch?.allAnswer() ?? false,
      details: { ...(waitingFor === undefined ? { stores: watch?.standing() } : { waitingFor }), leases: [...held].sort() },
    }),
    projections: async () => (context ? standing(context) : []),
    reactors: async () => (await reactors?.figures()) ?? { webhooks: [] },
    clockFigures: ticked.figures,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Settles when a projection that has stopped is to go on, as somebody has rebuilt it, or when the signal aborts. */
const rebuiltElsewhere = async (readModel: Context['readModel'], name: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await rest(lookAgainMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted || (await readModel.builds()).some((build) => build.name === name && build.promoted && build.status !== 'stopped')) return
  }
}
