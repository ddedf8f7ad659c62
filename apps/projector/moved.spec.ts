import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { questions } from '#apps/application/queries/questions'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { filesOf } from '#apps/application/places'
import { runDesk } from '#apps/desk/run'
import { projections } from '#apps/projector/list'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'
import { rebuild } from '#libs/kernel/projector'
import type { KeyVault } from '#libs/kernel/vault'
import { readMasterKey } from '#libs/privacy/master-key'
import { openKeyVault } from '#libs/privacy/vault'
import { startPostgres, type TestServer } from '#libs/postgres/testing/server'

/** The demonstration's year on the embedded engine, and moved to a cluster; from each every projection is built on both read stores. */
describe('a log that was moved', () => {
  const contexts = new Map<string, Context>()
  const closing: (() => unknown)[] = []
  let folder: string
  let vault: KeyVault
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'moved-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const files = filesOf(folder)
    expect(await runDesk(['demo', 'load'], { VAKA_DATA: folder })).toMatchObject({ code: 0 })
    const cluster: StandIn = await standIn()
    closing.push(() => cluster.close())
    expect(await runDesk(['copy-log', '--from', `sqlite:${files.events}`, '--to', cluster.url], {})).toMatchObject({ code: 0 })
    const postgres: TestServer = await startPostgres()
    closing.push(() => postgres.stop())
    vault = await openKeyVault({ file: files.keys, masterKey: readMasterKey({ dataFolder: folder, vault: files.keys }).key })
    closing.push(() => vault.close())
    for (const [log, url] of [['file', `sqlite:${files.events}`], ['cluster', cluster.url]] as const) {
      const store = await readLogUrl(url)
      closing.push(() => store.close())
      for (const [read, address] of [['SQLite', `sqlite:${join(folder, `${log}.db`)}`], ['PostgreSQL', await postgres.schema()]] as const) {
        const readModel = await openReadModelUrl(address)
        closing.push(() => readModel.close())
        for (const projection of projections) await rebuild({ projection, store, readModel, signal: new AbortController().signal })
        contexts.set(`${log}, ${read}`, { store, vault, readModel, clock: systemClock, organisation: organisationCache(store), policies: policyCache(store) })
      }
    }
  }, 120_000)
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })
  /** The same question of each of the four; one answer, when they are all the same. */
  const asked = async <T>(ask: (context: Context) => Promise<T>): Promise<T> => {
    const answers = await Promise.all([...contexts].map(async ([, context]) => ask(context)))
    const [first] = answers
    if (first === undefined || answers.length !== 4) throw new Error('Nobody was asked')
    for (const [i, name] of [...contexts.keys()].entries()) expect([name, answers[i]]).toEqual([name, first])
    return first
  }

  it.each(projections.map(({ name }) => name))('gives the rows of %s byte for byte', async (name) => {
    const { rows } = await asked(async ({ readModel }) => ({ checksum: await readModel.checksum(name), rows: await readModel.count(name) }))
    if (name !== 'routines') expect(rows).toBeGreaterThan(0)
  })
  it('has the same size at every projection', async () => {
    const standing = await asked(async ({ readModel }) => (await readModel.status()).map(({ name, status, size, rows }) => ({ name, status, size, rows })))
    expect(standing.map(({ status }) => status)).toEqual(projections.map(() => 'live'))
  })
  it('counts the same cases of the year', async () => {
    const year = { from: '2020-01-01', to: '2020-12-31', date: 'received' } as const
    for (const by of [[], ['unit'], ['reportedType', 'channel'], ['outcome', 'phase', 'ivo'], ['group', 'assessedOutcome']]) {
      const body = await asked(async (context) => {
        const answer = await questions(context, async () => undefined).statistics({ sender: { login: 'dataskydd' }, language: 'sv' }, { ...year, by })
        if (answer.kind !== 'found') return answer
        // Where it is in the log, the engines name differently; how many events that is they do not.
        const { position: _, ...figures } = answer.body
        return figures
      })
      expect(body).toMatchObject({ total: 43, treeSize: expect.any(Number) })
    }
  })
})
