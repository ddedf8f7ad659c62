import type { KeyObject } from 'node:crypto'
import type { Connections, Manner, Run } from '#libs/postgres/connection'
import { fault } from '#libs/postgres/fault'
import { foundOrMade } from '#libs/postgres/once'
import { unwrapOwnKeys, wrapOwnKeys } from '#libs/privacy/wrapping'
import type { OwnKeys } from '#libs/privacy/wrapping'

/** Every connection is looked at before it is used: the address, the role or the database may have other settings. */
export const keyVault: Manner = {
  what: 'key vault',
  settings: {
    synchronous_commit: 'on',
    // Every question is by key. A plan that was made when the tables were small must not read them whole when they are not.
    enable_seqscan: 'off',
  },
  begun: async (run) => {
    const [durable] = await run<{ readonly synced: string; readonly flushed: string }>("select current_setting('synchronous_commit') as synced, current_setting('fsync') as flushed")
    if (durable?.flushed !== 'on' || !['on', 'remote_apply'].includes(durable.synced))
      throw fault('not-durable', `The key vault would lose keys: synchronous_commit is ${durable?.synced ?? ''}, fsync is ${durable?.flushed ?? ''}, and both must be on`)
  },
}

const schemaVersion = 1
const text = 'text collate "C"'
/**
 * `own` holds the keys of the deployment, which are never erased, and `period` what the data keys are wrapped by, both wrapped by the master key.
 * `month` is set for the period that takes the new keys of that month (UTC). A period cannot go while a key is under it, and no key can come under
 * one that is gone. `login` is an HMAC, in the row of a staff member's key.
 */
const schema = `
  create table vault (schema_version integer not null);
  insert into vault values (${schemaVersion});
  create table own (name ${text} primary key, wrapped text not null);
  create table period (id ${text} primary key, month ${text} unique, wrapped text not null);
  create table data_key (id ${text} primary key, period ${text} not null references period, wrapped text not null, login ${text});
  create unique index data_key_login on data_key (login) where login is not null;
  create index data_key_period on data_key (period);`
const tables = ['vault', 'own', 'period', 'data_key']

/**
 * The keys of the deployment; with `make`, a vault with these where the schema is empty. Throws `master-key`, `other-schema`, `damaged-vault`,
 * `schema-in-use` and `bad-encoding`.
 */
export const ownKeys = async (connections: Connections, masterKey: KeyObject, make?: () => OwnKeys): Promise<OwnKeys | undefined> => {
  const find = async (run: Run): Promise<OwnKeys | undefined> => {
    // Not `to_regclass`: it may remember that there was none.
    const here = (await run<{ readonly tablename: string }>('select tablename::text from pg_tables where schemaname = current_schema()')).map(({ tablename }) => tablename)
    if (!tables.every((table) => here.includes(table))) {
      // Keys are backed up apart from what they protect, and for a shorter time.
      if (here.length > 0) throw fault('schema-in-use', `The key vault needs a database or schema of its own. This one holds ${here[0] ?? ''}.`)
      return undefined
    }
    const [vault] = await run<{ readonly schema_version: number }>('select schema_version from vault')
    if (vault?.schema_version !== schemaVersion) throw fault('other-schema', `The key vault has another schema than this version of Vaka, which knows ${schemaVersion}`)
    const rows = await run<{ readonly name: string; readonly wrapped: string }>('select name, wrapped from own')
    const own = unwrapOwnKeys(masterKey, new Map(rows.map(({ name, wrapped }) => [name, wrapped])))
    if (own === 'another master key') throw fault('master-key', 'The key vault was made under another master key. Set VAKA_MASTER_KEY to the one that it was made with.')
    if (own === 'damaged') throw fault('damaged-vault', 'The key vault is damaged (its own keys are missing or changed). Restore it from a back-up.')
    return own
  }
  if (!make) return find(connections.run)
  return foundOrMade(connections, find, async (run) => {
    const own = make()
    await run(schema)
    for (const [name, wrapped] of wrapOwnKeys(masterKey, own)) await run('insert into own values ($1, $2)', [name, wrapped])
    return own
  })
}
