import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { mayCall } from '#libs/webhook/address'
import { webhookPost } from '#libs/webhook/post'
import { readSecret, signed } from '#libs/webhook/sign'

const never = new AbortController().signal

describe('an address', () => {
  it.each([
    '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::a00:1', '2002:a00:1::', 'ff02::1',
  ])('%s is inside', (address) => {
    expect([mayCall(address, 'public'), mayCall(address, 'public-and-loopback'), mayCall(address, 'any')]).toEqual([false, false, true])
  })
  it.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s is this machine', (address) => {
    expect([mayCall(address, 'public'), mayCall(address, 'public-and-loopback'), mayCall(address, 'any')]).toEqual([false, true, true])
  })
  it.each(['8.8.8.8', '193.10.0.1', '172.32.0.1', '2a00:1450::1', '::ffff:8.8.8.8'])('%s is on the internet', (address) => {
    expect(mayCall(address, 'public')).toBe(true)
  })
  it('is an address', () => {
    for (const other of ['', 'localhost', '0x7f.1', '127.1']) expect(mayCall(other, 'any')).toBe(false)
  })
})

describe('a call', () => {
  const serving = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer(answer)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = Number(Reflect.get(Object(server.address()), 'port'))
    return { port, close: () => new Promise<void>((resolve) => { server.closeAllConnections(); server.close(() => resolve()) }) }
  }
  it('goes where a name leads only if that may be called', async () => {
    let calls = 0
    const { port, close } = await serving((_request, reply) => {
      calls++
      reply.end()
    })
    for (const host of ['localhost', '127.0.0.1']) {
      const url = `http://${host}:${port}/`
      expect(await webhookPost(url, {}, '{}', never, { reach: 'public' })).toEqual({ failed: 'forbidden-address' })
      expect(await webhookPost(url, {}, '{}', never, { reach: 'public-and-loopback' })).toEqual({ status: 200 })
    }
    expect(calls).toBe(2)
    expect(await webhookPost('http://[::ffff:127.0.0.1]:1/', {}, '{}', never, { reach: 'public' })).toEqual({ failed: 'forbidden-address' })
    expect(await webhookPost(`http://localhost:${port}/`, {}, '{}', AbortSignal.abort(), { reach: 'any' })).toEqual({ failed: 'ABORT_ERR' })
    await close()
    expect(await webhookPost(`http://127.0.0.1:${port}/`, {}, '{}', never, { reach: 'any' })).toEqual({ failed: 'ECONNREFUSED' })
  })
  it('ends in time, and reads no endless answer', async () => {
    const silent = await serving(() => undefined)
    expect(await webhookPost(`http://127.0.0.1:${silent.port}/`, {}, '{}', never, { reach: 'any', withinMs: 50 })).toEqual({ failed: 'timeout' })
    await silent.close()
    const cut = Promise.withResolvers<undefined>()
    const endless = await serving((_request, reply) => {
      reply.on('close', () => cut.resolve(undefined))
      const pour = (): void => {
        while (!reply.destroyed && reply.write('x'.repeat(16_384)));
        if (!reply.destroyed) reply.once('drain', pour)
      }
      pour()
    })
    expect(await webhookPost(`http://127.0.0.1:${endless.port}/`, {}, '{}', never, { reach: 'any', withinMs: 60_000 })).toEqual({ status: 200 })
    await cut.promise
    await endless.close()
  })
})

describe('a secret', () => {
  it('is 32 bytes or more in base64', () => {
    const bytes = Buffer.alloc(32, 7)
    expect([readSecret(bytes.toString('base64')), readSecret(`whsec_${bytes.toString('base64')}`)]).toEqual([bytes, bytes])
    for (const bad of ['', 'whsec_', Buffer.alloc(24).toString('base64'), Buffer.alloc(65).toString('base64'), `${bytes.toString('base64')}!`]) expect(readSecret(bad)).toBeUndefined()
  })
  it('signs id, time and body', () => {
    const headers = signed(Buffer.alloc(32), 'id', 1_614_265_330_999, '{"test": 2432232314}')
    expect(headers).toEqual({ 'webhook-id': 'id', 'webhook-timestamp': '1614265330', 'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) })
  })
})
