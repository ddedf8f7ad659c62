import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openConnections } from '#libs/postgres/connection'
import type { Connections, ConnectionOptions, Manner } from '#libs/postgres/connection'
import { startPostgres } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'

let server: TestServer
let url: string
let opened: Connections[] = []
beforeAll(async () => {
  server = await startPostgres()
  url = await server.schema()
})
afterEach(async () => {
  for (const connections of opened) await connections.close()
  opened = []
})
afterAll(() => server.stop())
const open = (more: Partial<ConnectionOptions> = {}, manner?: Manner): Connections => {
  const connections = openConnections({ url, ...more }, manner)
  opened.push(connections)
  return connections
}

describe('connections', () => {
  it('that are lost between two statements give a fault, and the next one works', async () => {
    const { run, transaction } = open()
    const lost = transaction(async (within) => {
      const [session] = await within<{ readonly pid: number }>('select pg_backend_pid() as pid')
      await server.run('select pg_terminate_backend($1, 5000)', [session?.pid])
      await within('select 1')
    })
    await expect(lost).rejects.toMatchObject({ code: 'unavailable' })
    expect(await run('select 1 as one')).toEqual([{ one: 1 }])
  })
  it('leave nothing of a transaction that fails', async () => {
    const { run, transaction } = open()
    await run('create table kept (n bigint)')
    await expect(
      transaction(async (within) => {
        await within('insert into kept values (1)')
        await within('select 1 / 0')
      }),
    ).rejects.toMatchObject({ code: '22012' })
    expect(await run('select * from kept')).toEqual([])
  })
  it('say with a code why there are none', async () => {
    const { port } = new URL(url)
    await expect(open({ url: url.replace(`:${port}/`, ':1/') }, { what: 'key vault' }).run('select 1')).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/^The key vault does not answer/) })
    await expect(open({ url: url.replace('only-here', 'another') }).run('select 1')).rejects.toMatchObject({ code: '28P01' })
    // This server has no certificate: an address that asks for TLS is not served without.
    await expect(open({ url: `${url}&sslmode=verify-full` }).run('select 1')).rejects.toThrow('does not support SSL')
  })
  it('are set as their store asks, and let go where a server takes no writes any more', async () => {
    const { run } = open({ connections: 1 }, { settings: { default_transaction_read_only: 'on' } })
    const session = async (): Promise<unknown> => (await run<{ readonly pid: number }>('select pg_backend_pid() as pid'))[0]?.pid
    const first = await session()
    await expect(run('create table none ()')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await session()).not.toBe(first)
  })
  it('are looked at once each, before anything else is asked on them', async () => {
    let begun = 0
    const { run } = open({ connections: 1 }, {
      begun: async (within) => {
        const [row] = await within<{ readonly n: number }>('select 1 as n')
        begun += row?.n ?? 0
        if (begun === 1) throw Object.assign(new Error('Not this one'), { code: 'unfit' })
      },
    })
    await expect(run('select 1')).rejects.toMatchObject({ code: 'unfit' })
    await run('select 1')
    await run('select 1')
    expect(begun).toBe(2)
  })
  it('do not wait for a statement for ever', async () => {
    const { run } = open({ statementMs: 50 })
    await expect(run('select pg_sleep(60)')).rejects.toMatchObject({ code: 'unavailable' })
  })
  it('read integers as numbers, to the last safe one', async () => {
    const [row] = await open().run('select $1::bigint as most, $2::bigint as least', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    expect(row).toEqual({ most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER })
  })
})
