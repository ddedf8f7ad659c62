import { deviationStream, type DeviationEvent, type NewDeviationEvent } from '#events/deviation'
import { addWorkingDays, stockholmDay } from '#libs/calendar/days'
import { ended, isSame, moved, redated, started, type Anchors, type Owed } from '#libs/deadlines/follow'
import { evolveDeadlines, isRunning, isTimeEvent, type Deadline, type NewTimeEvent } from '#libs/deadlines/state'
import type { CommandOf } from '#libs/deviation/commands'
import { invalid, unless, type Case } from '#libs/deviation/decision'
import { metBy, owedInTime } from '#libs/duties/limits'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import { closingAfterCheck } from '#libs/policy/default'
import type { Policy } from '#libs/policy/policy'

interface Moment {
  readonly now: string
  readonly policy: Policy
}
/** What is followed: decided now, or recorded before there were deadlines. */
type Told = NewDeviationEvent | DeviationEvent

/**
 * The events of a decision with what they do to the deadlines of the case, for the same append: those of duties that begin are set, those of duties
 * that are gone are met or lapse. No command names a deadline, so none can forget one. A case from before there were deadlines is the clock's first.
 */
export const withDeadlines = (before: CaseFacts | undefined, decided: readonly NewDeviationEvent[], moment: Moment & { readonly staff: string }): readonly NewDeviationEvent[] => {
  if (decided.length === 0 || (before && !before.clocked)) return decided
  const after = decided.reduce<CaseFacts | undefined>((facts, e) => evolveCase(facts, asStored(facts, e, moment)), before)
  return after ? [...decided, ...followed(before ? owedInTime(before) : [], after, decided, moment)] : decided
}

const followed = (owedBefore: readonly Owed[], after: CaseFacts, decided: readonly Told[], { now, policy }: Moment): readonly NewDeviationEvent[] => {
  const rules = policy.deadlines
  const owed = owedInTime(after)
  const { deadlines } = after
  const waitsForSending = (duty: Owed): boolean => rules.find(({ key }) => key === duty.key)?.countedFrom === 'sent'
  const begun = owed.filter((duty) => !deadlines.some((d) => isRunning(d) && isSame(d, duty)) && (!owedBefore.some((other) => isSame(other, duty)) || waitsForSending(duty)))
  const set = started(deadlines, begun, rules, (duty) => anchorsOf(after, duty, decided, now))
  return [
    ...ended(deadlines, owed, (d) => metBy(d, decided, now)),
    ...redated(deadlines, owed, rules, now),
    ...grantedByIvo(deadlines, decided, rules, now),
    ...set,
    ...closedLater(after, set, rules, now),
  ]
}

/** What is counted from the report is, once the case was reopened, counted from there. */
const anchorsOf = (facts: CaseFacts, { key, subject }: Owed, decided: readonly Told[], now: string): Anchors => {
  const sent = decided.find((e) => e.type === 'ivo-notification-sent' && e.data.law === subject)
  return {
    now,
    received: facts.reopenedAt ?? facts.receivedAt,
    event: now,
    ...(key === 'complete-ivo-investigation' && sent?.type === 'ivo-notification-sent' ? { sent: sent.data.sentAt } : {}),
  }
}

/** Anstånd with the investigation; that of a request moves its own day. */
const grantedByIvo = (deadlines: readonly Deadline[], decided: readonly Told[], rules: Policy['deadlines'], now: string): readonly NewDeviationEvent[] =>
  decided.flatMap((e) => {
    if (e.type !== 'ivo-extension-granted' || e.data.request !== undefined) return []
    const running = deadlines.find((d) => isRunning(d) && isSame(d, { key: 'complete-ivo-investigation', subject: e.data.law }))
    return running && running.due !== e.data.newDue ? [moved(running, e.data.newDue, 'ivo', rules, now)] : []
  })

