import { Worker } from 'node:worker_threads'
import type { BuildId, BuildMark } from '#libs/kernel/read-model'
import { described } from '#libs/sqlite/fault'
import type { FromThread, ThreadData, ToThread } from '#apps/projector/thread'

export interface ProjectorHost {
  /** Settles when the fresh build answers; rejects with a sentence when it cannot. Asked for twice at once it is done once. */
  rebuild(name: string): Promise<void>
  /** Ends the thread between two writes; what it had not written it projects at the next start. */
  stop(): Promise<void>
}
export interface HostOptions {
  /** Addresses of the log and of the read models. */
  readonly events: string
  readonly read: string
  readonly onStatus?: (status: BuildId & BuildMark) => void
  /** Told why the thread ended by itself and when it is started again. */
  readonly onCrash?: (reason: string, againInMs: number) => void
  /** Alias or URL of the module that exports `projections`; the product's own unless said. */
  readonly list?: string
}
const firstPauseMs = 100
const longestPauseMs = 10_000
const patienceMs = 5000

/** Runs all projections in a thread of its own, so that writing rows never stops the thread that answers, and starts it again when it crashes. */
export const startProjector = ({ events, read, onStatus, onCrash, list = '#apps/projector/list' }: HostOptions): ProjectorHost => {
  const rebuilds = new Map<string, PromiseWithResolvers<undefined>>()
  let worker: Worker
  let exited: Promise<void>
  let again: NodeJS.Timeout | undefined
  let pauseMs = firstPauseMs
  let stopping: Promise<void> | undefined

  const heard = (message: FromThread): void => {
    if ('status' in message) {
      if (message.status.status === 'live') pauseMs = firstPauseMs
      onStatus?.(message.status)
    } else if ('rebuilt' in message) settle(message.rebuilt, (pending) => { pending.resolve(undefined) })
    else settle(message.failed, (pending) => { pending.reject(new Error(message.reason)) })
  }
  const settle = (name: string, how: (pending: PromiseWithResolvers<undefined>) => void): void => {
    const pending = rebuilds.get(name)
    rebuilds.delete(name)
    if (pending) how(pending)
  }
  const run = (): void => {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    const workerData: ThreadData = { events, read, list }
    let reason = 'its thread ended'
    worker = new Worker(new URL(`thread.${extension}`, import.meta.url), { workerData })
    worker.on('message', heard)
    worker.on('error', (thrown) => {
      reason = described(thrown).message
    })
    exited = new Promise((resolve) => {
      worker.on('exit', () => {
        for (const name of [...rebuilds.keys()]) settle(name, (pending) => { pending.reject(new Error(`The projector stopped: ${reason}`)) })
        if (!stopping) {
          onCrash?.(reason, pauseMs)
          again = setTimeout(run, pauseMs)
          pauseMs = Math.min(pauseMs * 2, longestPauseMs)
        }
        resolve()
      })
    })
    // Asked for while there was no thread.
    for (const name of rebuilds.keys()) send({ rebuild: name })
  }
  const send = (message: ToThread): void => {
    worker.postMessage(message)
  }
  const end = async (): Promise<void> => {
    clearTimeout(again)
    send({ stop: true })
    const patience = setTimeout(() => void worker.terminate(), patienceMs)
    await exited
    clearTimeout(patience)
  }
  run()

  return {
    rebuild: (name) => {
      const before = rebuilds.get(name)
      if (before) return before.promise
      const pending = Promise.withResolvers<undefined>()
      rebuilds.set(name, pending)
      send({ rebuild: name })
      return pending.promise
    },
    stop: () => (stopping ??= end()),
  }
}
