import { setTimeout as rest } from 'node:timers/promises'
import type { Leases } from '#libs/read-model-postgres/lease'

export interface ShiftOptions {
  readonly leases: Pick<Leases, 'take'>
  readonly name: string
  readonly signal: AbortSignal
  /** Told what a shift ended with when it was not told to end. */
  readonly onFault: (thrown: unknown) => void
  /** Told when the lease is had and when it is not any more. */
  readonly onHeld?: (isHeld: boolean) => void
  readonly firstMs?: number
  readonly longestMs?: number
}

/**
 * Works whenever the lease is ours, until the signal aborts: `work` is to end when its signal aborts, which it does when the lease is lost. Work that
 * fails lets go of the lease, for another process to try, and comes back after a pause.
 */
export const inShifts = async ({ leases, name, signal, onFault, onHeld, firstMs = 250, longestMs = 10_000 }: ShiftOptions, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  let pauseMs = firstMs
  while (!signal.aborted) {
    const lease = await leases.take(name, signal).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown
    })
    if (!lease) return
    onHeld?.(true)
    let hasFailed = false
    try {
      await work(AbortSignal.any([signal, lease.lost]))
    } catch (thrown) {
      // What a lost lease was in the middle of fails with it.
      hasFailed = !signal.aborted && !lease.lost.aborted
      if (hasFailed) onFault(thrown)
    }
    onHeld?.(false)
    await lease.release()
    if (hasFailed) await rest(pauseMs, undefined, { signal }).catch(() => undefined)
    pauseMs = hasFailed ? Math.min(pauseMs * 2, longestMs) : firstMs
  }
}

/** Settles when the signal aborts. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => { resolve() }, { once: true })
  })
