export interface Gathered<Q, A> {
  submit(request: Q): Promise<A>
  /** Answers when nothing is under way any more. */
  idle(): Promise<void>
}
export interface GatherOptions<Q, A> {
  /** Answers, or fails, all of them together. */
  readonly work: (requests: readonly Q[]) => Promise<A>
  readonly weight: (request: Q) => number
  /** Most weight that goes together, unless one request has more. */
  readonly most: number
}
interface Waiting<Q, A> {
  readonly request: Q
  readonly resolve: (answer: A) => void
  readonly reject: (reason: unknown) => void
}

/** Requests that come together, or while others are under way, are worked on together. Nobody waits for others to come. */
export const gather = <Q, A>({ work, weight, most }: GatherOptions<Q, A>): Gathered<Q, A> => {
  let waiting: Waiting<Q, A>[] = []
  let running: Promise<void> | undefined

  const next = (): readonly Waiting<Q, A>[] => {
    let sum = 0
    const stop = waiting.findIndex(({ request }, i) => (sum += weight(request)) > most && i > 0)
    const batch = stop < 0 ? waiting : waiting.slice(0, stop)
    waiting = stop < 0 ? [] : waiting.slice(stop)
    return batch
  }
  const run = async (): Promise<void> => {
    // Those that come in this turn of the event loop come along.
    await undefined
    while (waiting.length > 0) {
      const batch = next()
      try {
        const answer = await work(batch.map(({ request }) => request))
        for (const { resolve } of batch) resolve(answer)
      } catch (thrown) {
        for (const { reject } of batch) reject(thrown)
      }
    }
    running = undefined
  }
  return {
    submit: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject })
        running ??= run()
      }),
    idle: async () => {
      await running
    },
  }
}
