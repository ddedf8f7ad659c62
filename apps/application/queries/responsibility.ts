import { readDeviation } from '#events/deviation'
import type { Context } from '#apps/application/context'
import type { Answer, Language, Page, QueryRequest } from '#apps/application/request'
import type { Json } from '#apps/application/queries/asker'
import { cursorOf, limitOf, notACursor, readCursor, type Paging } from '#apps/application/queries/pages'
import { seeCase, type AsOf } from '#apps/application/queries/seen'
import { unitNameAt } from '#apps/application/queries/words'
import { labels } from '#libs/catalogue/labels'
import { responsibilitySentences } from '#libs/catalogue/responsibility'
import { filled } from '#libs/catalogue/sentence'
import { responsibilityIntervals, type ResponsibilityInterval } from '#libs/deviation/responsibility'
import type { Organisation } from '#libs/organisation/state'

/** Who has answered for a case, oldest first, each time with its seat and the person, or the gap. For who reads the whole case, with personal data or without. */
export const caseResponsibility = async (context: Context, q: QueryRequest, id: string, options: Paging & AsOf = {}): Promise<Answer<Page<Json>>> => {
  const cursor = readCursor(options, 1)
  const after = cursor === undefined ? '' : cursor[0]
  if (cursor === 'bad' || typeof after !== 'string') return notACursor
  const seen = await seeCase(context, q, id, options)
  if (!seen) return { kind: 'not-found' }
  if (seen.access !== 'full' && seen.access !== 'masked') return { kind: 'forbidden' }
  const intervals = responsibilityIntervals(seen.recorded.map(readDeviation), seen.organisation, seen.at).filter(({ from }) => from > after)
  const page = intervals.slice(0, limitOf(options))
  const more = intervals.length > page.length
  return {
    kind: 'found',
    body: { rows: page.map((interval) => rowOf(interval, seen.organisation, q.language)), complete: !more, ...(more ? { cursor: cursorOf([page.at(-1)?.from ?? '']) } : {}) },
    revision: seen.facts.revision,
    position: seen.position,
  }
}

const rowOf = ({ from, until, role, unit, holder, standIn }: ResponsibilityInterval, organisation: Organisation, language: Language): Json => {
  const named = (seat: { readonly role: typeof role; readonly unit: string }) => ({
    role: seat.role,
    roleLabel: labels.roles[seat.role][language],
    unit: seat.unit,
    unitName: unitNameAt(organisation, seat.unit, from),
  })
  const own = named({ role, unit })
  const other = standIn && { ...named(standIn), staff: standIn.staff }
  const sentence = responsibilitySentences[holder !== null ? 'held' : other ? 'stood-in' : 'nobody']
  return {
    from,
    until: until ?? null,
    ...own,
    seat: `${role}@${unit}`,
    holder,
    standIn: other ?? null,
    summary: filled(sentence, language, { role: own.roleLabel, unit: own.unitName, standInRole: other?.roleLabel ?? '', standInUnit: other?.unitName ?? '' }),
  }
}
