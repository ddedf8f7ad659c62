import { createHash } from 'node:crypto'
import { setTimeout as rest } from 'node:timers/promises'
import { backOffMs } from '#apps/application/back-off'
import { stateOf } from '#apps/application/queries/pages'
import { cloudEventOf, offeredStreams } from '#apps/application/webhooks/cloud-event'
import type { Receiver, WebhookSettings } from '#apps/application/webhooks/settings'
import type { Clock } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import { projection } from '#libs/kernel/projection'
import { stateText, type Build, type Operation, type ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint, EventStore } from '#libs/kernel/store'
import { described } from '#libs/sqlite/fault'
import { webhookPost, type Called } from '#libs/webhook/post'
import { signed } from '#libs/webhook/sign'

/** An event that a receiver did not take in the time it was given. */
export interface DeadDelivery {
  readonly event: string
  readonly stream: string
  readonly type: string
  readonly recordedAt: string
  readonly givenUpAt: string
  /** Its last answer. */
  readonly because: string
}
/** How it goes with one receiver. */
export interface ReceiverHealth {
  /** Host only: the rest of an address may be a secret. */
  readonly host: string
  /** `stopped` when it needs somebody, and why. */
  readonly state: 'live' | 'failing' | 'stopped'
  readonly failingSince?: string
  readonly reason?: string
  /** Status or code of the last call. */
  readonly last?: string
  /** Events of the log that it has not passed. */
  readonly lag: number
  /** Of this process. */
  readonly delivered: number
  readonly failed: number
  readonly dead: number
  readonly deadLetters: readonly DeadDelivery[]
}
export interface Webhooks {
  health(): Promise<readonly ReceiverHealth[]>
  stop(): Promise<void>
}
export interface WebhooksOptions {
  readonly store: Pick<EventStore, 'subscribe' | 'checkpoint' | 'positionAt'>
  /** Where the checkpoints are kept: a store of their own, which nobody removes to have projections built again. */
  readonly checkpoints: ReadModel
  readonly clock: Clock
  readonly settings: WebhookSettings
  /** Names the deployment in every event. */
  readonly source: string
  readonly onFault: (sentence: string) => void
  /** For specs: the pause before a call is tried again, and certificates. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
  readonly ca?: string
  /** Longest that a stop waits for a call that is under way, ms; cut off, it is made again at the next start. */
  readonly patienceMs?: number
}
const mostDeadShown = 20

/** A receiver's own row of checkpoints and dead letters, kept like a projection that is driven by hand. */
const bookOf = (url: string) =>
  projection<DeadDelivery, { readonly given_up: 'text' }>({
    name: `webhooks-${createHash('sha256').update(url).digest('hex').slice(0, 16)}`,
    version: 1,
    streams: offeredStreams,
    columns: { given_up: 'text' },
    indices: [['given_up']],
    key: ({ id }) => id,
    fold: (state) => state,
    row: ({ givenUpAt }) => ({ given_up: givenUpAt }),
  })

/**
 * Offers every event of the log to each receiver, one after another and in order, from where it had got to. What was taken is passed in the same
 * transaction as the checkpoint, so a crash makes at most one event come twice, under the same id. A receiver that fails is tried again until the event
 * is too old; then it stands among the dead letters and the next one is tried.
 */
export const startWebhooks = (options: WebhooksOptions): Webhooks => {
  const { patienceMs = 5000 } = options
  const [ends, cuts] = [new AbortController(), new AbortController()]
  const followers = options.settings.receivers.map((receiver) => follow(receiver, options, ends.signal, cuts.signal))
  return {
    health: () => Promise.all(followers.map((follower) => follower.health())),
    stop: async () => {
      ends.abort()
      const cut = setTimeout(() => {
        cuts.abort()
      }, patienceMs)
      await Promise.all(followers.map((follower) => follower.ended))
      clearTimeout(cut)
    },
  }
}

