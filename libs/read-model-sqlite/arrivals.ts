import { openWaiters } from '#libs/kernel/arrivals'
import type { Db } from '#libs/sqlite/open'
import { inProcessSignal } from '#libs/sqlite/signal'

const pollMs = 100

export interface Arrivals {
  reached(name: string, position: string, withinMs: number): Promise<boolean>
  /** Something was committed: wakes who waits, here and in the other threads of the process. */
  tell(): void
  close(): void
}
/** Waits for positions. Threads of this process wake one another; another process is noticed by a slow look at `PRAGMA data_version`. */
export const arrivals = (db: Db, positionOf: (name: string) => string | undefined): Arrivals => {
  const signal = inProcessSignal(`read-store-${db.prepare<[], string>('select id from store').pluck().get() ?? ''}`)
  const dataVersion = db.prepare<[], number>('pragma data_version').pluck()
  const waiters = openWaiters()
  let quiet: (() => void) | undefined

  const look = (): void => {
    for (const name of waiters.names()) waiters.arrivedAt(name, positionOf(name) ?? '')
  }
  const listen = (): (() => void) => {
    let version = dataVersion.get()
    const poll = setInterval(() => {
      const now = dataVersion.get()
      if (now === version) return
      version = now
      look()
    }, pollMs)
    poll.unref()
    const deaf = signal.listen(look)
    return () => {
      clearInterval(poll)
      deaf()
    }
  }
  const wait = (name: string, position: string, withinMs: number): Promise<boolean> => {
    const arrived = waiters.wait(name, position, withinMs)
    quiet ??= listen()
    // What came between the caller's look and the first listener is not missed.
    look()
    return arrived
  }
  return {
    reached: async (name, position, withinMs) => (positionOf(name) ?? '') >= position || (withinMs > 0 && (await wait(name, position, withinMs))),
    tell: () => {
      signal.post()
      look()
    },
    close: () => {
      quiet?.()
      waiters.end()
      signal.close()
    },
  }
}
