import { performance } from 'node:perf_hooks'
import { shownUrl } from '#apps/application/stores'
import { holdFolders, isSameLog, openSide, sideOf, type Side } from '#apps/desk/copy-source'
import { argumentsOf, refusal, said, word, type Desk, type Run } from '#apps/desk/desk'
import { compareLogs, copyLog, type Difference, type Equal, type LogCopy, type Walk } from '#libs/kernel/copy'
import { described } from '#libs/sqlite/fault'

/** Longest that a command says nothing, ms. */
const silenceMs = 2000

/**
 * Copies what the target lacks of a log, and then proves that both are equal: each is read again from its beginning, by another handle. The target is
 * empty, or a beginning of the source from a copy that was interrupted.
 */
export const run: Run = async (desk, args) => {
  const { from, to } = sidesOf(desk, args, 'copy-log --from <log> --to <log>')
  if (isSameLog(from, to)) throw refusal(desk, 'same-log')
  const release = holdFolders(desk, from, to)
  try {
    const started = performance.now()
    const copied = await between(desk, from, to, 'write', (source, target) => copyLog(source, target, progress(desk, 'copy-progress')))
    if (copied.outcome === 'differs') throw differing(desk, copied, 'unwritten')
    const ms = performance.now() - started
    const { size, before } = copied
    const { lines, proof } = await proven(desk, from, to, size)
    const count = size - before
    return `${[
      said(desk, 'copied', { count: number(desk, count), before: number(desk, before), seconds: seconds(desk, ms), rate: rate(desk, count, ms) }),
      said(desk, 'source-unchanged', { count: number(desk, proof.size) }),
      ...lines,
    ].join('\n')}\n`
  } finally {
    release()
  }
}

/** The proof alone. It reads only, and takes no lock: what is written meanwhile shows as a difference at the end. */
export const verify: Run = async (desk, args) => {
  const { from, to } = sidesOf(desk, args, 'verify-copy --from <log> --to <log>')
  return `${(await proven(desk, from, to)).lines.join('\n')}\n`
}

const sidesOf = (desk: Desk, args: readonly string[], usage: string): { readonly from: Side; readonly to: Side } => {
  const { from, to } = argumentsOf(desk, args, usage, { from: { type: 'string' }, to: { type: 'string' } }, 0).values
  if (from === undefined || to === undefined) throw refusal(desk, 'bad-arguments', { usage })
  return { from: sideOf(desk, '--from', from), to: sideOf(desk, '--to', to) }
}

/** Opens both sides for a piece of work; what they throw comes in the desk's words. */
const between = async <T>(desk: Desk, from: Side, to: Side, how: 'read' | 'write', work: (source: LogCopy, target: LogCopy) => Promise<T>): Promise<T> => {
  const opened: LogCopy[] = []
  const open = async (side: Side, mode: 'read' | 'write'): Promise<LogCopy> => {
    const log = await openSide(side, mode).catch((thrown: unknown) => {
      throw inWords(desk, side, thrown)
    })
    opened.push(log)
    return heard(desk, side, log)
  }
  try {
    const source = await open(from, 'read')
    return await work(source, await open(to, how))
  } finally {
    for (const log of opened) await log.close()
  }
}
/** A log whose faults say in the desk's words which of the two it is. */
const heard = (desk: Desk, side: Side, log: LogCopy): LogCopy => ({
  ...log,
  async *raw() {
    try {
      yield* log.raw()
    } catch (thrown) {
      throw inWords(desk, side, thrown)
    }
  },
  write: (events, expectedSize) =>
    log.write(events, expectedSize).catch((thrown: unknown) => {
      throw inWords(desk, side, thrown)
    }),
})
const inWords = (desk: Desk, { text }: Side, thrown: unknown): Error => {
  const { code, message } = described(thrown)
  const log = shownUrl(text)
  const reason = message.split('\n', 1).join()
  switch (code) {
    case 'missing-file':
      return refusal(desk, 'no-log-at', { log })
    case 'missing-package':
      return refusal(desk, 'log-package-missing', { log })
    case 'unavailable':
    case 'outcome-unknown':
      return refusal(desk, 'log-unavailable', { log, reason })
    case 'access-denied':
      return refusal(desk, 'log-denied', { log })
    case 'not-canonical':
    case 'not-its-envelope':
    case 'out-of-order':
      return refusal(desk, 'source-event-faulty', { event: typeof thrown === 'object' && thrown !== null ? String(Reflect.get(thrown, 'at')) : '' })
    case 'other-size':
    case 'wrong-revision':
      return refusal(desk, 'target-written', { log })
    default:
      return refusal(desk, 'log-unusable', { log, reason })
  }
}

/** Reads both again and says what they have in common; throws the first difference. `copied`: how many events the source had when it was copied. */
const proven = async (desk: Desk, from: Side, to: Side, copied?: number): Promise<{ readonly lines: readonly string[]; readonly proof: Equal }> => {
  const started = performance.now()
  const proof = await between(desk, from, to, 'read', (source, target) => compareLogs(source, target, progress(desk, 'proof-progress')))
  if (proof.outcome === 'differs') {
    if (copied !== undefined && proof.at === copied + 1 && proof.from && !proof.to) throw refusal(desk, 'source-grew', { before: number(desk, copied), now: number(desk, proof.at) })
    throw differing(desk, proof)
  }
  const { size, roots, families } = proof
  const table: readonly (readonly [string, string])[] = [
    [word(desk, 'rootFrom'), roots.from],
    [word(desk, 'rootTo'), roots.to],
    ...[...families].sort(([a], [b]) => (a < b ? -1 : 1)).map(([family, count]) => [family, number(desk, count)] as const),
  ]
  const width = Math.max(...table.map(([name]) => name.length))
  return {
    lines: [
      said(desk, 'logs-equal', { count: number(desk, size), seconds: seconds(desk, performance.now() - started) }),
      ...table.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ],
    proof,
  }
}
const differing = (desk: Desk, { at, from, to }: Difference, isUnwritten?: 'unwritten'): Error => {
  const leaf = (side: Difference['from']): string => (side ? `${side.stream}/${side.revision} ${side.leaf.slice(0, 16)}` : word(desk, 'noLeaf'))
  return refusal(desk, 'logs-differ', { at: number(desk, at), from: leaf(from), to: leaf(to), written: isUnwritten ? ` ${said(desk, 'nothing-written')}` : '' })
}

/** A line of how far it is whenever nothing has been said for two seconds. */
const progress = (desk: Desk, sentence: 'copy-progress' | 'proof-progress'): Walk => {
  const started = performance.now()
  let last = started
  return {
    onProgress: (size) => {
      const now = performance.now()
      if (now - last < silenceMs) return
      last = now
      desk.tell?.(said(desk, sentence, { count: number(desk, size), rate: rate(desk, size, now - started) }))
    },
  }
}
const number = ({ language }: Desk, value: number): string => value.toLocaleString(language === 'sv' ? 'sv-SE' : 'en-GB')
const seconds = ({ language }: Desk, ms: number): string => (ms / 1000).toLocaleString(language === 'sv' ? 'sv-SE' : 'en-GB', { maximumFractionDigits: 1 })
const rate = (desk: Desk, count: number, ms: number): string => number(desk, Math.round((count * 1000) / Math.max(ms, 1)))
