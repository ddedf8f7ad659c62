import type { Role } from '#events/codes'
import { readDeviation } from '#events/deviation'
import { loadCase, type Context } from '#apps/application/context'
import type { Answer, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, holdsOver, type Json } from '#apps/application/queries/asker'
import { stateOf, walk } from '#apps/application/queries/pages'
import type { CaseFacts } from '#libs/duties/facts'
import { caseNumber } from '#libs/duties/number'
import type { Query } from '#libs/kernel/projection'
import type { SomeParts } from '#libs/policy/commands'
import { drafted, faultsOf } from '#libs/policy/decide'
import { evolveScores, isReplayed, replayCounts, replayedCase, type ReplayedCase, type ScoredCase } from '#libs/policy/replay'
import { policyAt, policyNamed } from '#libs/policy/versions'
import { statistics } from '#projections/statistics/statistics'

/** Under which policy: a version, the one in force without a name, with any parts changed; inclusive Stockholm days of receipt. */
export type ReplayAsked = SomeParts & { readonly policy?: string | undefined; readonly from: string; readonly to: string }

/** Who sees which cases a change of rules would touch; an administrator, who sees no cases, how many. */
const readers: readonly Role[] = ['compliance-officer', 'quality-developer']
const askers: readonly Role[] = [...readers, 'administrator']
/** Rows that are read together. */
const chunk = 500

/**
 * Which of a period's cases would have been investigated under another policy (`wouldBe`), and whose outcome differs (`rows`): each recorded score
 * held against its rules. Writes nothing. Cases are those over which the asker's roles reach, and that she may know of.
 */
export const policyReplay = async (context: Context, q: QueryRequest, asked: ReplayAsked): Promise<Answer<Json>> => {
  const { policy: named, from, to, ...parts } = asked
  const asker = await askerOf(context, q)
  if (!holdsAny(asker, askers)) return { kind: 'forbidden' }
  const policies = await context.policies()
  const base = named === undefined ? policyAt(policies, asker.now) : policyNamed(policies, named)
  const faults = [...(base ? [] : [{ pointer: '/policy', code: 'policy-unknown' }]), ...faultsOf(parts), ...(from > to ? [{ pointer: '/to', code: 'dates-reversed' }] : [])]
  if (!base || faults.length > 0) return { kind: 'invalid', faults }
  const policy = drafted(base.id, base, parts)

  const units = asker.organisation.units.values().map(({ id }) => id).filter((id) => holdsOver(asker, askers, id))
  const query: Query = {
    where: [
      { column: 'received', is: '>=', value: from },
      { column: 'received', is: '<=', value: to },
      { column: 'unit', is: 'in', value: units },
      { column: 'count', is: '>', value: 0 },
    ],
    order: ['received'],
  }
  const position = (await context.readModel.position(statistics.name)) ?? ''
  const cases: CaseFacts[] = []
  for await (const row of walk(context.readModel, statistics.name, query, chunk)) {
    const { facts } = stateOf(statistics, row)
    if (facts.groups.social?.risk || facts.groups.health?.risk) cases.push(facts)
  }
  const access = await accessToEach(context, asker, cases)
  const replayed: ReplayedCase[] = []
  const rows: Json[] = []
  const wouldBe: Json[] = []
  for (const [i, facts] of cases.entries()) {
    const sees = access[i] === 'full' || access[i] === 'masked'
    const scored = sees || holdsOver(asker, ['administrator'], facts.unit) ? await scoresOf(context, facts.id) : undefined
    if (!scored || !isReplayed(scored, { from, to })) continue
    const result = replayedCase(policy, scored.scores)
    replayed.push(result)
    if (!sees || !holdsOver(asker, readers, facts.unit)) continue
    rows.push(...rowsOf(facts, result))
    if (result.wouldBe) wouldBe.push(caseOf(facts))
  }
  return {
    kind: 'found',
    body: { policy: base.id, changedParts: Object.keys(parts), from, to, ...replayCounts(replayed), rows, wouldBe, complete: true },
    position,
  }
}

const scoresOf = async ({ store }: Context, caseId: string): Promise<ScoredCase | undefined> =>
  (await loadCase(store, caseId))?.events.reduce<ScoredCase | undefined>((before, recorded) => evolveScores(before, readDeviation(recorded)), undefined)

const caseOf = ({ id, unit }: CaseFacts): Json => ({ id, number: caseNumber(id), unit })
const rowsOf = (facts: CaseFacts, { changes }: ReplayedCase): readonly Json[] => changes.map((change) => ({ ...caseOf(facts), ...change }))
