import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { drafts } from '#libs/contracts/event-samples'
import { logCopyContract, type LogCopyHarness } from '#libs/contracts/log-copy'
import { openLogCopy } from '#libs/event-store-eventstoredb/copy'
import { pageSize } from '#libs/event-store-eventstoredb/leaves'
import { openEventStore } from '#libs/event-store-eventstoredb/store'
import { proxyTo } from '#libs/contracts/proxy'
import { servedLog } from '#libs/event-store-eventstoredb/testing/served-log'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'
import type { RawEvent } from '#libs/kernel/copy'

/** Logs of its own on a server that holds others as well. */
const logsOn = (url: string, dispose = async (): Promise<void> => undefined): LogCopyHarness => {
  const namespace = `c${randomBytes(8).toString('hex')}`
  return {
    copy: async (log) => openLogCopy({ url, namespace: namespace + log }),
    store: (log, clock = systemClock) => openEventStore({ url, namespace: namespace + log, clock }),
    dispose,
  }
}
const log = servedLog()
logCopyContract('The cluster engine', async () => {
  const server = await standIn({ log })
  return logsOn(server.url, server.close)
})
/** A server that is there for tests. Its `--max-append-size` is 8 MB or more. */
const real = process.env['EVENTSTORE_URL']
if (real !== undefined) logCopyContract('The cluster engine on a real server', async () => logsOn(real))

describe('copying on a cluster', () => {
  let server: StandIn
  beforeEach(async () => {
    server = await standIn()
  })
  afterEach(() => server.close())
  const written = async (count: number): Promise<void> => {
    const store = await openEventStore({ url: server.url, clock: systemClock })
    await store.append('case-1', 'none', drafts(count))
    await store.close()
  }
  const sizesOf = async (url = server.url, onEvent: (event: RawEvent) => void = () => undefined, timeoutMs = 5000): Promise<number> => {
    const copy = openLogCopy({ url, timeoutMs })
    let sizes = 0
    try {
      for await (const event of copy.raw()) {
        sizes++
        onEvent(event)
      }
    } finally {
      await copy.close()
    }
    return sizes
  }

  it('writes what belongs together in one append, and no pages', async () => {
    const events: RawEvent[] = []
    await written(pageSize)
    await sizesOf(server.url, (event) => events.push(event))
    const before = server.appends.length
    const copy = openLogCopy({ url: server.url, namespace: 'other' })
    await copy.write(events.slice(0, 700), 0)
    expect(server.appends.slice(before)).toEqual(['none', '499'].map((expected) => ({ path: 'append', expected, requiresLeader: true })))
    await copy.close()
    expect(server.log.stream('other-leaves')).toEqual([])
    expect(new Set(server.log.stream('other.case-1').map(({ id }) => id)).size).toBe(700)
  })
  it('goes on reading where it was when the connection has ended', async () => {
    await written(300)
    const seen: number[] = []
    const count = await sizesOf(server.url, ({ size }) => {
      seen.push(size)
      if (size === 5 || size === 250) server.endSubscriptions('error')
    })
    expect(seen).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(count).toBe(300)
  })
  it('is refused at once by a server that is not there, and after a time by one that is silent', async () => {
    const proxy = await proxyTo(server.url)
    await written(3)
    expect(await sizesOf(proxy.url)).toBe(3)
    proxy.hold('to-client')
    await expect(sizesOf(proxy.url, undefined, 500)).rejects.toMatchObject({ code: 'unavailable' })
    await proxy.close()
    await expect(sizesOf(proxy.url, undefined, 1000)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('cannot be read') })
  })
  it('stops at what another program has put into the log, though it reads like an event of ours', async () => {
    await written(2)
    const [kept] = server.log.stream('vaka.case-1')
    server.log.put('vaka.case-2', Buffer.from(kept?.data ?? []).toString().replace('"stream":"case-1"', '"stream":"case-2"'))
    await expect(sizesOf()).rejects.toMatchObject({ code: 'foreign-event' })
  })
  it('stops at bytes that are no text', async () => {
    await written(2)
    const [kept] = server.log.stream('vaka.case-1')
    if (!kept) throw new Error('Nothing was written')
    const text = Buffer.from(kept.data).toString('latin1').replace('"stream":"case-1"', '"stream":"case-2"').replace('"n":0', '"n":"\xff"')
    server.log.append('vaka.case-2', -1, [{ ...kept, id: crypto.randomUUID(), data: Buffer.from(text, 'latin1') }])
    await expect(sizesOf()).rejects.toMatchObject({ code: 'foreign-event' })
  })
  it('does not begin a log beside the pages of one that is gone', async () => {
    server.log.put('other-leaves', '{}')
    const events: RawEvent[] = []
    await written(1)
    await sizesOf(server.url, (event) => events.push(event))
    const copy = openLogCopy({ url: server.url, namespace: 'other' })
    await expect(copy.write(events, 0)).rejects.toMatchObject({ code: 'old-pages' })
    await copy.close()
  })
})
