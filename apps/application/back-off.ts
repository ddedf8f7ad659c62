import type { Clock } from '#libs/kernel/clock'

const firstMs = 15_000
const longestMs = 15 * 60_000

/** When something that fails may be tried again: after 15 seconds, then twice as long each time, up to 15 minutes; a fifth more or less, so that many do not come at once. */
export const backOffMs = (failures: number, random: () => number = Math.random): number => Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 10)) * (0.8 + 0.4 * random())

/** Waits by name. Kept in memory: who starts again tries at once. */
export const backOffs = (clock: Clock, random: () => number = Math.random) => {
  const waits = new Map<string, { readonly failures: number; readonly until: number }>()
  return {
    waits: (name: string): boolean => {
      const wait = waits.get(name)
      return wait !== undefined && Date.parse(clock.now()) < wait.until
    },
    failed: (name: string): void => {
      const failures = (waits.get(name)?.failures ?? 0) + 1
      waits.set(name, { failures, until: Date.parse(clock.now()) + backOffMs(failures, random) })
    },
    succeeded: (name: string): void => {
      waits.delete(name)
    },
  }
}
export type BackOffs = ReturnType<typeof backOffs>
