import { randomUUID } from 'node:crypto'
import type { Followed, Place, Placed, Server } from '#libs/event-store-eventstoredb/client'
import { resumed, type Interruption } from '#libs/event-store-eventstoredb/follow'
import { leavesIn, leavesOf, pageOf, pageSize, type Leaf, type Leaves } from '#libs/event-store-eventstoredb/leaves'
import { envelopeIn, numberAt, placeAt, type Names } from '#libs/event-store-eventstoredb/schema'
import { inOneTurn } from '#libs/kernel/turn'
import { fault } from '#libs/sqlite/fault'

/** Events of the whole server that are read when looking for the last of ours: mostly the very last is; where it is not, so many at once. */
const tailSizes = { first: 1, more: 32 }

/** Knows the leaves of the log: follows it all from the pages that were counted before, as long as it is open. */
export interface Counter {
  readonly leaves: Leaves
  /** How many leaves there are up to an event that was read; waits until it is counted. */
  sizeOf(stream: string, revision: number): Promise<number>
  /** Settles when all is counted that the log holds when it is asked. */
  upToNow(): Promise<void>
  /** The last leaf's text, when it was among what was followed. */
  lastText(): string | undefined
  close(): Promise<void>
}
export interface CounterOptions {
  readonly server: Server
  readonly names: Names
  /** How long to wait for something to come before giving up, ms. */
  readonly timeoutMs: number
  /** Whether pages may be written. */
  readonly writes: boolean
  /** Told in one sentence when the connection is lost. */
  readonly onInterrupted: (why: string) => void
}

/** Resolves when the log as it is has been counted; rejects when the server cannot be reached or is silent. */
export const openCounter = async ({ server, names, timeoutMs, writes, onInterrupted }: CounterOptions): Promise<Counter> => {
  const leaves = leavesOf()
  const closed = new AbortController()
  const waiters = new Set<Waiter>()
  let place: Place | 'start' = 'start'
  let last: Placed | undefined
  let live = false
  let broken: unknown
  let page: Leaf[] = []
  let pagesWritten = 0
  let writing = Promise.resolve()

  /** Settles when the test holds; rejects when counting has failed, or nothing has come for too long. */
  const until = (test: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const waiter: Waiter = {
        look: (hasMoved) => {
          if (broken !== undefined) done(() => { reject(broken) })
          else if (test()) done(resolve)
          else if (hasMoved) timer.refresh()
        },
      }
      const timer = setTimeout(() => {
        done(() => {
          const hint = live ? '' : '. Vaka needs EventStoreDB 23.10 or later'
          reject(fault('unavailable', `The event store has told nothing new for ${timeoutMs} ms${hint}`))
        })
      }, timeoutMs)
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        waiters.delete(waiter)
        settle()
      }
      waiters.add(waiter)
      waiter.look(false)
    })
  const moved = (): void => {
    for (const waiter of waiters) waiter.look(true)
  }

  const counted = (leaf: Leaf): void => {
    leaves.add(leaf)
    page.push(leaf)
    if (page.length < pageSize) return
    const full = pageOf(leaves.size() - pageSize, page)
    page = []
    const revision = full.from / pageSize
    // Only a page less is lost when it cannot be written, and who counts next writes it; whoever is first, it is the same.
    if (writes && revision >= pagesWritten)
      writing = writing
        .then(() => server.append(names.pages, revision === 0 ? 'none' : revision - 1, [{ id: randomUUID(), type: 'leaves-counted', text: JSON.stringify(full) }]))
        .then(() => undefined, () => undefined)
  }
  const loadPages = async (): Promise<void> => {
    for await (const { text } of server.readStream(names.pages, 'start', 'forwards')) {
      const leavesOfPage = leavesIn(text, leaves.size())
      if (!leavesOfPage) return
      pagesWritten++
      for (const leaf of leavesOfPage) leaves.add(leaf)
      place = placeAt(leaves.positionAt(leaves.size()))
    }
  }
  const take = (item: Followed | Interruption): void => {
    if (item === 'caught-up') live = true
    else if ('interrupted' in item) {
      // Who opens the log hears it at once; later it is a matter of time.
      if (live) onInterrupted(item.interrupted)
      else broken = fault('unavailable', `The event store cannot be followed: ${item.interrupted}`)
    } else if ('reached' in item) place = item.reached
    else {
      counted(leafOf(item, names))
      place = item.place
      last = item
    }
  }
  const run = async (): Promise<void> => {
    try {
      await loadPages()
      for await (const item of resumed(server, names.prefix, place, closed.signal)) {
        take(item)
        moved()
        if (broken !== undefined) return
      }
    } catch (error) {
      broken = error
    }
    broken ??= fault('closed', 'The event log is closed')
    moved()
  }
  const running = run()

  const close = async (): Promise<void> => {
    closed.abort()
    await running
    await writing
  }
  const lookAtEnd = async (): Promise<void> => {
    let from: Place | 'end' = 'end'
    for (let size = tailSizes.first; ; size = tailSizes.more) {
      let isStart = true
      for await (const event of server.readAll(from, 'backwards', size)) {
        isStart = false
        from = event.place
        const end = event.place.commit
        const isOurs = event.stream.startsWith(names.prefix)
        if (isOurs) await until(() => place !== 'start' && place.commit >= end)
        if (isOurs || (place !== 'start' && place.commit >= end)) return
      }
      if (isStart) return
    }
  }
  const counter: Counter = {
    leaves,
    sizeOf: async (stream, revision) => {
      const known = leaves.sizeOf(stream, revision)
      if (known !== undefined) return known
      await until(() => leaves.sizeOf(stream, revision) !== undefined)
      return leaves.sizeOf(stream, revision) ?? 0
    },
    upToNow: inOneTurn(lookAtEnd),
    lastText: () => (last && numberAt(last.place) === leaves.positionAt(leaves.size()) ? last.text : undefined),
    close,
  }
  try {
    await until(() => live)
  } catch (error) {
    await close()
    throw error
  }
  return counter
}

interface Waiter {
  look(hasMoved: boolean): void
}

const leafOf = ({ stream, revision, text, place }: Placed, names: Names): Leaf => {
  const { recordedAt } = envelopeIn(text, names.own(stream), revision)
  return { stream: names.own(stream), revision, position: numberAt(place), recordedAt: Date.parse(recordedAt) }
}
