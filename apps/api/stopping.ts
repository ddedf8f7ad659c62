import type { Socket } from 'node:net'
import { setTimeout as rest } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** How far a server that stops has got. */
export interface Stopping {
  /** Aborts when it begins to stop: it is not ready any more, and still answers everything. */
  readonly begun: AbortSignal
  /** Aborts when no new connection is taken: who waits for something waits no longer. */
  readonly ending: AbortSignal
}
export interface StopOptions {
  /** How long everything is answered still, each answer as the last one of its connection, ms: whoever sends requests here is to see that this is not ready, and turn away. */
  readonly graceMs?: number
  /** Longest that requests under way are waited for after it, ms; then their connections are cut. */
  readonly patienceMs?: number
}
/** The one way from listening to silence: what was read is answered, what cannot be answered any more is not read. */
export const stoppable = (fastify: FastifyInstance): Stopping & { stop(options: StopOptions): Promise<void> } => {
  const [begun, ending] = [new AbortController(), new AbortController()]
  /** The request that came last on a connection: only its answer may end it. */
  const latest = new WeakMap<Socket, string>()
  const ended = new WeakSet<Socket>()
  fastify.addHook('onRequest', (request, reply, done) => {
    const { socket } = request.raw
    // It came after an answer that said to be the last, so nobody could be told what became of it.
    if (ended.has(socket)) {
      reply.hijack()
      return
    }
    latest.set(socket, request.id)
    done()
  })
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    const { socket } = request.raw
    if (begun.signal.aborted && latest.get(socket) === request.id) {
      ended.add(socket)
      reply.header('connection', 'close')
    }
    done()
  })
  return {
    begun: begun.signal,
    ending: ending.signal,
    stop: async ({ graceMs = 0, patienceMs = 4_000 }) => {
      begun.abort()
      const { server } = fastify
      if (server.listening) await rest(graceMs)
      ending.abort()
      // A connection that was just made may still bring what it was made for.
      const cut = setTimeout(() => {
        server.closeAllConnections()
      }, patienceMs)
      await fastify.close()
      clearTimeout(cut)
    },
  }
}
