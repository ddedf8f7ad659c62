import { readStores } from '#apps/api/config-stores'
import { urlsOf, type StoreUrls } from '#apps/application/places'
import { openReadModelUrl, readLogUrl, readReadUrl } from '#apps/application/stores'
import { refusal, type Desk } from '#apps/desk/desk'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { described } from '#libs/sqlite/fault'

/** Where the desk finds log, read models and keys, as the server does. Throws with code `bad-configuration`. */
export const storesOf = ({ folder, environment }: Desk): StoreUrls => readStores((name) => environment[name] || undefined, folder)

/** The log alone, to read: no lock, no server, and neither read models nor keys have to be named. Throws a refusal with code `no-log` where there is none. */
export const openLogToRead = (desk: Desk): Promise<EventStore> =>
  readLogUrl(desk.environment['EVENTS_URL'] || urlsOf(desk.folder).events).catch((thrown: unknown) => {
    throw described(thrown).code === 'missing-file' ? refusal(desk, 'no-log', { folder: desk.folder }) : thrown
  })

/** The read models, and nothing is made where there are none. */
export const openToLook = async (url: string): Promise<ReadModel> => {
  const place = readReadUrl(url)
  return place.engine === 'sqlite' ? openReadModel({ file: place.file, readonly: true }) : openReadModelUrl(url)
}
