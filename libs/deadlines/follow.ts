import type { DeadlineKey, Role } from '#events/codes'
import type { PolicyParts } from '#events/policy'
import { limitFrom, limitOn, warningBefore, type Duration, type Limit } from '#libs/calendar/limits'
import { isRunning, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'

/** A duty that is to be done in time, and with whom it lies. */
export interface Owed {
  readonly key: DeadlineKey
  readonly subject?: string
  /** The day that people chose, for a deadline that rests on one. */
  readonly day?: string
  readonly responsible: { readonly role: Role; readonly unit: string }
}
type Named = Pick<Owed, 'key' | 'subject'>
export const isSame = (a: Named, b: Named): boolean => a.key === b.key && a.subject === b.subject

/** From what a limit is counted. `sent` is absent until the notification is sent. */
export interface Anchors {
  readonly now: string
  readonly received: string
  readonly event: string
  readonly sent?: string | undefined
}
type Rules = PolicyParts['deadlines']

/** Deadlines of duties that began: each dated by the policy of the day. One whose row the policy lacks, or whose anchor is yet to come, is left out. */
export const started = (deadlines: readonly Deadline[], owed: readonly Owed[], rules: Rules, anchorsOf: (owed: Owed) => Anchors): readonly NewTimeEvent[] => {
  const set: Extract<NewTimeEvent, { readonly type: 'deadlines-set' }>['data']['deadlines'][number][] = []
  for (const duty of owed) {
    const rule = rules.find(({ key }) => key === duty.key)
    const anchors = anchorsOf(duty)
    const limit = rule && limitOf(rule, duty, anchors)
    if (!limit) continue
    const { key, subject } = duty
    set.push({
      id: newId([...deadlines, ...set], subject === undefined ? key : `${key}/${subject}`),
      key,
      ...(subject === undefined ? {} : { subject }),
      ...warnedOf(limit, rule.warnBefore, anchors.now),
      basis: rule.basis,
      binding: rule.binding,
    })
  }
  return set.length > 0 ? [{ type: 'deadlines-set', data: { deadlines: set } }] : []
}
/** The second of its kind in a stream is `close/2`: ids are never used again. */
const newId = (taken: readonly { readonly id: string }[], name: string): string => {
  for (let n = 1; ; n++) {
    const id = n === 1 ? name : `${name}/${n}`
    if (!taken.some((d) => d.id === id)) return id
  }
}
const limitOf = ({ countedFrom, due }: Rules[number], { day }: Owed, anchors: Anchors): Limit | undefined => {
  if (day !== undefined) return limitOn(day)
  if (due === undefined) return undefined
  const start = countedFrom === 'received' ? anchors.received : countedFrom === 'sent' ? anchors.sent : anchors.event
  return start === undefined ? undefined : limitFrom(start, due)
}
/** The limit with its warning, unless that would come at once: who has just been told needs none. */
const warnedOf = (limit: Limit, before: Duration | undefined, now: string): Limit & { readonly warn?: string; readonly warnInstant?: string } => {
  const warning = before && warningBefore(limit, before)
  return warning && warning.warnInstant > now ? { ...limit, ...warning } : limit
}

/** Running deadlines whose duty is gone: met where something met them, else lapsed. */
export const ended = (deadlines: readonly Deadline[], owed: readonly Owed[], metAt: (deadline: Deadline) => string | undefined): readonly NewTimeEvent[] =>
  deadlines
    .filter((d) => isRunning(d) && !owed.some((duty) => isSame(duty, d)))
    .map((d): NewTimeEvent => {
      const at = metAt(d)
      return at === undefined ? { type: 'deadline-lapsed', data: { deadline: d.id } } : { type: 'deadline-met', data: { deadline: d.id, at } }
    })

/** Running deadlines that rest on a chosen day which has changed. */
export const redated = (deadlines: readonly Deadline[], owed: readonly Owed[], rules: Rules, now: string): readonly NewTimeEvent[] =>
  deadlines.filter(isRunning).flatMap((d) => {
    const day = owed.find((duty) => isSame(duty, d))?.day
    return day === undefined || day === d.day ? [] : [moved(d, day, d.key === 'answer-ivo' ? 'ivo' : 'own-date', rules, now)]
  })

/** A deadline moved to another day; its warning moves with it. */
export const moved = ({ id, key }: Pick<Deadline, 'id' | 'key'>, day: string, because: 'decided' | 'ivo' | 'effect-check' | 'own-date', rules: Rules, now: string): Extract<NewTimeEvent, { readonly type: 'deadline-extended' }> => ({
  type: 'deadline-extended',
  data: { deadline: id, ...warnedOf(limitOn(day), rules.find((rule) => rule.key === key)?.warnBefore, now), because },
})
