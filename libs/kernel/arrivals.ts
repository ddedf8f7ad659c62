interface Waiter {
  readonly name: string
  readonly position: string
  readonly end: (arrived: boolean) => void
}
/** Who waits for a projection to come to a position. */
export interface Waiters {
  /** Waits until the projection is told to be there, at most so many ms; says whether it came. */
  wait(name: string, position: string, withinMs: number): Promise<boolean>
  /** A projection stands at a position: whoever waited for it, or for less, goes on. */
  arrivedAt(name: string, position: string): void
  /** The projections that somebody waits for, each once. */
  names(): readonly string[]
  /** Nobody waits any longer: what was waited for did not come. */
  end(): void
}

/** Keeps those who wait; when to look for them is the engine's to know. */
export const openWaiters = (): Waiters => {
  const waiters = new Set<Waiter>()
  return {
    wait: (name, position, withinMs) =>
      new Promise((resolve) => {
        const waiter: Waiter = {
          name,
          position,
          end: (arrived) => {
            clearTimeout(timer)
            waiters.delete(waiter)
            resolve(arrived)
          },
        }
        const timer = setTimeout(waiter.end, withinMs, false)
        waiters.add(waiter)
      }),
    arrivedAt: (name, position) => {
      for (const waiter of waiters) if (waiter.name === name && position >= waiter.position) waiter.end(true)
    },
    names: () => [...new Set([...waiters].map(({ name }) => name))],
    end: () => {
      for (const { end } of waiters) end(false)
    },
  }
}
