import { derivedId } from '#libs/kernel/ids'

/** A small seeded generator (mulberry32): the same seed gives the same municipality, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number
  chance(share: number): boolean
  whole(min: number, max: number): number
  pick<T>(items: readonly T[]): T
  /** One of the keys, by weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K
  /** Log-normal: half of the draws lie below the median, nine of ten below `ninth`. */
  lag(median: number, ninth: number): number
  /** Bytes as base64url, 43 characters, such as a MAC. */
  mac(): string
  /** An id that sorts by time. */
  id(atMs: number): string
}

export const random = (seed: number): Random => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const bytes = (count: number): Buffer => {
    const buffer = Buffer.allocUnsafe(count)
    for (let i = 0; i < count; i += 4) buffer.writeUInt32LE(Math.floor(next() * 4_294_967_296), i)
    return buffer
  }
  return {
    next,
    chance: (share) => next() < share,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('Nothing to pick from')
      return item
    },
    weighted: (weights) => {
      const entries = Object.entries<number>(weights)
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      const found = entries.find(([, weight]) => (left -= weight) < 0) ?? entries.at(-1)
      if (!found) throw new Error('Nothing to pick from')
      return found[0] as keyof typeof weights
    },
    lag: (median, ninth) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return median * Math.exp((Math.log(ninth / median) / 1.2816) * normal)
    },
    mac: () => bytes(32).toString('base64url'),
    id: (atMs) => {
      const digest = bytes(16)
      digest.writeUIntBE(atMs, 0, 6)
      return derivedId(digest, '')
    },
  }
}
