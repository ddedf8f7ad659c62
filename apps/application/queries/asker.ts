import type { KeyObject } from 'node:crypto'
import { roles, type Role } from '#events/codes'
import { caseKeyId, personOf, type Context } from '#apps/application/context'
import type { Answer, QueryRequest } from '#apps/application/request'
import { accessTo, type Access } from '#libs/deviation/access'
import type { CaseFacts } from '#libs/duties/facts'
import { covers, grantsOf, unit } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'
import { fault } from '#libs/sqlite/fault'

/** What answers hold: JSON, whose fields the contract of the edge names. */
export type Json = Readonly<Record<string, unknown>>

/** Who asks. Rights are those of the organisation now, also for questions about the past. */
export interface Asker {
  /** Staff number; undefined for a login that never held a role. */
  readonly staff: string | undefined
  readonly organisation: Organisation
  readonly now: string
}
export const askerOf = async (context: Context, q: QueryRequest): Promise<Asker> => ({
  staff: await context.vault.staffNumber(q.sender.login),
  organisation: await context.organisation(),
  now: context.clock.now(),
})

/** The key of a case. Throws with code `key-missing`: a key that is gone without an erasure is an alarm, never "erased". */
export const caseKeyIn = (keys: ReadonlyMap<string, KeyObject>, caseId: string): KeyObject => {
  const key = keys.get(caseKeyId(caseId))
  if (!key) throw fault('key-missing', `The key of case ${caseId} is missing, and nobody erased it`)
  return key
}

/** What the asker may see of each case. The keys, which tell reporters, are fetched for the cases only where it depends on them. */
export const accessToEach = async (context: Context, asker: Asker, cases: readonly CaseFacts[]): Promise<readonly Access[]> => {
  const first = cases.map((facts) => {
    let depends = false
    const isReporter = (): boolean => {
      depends ||= facts.reporterMark !== undefined
      return false
    }
    const access = accessTo(facts, { ...asker, isReporter })
    return { facts, access, depends }
  })
  const unsure = first.filter(({ depends }) => depends)
  if (unsure.length === 0) return first.map(({ access }) => access)
  const keys = await context.vault.find(unsure.map(({ facts }) => caseKeyId(facts.id)))
  return first.map(({ facts, access, depends }) =>
    depends ? accessTo(facts, personOf(asker.organisation, asker.now, asker.staff, caseKeyIn(keys, facts.id), facts)) : access,
  )
}

/** Whether the asker holds one of the roles over a unit. */
export const holdsOver = (asker: Asker, wanted: readonly Role[], unitId: string): boolean =>
  asker.staff !== undefined && grantsOf(asker.organisation, asker.staff, asker.now).some((g) => wanted.includes(g.role) && covers(asker.organisation, g, unitId))
/** Whether the asker holds one of the roles anywhere. */
export const holdsAny = (asker: Asker, wanted: readonly Role[] = roles): boolean =>
  asker.staff !== undefined && grantsOf(asker.organisation, asker.staff, asker.now).some((g) => wanted.includes(g.role))

/** A unit that is asked about: not found when nobody registered it, forbidden where no role of the asker reaches. */
export const unitAsked = (asker: Asker, wanted: readonly Role[], unitId: string): Extract<Answer<never>, { kind: 'not-found' | 'forbidden' }> | 'allowed' => {
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  if (!unit(asker.organisation, unitId)) return { kind: 'not-found' }
  return holdsOver(asker, wanted, unitId) ? 'allowed' : { kind: 'forbidden' }
}
