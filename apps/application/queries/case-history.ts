import { deviationEvents } from '#events/deviation'
import type { Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import type { Json } from '#apps/application/queries/asker'
import { isForReporter, isOwnAct, openEvents } from '#apps/application/queries/case-page'
import { cursorOf, limitOf, notACursor, readCursor, type Paging } from '#apps/application/queries/pages'
import { seeCase, type AsOf, type SeenCase, type ShownEvent } from '#apps/application/queries/seen'
import { unitNameAt, wordsAsOf } from '#apps/application/queries/words'
import { summaryOf } from '#libs/catalogue/summaries'
import { byName } from '#libs/kernel/event'

/** Every event of a case in words, oldest first. The limited view has revisions and times only. */
export const caseHistory = async (context: Context, q: QueryRequest, id: string, options: Paging & AsOf = {}): Promise<Answer<Page<Json>>> => {
  const cursor = readCursor(options, 1)
  const after = cursor === undefined ? -1 : cursor[0]
  if (cursor === 'bad' || typeof after !== 'number') return notACursor
  const seen = await seeCase(context, q, id, options)
  if (!seen) return { kind: 'not-found' }
  const rows = rowsOf(seen, q).filter(({ revision }) => revision > after)
  const page = rows.slice(0, limitOf(options))
  const more = rows.length > page.length
  return {
    kind: 'found',
    body: { rows: page, complete: !more, ...(more ? { cursor: cursorOf([page.at(-1)?.revision ?? 0]) } : {}) },
    revision: seen.facts.revision,
    position: seen.position,
  }
}

type Row = Json & { readonly revision: number }
const rowsOf = (seen: SeenCase, q: QueryRequest): readonly Row[] => {
  if (seen.access === 'limited') return seen.recorded.map(({ revision, recordedAt }) => ({ revision, recordedAt }))
  const events = eventsFor(seen)
  return events.map((e) => ({
    revision: e.revision,
    type: e.type,
    label: types.get(e.type)?.labels[q.language],
    recordedAt: e.recordedAt,
    occurredAt: happenedAt(e),
    actor: e.meta.actor,
    summary: summaryOf(e, q.language, (unit) => unitNameAt(seen.organisation, unit, e.recordedAt), wordsAsOf(seen.policies, e.meta.versions.vocabulary)),
  }))
}
const types = byName(deviationEvents)

const eventsFor = (seen: SeenCase): readonly ShownEvent[] => {
  if (seen.access === 'own') return seen.events().filter((e) => concernsReporter(seen, e))
  return seen.access === 'informed' ? openEvents(seen) : seen.events()
}
/** What a reporter sees of the history: her own acts and the feedback to her. */
const concernsReporter = (seen: SeenCase, e: ShownEvent): boolean => {
  if (e.type === 'feedback-given' || e.type === 'feedback-waived') return isForReporter(seen, e.data.to)
  return e.type === 'deviation-reported' || (e.type === 'report-supplemented' && isOwnAct(seen, e))
}

/** Fields that say when the thing happened, as against when it was recorded; the first that an event has counts. */
const happened = ['occurredAt', 'discoveredAt', 'at', 'takenAt', 'informedAt', 'sentAt', 'receivedAt', 'completedAt', 'decidedAt']
const happenedAt = ({ data }: ShownEvent): string | null => happened.map((name): unknown => Reflect.get(data, name)).find((value) => typeof value === 'string') ?? null
