import { groups, type Group } from '#events/codes'
import type { DeviationEvent } from '#events/deviation'
import { stockholmDay } from '#libs/calendar/days'
import { riskOf, type Policy } from '#libs/policy/policy'

/** A score as it was recorded: raw severity and likelihood, what it triggered and under which policy. */
export interface RecordedScore {
  readonly group: Group
  readonly severity: number
  readonly likelihood: number
  readonly triggers: 'none' | 'investigate'
  readonly because: readonly ('threshold' | 'severity-floor')[]
  readonly policy: string
  readonly scoredAt: string
}
/** What a replay of policies reads of a case. */
export interface ScoredCase {
  readonly receivedAt: string
  /** Recorded as no case: out of every count. */
  readonly noCase: boolean
  readonly scores: readonly RecordedScore[]
}
/** A case's scores after one more event; undefined before its report. */
export const evolveScores = (before: ScoredCase | undefined, e: DeviationEvent): ScoredCase | undefined => {
  if (e.type === 'deviation-reported') return { receivedAt: e.data.receivedAt, noCase: false, scores: [] }
  if (!before) return undefined
  if (e.type === 'outcome-without-case-recorded') return { ...before, noCase: true }
  if (e.type === 'deviation-reopened') return { ...before, noCase: false }
  if (e.type !== 'risk-scored') return before
  const { group, severity, likelihood, triggers, because } = e.data
  const score: RecordedScore = { group, severity, likelihood, triggers, because, policy: e.meta.versions.policy, scoredAt: e.recordedAt }
  return { ...before, scores: [...before.scores, score] }
}
/** Whether a case belongs in a replay of the period: received on one of its days (inclusive, Stockholm), scored, and not recorded as no case. */
export const isReplayed = ({ receivedAt, noCase, scores }: ScoredCase, { from, to }: { readonly from: string; readonly to: string }): boolean => {
  const day = stockholmDay(receivedAt)
  return !noCase && scores.length > 0 && from <= day && day <= to
}

export interface Change {
  readonly group: Group
  /** The score that makes the difference: the first that asks for an investigation on the one side, or on the other. */
  readonly severity: number
  readonly likelihood: number
  readonly score: number
  readonly scoredAt: string
  /** The policy that it was scored under. */
  readonly policy: string
  readonly was: 'none' | 'investigate'
  readonly wouldBe: 'none' | 'investigate'
  /** Why it asks for an investigation, on the side that does. */
  readonly because: readonly ('threshold' | 'severity-floor')[]
}
/** A case's scores held against another policy. */
export interface ReplayedCase {
  readonly investigated: boolean
  readonly wouldBe: boolean
  /** The groups whose outcome differs. */
  readonly changes: readonly Change[]
}

/**
 * Whether a case's scores asked for an investigation, and whether they would under another policy; by group, for any of its scores: one that
 * was lowered later had asked for it all the same. Nothing recorded is recomputed but severity and likelihood.
 */
export const replayedCase = (policy: Policy, scores: readonly RecordedScore[]): ReplayedCase => {
  const both = scores.map((recorded) => ({ recorded, under: riskOf(policy, recorded.group, recorded.severity, recorded.likelihood) }))
  const changes = groups.flatMap((group): Change[] => {
    const ofGroup = both.filter(({ recorded }) => recorded.group === group)
    const then = ofGroup.find(({ recorded }) => recorded.triggers === 'investigate')
    const now = ofGroup.find(({ under }) => under.triggers === 'investigate')
    const decisive = then ?? now
    if (!decisive || (then && now)) return []
    const { recorded, under } = decisive
    const { severity, likelihood, scoredAt, policy: scoredUnder } = recorded
    const outcome = (asks: boolean) => (asks ? ('investigate' as const) : ('none' as const))
    return [
      {
        group,
        severity,
        likelihood,
        score: under.score,
        scoredAt,
        policy: scoredUnder,
        was: outcome(then !== undefined),
        wouldBe: outcome(now !== undefined),
        because: then ? recorded.because : under.because,
      },
    ]
  })
  return {
    investigated: scores.some(({ triggers }) => triggers === 'investigate'),
    wouldBe: both.some(({ under }) => under.triggers === 'investigate'),
    changes,
  }
}

export interface ReplayCounts {
  /** Cases with a score. */
  readonly scored: number
  readonly investigated: number
  readonly wouldBeInvestigated: number
  /** Cases of which at least one group differs. */
  readonly changed: number
}
export const replayCounts = (cases: readonly ReplayedCase[]): ReplayCounts => ({
  scored: cases.length,
  investigated: cases.filter((c) => c.investigated).length,
  wouldBeInvestigated: cases.filter((c) => c.wouldBe).length,
  changed: cases.filter((c) => c.changes.length > 0).length,
})
