/** An event as the stand-in keeps it. */
export interface Kept {
  readonly position: number
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly data: Uint8Array
  readonly metadata: Uint8Array
  readonly createdAt: number
}
export type Offered = Omit<Kept, 'position' | 'stream' | 'revision' | 'createdAt'>
export type Answer = { readonly revision: number; readonly position: number } | { readonly current: number }
/** In place of a revision: no stream. */
export const none = -1

/** The log of a whole server, which knows nothing of whose events it holds; several servers can stand before one. */
export interface ServedLog {
  readonly events: readonly Kept[]
  stream(name: string): readonly Kept[]
  append(stream: string, expected: number, offered: readonly Offered[]): Answer
  /** An event of the server's own, or of other people. */
  put(stream: string, text: string): void
  /** Settles when the test holds; it is asked again after each change. */
  until(test: () => boolean): Promise<void>
}

export const servedLog = (): ServedLog => {
  const events: Kept[] = []
  const streams = new Map<string, Kept[]>()
  const waiting = new Set<() => void>()
  let end = 0
  const keep = (stream: string, offered: Offered): Kept => {
    const present = streams.get(stream) ?? []
    const kept = { ...offered, position: end, stream, revision: present.length, createdAt: Date.now() }
    streams.set(stream, [...present, kept])
    events.push(kept)
    // Positions are places in a file.
    end += 100 + stream.length + offered.type.length + offered.data.length + offered.metadata.length
    return kept
  }
  const changed = (): void => {
    for (const look of waiting) look()
  }
  const put = (stream: string, text: string): void => {
    keep(stream, { id: crypto.randomUUID(), type: `$${stream}`, contentType: 'application/json', data: Buffer.from(text), metadata: new Uint8Array() })
    changed()
  }
  put('$settings', '{"$userStreamAcl":{}}')
  put('$users', '{"users":["admin"]}')
  return {
    events,
    stream: (name) => streams.get(name) ?? [],
    put,
    append: (stream, expected, offered) => {
      const present = streams.get(stream) ?? []
      const current = present.length - 1
      if (expected > current) return { current }
      if (expected < current) {
        // What has these ids already is taken for the same append, whatever it holds.
        const same = present.slice(expected + 1, expected + 1 + offered.length)
        const [last] = same.slice(-1)
        return last && same.length === offered.length && offered.every(({ id }, i) => same[i]?.id === id) ? { revision: last.revision, position: last.position } : { current }
      }
      let last: Kept | undefined
      for (const event of offered) last = keep(stream, event)
      // Servers write about themselves as well.
      if (events.length % 5 === 0) keep('$stats-127.0.0.1', { id: crypto.randomUUID(), type: '$statsCollected', contentType: 'application/json', data: Buffer.from('{}'), metadata: new Uint8Array() })
      changed()
      return { revision: last?.revision ?? none, position: last?.position ?? 0 }
    },
    until: (test) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!test()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
