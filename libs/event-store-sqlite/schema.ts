import { fault } from '#libs/sqlite/fault'
import type { OpenOptions } from '#libs/sqlite/open'

/**
 * `bytes` is the envelope as canonical JSON and the only truth about an event; the other columns are there to find it. Positions have no
 * gaps, so a position is also the number of leaves up to it. A rowid table without random keys: table and index grow at their ends.
 */
export const eventLog: OpenOptions = {
  what: 'event log',
  applicationId: 0x56414b41,
  schemaVersion: 1,
  synchronous: 'FULL',
  schema: `
    create table log (id text not null) strict;
    insert into log values (lower(hex(randomblob(16))));
    create table event (
      position integer primary key,
      stream text not null,
      revision integer not null,
      recorded_at text not null,
      bytes text not null,
      unique (stream, revision)
    ) strict;
  `,
}

const digits = 16
/** Zero-padded, so that positions sort as text in the order of the log. */
export const positionOf = (number: number): string => String(number).padStart(digits, '0')
export const isPosition = (position: string): boolean => /^\d{16}$/.test(position)
/** Throws with code `bad-position` for what no log of this engine ever gave out. */
export const numberOf = (position: string): number => {
  if (!isPosition(position)) throw fault('bad-position', `${position} is no position of this log`)
  return Number(position)
}
