import type { Json } from '#apps/application/queries/asker'
import { statusOf, type Deadline } from '#libs/deadlines/state'
import { caseNumber } from '#libs/duties/number'

/** What a deadline is about, and the unit at which that lies. */
export type DeadlineSubject = { readonly kind: 'case'; readonly id: string; readonly unit: string } | { readonly kind: 'routine'; readonly id: string; readonly unit: string }

/** One deadline for whoever may see what it is about; `id` is its own, once in the case or routine. Without personal data. */
export const deadlineRow = (subject: DeadlineSubject, deadline: Deadline): Json => {
  const { kind, id, unit } = subject
  return {
    id: deadline.id,
    kind,
    case: kind === 'case' ? id : null,
    number: kind === 'case' ? caseNumber(id) : null,
    routine: kind === 'routine' ? id : null,
    key: deadline.key,
    unit,
    status: statusOf(deadline),
    due: deadline.due,
    dueInstant: deadline.dueInstant,
    binding: deadline.binding,
    /** Steps that it went up the chain since it was missed last. */
    step: deadline.step,
    missedAt: deadline.missed?.at(-1) ?? null,
    metAt: deadline.metAt ?? null,
  }
}
