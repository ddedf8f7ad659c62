import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openEventStoreUrl, opening, openReadModelUrl, readEventsUrl, readLogUrl, readReadUrl, shownUrl } from '#apps/application/stores'
import { draft } from '#libs/contracts/event-samples'
import { standIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'

describe('the address of the event store', () => {
  it.each([
    ['sqlite:./data/events.db', { engine: 'sqlite', file: './data/events.db' }],
    ['sqlite:/srv/å ä?.db', { engine: 'sqlite', file: '/srv/å ä?.db' }],
    ['sqlite:///srv/events.db', { engine: 'sqlite', file: '/srv/events.db' }],
    ['sqlite::memory:', { engine: 'sqlite', file: ':memory:' }],
    ['esdb://127.0.0.1:2113?tls=false', { engine: 'esdb', url: 'esdb://127.0.0.1:2113?tls=false', namespace: 'vaka' }],
    ['esdb://a:b@one:1,two:2?tls=false&namespace=norrby&tlsCAFile=/etc/ca.pem', { engine: 'esdb', url: 'esdb://a:b@one:1,two:2?tls=false&tlsCAFile=/etc/ca.pem', namespace: 'norrby' }],
    ['esdb+discover://cluster.local:2113?namespace=n1', { engine: 'esdb', url: 'esdb+discover://cluster.local:2113', namespace: 'n1' }],
  ])('%s is read', (text, place) => {
    expect(readEventsUrl(text)).toEqual(place)
  })
  it.each(['', './data/events.db', 'sqlite:', 'sqlite://data/events.db', 'SQLITE:x', 'postgres://h/d', 'esdb:', 'esdb://', 'esdb://h?namespace=Norr', 'esdb://h?namespace=a&namespace=b', 'esdb://user:secret@h?sslmode=on'])(
    '%j is refused in one sentence, without what may be secret in it',
    (text) => {
      expect(() => readEventsUrl(text)).toThrow(expect.objectContaining({ code: 'bad-store-url', message: expect.stringMatching(/^[A-Z][^\n]*\.$/) }))
      expect(() => readEventsUrl(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining('secret') }))
    },
  )
  it('is shown without the name and the password in it', () => {
    expect(shownUrl('esdb://admin:change%40it@one:1,two:2?tls=false')).toBe('esdb://one:1,two:2?tls=false')
    expect(shownUrl('sqlite:./a@b.db')).toBe('sqlite:./a@b.db')
  })
})

describe('the address of the read store', () => {
  it('is a file or PostgreSQL', () => {
    expect(readReadUrl('sqlite:./data/read.db')).toEqual({ engine: 'sqlite', file: './data/read.db' })
    for (const url of ['postgres://u:p@h:5432/vaka?sslmode=require', 'postgresql://h/vaka']) expect(readReadUrl(url)).toEqual({ engine: 'postgres', url })
    for (const text of ['', 'esdb://h', 'mysql://h/d', 'postgres:', 'postgres://h:port:/x', 'sqlite:']) expect(() => readReadUrl(text)).toThrow(expect.objectContaining({ code: 'bad-store-url' }))
  })
})

describe('opening by address', () => {
  it('gives the engine that it names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stores-'))
    const server = await standIn()
    for (const url of [`sqlite:${join(folder, 'events.db')}`, `${server.url}&namespace=norrby`]) {
      const store = await openEventStoreUrl(url, systemClock)
      await store.append('case-1', 'none', [draft(0)])
      await store.close()
      const log = await readLogUrl(url)
      expect(await log.checkpoint('head')).toMatchObject({ size: 1 })
      await expect(log.append('case-1', 0, [draft(1)])).rejects.toMatchObject({ code: 'read-only' })
      await log.close()
    }
    expect(server.log.stream('norrby.case-1')).toHaveLength(1)
    const readModel = await openReadModelUrl(`sqlite:${join(folder, 'read.db')}`)
    expect(await readModel.status()).toEqual([])
    await readModel.close()
    await server.close()
    await rm(folder, { recursive: true })
  })
  it('says in one sentence which server does not answer, and no password', async () => {
    const port = await freePort()
    const says = (code: string, words: string) => ({ code, message: expect.stringMatching(new RegExp(`^[^\\n]*${words}(?!.*secret)[^\\n]*$`)) })
    await expect(openEventStoreUrl(`esdb://u:secret@127.0.0.1:${port}?tls=false`, systemClock)).rejects.toMatchObject(says('unavailable', `The event store at esdb://127.0.0.1:${port}`))
    await expect(openReadModelUrl(`postgres://u:secret@127.0.0.1:${port}/vaka`)).rejects.toMatchObject(says('unavailable', `The read store at postgres://127.0.0.1:${port}/vaka`))
    await expect(openEventStoreUrl(`esdb://u:secret@127.0.0.1:${port}?tls=perhaps`, systemClock)).rejects.toMatchObject(says('bad-store-url', 'cannot be used'))
    await expect(readLogUrl('sqlite:/nowhere/events.db')).rejects.toMatchObject({ code: 'missing-file' })
  })
  it('says which package is missing', async () => {
    const missing = async (): Promise<never> => {
      throw Object.assign(new Error("Cannot find package 'x' imported from /srv"), { code: 'ERR_MODULE_NOT_FOUND' })
    }
    await expect(opening('esdb://u:secret@h', 'event store', missing)).rejects.toMatchObject({ code: 'missing-package', message: 'The package that opens esdb: is not installed: run npm ci.' })
  })
})

/** A port that nobody listens on. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  })
