/**
 * A map that keeps the entries last asked for or set: at most `limit` of them, and never fewer than the last half of that. Two generations,
 * because a map whose entries are taken out and put back at every look gets slow as the gaps gather.
 */
export const recent = <K, V>(limit: number): { get(key: K): V | undefined; set(key: K, value: V): void; clear(): void } => {
  let young = new Map<K, V>()
  let old = new Map<K, V>()
  const set = (key: K, value: V): void => {
    if (young.size >= limit / 2) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get: (key) => {
      const value = young.get(key)
      if (value !== undefined) return value
      const older = old.get(key)
      if (older !== undefined) set(key, older)
      return older
    },
    set,
    clear: () => {
      young = new Map()
      old = new Map()
    },
  }
}
