import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { readModelContract } from '#libs/contracts/read-model'
import { projection } from '#libs/kernel/projection'
import { stateText } from '#libs/kernel/read-model'
import type { Operation, ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint } from '#libs/kernel/store'
import { openReadModelPostgres } from '#libs/read-model-postgres/store'
import { startPostgres, until } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'
import { openReadModel } from '#libs/read-model-sqlite/store'

let server: TestServer
beforeAll(async () => {
  // What was committed without waiting for the disk stays off it, so that a crash takes it.
  server = await startPostgres({ wal_writer_delay: '10s' })
})
afterAll(() => server.stop())

readModelContract('PostgreSQL', async () => {
  const url = await server.schema()
  return {
    open: () => openReadModelPostgres({ url }),
    // Each has a schema of its own, which goes with the server.
    remove: async () => undefined,
  }
})

const cases = (version = 1) =>
  projection({
    name: 'cases',
    version,
    streams: ['case-'],
    columns: { unit: 'text', score: 'integer' },
    indices: [['unit', 'score']],
    key: ({ stream }) => stream,
    fold: () => ({}),
    row: () => ({ unit: null, score: null }),
  })
const at = (size: number): Checkpoint => ({ logId: 'log', position: String(size).padStart(16, '0'), size, leaf: `leaf ${size}` })
const put = (key: string, unit: string | null, score: number | null): Operation => ({ key, state: stateText({ unit, score }), columns: { unit, score } })

