import type { AnyProjection, Columns } from '#libs/kernel/projection'
import { hasSoundNames } from '#libs/kernel/question'
import type { BuildId } from '#libs/kernel/read-model'
import { fault } from '#libs/sqlite/fault'
import type { OpenOptions } from '#libs/sqlite/open'

/** One row for each build beside the tables of the builds themselves. What a power loss takes (`NORMAL`) is projected again from the checkpoint. */
export const readStore: OpenOptions = {
  what: 'read store',
  applicationId: 0x56414b52,
  schemaVersion: 1,
  synchronous: 'NORMAL',
  schema: `
    create table store (id text not null) strict;
    insert into store values (lower(hex(randomblob(16))));
    create table build (
      name text not null,
      version integer not null,
      build integer not null,
      promoted integer not null,
      columns text not null,
      indices text not null,
      status text not null,
      reason text,
      stopped_at text,
      log_id text,
      position text,
      size integer not null,
      leaf text,
      primary key (name, version, build)
    ) strict;
    create unique index answering on build (name) where promoted;
  `,
}

/** A name that may stand in SQL between double quotes; checked where a projection comes in. */
export const quoted = (name: string): string => `"${name}"`
export const tableOf = ({ name, version, build }: BuildId): string => quoted(`${name} v${version} b${build}`)

/** Throws `bad-projection` for names that could not be told apart, or could be mistaken for SQL, on some engine. */
export const checkNames = (projection: AnyProjection): void => {
  if (!hasSoundNames(projection)) throw fault('bad-projection', `The projection ${projection.name} has a name, version, column or index that the read store cannot hold`)
}

export const createTable = (build: BuildId, columns: Columns): string =>
  `create table ${tableOf(build)} ("key" text primary key not null, "state" text not null${Object.entries(columns)
    .map(([column, type]) => `, ${quoted(column)} ${type}`)
    .join('')}) strict`
/** Made when a build has caught up: filling a table without indices takes about half the time. */
export const createIndex = (build: BuildId, columns: readonly string[], number: number): string =>
  `create index if not exists ${quoted(`${tableOf(build).slice(1, -1)} i${number}`)} on ${tableOf(build)} (${[...columns, 'key'].map(quoted).join(', ')})`
