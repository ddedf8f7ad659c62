import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { openKeyVaultUrl, type StoreUrls } from '#apps/application/places'
import { openEventStoreUrl, openReadModelUrl } from '#apps/application/stores'
import type { Clock } from '#libs/kernel/clock'
import type { MasterKey } from '#libs/privacy/master-key'

/** Where what was opened is pushed, to be closed in the reverse order. */
export type Closing = (() => void | Promise<void>)[]
export const closeAll = async (opened: Closing): Promise<void> => {
  for (const end of opened.splice(0).reverse()) await end()
}

interface Opening {
  readonly masterKey: Pick<MasterKey, 'key'>
  readonly clock: Clock
  readonly opened: Closing
}
/** Opens the three stores for one that writes. Throws what the stores throw, one sentence each; what was opened before is in `opened`. */
export const openContext = async (urls: StoreUrls, { masterKey, clock, opened }: Opening): Promise<Context> => {
  const vault = await openKeyVaultUrl(urls.keys, masterKey, clock)
  opened.push(() => vault.close())
  const store = await openEventStoreUrl(urls.events, clock)
  opened.push(() => store.close())
  const readModel = await openReadModelUrl(urls.read)
  opened.push(() => readModel.close())
  return { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
}
