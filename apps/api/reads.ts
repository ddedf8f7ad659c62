import { queueViews, type Application, type AsOf, type Paging } from '#apps/api/application'
import * as p from '#apps/api/parameters'
import { isCaseId, isChosenId } from '#apps/api/checks'
import { complianceDimensions } from '#apps/application/queries/compliance'
import { mailStatuses } from '#apps/application/queries/mails'
import { measureStatuses } from '#apps/application/queries/measures'
import type { From, Live, Opened } from '#apps/application/live/live'
import type { Answer, QueryRequest } from '#apps/application/request'
import { deadlineKeys } from '#events/codes'
import { deadlineStatuses } from '#libs/deadlines/state'
import type { Labels } from '#libs/kernel/event'
import { routineAsks } from '#libs/routines/asks'

/** One question of the edge: its address, its parameters, and how it is put to the application. A new question is one row here and a route. */
export interface ReadEntry {
  readonly path: string
  readonly summary: Labels
  readonly parameters: p.Parameters
  /** What its answers are. */
  readonly answers: 'page' | 'object'
  /** Other parameters that may stand beside. */
  readonly others?: (name: string, text: string) => boolean
  /** `ending` aborts when nobody may wait any longer. */
  readonly ask: (application: Application, q: QueryRequest, given: Given & { readonly ending: AbortSignal }) => Promise<Answer<unknown>>
}
interface Given {
  readonly params: Readonly<Record<string, string>>
  readonly query: unknown
  readonly now: string
}

const absent: Promise<Answer<never>> = Promise.resolve({ kind: 'not-found' })
/** Every question may wait for a position that the caller has written. */
const after = { after: p.position }
const paging = { cursor: p.cursor, limit: p.limit }
const paged = ({ limit, cursor }: { readonly limit?: number; readonly cursor?: string }): Paging => ({ limit: limit ?? 50, ...(cursor !== undefined && { cursor }) })
const asOf = ({ at, revision }: { readonly at?: string; readonly revision?: number }): AsOf => ({ ...(at !== undefined && { at }), ...(revision !== undefined && { revision }) })
const when = ({ at }: { readonly at?: string }) => (at === undefined ? {} : { at })
const where = ({ unit }: { readonly unit?: string }) => (unit === undefined ? {} : { unit })

const dates = p.oneOf(['occurred', 'received', 'reported'])
const period = { from: p.required(p.day), to: p.required(p.day), unit: p.unit, date: dates }

interface Described<P extends p.Parameters> extends Omit<ReadEntry, 'parameters' | 'ask'> {
  readonly parameters: P
  readonly ask: (
    queries: Application['queries'],
    q: QueryRequest,
    values: p.Values<P>,
    params: Readonly<Record<string, string>>,
    others: Readonly<Record<string, string>>,
  ) => Promise<Answer<unknown>>
}
const read = <P extends p.Parameters>({ parameters, ask, ...rest }: Described<P>): ReadEntry => {
  const all = { ...parameters, ...after }
  return {
    ...rest,
    parameters: all,
    ask: async (application, q, { params, query, now, ending }) => {
      const given = p.readParameters(all, query, now, rest.others)
      if (given.kind === 'invalid') return given
      const { after: wanted } = given.values as p.Values<typeof after>
      if (wanted !== undefined) await unless(ending, application.reached(wanted, 2_000))
      return ask(application.queries, q, given.values as p.Values<P>, params, given.others)
    },
  }
}
/** Waits, but not beyond the signal. */
const unless = (signal: AbortSignal, wait: Promise<unknown>): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const end = (): void => {
    resolve(undefined)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  return Promise.race([wait, promise]).finally(() => {
    signal.removeEventListener('abort', end)
  })
}
const reversed = ({ from, to }: { readonly from: string; readonly to: string }): Answer<never> | undefined =>
  from > to ? { kind: 'invalid', faults: [{ pointer: '/to', code: 'dates-reversed' }] } : undefined
