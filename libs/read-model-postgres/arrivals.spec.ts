import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { arrivals } from '#libs/read-model-postgres/arrivals'
import type { Arrivals } from '#libs/read-model-postgres/arrivals'
import { clientConfig } from '#libs/postgres/connection'
import { startPostgres, until } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'

let server: TestServer
let position: string
let looked: number
let waiting: Arrivals
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  position = '1'
  looked = 0
  waiting = arrivals({ config: clientConfig({ url: await server.schema() }), channel: 'vaka test', positions: async () => new Map(++looked > 0 ? [['cases', position], ['others', '1']] : []) })
})
afterEach(() => waiting.close())

/** The process of the server that listens, once it does. */
const listener = async (other?: unknown): Promise<unknown> =>
  until(async () => {
    const [found] = await server.run("select pid from pg_stat_activity where application_name = 'vaka listener' and state = 'idle' and query = 'select'")
    return found && found['pid'] !== other ? found['pid'] : undefined
  })

describe('who waits for a position', () => {
  it('hears of it', async () => {
    const arrived = waiting.reached('cases', '2', 60_000)
    await listener()
    await server.run(`notify "vaka test", 'others 3'`)
    await server.run(`notify "vaka test", 'cases 2'`)
    // Nothing but the notification says so.
    expect(await arrived).toBe(true)
  })
  it('hears of it on the next connection when one is lost', async () => {
    const arrived = waiting.reached('cases', '2', 60_000)
    const first = await listener()
    await server.run('select pg_terminate_backend($1)', [first])
    await listener(first)
    await server.run(`notify "vaka test", 'cases 2'`)
    expect(await arrived).toBe(true)
  })
  it('looks with all others of the same turn', async () => {
    const isThere = [...Array.from({ length: 20 }, () => waiting.reached('cases', '1', 60_000)), waiting.reached('others', '1', 0)]
    expect(await waiting.position('others')).toBe('1')
    expect(await Promise.all(isThere)).toEqual(isThere.map(() => true))
    expect(looked).toBe(1)
  })
  it('finds it at the next look when nothing was said', async () => {
    const arrived = waiting.reached('cases', '2', 60_000)
    await listener()
    position = '2'
    expect(await arrived).toBe(true)
  })
})
