import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { proxyTo } from '#libs/contracts/proxy'
import { openLeases } from '#libs/read-model-postgres/lease'
import type { Leases } from '#libs/read-model-postgres/lease'
import { startPostgres } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'

const silenceMs = 1500

let server: TestServer
let url: string
let opened: Leases[]
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())
beforeEach(async () => {
  url = await server.schema()
  opened = []
})
afterEach(async () => {
  for (const leases of opened) await leases.close()
})
/** The leases of one process. */
const open = (at = url): Leases => {
  const leases = openLeases({ url: at, silenceMs })
  opened.push(leases)
  return leases
}
const holders = async (): Promise<number> => Number((await server.run("select count(*) from pg_locks where locktype = 'advisory' and granted"))[0]?.['count'])

describe('a lease', () => {
  it('is held by one of those who race for it, and released goes to the next', async () => {
    const order: string[] = []
    await Promise.all(
      ['a', 'b', 'c'].map(async (who) => {
        const lease = await open().take('queue')
        expect(await holders()).toBe(1)
        order.push(who)
        await lease.release()
        await lease.release()
      }),
    )
    expect(order.toSorted()).toEqual(['a', 'b', 'c'])
  })
  it('is for one projection, and one holder within a process as well', async () => {
    const [one, other] = [open(), open()]
    const queue = await one.take('queue')
    const measures = await other.take('measures')
    let isTaken = false
    const again = one.take('queue').then((lease) => {
      isTaken = true
      return lease
    })
    // Both are tried together.
    const third = await one.take('routines')
    expect(isTaken).toBe(false)
    await queue.release()
    expect((await again).lost.aborted).toBe(false)
    expect(await holders()).toBe(3)
    await measures.release()
    await third.release()
    expect(await holders()).toBe(1)
  })
  it('is lost with its connection, and another gets it', async () => {
    const [one, other] = [open(), open()]
    const lease = await one.take('queue')
    const next = other.take('queue')
    const lost = once(lease.lost, 'abort')
    await server.run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted")
    await lost
    expect((await next).lost.aborted).toBe(false)
    await lease.release()
    expect(await holders()).toBe(1)
    // Whoever lost it stands in line again.
    const back = one.take('queue')
    await (await next).release()
    expect((await back).lost.aborted).toBe(false)
  })
  it('on a line that has gone dead is given up by its holder first, then by the server', async () => {
    const line = await proxyTo(url)
    const lease = await open(line.url).take('queue')
    const order: string[] = []
    lease.lost.addEventListener('abort', () => order.push('lost'))
    line.hold('to-server', 'to-client')
    const next = await open().take('queue')
    order.push('taken')
    expect(order).toEqual(['lost', 'taken'])
    expect(next.lost.aborted).toBe(false)
    await line.close()
  })
  it('is had again within seconds when the server has started again, by whoever comes first, and once', async () => {
    const [one, other] = [open(), open()]
    const lease = await one.take('queue')
    const waits = other.take('queue')
    const lost = once(lease.lost, 'abort')
    await server.crash()
    await lost
    const again = one.take('queue')
    await server.start()
    const back = performance.now()
    const first = await Promise.race([waits, again])
    expect(performance.now() - back).toBeLessThan(3000)
    expect(await holders()).toBe(1)
    await first.release()
    await Promise.all([waits, again])
  })
  it('goes to another when its holder closes', async () => {
    const [one, other] = [open(), open()]
    const lease = await one.take('queue')
    const next = other.take('queue')
    await one.close()
    expect(lease.lost.aborted).toBe(true)
    await next
    await expect(one.take('queue')).rejects.toMatchObject({ code: 'closed' })
  })
  it('is no longer waited for when the signal aborts, or the leases are closed', async () => {
    const [one, other] = [open(), open()]
    await one.take('queue')
    const stop = new AbortController()
    const waits = [other.take('queue', stop.signal), other.take('queue')]
    stop.abort(new Error('stopped'))
    await expect(waits[0]).rejects.toThrow('stopped')
    await expect(other.take('queue', stop.signal)).rejects.toThrow('stopped')
    const closing = other.close()
    await expect(waits[1]).rejects.toMatchObject({ code: 'closed' })
    await closing
  })
})
