import { hash } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import type { Recorded } from '#libs/kernel/event'
import type { Checkpoint, EventStore, Passed, ReadOptions, SubscribeOptions } from '#libs/kernel/store'
import { isPosition, numberOf, positionOf } from '#libs/event-store-sqlite/schema'
import { fault } from '#libs/sqlite/fault'
import type { Db } from '#libs/sqlite/open'
import { inProcessSignal } from '#libs/sqlite/signal'

const pageSize = 1000
const pollMs = 100

/** The reading half of the port over one connection, for the process that writes and for those that only read. */
export type LogReader = Omit<EventStore, 'append'>

/** Name of the signal that the writer posts after each commit: the log's own id, whatever path leads to it. */
export const signalOf = (logId: string): string => `event-log-${logId}`
export const logIdOf = (db: Db): string => db.prepare<[], string>('select id from log').pluck().get() ?? ''

const recorded = (position: number, bytes: string): Recorded => {
  const envelope = JSON.parse(bytes)
  envelope.position = positionOf(position)
  envelope.size = position
  return envelope
}
const passed = (position: number): Passed => ({ passed: true, position: positionOf(position), size: position })
/** RFC 6962: the leading zero byte tells leaves from inner nodes. */
const leafOf = (bytes: string): string => hash('sha256', `\0${bytes}`)

export const logReader = (db: Db): LogReader => {
  const logId = logIdOf(db)
  const page = (order: string): string => `select position, bytes from event where stream = ? and revision ${order} limit ?`
  const forwards = db.prepare<[string, number, number, number], [number, string]>(page('>= ? and position <= ? order by revision')).raw()
  const backwards = db.prepare<[string, number, number, number], [number, string]>(page('<= ? and position <= ? order by revision desc')).raw()
  const bytesOf = db.prepare<[string, number], string>('select bytes from event where stream = ? and revision = ?').pluck()
  const bytesAt = db.prepare<[number], string>('select bytes from event where position = ?').pluck()
  const recordedAt = db.prepare<[number], string>('select recorded_at from event where position = ?').pluck()
  const last = db.prepare<[], number>('select position from event order by position desc limit 1').pluck()
  const head = (): number => last.get() ?? 0
  const dataVersion = db.prepare<[], number>('pragma data_version').pluck()
  const closed = new AbortController()
  const open = (): void => {
    if (closed.signal.aborted) throw fault('closed', 'The event log is closed')
  }

  async function* read(stream: string, { from, direction = 'forwards', upTo, limit = Infinity }: ReadOptions = {}): AsyncGenerator<Recorded> {
    const [statement, step, first] = direction === 'forwards' ? [forwards, 1, 0] : [backwards, -1, Number.MAX_SAFE_INTEGER]
    const lastPosition = upTo === undefined ? Number.MAX_SAFE_INTEGER : numberOf(upTo)
    let next = from ?? first
    let left = limit
    while (left > 0) {
      open()
      const asked = Math.min(left, pageSize)
      const rows = statement.all(stream, next, lastPosition, asked)
      for (const [position, bytes] of rows) {
        const event = recorded(position, bytes)
        next = event.revision + step
        yield event
      }
      if (rows.length < asked) return
      left -= asked
    }
  }

  const verified = (after: Checkpoint): number => {
    const bytes = isPosition(after.position) ? bytesAt.get(numberOf(after.position)) : undefined
    if (after.logId !== logId || bytes === undefined || after.size !== numberOf(after.position) || after.leaf !== leafOf(bytes))
      throw fault('log-replaced', 'The event log does not hold what was read from it before: it was restored, replaced or cut short. Rebuild what follows it.')
    return after.size
  }
  const wanted = (streams: readonly string[] | undefined): string =>
    streams === undefined ? '' : `and (${['false', ...streams.map(() => 'substr(stream, 1, length(?)) = ?')].join(' or ')})`

  async function* subscribe({ after, streams, signal }: SubscribeOptions): AsyncGenerator<Recorded | Passed | 'caught-up'> {
    open()
    let position = after === 'start' ? 0 : verified(after)
    const prefixes = (streams ?? []).flatMap((prefix) => [prefix, prefix])
    const between = `select position, bytes from event where position > ? and position <= ? ${wanted(streams)} order by position`
    const rowsBetween = db.prepare<(number | string)[], [number, string]>(between).raw()
    const end = AbortSignal.any([signal, closed.signal])
    const changes = changesOf(logId, () => dataVersion.get(), end)
    let told = false
    try {
      while (!end.aborted) {
        const version = changes.version()
        const to = Math.min(head(), position + pageSize)
        if (to > position) {
          for (const [at, bytes] of rowsBetween.all(position, to, ...prefixes)) {
            if (end.aborted) return
            position = at
            yield recorded(at, bytes)
          }
          // What was left out before an event needs no word: the event's own place tells.
          if (to > position) yield passed(to)
          position = to
          told = false
          // Between pages the rest of the thread gets its turn.
          await breath()
        } else if (!told) {
          told = true
          yield 'caught-up'
        } else {
          await changes.since(version)
        }
      }
    } finally {
      changes.stop()
    }
  }

  return {
    read,
    subscribe,
    checkpoint: async (at) => {
      open()
      const size = at === 'head' ? head() : numberOf(at)
      if (size === 0) return 'start'
      const bytes = bytesAt.get(size)
      if (bytes === undefined) throw fault('bad-position', `The event log has no event at ${at}`)
      return { logId, position: positionOf(size), size, leaf: leafOf(bytes) }
    },
    raw: async (stream, revision) => {
      open()
      return bytesOf.get(stream, revision)
    },
    positionAt: async (instant) => {
      open()
      const at = new Date(instant).toISOString()
      let [low, high] = [0, head()]
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if ((recordedAt.get(middle) ?? '') <= at) low = middle
        else high = middle - 1
      }
      return low === 0 ? undefined : positionOf(low)
    },
    close: async () => {
      closed.abort()
      db.close()
    },
  }
}

interface Changes {
  version(): unknown
  /** Settles when something was committed since the version, or at the end. */
  since(version: unknown): Promise<void>
  stop(): void
}
/** Other threads of this process say so at once; another process is noticed by a slow look at `PRAGMA data_version`. */
const changesOf = (logId: string, dataVersion: () => unknown, end: AbortSignal): Changes => {
  let woken = false
  let wake = (): void => undefined
  const onChange = (): void => {
    woken = true
    wake()
  }
  const deaf = inProcessSignal(signalOf(logId)).listen(onChange)
  end.addEventListener('abort', onChange)
  return {
    version: () => {
      woken = false
      return dataVersion()
    },
    since: (version) =>
      new Promise((resolve) => {
        const poll = setInterval(() => {
          if (!end.aborted && dataVersion() !== version) wake()
        }, pollMs)
        poll.unref()
        wake = () => {
          clearInterval(poll)
          resolve()
        }
        if (woken || end.aborted) wake()
      }),
    stop: () => {
      end.removeEventListener('abort', onChange)
      deaf()
    },
  }
}
