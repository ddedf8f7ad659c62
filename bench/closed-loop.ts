/**
 * Calls a second by so many callers, each of which waits for its own call before the next; `times` gets how long each took, ms. `call` is told the how
 * manieth it is.
 */
export const closedLoop = async (callers: number, ms: number, times: number[], call: (n: number) => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  const end = started + ms
  let done = 0
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const before = performance.now()
      await call(done++)
      times.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return (done * 1_000) / (performance.now() - started)
}
