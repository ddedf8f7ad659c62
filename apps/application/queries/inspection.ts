import { loadCase, organisationUpTo, type Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { accessToEach, askerOf, holdsAny, type Json } from '#apps/application/queries/asker'
import { limitOf, notACursor, pageOf, readCursor, walk, type Paging } from '#apps/application/queries/pages'
import { projections as list } from '#apps/projector/list'
import type { BuildStatus } from '#libs/kernel/read-model'
import { meView, organisationView } from '#libs/organisation/view'
import { emptyOrganisation } from '#libs/organisation/state'

/** Every projection with its builds: where they stand, how far behind the log they are, and what they hold. For the compliance officer. */
export const projections = async (context: Context, q: QueryRequest): Promise<Answer<Page<Json>>> => {
  if (!holdsAny(await askerOf(context, q), ['compliance-officer'])) return { kind: 'forbidden' }
  const head = await context.store.checkpoint('head')
  const size = head === 'start' ? 0 : head.size
  const builds = await context.readModel.status()
  const rows = await Promise.all(builds.map((build) => statusRow(context, build, size)))
  return { kind: 'found', body: { rows, complete: true } }
}
const statusRow = async ({ readModel }: Context, build: BuildStatus, size: number): Promise<Json> => ({
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
  const page = await pageOf(walk(context.readModel, name, [query], limitOf(paging)), paging, ({ key }) => [key], async (batch) => {
    const cases = await Promise.all(batch.map(({ key }) => loadCase(context.store, key)))
    const facts = cases.flatMap((c) => (c ? [c.facts] : []))
    const access = await accessToEach(context, asker, facts)
    const seen = new Set(facts.filter((_, i) => access[i] === 'full' || access[i] === 'masked').map(({ id }) => id))
    return batch.map((row): Json | undefined => (seen.has(row.key) ? { ...row } : undefined))
  })
  return { kind: 'found', body: page, position }
}

/** Has a projection built anew beside the one that answers, until the new build answers instead. For the compliance officer. */
export const rebuild = async (context: Context, q: QueryRequest, name: string, rebuilt: (name: string) => Promise<unknown>): Promise<Answer<Json>> => {
  if (!holdsAny(await askerOf(context, q), ['compliance-officer'])) return { kind: 'forbidden' }
  const projection = list.find((p) => p.name === name)
  if (!projection) return { kind: 'not-found' }
  await rebuilt(name)
  return { kind: 'found', body: { name, version: projection.version } }
}

/** Who holds which role, now or as it was known at an instant. For everybody who holds a role; staff numbers only. */
export const organisation = async (context: Context, q: QueryRequest, { at }: { readonly at?: string | undefined } = {}): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  if (!holdsAny(asker)) return { kind: 'forbidden' }
  if (at === undefined) return { kind: 'found', body: organisationView(asker.organisation, asker.now) }
  const upTo = await context.store.positionAt(at)
  return { kind: 'found', body: organisationView(upTo === undefined ? emptyOrganisation : await organisationUpTo(context.store, upTo), at) }
}

/** The asker's own roles; none for a login that never held one. */
export const me = async (context: Context, q: QueryRequest): Promise<Answer<Json>> => {
  const asker = await askerOf(context, q)
  return { kind: 'found', body: meView(asker.organisation, asker.staff, asker.now) }
}

/** The policy in force. */
export const policy = async ({ policy: inForce }: Context): Promise<Answer<Json>> => ({ kind: 'found', body: { ...inForce } })
