import { execFile } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { keyVaultContract } from '#libs/contracts/key-vault'
import { proxyTo, type Proxy } from '#libs/contracts/proxy'
import type { KeyVault } from '#libs/kernel/vault'
import { openKeyVaultPostgres } from '#libs/key-vault-postgres/vault'
import type { KeyVaultOptions } from '#libs/key-vault-postgres/vault'
import { startPostgres, until } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'
import { filesContaining } from '#libs/privacy/canary'
import { unwrapKey, wrapKey } from '#libs/privacy/wrapping'

let server: TestServer
beforeAll(async () => {
  // What was committed without waiting for the disk stays off it, so that a crash takes it; and no transactions are counted but the vault's.
  server = await startPostgres({ wal_writer_delay: '10s', autovacuum: 'off' })
})
afterAll(() => server.stop())

const moduleOf = (url: string, masterKey: string): string => `
  import { createSecretKey } from 'node:crypto'
  import { openKeyVaultPostgres } from '#libs/key-vault-postgres/vault'
  const vault = await openKeyVaultPostgres({ url: ${JSON.stringify(url)}, masterKey: createSecretKey(Buffer.from('${masterKey}', 'hex')) })`
/** Transactions that wrote: only they are given a number. */
const commits = async (): Promise<number> => Number((await server.run('select pg_snapshot_xmax(pg_current_snapshot())::text as next'))[0]?.['next'])

keyVaultContract('PostgreSQL', async () => {
  const url = await server.schema()
  return {
    open: (masterKey) => openKeyVaultPostgres({ url, masterKey }),
    module: (masterKey) => moduleOf(url, masterKey),
    commits,
    // Each has a schema of its own, which goes with the server.
    drop: async () => undefined,
  }
})

