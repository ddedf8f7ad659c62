import { openWaiters } from '#libs/kernel/arrivals'
import { inOneTurn } from '#libs/kernel/turn'
import type { ClientConfig } from 'pg'
import { keepSession } from '#libs/read-model-postgres/session'
import type { Session } from '#libs/read-model-postgres/session'

/** How often those who wait are looked after although nothing was heard, and how long the server may take to show on the line that listens that it lives. */
const pollMs = 1000
const answerMs = 3000

export interface Arrivals {
  /** Where the build of a projection that answers stands; undefined when there is none, or it has seen nothing. */
  position(name: string): Promise<string | undefined>
  reached(name: string, position: string, withinMs: number): Promise<boolean>
  close(): Promise<void>
}
export interface ArrivalsOptions {
  readonly config: ClientConfig
  readonly channel: string
  /** Where the builds that answer stand, by projection. */
  readonly positions: () => Promise<ReadonlyMap<string, string>>
}
/** What is sent with a notification. */
export const arrivalText = (name: string, position: string): string => `${name} ${position}`

/**
 * Waits for positions. Whoever moves a build that answers notifies the channel as part of its transaction. All who wait in a process share one
 * connection that listens, made with the first of them; a slow look at the positions is the net below it.
 */
export const arrivals = ({ config, channel, positions: read }: ArrivalsOptions): Arrivals => {
  const positions = inOneTurn(read)
  const waiters = openWaiters()
  let poll: NodeJS.Timeout | undefined
  let listener: Session | undefined
  let closed = false

  /** While the server is away those who wait go on waiting, as long as they said. */
  const look = async (): Promise<void> => {
    if (waiters.names().length === 0) return
    const found = await positions().catch(() => new Map<string, string>())
    for (const [name, position] of found) waiters.arrivedAt(name, position)
  }
  const listen = (): Session =>
    keepSession({
      config: { ...config, statement_timeout: answerMs, query_timeout: answerMs, application_name: 'vaka listener' },
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
    position: async (name) => (await positions()).get(name),
    reached: async (name, position, withinMs) => {
      const found = await positions().catch((thrown: unknown) => {
        if (!closed) throw thrown
        return new Map<string, string>()
      })
      return (found.get(name) ?? '') >= position || (withinMs > 0 && !closed && (await wait(name, position, withinMs)))
    },
    close: async () => {
      closed = true
      clearInterval(poll)
      waiters.end()
      await listener?.close()
    },
  }
}
