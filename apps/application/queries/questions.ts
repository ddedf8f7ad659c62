import type { Context } from '#apps/application/context'
import type { QueryRequest } from '#apps/application/request'
import { calendar } from '#apps/application/queries/calendar'
import { caseHistory } from '#apps/application/queries/case-history'
import { casePage } from '#apps/application/queries/case-page'
import { deadlineCompliance } from '#apps/application/queries/compliance'
import { deadlines } from '#apps/application/queries/deadlines'
import { me, organisation, projectionRows, projections, rebuild } from '#apps/application/queries/inspection'
import { ivoTrail, ivoTrails } from '#apps/application/queries/ivo-trails'
import { mails, webhooks } from '#apps/application/queries/mails'
import { measures } from '#apps/application/queries/measures'
import { ownReports } from '#apps/application/queries/own-reports'
import { policy } from '#apps/application/queries/policy'
import { policyReplay } from '#apps/application/queries/policy-replay'
import { queue } from '#apps/application/queries/queue'
import { caseResponsibility } from '#apps/application/queries/responsibility'
import { routine, routines } from '#apps/application/queries/routines'
import type { ReceiverHealth } from '#apps/application/webhooks/webhooks'
import { countedCases, statistics } from '#apps/application/queries/statistics'

/** Every question, bound to the stores. `rebuilt` has a projection built anew where projections are kept; `receivers` are those of webhooks. */
export const questions = (context: Context, rebuilt: (name: string) => Promise<unknown>, receivers: () => Promise<readonly ReceiverHealth[]> = async () => []) => {
  const bound =
    <R extends readonly unknown[], A>(question: (context: Context, q: QueryRequest, ...rest: R) => A) =>
    (q: QueryRequest, ...rest: R): A =>
      question(context, q, ...rest)
  return {
    casePage: bound(casePage),
    caseHistory: bound(caseHistory),
    caseResponsibility: bound(caseResponsibility),
    queue: bound(queue),
    deadlines: bound(deadlines),
    deadlineCompliance: bound(deadlineCompliance),
    calendar: (token: string, language: QueryRequest['language']) => calendar(context, token, language),
    ownReports: bound(ownReports),
    ivoTrails: bound(ivoTrails),
    ivoTrail: bound(ivoTrail),
    statistics: bound(statistics),
    countedCases: bound(countedCases),
    mails: bound(mails),
    webhooks: (q: QueryRequest) => webhooks(context, q, receivers),
    measures: bound(measures),
    routines: bound(routines),
    routine: bound(routine),
    organisation: bound(organisation),
    me: bound(me),
    policy: bound(policy),
    policyReplay: bound(policyReplay),
    projections: bound(projections),
    projectionRows: bound(projectionRows),
    rebuild: (q: QueryRequest, name: string) => rebuild(context, q, name, rebuilt),
  }
}
