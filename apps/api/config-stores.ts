import { urlsOf, type StoreUrls } from '#apps/application/places'
import { readEventsUrl, readReadUrl } from '#apps/application/stores'
import { described, fault } from '#libs/sqlite/fault'

type Given = (name: string) => string | undefined
const bad = (sentence: string): Error => fault('bad-configuration', sentence)

/**
 * Reads EVENTS_URL, READ_URL and KEYS_URL, in place of which the files of the data folder stand. Throws as `readConfig` does; no sentence repeats an
 * address, since there may be a password in it.
 */
export const readStores = (given: Given, dataFolder: string): StoreUrls => {
  const files = urlsOf(dataFolder)
  const urls = { events: given('EVENTS_URL') ?? files.events, read: given('READ_URL') ?? files.read, keys: given('KEYS_URL') ?? files.keys }
  const checked = <T>(name: string, read: () => T): T => {
    try {
      return read()
    } catch (thrown) {
      throw bad(`${name} cannot be used. ${described(thrown).message}`)
    }
  }
  const cluster = checked('EVENTS_URL', () => readEventsUrl(urls.events)).engine === 'esdb'
  const read = checked('READ_URL', () => readReadUrl(urls.read)).engine
  const keys = checked('KEYS_URL', () => readReadUrl(urls.keys)).engine
  if (cluster && (read !== 'postgres' || keys !== 'postgres')) throw bad('EVENTS_URL names a cluster: READ_URL and KEYS_URL must then be postgres:// addresses.')
  if (keys === 'postgres' && (given('VAKA_MASTER_KEY') ?? '').trim() === '') throw bad('KEYS_URL names PostgreSQL: set VAKA_MASTER_KEY; no key is made beside a vault that others share.')
  return urls
}