describe('the PostgreSQL read model', () => {
  let opened: ReadModel[] = []
  const open = async (url: string): Promise<ReadModel> => {
    const model = await openReadModelPostgres({ url })
    opened.push(model)
    return model
  }
  afterEach(async () => {
    for (const model of opened) await model.close()
    opened = []
  })

  it('has the rows, the order and the checksum that SQLite has after the same batches', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'read-'))
    const sqlite = await openReadModel({ file: join(folder, 'read.db') })
    const postgres = await open(await server.schema())
    const words = ['å', 'Å', 'a\u030a', 'z', 'Ä', '😀', '｡', '', ' ', '"', '\\', '{}', 'NULL', "'", '\u0001', '\r\n', 'a,b', '{"a":"\\u0000"}']
    for (const model of [sqlite, postgres]) {
      const build = await model.ready(cases())
      for (let batch = 0; batch < 6; batch++) {
        const operations = words.flatMap((word, i): Operation[] => {
          const n = batch * 7 + i
          if (n % 5 === 0) return [{ key: `k${word}${n % 11}`, state: null }]
          return [put(`k${word}${n % 11}`, n % 4 === 0 ? null : (words[n % words.length] ?? null), n % 3 === 0 ? null : n % 2 === 0 ? Number.MAX_SAFE_INTEGER - n : -n)]
        })
        await model.apply(build, operations, batch === 0 ? 'start' : at(batch), at(batch + 1))
      }
      await model.promote(build)
    }
    expect(await postgres.checksum('cases')).toBe(await sqlite.checksum('cases'))
    for (const descending of [false, true]) {
      const query = { order: ['unit', 'score'], descending }
      expect(await postgres.query('cases', query)).toEqual(await sqlite.query('cases', query))
    }
    expect(await postgres.countBy('cases', ['unit'])).toEqual(await sqlite.countBy('cases', ['unit']))
    await sqlite.close()
    await rm(folder, { recursive: true })
  })

  it('goes on after its server has crashed in mid-batch, with no row missing and none twice', async () => {
    const model = await open(await server.schema())
    const batch = (n: number): Operation[] => Array.from({ length: 20_000 }, (_, i) => put(`k${n}-${i}`, `unit ${i % 7}`, i))
    const build = await model.ready(cases())
    await model.apply(build, [], 'start', at(1))
    await model.promote(build)
    const arrived = model.reached('cases', at(5).position, 60_000)
    const isWriting = async (): Promise<true | undefined> =>
      (await server.run("select from pg_stat_activity where state = 'active' and query like 'with moved%'")).length > 0 ? true : undefined
    let crashes = 0
    for (;;) {
      const { checkpoint } = await model.ready(cases())
      const size = checkpoint === 'start' ? 0 : checkpoint.size
      if (size >= 5) break
      const written = model.apply(build, batch(size), checkpoint, at(size + 1)).then(
        () => 'written',
        (thrown: unknown) => Reflect.get(Object(thrown), 'code'),
      )
      if (crashes < 2) {
        // Over before it was seen, it is no crash in mid-batch.
        const seen = await Promise.race([until(isWriting), written.then(() => undefined)])
        if (seen) {
          crashes++
          await server.crash()
          expect(['unavailable', 'written']).toContain(await written)
          await expect(model.position('cases')).rejects.toMatchObject({ code: 'unavailable' })
          await server.start()
        }
      } else expect(await written).toBe('written')
    }
    expect(crashes).toBe(2)
    expect(await model.count('cases')).toBe(4 * 20_000)
    expect((await model.countBy('cases', ['unit'])).map(({ count }) => count).reduce((a, b) => a + b)).toBe(4 * 20_000)
    expect(await arrived).toBe(true)
  }, 60_000)

  it('keeps a promotion that was answered, with its rows, when the server crashes at once', async () => {
    const model = await open(await server.schema())
    const build = await model.ready(cases())
    await model.apply(build, [put('a', 'north', 1)], 'start', at(1))
    await model.promote(build)
    await server.crash()
    await server.start()
    expect(await model.count('cases')).toBe(1)
    expect(await model.ready(cases())).toMatchObject({ promoted: true, checkpoint: at(1) })
  })

  it('lets a newer build answer while somebody still reads the old one, and drops that one later', async () => {
    const url = await server.schema()
    const model = await open(url)
    const tables = async (): Promise<unknown[]> => {
      const schema = url.split('%3D')[1]
      return (await server.run("select tablename from pg_tables where schemaname = $1 and tablename like 'cases %' order by 1", [schema])).map(({ tablename }) => tablename)
    }
    const answering = async (version: number): Promise<void> => {
      const build = await model.ready(cases(version))
      await model.apply(build, [put('a', `version ${version}`, null)], 'start', at(version))
      await model.promote(build)
    }
    await answering(1)
    const reader = new pg.Client({ connectionString: url })
    await reader.connect()
    await reader.query('begin; declare page cursor for select * from "cases v1 b1"; fetch 1 from page')
    await answering(2)
    expect((await model.get('cases', 'a'))?.columns['unit']).toBe('version 2')
    expect(await tables()).toEqual(['cases v1 b1', 'cases v2 b1'])
    await reader.end()
    await answering(3)
    expect(await tables()).toEqual(['cases v3 b1'])
  })

  it('is made once when many open it at once', async () => {
    const url = await server.schema()
    const models = await Promise.all(Array.from({ length: 8 }, () => open(url)))
    const builds = await Promise.all(models.map((model) => model.ready(cases())))
    expect(new Set(builds.map(({ build }) => build))).toEqual(new Set([1]))
    expect(await models[0]?.status()).toHaveLength(1)
  })

  it('takes no projection whose names could be taken for SQL or for one another', async () => {
    const model = await open(await server.schema())
    const wrong = [{ name: 'Cases' }, { name: 'a"b' }, { version: 0 }, { columns: { key: 'text' } }, { columns: { unit: 'text', Unit: 'text' } }, { indices: [['none']] }] as const
    for (const part of wrong) await expect(model.ready({ ...cases(), ...part })).rejects.toMatchObject({ code: 'bad-projection' })
  })

  it('refuses a database of another encoding or schema', async () => {
    await server.run("create database latin template template0 encoding 'LATIN1' locale_provider libc locale 'C'")
    const latin = (await server.schema()).replace(/postgres\?.*/, 'latin')
    await expect(openReadModelPostgres({ url: latin })).rejects.toMatchObject({ code: 'bad-encoding' })
    const other = await server.schema()
    await open(other)
    await server.run(`update ${other.split('%3D')[1]}.store set schema_version = 2`)
    await expect(openReadModelPostgres({ url: other })).rejects.toMatchObject({ code: 'other-schema' })
  })
})
