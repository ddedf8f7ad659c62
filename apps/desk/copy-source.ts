import { existsSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { opening, readEventsUrl, shownUrl, type EventsPlace } from '#apps/application/stores'
import { refusal, type Desk } from '#apps/desk/desk'
import type { LogCopy } from '#libs/kernel/copy'
import { described } from '#libs/sqlite/fault'
import { lockFolder } from '#libs/sqlite/lock'

/** A log as the command line names it. */
export interface Side {
  readonly text: string
  readonly place: EventsPlace
}
/** Reads one of the two addresses; refused in one sentence. */
export const sideOf = (desk: Desk, option: '--from' | '--to', text: string): Side => {
  try {
    const place = readEventsUrl(text)
    if (place.engine === 'sqlite' && place.file === ':memory:') throw refusal(desk, 'bad-log-url', { option })
    return { text, place }
  } catch {
    throw refusal(desk, 'bad-log-url', { option })
  }
}
export const isSameLog = ({ place: a }: Side, { place: b }: Side): boolean =>
  a.engine === 'sqlite' ? b.engine === 'sqlite' && pathOf(a.file) === pathOf(b.file) : b.engine === 'esdb' && a.url === b.url && a.namespace === b.namespace
const pathOf = (file: string): string => (existsSync(file) ? realpathSync(file) : resolve(file))

/** For reading it has to be there. Throws as the engines do. */
export const openSide = ({ text, place }: Side, how: 'read' | 'write'): Promise<LogCopy> =>
  opening(text, 'event store', async () => {
    if (place.engine === 'sqlite') return (await import('#libs/event-store-sqlite/copy')).openLogCopy({ file: place.file, readonly: how === 'read' })
    return (await import('#libs/event-store-eventstoredb/copy')).openLogCopy({ url: place.url, namespace: place.namespace })
  })

/**
 * Holds the writer lock of the folders of all sides that are files, so that no server writes to them; the answer lets them go. The source must be
 * there. A cluster has no such lock.
 */
export const holdFolders = (desk: Desk, from: Side, to: Side): (() => void) => {
  if (from.place.engine === 'sqlite' && !existsSync(from.place.file)) throw refusal(desk, 'no-log-at', { log: shownUrl(from.text) })
  const folders = new Map([from, to].flatMap(({ place }) => (place.engine === 'sqlite' ? [[folderOf(place.file), dirname(place.file)]] : [])))
  const locks: { release(): void }[] = []
  const release = (): void => {
    for (const lock of locks) lock.release()
  }
  for (const folder of folders.values())
    try {
      locks.push(lockFolder(folder))
    } catch (thrown) {
      release()
      throw described(thrown).code === 'folder-locked' ? refusal(desk, 'log-in-use', { folder }) : thrown
    }
  return release
}
const folderOf = (file: string): string => pathOf(dirname(file))
