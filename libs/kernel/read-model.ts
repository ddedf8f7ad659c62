import type { AnyProjection, ColumnValue, Condition, Query, StoredRow } from '#libs/kernel/projection'
import type { Checkpoint } from '#libs/kernel/store'

/**
 * One table of rows of one projection at one version. A projection can have several builds side by side; the promoted one answers. A build
 * is promoted when it has caught up for the first time, so a projection answers whole or not at all.
 */
export interface BuildId {
  readonly name: string
  readonly version: number
  /** From 1; a later build of the same version is a rebuild. */
  readonly build: number
}
export interface Build extends BuildId {
  readonly promoted: boolean
  readonly checkpoint: Checkpoint | 'start'
}

/** How a store keeps the checkpoint of a build, all null before its first event. */
export interface StoredCheckpoint {
  readonly log_id: string | null
  readonly position: string | null
  readonly size: number
  readonly leaf: string | null
}
export const checkpointOf = ({ log_id: logId, position, size, leaf }: StoredCheckpoint): Checkpoint | 'start' =>
  logId === null || position === null || leaf === null ? 'start' : { logId, position, size, leaf }
export const sameCheckpoint = (a: Checkpoint | 'start', b: Checkpoint | 'start'): boolean =>
  a === 'start' || b === 'start' ? a === b : a.logId === b.logId && a.size === b.size && a.leaf === b.leaf

/** What becomes of one key: a state as JSON text (`stateText`) with its columns, or no row. */
export type Operation =
  | { readonly key: string; readonly state: string; readonly columns: Readonly<Record<string, ColumnValue>> }
  | { readonly key: string; readonly state: null }

export type BuildMark =
  | { readonly status: 'catching-up' | 'live' }
  /** Failed, and stays where it is until somebody acts. `stoppedAt` is the position of the event that could not be projected. */
  | { readonly status: 'stopped'; readonly reason: string; readonly stoppedAt?: string | undefined }
export interface BuildStatus extends Build {
  /** `rebuilding` is catching up beside a build that answers. */
  readonly status: BuildMark['status'] | 'rebuilding'
  readonly reason?: string
  readonly stoppedAt?: string
  /** Where the build stands; absent before the first event. */
  readonly position?: string
  /** Leaves of the log that it has seen. */
  readonly size: number
}
export interface CountedBuild extends BuildStatus {
  readonly rows: number
}
/** How a store keeps what `mark` says. */
export interface StoredMark {
  readonly status: BuildMark['status']
  readonly reason: string | null
  readonly stopped_at: string | null
}
/** The rows of all builds, as a store keeps them, as statuses. */
export const statusesOf = <R extends StoredMark & StoredCheckpoint>(rows: readonly R[], buildOf: (row: R) => Build): readonly BuildStatus[] => {
  const builds = rows.map((row) => ({ ...buildOf(row), row }))
  return builds.map(({ row: { status, reason, stopped_at: stoppedAt, position, size }, ...build }) => {
    const beside = !build.promoted && builds.some(({ name, promoted }) => name === build.name && promoted)
    return {
      ...build,
      status: beside && status === 'catching-up' ? 'rebuilding' : status,
      ...(reason === null ? {} : { reason }),
      ...(stoppedAt === null ? {} : { stoppedAt }),
      ...(position === null ? {} : { position }),
      size,
    }
  })
}
/** Rows that share the values of some columns. */
export interface Counted {
  readonly columns: Readonly<Record<string, ColumnValue>>
  readonly count: number
}

/** Where projections keep their rows. Faults carry a `code`. Adapters pass `libs/contracts/read-model.ts` whole. */
export interface ReadModel {
  /**
   * The build of this name and version to go on with: the promoted one, else the newest, else a new one. `fresh` makes a new build beside the
   * one that answers and drops unfinished ones of this version. Throws `other-shape` when the stored columns or indices are not those declared.
   */
  ready(projection: AnyProjection, options?: { readonly fresh?: boolean }): Promise<Build>
  /** The stored states, as `apply` was given them, of the keys that have a row. */
  load(build: BuildId, keys: readonly string[]): Promise<ReadonlyMap<string, string>>
  /**
   * Rows and checkpoint in one transaction. `already` when the build stands at `to` or later: nothing is written. Throws `stale-checkpoint`
   * when it stands neither there nor at `from`, and `build-gone` when it was dropped.
   */
  apply(build: BuildId, operations: readonly Operation[], from: Checkpoint | 'start', to: Checkpoint): Promise<'applied' | 'already'>
  /** Makes what happens to a build visible to all processes. A build that was dropped is let be. */
  mark(build: BuildId, mark: BuildMark): Promise<void>
  /**
   * In one transaction: builds the declared indices, makes this build the one that answers, `live`, and drops the older ones. `behind`, and nothing
   * done, while a running build that answers has seen more of the log, unless told `anyway`. Throws `build-gone`.
   */
  promote(build: BuildId, options?: { readonly anyway?: boolean }): Promise<'promoted' | 'behind'>

