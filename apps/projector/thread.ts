import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import type { AnyProjection } from '#libs/kernel/projection'
import { rebuild, runProjections } from '#libs/kernel/projector'
import type { ProjectorOptions } from '#libs/kernel/projector'
import type { BuildId, BuildMark } from '#libs/kernel/read-model'
import { described } from '#libs/sqlite/fault'

/** What the projector's thread is started with: addresses of the stores. `list` is the alias or URL of a module that exports `projections`. */
export interface ThreadData {
  readonly events: string
  readonly read: string
  readonly list: string
}
export type ToThread = { readonly rebuild: string } | { readonly stop: true }
export type FromThread = { readonly status: BuildId & BuildMark } | { readonly rebuilt: string } | { readonly failed: string; readonly reason: string }

/** A few milliseconds of latency for a third of the work under load. */
const restMs = 5

const { events, read, list }: ThreadData = workerData
const { projections }: { readonly projections: readonly AnyProjection[] } = await import(list)
const store = await readLogUrl(events)
const readModel = await openReadModelUrl(read)
const stopping = new AbortController()
let round = new AbortController()

const tell = (message: FromThread): void => {
  parentPort?.postMessage(message)
}
/** Projections that will not go on by themselves. */
const resting = new Set<string>()
const options = (signal: AbortSignal): ProjectorOptions => ({
  store,
  readModel,
  signal,
  restMs,
  onStatus: (status) => {
    if (status.status === 'stopped') resting.add(status.name)
    tell({ status })
  },
})
const rebuildOne = async (name: string): Promise<void> => {
  const projection = projections.find((candidate) => candidate.name === name)
  if (!projection) {
    tell({ failed: name, reason: `There is no projection ${name}` })
    return
  }
  try {
    await rebuild({ ...options(stopping.signal), projection })
    // One that runs finds its new build by itself.
    if (resting.has(name)) round.abort()
    tell({ rebuilt: name })
  } catch (thrown) {
    tell({ failed: name, reason: described(thrown).message })
  }
}
let rebuilding: Promise<unknown> = Promise.resolve()
parentPort?.on('message', (message: ToThread) => {
  if ('stop' in message) stopping.abort()
  // One at a time: two would only halve each other's speed.
  else rebuilding = rebuilding.then(() => rebuildOne(message.rebuild))
})

/** Another process (the command line) may have rebuilt what rests here: then go on with it. */
const lookAgainMs = 1000
const looking = setInterval(() => {
  if (resting.size === 0) return
  readModel.builds().then(
    (builds) => {
      if (builds.some(({ name, promoted, status }) => resting.has(name) && promoted && status !== 'stopped')) round.abort()
    },
    () => undefined,
  )
}, lookAgainMs)

while (!stopping.signal.aborted) {
  round = new AbortController()
  resting.clear()
  const signal = AbortSignal.any([stopping.signal, round.signal])
  await runProjections({ ...options(signal), projections })
  // All have stopped: nothing to do until somebody rebuilds one.
  if (!signal.aborted) await once(signal, 'abort')
}
clearInterval(looking)
await rebuilding
await readModel.close()
await store.close()
parentPort?.close()
