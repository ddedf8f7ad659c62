import { Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import pg from 'pg'

export interface SessionOptions {
  readonly config: pg.ClientConfig
  /** With each new connection, before the first tick. */
  readonly begun?: (client: pg.Client) => Promise<void>
  /** At once and then every `everyMs`. A tick that rejects, as one without an answer in time does, gives the connection up. */
  readonly tick: (client: pg.Client) => Promise<unknown>
  readonly everyMs: number
  /** The connection has ended, or was given up. */
  readonly lost?: () => void
}
/** One connection outside the pool, for what lives as long as it does; made again when it is lost. Its statements run one after the other. */
export interface Session {
  /** The next tick comes now. */
  soon(): void
  close(): Promise<void>
}
const firstPauseMs = 100
const longestPauseMs = 1000
const farewellMs = 1000

export const keepSession = ({ config, begun, tick, everyMs, lost }: SessionOptions): Session => {
  const closing = new AbortController()
  let wake = Promise.withResolvers<undefined>()
  const pause = async (ms: number, ...events: readonly Promise<unknown>[]): Promise<void> => {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, closing.signal])
    await Promise.race([rest(ms, undefined, { signal }).catch(() => undefined), ...events])
    over.abort()
  }
  /** Rejects when the connection could not be made; answers when it was lost or is no longer wanted. */
  const live = async (): Promise<void> => {
    const socket = new Socket()
    const client = new pg.Client({ ...config, stream: () => socket })
    const ended = Promise.withResolvers<'ended'>()
    const end = (): void => {
      ended.resolve('ended')
    }
    client.on('error', end)
    client.on('end', end)
    try {
      await client.connect()
      pauseMs = firstPauseMs
      await begun?.(client)
      let state: 'ended' | undefined
      while (state !== 'ended' && !closing.signal.aborted) {
        wake = Promise.withResolvers()
        await tick(client)
        await pause(everyMs, ended.promise, wake.promise)
        state = await Promise.race([ended.promise, Promise.resolve(undefined)])
      }
    } finally {
      lost?.()
      // The other end of a dead line never answers a farewell.
      await Promise.race([client.end().catch(() => undefined), rest(farewellMs, undefined, { ref: false })])
      socket.destroy()
    }
  }
  let pauseMs = firstPauseMs
  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await live().catch(() => undefined)
      await pause(pauseMs)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  }
  const running = run()
  return {
    soon: () => {
      wake.resolve(undefined)
    },
    close: async () => {
      closing.abort()
      await running
    },
  }
}
