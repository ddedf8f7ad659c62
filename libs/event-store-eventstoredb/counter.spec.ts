import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { draft, drafts } from '#libs/contracts/event-samples'
import { pageSize } from '#libs/event-store-eventstoredb/leaves'
import { openEventStore, readLog } from '#libs/event-store-eventstoredb/store'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'
import type { EventStore } from '#libs/kernel/store'

let server: StandIn
let handles: EventStore[]
beforeEach(async () => {
  server = await standIn()
  handles = []
})
afterEach(async () => {
  await Promise.all(handles.map((handle) => handle.close()))
  await server.close()
})
const open = async (namespace = 'norrby'): Promise<EventStore> => {
  const store = await openEventStore({ url: server.url, namespace, clock: systemClock })
  handles.push(store)
  return store
}
const sizes = async (store: EventStore, stream: string): Promise<number[]> => {
  const found: number[] = []
  for await (const event of store.read(stream)) found.push(event.size)
  return found
}
const pages = (): number => server.log.stream('norrby-leaves').length

describe('counting', () => {
  it('is kept in pages beside the log, and begins after them', async () => {
    const store = await open()
    await store.append('case-1', 'none', drafts(pageSize * 2 + 5))
    await server.log.until(() => pages() === 2)
    const last = server.log.stream('norrby.case-1')[pageSize * 2 - 1]
    const later = await open()
    expect(server.begun.at(-1)).toBe(last?.position)
    expect((await sizes(later, 'case-1')).at(-1)).toBe(pageSize * 2 + 5)
    expect(await later.checkpoint('head')).toEqual(await store.checkpoint('head'))
    await later.append('case-2', 'none', drafts(pageSize))
    await server.log.until(() => pages() === 3)
    expect(await sizes(await open(), 'case-2')).toEqual(Array.from({ length: pageSize }, (_, i) => pageSize * 2 + 6 + i))
  })
  it('writes the same page once, whoever comes first', async () => {
    const [store, other] = [await open(), await open()]
    await store.append('case-1', 'none', drafts(pageSize))
    await Promise.all([sizes(store, 'case-1'), sizes(other, 'case-1')])
    await Promise.all([store.close(), other.close()])
    expect(pages()).toBe(1)
  })
  it('leaves aside a page that is none, and counts from the log', async () => {
    server.log.put('norrby-leaves', '{"from":0,"streams":[],"leaves":[]}')
    const store = await open()
    await store.append('case-1', 'none', drafts(3))
    expect(await sizes(store, 'case-1')).toEqual([1, 2, 3])
  })
  it('writes nothing for those who only read', async () => {
    const store = await open()
    await store.append('case-1', 'none', drafts(pageSize - 1))
    const reader = await readLog({ url: server.url, namespace: 'norrby' })
    handles.push(reader)
    await store.close()
    const served = server.log.append('norrby.case-1', pageSize - 2, [{ ...lastOf('norrby.case-1'), id: crypto.randomUUID(), data: Buffer.from(textOf('norrby.case-1').replace(`"revision":${pageSize - 2}`, `"revision":${pageSize - 1}`)) }])
    expect(served).toMatchObject({ revision: pageSize - 1 })
    expect(await reader.checkpoint('head')).toMatchObject({ size: pageSize })
    await expect(reader.append('case-1', pageSize - 1, [draft(0)])).rejects.toMatchObject({ code: 'read-only' })
    await reader.close()
    expect(pages()).toBe(0)
  })
  it('sees nothing of what other logs and the server itself write', async () => {
    const [store, neighbour] = [await open(), await open('norrbyn')]
    await store.append('case-1', 'none', drafts(2))
    for (let n = 0; n < 40; n++) server.log.put(n % 2 ? '$stats-127.0.0.1' : 'norrby', '{}')
    await neighbour.append('case-1', 'none', drafts(3))
    expect([await sizes(store, 'case-1'), await sizes(neighbour, 'case-1')]).toEqual([[1, 2], [1, 2, 3]])
    const [head, other] = [await store.checkpoint('head'), await neighbour.checkpoint('head')]
    expect([head, other]).toMatchObject([{ size: 2 }, { size: 3 }])
    await expect(all(neighbour.subscribe({ after: head, signal: new AbortController().signal }))).rejects.toMatchObject({ code: 'log-replaced' })
  })
  it('knows the head when another handle has just written it, and others after it', async () => {
    const [store, other] = [await open(), await open()]
    for (let n = 0; n < 20; n++) {
      await other.append(`case-${n}`, 'none', [draft(n)])
      for (let m = 0; m < n * 3; m++) server.log.put('$stats-127.0.0.1', '{}')
      expect(await store.checkpoint('head')).toMatchObject({ size: n + 1 })
    }
  })
  it('asks for the head once, and for one event, whoever asks for it in the same turn', async () => {
    const store = await open()
    await store.append('case-1', 'none', drafts(40))
    await store.checkpoint('head')
    expect(server.log.events.at(-1)?.stream).toBe('norrby.case-1')
    const before = { ...server.read }
    const heads = await Promise.all(Array.from({ length: 50 }, () => store.checkpoint('head')))
    expect(new Set(heads.map((head) => head === 'start' ? 0 : head.size))).toEqual(new Set([40]))
    expect([server.read.count - before.count, server.read.events - before.events]).toEqual([1, 1])
  })
  it('goes on where it was when the connection has ended, with an error and without', async () => {
    const store = await open()
    for (const [n, how] of (['end', 'error'] as const).entries()) {
      await store.append(`case-${n}`, 'none', drafts(2))
      expect(await sizes(store, `case-${n}`)).toEqual([n * 2 + 1, n * 2 + 2])
      server.endSubscriptions(how)
    }
    await store.append('case-2', 'none', drafts(1))
    expect(await sizes(store, 'case-2')).toEqual([5])
    expect(server.begun).toHaveLength(3)
  })
  it('stops at what another program has put into the log, or taken from it', async () => {
    const store = await open()
    await store.append('case-1', 'none', drafts(2))
    server.log.put('norrby.case-1', '{"stream":"case-1"}')
    await expect(store.checkpoint('head')).rejects.toMatchObject({ code: 'foreign-event' })
    await expect(all(store.read('case-1'))).rejects.toMatchObject({ code: 'foreign-event' })
    await expect(open()).rejects.toMatchObject({ code: 'foreign-event' })
  })
  it('is refused on a server that cannot be reached', async () => {
    await server.close()
    await expect(open()).rejects.toMatchObject({ code: 'unavailable' })
    await expect(open('norr.by')).rejects.toMatchObject({ code: 'bad-namespace' })
  })
})

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
const lastOf = (stream: string) => {
  const last = server.log.stream(stream).at(-1)
  if (!last) throw new Error(`${stream} is empty`)
  return last
}
const textOf = (stream: string): string => Buffer.from(lastOf(stream).data).toString()
