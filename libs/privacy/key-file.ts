import type { KeyObject } from 'node:crypto'
import type { KeyRow, KeyStore } from '#libs/privacy/copy'
import { keyFile, leaveNoTrace } from '#libs/privacy/vault-program'
import { unwrapKey, unwrapOwnKeys, wrapKey, wrapOwnKeys } from '#libs/privacy/wrapping'
import { fault } from '#libs/sqlite/fault'
import { openDatabase } from '#libs/sqlite/open'

type Row = readonly [id: string, wrapped: string, login: string | null]
const together = 1000

/** The key vault in an SQLite file, for copying; `readonly` where it is the one to copy from, so that a wrong path makes no file. Throws as `openDatabase` does; its operations with `master-key`, `damaged-file` and `tampered-key`. */
export const openKeyFile = ({ file, masterKey, readonly = false }: { readonly file: string; readonly masterKey: KeyObject; readonly readonly?: boolean }): KeyStore => {
  const db = openDatabase(file, { ...keyFile, readonly })
  if (!readonly) leaveNoTrace(db)
  const count = (): number => db.prepare<[], number>('select count(*) from data_key').pluck().get() ?? 0
  const after = db.prepare<[string], Row>(`select id, wrapped, login from data_key where id > ? order by id limit ${together}`).raw()
  const byId = db.prepare<[string], Row>('select id, wrapped, login from data_key where id = ?').raw()
  const insert = db.prepare<[string, string, string | null]>('insert into data_key (id, wrapped, login) values (?, ?, ?) on conflict (id) do nothing')
  const opened = ([id, wrapped, login]: Row): KeyRow => {
    const key = unwrapKey(masterKey, id, wrapped)
    if (!key) throw fault('tampered-key', `The key ${id} in ${file} was changed after it was written. Restore the key vault from a back-up.`)
    return { id, key, login }
  }
  return {
    own: async () => {
      const rows = new Map(db.prepare<[], [string, string]>('select name, wrapped from own').raw().all())
      if (rows.size === 0 && count() === 0) return undefined
      const own = unwrapOwnKeys(masterKey, rows)
      if (own === 'another master key') throw fault('master-key', `The key vault ${file} was made under another master key`)
      if (own === 'damaged') throw fault('damaged-file', `The key vault ${file} is damaged (its own keys are missing or changed). Restore it from a back-up.`)
      return own
    },
    begin: async (own) => {
      const write = db.prepare<[string, string]>('insert into own values (?, ?)')
      db.transaction(() => {
        if (db.prepare('select 1 from own').get() !== undefined) return
        for (const [name, wrapped] of wrapOwnKeys(masterKey, own)) write.run(name, wrapped)
      }).immediate()
    },
    all: async function* () {
      for (let rows = after.all(''); rows.length > 0; rows = after.all(rows.at(-1)?.[0] ?? '')) yield rows.map(opened)
    },
    add: async (rows) => db.transaction(() => rows.reduce((sum, { id, key, login }) => sum + insert.run(id, wrapKey(masterKey, id, key), login).changes, 0)).immediate(),
    find: async (ids) => ids.flatMap((id) => byId.all(id)).map(opened),
    count: async () => count(),
    close: async () => {
      db.close()
    },
  }
}