describe('the key vault in PostgreSQL', () => {
  const masterKey = createSecretKey(randomBytes(32))
  let opened: KeyVault[] = []
  const open = async (url: string, more: Partial<KeyVaultOptions> = {}): Promise<KeyVault> => {
    const vault = await openKeyVaultPostgres({ url, masterKey, ...more })
    opened.push(vault)
    return vault
  }
  afterEach(async () => {
    for (const vault of opened) await vault.close()
    opened = []
  })
  /** As an administrator, in the schema of an address. */
  const within = async (url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows
    } finally {
      await client.end()
    }
  }
  /** Until a statement that makes keys waits for somebody. */
  const waiting = (): Promise<true> =>
    until(async () => ((await server.run("select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into data_key%'")).length > 0 ? true : undefined))
  const hex = (keys: ReadonlyMap<string, KeyObject>): Record<string, string> => Object.fromEntries([...keys].map(([id, key]) => [id, key.export().toString('hex')]))

  it('is made once, with one key for each id, when processes race for all of it', async () => {
    const url = await server.schema()
    const ids = Array.from({ length: 60 }, (_, i) => `case/${i}`)
    // Each begins elsewhere, so that locks taken in the order asked for would wait for one another.
    const work = (turn: number): string => `${moduleOf(url, masterKey.export().toString('hex'))}
      const ids = ${JSON.stringify(ids)}
      const turned = [...ids.slice(${turn}), ...ids.slice(0, ${turn})]
      const made = await Promise.all([vault.create(turned), vault.enrol('anna'), vault.create(['case/0']), vault.enrol('bo')])
      const keys = ids.map((id) => made[0].get(id).export().toString('hex'))
      console.log(JSON.stringify([vault.idMac('text').toString('hex'), keys, made[1], made[3], made[2].get('case/0').export().toString('hex') === keys[0]]))`
    const child = (turn: number) => promisify(execFile)(process.execPath, ['--conditions=source', '--no-warnings', '--input-type=module', '-e', work(turn)])
    const said = (await Promise.all([child(0), child(25), child(50)])).map(({ stdout }) => stdout)
    expect(new Set(said).size).toBe(1)
    expect(said[0]).toContain('true]')
    expect(await within(url, 'select count(*)::int as periods from period')).toEqual([{ periods: 1 }])
  })

  it('answers `unavailable` while its server is away, also in mid-create, and goes on with the next call', async () => {
    const url = await server.schema()
    const vault = await open(url)
    const before = hex(await vault.create(['case/0']))
    const locker = new pg.Client({ connectionString: url })
    locker.on('error', () => undefined)
    await locker.connect()
    await locker.query('begin; lock table data_key in exclusive mode')
    const asked = [vault.create(['case/1', 'case/2']), vault.enrol('anna')]
    // Looked at at once, as the server ends them before the next lines are reached.
    const outcome = Promise.allSettled(asked)
    await waiting()
    await server.crash()
    expect((await outcome).map((one) => one.status === 'rejected' && Reflect.get(Object(one.reason), 'code'))).toEqual(['unavailable', 'unavailable'])
    for (const late of [vault.create(['case/1']), vault.find(['case/2']), vault.staffNumber('anna'), openKeyVaultPostgres({ url, masterKey })])
      await expect(late).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/^The key vault/) })
    expect(hex(await vault.find(['case/0']))).toEqual(before)
    await server.start()
    expect((await vault.find(['case/1', 'case/2'])).size).toBe(0)
    const made = hex(await vault.create(['case/1', 'case/2']))
    expect(hex(await (await open(url)).find(['case/0', 'case/1', 'case/2']))).toEqual({ ...before, ...made })
  })

  describe('on a line that fails', () => {
    const statementMs = 2000
    let proxy: Proxy
    let url: string
    beforeEach(async () => {
      url = await server.schema()
      proxy = await proxyTo(url)
    })
    afterEach(async () => {
      for (const vault of opened) await vault.close()
      await proxy.close()
    })

    it.each([
      ['is reset', () => { proxy.cut('reset') }],
      ['is dead', () => { proxy.forget() }],
    ])('has made a key once though its answer was lost, when the line %s', async (_, fail) => {
      const vault = await open(proxy.url, { statementMs })
      await vault.create(['case/0'])
      const locker = new pg.Client({ connectionString: url })
      await locker.connect()
      await locker.query('begin; lock table data_key in exclusive mode')
      const asked = [vault.create(['case/1']), vault.enrol('anna')]
      const outcome = Promise.allSettled(asked)
      await waiting()
      proxy.hold('to-client')
      await locker.query('commit')
      await locker.end()
      await until(async () => ((await within(url, "select from data_key where id = 'case/1'")).length > 0 ? true : undefined))
      fail()
      proxy.release()
      for (const one of await outcome) expect(one).toMatchObject({ reason: { code: 'unavailable' } })
      const beside = await open(url)
      expect(hex(await vault.create(['case/1']))).toEqual(hex(await beside.find(['case/1'])))
      expect(await vault.enrol('anna')).toBe(await beside.staffNumber('anna'))
      expect(await within(url, 'select count(*)::int as keys from data_key')).toEqual([{ keys: 3 }])
    })
    it('makes every key on a slow one', async () => {
      const vault = await open(proxy.url)
      proxy.release(50)
      const ids = Array.from({ length: 100 }, (_, i) => `case/${i}`)
      const made = await vault.create(ids)
      expect(hex(await (await open(url)).find(ids))).toEqual(hex(made))
    })
    it('finds keys again within seconds when the line has gone dead', async () => {
      await (await open(url)).create(['case/0', 'case/1'])
      const vault = await open(proxy.url, { statementMs })
      await vault.find(['case/0'])
      proxy.forget()
      const began = performance.now()
      await expect(vault.find(['case/1'])).rejects.toMatchObject({ code: 'unavailable' })
      expect((await vault.find(['case/1'])).size).toBe(1)
      expect(performance.now() - began).toBeLessThan(statementMs + 3000)
    })
  })

  it('has what it answered when the server crashes at once', async () => {
    const url = await server.schema()
    const vault = await open(url)
    const [made, number] = await Promise.all([vault.create(['case/1']), vault.enrol('anna')])
    const digest = vault.idMac('text')
    await server.crash()
    await server.start()
    const again = await open(url)
    expect(hex(await again.find(['case/1']))).toEqual(hex(made))
    expect(await again.staffNumber('anna')).toBe(number)
    expect(again.idMac('text')).toEqual(digest)
  })

  it('makes no key on a connection that would answer before it is on disk', async () => {
    const url = await server.schema()
    await expect(open(`${url}%20-csynchronous_commit%3Doff`)).rejects.toMatchObject({ code: 'not-durable' })
    await (await open(`${url}%20-csynchronous_commit%3Dremote_apply`)).create(['case/1'])
  })

  it.each(['read committed', 'repeatable read'])('answers the key that somebody else commits while it waits to make one (%s)', async (isolation) => {
    const url = await server.schema()
    const other = await open(url)
    const made = await other.create(['case/1'])
    const number = await other.enrol('anna')
    const vault = await open(`${url}%20-cdefault_transaction_isolation%3D${encodeURIComponent(isolation.replace(' ', '\\ '))}`)
    // Both are there again when this is committed, and neither is seen before.
    await within(url, 'create table aside as select * from data_key; delete from data_key')
    const writer = new pg.Client({ connectionString: url })
    await writer.connect()
    await writer.query('begin; insert into data_key select * from aside')
    const asked = Promise.all([vault.create(['case/1', 'case/2']), vault.enrol('anna')])
    await waiting()
    await writer.query('commit')
    await writer.end()
    const [keys, again] = await asked
    expect(keys.get('case/1')?.export()).toEqual(made.get('case/1')?.export())
    expect([...keys.keys()].sort()).toEqual(['case/1', 'case/2'])
    expect(again).toBe(number)
  })

  it('answers `unavailable` when it is kept waiting too long', async () => {
    const url = await server.schema()
    const vault = await open(url, { statementMs: 200 })
    await vault.create(['case/0'])
    const locker = new pg.Client({ connectionString: url })
    await locker.connect()
    await locker.query('begin; lock table data_key in exclusive mode')
    await expect(vault.create(['case/1'])).rejects.toMatchObject({ code: 'unavailable' })
    await locker.end()
    expect((await vault.create(['case/1'])).size).toBe(1)
  })

  it('asks once for all that is asked for meanwhile', async () => {
    const url = await server.schema()
    const vault = await open(url)
    await vault.enrol('anna')
    const before = await commits()
    await Promise.all([...Array.from({ length: 100 }, (_, i) => vault.create([`case/${i}`])), vault.enrol('bo'), vault.enrol('cilla'), vault.enrol('bo')])
    expect((await commits()) - before).toBe(1)
  })
  it('commits nothing for keys that another process has made', async () => {
    const url = await server.schema()
    const other = await open(url)
    const made = await other.create(['case/1'])
    const number = await other.enrol('anna')
    const vault = await open(url)
    await vault.create(['case/2'])
    const before = await commits()
    const [keys, again] = await Promise.all([vault.create(['case/1']), vault.enrol('anna')])
    expect(await commits()).toBe(before)
    expect([hex(keys), again]).toEqual([hex(made), number])
  })

  it('adds keys in one order, so that two who add the same do not wait for one another', async () => {
    const url = await server.schema()
    const vault = await open(url)
    const logins = Array.from({ length: 10 }, (_, i) => `login ${i}`)
    await Promise.all([...logins.map((login) => vault.enrol(login)), vault.create(['case/3', 'case/1']), vault.create(['staff/2', 'case/2'])])
    const rows = await within(url, 'select id, login from data_key order by ctid')
    expect(rows.slice(0, 4).map(({ id }) => id)).toEqual(['case/1', 'case/2', 'case/3', 'staff/2'])
    const macs = rows.slice(4).map(({ login }) => String(login))
    expect(macs).toHaveLength(10)
    expect(macs).toEqual(macs.toSorted())
  })

  it('refuses for each caller alone what was changed, or moved to another id', async () => {
    const url = await server.schema()
    await (await open(url)).create(['case/1', 'case/2', 'case/3'])
    await within(url, "update data_key set wrapped = (select wrapped from data_key where id = 'case/2') where id = 'case/1'")
    const vault = await open(url)
    const [found, created, other] = await Promise.allSettled([vault.find(['case/1']), vault.create(['case/1', 'case/3']), vault.find(['case/2'])])
    expect([found, created]).toMatchObject([{ reason: { code: 'tampered-key' } }, { reason: { code: 'tampered-key' } }])
    expect(other.status).toBe('fulfilled')
    await within(url, "update period set wrapped = 'A' || wrapped")
    await expect((await open(url)).find(['case/2'])).rejects.toMatchObject({ code: 'tampered-key' })
  })
  it('refuses an id that cannot be stored, and only that', async () => {
    const vault = await open(await server.schema())
    const [bad, half, good] = await Promise.allSettled([vault.create(['case/\0']), vault.find(['case/\ud800']), vault.create(['case/å 😀'])])
    expect([bad, half]).toMatchObject([{ reason: { code: 'bad-key-id' } }, { reason: { code: 'bad-key-id' } }])
    expect(good).toMatchObject({ status: 'fulfilled' })
  })

  it('keeps a period of each month, and can do without one that is destroyed', async () => {
    const url = await server.schema()
    let now = '2026-11-30T23:59:59.999Z'
    const vault = await open(url, { clock: { now: () => now } })
    const made = await vault.create(['case/1', 'case/2'])
    now = '2026-12-01T00:00:00.000Z'
    await vault.create(['case/3'])
    expect(await within(url, 'select month, count(*)::int as keys from data_key join period on period.id = period group by month order by month')).toEqual([
      { month: '2026-11', keys: 2 },
      { month: '2026-12', keys: 1 },
    ])
    now = '2026-11-30T00:00:00.000Z'
    await vault.create(['case/4'])
    // As an erasure will do it: the other keys of the month are wrapped anew, then the period goes, and with it whatever was wrapped by it.
    const period = async (): Promise<{ readonly id: string; readonly key: KeyObject }> => {
      const [row] = await within(url, "select id, wrapped from period where month = '2026-11'")
      const id = String(row?.['id'])
      const key = unwrapKey(masterKey, `period ${id}`, String(row?.['wrapped']))
      if (!key) throw new Error('The period does not open')
      return { id, key }
    }
    const old = await period()
    await expect(within(url, "delete from period where month = '2026-11'")).rejects.toMatchObject({ code: '23503' })
    const boxes = new Map((await within(url, `select id, wrapped from data_key where period = '${old.id}'`)).map((row) => [String(row['id']), String(row['wrapped'])]))
    await within(url, `update period set month = null; delete from data_key where id = 'case/1'`)
    const helper = await open(url, { clock: { now: () => now } })
    await helper.create(['case/5'])
    const fresh = await period()
    for (const id of ['case/2', 'case/4']) {
      const key = unwrapKey(old.key, id, boxes.get(id) ?? '')
      if (!key) throw new Error('The key does not open')
      await within(url, `update data_key set period = '${fresh.id}', wrapped = '${wrapKey(fresh.key, id, key)}' where id = '${id}'`)
    }
    await within(url, `delete from period where id = '${old.id}'`)

    expect(unwrapKey(fresh.key, 'case/1', boxes.get('case/1') ?? '')).toBeUndefined()
    expect(unwrapKey(masterKey, 'case/1', boxes.get('case/1') ?? '')).toBeUndefined()
    // This process still knows the period that is gone, as its current one.
    expect((await vault.create(['case/6'])).size).toBe(1)
    const again = await open(url)
    const found = await again.find(['case/1', 'case/2', 'case/3', 'case/4', 'case/5', 'case/6'])
    expect([...found.keys()].sort()).toEqual(['case/2', 'case/3', 'case/4', 'case/5', 'case/6'])
    expect(found.get('case/2')?.export()).toEqual(made.get('case/2')?.export())
  })

  it('writes no key and no login that can be read, in no file of the server', async () => {
    const vault = await open(await server.schema())
    const login = 'margareta.åkerström@exempel.se'
    const number = await vault.enrol(login)
    const keys = [...(await vault.create(['case/1', `staff/${number}`])).values(), masterKey].map((key) => key.export())
    await server.run('checkpoint')
    expect(await filesContaining(server.folder, [login, 'margareta', ...keys])).toEqual([])
    expect(await filesContaining(server.folder, [number])).not.toEqual([])
  }, 60_000)

  it('refuses a schema that is not its own, and one that is damaged or of another version', async () => {
    const other = await server.schema()
    await within(other, 'create table build ()')
    await expect(open(other)).rejects.toMatchObject({ code: 'schema-in-use' })
    const url = await server.schema()
    await open(url)
    await within(url, "delete from own where name = 'ids'")
    await expect(open(url)).rejects.toMatchObject({ code: 'damaged-vault' })
    await within(url, 'delete from own')
    await expect(open(url)).rejects.toMatchObject({ code: 'damaged-vault' })
    await within(url, 'update vault set schema_version = 2')
    await expect(open(url)).rejects.toMatchObject({ code: 'other-schema' })
  })
})
