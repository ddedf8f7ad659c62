/** RFC 3339 in UTC with milliseconds; sorts as text. */
export type Instant = string

/** The only source of time. Nothing in a decider, a fold or a projection reads it: time arrives as a value. */
export interface Clock {
  now(): Instant
}
export const systemClock: Clock = { now: () => new Date().toISOString() }

/** A clock that starts at a chosen instant and runs on, for demonstrations and tests. It never goes backwards. */
export const settableClock = (start: Instant | undefined, real: Clock = systemClock): Clock & { set(now: Instant): void; release(): void } => {
  let offset = start === undefined ? 0 : Date.parse(start) - Date.parse(real.now())
  const now = (): Instant => new Date(Date.parse(real.now()) + offset).toISOString()
  return {
    now,
    set: (to) => {
      offset = Date.parse(to) - Date.parse(real.now())
    },
    release: () => {
      offset = 0
    },
  }
}
