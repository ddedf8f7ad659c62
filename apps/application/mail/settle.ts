import { deviationEvents, deviationStream } from '#events/deviation'
import { organisationEvents } from '#events/organisation'
import { policyEvents, policyStream } from '#events/policy'
import { routineEvents, routineStream } from '#events/routine'
import type { mailFailures } from '#events/codes'
import { policyNow, type Context } from '#apps/application/context'
import { asMachine } from '#apps/application/machine'
import type { Waiting } from '#apps/application/mail/alarms'
import type { Family } from '#libs/kernel/event'
import { transact } from '#libs/kernel/transact'
import { fault } from '#libs/sqlite/fault'

/** What became of an alarm on its way to one person. */
export type Settled = { readonly kind: 'mailed' } | { readonly kind: 'give-up'; readonly because: (typeof mailFailures)[number] }

const familyOf = (stream: string): Family => {
  if (stream.startsWith(deviationStream(''))) return deviationEvents
  if (stream.startsWith(routineStream(''))) return routineEvents
  return stream === policyStream ? policyEvents : organisationEvents
}

/**
 * Writes to the stream of the alarm that it was mailed, or given up. Either is the one sentence about this alarm and person: whoever says it first
 * has said it, and who says it again has the first answer. Throws with code `mail-not-recorded` when others kept writing.
 */
export const settle = async (context: Context, { stream, alarm, to, kind, deadline }: Waiting, settled: Settled): Promise<void> => {
  const [organisation, policy] = await Promise.all([context.organisation(), policyNow(context)])
  const about = { alarm, to, kind, ...(deadline === undefined ? {} : { deadline }) }
  const event = settled.kind === 'mailed' ? { type: 'alarm-mailed', data: about } : { type: 'alarm-mail-abandoned', data: { ...about, because: settled.because } }
  const outcome = await transact<undefined, typeof event>({
    ...asMachine(context, { actor: 'reactor', stream, sentence: `mail ${alarm} ${to}`, organisation, policy }, familyOf(stream)),
    initial: undefined,
    evolve: () => undefined,
    decide: () => ({ kind: 'events', events: [event] }),
  })
  if (outcome.kind !== 'done') throw fault('mail-not-recorded', `What became of a mail could not be written to ${stream}: ${outcome.kind}`)
}
