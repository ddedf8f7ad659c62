import { setTimeout as rest } from 'node:timers/promises'
import type { Followed, Place, Server } from '#libs/event-store-eventstoredb/client'

/** Pauses between attempts, ms: doubled from the first to the last. */
const firstPause = 25
const longestPause = 1000

export interface Interruption {
  /** One sentence. */
  readonly interrupted: string
}
/**
 * Follows until the signal aborts: the client does not resume, so after an error, and after an end without one, it begins again after the
 * last place whose item has been handled, with longer and longer pauses while nothing comes. Throws when the server refuses access.
 */
export async function* resumed(server: Server, prefix: string, after: Place | 'start', signal: AbortSignal): AsyncGenerator<Followed | Interruption> {
  let place = after
  let pause = firstPause
  while (!signal.aborted) {
    let why = 'the server ended it'
    try {
      for await (const item of server.follow(prefix, place, signal)) {
        if (signal.aborted) return
        yield item
        if (item !== 'caught-up') place = 'reached' in item ? item.reached : item.place
        pause = firstPause
      }
    } catch (error) {
      if (signal.aborted) return
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'access-denied') throw error
      why = error instanceof Error ? error.message : String(error)
    }
    if (signal.aborted) return
    yield { interrupted: why }
    // Not all who lost the same server come back to it at once.
    await rest(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
    pause = Math.min(pause * 2, longestPause)
  }
}
