import type { Recorded } from '#libs/kernel/event'

export type ColumnType = 'text' | 'integer'
export type ColumnValue = string | number | null
export type Columns = Readonly<Record<string, ColumnType>>
export type RowOf<C extends Columns> = { readonly [K in keyof C]: ColumnValue }

/**
 * One question about the log, as a fold per key. Pure: no clock, no randomness, no call; the same log always gives byte-equal rows. A
 * changed fold or column set asks for a new version, which is built beside the old one and then promoted.
 */
export interface Projection<S = unknown, C extends Columns = Columns> {
  readonly name: string
  readonly version: number
  /** Stream name prefixes that it reads, such as `deviation-`. */
  readonly streams: readonly string[]
  /** Event types of these streams that make a difference to it; all unless said. The others cost nothing, and never reach `key` and `fold`. */
  readonly types?: ReadonlySet<string>
  readonly columns: C
  /** Column lists of the indices that the queries need. */
  readonly indices: readonly (readonly (keyof C & string)[])[]
  /** The row that an event is folded into; a list where it says something about several, or, empty, about none. */
  key(event: Recorded): string | readonly string[]
  /**
   * The next state of a key; undefined removes its row. State is JSON, holds no personal data; between batches it is stored, and then
   * properties that are undefined are gone and the others come back sorted, so nothing may depend on their order.
   */
  fold(state: S | undefined, event: Recorded): S | undefined
  /** The columns of a state, derived once per batch and key. */
  row(state: S, key: string): RowOf<C>
  /**
   * Rows beside that of the key, for a list that is finer than it (each deadline of a case): derived from its state by name, written and removed
   * with it. Stored under `partKey`; no event is folded into them.
   */
  parts?(state: S, key: string): Readonly<Record<string, Part<C>>>
}
export interface Part<C extends Columns = Columns> {
  readonly state: object
  readonly columns: RowOf<C>
}
/** Where a part is stored. Keys that events are folded into hold no `#`. */
export const partKey = (key: string, part: string): string => `${key}#${part}`
/** A projection whose state type only its own folder knows, as the engine sees it. */
export type AnyProjection = Omit<Projection, 'indices'> & { readonly indices: readonly (readonly string[])[] }
export const projection = <S, C extends Columns>(definition: Projection<S, C>): Projection<S, C> => definition

/** Whether a projection reads an event. */
export const reads = ({ types, streams }: Pick<Projection, 'types' | 'streams'>, { type, stream }: Recorded): boolean =>
  (types === undefined || types.has(type)) && streams.some((prefix) => stream.startsWith(prefix))

/** `like` is case-sensitive: `%` any text, `_` one character, `\\` before either takes it literally. Nothing compares with null. */
export type Condition =
  | { readonly column: string; readonly is: '=' | '<' | '<=' | '>' | '>=' | 'like'; readonly value: string | number }
  | { readonly column: string; readonly is: 'in'; readonly value: readonly (string | number)[] }
  | { readonly column: string; readonly is: 'null' | 'not-null' }
export interface Query {
  readonly where?: readonly Condition[]
  /**
   * Rows that also meet all conditions of at least one of these lists, each row once; without any list none does. Each list is best a stretch of
   * an index: then a page of many of them costs a few rows of each.
   */
  readonly anyOf?: readonly (readonly Condition[])[]
  /**
   * Ascending unless said; the same direction for all columns of a keyset page. `key` is always the last column of the order. Text sorts by
   * code point (Swedish order of names is the caller's, with `Intl.Collator`); null is smaller than every value.
   */
  readonly order?: readonly string[]
  readonly descending?: boolean
  /** Keyset page: the values of the order columns and the key of the last row seen. */
  readonly after?: readonly ColumnValue[]
  readonly limit?: number
}
export interface StoredRow {
  readonly key: string
  readonly state: unknown
  readonly columns: Readonly<Record<string, ColumnValue>>
}
