import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { draft } from '#libs/contracts/event-samples'
import { connect, type Proposed, type Server } from '#libs/event-store-eventstoredb/client'
import { openEventStore } from '#libs/event-store-eventstoredb/store'
import { proxyTo, type Proxy } from '#libs/contracts/proxy'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'

const proposed = (text = '{}'): Proposed => ({ id: crypto.randomUUID(), type: 'sample-noted', text })
const users = [
  ['without a user', (url: string) => url],
  ['with one', (url: string) => url.replace('://', '://admin:change%40it@')],
] as const

let server: StandIn
let proxy: Proxy | undefined
let client: Server | undefined
beforeEach(async () => {
  server = await standIn({ maxAppendSize: 2_000_000 })
})
afterEach(async () => {
  await client?.close()
  await proxy?.close()
  await server.close()
  proxy = undefined
  client = undefined
})

describe.each(users)('the client %s', (_, urlOf) => {
  beforeEach(() => {
    client = connect(urlOf(server.url), 5000)
  })

  it('names the expected revision and asks for the leader with every append, each a call of its own', async () => {
    await client?.append('a', 'none', [proposed(), proposed()])
    await client?.append('a', 1, [proposed()])
    expect(server.appends).toEqual(['none', '1'].map((expected) => ({ path: 'append', expected, requiresLeader: true })))
  })
  it('tells what a stream has when it is not what was expected, also that there is none', async () => {
    expect(await client?.append('a', 4, [proposed()])).toEqual({ outcome: 'conflict', actual: 'none' })
    await client?.append('a', 'none', [proposed(), proposed(), proposed()])
    expect(await client?.append('a', 0, [proposed()])).toEqual({ outcome: 'conflict', actual: 2 })
    expect(server.log.stream('a')).toHaveLength(3)
  })
  it('says where the last event stands, of one and of several', async () => {
    for (const [expected, count] of [['none', 1], [0, 3]] as const) {
      const answer = await client?.append('a', expected, Array.from({ length: count }, () => proposed()))
      const position = BigInt(server.log.stream('a').at(-1)?.position ?? -1)
      expect(answer).toEqual({ outcome: 'appended', place: { commit: position, prepare: position } })
    }
  })
  it('tells an append that is too large from one whose outcome is unknown', async () => {
    await expect(client?.append('a', 'none', [proposed('x'.repeat(2_000_001))])).rejects.toMatchObject({ code: 'append-too-large', message: expect.stringContaining('2000000') })
    expect(server.log.stream('a')).toEqual([])
  })
  it('takes it for unknown when a node that leads no more refuses, and finds the leader by itself', async () => {
    const leader = await standIn({ log: server.log })
    server.follow(leader)
    await expect(client?.append('a', 'none', [proposed()])).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(await client?.append('a', 'none', [proposed()])).toMatchObject({ outcome: 'appended' })
    expect(leader.appends).toHaveLength(1)
    await client?.close()
    await leader.close()
  })
})

describe('a server that does not answer', () => {
  it('leaves the outcome unknown after a time', async () => {
    proxy = await proxyTo(server.url)
    client = connect(proxy.url, 1500)
    expect(await client.append('a', 'none', [proposed()])).toMatchObject({ outcome: 'appended' })
    proxy.hold('to-client')
    await expect(client.append('a', 0, [proposed()])).rejects.toMatchObject({ code: 'outcome-unknown' })
    await server.log.until(() => server.log.stream('a').length === 2)
  })
})

