import type { Program } from '#libs/sqlite/batch'
import { fault } from '#libs/sqlite/fault'
import type { Db, OpenOptions } from '#libs/sqlite/open'

/**
 * Every key is wrapped by the master key before it gets here. `own` holds the keys of the deployment, which are never erased; `data_key` the
 * others, and in the row of a staff member's key the HMAC of the login: destroying the row ends the way from login to staff number as well.
 */
export const keyFile: OpenOptions = {
  what: 'key vault',
  applicationId: 0x56414b4b,
  schemaVersion: 1,
  synchronous: 'FULL',
  schema: `
    create table own (name text not null unique, wrapped text not null) strict;
    create table data_key (id text not null unique, wrapped text not null, login text) strict;
    create unique index data_key_login on data_key (login) where login is not null;
  `,
}

/** Keys offered under their ids, two texts for each; or one key of a staff member, after the HMAC of the login. */
export type Offer = readonly ['keys', ...idsAndWrapped: string[]] | readonly ['staff', login: string, id: string, wrapped: string]
/** Id and wrapped key, two texts for each, of what was there before and stands in place of what was offered. */
export type Standing = readonly string[]

/** A destroyed key leaves no trace in freed pages. The default differs between builds of SQLite, so it is set and read back. */
export const leaveNoTrace = (db: Db): void => {
  if (db.pragma('secure_delete = on', { simple: true }) !== 1) throw fault('damaged-file', 'The key vault refuses to overwrite what is deleted')
}

export const program: Program<Offer, Standing> = (db) => {
  leaveNoTrace(db)
  const insert = db.prepare<[string, string]>('insert into data_key (id, wrapped) values (?, ?) on conflict (id) do nothing')
  const enrol = db.prepare<[string, string, string]>(
    'insert into data_key (id, wrapped, login) values (?, ?, ?) on conflict (login) where login is not null do nothing',
  )
  const byId = db.prepare<[string], [string, string]>('select id, wrapped from data_key where id = ?').raw()
  const byLogin = db.prepare<[string], [string, string]>('select id, wrapped from data_key where login = ?').raw()

  return (offer) => {
    if (offer[0] === 'staff') {
      const [, login, id, wrapped] = offer
      return enrol.run(id, wrapped, login).changes > 0 ? [] : (byLogin.get(login) ?? [])
    }
    const standing: string[] = []
    for (let i = 1; i < offer.length; i += 2) {
      const [id = '', wrapped = ''] = offer.slice(i, i + 2)
      if (insert.run(id, wrapped).changes === 0) standing.push(...(byId.get(id) ?? []))
    }
    return standing
  }
}
