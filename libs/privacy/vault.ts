import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { KeyVault } from '#libs/kernel/vault'
import { lock, unlock } from '#libs/privacy/box'
import { macText } from '#libs/privacy/mac'
import { recent } from '#libs/privacy/recent'
import { keyFile, leaveNoTrace } from '#libs/privacy/vault-program'
import type { Offer, Standing } from '#libs/privacy/vault-program'
import { random } from '#libs/privacy/random'
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
    const bytes = unlock(masterKey, wrapped, contextOf(id))
    if (!bytes) throw fault('tampered-key', `The key ${id} in ${file} was changed after it was written. Restore the key vault from a back-up.`)
    const key = createSecretKey(bytes)
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
    const number = id.slice(staffPrefix.length)
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
      const { id, key, wrapped } = newKey(masterKey, staffPrefix + newStaffNumber())
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

const contextOf = (keyId: string): string => `data ${keyId}`
const newKey = (masterKey: KeyObject, id: string): { readonly id: string; readonly key: KeyObject; readonly wrapped: string } => {
  const bytes = random(32)
  return { id, key: createSecretKey(bytes), wrapped: lock(masterKey, bytes, contextOf(id)) }
}

const staffPrefix = 'staff/'
/** Crockford's base 32: no i, l, o or u, so that nothing is mistaken when read aloud or typed. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz'
const newStaffNumber = (): string => `s-${Array.from(randomBytes(10), (byte) => letters.charAt(byte & 31)).join('')}`
const loginMac = (indexKey: KeyObject, login: string): string => createHmac('sha256', indexKey).update(macText('login', login)).digest('base64url')

const knownValue = 'vaka key vault'
/** Keys of the deployment, made when the vault is new, and a known value that only the vault's own master key unwraps. */
const ownKeys = (db: Db, file: string, masterKey: KeyObject): { readonly ids: KeyObject; readonly index: KeyObject } => {
  try {
    leaveNoTrace(db)
    const rows = db.transaction(() => {
      const read = db.prepare<[], [string, string]>('select name, wrapped from own').raw()
      if (read.get() === undefined && db.prepare('select 1 from data_key').get() === undefined) {
        const insert = db.prepare<[string, string]>('insert into own values (?, ?)')
        insert.run('known', lock(masterKey, knownValue, 'own known'))
        for (const name of ['ids', 'index']) insert.run(name, lock(masterKey, randomBytes(32), `own ${name}`))
      }
      return new Map(read.all())
    })
    const wrapped = rows.immediate()
    const value = (name: string): Buffer | undefined => unlock(masterKey, wrapped.get(name) ?? '', `own ${name}`)
    if (wrapped.has('known') && value('known')?.toString() !== knownValue)
      throw fault('master-key', `The key vault ${file} was made under another master key. Set VAKA_MASTER_KEY, or put back the master.key, that it was made with.`)
    const [ids, index] = [value('ids'), value('index')]
    if (!wrapped.has('known') || !ids || !index) throw fault('damaged-file', `The key vault ${file} is damaged (its own keys are missing or changed). Restore it from a back-up.`)
    return { ids: createSecretKey(ids), index: createSecretKey(index) }
  } catch (thrown) {
    db.close()
    throw thrown
  }
}
