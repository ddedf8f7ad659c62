import { bindings, deadlineKeys, type DeadlineKey } from '#events/codes'
import { hoursLate, resultOf, type Result } from '#libs/deadlines/late'
import type { Deadline } from '#libs/deadlines/state'

/** What one deadline came to, as it is counted. */
export interface Kept {
  readonly key: DeadlineKey
  readonly binding: (typeof bindings)[number]
  readonly result: Result
  /** Of what was met late, begun hours. */
  readonly hours: number
}
const results: readonly Result[] = ['met', 'late', 'missed', 'running', 'lapsed']

/** The deadlines of a case as one text, so that the database reads one short column: codes hold neither `;` nor `/`. Cases that kept the same read the same. */
export const limitsText = (deadlines: readonly Deadline[]): string =>
  deadlines
    .map((d) => {
      const result = resultOf(d)
      return [d.key, d.binding, result, ...(result === 'late' ? [hoursLate(d.dueInstant, d.metAt ?? d.dueInstant)] : [])].join('/')
    })
    .sort()
    .join(';')
/** The entries of such a text, one a deadline. */
export const limitsIn = (text: string): readonly string[] => (text === '' ? [] : text.split(';'))
/** What an entry says. Throws for a text that no projection wrote. */
export const readLimit = (entry: string): Kept => {
  const [key, binding, result, hours = '0'] = entry.split('/')
  const kept = { key: deadlineKeys.find((code) => code === key), binding: bindings.find((code) => code === binding), result: results.find((code) => code === result) }
  if (!kept.key || !kept.binding || !kept.result) throw new Error('Not what a deadline came to')
  return { key: kept.key, binding: kept.binding, result: kept.result, hours: Number(hours) }
}