const caseId = (params: Readonly<Record<string, string>>): string | undefined => (isCaseId(params['id'] ?? '') ? params['id']?.toLowerCase() : undefined)

export const reads = {
  ownReports: read({
    path: '/v1/deviations',
    summary: { sv: 'Egna rapporter med status och återkoppling', en: 'Own reports with status and feedback' },
    parameters: { view: p.required(p.oneOf(['reported-by-me'])), ...paging },
    answers: 'page',
    ask: (queries, q, values) => queries.ownReports(q, paged(values)),
  }),
  countedCases: read({
    path: '/v1/deviations',
    summary: { sv: 'Ärendena bakom en siffra i statistiken', en: 'The cases behind a figure of the statistics' },
    parameters: { view: p.required(p.oneOf(['counted'])), ...period, at: p.at, ...paging },
    answers: 'page',
    others: (name, text) => /^[A-Za-z-]{1,40}$/.test(name) && /^[A-Za-z0-9-]{1,60}$/.test(text),
    ask: async (queries, q, values, _params, dimensions) => {
      const { from, to, date } = values
      return reversed(values) ?? queries.countedCases(q, { from, to, date: date ?? 'received', dimensions, ...where(values), ...when(values), ...paged(values) })
    },
  }),
  casePage: read({
    path: '/v1/deviations/{id}',
    summary: { sv: 'Ärendet så som den som frågar får se det', en: 'The case as the caller may see it' },
    parameters: { at: p.at, revision: p.revision },
    answers: 'object',
    ask: (queries, q, values, params) => {
      const id = caseId(params)
      return id === undefined ? absent : queries.casePage(q, id, asOf(values))
    },
  }),
  caseHistory: read({
    path: '/v1/deviations/{id}/history',
    summary: { sv: 'Ärendets historik i ord', en: 'The history of the case in words' },
    parameters: { at: p.at, revision: p.revision, ...paging },
    answers: 'page',
    ask: (queries, q, values, params) => {
      const id = caseId(params)
      return id === undefined ? absent : queries.caseHistory(q, id, { ...asOf(values), ...paged(values) })
    },
  }),
  caseResponsibility: read({
    path: '/v1/deviations/{id}/responsibility',
    summary: { sv: 'Vem som har svarat för ärendet, från när till när', en: 'Who has answered for the case, from when to when' },
    parameters: { at: p.at, revision: p.revision, ...paging },
    answers: 'page',
    ask: (queries, q, values, params) => {
      const id = caseId(params)
      return id === undefined ? absent : queries.caseResponsibility(q, id, { ...asOf(values), ...paged(values) })
    },
  }),
  queue: read({
    path: '/v1/queues/{unit}',
    summary: { sv: 'Enhetens kö: vad som väntar på vem', en: 'The queue of a unit: what waits for whom' },
    parameters: { view: p.oneOf(queueViews), at: p.at, ...paging },
    answers: 'page',
    ask: (queries, q, values, params) => {
      const unit = params['unit'] ?? ''
      return isChosenId(unit) ? queries.queue(q, unit, { view: values.view ?? 'open', ...when(values), ...paged(values) }) : absent
    },
  }),
  deadlines: read({
    path: '/v1/deadlines',
    summary: { sv: 'Frister och larm: kommande, nära, missade, hållna och bortfallna', en: 'Deadlines and alarms: upcoming, near, missed, met and lapsed' },
    parameters: { unit: p.unit, status: p.someOf(deadlineStatuses), key: p.oneOf(deadlineKeys), at: p.at, ...paging },
    answers: 'page',
    ask: (queries, q, values) => {
      const { status, key } = values
      return queries.deadlines(q, { ...where(values), ...(status !== undefined && { status }), ...(key !== undefined && { key }), ...when(values), ...paged(values) })
    },
  }),
  deadlineCompliance: read({
    path: '/v1/deadlines/compliance',
    summary: { sv: 'Hur fristerna hölls i en periods ärenden', en: 'How the deadlines of the cases of a period were kept' },
    parameters: { ...period, by: p.someOf(complianceDimensions), at: p.at },
    answers: 'object',
    ask: async (queries, q, values) => {
      const { from, to, by, date } = values
      return reversed(values) ?? queries.deadlineCompliance(q, { from, to, by: by ?? [], date: date ?? 'received', ...where(values), ...when(values) })
    },
  }),
  ivoTrails: read({
    path: '/v1/ivo-notifications',
    summary: { sv: 'Anmälningar till IVO', en: 'Notifications to IVO' },
    parameters: { unit: p.unit, at: p.at, ...paging },
    answers: 'page',
    ask: (queries, q, values) => queries.ivoTrails(q, { ...where(values), ...when(values), ...paged(values) }),
  }),
  ivoTrail: read({
    path: '/v1/ivo-notifications/{id}',
    summary: { sv: 'En anmälan till IVO, steg för steg', en: 'One notification to IVO, step by step' },
    parameters: {},
    answers: 'object',
    ask: (queries, q, _values, { id = '' }) => (/^[A-Za-z0-9:._-]{1,120}$/.test(id) ? queries.ivoTrail(q, id) : absent),
  }),
  statistics: read({
    path: '/v1/statistics',
    summary: { sv: 'Statistik över en period', en: 'Statistics of a period' },
    parameters: { ...period, by: p.names, at: p.at },
    answers: 'object',
    ask: async (queries, q, values) => {
      const { from, to, by, date } = values
      return reversed(values) ?? queries.statistics(q, { from, to, by: by ?? [], date: date ?? 'received', ...where(values), ...when(values) })
    },
  }),
  mails: read({
    path: '/v1/mails',
    summary: { sv: 'Mejl om larm: väntande, skickade och sådana som inte kom fram', en: 'Mails about alarms: waiting, sent, and those that did not arrive' },
    parameters: { status: p.someOf(mailStatuses), ...paging },
    answers: 'page',
    ask: (queries, q, values) => queries.mails(q, { ...(values.status !== undefined && { status: values.status }), ...paged(values) }),
  }),
  webhooks: read({
    path: '/v1/webhooks',
    summary: { sv: 'Mottagare av händelser, och hur det går', en: 'Receivers of events, and how it goes' },
    parameters: {},
    answers: 'page',
    ask: (queries, q) => queries.webhooks(q),
  }),
  measures: read({
    path: '/v1/measures',
    summary: { sv: 'Åtgärder: pågående, försenade, med godtagen effekt eller inte', en: 'Measures: running, overdue, with their effect accepted or not' },
    parameters: { unit: p.unit, status: p.oneOf(measureStatuses), routine: p.id, at: p.at, ...paging },
    answers: 'page',
    ask: (queries, q, values) => {
      const { status, routine } = values
      return queries.measures(q, { ...where(values), ...(status !== undefined && { status }), ...(routine !== undefined && { routine }), ...when(values), ...paged(values) })
    },
  }),
  routines: read({
    path: '/v1/routines',
    summary: { sv: 'Processer, aktiviteter och rutiner, och vad som behöver göras med dem', en: 'Processes, activities and routines, and what they ask for' },
    parameters: { unit: p.unit, process: p.line, asks: p.oneOf(routineAsks), at: p.at, ...paging },
    answers: 'page',
    ask: (queries, q, values) => {
      const { process, asks } = values
      return queries.routines(q, { ...where(values), ...(process !== undefined && { process }), ...(asks !== undefined && { asks }), ...when(values), ...paged(values) })
    },
  }),
  routine: read({
    path: '/v1/routines/{id}',
    summary: { sv: 'En rutin med hela sin historik', en: 'A routine with its whole history' },
    parameters: { at: p.at },
    answers: 'object',
    ask: (queries, q, values, { id = '' }) => (isChosenId(id) ? queries.routine(q, id, when(values)) : absent),
  }),
  organisation: read({
    path: '/v1/organisation',
    summary: { sv: 'Organisationen: vem som har vilken roll', en: 'The organisation: who holds which role' },
    parameters: { at: p.at },
    answers: 'object',
    ask: (queries, q, values) => queries.organisation(q, when(values)),
  }),
  me: read({
    path: '/v1/me',
    summary: { sv: 'Mina roller', en: 'My roles' },
    parameters: {},
    answers: 'object',
    ask: (queries, q) => queries.me(q),
  }),
  policy: read({
    path: '/v1/policy',
    summary: { sv: 'Regelverket som gäller, och dess versioner', en: 'The policy in force, and its versions' },
    parameters: { at: p.at },
    answers: 'object',
    ask: (queries, q, values) => queries.policy(q, when(values)),
  }),
  projections: read({
    path: '/v1/projections',
    summary: { sv: 'Projektionernas läge', en: 'The state of the projections' },
    parameters: {},
    answers: 'page',
    ask: (queries, q) => queries.projections(q),
  }),
  projectionRows: read({
    path: '/v1/projections/{name}',
    summary: { sv: 'En projektions rader', en: 'The rows of a projection' },
    parameters: paging,
    answers: 'page',
    ask: (queries, q, values, { name = '' }) => (isChosenId(name) ? queries.projectionRows(q, name, paged(values)) : absent),
  }),
} as const satisfies Readonly<Record<string, ReadEntry>>

