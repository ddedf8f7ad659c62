import { caseIdOf, deviationStream } from '#events/deviation'
import { loadCase, type Context } from '#apps/application/context'
import { askerOf, holdsAny, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, placeBy, readCursor, walk, type Paging } from '#apps/application/queries/pages'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { waitingOf } from '#apps/application/mail/alarms'
import type { ReceiverHealth } from '#apps/application/webhooks/webhooks'
import { barred } from '#libs/deviation/access'
import { caseNumber } from '#libs/duties/number'
import type { Query } from '#libs/kernel/projection'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'

export const mailStatuses = ['waiting', 'sent', 'dead'] as const
export type MailStatus = (typeof mailStatuses)[number]
const readers = ['administrator', 'compliance-officer', 'auditor'] as const

/**
 * Mails about alarms, the latest alarm first: what waits, what was sent, what was given up and why. For those who keep watch over the deployment; staff
 * numbers, never addresses. Nobody sees here of a case that she may not act in.
 */
export const mails = async (context: Context, q: QueryRequest, options: Paging & { readonly status?: readonly MailStatus[] | undefined }): Promise<Answer<Page<Json>>> => {
  const asker = await askerOf(context, q)
  const { staff } = asker
  if (staff === undefined || !holdsAny(asker, readers)) return { kind: 'forbidden' }
  const after = readCursor(options, 2)
  if (after === 'bad') return notACursor
  const { status = mailStatuses } = options
  const order = ['recorded']
  const query: Query = { anyOf: status.map((value) => [{ column: 'mail_status', is: '=', value }]), order, descending: true, ...(after && { after }) }
  const position = (await context.readModel.position(alarmMails.name)) ?? ''
  const page = await pageOf(walk(context.readModel, alarmMails.name, query, limitOf(options)), options, placeBy(...order), async (rows) => {
    const found = rows.map(waitingOf)
    const hidden = new Set<string>()
    for (const stream of new Set(found.map((one) => one.stream).filter((name) => name.startsWith(deviationStream(''))))) {
      const loaded = await loadCase(context.store, caseIdOf(stream))
      if (!loaded || barred(loaded.facts, asker)(staff)) hidden.add(stream)
    }
    return found.map((one) => (hidden.has(one.stream) ? undefined : shown(one)))
  })
  return { kind: 'found', body: page, position }
}

const shown = ({ alarm, to, stream, type, kind, status, recordedAt, settledAt, because, deadline, dueInstant, seat }: ReturnType<typeof waitingOf>): Json => {
  const isCase = stream.startsWith(deviationStream(''))
  return {
    alarm, to, type, kind, status, stream, recordedAt,
    ...(isCase ? { case: caseIdOf(stream), number: caseNumber(caseIdOf(stream)) } : {}),
    ...(deadline === undefined ? {} : { deadline }),
    ...(dueInstant === undefined ? {} : { dueInstant }),
    ...(seat === undefined ? {} : { seat }),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(because === undefined ? {} : { because }),
  }
}

/** The receivers of events and how it goes with each. */
export const webhooks = async (context: Context, q: QueryRequest, receivers: () => Promise<readonly ReceiverHealth[]>): Promise<Answer<Page<Json>>> => {
  if (!holdsAny(await askerOf(context, q), ['administrator', 'compliance-officer'])) return { kind: 'forbidden' }
  return { kind: 'found', body: { rows: (await receivers()).map((receiver): Json => ({ ...receiver })), complete: true } }
}
