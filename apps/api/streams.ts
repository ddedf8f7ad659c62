import { setImmediate as turn } from 'node:timers/promises'
import { places } from '#apps/api/limits'
import { sendProblem } from '#apps/api/problem'
import type { Feed, LiveEvent } from '#apps/application/live/feed'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { asyncScheduler, interval, ReplaySubject, Subscription, timer, type SchedulerLike } from 'rxjs'

export interface StreamOptions {
  /** How often a stream that is silent shows that it lives, ms. */
  readonly beatMs: number
  /** When a client that was cut off is to come back, ms. */
  readonly retryMs: number
  /** Streams of one subject, and in the process. */
  readonly mostOfSubject: number
  readonly mostInAll: number
  /** How long a client may take to read the end before the connection is cut, ms. */
  readonly lastReadMs: number
  readonly scheduler: SchedulerLike
  readonly nowMs: () => number
}
const usual: StreamOptions = { beatMs: 15_000, retryMs: 3_000, mostOfSubject: 20, mostInAll: 2_000, lastReadMs: 2_000, scheduler: asyncScheduler, nowMs: Date.now }
/** Longest that a timer of the runtime takes, ms. */
const longestTimer = 2 ** 31 - 1

interface StreamLog {
  readonly log: Logger
  /** Writes the line of a request that Fastify does not see the end of. */
  readonly logRequest: (request: FastifyRequest, reply: FastifyReply) => void
}

export interface Streams {
  /** Opens a stream where there is a place for one; whoever opens has answered when there is none to open. Settles when the stream is under way. */
  serve(request: FastifyRequest, reply: FastifyReply, open: () => Promise<{ readonly position: string; readonly feed: Feed } | undefined>): Promise<void>
  /** Streams that are open. */
  open(): number
  /** Tells every client that the server stops, and ends her stream; those that come later as well. */
  stop(): void
}

const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' }
const encoded = ({ event, id, data }: LiveEvent): string => `${id === '' ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** Streams of server-sent events (WHATWG HTML §9.2) over connections that Fastify has handed out. */
export const createStreams = (options: Partial<StreamOptions> & StreamLog): Streams => {
  const { log, logRequest, beatMs, retryMs, mostOfSubject, mostInAll, lastReadMs, scheduler, nowMs } = { ...usual, ...options }
  const seats = places(mostOfSubject, mostInAll)
  const stopping = new ReplaySubject<undefined>(1)

  const serve: Streams['serve'] = async (request, reply, open) => {
    const { login } = request
    const full = seats.take(login)
    if (full !== undefined) {
      void sendProblem(request, reply, full === 'subject' ? 'too-many-requests' : 'unavailable', { retryAfter: full === 'subject' ? 30 : 5 })
      return
    }
    let isUnderWay = false
    try {
      const opened = await open()
      if (!opened) return
      // Nothing on the way may keep it or hold it back; the connection is the stream's alone.
      for (const [name, value] of Object.entries({ ...headers, 'vaka-position': opened.position })) reply.header(name, value)
      if (request.method === 'HEAD' || reply.raw.destroyed) {
        opened.feed.close()
        await reply.send()
        return
      }
      isUnderWay = true
      run(request, reply, opened.feed, () => {
        seats.free(login)
      })
    } finally {
      if (!isUnderWay) seats.free(login)
    }
  }

  const run = (request: FastifyRequest, reply: FastifyReply, feed: Feed, free: () => void): void => {
    reply.hijack()
    const { raw } = reply
    let sent = ''
    /** Set while the client does not take what was written. */
    let drained: PromiseWithResolvers<undefined> | undefined
    const write = (text: string): void => {
      if (!raw.write(text)) drained ??= Promise.withResolvers()
    }
    const flowing = (): void => {
      drained?.resolve(undefined)
      drained = undefined
    }
    const finish = (event: LiveEvent): void => {
      if (request.ended !== undefined) return
      request.ended = typeof event.data['because'] === 'string' ? event.data['because'] : event.event
      feed.close()
      raw.end(encoded(event))
      // A client that reads nothing would hold the connection, and the stop of the server, for ever.
      ends.add(timer(lastReadMs, scheduler).subscribe(() => raw.destroy()))
    }
    const bye = (because: string) => () => {
      finish({ event: 'bye', id: feed.position(), data: { because } })
    }
    const ends = new Subscription()
    ends.add(timer(Math.min(Math.max(request.loginUntil - nowMs(), 0), longestTimer), scheduler).subscribe(bye('token-expired')))
    raw.on('drain', flowing)
    raw.once('close', () => {
      request.ended ??= 'client-left'
      if (!raw.writableFinished) logRequest(request, reply)
      ends.unsubscribe()
      feed.close()
      flowing()
      free()
    })

    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
    raw.writeHead(200)
    write(`retry: ${retryMs}\n\n`)
    ends.add(stopping.subscribe(bye('stopping')))
    ends.add(
      interval(beatMs, scheduler).subscribe(() => {
        void feed.check()
        // What lies unread tells the client as much when she reads it.
        if (drained || request.ended !== undefined) return
        const position = feed.position()
        write(position === sent || position === '' ? ':\n\n' : `:\nid: ${position}\n\n`)
        sent = position
      }),
    )
    void feed.ended.then(finish)

    const pump = async (): Promise<void> => {
      for (;;) {
        const events = await feed.next()
        if (!events || request.ended !== undefined) return
        write(events.map(encoded).join(''))
        sent = events.at(-1)?.id ?? sent
        if (drained) await drained.promise
        // Others have their turn between two portions.
        else await turn()
      }
    }
    pump().catch((thrown: unknown) => {
      const code = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : undefined
      log.error({ requestId: request.id, ...(typeof code === 'string' && { code }) }, 'stream fault')
      finish({ event: 'reset', id: feed.position(), data: { because: 'interrupted' } })
    })
  }

  return {
    serve,
    open: seats.taken,
    stop: () => {
      stopping.next(undefined)
    },
  }
}
