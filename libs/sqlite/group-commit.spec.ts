import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { groupCommit } from '#libs/sqlite/group-commit'
import type { Committer } from '#libs/sqlite/group-commit'
import { openDatabase } from '#libs/sqlite/open'
import { probeFile } from '#libs/sqlite/probe'
import type { Ask } from '#libs/sqlite/probe'
import { inProcessSignal } from '#libs/sqlite/signal'

let folder: string
let committer: Committer<Ask, unknown>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'group-commit-'))
})
afterEach(async () => {
  await committer.close()
  await rm(folder, { recursive: true })
})
let hour = 0
const now = (): string => `hour ${++hour}`
const inFile = (): Committer<Ask, unknown> =>
  groupCommit({ file: join(folder, 'probe.db'), open: probeFile, program: '#libs/sqlite/probe', signal: 'probe-written', now })
const inMemory = (): Committer<Ask, unknown> =>
  groupCommit({ file: ':memory:', open: probeFile, program: '#libs/sqlite/probe', signal: 'probe-written', now, db: openDatabase(':memory:', probeFile) })
/** Submits all in one turn, so that they share batches; answers, or the codes of rejections. */
const submit = (...asks: readonly Ask[]): Promise<unknown[]> =>
  Promise.all(asks.map((ask) => committer.submit(ask).catch((thrown: unknown) => Reflect.get(Object(thrown), 'code'))))
const write = (text: string): Ask => ({ ask: 'write', text })

describe.each([
  ['a file', inFile],
  [':memory:', inMemory],
])('group commit to %s', (_, start) => {
  beforeEach(() => {
    committer = start()
  })

  it('answers each request, in the order in which they came', async () => {
    expect(await submit(write('a'), { ask: 'refuse', text: 'b' }, write('c'))).toEqual(['wrote a', 'refused b', 'wrote c'])
    expect(await submit({ ask: 'read' })).toEqual([['a', 'c']])
  })

  it('takes back the request that throws, and that one alone', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `text ${i}`)
    const refused: Ask = { ask: 'throw-after-write', text: 'refused' }
    const answers = await submit(write('a'), refused, ...many.map(write), refused)
    expect(answers).toEqual(['wrote a', 'probe-threw', ...many.map((text) => `wrote ${text}`), 'probe-threw'])
    expect(await submit(write('b'), refused)).toEqual(['wrote b', 'probe-threw'])
    expect(await submit({ ask: 'read' })).toEqual([['a', ...many, 'b']])
  })

  it('answers nobody when the commit fails, refusals neither, and goes on', async () => {
    const answers = await submit(write('a'), { ask: 'refuse', text: 'b' }, { ask: 'throw-after-write', text: 'c' }, { ask: 'break-commit', text: 'd' })
    expect(answers).toEqual(Array(4).fill('outcome-unknown'))
    const again = await submit(write('a'), { ask: 'refuse', text: 'b' }, { ask: 'break-commit', text: 'd' })
    expect(again).toEqual(Array(3).fill('outcome-unknown'))
    expect(await submit(write('e'), { ask: 'read' })).toEqual(['wrote e', ['e']])
  })

  it('tells nobody of success when the transaction ended under way', async () => {
    expect(await submit(write('a'), { ask: 'end-transaction', text: 'b' }, write('c'))).toEqual(Array(3).fill('outcome-unknown'))
    await expect(committer.submit({ ask: 'end-transaction', text: 'd' })).rejects.toThrow(/the disk is full$/)
    expect(await submit({ ask: 'read' })).toEqual([[]])
  })

  it('puts at most 256 requests into a commit', async () => {
    const counts = await submit(...Array.from({ length: 600 }, (): Ask => ({ ask: 'requests-in-batch' })))
    expect(Math.max(...counts.map(Number))).toBe(256)
    expect(counts.filter((count) => count === 1)).toHaveLength(3)
  })

  it('gives a batch one time, read on the calling side', async () => {
    hour = 0
    expect(await submit(...Array.from({ length: 20 }, (): Ask => ({ ask: 'at' })))).toEqual(Array(20).fill('hour 1'))
  })

  it('wakes whoever listens in this process', async () => {
    let stop = (): void => undefined
    const woken = new Promise<void>((resolve) => {
      stop = inProcessSignal('probe-written').listen(resolve)
    })
    await submit(write('a'))
    await woken
    stop()
  })

  it('answers what was submitted before it closes, and refuses what comes after', async () => {
    const early = submit(write('a'))
    await Promise.all([committer.close(), committer.close()])
    expect(await early).toEqual(['wrote a'])
    expect(await submit(write('b'))).toEqual(['closed'])
  })
})

describe('the writer thread', () => {
  it('writes with the durability asked for', async () => {
    committer = inFile()
    expect(await submit({ ask: 'synchronous' })).toEqual([2])
  })

  it('leaves the file free for others when a commit fails', async () => {
    committer = inFile()
    expect(await submit({ ask: 'break-commit', text: 'a' })).toEqual(['outcome-unknown'])
    const db = openDatabase(join(folder, 'probe.db'), probeFile)
    db.pragma('busy_timeout = 0')
    expect(db.exec("insert into entry (text) values ('b')").open).toBe(true)
    db.close()
  })

  it('rejects everybody when it dies, and says so', async () => {
    committer = inFile()
    expect(await submit(write('a'), { ask: 'die' })).toEqual(['outcome-unknown', 'outcome-unknown'])
    await expect(committer.submit(write('b'))).rejects.toMatchObject({ code: 'writer-stopped', message: expect.stringContaining('ended with code 3') })
  })

  it('rejects everybody when its file cannot be opened', async () => {
    openDatabase(join(folder, 'probe.db'), { ...probeFile, applicationId: 7 }).close()
    committer = inFile()
    await expect(committer.submit(write('a'))).rejects.toMatchObject({ message: expect.stringContaining('is not the probe of this program') })
  })
})
