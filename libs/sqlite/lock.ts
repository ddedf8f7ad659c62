import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { described, fault } from '#libs/sqlite/fault'

export interface FolderLock {
  release(): void
}
/** A database that nobody refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<Database.Database>()
const lockFile = (folder: string): string => join(folder, 'writer.lock')

/**
 * Makes this process the one writer of a data folder, which is created where absent. The lock is the operating system's, held through an
 * open SQLite transaction, so a killed process leaves none behind. Throws with code `folder-locked`. Nothing else may open `writer.lock`:
 * closing any handle on it would free the lock (POSIX locks belong to the process).
 */
export const lockFolder = (folder: string): FolderLock => {
  mkdirSync(folder, { recursive: true })
  const db = new Database(lockFile(folder), { timeout: 0 })
  try {
    db.exec('begin exclusive')
  } catch (thrown) {
    db.close()
    if (described(thrown).code !== 'SQLITE_BUSY') throw thrown
    throw fault('folder-locked', `Another process is writing to ${folder}. Stop it first, or choose another folder.`, thrown)
  }
  held.add(db)
  return {
    release: () => {
      held.delete(db)
      db.close()
    },
  }
}

/** Whether some process, this one included, is the writer of the folder. */
export const isLocked = (folder: string): boolean => {
  if (!existsSync(lockFile(folder))) return false
  try {
    lockFolder(folder).release()
    return false
  } catch (thrown) {
    if (described(thrown).code === 'folder-locked') return true
    throw thrown
  }
}
