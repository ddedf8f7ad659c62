import type { Application } from '#apps/api/application'
import { patiently } from '#apps/application/patience'
import { systemClock } from '#libs/kernel/clock'
import { fault } from '#libs/sqlite/fault'

export interface Deferral {
  /** Told in one sentence what is waited for. */
  readonly tell: (sentence: string) => void
  /** Told of what waiting does not mend. */
  readonly onFinal: (thrown: unknown) => void
}

/**
 * An application that is there before its stores are: until it could be opened everything asked of it is the fault `unavailable`, before anything is
 * begun, and it is not ready. It is opened with growing pauses, for as long as it takes.
 */
export const deferred = (open: () => Promise<Application>, { tell, onFinal }: Deferral): Application => {
  const stopping = new AbortController()
  let current: Application | undefined
  let waitingFor = 'The stores are being opened.'
  const told = (sentence: string): void => {
    waitingFor = sentence
    tell(`${sentence} It is tried again until it does.`)
  }
  const opening = patiently(open, { signal: stopping.signal, tell: told }).then(
    (application) => {
      current = application
    },
    (thrown: unknown) => {
      if (!stopping.signal.aborted) onFinal(thrown)
    },
  )
  const opened = (): Application => {
    if (!current) throw fault('unavailable', 'The stores do not answer yet')
    return current
  }
  return {
    clock: { now: () => (current?.clock ?? systemClock).now() },
    handleDeviation: async (request) => opened().handleDeviation(request),
    reassign: async (request) => opened().reassign(request),
    handleOrganisation: async (request) => opened().handleOrganisation(request),
    handlePolicy: async (request) => opened().handlePolicy(request),
    handleRoutine: async (request) => opened().handleRoutine(request),
    get queries() {
      return opened().queries
    },
    get live() {
      return opened().live
    },
    reached: async (position, withinMs) => opened().reached(position, withinMs),
    position: async () => opened().position(),
    ready: async () => (current ? current.ready() : { ready: false, details: { waitingFor } }),
    projections: async () => (await current?.projections?.()) ?? [],
    close: async () => {
      stopping.abort()
      await opening
      await current?.close()
    },
  }
}
