import { isUtf8 } from 'node:buffer'
import { DemoController, DeviationsController, OrganisationController, PolicyController, QuestionsController, RoutinesController, SystemController } from '#apps/api/controllers'
import { DeviationHandler, EDGE, OrganisationHandler, PolicyHandler, ReassignHandler, RoutineHandler, type Edge } from '#apps/api/commands'
import type { Application } from '#apps/api/application'
import { admission, rateLimit } from '#apps/api/limits'
import { traceOf } from '#apps/api/headers'
import { createMetrics } from '#apps/api/metrics'
import { openApi } from '#apps/api/openapi'
import { problemOf, property, sendProblem } from '#apps/api/problem'
import { stoppable, type StopOptions } from '#apps/api/stopping'
import { createStreams, type StreamOptions } from '#apps/api/streams'
import type { Authenticator, Verified } from '#apps/api/tokens'
import { problems } from '#libs/catalogue/problems'
import { uuidv7 } from '#libs/kernel/ids'
import { Catch, Module, type ArgumentsHost, type DynamicModule, type ExceptionFilter } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { CqrsModule } from '@nestjs/cqrs'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

/** Longest that a request may take to arrive, ms. */
const slowestRequest = 30_000
/** Largest body, bytes. */
const largestBody = 64 * 1024

export interface ServerOptions {
  readonly application: Application
  readonly authenticate: Authenticator
  /** Requests a second for each subject. */
  readonly rateLimit: number
  /** Commands under way at once; 1,000 unless said otherwise. */
  readonly mostUnderWay?: number
  readonly log: Logger
  /** Of streams of server-sent events, where they are not the usual. */
  readonly streams?: Partial<StreamOptions>
}
export interface Server {
  readonly fastify: FastifyInstance
  /** Listens and answers the port that it got. */
  listen(port: number, host: string): Promise<number>
  /** Finishes what is under way, and what comes before it has stopped. */
  close(options?: StopOptions): Promise<void>
}

@Module({})
class EdgeModule {
  static of(edge: Edge): DynamicModule {
    return {
      module: EdgeModule,
      imports: [CqrsModule.forRoot()],
      controllers: [DeviationsController, OrganisationController, PolicyController, RoutinesController, QuestionsController, SystemController, ...(edge.application.demo ? [DemoController] : [])],
      providers: [{ provide: EDGE, useValue: edge }, DeviationHandler, ReassignHandler, OrganisationHandler, PolicyHandler, RoutineHandler],
    }
  }
}

/** The HTTP edge over an application: Nest 12 on Fastify, ready to `inject` or to listen. */
export const createServer = async ({ application, authenticate, rateLimit: perSecond, mostUnderWay = 1_000, log, streams: streamOptions = {} }: ServerOptions): Promise<Server> => {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: largestBody,
    genReqId: requestIds(),
    requestTimeout: slowestRequest,
    return503OnClosing: false,
    skipMiddie: true,
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      void sendProblem(request, reply, problemOf(error) === 'not-found' ? 'not-found' : 'malformed-request')
    },
  })
  const fastify = adapter.getInstance()
  const routes = routeTable(fastify)
  acceptJsonOnly(fastify)
  const { begun, ending, stop } = stoppable(fastify)
  guard(fastify, authenticate, perSecond)
  const logRequest = logRequests(fastify, log)

  const streams = createStreams({ log, logRequest, ...streamOptions })
  const edge: Edge = { application, metrics: createMetrics(application, streams.open), log, underWay: admission(mostUnderWay), streams, feedWait: rateLimit(perSecond), stopping: { begun, ending } }
  const app = await NestFactory.create<NestFastifyApplication>(EdgeModule.of(edge), adapter, { logger: false, bodyParser: false, abortOnError: false })
  app.useGlobalFilters(new ProblemFilter(log, routes))
  SwaggerModule.setup('docs', app, () => openApi() as unknown as OpenAPIObject, { jsonDocumentUrl: 'docs/openapi.json', raw: ['json'], customSiteTitle: 'Vaka API' })
  await app.init()
  await fastify.ready()
  return {
    fastify,
    listen: async (port, host) => {
      await app.listen(port, host)
      const address: unknown = fastify.server.address()
      return Number(property(address, 'port'))
    },
    close: async (options = {}) => {
      // They would hold the connections open for as long as their tokens live.
      streams.stop()
      await stop(options)
      await app.close()
    },
  }
}

/** Ids of requests: random for the process, then counted, which is all that one needs to be told apart. */
const requestIds = (): (() => string) => {
  const process = uuidv7(Date.now())
  let count = 0
  return () => `${process}.${(++count).toString(36)}`
}

/** JSON in UTF-8 and nothing else; an empty body is none. Keys that reach for prototypes are refused. */
const acceptJsonOnly = (fastify: FastifyInstance): void => {
  const parse = fastify.getDefaultJsonParser('error', 'error')
  const malformed = (): Error => Object.assign(new Error('The body is not JSON'), { code: 'malformed-json', statusCode: 400 })
  fastify.removeAllContentTypeParsers()
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    if (bytes.length === 0) done(null, undefined)
    else if (!isUtf8(bytes)) done(malformed())
    else
      void parse(request, bytes.toString('utf8'), (error, body) => {
        if (error) done(malformed())
        else done(null, body)
      })
  })
}

