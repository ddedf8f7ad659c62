import { Worker } from 'node:worker_threads'
import { transactions } from '#libs/sqlite/batch'
import type { Outcome, Program, Transactions } from '#libs/sqlite/batch'
import { described, fault } from '#libs/sqlite/fault'
import type { Db, OpenOptions } from '#libs/sqlite/open'
import { inProcessSignal } from '#libs/sqlite/signal'
import type { ToWriter, WriterData } from '#libs/sqlite/worker'

export interface Committer<Q, A> {
  /**
   * Answered after COMMIT, refusals too. Rejects with the code of what the program threw (that request alone was rolled back),
   * `outcome-unknown` when the commit failed or the writer died on it, `writer-stopped` or `closed` when it was never tried.
   */
  submit(request: Q): Promise<A>
  /** Ends after what was submitted is answered. */
  close(): Promise<void>
}
export interface GroupCommitOptions {
  readonly file: string
  readonly open: OpenOptions
  /** Alias of a module that exports `program`, such as `#libs/event-store-sqlite/writer`. Requests and answers must survive a structured clone. */
  readonly program: string
  /** The database itself, for `:memory:`: the program then runs in place. */
  readonly db?: Db
  /** Read when a batch is begun; programs see it as `batch.at`. */
  readonly now?: () => string
  /** Name of the `inProcessSignal` that is posted after every commit. */
  readonly signal?: string
}
interface Waiting<Q, A> {
  readonly request: Q
  readonly resolve: (answer: A) => void
  readonly reject: (reason: Error) => void
}
/** Carries batches to their transactions, one at a time. */
interface Carrier<Q> {
  /** Hands over the beginning of a batch before all of it has gathered; absent where that gains nothing. */
  readonly add?: (requests: readonly Q[], at: string) => void
  /** The rest of the batch; `done` is called once with what became of the whole. */
  commit(requests: readonly Q[], at: string): void
  close(): Promise<void>
}
interface Ends<A> {
  done(outcome: Outcome<A>): void
  stop(reason: string): void
}

const mostPerCommit = 256
/** While the writer runs the first requests of a batch, the callers' thread prepares the next: a tenth faster with 32 callers. */
const mostPerPart = 8

/**
 * Requests that arrive together share one transaction and one fsync. No waiting window: while a batch commits, the next one gathers.
 * Files are written by a thread of their own, so that a commit never stops the thread that answers.
 */
export const groupCommit = <Q, A>(options: GroupCommitOptions): Committer<Q, A> => {
  const { file } = options
  let queue: Waiting<Q, A>[] = []
  let underWay: Waiting<Q, A>[] = []
  let scheduled = false
  let committing = false
  let stopped: Error | undefined
  let closing: Promise<void> | undefined
  let drained = (): void => undefined

  const unknown = (why: string): Error => fault('outcome-unknown', `It is not known whether ${file} holds the change: ${why}`)
  const take = (): readonly Q[] => {
    const next = queue.splice(0, mostPerCommit - underWay.length)
    underWay.push(...next)
    return next.map(({ request }) => request)
  }
  const now = (): string => options.now?.() ?? ''
  const schedule = (): void => {
    if (committing) return
    if (!scheduled) {
      scheduled = true
      setImmediate(drain)
    }
    if (carrier.add && queue.length >= mostPerPart && underWay.length + queue.length <= mostPerCommit) carrier.add(take(), now())
  }
  const drain = (): void => {
    scheduled = false
    if (underWay.length + queue.length === 0) {
      drained()
      return
    }
    committing = true
    carrier.commit(take(), now())
  }
  const done = (outcome: Outcome<A>): void => {
    const batch = underWay
    underWay = []
    committing = false
    if (outcome.committed) {
      for (const { index, code, message } of outcome.faults) batch[index]?.reject(fault(code, message))
      // A promise settles once, so a request that was rejected above stays rejected.
      for (const [index, { resolve }] of batch.entries()) resolve(outcome.answers[index] as A)
    } else {
      for (const { reject } of batch) reject(unknown(outcome.message))
    }
    schedule()
  }
  const stop = (reason: string): void => {
    if (stopped) return
    stopped = fault('writer-stopped', `The writer of ${file} has stopped: ${reason}`)
    for (const { reject } of underWay) reject(unknown(stopped.message))
    for (const { reject } of queue) reject(stopped)
    underWay = []
    queue = []
    drained()
  }
  const carrier: Carrier<Q> = options.db ? inPlace<Q, A>(options.db, options, { done, stop }) : inWorker<Q, A>(options, { done, stop })

  return {
    submit: (request) =>
      new Promise((resolve, reject) => {
        if (closing) reject(fault('closed', `${file} is closed`))
        else if (stopped) reject(stopped)
        else {
          queue.push({ request, resolve, reject })
          schedule()
        }
      }),
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        drained = resolve
        if (stopped) resolve()
        else schedule()
      }).then(() => carrier.close())
      return closing
    },
  }
}

const inWorker = <Q, A>({ file, open, program, signal }: GroupCommitOptions, { done, stop }: Ends<A>): Carrier<Q> => {
  const source = import.meta.url.endsWith('.ts')
  const workerData: WriterData = { file, open, program, ...(signal === undefined ? {} : { signal }) }
  const worker = new Worker(new URL(source ? 'worker.ts' : 'worker.js', import.meta.url), {
    workerData,
    // Not those of the process: it may have been started with some that a thread refuses.
    execArgv: source ? ['--conditions=source', '--no-warnings'] : [],
  })
  const send = (message: ToWriter): void => {
    // Work under way keeps the process alive, an idle writer does not.
    worker.ref()
    worker.postMessage(message)
  }
  const ended = new Promise<void>((resolve) => {
    worker.on('message', (outcome: Outcome<A>) => {
      worker.unref()
      done(outcome)
    })
    worker.on('error', (thrown) => {
      stop(described(thrown).message)
    })
    worker.on('exit', (code) => {
      stop(`its thread ended with code ${code}`)
      resolve()
    })
  })
  worker.unref()
  return {
    add: (requests, at) => {
      send([requests, at, false])
    },
    commit: (requests, at) => {
      send([requests, at, true])
    },
    close: () => {
      send(null)
      return ended
    },
  }
}

const inPlace = <Q, A>(db: Db, { program, signal }: GroupCommitOptions, { done, stop }: Ends<A>): Carrier<Q> => {
  const wake = signal === undefined ? undefined : inProcessSignal(signal)
  const load = async (): Promise<Transactions<Q, A>> => {
    const module: { program: Program<Q, A> } = await import(program)
    return transactions(db, module.program(db))
  }
  const loaded = load()
  loaded.catch((thrown: unknown) => {
    stop(described(thrown).message)
  })
  const commit = async (requests: readonly Q[], at: string): Promise<void> => {
    const transaction = await loaded
    transaction.add(requests, at)
    const outcome = transaction.commit()
    wake?.post()
    done(outcome)
  }
  return {
    commit: (requests, at) => {
      commit(requests, at).catch((thrown: unknown) => {
        stop(described(thrown).message)
      })
    },
    close: async () => {
      wake?.close()
    },
  }
}
