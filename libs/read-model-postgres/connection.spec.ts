import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { openConnections } from '#libs/read-model-postgres/connection'
import type { Connections, ConnectionOptions } from '#libs/read-model-postgres/connection'
import { startPostgres } from '#libs/read-model-postgres/testing/server'
import type { TestServer } from '#libs/read-model-postgres/testing/server'

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
const open = (more: Partial<ConnectionOptions> = {}): Connections => {
  const connections = openConnections({ url, ...more })
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
    await expect(open({ url: url.replace(`:${port}/`, ':1/') }).run('select 1')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(open({ url: url.replace('only-here', 'another') }).run('select 1')).rejects.toMatchObject({ code: '28P01' })
    // This server has no certificate: an address that asks for TLS is not served without.
    await expect(open({ url: `${url}&sslmode=verify-full` }).run('select 1')).rejects.toThrow('does not support SSL')
  })
  it('do not wait for a statement for ever', async () => {
    const { run } = open({ statementMs: 50 })
    await expect(run('select pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
  })
  it('read integers as numbers, to the last safe one', async () => {
    const [row] = await open().run('select $1::bigint as most, $2::bigint as least', [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    expect(row).toEqual({ most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER })
  })
})
