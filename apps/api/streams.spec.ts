import { afterEach, describe, expect, it } from '@jest/globals'
import type { Feed, LiveEnd, LiveEvent } from '#apps/application/live/feed'
import { createStreams, type StreamOptions, type Streams } from '#apps/api/streams'
import { listenTo } from '#apps/api/testing/listener'
import Fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { VirtualTimeScheduler } from 'rxjs'

let fastify: FastifyInstance
let streams: Streams
/** Most that lay in the process for the client, bytes. */
let most = 0
afterEach(() => fastify.close())
const serving = async (feed: Feed, options: Partial<StreamOptions> = {}): Promise<number> => {
  fastify = Fastify()
  const lines: string[] = []
  streams = createStreams({ log: pino({ write: (line: string) => void lines.push(line) }), logRequest: () => undefined, ...options })
  fastify.decorateRequest('login', 'chef')
  fastify.decorateRequest('loginUntil', Infinity)
  fastify.decorateRequest('ended', undefined)
  fastify.get('/live', (request, reply) => {
    const { raw } = reply
    const write = raw.write.bind(raw)
    raw.write = (text: string) => {
      const taken = write(text)
      most = Math.max(most, raw.writableLength)
      return taken
    }
    return streams.serve(request, reply, () => Promise.resolve({ position: '0', feed }))
  })
  return Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
}
const row = (n: number): LiveEvent => ({ event: 'row', id: String(n), data: { id: n, text: 'x'.repeat(50_000) } })
/** A feed that always has more, and tells how often it was asked. */
const endless = () => {
  const ended = Promise.withResolvers<LiveEnd>()
  let asked = 0
  let closed = false
  const feed: Feed = {
    next: () => Promise.resolve(closed ? undefined : [row(++asked)]),
    ended: ended.promise,
    position: () => String(asked),
    check: () => Promise.resolve(),
    close: () => {
      closed = true
    },
  }
  return { feed, end: ended.resolve, asked: () => asked, closed: () => closed }
}
/** Waits until a number no longer rises. */
const still = async (count: () => number): Promise<number> => {
  for (let [before, turns] = [-1, 0]; turns < 200; turns = count() === before ? turns + 1 : 0) {
    before = count()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return count()
}

describe('a client that does not read', () => {
  it('is asked no more for, and costs no more memory than one portion; when it reads, it goes on', async () => {
    most = 0
    const { feed, asked } = endless()
    const port = await serving(feed)
    const listener = await listenTo(port, '/live', {})
    await listener.next()
    listener.pause()
    const full = await still(asked)
    expect(full).toBeLessThan(2_000)
    expect(most).toBeLessThan(200_000)
    listener.resume()
    while (asked() <= full) await listener.next()
    listener.leave()
  })
  it('is cut off after the end, however little it reads', async () => {
    const { feed, end, asked, closed } = endless()
    const scheduler = new VirtualTimeScheduler()
    const port = await serving(feed, { scheduler, lastReadMs: 1_000 })
    const listener = await listenTo(port, '/live', {})
    await listener.next()
    listener.pause()
    await still(asked)
    end({ event: 'reset', id: '7', data: { because: 'too-many-changes' } })
    while (!closed()) await new Promise((resolve) => setImmediate(resolve))
    expect(streams.open()).toBe(1)
    scheduler.maxFrames = 1_000
    scheduler.flush()
    while (streams.open() > 0) await new Promise((resolve) => setImmediate(resolve))
    listener.leave()
  })
})