/** A measure whose effect is checked later than the case is to be closed moves its closing to ten working days after the check. */
const closedLater = (facts: CaseFacts, set: readonly NewDeviationEvent[], rules: Policy['deadlines'], now: string): readonly NewDeviationEvent[] => {
  const closing = facts.deadlines.find((d) => isRunning(d) && d.key === 'close') ?? set.flatMap((e) => (e.type === 'deadlines-set' ? e.data.deadlines : [])).find((d) => d.key === 'close')
  const checked = facts.measures.flatMap((m) => ((m.state === 'approved' || m.state === 'completed') && m.criterion ? [m.criterion.checkOn] : [])).sort()
  const last = checked.at(-1)
  return closing && last !== undefined && last > closing.due ? [moved(closing, addWorkingDays(last, closingAfterCheck), 'effect-check', rules, now)] : []
}

/** An event as it will be read back, for the facts that follow from it. */
const asStored = (facts: CaseFacts | undefined, e: NewDeviationEvent, { now, policy, staff }: Moment & { readonly staff: string }): DeviationEvent => ({
  ...e,
  id: '',
  stream: deviationStream(facts?.id ?? ''),
  revision: (facts?.revision ?? -1) + 1,
  schemaVersion: 1,
  recordedAt: now,
  position: '',
  size: 0,
  meta: { actor: { id: staff, role: '' }, commandId: '', fingerprint: '', correlationId: '', causationId: '', versions: { policy: policy.id, vocabulary: policy.id, legalBasis: policy.id, organisation: 0 } },
})

type Dated = Extract<NewTimeEvent, { readonly type: 'deadlines-set' }>['data']['deadlines'][number]

/**
 * The deadlines of a case from before there were any: its recorded events are followed as if each were decided now at its own instant, so that the
 * dates hold what IVO, a check of effect or a reopening did to them. Only those that still run are set. The list may be empty; it marks that the
 * case was looked at.
 */
export const firstDeadlines = (events: readonly DeviationEvent[], { now, policy }: Moment): readonly NewDeviationEvent[] => {
  if (events.length === 0 || events.some(isTimeEvent)) return []
  const dated = new Map<string, Dated>()
  let facts: CaseFacts | undefined
  for (const e of events) {
    const before: CaseFacts | undefined = facts
    const after = evolveCase(before, e)
    const done = followed(before ? owedInTime(before) : [], after, [e], { now: e.recordedAt, policy }).filter(isTimeEvent)
    for (const event of done) date(dated, event)
    facts = { ...after, deadlines: done.reduce(evolveDeadlines, after.deadlines) }
  }
  const running = (facts?.deadlines ?? []).filter(isRunning).flatMap(({ id }) => dated.get(id) ?? [])
  return [{ type: 'deadlines-set', data: { deadlines: running.map((d) => warnedFrom(now, d)) } }]
}
const date = (dated: Map<string, Dated>, e: NewTimeEvent): void => {
  if (e.type === 'deadlines-set') for (const d of e.data.deadlines) dated.set(d.id, d)
  if (e.type !== 'deadline-extended') return
  const { deadline, because: _, ...limit } = e.data
  const set = dated.get(deadline)
  if (set) dated.set(deadline, { ...withoutWarning(set), ...limit })
}
const withoutWarning = ({ warn: _, warnInstant: __, ...rest }: Dated): Dated => rest
const warnedFrom = (now: string, d: Dated): Dated => (d.warnInstant !== undefined && d.warnInstant > now ? d : withoutWarning(d))

/** Ge en frist mer tid, by decision; what the law wants at once never moves, and IVO's own days are IVO's to move. */
export const extendDeadline =
  (command: CommandOf<'extend-deadline'>): Case =>
  (facts, { policy, now }) => {
    const deadline = facts.deadlines.find((d) => d.id === command.deadline)
    if (!deadline) return invalid({ pointer: '/deadline', code: 'deadline-unknown' })
    const isFixed = policy.deadlines.find(({ key }) => key === deadline.key)?.due?.unit === 'hours'
    const isIvos = deadline.key === 'answer-ivo' || deadline.key === 'complete-ivo-investigation'
    return unless(
      [
        !isRunning(deadline) && 'deadline-ended',
        isFixed && 'deadline-never-moves',
        isIvos && 'deadline-is-ivos',
        (command.newDue <= deadline.due || command.newDue < stockholmDay(now)) && 'deadline-not-later',
      ],
      () => {
        const { type, data } = moved(deadline, command.newDue, 'decided', policy.deadlines, now)
        return [{ type, data: { ...data, reason: command.reason } }]
      },
    )
  }
