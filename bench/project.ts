import { projections } from '#apps/projector/list'
import { runProjections } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'

/** Projects a log into empty tables, all projections together, until each has caught up. Throws when one stops. */
export const projectAll = async (store: EventStore, readModel: ReadModel): Promise<void> => {
  const stop = new AbortController()
  const live = new Set<string>()
  await runProjections({
    store,
    readModel,
    projections,
    signal: stop.signal,
    onStatus: (status) => {
      if (status.status === 'stopped') throw new Error(`${status.name}: ${status.reason}`)
      if (status.status === 'live' && live.add(status.name).size === projections.length) stop.abort()
    },
  })
}
