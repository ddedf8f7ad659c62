import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import Database from 'better-sqlite3'
import { runDesk } from '#apps/desk/run'
import { draft, drafts } from '#libs/contracts/event-samples'
import { openLogCopy } from '#libs/event-store-sqlite/copy'
import { openEventStore, readLog } from '#libs/event-store-sqlite/store'
import { openEventStore as openCluster } from '#libs/event-store-eventstoredb/store'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'
import type { RawEvent } from '#libs/kernel/copy'
import { leafHash, merkleTree } from '#libs/kernel/merkle'
import { lockFolder } from '#libs/sqlite/lock'

let folder: string
let server: StandIn
let source: string
let root: string
const desk = (...argv: string[]) => runDesk(argv, { LANG: 'en' })
const copy = (from: string, to: string) => desk('copy-log', '--from', from, '--to', to)
const verify = (from: string, to: string) => desk('verify-copy', '--from', from, '--to', to)
const fileAt = (name: string): string => join(folder, name, 'events.db')
const at = (name: string): string => `sqlite:${fileAt(name)}`
const cluster = (namespace: string): string => `${server.url}&namespace=${namespace}`
const failure = (error: string) => ({ code: 1, out: '', error: expect.stringMatching(new RegExp(`^[^\\n]*${error}[^\\n]*\\n$`)) })
const rawOf = async (name: string): Promise<RawEvent[]> => {
  const log = openLogCopy({ file: fileAt(name), readonly: true })
  const events: RawEvent[] = []
  for await (const event of log.raw()) events.push(event)
  await log.close()
  return events
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copy-log-'))
  lockFolder(join(folder, 'here')).release()
  lockFolder(join(folder, 'other')).release()
  const store = await openEventStore({ file: fileAt('here'), clock: systemClock })
  await store.append('organisation', 'none', drafts(2))
  for (let n = 0; n < 20; n++) await store.append(`deviation-${n % 4}`, n < 4 ? 'none' : Math.floor(n / 4) * 2 - 1, drafts(2, n * 2))
  await store.close()
  source = at('here')
  const tree = merkleTree()
  for (const { bytes } of await rawOf('here')) tree.add(leafHash(bytes))
  root = tree.root()
  const other = await openEventStore({ file: fileAt('other'), clock: systemClock })
  await other.append('organisation', 'none', [draft(77)])
  await other.close()
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  server = await standIn()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await server.close()
})

