import { readStores } from '#apps/api/config-stores'
import type { StoreUrls } from '#apps/application/places'
import { openReadModelUrl, readReadUrl } from '#apps/application/stores'
import type { Desk } from '#apps/desk/desk'
import type { ReadModel } from '#libs/kernel/read-model'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** Where the desk finds log, read models and keys, as the server does. Throws with code `bad-configuration`. */
export const storesOf = ({ folder, environment }: Desk): StoreUrls => readStores((name) => environment[name] || undefined, folder)

/** The read models, and nothing is made where there are none. */
export const openToLook = async (url: string): Promise<ReadModel> => {
  const place = readReadUrl(url)
  return place.engine === 'sqlite' ? openReadModel({ file: place.file, readonly: true }) : openReadModelUrl(url)
}
