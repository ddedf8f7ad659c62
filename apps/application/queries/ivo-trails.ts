import type { IvoLaw } from '#events/codes'
import { deviationEvents } from '#events/deviation'
import { loadCase, type Context } from '#apps/application/context'
import type { Answer, Language, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, placeBy, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { atMoment } from '#apps/application/queries/past'
import type { Access } from '#libs/deviation/access'
import { phaseOf } from '#libs/duties/duties'
import type { CaseFacts } from '#libs/duties/facts'
import { caseNumber } from '#libs/duties/number'
import { byName } from '#libs/kernel/event'
import { successorOf } from '#libs/organisation/holders'
import { ivoTrail as projection, lawsOf, statusOf, type Trail } from '#projections/ivo-trail/ivo-trail'

const place = placeBy('begun')

/**
 * One row for each notification (case and law), in the order in which the trails began. Only for who sees the case itself, or was informed of it
 * as nämnd or as the other side of a hand-over: neither for its reporter nor for a manager with the limited view.
 */
export const ivoTrails = async (
  context: Context,
  q: QueryRequest,
  options: Paging & { readonly unit?: string | undefined; readonly at?: string | undefined } = {},
): Promise<Answer<Page<Json>>> => {
  const after = readCursor(options, 2)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  const { unit, at } = options
  return atMoment(context, projection, { at, now: asker.now, organisation: asker.organisation }, async (moment) => {
    const query = { order: ['begun'], ...(after === undefined ? {} : { after }) }
    const page = await pageOf(walk(moment.readModel, projection.name, query, limitOf(options)), options, place, async (batch) => {
      const cases = await Promise.all(batch.map(({ key }) => loadCase(context.store, key)))
      const then = moment.past ? await Promise.all(batch.map(({ key }) => loadCase(context.store, key, { upTo: moment.position }))) : cases
      const access = await accessToEach(context, asker, cases.flatMap((c) => (c ? [c.facts] : [])))
      const accessOf = new Map(cases.flatMap((c) => (c ? [c.facts.id] : [])).map((id, i) => [id, access[i]]))
      return batch.map((row, i) => {
        const facts = then[i]?.facts
        if (!facts || !seesTrail(accessOf.get(row.key)) || (unit !== undefined && successorOf(asker.organisation, facts.unit) !== successorOf(asker.organisation, unit))) return undefined
        const trail = stateOf(projection, row)
        return lawsOf(trail).map((law) => rowOf(facts, trail, law, q.language))
      })
    })
    return { kind: 'found', body: { ...page, rows: page.rows.flat() }, position: moment.position }
  })
}

/** The whole trail of one case. */
export const ivoTrail = async (context: Context, q: QueryRequest, id: string): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  const position = (await context.readModel.position(projection.name)) ?? ''
  const [loaded, row] = [await loadCase(context.store, id), await context.readModel.get(projection.name, id)]
  if (!loaded) return { kind: 'not-found' }
  const [access] = await accessToEach(context, asker, [loaded.facts])
  if (access === undefined || access === 'none') return { kind: 'not-found' }
  if (!seesTrail(access)) return { kind: 'forbidden' }
  if (!row) return { kind: 'not-found' }
  const trail = stateOf(projection, row)
  const notifications = lawsOf(trail).map((law) => rowOf(loaded.facts, trail, law, q.language))
  return { kind: 'found', body: { ...headOf(loaded.facts), notifications, steps: trail.steps.map((step) => worded(step, q.language)) }, position }
}

const seesTrail = (access: Access | undefined): boolean => access === 'full' || access === 'masked' || access === 'informed'
const headOf = (facts: CaseFacts): Json => ({
  id: facts.id,
  number: caseNumber(facts.id),
  unit: facts.unit,
  phase: phaseOf(facts),
  receivedAt: facts.receivedAt,
})
const rowOf = (facts: CaseFacts, trail: Trail, law: IvoLaw, language: Language): Json => {
  const steps = trail.steps.filter((step) => step.law === law)
  return { ...headOf(facts), law, status: statusOf(steps), steps: steps.map((step) => worded(step, language)) }
}
const types = byName(deviationEvents)
const worded = (step: Trail['steps'][number], language: Language): Json => ({ ...step, label: types.get(step.type)?.labels[language] })