/** `signal` ends it after the call that is under way, `cut` ends that as well. */
const follow = (receiver: Receiver, options: WebhooksOptions, signal: AbortSignal, cut: AbortSignal) => {
  const { store, checkpoints, clock, settings, source, onFault, pause = resting, ca } = options
  const book = bookOf(receiver.url)
  const { host } = new URL(receiver.url)
  let at: Checkpoint | 'start' = 'start'
  let last: string | undefined
  let failingSince: string | undefined
  let stopped: string | undefined
  let [delivered, failed] = [0, 0]
  /** Faults of ours since the last event that was passed. */
  let faults = 0

  /** Where a receiver that is new begins. */
  const beginning = async (): Promise<Checkpoint | 'start'> => {
    if (settings.since === undefined) return store.checkpoint('head')
    const before = await store.positionAt(new Date(Date.parse(settings.since) - 1).toISOString())
    return before === undefined ? 'start' : store.checkpoint(before)
  }
  const opened = async (): Promise<Build> => {
    const build = await checkpoints.ready(book)
    at = build.checkpoint
    if (!build.promoted) {
      at = await beginning()
      if (at !== 'start') await checkpoints.apply(build, [], 'start', at)
      await checkpoints.promote(build)
    }
    return build
  }
  const moveTo = async (build: Build, position: string, operations: readonly Operation[] = []): Promise<void> => {
    const to = await store.checkpoint(position)
    if (to === 'start') return
    await checkpoints.apply(build, operations, at, to)
    at = to
    faults = 0
  }

  const call = async (recorded: Recorded): Promise<Called> => {
    const body = JSON.stringify(cloudEventOf(recorded, source))
    const headers = { ...signed(receiver.secret, recorded.id, Date.now(), body), 'content-type': 'application/cloudevents+json; charset=utf-8' }
    return webhookPost(receiver.url, headers, body, cut, { reach: settings.reach, ...(ca === undefined ? {} : { ca }) })
  }
  /** Offers an event until it is taken, too old, or it all ends. */
  const offer = async (recorded: Recorded): Promise<DeadDelivery | 'taken' | 'ended'> => {
    for (let failures = 1; !signal.aborted; failures++) {
      const called = await call(recorded)
      last = 'status' in called ? String(called.status) : called.failed
      if ('status' in called && called.status >= 200 && called.status < 300) {
        delivered++
        failingSince = undefined
        return 'taken'
      }
      if (signal.aborted) return 'ended'
      failed++
      if (failingSince === undefined) onFault(`The webhook receiver ${host} takes no events (${last}). It is tried again.`)
      failingSince ??= clock.now()
      const { id: event, stream, type, recordedAt } = recorded
      if (Date.parse(clock.now()) - Date.parse(recordedAt) > settings.giveUpDays * 86_400_000) return { event, stream, type, recordedAt, givenUpAt: clock.now(), because: last }
      await pause(backOffMs(failures), signal)
    }
    return 'ended'
  }

  const run = async (): Promise<void> => {
    const build = await opened()
    let passed: string | undefined
    for await (const item of store.subscribe({ after: at, streams: offeredStreams, signal })) {
      if (item === 'caught-up') {
        if (passed !== undefined) await moveTo(build, passed)
        passed = undefined
      } else if ('passed' in item) passed = item.position
      else {
        const came = await offer(item)
        if (came === 'ended') return
        await moveTo(build, item.position, came === 'taken' ? [] : [{ key: came.event, state: stateText(came), columns: book.row(came, came.event) }])
        passed = undefined
      }
    }
  }
  /** A fault of ours is tried again; a log that is another needs somebody. */
  const keepRunning = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await run()
      } catch (thrown) {
        const { code, message } = described(thrown)
        onFault(`The webhook receiver ${host} is not served: ${code}`)
        last = code
        failingSince ??= clock.now()
        if (code === 'log-replaced') {
          stopped = message
          return
        }
        await pause(backOffMs(++faults), signal)
      }
    }
  }

  return {
    ended: keepRunning(),
    health: async (): Promise<ReceiverHealth> => {
      const head = await store.checkpoint('head')
      const answers = (await checkpoints.builds()).some(({ name, promoted }) => name === book.name && promoted)
      const rows = answers ? await checkpoints.query(book.name, { order: ['given_up'], descending: true, limit: mostDeadShown }) : []
      return {
        host,
        state: stopped !== undefined ? 'stopped' : failingSince !== undefined ? 'failing' : 'live',
        ...(failingSince === undefined ? {} : { failingSince }),
        ...(stopped === undefined ? {} : { reason: stopped }),
        ...(last === undefined ? {} : { last }),
        lag: head === 'start' || !answers ? 0 : head.size - (at === 'start' ? 0 : at.size),
        delivered,
        failed,
        dead: answers ? await checkpoints.count(book.name) : 0,
        deadLetters: rows.map((row) => stateOf(book, row)),
      }
    },
  }
}

const resting = (ms: number, signal: AbortSignal): Promise<unknown> => rest(ms, undefined, { signal, ref: false }).catch(() => undefined)
