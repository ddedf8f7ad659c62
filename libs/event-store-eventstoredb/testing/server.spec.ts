import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connect, type Followed, type Place, type Placed, type Proposed, type Served, type Server } from '#libs/event-store-eventstoredb/client'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'

const real = process.env['EVENTSTORE_URL']
const withCredentials = (url: string): string => url.replace(/:\/\/(?!.*@)/, '://admin:changeit@')
const servers: [name: string, url: string | undefined, urlOf: (url: string) => string][] = [
  ['the stand-in', undefined, (url) => url],
  ['the stand-in, with credentials', undefined, withCredentials],
]
if (real !== undefined) servers.push(['a real server', real, (url) => url], ['a real server, with credentials', real, withCredentials])

/** What the adapter rests on: the stand-in is to do as the real server does, so both are asked. */
describe.each(servers)('%s', (_, url, urlOf) => {
  let stand: StandIn | undefined
  let server: Server
  let stream: string
  beforeAll(async () => {
    stand = url === undefined ? await standIn() : undefined
    server = connect(urlOf(url ?? stand?.url ?? ''), 10_000)
  })
  beforeEach(() => {
    stream = `t${randomUUID().replaceAll('-', '')}.case-1`
  })
  afterAll(async () => {
    await server.close()
    await stand?.close()
  })
  const events = (count: number, text = '{}'): Proposed[] => Array.from({ length: count }, () => ({ id: randomUUID(), type: 'sample-noted', text }))
  const revisions = async (read: AsyncIterable<Served>): Promise<number[]> => {
    const found: number[] = []
    for await (const { revision } of read) found.push(revision)
    return found
  }
  const placed = async (from: Place | 'end', direction: 'forwards' | 'backwards', limit: number): Promise<Placed[]> => {
    const found: Placed[] = []
    for await (const event of server.readAll(from, direction, limit)) found.push(event)
    return found
  }
  /** Follows until it has caught up. */
  const followed = async (prefix: string, after: Place | 'start'): Promise<Followed[]> => {
    const found: Followed[] = []
    for await (const item of server.follow(prefix, after, new AbortController().signal)) {
      if (item === 'caught-up') return found
      found.push(item)
    }
    return found
  }

  it('takes the same ids at the same revision for the same append, and tells of the first', async () => {
    const [first, second] = [events(2, '{"n":1}'), events(2, '{"n":3}')]
    const answer = await server.append(stream, 'none', first)
    expect(answer).toMatchObject({ outcome: 'appended' })
    await server.append(stream, 1, second)
    expect(await server.append(stream, 'none', first.map((event) => ({ ...event, text: '{"n":9}' })))).toEqual(answer)
    expect(await server.append(stream, 'none', first.slice(0, 1))).toMatchObject({ outcome: 'appended' })
    expect(await server.append(stream, 'none', [...first, ...second])).toMatchObject({ outcome: 'appended' })
    expect(await server.append(stream, 'none', [...first, ...events(1)])).toEqual({ outcome: 'conflict', actual: 3 })
    expect(await server.append(stream, 0, first)).toEqual({ outcome: 'conflict', actual: 3 })
    expect(await revisions(server.readStream(stream, 'start', 'forwards'))).toEqual([0, 1, 2, 3])
  })
  it('tells what a stream has, and where the last event of an append stands', async () => {
    expect(await server.append(stream, 3, events(1))).toEqual({ outcome: 'conflict', actual: 'none' })
    for (const [expected, count] of [['none', 1], [0, 3]] as const) {
      const answer = await server.append(stream, expected, events(count))
      const [last] = (await followed(stream, 'start')).filter((item) => typeof item === 'object' && 'place' in item).slice(-1)
      expect(answer).toMatchObject({ outcome: 'appended', place: last?.place })
    }
    for (const expected of ['none', 0, 2, 7] as const) expect(await server.append(stream, expected, events(2))).toEqual({ outcome: 'conflict', actual: 3 })
  })
  it('reads a stream from a place in it, and beyond its end forwards nothing, backwards from the end', async () => {
    await server.append(stream, 'none', events(5))
    const read = (...[from, direction, limit]: [number | 'start' | 'end', 'forwards' | 'backwards', number?]) => revisions(server.readStream(stream, from, direction, limit))
    expect(await read(3, 'forwards')).toEqual([3, 4])
    expect(await read('end', 'backwards', 2)).toEqual([4, 3])
    expect(await read(1, 'backwards')).toEqual([1, 0])
    expect(await read(7, 'forwards')).toEqual([])
    expect(await read(7, 'backwards', 1)).toEqual([4])
    expect(await read(700_000, 'backwards')).toEqual([4, 3, 2, 1, 0])
  })
  it('reads the log forwards from the event at a place, and backwards from the one before it', async () => {
    await server.append(stream, 'none', events(3))
    const [last, before] = await placed('end', 'backwards', 2)
    if (!last || !before) throw new Error('The log is empty')
    expect(last.place.commit).toBeGreaterThan(before.place.commit)
    expect((await placed(before.place, 'forwards', 1)).map(({ place }) => place)).toEqual([before.place])
    expect((await placed(last.place, 'backwards', 1)).map(({ place }) => place)).toEqual([before.place])
  })
  it('follows one prefix from after a place, with checkpoints over what others write', async () => {
    const prefix = stream.slice(0, stream.indexOf('.') + 1)
    await server.append(stream, 'none', events(2))
    await server.append(`other${stream}`, 'none', events(600))
    await server.append(`${prefix}case-2`, 'none', events(1))
    const oursIn = (items: Awaited<ReturnType<typeof followed>>) => items.flatMap((item) => (typeof item === 'object' && 'place' in item ? [item] : []))
    let items = await followed(prefix, 'start')
    // Of a cluster a node may answer that is a moment behind its leader.
    while (oursIn(items).length < 3) items = await followed(prefix, 'start')
    const ours = oursIn(items)
    expect(ours.map((item) => [item.stream, item.revision])).toEqual([[stream, 0], [stream, 1], [`${prefix}case-2`, 0]])
    const [second, third] = ours.slice(1)
    if (!second || !third) throw new Error('Too few events')
    const between = items
      .flatMap((item) => (typeof item === 'object' && 'reached' in item ? [item.reached.commit] : []))
      .filter((commit) => commit > second.place.commit && commit < third.place.commit)
    expect(between.length).toBeGreaterThan(0)
    for (const commit of between) expect((await followed(prefix, { commit, prepare: commit })).at(-1)).toMatchObject({ place: third.place })
    expect(await followed(prefix, third.place)).toEqual([])
  })
})
