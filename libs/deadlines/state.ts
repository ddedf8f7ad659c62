import type { bindings, DeadlineKey } from '#events/codes'
import type { extension, timeEvents } from '#events/time'
import type { EventType } from '#libs/kernel/event'
import type { Full, Plain } from '#libs/kernel/shape'

/** One deadline (frist) of a stream, as its events tell it. JSON, without personal data. */
export interface Deadline {
  readonly id: string
  readonly key: DeadlineKey
  /** What it is about where a stream has several of a kind: a measure, a law, a request of IVO's. */
  readonly subject?: string
  readonly due: string
  readonly dueInstant: string
  readonly warnInstant?: string
  /** The day that people chose, where it rests on one; moving the deadline does not change it. */
  readonly day?: string
  readonly binding: (typeof bindings)[number]
  readonly state: 'running' | 'met' | 'lapsed'
  readonly warned?: true
  /** Instants at which it passed unmet: several where it was extended and missed again. */
  readonly missed?: readonly string[]
  /** Steps that it went up the chain since it was missed last. */
  readonly step: number
  /** When the clock has something to say of it next; absent when it has said all, and when it no longer runs. */
  readonly next?: string
  /** When what met it happened. */
  readonly metAt?: string
}

type Family = typeof timeEvents
type ShapeOf<T> = T extends EventType<string, infer S> ? S : never
/** What happens to deadlines, in any family. */
export type TimeEvent = { readonly recordedAt?: string } & (
  | { [K in keyof Family]: { readonly type: Family[K]['name']; readonly data: Plain<ShapeOf<Family[K]>> } }[keyof Family]
  | { readonly type: 'deadline-extended'; readonly data: Plain<typeof extension> }
)
/** The same as a decision writes it. */
export type NewTimeEvent =
  | { [K in keyof Family]: { readonly type: Family[K]['name']; readonly data: Full<ShapeOf<Family[K]>> } }[keyof Family]
  | { readonly type: 'deadline-extended'; readonly data: Full<typeof extension> }

const later = (a: string, b = ''): string => (a > b ? a : b)

const types: ReadonlySet<string> = new Set<TimeEvent['type']>([
  'deadlines-set',
  'deadline-met',
  'deadline-lapsed',
  'deadline-extended',
  'deadline-warned',
  'deadline-missed',
  'deadline-escalated',
])
export const timeTypes = types
export const isTimeEvent = <E extends { readonly type: string }>(e: E): e is Extract<E, { readonly type: TimeEvent['type'] }> => types.has(e.type)

/** Keys of the deadlines that rest on a day which people chose. */
const ownDay: ReadonlySet<DeadlineKey> = new Set<DeadlineKey>(['answer-ivo', 'complete-measure', 'check-effect', 'self-check'])

const until = (next: string | undefined): Pick<Deadline, 'next'> => (next === undefined ? {} : { next })

/** The deadlines after one more event. What was over when it was set is missed from then on, not before it was there. */
export const evolveDeadlines = (deadlines: readonly Deadline[], e: TimeEvent): readonly Deadline[] => {
  const one = (id: string, change: (deadline: Deadline) => Deadline): readonly Deadline[] => deadlines.map((d) => (d.id === id ? change(d) : d))
  switch (e.type) {
    case 'deadlines-set':
      return [
        ...deadlines,
        ...e.data.deadlines.map(
          ({ id, key, subject, due, dueInstant, warnInstant, binding }): Deadline => ({
            id,
            key,
            due,
            dueInstant,
            binding,
            state: 'running',
            step: 0,
            next: warnInstant ?? later(dueInstant, e.recordedAt),
            ...(subject === undefined ? {} : { subject }),
            ...(warnInstant === undefined ? {} : { warnInstant }),
            ...(ownDay.has(key) ? { day: due } : {}),
          }),
        ),
      ]
    case 'deadline-met':
      return one(e.data.deadline, ({ next: _, ...d }) => ({ ...d, state: 'met', metAt: e.data.at }))
    case 'deadline-lapsed':
      return one(e.data.deadline, ({ next: _, ...d }) => ({ ...d, state: 'lapsed' }))
    case 'deadline-extended': {
      const { due, dueInstant, warnInstant, because } = e.data
      return one(e.data.deadline, ({ warned: _, warnInstant: __, ...d }) => ({
        ...d,
        due,
        dueInstant,
        ...(warnInstant === undefined ? {} : { warnInstant }),
        ...(d.day !== undefined && because !== 'decided' ? { day: due } : {}),
        step: 0,
        next: warnInstant ?? dueInstant,
      }))
    }
    case 'deadline-warned':
      return one(e.data.deadline, (d) => ({ ...d, warned: true, next: d.dueInstant }))
    case 'deadline-missed':
      return one(e.data.deadline, ({ next: _, ...d }) => ({ ...d, missed: [...(d.missed ?? []), e.data.dueInstant], step: 0, ...until(e.data.escalateAt) }))
    case 'deadline-escalated':
      return one(e.data.deadline, ({ next: _, ...d }) => ({ ...d, step: e.data.step, ...until(e.data.escalateAt) }))
  }
}

export const isRunning = ({ state }: Deadline): boolean => state === 'running'
/** Whether the limit that now holds has passed, as the clock has said. */
export const isMissed = ({ missed, dueInstant }: Deadline): boolean => missed?.at(-1) === dueInstant

export const deadlineStatuses = ['upcoming', 'warned', 'missed', 'met', 'lapsed'] as const
export type DeadlineStatus = (typeof deadlineStatuses)[number]
export const statusOf = (d: Deadline): DeadlineStatus => (d.state === 'running' ? (isMissed(d) ? 'missed' : d.warned ? 'warned' : 'upcoming') : d.state)

/** The running deadline that is due first. */
export const nearest = (deadlines: readonly Deadline[]): Deadline | undefined =>
  deadlines.filter(isRunning).reduce<Deadline | undefined>((first, d) => (first === undefined || d.dueInstant < first.dueInstant ? d : first), undefined)
/** When the clock has something to say next of any of them. */
export const nextOf = (deadlines: readonly Deadline[]): string | undefined =>
  deadlines.reduce<string | undefined>((first, { next }) => (next !== undefined && (first === undefined || next < first) ? next : first), undefined)
