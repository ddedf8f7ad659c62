import { openWaiters } from '#libs/kernel/arrivals'
import type { ClientConfig } from 'pg'
import { keepSession } from '#libs/read-model-postgres/session'
import type { Session } from '#libs/read-model-postgres/session'

/** How often those who wait are looked after although nothing was heard. */
const pollMs = 1000

export interface Arrivals {
  reached(name: string, position: string, withinMs: number): Promise<boolean>
  close(): Promise<void>
}
export interface ArrivalsOptions {
  readonly config: ClientConfig
  readonly channel: string
  /** Where the builds that answer stand. */
  readonly positionsOf: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>
}
/** What is sent with a notification. */
export const arrivalText = (name: string, position: string): string => `${name} ${position}`

/**
 * Waits for positions. Whoever moves a build that answers notifies the channel as part of its transaction. All who wait in a process share one
 * connection that listens, made with the first of them; a slow look at the positions is the net below it.
 */
export const arrivals = ({ config, channel, positionsOf }: ArrivalsOptions): Arrivals => {
  const waiters = openWaiters()
  let poll: NodeJS.Timeout | undefined
  let listener: Session | undefined
  let closed = false

  /** While the server is away those who wait go on waiting, as long as they said. */
  const look = async (): Promise<void> => {
    const names = waiters.names()
    if (names.length === 0) return
    const positions = await positionsOf(names).catch(() => new Map<string, string>())
    for (const [name, position] of positions) waiters.arrivedAt(name, position)
  }
  const listen = (): Session =>
    keepSession({
      config: { ...config, application_name: 'vaka listener' },
      begun: async (client) => {
        client.on('notification', ({ payload = '' }) => {
          const space = payload.indexOf(' ')
          waiters.arrivedAt(payload.slice(0, space), payload.slice(space + 1))
        })
        await client.query(`listen "${channel}"`)
        // What came before it listened is not missed.
        await look()
      },
      tick: (client) => client.query('select'),
      everyMs: pollMs,
    })
  const wait = (name: string, position: string, withinMs: number): Promise<boolean> => {
    const arrived = waiters.wait(name, position, withinMs)
    poll ??= setInterval(() => void look(), pollMs).unref()
    listener ??= listen()
    // What came between the caller's look and this one is not missed.
    void look()
    return arrived
  }
  return {
    reached: async (name, position, withinMs) => {
      const positions = await positionsOf([name]).catch((thrown: unknown) => {
        if (!closed) throw thrown
        return new Map<string, string>()
      })
      return (positions.get(name) ?? '') >= position || (withinMs > 0 && !closed && (await wait(name, position, withinMs)))
    },
    close: async () => {
      closed = true
      clearInterval(poll)
      waiters.end()
      await listener?.close()
    },
  }
}
