import { calendarType, iCalendar, isNamed, lastModified, tagOf } from '#apps/api/calendar'
import { compileReaders, type BodyReader } from '#apps/api/body'
import { isCaseId, isChosenId } from '#apps/api/checks'
import { DeviationRequest, EDGE, OrganisationRequest, PolicyRequest, ReassignRequest, RoutineRequest, type Edge } from '#apps/api/commands'
import { InitOrganisationBody, LoadDemoBody, SetClockBody } from '#apps/api/dto/demo'
import { ReplayPolicyBody } from '#apps/api/dto/policy'
import { correlationOf, queryRequest, readIdempotencyKey, readIfMatch, readLastEventId } from '#apps/api/headers'
import { beginnings, deviationIntents, isBeginning, isIntent, isOrganisationIntent, isPolicyIntent, isRoutineIntent, organisationIntents, policyIntents, reassignPath, routineIntents } from '#apps/api/intents'
import { isLoopback } from '#apps/api/loopback'
import { sendAnswer, sendDemo, sendOutcome, sendReassigned } from '#apps/api/outcomes'
import { problemPage } from '#apps/api/pages'
import { sendProblem } from '#apps/api/problem'
import { reads, streams, type ReadEntry, type StreamEntry } from '#apps/api/reads'
import { judgements, type CommandOf, type DeviationCommand, type Intent } from '#libs/deviation/commands'
import type { FieldFault } from '#libs/kernel/outcome'
import type { OrganisationCommand } from '#libs/organisation/commands'
import type { PolicyCommand } from '#libs/policy/commands'
import type { RoutineCommand, RoutineIntent } from '#libs/routines/commands'
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import type { FastifyReply, FastifyRequest } from 'fastify'

const compile = compileReaders()
const readersOf = (entries: Readonly<Record<string, { readonly body: new () => object }>>): ReadonlyMap<string, BodyReader<object>> =>
  new Map(Object.entries(entries).map(([intent, { body }]) => [intent, compile(body)]))
const deviationReaders = readersOf(deviationIntents)
const organisationReaders = readersOf(organisationIntents)
const policyReaders = readersOf(policyIntents)
const routineReaders = readersOf(routineIntents)

/** No body at all is an empty one. */
const bodyOf = (request: FastifyRequest): unknown => (request.body === undefined ? {} : request.body)
const param = (request: FastifyRequest, name: string): string => {
  const found: unknown = Reflect.get(Object(request.params), name)
  return typeof found === 'string' ? found : ''
}

interface Incoming<C> {
  readonly command: C
  readonly idempotencyKey: string | undefined
  readonly ifMatch: number | undefined
}
/** Reads headers and body; all faults at once, answered here. */
const incoming = <C>(edge: Edge, intent: string, reader: BodyReader<object> | undefined, request: FastifyRequest, reply: FastifyReply): Incoming<C> | undefined => {
  const idempotencyKey = readIdempotencyKey(request.headers['idempotency-key'])
  const ifMatch = readIfMatch(request.headers['if-match'])
  const read = reader?.(bodyOf(request), edge.application.clock.now())
  const faults: FieldFault[] = [idempotencyKey, ifMatch].filter((h) => typeof h === 'object')
  if (read?.kind === 'invalid') faults.push(...read.faults)
  if (typeof idempotencyKey === 'object' || typeof ifMatch === 'object' || read?.kind !== 'read') {
    void sendProblem(request, reply, 'invalid-fields', { faults })
    return undefined
  }
  // The table of intents holds each class of body against its command; here only the name joins the fields.
  return { command: { intent, ...read.body } as C, idempotencyKey, ifMatch }
}
const admitted = async ({ underWay }: Edge, request: FastifyRequest, reply: FastifyReply, run: () => Promise<void>): Promise<void> => {
  if (!underWay.enter()) {
    void sendProblem(request, reply, 'unavailable', { retryAfter: 1 })
    return
  }
  try {
    await run()
  } finally {
    underWay.leave()
  }
}
const paramsOf = (request: FastifyRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(Object(request.params)).filter((e): e is [string, string] => typeof e[1] === 'string'))
const ask = async (edge: Edge, entry: ReadEntry, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const q = queryRequest(request)
  if ('pointer' in q) {
    void sendProblem(request, reply, 'invalid-fields', { faults: [q] })
    return
  }
  await sendAnswer(request, reply, await entry.ask(edge.application, q, { params: paramsOf(request), query: request.query, now: edge.application.clock.now(), ending: edge.stopping.ending }), edge.application)
}

