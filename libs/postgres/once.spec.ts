import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openConnections } from '#libs/postgres/connection'
import { foundOrMade } from '#libs/postgres/once'
import { startPostgres, until } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

it('has one make what several miss, whatever isolation is usual there', async () => {
  const connections = openConnections({ url: await server.schema() }, { settings: { default_transaction_isolation: 'serializable' } })
  const { run } = connections
  await run('create table thing (name text)')
  let made = 0
  const open = (): Promise<string> =>
    foundOrMade(
      connections,
      async (ask) => (await ask<{ readonly name: string }>('select name from thing'))[0]?.name,
      async (ask) => {
        const name = `made ${++made}`
        // The others are in line, each with what it saw before.
        await until(async () => ((await server.run("select from pg_stat_activity where wait_event = 'advisory'")).length === 2 ? true : undefined))
        await ask('insert into thing values ($1)', [name])
        return name
      },
    )
  expect(await Promise.all([open(), open(), open()])).toEqual(['made 1', 'made 1', 'made 1'])
  await connections.close()
})
