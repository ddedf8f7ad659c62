import { parentPort, workerData } from 'node:worker_threads'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { openCrew } from '#apps/projector/crew'
import type { AnyProjection } from '#libs/kernel/projection'
import { rebuild } from '#libs/kernel/projector'
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

const tell = (message: FromThread): void => {
  parentPort?.postMessage(message)
}
const options: Omit<ProjectorOptions, 'signal'> = { store, readModel, restMs, onStatus: (status) => { tell({ status }) } }
const rebuildOne = async (name: string): Promise<void> => {
  const projection = projections.find((candidate) => candidate.name === name)
  if (!projection) {
    tell({ failed: name, reason: `There is no projection ${name}` })
    return
  }
  try {
    // One that runs finds its new build by itself.
    await rebuild({ ...options, signal: stopping.signal, projection })
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

const crew = openCrew(options)
await Promise.all(projections.map((projection) => crew.keepUp(projection, stopping.signal)))
await rebuilding
await readModel.close()
await store.close()
parentPort?.close()
