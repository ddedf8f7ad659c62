import type { Connections, Run } from '#libs/postgres/connection'
import { fault } from '#libs/postgres/fault'

/** Until the end of the transaction nobody else works under this name, and what it does is on disk when it ends, whatever the store does otherwise. */
export const exclusively = async (run: Run, name: string): Promise<void> => {
  await run('set local synchronous_commit = on')
  await run('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name])
}
/** What `find` answers; where that is nothing, what one of those who come at the same time makes. Throws `bad-encoding` where it would have to make it. */
export const foundOrMade = async <T>({ run, transaction }: Connections, find: (run: Run) => Promise<T | undefined>, make: (run: Run) => Promise<T>): Promise<T> =>
  (await find(run)) ??
  (await transaction(
    async (within) => {
      const [server] = await within<{ readonly server_encoding: string }>('show server_encoding')
      if (server?.server_encoding !== 'UTF8') throw fault('bad-encoding', `The database has the encoding ${server?.server_encoding ?? ''}, not UTF8`)
      await exclusively(within, 'schema')
      return (await find(within)) ?? make(within)
    },
    // Whatever is usual there: what was made while we waited is to be seen.
    { begin: 'begin isolation level read committed' },
  ))
