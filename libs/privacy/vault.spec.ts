import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Database from 'better-sqlite3'
import { keyVaultContract } from '#libs/contracts/key-vault'
import { filesContaining } from '#libs/privacy/canary'
import { openKeyVault } from '#libs/privacy/vault'
import { keyFile, program } from '#libs/privacy/vault-program'
import { openDatabase } from '#libs/sqlite/open'

keyVaultContract('the SQLite file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vaka-vault-'))
  const file = join(folder, 'keys.db')
  return {
    open: (masterKey) => openKeyVault({ file, masterKey }),
    module: (masterKey) => `
      import { createSecretKey } from 'node:crypto'
      import { openKeyVault } from '#libs/privacy/vault'
      const vault = await openKeyVault({ file: ${JSON.stringify(file)}, masterKey: createSecretKey(Buffer.from('${masterKey}', 'hex')) })`,
    // The counter of transactions in the index of the write-ahead log: https://sqlite.org/walformat.html#the_wal_index_header
    commits: async () => readFileSync(`${file}-shm`).readUInt32LE(8),
    drop: async () => {
      rmSync(folder, { recursive: true })
    },
  }
})

describe('the file of the key vault', () => {
  const masterKey = createSecretKey(randomBytes(32))
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vaka-vault-'))
    file = join(folder, 'keys.db')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const change = (sql: string): void => {
    const db = new Database(file)
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0)
    db.close()
  }

  it('holds no key and no login that can be read', async () => {
    const vault = await openKeyVault({ file, masterKey })
    const login = 'margareta.åkerström@exempel.se'
    const number = await vault.enrol(login)
    const keys = [...(await vault.create(['case/1', `staff/${number}`])).values(), masterKey].map((key) => key.export())
    expect(await filesContaining(folder, [login, 'margareta', ...keys])).toEqual([])
    expect(await filesContaining(folder, [number])).not.toEqual([])
    await vault.close()
    expect(await filesContaining(folder, [login, 'margareta', ...keys])).toEqual([])
  })
  it('refuses a key that was moved to another id', async () => {
    const vault = await openKeyVault({ file, masterKey })
    await vault.create(['case/1', 'case/2'])
    await vault.close()
    change("update data_key set wrapped = (select wrapped from data_key where id = 'case/2') where id = 'case/1'")
    const again = await openKeyVault({ file, masterKey })
    await expect(again.find(['case/1'])).rejects.toMatchObject({ code: 'tampered-key' })
    expect((await again.find(['case/2'])).size).toBe(1)
    await again.close()
  })
  it('tells damage to its own keys from a foreign master key, and makes no new ones over old data', async () => {
    const vault = await openKeyVault({ file, masterKey })
    await vault.create(['case/1'])
    await vault.close()
    change("delete from own where name = 'ids'")
    await expect(openKeyVault({ file, masterKey })).rejects.toMatchObject({ code: 'damaged-file' })
    change('delete from own')
    await expect(openKeyVault({ file, masterKey })).rejects.toMatchObject({ code: 'damaged-file' })
  })
  it('is told by its writer to overwrite what is deleted', () => {
    const db = openDatabase(':memory:', keyFile)
    db.pragma('secure_delete = off')
    program(db)
    expect(db.pragma('secure_delete', { simple: true })).toBe(1)
    db.close()
  })
  it('works in memory', async () => {
    const vault = await openKeyVault({ file: ':memory:', masterKey })
    const made = await vault.create(['case/1'])
    const found = await vault.find(['case/1', 'case/2'])
    expect([...found.keys()]).toEqual(['case/1'])
    expect(found.get('case/1')?.export()).toEqual(made.get('case/1')?.export())
    expect(await vault.enrol('anna')).toBe(await vault.staffNumber('anna'))
    await vault.close()
  })
})
