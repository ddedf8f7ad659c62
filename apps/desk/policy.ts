import { readFileSync } from 'node:fs'
import { compileReaders } from '#apps/api/body'
import { isDate } from '#apps/api/checks'
import { PublishPolicyBody } from '#apps/api/dto/policy'
import { policiesUpTo } from '#apps/application/context'
import { argumentsOf, refusal, said, type Desk, type Run } from '#apps/desk/desk'
import { openLogToRead } from '#apps/desk/stores'
import { caseIdOf, readDeviation } from '#events/deviation'
import { faultSentence } from '#libs/catalogue/faults'
import { labels } from '#libs/catalogue/labels'
import { policyLines, policyPartLabels } from '#libs/catalogue/policy'
import { filled } from '#libs/catalogue/sentence'
import { caseNumber } from '#libs/duties/number'
import { systemClock } from '#libs/kernel/clock'
import type { EventStore } from '#libs/kernel/store'
import { drafted, faultsOf } from '#libs/policy/decide'
import { isPolicyPart } from '#libs/policy/faults'
import type { Policy } from '#libs/policy/policy'
import { evolveScores, isReplayed, replayCounts, replayedCase, type Change, type ScoredCase } from '#libs/policy/replay'
import { noPolicies, policyAt, policyNamed, type Policies } from '#libs/policy/versions'
import { described } from '#libs/sqlite/fault'

const diffUsage = 'policy diff <version | fil.json> <version | fil.json>'
const replayUsage = 'policy replay <version | fil.json> --from <dag> --to <dag>'

/** What differs between two policies, part by part; a file holds what `publish` takes, and what it leaves out is taken from the policy in force. */
export const diff: Run = async (desk, args) => {
  const [a = '', b = ''] = argumentsOf(desk, args, diffUsage, {}, 2).positionals
  const policies = await withLog(desk, policiesUpTo).catch((thrown: unknown) => {
    // The default and files can be compared without a log.
    if (described(thrown).code === 'no-log') return noPolicies
    throw thrown
  })
  const [before, after] = [policyOf(desk, policies, a), policyOf(desk, policies, b)]
  const parts = Object.keys(policyPartLabels).filter(isPolicyPart).flatMap((part) => {
    const [old, changed] = [policyLines(before, part, desk.language), policyLines(after, part, desk.language)]
    const textsOf = (lines: typeof old) => new Map(lines.map(({ key, text }) => [key, text]))
    const [oldTexts, newTexts] = [textsOf(old), textsOf(changed)]
    const lines = [...new Set([...oldTexts.keys(), ...newTexts.keys()])].flatMap((key) => {
      const [gone, come] = [oldTexts.get(key), newTexts.get(key)]
      return gone === come ? [] : [...(gone === undefined ? [] : [`  - ${gone}`]), ...(come === undefined ? [] : [`  + ${come}`])]
    })
    return lines.length === 0 ? [] : [policyPartLabels[part][desk.language], ...lines]
  })
  return parts.length === 0 ? `${said(desk, 'policy-same', { a, b })}\n` : `${[said(desk, 'policy-diff', { a, b }), '', ...parts].join('\n')}\n`
}

/** Which of a period's cases would have been investigated under a policy: from the log alone, writing nothing, with or without a running server. */
export const replay: Run = async (desk, args) => {
  const { positionals, values } = argumentsOf(desk, args, replayUsage, { from: { type: 'string' }, to: { type: 'string' } }, 1)
  const [name = ''] = positionals
  const { from, to } = values
  if (from === undefined || to === undefined || !isDate(from) || !isDate(to) || from > to) throw refusal(desk, 'bad-period')
  return withLog(desk, async (log) => {
    const policy = policyOf(desk, await policiesUpTo(log), name)
    const cases = [...(await scoredCases(log))].filter(([, scored]) => isReplayed(scored, { from, to })).map(([id, { scores }]) => ({ id, ...replayedCase(policy, scores) }))
    const { scored, investigated, wouldBeInvestigated, changed } = replayCounts(cases)
    const counts = { name, from, to, scored: String(scored), investigated: String(investigated), would: String(wouldBeInvestigated), changed: String(changed) }
    const lines = cases.flatMap(({ id, changes }) => changes.map((change) => `  ${caseNumber(id)}  ${changeWords(desk, change)}`))
    const would = cases.filter(({ wouldBe }) => wouldBe).map(({ id }) => `  ${caseNumber(id)}`)
    if (would.length > 0) lines.push(said(desk, 'policy-would-investigate', { name }), ...would)
    return `${[said(desk, 'policy-replayed', counts), ...lines].join('\n')}\n`
  })
}

const withLog = async <T>(desk: Desk, read: (log: EventStore) => Promise<T>): Promise<T> => {
  const log = await openLogToRead(desk)
  try {
    return await read(log)
  } finally {
    await log.close()
  }
}

const policyOf = (desk: Desk, policies: Policies, name: string): Policy => {
  if (name.endsWith('.json')) return policyInFile(desk, policies, name)
  const policy = policyNamed(policies, name)
  if (!policy) throw refusal(desk, 'no-policy', { name, names: ['default-1', ...policies.versions.map((v) => v.policy.id)].join(', ') })
  return policy
}
/** Read as the body of `publish` is, so that a file that passes here can be published. */
const policyInFile = (desk: Desk, policies: Policies, file: string): Policy => {
  const content = contentOf(desk, file)
  const now = systemClock.now()
  const read = compileReaders()(PublishPolicyBody)(typeof content === 'object' && content !== null && !Array.isArray(content) ? { policy: 'file', ...content } : content, now)
  const [fault] = read.kind === 'invalid' ? read.faults : faultsOf(read.body)
  if (fault) throw refusal(desk, 'policy-file-faulty', { file, pointer: fault.pointer, sentence: filled(faultSentence(fault.code), desk.language, fault.params) })
  if (read.kind === 'invalid') throw refusal(desk, 'policy-file-unreadable', { file })
  const { policy, from: _, ...parts } = read.body
  return drafted(policy, policyAt(policies, now), parts)
}
const contentOf = (desk: Desk, file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw refusal(desk, 'policy-file-unreadable', { file })
  }
}

const scoredCases = async (log: EventStore): Promise<ReadonlyMap<string, ScoredCase>> => {
  const cases = new Map<string, ScoredCase>()
  const reading = new AbortController()
  try {
    for await (const item of log.subscribe({ after: 'start', streams: ['deviation-'], signal: reading.signal })) {
      if (item === 'caught-up') break
      if ('passed' in item) continue
      const id = caseIdOf(item.stream)
      const scored = evolveScores(cases.get(id), readDeviation(item))
      if (scored) cases.set(id, scored)
    }
    return cases
  } finally {
    reading.abort()
  }
}

const changeWords = ({ language }: Desk, { group, severity, likelihood, score, scoredAt, policy, was, wouldBe, because }: Change): string => {
  const why = because.map((reason) => labels.riskReasons[reason][language]).join(', ')
  const outcomes = [was, wouldBe].map((outcome) => labels.riskTriggers[outcome][language]).join(' → ')
  return `${labels.groups[group][language]}: ${severity} x ${likelihood} = ${score} (${scoredAt.slice(0, 10)}, ${policy}). ${outcomes} (${why})`
}
