import { setImmediate as breath, setTimeout as rest } from 'node:timers/promises'
import type { Recorded } from '#libs/kernel/event'
import { partKey, reads, type AnyProjection, type Columns, type ColumnValue } from '#libs/kernel/projection'
import { stateText } from '#libs/kernel/read-model'
import type { Build, BuildId, BuildMark, Operation, ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint, EventStore, Passed } from '#libs/kernel/store'

export interface ProjectorOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'checkpoint'>
  readonly readModel: ReadModel
  readonly signal: AbortSignal
  readonly onStatus?: (status: BuildId & BuildMark) => void
  /** Most events whose changes are written together when behind. */
  readonly batch?: number
  /** Pause after writing what is live, ms: under load the events that arrive meanwhile are written together. None unless given. */
  readonly restMs?: number
}
/** Events whose states are loaded together. */
const chunk = 500
const mostPerBatch = 50_000
/** The past is projected beside requests: small batches keep the pauses short. */
const pageOfThePast = 1000

/**
 * Keeps all projections up with the log until the signal aborts, or until every one of them has stopped. They share one subscription from
 * the earliest checkpoint, so an event is read and parsed once; each has its own checkpoint and passes over what it has seen. A projection
 * that fails stops where it fails, visibly, and the others go on. Rejects on faults of the store or the read model: start it again.
 */
export const runProjections = async (options: ProjectorOptions & { readonly projections: readonly AnyProjection[] }): Promise<void> => {
  const going = new Set(options.projections)
  const announced: Announced = new Map()
  while (going.size > 0 && !options.signal.aborted) {
    const members = new Set<Member>()
    for (const projection of going) members.add(memberOf(projection, await options.readModel.ready(projection)))
    for (const { projection, reason } of await follow(options, members, announced)) if (reason !== undefined) going.delete(projection)
  }
}

export const runProjection = ({ projection, ...options }: ProjectorOptions & { readonly projection: AnyProjection }): Promise<void> =>
  runProjections({ ...options, projections: [projection] })

/**
 * Projects the whole log into a fresh build beside the one that answers, and lets it answer when it has caught up. A projector that runs
 * finds its build gone then and goes on with the new one. Rejects with the reason when the projection stops or the signal aborts.
 */
export const rebuild = async ({ projection, ...options }: ProjectorOptions & { readonly projection: AnyProjection }): Promise<BuildId> => {
  const { readModel, signal } = options
  const announced: Announced = new Map()
  let build = await readModel.ready(projection, { fresh: true })
  const { build: number } = build
  for (;;) {
    const [member] = await follow(options, new Set([memberOf(projection, build)]), announced, 'until-promoted')
    if (member?.reason !== undefined) throw new Error(`The rebuild of ${projection.name} stopped: ${member.reason}`)
    if (member?.build.promoted) return member.build
    signal.throwIfAborted()
    build = await readModel.ready(projection)
    if (build.build !== number) throw new Error(`Another rebuild of ${projection.name} has taken over`)
  }
}

/**
 * The same projection over the log up to a position (none of it when undefined), into a read store of its own that is thrown away: what was
 * known then. Rejects with the reason when the projection stops.
 */
export const asOf = async ({ projection, upTo, ...options }: ProjectorOptions & { readonly projection: AnyProjection; readonly upTo: string | undefined }): Promise<void> => {
  const { store, signal } = options
  const past: ProjectorOptions['store'] = {
    checkpoint: (position) => store.checkpoint(position),
    async *subscribe(subscription) {
      for await (const item of store.subscribe(subscription)) {
        if (item === 'caught-up' || upTo === undefined || item.position > upTo) break
        yield item
      }
      yield 'caught-up'
    },
  }
  const members = new Set([memberOf(projection, await options.readModel.ready(projection))])
  const [member] = await follow({ batch: pageOfThePast, ...options, store: past }, members, new Map(), 'until-promoted')
  signal.throwIfAborted()
  if (member?.reason !== undefined) throw new Error(`The projection ${projection.name} stopped: ${member.reason}`)
}

/** A projection at work. `reason` is there when it has stopped. */
interface Member {
  readonly projection: AnyProjection
  build: Build
  /** What the events since the checkpoint have made of the rows, to be written when the batch is full or the log has no more. */
  changes: Map<string, Change>
  /** The last event in `changes`. */
  folded?: string | undefined
  reason?: string
}
interface Change {
  /** What is stored, when there is a row. */
  stored?: Stored
  state: unknown
  /** The last event that it has seen. */
  position: string
}
interface Stored {
  readonly text: string
  readonly state: unknown
}
const memberOf = (projection: AnyProjection, build: Build): Member => ({ projection, build, changes: new Map() })
/** The last status of each projection, so that only changes are told. */
type Announced = Map<string, BuildMark['status']>

