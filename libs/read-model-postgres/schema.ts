import type { Columns } from '#libs/kernel/projection'
import type { BuildId } from '#libs/kernel/read-model'
import type { Connections, Manner, Run } from '#libs/postgres/connection'
import { codeOf, fault } from '#libs/postgres/fault'
import { exclusively, foundOrMade } from '#libs/postgres/once'

/** What a power loss takes is projected again from the checkpoint, which goes with the rows: nothing waits for the disk. */
export const readStore: Manner = { what: 'read store', settings: { synchronous_commit: 'off' } }

const schemaVersion = 1
/** Text is ordered and compared by its bytes, which in UTF-8 is by code point, as in SQLite; a database's own order is that of some language. */
const text = 'text collate "C"'
const schema = `
  create table store (id text not null, schema_version integer not null);
  insert into store values (replace(gen_random_uuid()::text, '-', ''), ${schemaVersion});
  create table build (
    name ${text} not null,
    version bigint not null,
    build bigint not null,
    promoted boolean not null,
    columns text not null,
    indices text not null,
    status text not null,
    reason text,
    stopped_at text,
    log_id text,
    position ${text},
    size bigint not null,
    leaf text,
    primary key (name, version, build)
  );
  create unique index answering on build (name) where promoted;`

/** The id of the read store, which is made where there is none. Throws `other-schema` and `bad-encoding`. */
export const openStore = async (connections: Connections): Promise<string> => {
  const find = async (ask: Run): Promise<string | undefined> => {
    // Not `to_regclass`: it may remember that there was none.
    const [found] = await ask<{ readonly tables: number }>("select count(*) as tables from pg_tables where schemaname = current_schema() and tablename in ('store', 'build')")
    if (found?.tables !== 2) return undefined
    const [store] = await ask<{ readonly id: string; readonly schema_version: number }>('select id, schema_version from store')
    if (store?.schema_version !== schemaVersion) throw fault('other-schema', `The read store has another schema than this version of Vaka, which knows ${schemaVersion}`)
    return store.id
  }
  return foundOrMade(connections, find, async (ask) => {
    await ask(schema)
    return (await find(ask)) ?? ''
  })
}

/** A name that may stand in SQL between double quotes; checked where a projection comes in. */
export const quoted = (name: string): string => `"${name}"`
export const tableOf = ({ name, version, build }: BuildId): string => quoted(`${name} v${version} b${build}`)

/** What a dropped build of the same number left behind goes: `sweep` lets be what is in use. */
export const createTable = (build: BuildId, columns: Columns): string =>
  `drop table if exists ${tableOf(build)}; create table ${tableOf(build)} ("key" ${text} primary key, "state" text not null${Object.entries(columns)
    .map(([column, type]) => `, ${quoted(column)} ${type === 'text' ? text : 'bigint'}`)
    .join('')})`
/** Made when a build has caught up: filling a table without indices takes about half the time. Read backwards it gives the descending order. */
export const createIndex = (build: BuildId, columns: readonly string[], number: number): string =>
  `create index if not exists ${quoted(`${tableOf(build).slice(1, -1)} i${number}`)} on ${tableOf(build)} (${[...columns.map((column) => `${quoted(column)} nulls first`), '"key"'].join(', ')})`

/**
 * Drops the tables whose build is gone, in a transaction of its own: dropping waits for whoever still reads, and all who come after wait behind
 * it, so it waits briefly and leaves the rest for the next time.
 */
export const sweep = async ({ transaction }: Connections, storeId: string, name: string): Promise<void> => {
  const drop = async (run: Run): Promise<void> => {
    await exclusively(run, `${storeId} ${name}`)
    await run("set local lock_timeout = '1s'")
    const left = await run<{ readonly relname: string }>(
      `select relname from pg_class where relkind = 'r' and relnamespace = (select oid from pg_namespace where nspname = current_schema())
         and relname ~ ('^' || $1 || ' v[0-9]+ b[0-9]+$') and not exists (select from build where relname = name || ' v' || version || ' b' || build)`,
      [name],
    )
    for (const { relname } of left) await run(`drop table if exists ${quoted(relname)}`)
  }
  await transaction(drop).catch((thrown: unknown) => {
    if (codeOf(thrown) !== '55P03') throw thrown
  })
}
