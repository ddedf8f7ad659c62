import pg from 'pg'
import { isOutdated, reasonOf } from '#libs/postgres/fault'

export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`; TLS as its `sslmode` says, another schema by `?options=-csearch_path%3Dname`. */
  readonly url: string
  /** Most connections at once, beside the one that listens. */
  readonly connections?: number
  /** How long to wait for a connection, and for the answer to a statement: a line that has gone dead without a word is found out by it. */
  readonly connectMs?: number
  readonly statementMs?: number
}
export type Cell = string | number | boolean | null
export type Cells = Readonly<Record<string, Cell>>
/** Runs a statement. `kept`: it is prepared once on each connection, and planned once where the server finds that good enough. */
export type Run = <R extends object = Cells>(sql: string, values?: readonly unknown[], how?: { readonly kept?: boolean }) => Promise<readonly R[]>
/** What one store asks of its connections. */
export interface Manner {
  /** What the database is to its owner, for sentences such as "The read store does not answer". */
  readonly what?: string
  /** Settings of the server, over the common ones. What the address says goes before both. */
  readonly settings?: Settings
  /** With each new connection, before anything else is asked on it. What it throws is what the caller hears. */
  readonly begun?: (run: Run) => Promise<void>
}
export interface Connections {
  /** One statement, which is one transaction. */
  readonly run: Run
  /** Whole or not at all. `long`: no limit to the time of its statements. */
  transaction<T>(work: (run: Run) => Promise<T>, how?: { readonly begin?: string; readonly long?: boolean }): Promise<T>
  close(): Promise<void>
}
const longMs = 3_600_000
/** The answer of the server that it has cancelled a statement should come before we give the connection up. */
const graceMs = 2000

type Settings = Readonly<Record<string, string | number>>
const common: Settings = {
  // Neither pays for statements of a few milliseconds; a parallel plan would not keep the order of stretches.
  jit: 'off',
  max_parallel_workers_per_gather: 0,
  // No disk turns any more: reading along an index is preferred to gathering and sorting.
  random_page_cost: 1.1,
  // The server lets go of what a machine held that went away without a word.
  tcp_keepalives_idle: 5,
  tcp_keepalives_interval: 2,
  tcp_keepalives_count: 3,
}
/** What every connection has in common: the answer to a caller on a dead machine is a fault, in seconds. */
export const clientConfig = ({ url, connectMs = 5000, statementMs = 10_000 }: ConnectionOptions, more: Settings = {}): pg.ClientConfig => {
  const address = new URL(url)
  const given = address.searchParams.get('options')
  const ours = Object.entries({ ...common, ...more }).map(([name, value]) => `-c ${name}=${value}`)
  address.searchParams.set('options', [...ours, ...(given === null ? [] : [given])].join(' '))
  return {
    connectionString: address.href,
    application_name: 'vaka',
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + graceMs,
    idle_in_transaction_session_timeout: statementMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    // Integers are safe in JavaScript when they are written, so they are when read.
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format ?? 'text')) },
  }
}
export const openConnections = (options: ConnectionOptions, { what = 'database', settings, begun }: Manner = {}): Connections => {
  const pool = new pg.Pool({ ...clientConfig(options, settings), max: options.connections ?? 10, idleTimeoutMillis: 30_000, maxLifetimeSeconds: 1800, allowExitOnIdle: true })
  // A connection that is lost while nobody uses it, or between two statements, would end the process. Whoever uses it next hears of it.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  const names = new Map<string, string>()
  /** Each text has one name in all connections. The tables of old builds go out of use with the connections that know them. */
  const nameOf = (sql: string): string => {
    const name = names.get(sql) ?? `s${names.size}`
    names.set(sql, name)
    return name
  }
  const on =
    (client: pg.PoolClient, timeoutMs?: number): Run =>
    async <R extends object>(sql: string, values: readonly unknown[] = [], { kept = false } = {}) => {
      const query: pg.QueryConfig & { query_timeout?: number } = { text: sql, values: [...values], ...(kept && { name: nameOf(sql) }), ...(timeoutMs !== undefined && { query_timeout: timeoutMs }) }
      return (await client.query<R>(query)).rows
    }
  const known = new WeakSet<pg.PoolClient>()
  /** Faults of the line so far, and how many there had been when each connection was made. */
  let faults = 0
  const since = new WeakMap<pg.PoolClient, number>()
  const connected = async (): Promise<pg.PoolClient> => {
    let client = await pool.connect()
    // What one line has died of the others mostly have, too, and each would keep somebody waiting until its time is over.
    while ((since.get(client) ?? faults) < faults) {
      client.release(true)
      client = await pool.connect()
    }
    since.set(client, faults)
    if (!begun || known.has(client)) return client
    try {
      await begun(on(client))
      known.add(client)
      return client
    } catch (thrown) {
      client.release(true)
      throw thrown
    }
  }
  const using = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    let client: pg.PoolClient | undefined
    try {
      client = await connected()
      const answer = await work(client)
      client.release()
      return answer
    } catch (thrown) {
      const reason = reasonOf(thrown, what)
      const isOfLine = reason !== thrown
      if (isOfLine) faults++
      // Nobody knows what the connection is doing then, and what it has prepared may be outdated.
      client?.release(isOfLine || isOutdated(thrown))
      throw reason
    }
  }
  let closing: Promise<void> | undefined
  return {
    run: (sql, values, how) => using((client) => on(client)(sql, values, how)),
    transaction: (work, { begin = 'begin', long = false } = {}) =>
      using(async (client) => {
        const run = on(client, long ? longMs : undefined)
        await run(begin)
        try {
          if (long) await run(`set local statement_timeout = ${longMs}; set local idle_in_transaction_session_timeout = ${longMs}`)
          const answer = await work(run)
          await run('commit')
          return answer
        } catch (thrown) {
          // A connection that was lost is closed instead, which ends the transaction as well.
          if (reasonOf(thrown, what) === thrown) await run('rollback')
          throw thrown
        }
      }),
    close: () => (closing ??= pool.end()),
  }
}