describe('the client', () => {
  it('is not asked to write what JSON cannot hold: it would never answer', async () => {
    const store = await openEventStore({ url: server.url, clock: systemClock })
    await expect(store.append('case-1', 'none', [draft(0, { amount: 1n })])).rejects.toMatchObject({ code: 'unstorable-value' })
    expect(server.appends).toEqual([])
    await store.close()
  })
  it('leaves no read open whose reader stops half way, and can be closed after it', async () => {
    client = connect(server.url, 5000)
    await client.append('a', 'none', Array.from({ length: 500 }, () => proposed('x'.repeat(2000))))
    for (const read of [client.readStream('a', 'start', 'forwards'), client.readAll('end', 'backwards', 400)])
      for await (const event of read) if (event.revision >= 0) break
    await client.close()
    await served(() => server.open.reads === 0)
    expect(server.open).toEqual({ reads: 0, subscriptions: 0 })
  })
  // 40: more than the client hands on, fewer than it takes in.
  it.each([3, 40, 100])('leaves nothing unread of the %i events that the server has long sent, or closing would wait for them for ever', async (count) => {
    client = connect(server.url, 5000)
    await client.append('a', 'none', Array.from({ length: count }, () => proposed()))
    for await (const { revision } of client.readStream('a', 'start', 'forwards')) {
      await served(() => server.open.reads === 0)
      for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
      if (revision === 0) break
    }
    await client.close()
  })
  it('does not take a slow reader for a server that is silent', async () => {
    client = connect(server.url, 500)
    await client.append('a', 'none', Array.from({ length: 60 }, () => proposed()))
    let read = 0
    for await (const { revision } of client.readStream('a', 'start', 'forwards')) {
      const until = Date.now() + (revision === 1 ? 800 : 0)
      await served(() => Date.now() >= until)
      read++
    }
    expect(read).toBe(60)
  })
  it('closes while it follows and reads, and ends both', async () => {
    client = connect(server.url, 5000)
    await client.append('a', 'none', [proposed(), proposed()])
    const seen: unknown[] = []
    const follow = async (): Promise<void> => {
      for await (const item of client?.follow('a', 'start', new AbortController().signal) ?? []) {
        seen.push(item)
        if (item === 'caught-up') void client?.close()
      }
    }
    await expect(follow()).rejects.toMatchObject({ code: 'closed' })
    expect(seen).toHaveLength(3)
  })
  it('reads a stream that is not there as empty, and tells when it may not read', async () => {
    const denying = await standIn({ isDenied: true })
    client = connect(denying.url, 5000)
    for await (const event of client.readStream('a', 'start', 'forwards')) throw new Error(`There is ${event.text}`)
    await expect(openEventStore({ url: denying.url, clock: systemClock })).rejects.toMatchObject({ code: 'access-denied' })
    await denying.close()
  })
  it('gives what was written as it was written, and what others wrote as it is read', async () => {
    client = connect(server.url, 5000)
    const text = '{"å":1, "10":2,"9":3}'
    await client.append('a', 'none', [proposed(text)])
    server.log.put('b', '{"10":2,  "9":3}')
    const texts: string[] = []
    for (const stream of ['a', 'b']) for await (const event of client.readStream(stream, 'start', 'forwards')) texts.push(event.text)
    expect(texts).toEqual([text, '{"9":3,"10":2}'])
  })
  it('finds the leader of a cluster, and another node when that is gone', async () => {
    const other = await standIn({ log: server.log })
    const members = { leader: server.port, followers: [other.port] }
    const gossiping = await Promise.all([0, 1].map(() => standIn({ log: server.log, members: () => members })))
    client = connect(`esdb://${gossiping.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false&discoveryInterval=10`, 5000)
    expect(await client.append('a', 'none', [proposed()])).toMatchObject({ outcome: 'appended' })
    expect(server.appends).toHaveLength(1)
    Object.assign(members, { leader: other.port, followers: [] })
    await server.close()
    await expect(client.append('a', 0, [proposed()])).rejects.toMatchObject({ code: 'outcome-unknown' })
    expect(await client.append('a', 0, [proposed()])).toMatchObject({ outcome: 'appended' })
    expect(other.appends).toHaveLength(1)
    await client.close()
    await Promise.all([...gossiping, other].map((node) => node.close()))
  })
})

/** Waits turn by turn for what the stand-in will have noticed soon. */
const served = async (test: () => boolean): Promise<void> => {
  while (!test()) await new Promise((resolve) => setImmediate(resolve))
}
