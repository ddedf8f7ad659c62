import { parentPort, workerData } from 'node:worker_threads'
import { transactions } from '#libs/sqlite/batch'
import type { Program } from '#libs/sqlite/batch'
import { openDatabase } from '#libs/sqlite/open'
import type { OpenOptions } from '#libs/sqlite/open'
import { inProcessSignal } from '#libs/sqlite/signal'

/** What the writer thread of `group-commit.ts` is started with. */
export interface WriterData {
  readonly file: string
  readonly open: OpenOptions
  readonly program: string
  readonly signal?: string
}
/** Part of a batch, the last one with `commit`; null is the end. */
export type ToWriter = readonly [requests: readonly unknown[], at: string, commit: boolean] | null

const { file, open, program, signal }: WriterData = workerData
const db = openDatabase(file, open)
const module: { program: Program<unknown, unknown> } = await import(program)
const transaction = transactions(db, module.program(db))
const wake = signal === undefined ? undefined : inProcessSignal(signal)

parentPort?.on('message', (message: ToWriter) => {
  if (message === null) {
    db.close()
    parentPort?.close()
    return
  }
  const [requests, at, commit] = message
  transaction.add(requests, at)
  if (!commit) return
  parentPort?.postMessage(transaction.commit())
  wake?.post()
})
