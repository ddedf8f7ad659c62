import { setTimeout as rest } from 'node:timers/promises'
import type { Context } from '#apps/application/context'
import { described } from '#libs/sqlite/fault'

/** `ok`, or in one sentence why a store does not answer. */
export type StoreStanding = Readonly<Record<'events' | 'read' | 'keys', string>>
export interface StoreWatch {
  readonly standing: () => StoreStanding
  readonly allAnswer: () => boolean
  stop(): Promise<void>
}
export interface WatchTimes {
  /** Between an answer, or the lack of one, and the next question, ms. */
  readonly everyMs?: number
  /** After which a store that has not answered is lost, ms. */
  readonly longestMs?: number
}

/**
 * Asks each store something small every second, and says in one sentence when one is lost and when it is back. One that does not answer is asked again all
 * the same: the first question may be on a line that is dead. How many are open then is bounded by the time limits of the stores.
 */
export const watchStores = ({ store, readModel, vault }: Pick<Context, 'store' | 'readModel' | 'vault'>, tell: (sentence: string) => void, { everyMs = 1000, longestMs = 3000 }: WatchTimes = {}): StoreWatch => {
  const stores = [
    { name: 'events', called: 'event store', ask: (): Promise<unknown> => store.checkpoint('head') },
    { name: 'read', called: 'read store', ask: (): Promise<unknown> => readModel.position('queue') },
    // A key that there is not is looked for where the keys are.
    { name: 'keys', called: 'key vault', ask: (): Promise<unknown> => vault.find(['watch']) },
  ] as const
  const found = { events: 'ok', read: 'ok', keys: 'ok' }
  const stopping = new AbortController()
  const { signal } = stopping
  const look = async ({ name, called, ask }: (typeof stores)[number]): Promise<void> => {
    while (!signal.aborted) {
      const asked = ask().then(
        () => 'ok',
        (thrown: unknown) => described(thrown).message.split('\n', 1).join(),
      )
      const late = rest(longestMs, `The ${called} has not answered for ${longestMs} ms`, { signal, ref: false }).catch(() => found[name])
      const answer = await Promise.race([asked, late])
      if (signal.aborted) return
      if (answer !== 'ok' && found[name] === 'ok') tell(`The ${called} is lost and waited for: ${answer}`)
      if (answer === 'ok' && found[name] !== 'ok') tell(`The ${called} answers again.`)
      found[name] = answer
      await rest(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
  const looking = Promise.all(stores.map(look))
  return {
    standing: () => ({ ...found }),
    allAnswer: () => Object.values(found).every((answer) => answer === 'ok'),
    stop: async () => {
      stopping.abort()
      await looking
    },
  }
}