/** Opens a stream, where there is a place and the question may be asked. */
const listen = async (edge: Edge, entry: StreamEntry, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  const { application, streams: open } = edge
  const q = queryRequest(request)
  if ('pointer' in q) {
    void sendProblem(request, reply, 'invalid-fields', { faults: [q] })
    return
  }
  const lastEventId = readLastEventId(request.headers['last-event-id'])
  await open.serve(request, reply, async () => {
    const opened = await entry.open(application.live, q, { params: paramsOf(request), query: request.query, now: application.clock.now(), lastEventId })
    if (opened.kind === 'open') return opened
    await sendAnswer(request, reply, opened, application)
    return undefined
  })
}

@Controller('v1/deviations')
export class DeviationsController {
  private readonly edge: Edge
  private readonly bus: CommandBus
  constructor(@Inject(EDGE) edge: Edge, @Inject(CommandBus) bus: CommandBus) {
    this.edge = edge
    this.bus = bus
  }

  @Post()
  report(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('report', undefined, beginnings.report, request, reply)
  }
  @Post('report-batch')
  reportBatch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('report-batch', undefined, beginnings['report-batch'], request, reply)
  }
  @Post('reassign')
  async reassign(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const read = incoming<CommandOf<'reassign'>>(this.edge, 'reassign', deviationReaders.get('reassign'), request, reply)
    if (!read) return
    await admitted(this.edge, request, reply, async () => {
      const outcome = await this.bus.execute(new ReassignRequest({ ...read, ifMatch: undefined, path: reassignPath, sender: { login: request.login }, correlationId: correlationOf(request) }))
      void sendReassigned(request, reply, outcome)
    })
  }
  @Post(':id/:intent')
  async command(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const intent = param(request, 'intent')
    const id = param(request, 'id').toLowerCase()
    if (!isIntent(intent) || isBeginning(intent) || intent === 'reassign') void sendProblem(request, reply, 'unknown-command')
    else if (!isCaseId(id)) void sendProblem(request, reply, 'not-found')
    else await this.send(intent, id, `/v1/deviations/${id}/${intent}`, request, reply)
  }
  @Get()
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const counted = Reflect.get(Object(request.query), 'view') === 'counted'
    return ask(this.edge, counted ? reads.countedCases : reads.ownReports, request, reply)
  }
  @Get(':id')
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.casePage, request, reply)
  }
  @Get(':id/history')
  history(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.caseHistory, request, reply)
  }
  @Get(':id/responsibility')
  responsibility(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.caseResponsibility, request, reply)
  }

  private async send(intent: Intent, caseId: string | undefined, path: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const read = incoming<DeviationCommand>(this.edge, intent, deviationReaders.get(intent), request, reply)
    if (!read) return
    if (judgements.has(intent) && read.ifMatch === undefined) {
      void sendProblem(request, reply, 'precondition-required')
      return
    }
    await admitted(this.edge, request, reply, async () => {
      const outcome = await this.bus.execute(
        new DeviationRequest({ ...read, caseId, path, sender: { login: request.login }, correlationId: correlationOf(request) }),
      )
      void sendOutcome(request, reply, outcome)
    })
  }
}

@Controller('v1/organisation')
export class OrganisationController {
  private readonly edge: Edge
  private readonly bus: CommandBus
  constructor(@Inject(EDGE) edge: Edge, @Inject(CommandBus) bus: CommandBus) {
    this.edge = edge
    this.bus = bus
  }

  @Post(':intent')
  async command(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const intent = param(request, 'intent')
    if (!isOrganisationIntent(intent)) {
      void sendProblem(request, reply, 'unknown-command')
      return
    }
    const read = incoming<OrganisationCommand>(this.edge, intent, organisationReaders.get(intent), request, reply)
    if (!read) return
    await admitted(this.edge, request, reply, async () => {
      const outcome = await this.bus.execute(
        new OrganisationRequest({ ...read, path: `/v1/organisation/${intent}`, sender: { login: request.login }, correlationId: correlationOf(request) }),
      )
      void sendOutcome(request, reply, outcome)
    })
  }
  @Get()
  organisation(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.organisation, request, reply)
  }
}

const replayPolicy = compile(ReplayPolicyBody)
@Controller('v1/policy')
export class PolicyController {
  private readonly edge: Edge
  private readonly bus: CommandBus
  constructor(@Inject(EDGE) edge: Edge, @Inject(CommandBus) bus: CommandBus) {
    this.edge = edge
    this.bus = bus
  }