  /** Rows of the build that answers. Throws `not-ready` while the projection has none, `unknown-column` for what it does not hold. */
  query(name: string, query?: Query): Promise<readonly StoredRow[]>
  get(name: string, key: string): Promise<StoredRow | undefined>
  count(name: string, where?: readonly Condition[]): Promise<number>
  /** Rows counted by the values of some columns, in the order of those columns. */
  countBy(name: string, by: readonly string[], where?: readonly Condition[]): Promise<readonly Counted[]>
  /** Where the build that answers stands: read before a query, it is what that query has at least seen. Undefined before the first event. */
  position(name: string): Promise<string | undefined>
  /** True as soon as the build that answers stands at the position or later; false when `withinMs` has passed. */
  reached(name: string, position: string, withinMs: number): Promise<boolean>
  /** All builds, by name, version and build. */
  builds(): Promise<readonly BuildStatus[]>
  /** The same with their rows, which are counted for it: nothing for who asks every second. */
  status(): Promise<readonly CountedBuild[]>
  /** SHA-256, hex, of the rows of the build that answers in the order of their keys; equal for equal logs, on every engine. */
  checksum(name: string): Promise<string>
  close(): Promise<void>
}

/**
 * A state as the read model keeps it: JSON with sorted properties and without undefined ones, so that the same log gives the same bytes
 * however it was cut into batches. Throws on what JSON cannot hold.
 */
export const stateText = (state: unknown): string => JSON.stringify(sorted(state))
/** The value itself where its properties are in order already, as they are in a state that was stored before. */
const sorted = (value: unknown): unknown => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (Number.isFinite(value)) return value
      break
    case 'object':
      if (value === null) return null
      if (Array.isArray(value)) {
        const items = value.map(sorted)
        return items.some((item, i) => item !== value[i]) ? items : value
      }
      return sortedObject(value)
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
  }
  throw new TypeError(`A state holds JSON only, not ${typeof value === 'number' ? String(value) : typeof value}`)
}
const sortedObject = (value: object): unknown => {
  const proto: unknown = Object.getPrototypeOf(value)
  // Plain objects of another realm (a test runner's sandbox) have another Object.prototype, whose own prototype is null as well.
  if (proto !== null && Object.getPrototypeOf(proto) !== null) throw new TypeError(`A state holds JSON only, not ${value.constructor.name}`)
  const names = Object.keys(value)
  // Values beside the names: reading each of many properties by its name costs twice as much.
  const values: unknown[] = Object.values(value)
  let same = inOrder(names)
  for (let i = 0; i < values.length; i++) {
    const before = values[i]
    if (before === undefined || typeof before === 'string') continue
    const after = sorted(before)
    if (after === before) continue
    values[i] = after
    same = false
  }
  if (same) return value
  sortBoth(names, values)
  const out: Record<string, unknown> = {}
  names.forEach((name, i) => (out[name] = values[i]))
  return out
}
/** Sorts names, and values along with them, by insertion: most are in order already, as what was stored before was, and what is new comes last. */
const sortBoth = (names: string[], values: unknown[]): void => {
  for (let i = 1; i < names.length; i++) {
    const name = names[i] ?? ''
    const value = values[i]
    let j = i
    for (; j > 0 && (names[j - 1] ?? '') > name; j--) {
      names[j] = names[j - 1] ?? ''
      values[j] = values[j - 1]
    }
    names[j] = name
    values[j] = value
  }
}
const inOrder = (names: readonly string[]): boolean => {
  for (let i = 1; i < names.length; i++) if ((names[i - 1] ?? '') > (names[i] ?? '')) return false
  return true
}
/** What `checksum` hashes of a row: one line, the columns in the order of their names. */
export const rowLine = (key: string, state: string, columns: Readonly<Record<string, ColumnValue>>): string =>
  `${JSON.stringify([key, state, ...Object.keys(columns).sort().map((name) => columns[name])])}\n`
