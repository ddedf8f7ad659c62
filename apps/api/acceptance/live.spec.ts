import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { assess, degree, motivation, openTown, score, type Town } from '#apps/api/acceptance/town'
import { listenTo, type Heard, type Listener } from '#apps/api/testing/listener'
import { VirtualTimeScheduler } from 'rxjs'

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
/** Time that passes when a test says so. */
const scheduler = new VirtualTimeScheduler()
const pass = (ms: number): void => {
  scheduler.maxFrames = scheduler.frame + ms
  scheduler.flush()
}

let town: Town
let port: number
const open: Listener[] = []
beforeAll(async () => {
  town = await openTown({ streams: { scheduler, mostOfSubject: 3, mostInAll: 6 } })
  port = await town.listen()
})
afterAll(() => town.end())
const settled = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
afterEach(async () => {
  for (const listener of open.splice(0)) listener.leave()
  await settled(() => town.application.live.listeners() === 0)
})

const listen = async (login: string, path = `/v1/queues/${unit}/live`, headers: Readonly<Record<string, string>> = {}): Promise<Listener> => {
  const listener = await listenTo(port, path, { authorization: `Bearer ${await town.tokenOf(login)}`, ...headers })
  open.push(listener)
  return listener
}
/** A listener that hears what comes from now on. */
const ready = async (login: string, path?: string): Promise<Listener> => {
  const listener = await listen(login, path)
  expect((await listener.next()).event).toBe('ready')
  return listener
}
const told = ({ event, data }: Heard): string => [event, data['id'] ?? data['because'], data['phase'], data['nextStep']].filter((part) => part !== undefined).join(' ')
/** The rows of the list that the stream is about. */
const listed = async (login: string, id: string, view = 'open'): Promise<unknown> =>
  (await town.get(login, `/v1/queues/${unit}?view=${view}&limit=200`)).body.rows.find((row: { readonly id: string }) => row.id === id)
/** What came until a row of the probe, which is the last thing that can have come. */
const until = async (listener: Listener, id: string): Promise<readonly Heard[]> => {
  const heard: Heard[] = []
  for (;;) {
    const event = await listener.next()
    if (event.data['id'] === id) return heard
    heard.push(event)
  }
}
const reported = (more: Partial<Parameters<Town['reports']>[1]> = {}) => town.reports(worker, { unit, ...more })

describe('the queue as it changes', () => {
  it('tells of each row what the list would, and that it has gone', async () => {
    const listener = await ready(chef)
    expect([listener.status, listener.headers['content-type'], listener.headers['cache-control'], listener.headers['x-accel-buffering']]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store', 'no'])
    const id = await reported()
    const came = await listener.next()
    expect([came.event, came.data]).toEqual(['row', await listed(chef, id)])
    expect(came.data).toMatchObject({ id, phase: 'reported', nextStep: 'assess' })
    await town.does(chef, id, 'assess', assess('not-a-deviation'))
    const changed = await listener.next()
    expect([changed.event, changed.data]).toEqual(['row', await listed(chef, id)])
    expect(changed.id > came.id).toBe(true)
    await town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation })
    expect(await listener.next()).toMatchObject({ event: 'gone', data: { id } })
    expect(await listed(chef, id)).toBeUndefined()
  })
})
