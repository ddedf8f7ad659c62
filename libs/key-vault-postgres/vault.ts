import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { systemClock } from '#libs/kernel/clock'
import type { Clock } from '#libs/kernel/clock'
import type { KeyVault } from '#libs/kernel/vault'
import { gather } from '#libs/key-vault-postgres/gather'
import { openPeriods } from '#libs/key-vault-postgres/periods'
import { createRows, findRows } from '#libs/key-vault-postgres/rows'
import type { Stored } from '#libs/key-vault-postgres/rows'
import { keyVault, ownKeys } from '#libs/key-vault-postgres/schema'
import { openConnections } from '#libs/postgres/connection'
import type { ConnectionOptions } from '#libs/postgres/connection'
import { codeOf, fault } from '#libs/postgres/fault'
import { recent } from '#libs/privacy/recent'
import { loginMac, newKey, newOwnKeys, newStaffId, staffNumberIn } from '#libs/privacy/wrapping'

export interface KeyVaultOptions extends ConnectionOptions {
  readonly masterKey: KeyObject
  /** Says which month it is. */
  readonly clock?: Clock
}
/** What one or several callers ask for: ids of keys, and HMACs of logins. */
interface Wanted {
  readonly ids: readonly string[]
  readonly logins: readonly string[]
}
interface Found {
  readonly byId: ReadonlyMap<string, Stored>
  readonly byLogin: ReadonlyMap<string, Stored>
}
const keysKept = 20_000
const staffKept = 20_000
const mostTogether = 1000
const mostAttempts = 5

/** Refused for what others did at the same time: the period was destroyed, or the order of locks or snapshots did not work out. */
const mayTryAgain = ['23503', '40001', '40P01']
/**
 * The key vault for several processes on several machines: a PostgreSQL database or schema of its own, made where it is empty, its keys wrapped by
 * keys of periods and those by the master key (32 bytes). Requests that come together share a round trip, and new keys a commit; keys in use are
 * kept unwrapped in memory. `unavailable` when the server is away: a key may have been made or not, and may be asked for again; `tampered-key`
 * for a key that does not unwrap. Throws as `ownKeys` does, and `not-durable` where the server would answer before keys are on disk.
 */
export const openKeyVaultPostgres = async ({ masterKey, clock = systemClock, ...options }: KeyVaultOptions): Promise<KeyVault> => {
  // One connection for what is read, one for what is written, each with one statement at a time.
  const connections = openConnections({ connections: 2, ...options }, keyVault)
  const { run } = connections
  const opened = await ownKeys(connections, masterKey, newOwnKeys).catch(async (thrown: unknown) => {
    await connections.close()
    throw thrown
  })
  if (!opened) throw fault('damaged-vault', 'The key vault was not made')
  const own = opened
  const periods = openPeriods(run, masterKey, clock)
  const keys = recent<string, KeyObject>(keysKept)
  const staff = recent<string, string>(staffKept)
  let closing: Promise<void> | undefined

  const make = async ({ ids, logins }: Wanted): Promise<Found> => {
    const settled: Stored[] = []
    let left: Wanted = { ids, logins }
    const settle = (rows: readonly Stored[]): boolean => {
      settled.push(...rows)
      const { byId, byLogin } = foundIn(settled)
      left = { ids: left.ids.filter((id) => !byId.has(id)), logins: left.logins.filter((login) => !byLogin.has(login)) }
      return left.ids.length + left.logins.length === 0
    }
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const period = await periods.current()
      const offered = [
        ...left.ids.map((id) => ({ ...newKey(period.key, id), login: null })),
        ...left.logins.map((login) => ({ ...newKey(period.key, newStaffId()), login })),
      ]
      try {
        // What somebody else committed after the statement had begun is left, and seen by the next one.
        if (settle(await createRows(run, periods, period, offered))) return foundIn(settled)
      } catch (thrown) {
        if (!mayTryAgain.includes(codeOf(thrown))) throw thrown
        periods.forget()
      }
    }
    throw fault('unavailable', 'The key vault is changed by others too fast')
  }
  const together = { weight: ({ ids, logins }: Wanted) => ids.length + logins.length, most: mostTogether }
  const reader = gather<Wanted, Found>({
    ...together,
    work: async (requests) => {
      const { ids, logins } = merged(requests)
      return foundIn(await findRows(run, periods, ids, logins))
    },
  })
  const writer = gather<Wanted, Found>({ ...together, work: (requests) => make(merged(requests)) })

  const toBeOpen = (): void => {
    if (closing) throw fault('closed', 'The key vault is closed')
  }
  const inMemory = (ids: readonly string[]): { readonly there: Map<string, KeyObject>; readonly absent: readonly string[] } => {
    toBeOpen()
    const there = new Map<string, KeyObject>()
    const absent: string[] = []
    for (const id of new Set(ids)) {
      const key = keys.get(id)
      if (key) there.set(id, key)
      else absent.push(storable(id))
    }
    return { there, absent }
  }
  const withMemory = async (ids: readonly string[], ask: (wanted: Wanted) => Promise<Found>): Promise<ReadonlyMap<string, KeyObject>> => {
    const { there, absent } = inMemory(ids)
    if (absent.length === 0) return there
    const { byId } = await ask({ ids: absent, logins: [] })
    for (const id of absent) {
      const key = keys.get(id) ?? byId.get(id)?.key()
      if (!key) continue
      keys.set(id, key)
      there.set(id, key)
    }
    return there
  }
  const numberOf = async (login: string, ask: (wanted: Wanted) => Promise<Found>): Promise<string | undefined> => {
    toBeOpen()
    const known = staff.get(login)
    if (known !== undefined) return known
    const mac = loginMac(own.index, login)
    const found = (await ask({ ids: [], logins: [mac] })).byLogin.get(mac)
    if (!found) return undefined
    const number = staffNumberIn(found.id)
    staff.set(login, number)
    return number
  }

  return {
    create: (ids) => withMemory(ids, writer.submit),
    find: (ids) => withMemory(ids, reader.submit),
    idMac: (text) => createHmac('sha256', own.ids).update(text).digest(),
    staffNumber: (login) => numberOf(login, reader.submit),
    enrol: async (login) => {
      const number = await numberOf(login, writer.submit)
      if (number === undefined) throw fault('damaged-vault', 'The key vault made no staff number')
      return number
    },
    close: () => {
      closing ??= Promise.all([reader.idle(), writer.idle()]).then(async () => {
        keys.clear()
        staff.clear()
        await connections.close()
      })
      return closing
    },
  }
}

const merged = (requests: readonly Wanted[]): Wanted => ({
  ids: [...new Set(requests.flatMap(({ ids }) => ids))],
  logins: [...new Set(requests.flatMap(({ logins }) => logins))],
})
const foundIn = (rows: readonly Stored[]): Found => ({
  byId: new Map(rows.map((row) => [row.id, row])),
  byLogin: new Map(rows.flatMap((row) => (row.login === null ? [] : [[row.login, row]]))),
})
/** Refused before it meets the ids of others in one statement, which the server would refuse as a whole. */
const storable = (id: string): string => {
  if (id.includes('\0') || !id.isWellFormed()) throw fault('bad-key-id', 'The id of a key holds a character that cannot be stored')
  return id
}
