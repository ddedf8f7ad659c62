import { caseIdOf, deviationStream } from '#events/deviation'
import { loadCase, organisationUpTo, type Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, holdsOver, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, readCursor, stateOf, walk, type Paging } from '#apps/application/queries/pages'
import { projections as list } from '#apps/projector/list'
import type { StoredRow } from '#libs/kernel/projection'
import type { CountedBuild } from '#libs/kernel/read-model'
import { feedView } from '#libs/organisation/feeds'
import { meView, organisationView } from '#libs/organisation/view'
import { emptyOrganisation } from '#libs/organisation/state'
import { deadlines } from '#projections/deadlines/deadlines'
import { measures } from '#projections/measures/measures'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'
import { routines } from '#projections/routines/routines'

/** Every projection with its builds: where they stand, how far behind the log they are, and what they hold. For the compliance officer. */
export const projections = async (context: Context, q: QueryRequest): Promise<Answer<Page<Json>>> => {
  if (!holdsAny(await askerOf(context, q), ['compliance-officer'])) return { kind: 'forbidden' }
  const head = await context.store.checkpoint('head')
  const size = head === 'start' ? 0 : head.size
  const builds = await context.readModel.status()
  const rows = await Promise.all(builds.map((build) => statusRow(context, build, size)))
  return { kind: 'found', body: { rows, complete: true } }
}
const statusRow = async ({ readModel }: Context, build: CountedBuild, size: number): Promise<Json> => ({
  name: build.name,
  version: build.version,
  build: build.build,
  answers: build.promoted,
  status: build.status,
  ...(build.reason === undefined ? {} : { reason: build.reason, stoppedAt: build.stoppedAt ?? null }),
  position: build.position ?? null,
  treeSize: build.size,
  lag: Math.max(0, size - build.size),
  rows: build.rows,
  checksum: build.promoted ? await readModel.checksum(build.name) : null,
})

/** The rows of a projection as they are stored, without what the asker may not know of. They hold no personal data. */
export const projectionRows = async (context: Context, q: QueryRequest, name: string, paging: Paging = {}): Promise<Answer<Page<Json>>> => {
  const after = readCursor(paging, 1)
  if (after === 'bad') return notACursor
  const asker = await askerOf(context, q)
  if (!holdsAny(asker, ['compliance-officer'])) return { kind: 'forbidden' }
  const projection = list.find((p) => p.name === name)
  if (!projection) return { kind: 'not-found' }
  const position = (await context.readModel.position(name)) ?? ''
  const query = after === undefined ? {} : { after }
  const page = await pageOf(walk(context.readModel, name, query, limitOf(paging)), paging, ({ key }) => [key], async (batch) => {
    const ids = [...new Set(batch.flatMap((row) => casesOf(name, row)))]
    const facts = (await Promise.all(ids.map((id) => loadCase(context.store, id)))).flatMap((c) => (c ? [c.facts] : []))
    const access = await accessToEach(context, asker, facts)
    const seen = new Set(facts.filter((_, i) => access[i] === 'full' || access[i] === 'masked').map(({ id }) => id))
    return batch.map((row): Json | undefined => {
      // The deadlines of routines and of the policy tell of no case.
      if (name === deadlines.name && !row.key.startsWith(deviationStream(''))) return { ...row }
      if (name === routines.name) return holdsOver(asker, ['compliance-officer'], stateOf(routines, row).owner.unit) ? withoutCases(row, seen) : undefined
      return casesOf(name, row).every((id) => seen.has(id)) ? { ...row } : undefined
    })
  })
  return { kind: 'found', body: page, position }
}

/** The cases that a row tells of: most projections have a row for each case, which is its key. */
const casesOf = (name: string, row: StoredRow): readonly string[] => {
  if (name === alarmMails.name) return [stateOf(alarmMails, row).stream].filter((stream) => stream.startsWith(deviationStream(''))).map(caseIdOf)
  if (name === measures.name) return [stateOf(measures, row).case]
  if (name === deadlines.name) return row.key.startsWith(deviationStream('')) ? [caseIdOf(row.key.split('#')[0] ?? '')] : []
  return name === routines.name ? stateOf(routines, row).history.flatMap((entry) => entry.case ?? []) : [row.key]
}
/** A routine's row without what happened in cases that the asker may not know of, and without their ids. */
const withoutCases = (row: StoredRow, seen: ReadonlySet<string>): Json => {
  const state = stateOf(routines, row)
  const history = state.history.flatMap((entry) => {
    if (entry.case === undefined || seen.has(entry.case)) return [entry]
    const { case: _case, measureId: _measureId, ...rest } = entry
    return entry.inCase ? [] : [rest]
  })
  return { ...row, state: { ...state, history } }
}

/** Has a projection built anew beside the one that answers, until the new build answers instead. For the compliance officer. */
export const rebuild = async (context: Context, q: QueryRequest, name: string, rebuilt: (name: string) => Promise<unknown>): Promise<Answer<Json>> => {
  if (!holdsAny(await askerOf(context, q), ['compliance-officer'])) return { kind: 'forbidden' }
  const projection = list.find((p) => p.name === name)
  if (!projection) return { kind: 'not-found' }
  await rebuilt(name)
  return { kind: 'found', body: { name, version: projection.version } }
}

/** Who holds which role, now or as it was known at an instant. For everybody who holds a role; staff numbers only. Who may close calendar feeds sees which there are. */
export const organisation = async (context: Context, q: QueryRequest, { at }: { readonly at?: string | undefined } = {}): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  const upTo = at === undefined ? undefined : await context.store.positionAt(at)
  const then = at === undefined ? asker.organisation : upTo === undefined ? emptyOrganisation : await organisationUpTo(context.store, upTo)
  const feeds = then.feeds.values().filter(({ unit }) => holdsOver(asker, ['administrator', 'compliance-officer'], unit)).map(feedView)
  const closes = holdsAny(asker, ['administrator', 'compliance-officer'])
  return { kind: 'found', body: { ...organisationView(then, at ?? asker.now), ...(closes ? { feeds } : {}) } }
}

/** The asker's own roles; none for a login that never held one. */
export const me = async (context: Context, q: QueryRequest): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  return { kind: 'found', body: meView(asker.organisation, asker.staff, asker.now) }
}
