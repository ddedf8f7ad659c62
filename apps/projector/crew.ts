import { setImmediate as turn } from 'node:timers/promises'
import { aborted } from '#apps/projector/shift'
import type { AnyProjection } from '#libs/kernel/projection'
import { runProjections, type ProjectorOptions } from '#libs/kernel/projector'

/** The projections that one process keeps up, of which some come and go: they share one subscription, so that an event is read once for all of them. */
export interface Crew {
  /** Until the signal aborts. Rejects on faults of the store or the read model, with those of all others. */
  keepUp(projection: AnyProjection, signal: AbortSignal): Promise<void>
}
export interface CrewOptions extends Omit<ProjectorOptions, 'signal'> {
  /** How often one that has stopped at an event is looked at: somebody may have rebuilt it. */
  readonly lookAgainMs?: number
}
interface Member {
  readonly signal: AbortSignal
  readonly left: () => void
  readonly failed: (thrown: unknown) => void
}

export const openCrew = ({ onStatus, lookAgainMs = 1000, ...options }: CrewOptions): Crew => {
  const members = new Map<AnyProjection, Member>()
  const resting = new Set<AnyProjection>()
  let round = new AbortController()
  let isRunning = false

  const look = (): void => {
    if (resting.size === 0) return
    options.readModel.builds().then(
      (builds) => {
        const rebuilt = [...resting].filter(({ name }) => builds.some((build) => build.name === name && build.promoted && build.status !== 'stopped'))
        for (const projection of rebuilt) resting.delete(projection)
        if (rebuilt.length > 0) round.abort()
      },
      () => undefined,
    )
  }
  const goOn = async (): Promise<void> => {
    const projections = [...members.keys()].filter((projection) => !resting.has(projection))
    await runProjections({
      ...options,
      projections,
      signal: round.signal,
      onStatus: (status) => {
        const projection = projections.find(({ name }) => name === status.name)
        if (projection && status.status === 'stopped') resting.add(projection)
        onStatus?.(status)
      },
    })
    // All of them have stopped, or there are none.
    await aborted(round.signal)
  }
  const leave = (which: (member: Member) => boolean, how: (member: Member) => void): void => {
    for (const [projection, member] of [...members])
      if (which(member)) {
        members.delete(projection)
        resting.delete(projection)
        how(member)
      }
  }
  const run = async (): Promise<void> => {
    isRunning = true
    const looking = setInterval(look, lookAgainMs)
    for (;;) {
      round = new AbortController()
      // Those who come or go together change the round once.
      await turn()
      leave(({ signal }) => signal.aborted, ({ left }) => { left() })
      if (members.size === 0) break
      try {
        await goOn()
      } catch (thrown) {
        leave(() => true, ({ failed }) => { failed(thrown) })
      }
    }
    isRunning = false
    clearInterval(looking)
  }
  return {
    keepUp: (projection, signal) =>
      new Promise((resolve, reject) => {
        const changed = (): void => {
          round.abort()
        }
        const settled = (settle: () => void) => (): void => {
          signal.removeEventListener('abort', changed)
          settle()
        }
        members.set(projection, { signal, left: settled(resolve), failed: (thrown) => { settled(() => { reject(thrown) })() } })
        signal.addEventListener('abort', changed)
        if (isRunning) changed()
        else void run()
      }),
  }
}