  @Get()
  policy(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.policy, request, reply)
  }
  /** A question that has a body. */
  @Post('replay')
  async replay(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { application } = this.edge
    const q = queryRequest(request)
    const read = replayPolicy(bodyOf(request), application.clock.now())
    const faults = ['pointer' in q ? [q] : [], read.kind === 'invalid' ? read.faults : []].flat()
    if ('pointer' in q || read.kind === 'invalid') void sendProblem(request, reply, 'invalid-fields', { faults })
    else await sendAnswer(request, reply, await application.queries.policyReplay(q, read.body), application)
  }
  @Post(':intent')
  async command(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const intent = param(request, 'intent')
    if (!isPolicyIntent(intent)) {
      void sendProblem(request, reply, 'unknown-command')
      return
    }
    const read = incoming<PolicyCommand>(this.edge, intent, policyReaders.get(intent), request, reply)
    if (!read) return
    await admitted(this.edge, request, reply, async () => {
      const outcome = await this.bus.execute(new PolicyRequest({ ...read, path: `/v1/policy/${intent}`, sender: { login: request.login }, correlationId: correlationOf(request) }))
      void sendOutcome(request, reply, outcome)
    })
  }
}

@Controller('v1/routines')
export class RoutinesController {
  private readonly edge: Edge
  private readonly bus: CommandBus
  constructor(@Inject(EDGE) edge: Edge, @Inject(CommandBus) bus: CommandBus) {
    this.edge = edge
    this.bus = bus
  }

  @Post()
  register(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('register-routine', undefined, '/v1/routines', request, reply)
  }
  @Post(':id/:intent')
  async command(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const intent = param(request, 'intent')
    const id = param(request, 'id')
    if (!isRoutineIntent(intent) || intent === 'register-routine') void sendProblem(request, reply, 'unknown-command')
    else if (!isChosenId(id)) void sendProblem(request, reply, 'not-found')
    else await this.send(intent, id, `/v1/routines/${id}/${intent}`, request, reply)
  }
  @Get()
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.routines, request, reply)
  }
  @Get(':id')
  routine(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.routine, request, reply)
  }

  private async send(intent: RoutineIntent, routineId: string | undefined, path: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const read = incoming<RoutineCommand>(this.edge, intent, routineReaders.get(intent), request, reply)
    if (!read) return
    await admitted(this.edge, request, reply, async () => {
      const outcome = await this.bus.execute(new RoutineRequest({ ...read, routineId, path, sender: { login: request.login }, correlationId: correlationOf(request) }))
      void sendOutcome(request, reply, outcome)
    })
  }
}

@Controller('v1')
export class QuestionsController {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }

  @Get('queues/:unit')
  queue(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.queue, request, reply)
  }
  @Get('queues/:unit/live')
  queueLive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return listen(this.edge, streams.queueLive, request, reply)
  }
  @Get('deadlines/live')
  deadlinesLive(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return listen(this.edge, streams.deadlinesLive, request, reply)
  }
  @Get('deadlines')
  deadlines(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.deadlines, request, reply)
  }
  @Get('deadlines/compliance')
  deadlineCompliance(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.deadlineCompliance, request, reply)
  }
  /** For calendar programs, which send no header: the token in the address says who asks, and for what. */
  @Get('deadlines.ics')
  async calendar(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { application, feedWait } = this.edge
    const { token, language: wanted }: Readonly<Record<string, unknown>> = Object(request.query)
    const language = wanted === 'en' ? 'en' : 'sv'
    if (token === undefined) {
      void sendProblem(request, reply, 'invalid-fields', { faults: [{ pointer: '/token', code: 'required' }] })
      return
    }
    const calendar = typeof token === 'string' && token.length <= 200 ? await application.queries.calendar(token, language) : undefined
    if (!calendar) {
      void sendProblem(request, reply, 'not-found')
      return
    }
    request.feed = calendar.feed
    const seconds = feedWait(calendar.feed)
    if (seconds > 0) {
      void sendProblem(request, reply, 'too-many-requests', { retryAfter: seconds })
      return
    }
    const writing = { now: application.clock.now(), language, origin: `${request.protocol}://${request.host}` } as const
    const tag = tagOf(calendar, writing)
    const modified = lastModified(calendar)
    reply.header('etag', tag).header('cache-control', 'private, no-cache')
    if (modified !== undefined) reply.header('last-modified', modified)
    if (isNamed(request.headers['if-none-match'], tag)) await reply.code(304).send()
    else await reply.code(200).header('content-type', calendarType).header('content-disposition', 'inline; filename="vaka.ics"').send(iCalendar(calendar, writing))
  }
  @Get('ivo-notifications')
  ivoTrails(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.ivoTrails, request, reply)
  }
  @Get('ivo-notifications/:id')
  ivoTrail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.ivoTrail, request, reply)
  }
  @Get('mails')
  mails(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.mails, request, reply)
  }
  @Get('webhooks')
  webhooks(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.webhooks, request, reply)
  }
  @Get('measures')
  measures(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.measures, request, reply)
  }
  @Get('statistics')
  statistics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.statistics, request, reply)
  }
  @Get('me')
  me(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.me, request, reply)
  }
  @Get('projections')
  projections(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.projections, request, reply)
  }
  @Get('projections/:name')
  projectionRows(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, reads.projectionRows, request, reply)
  }
  @Post('projections/:name/rebuild')
  rebuild(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return ask(this.edge, rebuild, request, reply)
  }
}
/** Built beside and swapped in; an order, but not to a case. */
const rebuild: ReadEntry = {
  path: '/v1/projections/{name}/rebuild',
  summary: { sv: 'Bygg om en projektion', en: 'Rebuild a projection' },
  parameters: {},
  answers: 'object',
  ask: ({ queries }, q, { params }) => queries.rebuild(q, params['name'] ?? ''),
}

