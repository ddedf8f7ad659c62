import { closeSync, existsSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { described, fault } from '#libs/sqlite/fault'

export type Db = Database.Database
/** Plain values only: the same options open the file again in a writer thread. */
export interface OpenOptions {
  /** What the file is to its owner, for sentences such as "The event log data/events.db is damaged". */
  readonly what: string
  /** Marks our own files (`PRAGMA application_id`), a positive 32-bit number of each kind of file. */
  readonly applicationId: number
  /** Kept as `PRAGMA user_version`. */
  readonly schemaVersion: number
  /** Statements that make an empty file ready. */
  readonly schema: string
  /** FULL: what was answered survives a power loss. NORMAL: the last commits may be lost then, never on a crash of the process. */
  readonly synchronous: 'FULL' | 'NORMAL'
  readonly readonly?: boolean
}

/**
 * Opens (and where empty creates) one of our database files, or `:memory:`. Looks at header, schema and the last page of each table only, so
 * that the time does not grow with the file. Throws with code `foreign-file`, `damaged-file`, `newer-file`, `older-file` or, read-only,
 * `missing-file`.
 */
export const openDatabase = (file: string, options: OpenOptions): Db => {
  const { what, readonly = false } = options
  const there = file !== ':memory:' && existsSync(file) && statSync(file).size > 0
  if (there) checkHeaderUnlessOpen(file, options)
  else if (readonly) throw fault('missing-file', `There is no ${what} at ${file}. Check the path, or start the service once to create it.`)
  const db = new Database(file, { readonly, timeout: 5000 })
  try {
    if (!isEmpty(db) && applicationOf(db) !== options.applicationId) throw foreign(file, what)
    if (!readonly) db.pragma('journal_mode = WAL')
    // The default differs between builds of SQLite, so it is set and read back on every connection.
    db.pragma(`synchronous = ${options.synchronous}`)
    if (db.pragma('synchronous', { simple: true }) !== (options.synchronous === 'FULL' ? 2 : 1))
      throw damaged(file, what, 'it refuses the durability asked for')
    if (!readonly) create(db, options)
    checkContents(db, file, options)
    if (file !== ':memory:') remember(realpathSync(file), db)
    return db
  } catch (thrown) {
    db.close()
    const { code, message } = described(thrown)
    throw code === 'SQLITE_CORRUPT' || code.startsWith('SQLITE_CORRUPT_') || code === 'SQLITE_NOTADB' ? damaged(file, what, message, thrown) : thrown
  }
}

const magic = 'SQLite format 3\0'
const headerBytes = 100
const damaged = (file: string, what: string, why: string, cause?: unknown): Error =>
  fault('damaged-file', `The ${what} ${file} is damaged (${why}). Restore it from a back-up; nothing was written to it.`, cause)
const foreign = (file: string, what: string): Error =>
  fault('foreign-file', `${file} is not the ${what} of this program. Check the path; nothing was written to it.`)

/** The connections of this thread, so that a file's own bytes are read only while none is open. */
const connections = new Map<string, Db[]>()
const remember = (path: string, db: Db): void => {
  connections.set(path, [...(connections.get(path) ?? []).filter((known) => known.open), db])
}
/**
 * Closing any handle on a file frees the locks that this whole process holds on it (POSIX); another process would then take the database for
 * unused and delete its write-ahead log under a running server. So the bytes are read only before the process has opened the file: in its
 * main thread, which opens every file before it starts a thread on it.
 */
const checkHeaderUnlessOpen = (file: string, options: OpenOptions): void => {
  if (isMainThread && !connections.get(realpathSync(file))?.some((db) => db.open)) checkHeader(file, options)
}

/** Before SQLite touches the file: a foreign or cut one is left exactly as it was. File format: https://sqlite.org/fileformat2.html */
const checkHeader = (file: string, { what, applicationId }: OpenOptions): void => {
  const header = Buffer.alloc(headerBytes)
  const fd = openSync(file, 'r')
  try {
    const read = readSync(fd, header, 0, headerBytes, 0)
    const application = header.readUInt32BE(68)
    if (header.toString('latin1', 0, 16) !== magic)
      throw application === applicationId ? damaged(file, what, 'its first bytes are not its own') : foreign(file, what)
    if (read < headerBytes) throw damaged(file, what, 'it ends inside its header')
    // 0 with an empty page count is a file whose first commit is still in the write-ahead log; the contents tell.
    if (application !== applicationId && application !== 0) throw foreign(file, what)
    const stored = header.readUInt16BE(16)
    const pageSize = stored === 1 ? 65536 : stored
    const log = `${file}-wal`
    // A checkpoint that was cut short leaves a short file whose missing pages are in the write-ahead log.
    if (fstatSync(fd).size < header.readUInt32BE(28) * pageSize && !(existsSync(log) && statSync(log).size > 0)) throw damaged(file, what, 'its end is missing')
  } finally {
    closeSync(fd)
  }
}

const applicationOf = (db: Db): unknown => db.pragma('application_id', { simple: true })
const isEmpty = (db: Db): boolean => db.prepare('select 1 from sqlite_schema limit 1').get() === undefined

const create = (db: Db, { applicationId, schemaVersion, schema }: OpenOptions): void => {
  // A file that bears our mark and yet is empty has lost its tables; it is not filled anew.
  const isNew = (): boolean => isEmpty(db) && applicationOf(db) !== applicationId
  if (!isNew()) return
  db.transaction(() => {
    // Another process may have been first.
    if (!isNew()) return
    db.pragma(`application_id = ${applicationId}`)
    db.pragma(`user_version = ${schemaVersion}`)
    db.exec(schema)
  }).immediate()
}

const objects = (db: Db): ReadonlyMap<unknown, unknown> =>
  new Map(db.prepare<[], [unknown, unknown]>("select name, sql from sqlite_schema where name not like 'sqlite_%'").raw().all())

const checkContents = (db: Db, file: string, { what, schemaVersion, schema }: OpenOptions): void => {
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > schemaVersion)
    throw fault(
      'newer-file',
      `The ${what} ${file} was written by a newer version of this program (format ${version}, this one knows ${schemaVersion}). Start that version, or restore an older back-up.`,
    )
  if (version < schemaVersion)
    throw fault('older-file', `The ${what} ${file} was written by an older version of this program (format ${version}, this one needs ${schemaVersion}).`)
  const wanted = new Database(':memory:')
  wanted.exec(schema)
  const present = objects(db)
  for (const [name, sql] of objects(wanted)) if (present.get(name) !== sql) throw damaged(file, what, `its ${String(name)} is missing or changed`)
  wanted.close()
  const tables = db
    .prepare<[], string>("select name from pragma_table_list where schema = 'main' and type = 'table' and wr = 0 and name not like 'sqlite_%'")
    .pluck()
    .all()
  for (const table of tables) db.prepare(`select * from "${table}" order by rowid desc limit 1`).get()
}