describe('moving a log', () => {
  it('to a cluster and back leaves every byte, and proves it', async () => {
    const there = await copy(source, cluster('there'))
    expect(there).toMatchObject({ code: 0, error: '' })
    for (const words of [
      /^Copied 42 events in [\d.]+ s, [\d,]+ a second; 0 were there already\.$/m,
      /^The source did not change while it was copied: 42 events before and after\.$/m,
      /^The logs are equal, leaf by leaf: 42 events, read from the start in [\d.]+ s\.$/m,
      new RegExp(`^ {2}Root of the source +${root}$`, 'm'),
      new RegExp(`^ {2}Root of the target +${root}$`, 'm'),
      /^ {2}deviation +40$/m,
      /^ {2}organisation +2$/m,
    ])
      expect(there.out).toMatch(words)
    expect(await copy(cluster('there'), at('back'))).toMatchObject({ code: 0, out: expect.stringContaining(root) })
    expect(await rawOf('back')).toEqual(await rawOf('here'))
    const log = await readLog({ file: fileAt('back') })
    expect(await log.checkpoint('head')).toMatchObject({ size: 42 })
    await log.close()
    expect(await verify(cluster('there'), at('back'))).toMatchObject({ code: 0, out: expect.stringContaining('42 events') })
  })
  it('that was interrupted goes on, and the second time does nothing', async () => {
    const to = openLogCopy({ file: join(folder, 'begun.db') })
    await to.write((await rawOf('here')).slice(0, 15), 0)
    await to.close()
    const begun = `sqlite:${join(folder, 'begun.db')}`
    expect(await copy(source, begun)).toMatchObject({ code: 0, out: expect.stringMatching(/^Copied 27 events .* 15 were there already/) })
    expect(await copy(source, begun)).toMatchObject({ code: 0, out: expect.stringMatching(/^Copied 0 events .* 42 were there already/) })
  })
  it('is refused where the target holds something else, with the first leaf that differs, and nothing is written', async () => {
    expect(await copy(source, at('other'))).toEqual(failure('The logs differ at leaf 1: organisation/0 [0-9a-f]{16} in the source, organisation/0 [0-9a-f]{16} in the target\\. Nothing was written'))
    expect(await rawOf('other')).toHaveLength(1)
  })
  it('is refused while a server holds either folder', async () => {
    const lock = lockFolder(join(folder, 'here'))
    expect(await copy(source, cluster('there'))).toEqual(failure('stop the service first'))
    expect(await copy(cluster('there'), source)).toEqual(failure('stop the service first'))
    lock.release()
    // Neither was left locked.
    expect(await copy(source, at('free'))).toMatchObject({ code: 0 })
  })
  it('says so when the source was written to meanwhile', async () => {
    expect(await copy(source, cluster('first'))).toMatchObject({ code: 0 })
    const store = await openCluster({ url: server.url, namespace: 'first', clock: systemClock })
    const copied = copy(cluster('first'), cluster('second'))
    await server.log.until(() => server.log.events.filter(({ stream }) => stream.startsWith('second.')).length === 42)
    await store.append('deviation-9', 'none', [draft(9)])
    expect(await copied).toEqual(failure('42 events became at least 43'))
    await store.close()
    expect(await copy(cluster('first'), cluster('second'))).toMatchObject({ code: 0, out: expect.stringMatching(/^Copied 1 events .* 42 were there already/) })
  })
  it('stops at an event that is not stored as events are', async () => {
    expect(await copy(source, at('spoilt'))).toMatchObject({ code: 0 })
    const db = new Database(fileAt('spoilt'))
    db.exec(`update event set bytes = replace(bytes, '"n":3', '"n": 3') where position = 6`)
    db.close()
    expect(await copy(at('spoilt'), cluster('there'))).toEqual(failure('The event deviation-\\d/\\d of the source is not stored as Vaka stores events'))
    expect(await verify(source, at('spoilt'))).toEqual(failure('The logs differ at leaf 6'))
  })
  it('tells on the way how far it is', async () => {
    let now = 0
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 2500))
    const told: string[] = []
    await runDesk(['copy-log', '--from', source, '--to', at('told'), '--language', 'sv'], {}, (line) => told.push(line))
    expect(told).toEqual([expect.stringMatching(/^Kopierar: 42 händelser, \d+ i sekunden\.$/)])
  })
  it.each([
    [['copy-log'], 'desk copy-log --from <log> --to <log>'],
    [['verify-copy', '--from', 'sqlite:a'], 'desk verify-copy --from <log> --to <log>'],
    [['copy-log', '--from', 'mysql://user:secret@h', '--to', 'sqlite:b'], 'Give --from as'],
    [['copy-log', '--from', 'sqlite:a', '--to', 'esdb://user:secret@h?namespace=1'], 'Give --to as'],
    [['copy-log', '--from', 'sqlite::memory:', '--to', 'sqlite:b'], 'Give --from as'],
    [['copy-log', '--from', 'sqlite:./a.db', '--to', 'sqlite:b/../a.db'], 'the same log'],
    [['verify-copy', '--from', 'sqlite:/nowhere/a.db', '--to', 'sqlite:/nowhere/b.db'], 'no event log at sqlite:/nowhere/a.db'],
  ])('says in one sentence what is wrong with %j', async (argv, sentence) => {
    const ran = await desk(...argv)
    expect(ran).toEqual(failure(sentence.replaceAll('/', '\\/')))
    expect(ran.error).not.toContain('secret')
  })
  it('makes nothing where there is no source', async () => {
    expect(await copy(at('none'), at('nothing'))).toEqual(failure('There is no event log at sqlite:'))
    expect(['none', 'nothing'].map((name) => existsSync(join(folder, name)))).toEqual([false, false])
  })
  it('says which server does not answer', async () => {
    const url = server.url.replace('://', '://user:secret@')
    await server.close()
    const ran = await copy(source, url)
    expect(ran).toEqual(failure('does not answer; check the address and then run the same command again'))
    expect(ran.error).toContain(server.url)
    expect(ran.error).not.toContain('secret')
    server = await standIn()
  })
})
