export interface Rounds<R> {
  /** A round now, after any that is under way. */
  now(): Promise<R>
  /** Runs something during which there are no rounds. */
  rest<T>(work: () => Promise<T>): Promise<T>
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}
export interface RoundsOptions {
  readonly everyMs: number
  readonly onFault: (reason: unknown) => void
}

/** Runs a round every so often, one at a time, for as long as the process lives. One that fails is told, and the next comes in its time. */
export const startRounds = <R>(round: () => Promise<R>, { everyMs, onFault }: RoundsOptions): Rounds<R> => {
  let last: Promise<unknown> = Promise.resolve()
  let [waiting, stopped] = [false, false]
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => undefined)
    return next
  }
  const timer = setInterval(() => {
    if (waiting || stopped) return
    waiting = true
    void queued(async () => {
      waiting = false
      if (!stopped) await round()
    }).catch(onFault)
  }, everyMs)
  timer.unref()
  return {
    now: () => queued(round),
    rest: (work) => queued(work),
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await last
    },
  }
}
