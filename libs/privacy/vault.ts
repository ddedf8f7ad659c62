import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyVault } from '#libs/kernel/vault'
import { recent } from '#libs/privacy/recent'
import { keyFile, leaveNoTrace } from '#libs/privacy/vault-program'
import type { Offer, Standing } from '#libs/privacy/vault-program'
import { loginMac, newKey, newOwnKeys, newStaffId, staffNumberIn, unwrapKey, unwrapOwnKeys, wrapOwnKeys } from '#libs/privacy/wrapping'
import type { OwnKeys } from '#libs/privacy/wrapping'
import { fault } from '#libs/sqlite/fault'
import { groupCommit } from '#libs/sqlite/group-commit'
import { openDatabase } from '#libs/sqlite/open'
import type { Db } from '#libs/sqlite/open'

const keysKept = 20_000
const staffKept = 20_000

/**
 * The embedded key vault: one SQLite file, or `:memory:`, its keys wrapped by the master key (32 bytes). New keys that are asked for at the
 * same time share one commit in a thread of their own; keys in use are kept unwrapped in memory. Throws as `openDatabase` does, and with code
 * `master-key` when the file was made under another master key; its operations with code `tampered-key` for a key that does not unwrap.
 */
export const openKeyVault = async ({ file, masterKey }: { readonly file: string; readonly masterKey: KeyObject }): Promise<KeyVault> => {
  const db = openDatabase(file, keyFile)
  const own = ownKeys(db, file, masterKey)
  const writer = groupCommit<Offer, Standing>({ file, open: keyFile, program: '#libs/privacy/vault-program', ...(file === ':memory:' ? { db } : {}) })
  const keys = recent<string, KeyObject>(keysKept)
  const staff = recent<string, string>(staffKept)
  const wrappedById = db.prepare<[string], string>('select wrapped from data_key where id = ?').pluck()
  const idByLogin = db.prepare<[string], string>('select id from data_key where login = ?').pluck()
  let closing: Promise<void> | undefined

  const toBeOpen = (): void => {
    if (closing) throw fault('closed', `${file} is closed`)
  }
  const unwrapped = (id: string, wrapped: string): KeyObject => {
    const key = unwrapKey(masterKey, id, wrapped)
    if (!key) throw fault('tampered-key', `The key ${id} in ${file} was changed after it was written. Restore the key vault from a back-up.`)
    keys.set(id, key)
    return key
  }
  const stored = (id: string): KeyObject | undefined => {
    const known = keys.get(id)
    if (known) return known
    const wrapped = wrappedById.get(id)
    return wrapped === undefined ? undefined : unwrapped(id, wrapped)
  }
  const found = (ids: readonly string[]): { readonly there: Map<string, KeyObject>; readonly absent: readonly string[] } => {
    toBeOpen()
    const there = new Map<string, KeyObject>()
    const absent: string[] = []
    for (const id of new Set(ids)) {
      const key = stored(id)
      if (key) there.set(id, key)
      else absent.push(id)
    }
    return { there, absent }
  }
  /** Keeps what was offered, or what stood before it: nothing is kept, or answered, before it is on disk. */
  const settle = async (offer: Offer, offered: ReadonlyMap<string, KeyObject>): Promise<ReadonlyMap<string, KeyObject>> => {
    const standing = await writer.submit(offer)
    const settled = new Map(offer[0] === 'staff' && standing.length > 0 ? [] : offered)
    for (let i = 0; i < standing.length; i += 2) {
      const [id = '', wrapped = ''] = standing.slice(i, i + 2)
      settled.set(id, unwrapped(id, wrapped))
    }
    for (const [id, key] of settled) keys.set(id, key)
    return settled
  }
  const staffNumberOf = (login: string, mac: string): string | undefined => {
    const id = idByLogin.get(mac)
    return id === undefined ? undefined : kept(login, id)
  }
  const kept = (login: string, id: string): string => {
    const number = staffNumberIn(id)
    staff.set(login, number)
    return number
  }

  return {
    create: async (ids) => {
      const { there, absent } = found(ids)
      if (absent.length === 0) return there
      const fresh = absent.map((id) => newKey(masterKey, id))
      const offered = new Map(fresh.map(({ id, key }) => [id, key]))
      for (const [id, key] of await settle(['keys', ...fresh.flatMap(({ id, wrapped }) => [id, wrapped])], offered)) there.set(id, key)
      return there
    },
    find: async (ids) => found(ids).there,
    idMac: (text) => createHmac('sha256', own.ids).update(text).digest(),
    staffNumber: async (login) => {
      toBeOpen()
      return staff.get(login) ?? staffNumberOf(login, loginMac(own.index, login))
    },
    enrol: async (login) => {
      toBeOpen()
      const mac = loginMac(own.index, login)
      const known = staff.get(login) ?? staffNumberOf(login, mac)
      if (known !== undefined) return known
      const { id, key, wrapped } = newKey(masterKey, newStaffId())
      const [settled = id] = (await settle(['staff', mac, id, wrapped], new Map([[id, key]]))).keys()
      return kept(login, settled)
    },
    close: () => {
      closing ??= writer.close().then(() => {
        keys.clear()
        staff.clear()
        db.close()
      })
      return closing
    },
  }
}

/** Keys of the deployment, made when the vault is new, and a known value that only the vault's own master key unwraps. */
const ownKeys = (db: Db, file: string, masterKey: KeyObject): OwnKeys => {
  try {
    leaveNoTrace(db)
    const rows = db.transaction(() => {
      const read = db.prepare<[], [string, string]>('select name, wrapped from own').raw()
      if (read.get() === undefined && db.prepare('select 1 from data_key').get() === undefined) {
        const insert = db.prepare<[string, string]>('insert into own values (?, ?)')
        for (const [name, wrapped] of wrapOwnKeys(masterKey, newOwnKeys())) insert.run(name, wrapped)
      }
      return new Map(read.all())
    })
    const own = unwrapOwnKeys(masterKey, rows.immediate())
    if (own === 'another master key')
      throw fault('master-key', `The key vault ${file} was made under another master key. Set VAKA_MASTER_KEY, or put back the master.key, that it was made with.`)
    if (own === 'damaged') throw fault('damaged-file', `The key vault ${file} is damaged (its own keys are missing or changed). Restore it from a back-up.`)
    return own
  } catch (thrown) {
    db.close()
    throw thrown
  }
}
