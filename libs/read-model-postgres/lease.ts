import { clientConfig } from '#libs/postgres/connection'
import { fault } from '#libs/postgres/fault'
import { keepSession } from '#libs/read-model-postgres/session'

/** The right to advance a projection, which one process has at a time. */
export interface Lease {
  readonly name: string
  /** Aborts when the lease is lost, or may be: stop advancing, and take it again. */
  readonly lost: AbortSignal
  /** Lets the next in line have it. Nothing happens when it was lost. */
  release(): Promise<void>
}
export interface Leases {
  /** Waits until the lease is ours, however long the server is away. Rejects with the reason of the signal, and `closed`. */
  take(name: string, signal?: AbortSignal): Promise<Lease>
  /** Releases what is held. */
  close(): Promise<void>
}
export interface LeaseOptions {
  readonly url: string
  /**
   * Silence after which the server gives up the holder; 10 seconds unless said. The holder shows that it lives ten times as often, and has given up
   * by itself when an answer took a third of it: where both still run it knows before anybody else can have the lease.
   */
  readonly silenceMs?: number
}

interface Waiter {
  readonly name: string
  readonly taken: (lease: Lease) => void
  readonly failed: (reason: unknown) => void
}
const key = "hashtextextended('lease ' || current_schema() || ' ' || name, 0)"

/**
 * Leases as session locks of the server, all on one connection: the server frees them when the session ends, in whatever way. Why it is enough
 * that a holder finds out a moment late is in docs/decisions/0015-postgresql-read-store.md.
 */
export const openLeases = ({ url, silenceMs = 10_000 }: LeaseOptions): Leases => {
  const answerMs = Math.ceil(silenceMs / 3)
  const held = new Map<string, AbortController>()
  const waiting = new Set<Waiter>()
  const releasing = new Map<string, PromiseWithResolvers<undefined>>()
  let closed = false

  const leaseOf = (name: string, holding: AbortController): Lease => ({
    name,
    lost: holding.signal,
    release: async () => {
      if (held.get(name) !== holding) return
      held.delete(name)
      const released = Promise.withResolvers<undefined>()
      releasing.set(name, released)
      session.soon()
      await released.promise
    },
  })
  const session = keepSession({
    config: { ...clientConfig({ url, connectMs: answerMs, statementMs: answerMs }, { idle_session_timeout: silenceMs }), query_timeout: answerMs, application_name: 'vaka leases' },
    everyMs: silenceMs / 10,
    tick: async (client) => {
      const letGo = [...releasing]
      if (letGo.length > 0) {
        await client.query(`select pg_advisory_unlock(${key}) from unnest($1::text[]) as name`, [letGo.map(([name]) => name)])
        for (const [name, { resolve }] of letGo) {
          releasing.delete(name)
          resolve(undefined)
        }
      }
      // A session could take the same lock twice: only what this process does not hold is tried.
      const wanted = [...new Set([...waiting].map(({ name }) => name))].filter((name) => !held.has(name) && !releasing.has(name))
      const { rows } = await client.query<{ readonly name: string; readonly taken: boolean }>(`select name, pg_try_advisory_lock(${key}) as taken from unnest($1::text[]) as name`, [wanted])
      for (const { name, taken } of rows) {
        if (!taken) continue
        const holding = new AbortController()
        const lease = leaseOf(name, holding)
        held.set(name, holding)
        const next = [...waiting].find((waiter) => waiter.name === name)
        // Whoever wanted it may have gone meanwhile.
        if (next) next.taken(lease)
        else void lease.release()
      }
    },
    lost: () => {
      for (const holding of held.values()) holding.abort(fault('lease-lost', 'The connection that held the lease is lost'))
      held.clear()
      for (const { resolve } of releasing.values()) resolve(undefined)
      releasing.clear()
    },
  })
  return {
    take: (name, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        if (closed) throw fault('closed', 'The leases are closed')
        const settle = (): void => {
          waiting.delete(waiter)
          signal?.removeEventListener('abort', aborted)
        }
        const waiter: Waiter = {
          name,
          taken: (lease) => {
            settle()
            resolve(lease)
          },
          failed: (reason) => {
            settle()
            reject(reason)
          },
        }
        const aborted = (): void => {
          waiter.failed(signal?.reason)
        }
        signal?.addEventListener('abort', aborted)
        waiting.add(waiter)
        session.soon()
      }),
    close: async () => {
      closed = true
      for (const { failed } of waiting) failed(fault('closed', 'The leases are closed'))
      await session.close()
    },
  }
}
