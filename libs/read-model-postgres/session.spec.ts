import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from '@jest/globals'
import { clientConfig } from '#libs/postgres/connection'
import { keepSession } from '#libs/read-model-postgres/session'

it('tries again within a second or so, however long the server is away', async () => {
  const tries: number[] = []
  const tried = Promise.withResolvers<undefined>()
  const server = createServer((socket) => {
    socket.destroy()
    if (tries.push(performance.now()) === 7) tried.resolve(undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = Number(Reflect.get(Object(server.address()), 'port'))
  const session = keepSession({ config: clientConfig({ url: `postgres://vaka:none@127.0.0.1:${port}/postgres` }), tick: () => Promise.resolve(), everyMs: 1000 })
  await tried.promise
  await session.close()
  server.close()
  const pauses = tries.slice(1).map((at, i) => at - (tries[i] ?? 0))
  expect(Math.max(...pauses)).toBeLessThan(2500)
})
