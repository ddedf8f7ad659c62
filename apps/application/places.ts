import { join } from 'node:path'
import { opening, readEventsUrl, readReadUrl } from '#apps/application/stores'
import type { Clock } from '#libs/kernel/clock'
import type { KeyVault } from '#libs/kernel/vault'
import type { MasterKey } from '#libs/privacy/master-key'

/** Addresses of the three stores: `sqlite:<path>`, `esdb://…` for the log, `postgres://…` for the others. There may be passwords in them. */
export interface StoreUrls {
  readonly events: string
  readonly read: string
  readonly keys: string
}
/** Where a data folder keeps what. */
export const filesOf = (dataFolder: string) => ({
  events: join(dataFolder, 'events.db'),
  read: join(dataFolder, 'read.db'),
  keys: join(dataFolder, 'keys.db'),
  /** How far each webhook receiver has got; there when webhooks are set up. */
  webhooks: join(dataFolder, 'webhooks.db'),
})
/** The stores in the files of a data folder. */
export const urlsOf = (dataFolder: string): StoreUrls => {
  const { events, read, keys } = filesOf(dataFolder)
  return { events: `sqlite:${events}`, read: `sqlite:${read}`, keys: `sqlite:${keys}` }
}
/** A log that several processes write: no folder is locked, and projections, clock and reactors run in processes of their own. */
export const isCluster = ({ events }: Pick<StoreUrls, 'events'>): boolean => readEventsUrl(events).engine === 'esdb'

/** The key vault at an address. Throws as `openEventStoreUrl` does, and with code `master-key` when it was made under another one. */
export const openKeyVaultUrl = (text: string, { key }: Pick<MasterKey, 'key'>, clock: Clock): Promise<KeyVault> => {
  const place = readReadUrl(text)
  return opening(text, 'key vault', async () => {
    if (place.engine === 'sqlite') return (await import('#libs/privacy/vault')).openKeyVault({ file: place.file, masterKey: key })
    return (await import('#libs/key-vault-postgres/vault')).openKeyVaultPostgres({ url: place.url, masterKey: key, clock })
  })
}
