import { described } from '#libs/sqlite/fault'
import type { Db } from '#libs/sqlite/open'

/** One transaction. What a program remembers about the database holds while it sees the same batch object, and is read anew after. */
export interface Batch {
  /** The caller's clock when the batch was begun; empty when the committer has none. */
  readonly at: string
}
/**
 * What a committer runs, one request at a time: reads and writes of one request, whole or not at all, answered after COMMIT. A refusal is an
 * answer; a throw rolls the request back and rejects its caller. A request may run twice before its answer counts, so it only touches the database.
 */
export type Program<Q, A> = (db: Db) => (request: Q, batch: Batch) => A

interface Fault {
  readonly index: number
  readonly code: string
  readonly message: string
}
/** What became of a batch, as plain values that cross threads. `answers` and the indices of `faults` follow the requests. */
export type Outcome<A> =
  | { readonly committed: true; readonly answers: readonly (A | undefined)[]; readonly faults: readonly Fault[] }
  | { readonly committed: false; readonly message: string }

/** One transaction after the other, each request in it isolated from the others. Neither function throws. */
export interface Transactions<Q, A> {
  /** Runs requests in the transaction, which begins with the first call. */
  add(requests: readonly Q[], at: string): void
  /** Ends the transaction and tells what became of everything that was added to it. */
  commit(): Outcome<A>
}
export const transactions = <Q, A>(db: Db, run: (request: Q, batch: Batch) => A): Transactions<Q, A> => {
  const [begin, commit, rollback] = [db.prepare('begin immediate'), db.prepare('commit'), db.prepare('rollback')]
  const [save, release, undo] = [db.prepare('savepoint request'), db.prepare('release request'), db.prepare('rollback to request')]
  let current: { readonly batch: Batch; readonly requests: Q[]; readonly answers: A[]; threw: boolean } | undefined

  const end = (): void => {
    if (db.inTransaction) rollback.run()
  }
  const oneByOne = (requests: readonly Q[], at: string): Outcome<A> => {
    let batch: Batch = { at }
    const answers: (A | undefined)[] = []
    const faults: Fault[] = []
    begin.run()
    for (const [index, request] of requests.entries()) {
      save.run()
      try {
        answers.push(run(request, batch))
      } catch (thrown) {
        // A full disk ends the whole transaction, and what came before this request with it.
        if (!db.inTransaction) throw thrown
        undo.run()
        batch = { at }
        answers.push(undefined)
        faults.push({ index, ...described(thrown) })
      }
      release.run()
    }
    commit.run()
    return { committed: true, answers, faults }
  }

  return {
    add: (requests, at) => {
      const isNew = current === undefined
      current ??= { batch: { at }, requests: [], answers: [], threw: false }
      current.requests.push(...requests)
      if (current.threw) return
      try {
        if (isNew) begin.run()
        for (const request of requests) current.answers.push(run(request, current.batch))
      } catch {
        // Savepoints cost a sixth of the rate and a throw is rare: a batch that meets one starts over with them.
        current.threw = true
        end()
      }
    },
    commit: () => {
      const { batch, requests, answers, threw } = current ?? { batch: { at: '' }, requests: [], answers: [], threw: true }
      current = undefined
      try {
        if (threw) return oneByOne(requests, batch.at)
        commit.run()
        return { committed: true, answers, faults: [] }
      } catch (thrown) {
        end()
        return { committed: false, message: described(thrown).message }
      }
    },
  }
}
