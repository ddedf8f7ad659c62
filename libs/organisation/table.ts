/**
 * An immutable map from text that is cheap to extend: `with` copies one bucket of 256, not the whole. Every command on the organisation
 * folds its stream; with a whole map copied per event, eight thousand events took three seconds.
 */
export interface Table<V extends NonNullable<unknown>> {
  readonly size: number
  get(key: string): V | undefined
  has(key: string): boolean
  /** In the order in which the keys first came. */
  values(): V[]
  with(key: string, value: V): Table<V>
}
export const emptyTable = <V extends NonNullable<unknown>>(): Table<V> => table<V>(Array.from({ length: 256 }), 0)

type Bucket<V> = ReadonlyMap<string, { readonly value: V; readonly order: number }>
const table = <V extends NonNullable<unknown>>(buckets: readonly (Bucket<V> | undefined)[], size: number): Table<V> => ({
  size,
  get: (key) => buckets[bucketOf(key)]?.get(key)?.value,
  has: (key) => buckets[bucketOf(key)]?.has(key) ?? false,
  values: () =>
    buckets
      .flatMap((bucket) => (bucket ? [...bucket.values()] : []))
      .sort((a, b) => a.order - b.order)
      .map(({ value }) => value),
  with: (key, value) => {
    const at = bucketOf(key)
    const order = buckets[at]?.get(key)?.order
    return table(buckets.with(at, new Map(buckets[at]).set(key, { value, order: order ?? size })), order === undefined ? size + 1 : size)
  },
})
// Held here: a look-up of the global for every character is dear where globals are guarded, as in test runners.
const { imul } = Math
const bucketOf = (key: string): number => {
  let hash = 0
  for (let i = 0; i < key.length; i++) hash = (imul(hash, 31) + key.charCodeAt(i)) | 0
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & 255
}