/** Feeds the members until the signal aborts, all have stopped or one finds that somebody else moved its build: then look again. Answers the members. */
const follow = async (options: ProjectorOptions, members: ReadonlySet<Member>, announced: Announced, until?: 'until-promoted'): Promise<ReadonlySet<Member>> => {
  const { store, readModel, signal, onStatus, batch = mostPerBatch, restMs = 0 } = options
  const running = new Set(members)
  const announce = async ({ build: { name, version, build } }: Member, mark: BuildMark): Promise<void> => {
    if (announced.get(name) === mark.status || (mark.status === 'catching-up' && announced.has(name))) return
    announced.set(name, mark.status)
    await readModel.mark({ name, version, build }, mark)
    onStatus?.({ name, version, build, ...mark })
  }
  const stop = async (member: Member, reason: string, stoppedAt?: string): Promise<void> => {
    running.delete(member)
    member.reason = reason
    await announce(member, { status: 'stopped', reason, stoppedAt })
  }

  for (const member of members) {
    const replaced = await unrecognised(store, member.build.checkpoint)
    if (replaced === undefined) await announce(member, { status: 'catching-up' })
    else await stop(member, replaced)
  }
  if (running.size === 0) return members

  let events: Recorded[] = []
  let items = 0
  let taken = 0
  let limit = Math.min(chunk, batch)
  const take = async (): Promise<void> => {
    await eachOf(running, async (member) => {
      const failure = await fold(readModel, member, events)
      if (!failure) return
      // What came before the event that failed is good, and written.
      const before = member.folded === undefined ? 'start' : await store.checkpoint(member.folded)
      if (before !== 'start') await write(readModel, member, before)
      await stop(member, failure.reason, failure.position)
    })
    taken += items
    events = []
    items = 0
  }
  const flush = async (last: string): Promise<void> => {
    await take()
    const to = await store.checkpoint(last)
    await eachOf(running, async (member) => {
      const failure = to === 'start' ? undefined : await write(readModel, member, to)
      if (failure) await stop(member, failure.reason, failure.position)
    })
    // Writing to a file is done on this thread: the rest of it gets its turn.
    await breath()
    taken = 0
  }
  try {
    let last: Recorded | Passed | undefined
    for await (const item of store.subscribe({ after: earliest(running), streams: union(running), signal })) {
      if (item === 'caught-up') {
        if (last) await flush(last.position)
        limit = Math.min(chunk, batch)
        for (const member of running) if (await promoted(options, member)) await announce(member, { status: 'live' })
        if (until && [...running].every(({ build }) => build.promoted)) return members
        // An abort ends the rest and, at the next turn, the subscription.
        if (last && restMs > 0) await rest(restMs, undefined, { signal }).catch(() => undefined)
        last = undefined
      } else {
        last = item
        if (!('passed' in item)) events.push(item)
        items++
        if (taken + items >= limit) {
          await flush(item.position)
          limit = Math.min(limit * 2, batch)
        } else if (items >= chunk) await take()
      }
      if (running.size === 0) return members
    }
  } catch (thrown) {
    if (!['stale-checkpoint', 'build-gone'].includes(codeOf(thrown))) throw thrown
  }
  return members
}

