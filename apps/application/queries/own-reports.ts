import type { Context } from '#apps/application/context'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import type { Json } from '#apps/application/queries/asker'
import { limitedView, ownView } from '#apps/application/queries/case-page'
import { limitOf, notACursor, pageOf, placeBy, readCursor, walk, type Paging } from '#apps/application/queries/pages'
import { seeCase } from '#apps/application/queries/seen'
import type { Query } from '#libs/kernel/projection'
import { ownReports as projection } from '#projections/own-reports/own-reports'

const place = placeBy('received')

/** What the asker reported or typed in, the latest first. Anonymous reports are in no list: their reporter finds them by id. */
export const ownReports = async (context: Context, q: QueryRequest, paging: Paging = {}): Promise<Answer<Page<Json>>> => {
  const after = readCursor(paging, 2)
  if (after === 'bad') return notACursor
  const position = (await context.readModel.position(projection.name)) ?? ''
  const staff = await context.vault.staffNumber(q.sender.login)
  if (staff === undefined) return { kind: 'found', body: { rows: [], complete: true }, position }
  const query: Query = {
    anyOf: ['reporter', 'typist'].map((column) => [{ column, is: '=', value: staff }]),
    order: ['received'],
    descending: true,
    ...(after && { after }),
  }
  const page = await pageOf(walk(context.readModel, projection.name, query, limitOf(paging)), paging, place, (batch) =>
    Promise.all(
      batch.map(async ({ key }) => {
        const seen = await seeCase(context, q, key, {})
        if (!seen) return undefined
        return seen.access === 'limited' ? limitedView(seen.facts) : ownView(seen, q.language)
      }),
    ),
  )
  return { kind: 'found', body: page, position }
}
