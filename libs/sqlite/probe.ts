import type { Program } from '#libs/sqlite/batch'
import { fault } from '#libs/sqlite/fault'
import type { OpenOptions } from '#libs/sqlite/open'

/** A small database and a program that does all that a program can do wrong, for the tests of this folder. */
export const probeFile: OpenOptions = {
  what: 'probe',
  applicationId: 0x50524f42,
  schemaVersion: 1,
  synchronous: 'FULL',
  schema: 'create table entry (id integer primary key, text text not null, parent integer references entry (id) deferrable initially deferred) strict;',
}
export type Ask =
  | { readonly ask: 'write' | 'refuse' | 'throw-after-write' | 'break-commit' | 'end-transaction'; readonly text: string }
  | { readonly ask: 'read' | 'synchronous' | 'requests-in-batch' | 'at' | 'die' }

export const program: Program<Ask, unknown> = (db) => {
  const write = db.prepare('insert into entry (text, parent) values (?, ?)')
  const read = db.prepare('select text from entry order by id').pluck()
  let seen: unknown
  let count = 0
  return (request, batch) => {
    count = batch === seen ? count + 1 : 1
    seen = batch
    switch (request.ask) {
      case 'write':
        write.run(request.text, null)
        return `wrote ${request.text}`
      case 'refuse':
        return `refused ${request.text}`
      case 'throw-after-write':
        write.run(request.text, null)
        throw fault('probe-threw', `threw ${request.text}`)
      case 'break-commit':
        // A foreign key without its parent is found out by COMMIT.
        write.run(request.text, 1_000_000)
        return `wrote ${request.text}`
      case 'end-transaction':
        // What SQLite does by itself when the disk is full.
        write.run(request.text, null)
        db.exec('rollback')
        throw fault('SQLITE_FULL', 'the disk is full')
      case 'read':
        return read.all()
      case 'synchronous':
        return db.pragma('synchronous', { simple: true })
      case 'requests-in-batch':
        return count
      case 'at':
        return batch.at
      case 'die':
        return process.exit(3)
    }
  }
}