const setClock = compile(SetClockBody)
const loadDemo = compile(LoadDemoBody)
const initOrganisation = compile(InitOrganisationBody)
/** Only in demo mode, and only for this machine: whoever can reach it may do all of it, without a token. */
@Controller('demo')
export class DemoController {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }

  @Post('clock')
  async clock(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { demo, clock } = this.edge.application
    const read = setClock(bodyOf(request), clock.now())
    if (!demo || !isLocal(request)) void sendProblem(request, reply, 'not-found')
    else if (read.kind === 'invalid') void sendProblem(request, reply, 'invalid-fields', { faults: read.faults })
    else if (read.body.now < clock.now()) void sendProblem(request, reply, 'invalid-fields', { faults: [{ pointer: '/now', code: 'not-forward' }] })
    else {
      await demo.setClock(read.body.now)
      void reply.code(200).send({ now: clock.now() })
    }
  }
  @Post('load')
  async load(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { demo, clock } = this.edge.application
    const read = loadDemo(bodyOf(request), clock.now())
    if (!demo || !isLocal(request)) void sendProblem(request, reply, 'not-found')
    else if (read.kind === 'invalid') void sendProblem(request, reply, 'invalid-fields', { faults: read.faults })
    else void sendDemo(request, reply, await demo.load())
  }
  @Post('organisation-init')
  async init(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { demo, clock } = this.edge.application
    const read = initOrganisation(bodyOf(request), clock.now())
    if (!demo || !isLocal(request)) void sendProblem(request, reply, 'not-found')
    else if (read.kind === 'invalid') void sendProblem(request, reply, 'invalid-fields', { faults: read.faults })
    else void sendDemo(request, reply, await demo.initOrganisation(read.body))
  }
}
/** The connection and the name that was asked for are this machine's: a page that rebinds its name to loopback is not. */
const isLocal = (request: FastifyRequest): boolean => {
  const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return isLoopback(address) && isLoopback(request.hostname)
}

@Controller()
export class SystemController {
  private readonly edge: Edge
  constructor(@Inject(EDGE) edge: Edge) {
    this.edge = edge
  }

  @Get('health/live')
  live(@Res() reply: FastifyReply): void {
    void reply.send({ status: 'live' })
  }
  @Get('health/ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { ready, details } = this.edge.stopping.begun.aborted ? { ready: false, details: { waitingFor: 'The server is stopping.' } } : await this.edge.application.ready()
    if (!ready) reply.code(503).header('retry-after', '1')
    void reply.send({ status: ready ? 'ready' : 'not-ready', ...details })
  }
  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    const text = await this.edge.metrics.exposition()
    void reply.header('content-type', this.edge.metrics.contentType).send(text)
  }
  @Get('problems/:code')
  problem(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const page = problemPage(param(request, 'code'))
    if (page === undefined) void sendProblem(request, reply, 'not-found')
    else void reply.header('content-type', 'text/html; charset=utf-8').header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'").send(page)
  }
}
