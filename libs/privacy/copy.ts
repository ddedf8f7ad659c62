import type { KeyObject } from 'node:crypto'
import type { OwnKeys } from '#libs/privacy/wrapping'
import { fault } from '#libs/sqlite/fault'

export interface KeyRow {
  readonly id: string
  readonly key: KeyObject
  /** The HMAC of the login, in the row of a staff member's key. */
  readonly login: string | null
}
/** The whole of a vault, which one engine holds. Opened with the master key; unwraps what it gives, and throws `tampered-key`. */
export interface KeyStore {
  /** The keys of the deployment; undefined where there is no vault yet. */
  own(): Promise<OwnKeys | undefined>
  /** Makes the vault of a deployment where there is none; nothing where somebody else was first. */
  begin(own: OwnKeys): Promise<void>
  /** Every key once, some at a time, by the bytes of its id. */
  all(): AsyncIterable<readonly KeyRow[]>
  /** Adds those whose id is not there, in one commit, and answers how many; durable before it answers. */
  add(rows: readonly KeyRow[]): Promise<number>
  /** Those of these ids that are there. */
  find(ids: readonly string[]): Promise<readonly KeyRow[]>
  count(): Promise<number>
  close(): Promise<void>
}
export interface Copied {
  /** Keys that both hold. */
  readonly keys: number
  /** Of these, keys that were not there before. */
  readonly added: number
}

/**
 * Copies every key from one vault to another, and with them the keys of the deployment, so that case ids and staff numbers stay what they are;
 * then looks at both. Nobody may write to either meanwhile. What was broken off may be begun again. Throws `no-vault` where there is nothing to
 * copy, `other-vault` where the target belongs to another deployment, `copy-differs` and `copy-incomplete` when they do not hold the same after it.
 */
export const copyKeys = async (from: KeyStore, to: KeyStore): Promise<Copied> => {
  const own = await from.own()
  if (!own) throw fault('no-vault', 'There is no key vault to copy from')
  if (!(await to.own())) await to.begin(own)
  const theirs = await to.own()
  if (!theirs?.ids.equals(own.ids) || !theirs.index.equals(own.index))
    throw fault('other-vault', 'The key vault to copy to has keys of a deployment of its own. Copy to an empty place.')
  let [keys, added] = [0, 0]
  for await (const rows of from.all()) {
    added += await to.add(rows)
    keys += rows.length
    const there = new Map((await to.find(rows.map(({ id }) => id))).map((row) => [row.id, row]))
    for (const { id, key, login } of rows) {
      const copy = there.get(id)
      if (!copy?.key.equals(key) || copy.login !== login) throw fault('copy-differs', `The key ${id} is not the same in both key vaults`)
    }
  }
  const [before, after] = [await from.count(), await to.count()]
  if (before !== keys || after !== keys) throw fault('copy-incomplete', `Of ${before} keys ${keys} were copied, and the copy has ${after}. Let nobody write to either, and copy again.`)
  return { keys, added }
}
