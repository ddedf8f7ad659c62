import { setTimeout as rest } from 'node:timers/promises'
import { described } from '#libs/sqlite/fault'

/** What waiting does not mend: somebody has to set something right first. */
const final: ReadonlySet<string> = new Set([
  'bad-configuration', 'bad-store-url', 'missing-package', 'master-key', 'not-durable', 'other-schema', 'schema-in-use', 'damaged-vault', 'bad-encoding', 'foreign-event', 'other-shape',
])
export const isFinal = (thrown: unknown): boolean => final.has(described(thrown).code)

export interface Patience {
  readonly signal: AbortSignal
  /** Told in one sentence what is waited for, when that changes. */
  readonly tell: (sentence: string) => void
  readonly firstMs?: number
  readonly longestMs?: number
}
/**
 * Tries until it works, with growing pauses: stores may come after the processes that need them, or be made by another of these. Rejects with what
 * waiting does not mend, and with the reason of the signal.
 */
export const patiently = async <T>(what: () => Promise<T>, { signal, tell, firstMs = 250, longestMs = 10_000 }: Patience): Promise<T> => {
  let told = ''
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 2, longestMs)) {
    signal.throwIfAborted()
    try {
      return await what()
    } catch (thrown) {
      if (isFinal(thrown)) throw thrown
      const sentence = described(thrown).message.split('\n', 1).join()
      if (sentence !== told) tell(sentence)
      told = sentence
    }
    await rest(pauseMs, undefined, { signal })
  }
}

/** Says each sentence at most once a minute, whoever says it. */
export const quietly = (tell: (sentence: string) => void, everyMs = 60_000): ((sentence: string) => void) => {
  const said = new Map<string, number>()
  return (sentence) => {
    const now = Date.now()
    if (now - (said.get(sentence) ?? -Infinity) < everyMs) return
    if (said.size >= 1000) said.clear()
    said.set(sentence, now)
    tell(sentence)
  }
}
/** Faults of a store that is away, which its watch tells of. */
export const isAway = (thrown: unknown): boolean => ['unavailable', 'outcome-unknown', 'not-ready', 'lease-lost', 'closed'].includes(described(thrown).code)