/** Addresses that need no token; everything else does, and what matches no route at all is not found. */
const open = [/^\/health\//, /^\/metrics$/, /^\/docs(\/|$)/, /^\/problems\//, /^\/demo\//]
/** The one address whose secret stands in it: calendar programs send no header. */
const isCalendar = (pattern: string | undefined): boolean => pattern === '/v1/deadlines.ics'
const isOpen = (pattern: string | undefined): boolean => pattern === undefined || open.some((p) => p.test(pattern))

const guard = (fastify: FastifyInstance, authenticate: Authenticator, perSecond: number): void => {
  const wait = rateLimit(perSecond)
  fastify.decorateRequest('login', '')
  fastify.decorateRequest('loginUntil', 0)
  fastify.decorateRequest('ended', undefined)
  fastify.decorateRequest('feed', '')
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff')
    // The matched pattern, not the address: an encoded address matches the same route.
    if (isOpen(request.routeOptions.url)) {
      done()
      return
    }
    reply.header('cache-control', 'no-store')
    if (isCalendar(request.routeOptions.url)) {
      // Who guesses at tokens is slowed down by where she comes from; the feed itself is bounded once its token is verified.
      const seconds = wait(`address ${request.ip}`)
      if (seconds > 0) void sendProblem(request, reply, 'too-many-requests', { retryAfter: seconds })
      else done()
      return
    }
    const pass = (verified: Verified | undefined): void => {
      if (verified === undefined) {
        void sendProblem(request, reply, 'unauthenticated')
        return
      }
      const { login, until } = verified
      const seconds = wait(login)
      if (seconds > 0) {
        void sendProblem(request, reply, 'too-many-requests', { retryAfter: seconds })
        return
      }
      request.login = login
      request.loginUntil = until
      done()
    }
    const verified = authenticate(request.headers.authorization)
    if (verified && 'then' in verified) verified.then(pass, done)
    else pass(verified)
  })
}

/** One line for each request: no actor, no address with what it asks, no body, no header but the trace; of a calendar feed its id. */
const logRequests = (fastify: FastifyInstance, log: Logger): ((request: FastifyRequest, reply: FastifyReply) => void) => {
  const line = (request: FastifyRequest, reply: FastifyReply): void => {
    const level = isOpen(request.routeOptions.url) ? 'debug' : 'info'
    if (log.isLevelEnabled(level)) {
      const traceId = traceOf(request.headers.traceparent)
      log[level](
        {
          requestId: request.id,
          ...(traceId !== undefined && { traceId }),
          ...(request.feed !== '' && { feed: request.feed }),
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          ...(request.ended !== undefined && { ended: request.ended }),
        },
        'request',
      )
    }
  }
  fastify.addHook('onResponse', (request, reply, done) => {
    line(request, reply)
    done()
  })
  return line
}

type Routes = (path: string) => readonly string[]
/** Methods that some route has for a path, to tell 405 from 404. */
const routeTable = (fastify: FastifyInstance): Routes => {
  const table: { readonly methods: readonly string[]; readonly matches: RegExp }[] = []
  fastify.addHook('onRoute', ({ method, url }) => {
    const matches = new RegExp(`^${url.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:[^/]+/g, '[^/]+').replaceAll('*', '.*')}$`)
    table.push({ methods: typeof method === 'string' ? [method] : method, matches })
  })
  return (path) => [...new Set(table.filter(({ matches }) => matches.test(path)).flatMap(({ methods }) => methods))].sort()
}

/** Everything thrown ends here as a problem; a fault of ours is logged with its stack, without its words. */
@Catch()
class ProblemFilter implements ExceptionFilter {
  private readonly log: Logger
  private readonly routes: Routes
  constructor(log: Logger, routes: Routes) {
    this.log = log
    this.routes = routes
  }
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>()
    const reply = host.switchToHttp().getResponse<FastifyReply>()
    const code = problemOf(thrown)
    if (code === 'internal') this.log.error({ requestId: request.id, ...described(thrown) }, 'fault')
    if (reply.sent) return
    const allowed = code === 'not-found' && request.routeOptions.url === undefined ? this.routes(request.url.split('?')[0] ?? '') : []
    if (allowed.length > 0) void sendProblem(request, reply.header('allow', allowed.join(', ')), 'method-not-allowed')
    else void sendProblem(request, reply, code, problems[code].status === 503 ? { retryAfter: 5 } : {})
  }
}
/** Words of a fault may hold what a person wrote, so only its frames are told, and the words of faults that carry a code of their own. */
const described = (thrown: unknown): Readonly<Record<string, unknown>> => {
  const stack = property(thrown, 'stack')
  const code = property(thrown, 'code')
  return {
    name: property(thrown, 'name'),
    ...(typeof code === 'string' && { code, message: property(thrown, 'message') }),
    stack: typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)).join('\n') : undefined,
  }
}
