import type { KeyObject } from 'node:crypto'
import type { Run } from '#libs/postgres/connection'
import { fault } from '#libs/postgres/fault'
import type { Period, Periods } from '#libs/key-vault-postgres/periods'
import { unwrapKey } from '#libs/privacy/wrapping'

/** A key as it stands in the vault. */
export interface Stored {
  readonly id: string
  readonly login: string | null
  /** Throws `tampered-key`, so that only those who ask for a key hear that it was changed. */
  readonly key: () => KeyObject
}
/** A key that is to stand in the vault unless one is there already. */
export interface Offered {
  readonly id: string
  readonly login: string | null
  readonly key: KeyObject
  readonly wrapped: string
}
export interface Row {
  readonly id: string
  readonly login: string | null
  readonly wrapped: string
  readonly period: string
  readonly period_wrapped: string
}
export const columns = 'k.id, k.login, k.wrapped, k.period, p.wrapped as period_wrapped'
export const joined = 'data_key k join period p on p.id = k.period'
export const storedAs = ({ id, login, wrapped, period, period_wrapped: above }: Row, periods: Periods): Stored => ({
  id,
  login,
  key: () => {
    const key = unwrapKey(periods.keyOf(period, above), id, wrapped)
    if (!key) throw fault('tampered-key', `The key ${id} in the key vault was changed after it was written. Restore the key vault from a back-up.`)
    return key
  },
})
/** Those that are there, by id or by the HMAC of a login. */
export const findRows = async (run: Run, periods: Periods, ids: readonly string[], logins: readonly string[]): Promise<readonly Stored[]> => {
  const rows = await run<Row>(`select ${columns} from ${joined} where k.id = any($1) or k.login = any($2)`, [ids, logins], { kept: true })
  return rows.map((row) => storedAs(row, periods))
}

/** What stood before comes beside what was made: the look at it does not see what the same statement adds. */
const create = `
  with made as (
    insert into data_key (id, period, wrapped, login)
    select id, $1, wrapped, login from unnest($2::text[], $3::text[], $4::text[]) as offered (id, wrapped, login)
    on conflict do nothing
    returning id)
  select ${columns} from ${joined} where k.id = any($2) or k.login = any($4)
  union all select id, null, null, null, null from made`
/**
 * Adds those that are not there, in one statement, which is one commit, and answers them and those that stood before. What somebody else adds
 * meanwhile is in neither. Throws 23503 when the period is gone.
 */
export const createRows = async (run: Run, periods: Periods, period: Period, offered: readonly Offered[]): Promise<readonly Stored[]> => {
  const byId = new Map(offered.map((one) => [one.id, one]))
  // Whoever adds several does so in one order, ids first: two who add the same would wait for one another.
  const ordered = offered.toSorted((a, b) => compare(a.login ?? '', b.login ?? '') || compare(a.id, b.id))
  const values = [period.id, ordered.map(({ id }) => id), ordered.map(({ wrapped }) => wrapped), ordered.map(({ login }) => login)]
  const rows = await run<Row | { readonly id: string; readonly period: null }>(create, values, { kept: true })
  return rows.flatMap((row): Stored[] => {
    if (row.period !== null) return [storedAs(row, periods)]
    const made = byId.get(row.id)
    return made ? [{ ...made, key: () => made.key }] : []
  })
}
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
