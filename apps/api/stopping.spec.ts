import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { stoppable, type StopOptions } from '#apps/api/stopping'
import Fastify, { type FastifyInstance } from 'fastify'

let fastify: FastifyInstance
let stop: (options?: StopOptions) => Promise<void>
let begun: AbortSignal
let ending: AbortSignal
let port: number
/** What was asked for and is answered when it is told to be. */
let held: Map<string, () => void>
let agent: Agent
beforeEach(async () => {
  agent = new Agent({ keepAlive: true })
  held = new Map()
  fastify = Fastify({ return503OnClosing: false })
  const stopping = stoppable(fastify)
  begun = stopping.begun
  ending = stopping.ending
  stop = (options = {}) => stopping.stop(options)
  fastify.get('/now', () => 'now')
  fastify.get<{ Params: { readonly name: string } }>('/held/:name', async ({ params: { name } }) => {
    await new Promise<void>((resolve) => held.set(name, resolve))
    return name
  })
  port = Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
})
afterEach(async () => {
  agent.destroy()
  await stop()
})
const ask = async (path: string): Promise<{ readonly status: number | undefined; readonly connection: string | undefined; readonly body: string }> => {
  const asked = request({ agent, port, path })
  asked.end()
  const [response]: IncomingMessage[] = await once(asked, 'response')
  if (!response) throw new Error('No answer')
  return { status: response.statusCode, connection: response.headers.connection, body: await text(response) }
}
const isHeld = async (...names: readonly string[]): Promise<void> => {
  while (!names.every((name) => held.has(name))) await new Promise(setImmediate)
}
/** A connection on which several requests are sent before the first is answered. */
const line = async (): Promise<{ readonly socket: Socket; send(path: string): void; readonly all: Promise<string> }> => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return { socket, send: (path) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`), all: text(socket) }
}
/** Each answer as what it said of the connection, and its body. */
const answersIn = (said: string): readonly string[] => said.split('HTTP/1.1 200 OK').slice(1).map((one) => `${/connection: (\S+)/i.exec(one)?.[1] ?? ''} ${one.split('\r\n\r\n')[1] ?? ''}`)

describe('a server that stops', () => {
  it('answers what is under way, and does not wait for a connection that the client would keep', async () => {
    const answer = ask('/held/a')
    await isHeld('a')
    const stopped = stop()
    held.get('a')?.()
    expect(await answer).toEqual({ status: 200, connection: 'close', body: 'a' })
    await stopped
  })
  it('answers what comes within the grace, each connection once', async () => {
    expect(await ask('/now')).toMatchObject({ connection: 'keep-alive' })
    const began = performance.now()
    let ended = 0
    ending.addEventListener('abort', () => {
      ended = performance.now() - began
    })
    const stopped = stop({ graceMs: 300 })
    while (await ask('/now').then(({ status, connection }) => status === 200 && connection === 'close', () => false));
    expect(ended).toBeGreaterThan(290)
    await expect(ask('/now')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await stopped
  })
  it('answers the first request of a connection that was made just before', async () => {
    const { send, all } = await line()
    while ((await connections()) === 0) await new Promise(setImmediate)
    const stopped = stop()
    while (fastify.server.listening) await new Promise(setImmediate)
    send('/now')
    expect(answersIn(await all)).toEqual(['close now'])
    await stopped
  })
  it('says of the last of several answers on a connection that it is the last, and reads nothing after it', async () => {
    const { send, all } = await line()
    send('/held/a')
    send('/held/b')
    await isHeld('a', 'b')
    const stopped = stop()
    held.get('b')?.()
    // It waits for the one before it, and what is sent now can have no answer.
    send('/held/c')
    send('/held/c')
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    held.get('a')?.()
    expect(answersIn(await all)).toEqual(['keep-alive a', 'close b'])
    expect(held.has('c')).toBe(false)
    await stopped
  })
  it('does not wait for ever for who never answers', async () => {
    const lost = ask('/held/a')
    await isHeld('a')
    const stopped = stop({ patienceMs: 50 })
    await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' })
    await stopped
    held.get('a')?.()
  })
  it('says when it has begun', () => {
    expect(begun.aborted).toBe(false)
    void stop()
    expect(begun.aborted).toBe(true)
  })
})
const connections = (): Promise<number> => new Promise((resolve, reject) => {
  fastify.server.getConnections((error, count) => {
    if (error) reject(error)
    else resolve(count)
  })
})
