import type { Ticked } from '#apps/application/clock'
import { deadlineKeys } from '#events/codes'

/** For the metrics. */
export interface ClockFigures {
  /** When the last round of the clock was done, seconds since 1970; undefined before the first one here. */
  readonly lastRound: number | undefined
  /** Deadlines that this process said were missed, by kind. */
  readonly missed: Readonly<Record<string, number>>
}
/** Counts what a clock says. Every kind counts from 0, so that a first one is seen as an increase. */
export const clockFigures = () => {
  const missed = new Map<string, number>(deadlineKeys.map((kind) => [kind, 0]))
  let lastRound: number | undefined
  return {
    heard: (ticked: Ticked): void => {
      // The machine's time, whatever a clock is set to: whoever watches compares it with his own.
      lastRound = Date.now() / 1000
      for (const kind of ticked.missed) missed.set(kind, (missed.get(kind) ?? 0) + 1)
    },
    figures: (): ClockFigures => ({ lastRound, missed: Object.fromEntries(missed) }),
  }
}
