import type { KeyObject } from 'node:crypto'
import type { Clock } from '#libs/kernel/clock'
import type { Run } from '#libs/postgres/connection'
import { fault } from '#libs/postgres/fault'
import { random } from '#libs/privacy/random'
import { newKey, unwrapKey } from '#libs/privacy/wrapping'

/** A key between the master key and data keys. Destroying it makes worthless, wherever it was left, what was ever wrapped by it. */
export interface Period {
  readonly id: string
  readonly key: KeyObject
}
export interface Periods {
  /** The one that new keys go under, made with the first key of the month; known until the month is over or `forget` is called. */
  current(): Promise<Period>
  /** The one that was current is gone. */
  forget(): void
  /** One that takes just what the caller puts under it. */
  closed(): Promise<Period>
  /** Throws `tampered-key`. */
  keyOf(id: string, wrapped: string): KeyObject
}
const mostAttempts = 5
const make = `
  with made as (insert into period (id, month, wrapped) values ($1, $2, $3) on conflict do nothing returning id, wrapped)
  select id, wrapped from made union all select id, wrapped from period where month = $2`

export const openPeriods = (run: Run, masterKey: KeyObject, clock: Clock): Periods => {
  const keys = new Map<string, KeyObject>()
  let open: (Period & { readonly month: string }) | undefined

  const keyOf = (id: string, wrapped: string): KeyObject => {
    const key = keys.get(id) ?? unwrapKey(masterKey, contextOf(id), wrapped)
    if (!key) throw fault('tampered-key', `The key of the period ${id} in the key vault was changed after it was written. Restore the key vault from a back-up.`)
    keys.set(id, key)
    return key
  }
  const made = async (month: string | null): Promise<Period> => {
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      const id = random(9).toString('base64url')
      const [row] = await run<{ readonly id: string; readonly wrapped: string }>(make, [id, month, newKey(masterKey, contextOf(id)).wrapped])
      if (row) return { id: row.id, key: keyOf(row.id, row.wrapped) }
      // Somebody else's came after the statement had begun to look: the next one sees it.
    }
    throw fault('unavailable', 'The key vault makes no period for new keys')
  }
  return {
    current: async () => {
      const month = clock.now().slice(0, 7)
      if (open?.month !== month) open = { ...(await made(month)), month }
      return open
    },
    forget: () => {
      open = undefined
    },
    closed: () => made(null),
    keyOf,
  }
}
/** No data key has an id that begins like this. */
const contextOf = (id: string): string => `period ${id}`
