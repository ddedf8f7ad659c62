import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openTown, ordinary, type Town } from '#apps/api/acceptance/town'
import { listenTo } from '#apps/api/testing/listener'
import { readLog } from '#libs/event-store-sqlite/store'

let town: Town
let port: number
let authorization: string
const unit = 'missbruk'
beforeAll(async () => {
  town = await openTown()
  port = await town.listen()
  authorization = `Bearer ${await town.tokenOf('medarbetare-missbruk')}`
}, 60_000)
afterAll(() => town.end())

/** What came of one report: its status, or why the connection gave none and whether it had been used before. */
type Sent = { readonly status: number } | { readonly code: string; readonly reused: boolean }
const report = (agent: Agent): Promise<Sent> =>
  new Promise((resolve) => {
    const body = JSON.stringify({ ...ordinary, unit })
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request({ agent, port, path: '/v1/deviations', method: 'POST', headers }, (response) => {
      response.resume()
      response.on('end', () => { resolve({ status: response.statusCode ?? 0 }) })
    })
    asked.on('error', (thrown) => { resolve({ code: String(Reflect.get(thrown, 'code')), reused: asked.reusedSocket }) })
    asked.end(body)
  })

it('stops under load with an answer to everything that it has begun, and streams that end in good order', async () => {
  const listener = await listenTo(port, `/v1/queues/${unit}/live`, { authorization: `Bearer ${await town.tokenOf('chef-missbruk')}` })
  await listener.next()
  let stopped: Promise<void> | undefined
  let done = 0
  /** Reports one after the other on a connection that stays open, until there is nobody to report to. */
  const client = async (): Promise<Sent> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (;;) {
      const sent = await report(agent)
      if (!('status' in sent)) {
        agent.destroy()
        return sent
      }
      expect(sent).toEqual({ status: 201 })
      if (++done === 100) stopped = town.closeServer({ graceMs: 250 })
    }
  }
  const began = performance.now()
  const ends = await Promise.all(Array.from({ length: 16 }, client))
  await stopped
  expect(performance.now() - began).toBeLessThan(10_000)
  // Nobody is cut off who was being answered: what failed had not been read.
  for (const end of ends) expect(end).toMatchObject({ reused: false, code: expect.stringMatching(/^(ECONNREFUSED|ECONNRESET)$/) })
  expect(done).toBeGreaterThan(100)

  const heard = []
  for (let event = await listener.next(); heard.push(event) > 0 && event.event !== 'bye'; ) event = await listener.next()
  expect(heard.at(-1)).toMatchObject({ event: 'bye', data: { because: 'stopping' }, id: expect.stringMatching(/^\d+$/) })
  await listener.closed

  await town.close()
  const log = await readLog({ file: join(town.folder, 'events.db') })
  let reported = 0
  for await (const item of log.subscribe({ after: 'start', signal: new AbortController().signal })) {
    if (item === 'caught-up') break
    if ('type' in item && item.type === 'deviation-reported') reported++
  }
  await log.close()
  expect(reported).toBe(done)
}, 60_000)