/** One stream of server-sent events: as a question, but what is opened tells what changes until it ends. */
export interface StreamEntry extends Omit<ReadEntry, 'ask' | 'answers' | 'others'> {
  /** Its events, beside `ready`, `reset` and `bye`. */
  readonly events: readonly string[]
  readonly open: (live: Live, q: QueryRequest, given: Given & { readonly lastEventId: string | undefined }) => Promise<Opened>
}
const stream = <P extends p.Parameters>({
  parameters,
  open,
  ...rest
}: Omit<StreamEntry, 'parameters' | 'open'> & {
  readonly parameters: P
  readonly open: (live: Live, q: QueryRequest, values: p.Values<P>, from: From | undefined, params: Readonly<Record<string, string>>) => Promise<Opened>
}): StreamEntry => {
  const all = { ...parameters, ...after }
  return {
    ...rest,
    parameters: all,
    open: async (live, q, { params, query, now, lastEventId }) => {
      const given = p.readParameters(all, query, now)
      if (given.kind === 'invalid') return given
      const { after: wanted } = given.values as p.Values<typeof after>
      // A client that connects anew by itself sends the address that it was given first, and where it is by now in the header.
      const from = lastEventId !== undefined ? { position: lastEventId, pointer: '/header/Last-Event-ID' } : wanted !== undefined ? { position: wanted, pointer: '/after' } : undefined
      return open(live, q, given.values as p.Values<P>, from, params)
    },
  }
}
export const streams = {
  queueLive: stream({
    path: '/v1/queues/{unit}/live',
    summary: { sv: 'Enhetens kö, rad för rad när den ändras (server-sent events)', en: 'The queue of a unit, row by row as it changes (server-sent events)' },
    parameters: { view: p.oneOf(queueViews) },
    events: ['row', 'gone'],
    open: async (live, q, { view }, from, { unit = '' }) => (isChosenId(unit) ? live.queue(q, unit, { view: view ?? 'open', from }) : { kind: 'not-found' }),
  }),
  deadlinesLive: stream({
    path: '/v1/deadlines/live',
    summary: { sv: 'Frister och larm när de sätts, närmar sig, missas och hålls (server-sent events)', en: 'Deadlines and alarms as they are set, near, missed and met (server-sent events)' },
    parameters: { unit: p.unit },
    events: ['deadline', 'gone'],
    open: (live, q, { unit }, from) => live.deadlines(q, { unit, from }),
  }),
} as const satisfies Readonly<Record<string, StreamEntry>>