/** All at once, where the read store can: they wait for its answers and not for one another. Rejects with the first fault when none is under way any more. */
const eachOf = async (members: ReadonlySet<Member>, work: (member: Member) => Promise<void>): Promise<void> => {
  const outcomes = await Promise.allSettled([...members].map(work))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

const sizeOf = (checkpoint: Checkpoint | 'start'): number => (checkpoint === 'start' ? 0 : checkpoint.size)
const earliest = (members: ReadonlySet<Member>): Checkpoint | 'start' =>
  [...members].map(({ build }) => build.checkpoint).reduce((first, next) => (sizeOf(next) < sizeOf(first) ? next : first))
const union = (members: ReadonlySet<Member>): string[] => [...new Set([...members].flatMap(({ projection }) => projection.streams))]

/** The sentence of the store when the checkpoint is not of its log. */
const unrecognised = async (store: ProjectorOptions['store'], after: Checkpoint | 'start'): Promise<string | undefined> => {
  if (after === 'start') return undefined
  const subscription = store.subscribe({ after, streams: [], signal: new AbortController().signal })[Symbol.asyncIterator]()
  try {
    await subscription.next()
    await subscription.return?.()
    return undefined
  } catch (thrown) {
    if (codeOf(thrown) !== 'log-replaced') throw thrown
    return sentenceOf(thrown)
  }
}

/** Lets the build of a member that has caught up answer, unless it does already. False: the one that answers has seen more. */
const promoted = async ({ store, readModel }: ProjectorOptions, member: Member): Promise<boolean> => {
  const { build } = member
  if (build.promoted) return true
  if ((await readModel.promote(build)) === 'behind') {
    // At the head of the log nothing can have seen more, except of a log that was since cut short.
    const head = await store.checkpoint('head')
    if (sizeOf(head) > sizeOf(build.checkpoint)) return false
    await readModel.promote(build, { anyway: true })
  }
  member.build = { ...build, promoted: true }
  return true
}

interface Failure {
  readonly reason: string
  /** The event that could not be projected. */
  readonly position: string
}

/** Folds the events that are new to a build into its changes. */
const fold = async (readModel: ReadModel, member: Member, events: readonly Recorded[]): Promise<Failure | undefined> => {
  const { projection, build, changes } = member
  const seen = sizeOf(build.checkpoint)
  const keyed: (readonly [event: Recorded, changes: readonly Change[]])[] = []
  const met = new Map<string, Change>()
  const changeOf = (key: string, { position }: Recorded): Change => {
    let change = changes.get(key)
    if (change) return change
    change = { state: undefined, position }
    changes.set(key, change)
    met.set(key, change)
    return change
  }
  let failure: Failure | undefined
  for (const event of events)
    if (event.size > seen && reads(projection, event))
      try {
        const keys = projection.key(event)
        keyed.push([event, typeof keys === 'string' ? [changeOf(keys, event)] : keys.map((key) => changeOf(key, event))])
      } catch (thrown) {
        failure = failureAt(event, thrown)
        break
      }
  for (const [key, text] of await readModel.load(build, [...met.keys()])) {
    const change = met.get(key)
    if (!change) continue
    change.state = JSON.parse(text)
    change.stored = { text, state: change.state }
  }
  for (const [event, rows] of keyed)
    try {
      // All rows or none: one that had seen an event at which the projection stops would see it again.
      const states = rows.map(({ state }) => projection.fold(state, event))
      rows.forEach((change, i) => {
        change.state = states[i]
        change.position = event.position
      })
      member.folded = event.position
    } catch (thrown) {
      return failureAt(event, thrown)
    }
  return failure
}
const failureAt = ({ type, position }: Recorded, thrown: unknown): Failure => ({ reason: `${type}: ${sentenceOf(thrown)}`, position })

/** Writes the changes of a build and moves its checkpoint: one operation for each key whose row changes. */
const write = async (readModel: ReadModel, member: Member, to: Checkpoint): Promise<Failure | undefined> => {
  const { projection, build, changes } = member
  if (to.size <= sizeOf(build.checkpoint)) return undefined
  const operations: Operation[] = []
  for (const [key, { stored, state, position }] of changes)
    try {
      if (state === undefined) {
        if (stored) operations.push({ key, state: null }, ...partsChanged(projection, key, stored.state, undefined))
        continue
      }
      if (key === '' || !isText(key)) throw new TypeError('A key is a text, and not empty')
      const text = stateText(state)
      if (text !== stored?.text)
        operations.push({ key, state: text, columns: checked(projection.columns, projection.row(state, key)) }, ...partsChanged(projection, key, stored?.state, state))
    } catch (thrown) {
      return { reason: sentenceOf(thrown), position }
    }
  await readModel.apply(build, operations, build.checkpoint, to)
  member.build = { ...build, checkpoint: to }
  member.changes = new Map()
  member.folded = undefined
  return undefined
}

/** What becomes of the parts of a key whose state changes: those that are new or hold anything else are written, those that are gone removed. */
const partsChanged = (projection: AnyProjection, key: string, before: unknown, after: unknown): readonly Operation[] => {
  const { columns, parts } = projection
  if (!parts) return []
  const then = before === undefined ? {} : parts(before, key)
  const now = after === undefined ? {} : parts(after, key)
  const operations: Operation[] = []
  for (const [name, part] of Object.entries(now)) {
    const old = then[name]
    // Of what a fold leaves alone the members are the very same.
    if (old && isAlike(old.state, part.state) && isAlike(old.columns, part.columns)) continue
    operations.push({ key: partKey(key, name), state: stateText(part.state), columns: checked(columns, part.columns) })
  }
  for (const name of Object.keys(then)) if (!now[name]) operations.push({ key: partKey(key, name), state: null })
  return operations
}
const isAlike = (a: object, b: object): boolean => {
  const members = Object.entries(a)
  return members.length === Object.keys(b).length && members.every(([name, value]) => Reflect.get(b, name) === value)
}

/** A row that the tables of every engine can hold, or a throw. */
const checked = (columns: Columns, row: Readonly<Record<string, ColumnValue>>): Readonly<Record<string, ColumnValue>> => {
  for (const name in columns) {
    const value = row[name]
    if (value !== null && !(columns[name] === 'text' ? isText(value) : Number.isSafeInteger(value)))
      throw new TypeError(`Column ${name} holds ${columns[name] ?? ''} or null, not ${typeof value === 'string' ? 'such a string' : typeof value}`)
  }
  return row
}
/** PostgreSQL has no NUL in a text, and no engine has lone surrogates. */
const isText = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed() && !value.includes('\0')

const codeOf = (thrown: unknown): string => {
  const code: unknown = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined
  return typeof code === 'string' ? code : ''
}
/** One line about what was thrown, for people; it never holds the event. */
const sentenceOf = (thrown: unknown): string => {
  const message: unknown = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'message') : thrown
  return String(message).split('\n', 1).join().slice(0, 300)
}
