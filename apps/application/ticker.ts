import type { Context } from '#apps/application/context'
import { nextInstant, setFirstDeadlines, tick, type Ticked } from '#apps/application/clock'
import { startRounds } from '#apps/application/rounds'
import { watchSeats } from '#apps/application/seats'
import { nextChange } from '#libs/organisation/vacancies'

export interface Ticker {
  /** One round now, after any that is under way. */
  round(): Promise<Ticked>
  /**
   * Lets time pass to an instant: sets the clock to each instant at which there is something to say, or somebody's role begins or ends, says it there, and
   * goes on; so a clock that is moved says everything in time and in order, as one that runs does.
   */
  pass(to: string): Promise<void>
  /** Runs something with the clock standing still for others: nothing is said meanwhile but what it asks for itself. */
  alone<T>(work: (pass: (to: string) => Promise<void>) => Promise<T>): Promise<T>
  /** Ends after the round that is under way. */
  stop(): Promise<void>
}
export interface TickerOptions {
  readonly clock: { now(): string; set(now: string): void }
  /** Waits until the projections have passed the end of the log. */
  readonly caughtUp: () => Promise<void>
  /** Told of what could not be said; never with personal data. */
  readonly onFault: (reason: unknown) => void
  /** Told of each round that was done. */
  readonly onRound?: (ticked: Ticked) => void
  readonly everyMs?: number
}

/** Runs the clock: a round every second, one at a time, for as long as the process lives. A round that fails is told and tried again. */
export const startTicker = (context: Context, { clock, caughtUp, onFault, onRound, everyMs = 1000 }: TickerOptions): Ticker => {
  let looked = false
  const lookAtSeats = watchSeats(context)
  const round = async (): Promise<Ticked> => {
    looked ||= (await setFirstDeadlines(context)) !== undefined
    const ticked = await tick(context)
    for (const { reason } of ticked.failed) onFault(reason)
    onRound?.(ticked)
    try {
      return { ...ticked, said: ticked.said + (await lookAtSeats()) }
    } catch (reason) {
      onFault(reason)
      return ticked
    }
  }
  const pass = async (to: string): Promise<void> => {
    await caughtUp()
    /** What is due cannot be said: time goes on without it. */
    let stuck = false
    for (;;) {
      const now = clock.now()
      const due: string | undefined = stuck ? undefined : await nextInstant(context)
      const changes = nextChange(await context.organisation(), now)
      const next: string | undefined = due !== undefined && (changes === undefined || due <= changes) ? due : changes
      if (next === undefined || next > to) break
      if (next > now) clock.set(next)
      const { said } = await round()
      stuck ||= next === due && said === 0
    }
    if (to > clock.now()) clock.set(to)
    await round()
  }
  const rounds = startRounds(round, { everyMs, onFault })
  return { round: rounds.now, pass: (to) => rounds.rest(() => pass(to)), alone: (work) => rounds.rest(() => work(pass)), stop: rounds.stop }
}
