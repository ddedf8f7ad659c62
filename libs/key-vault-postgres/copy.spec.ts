import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { KeyVault } from '#libs/kernel/vault'
import { openKeyTables } from '#libs/key-vault-postgres/copy'
import { openKeyVaultPostgres } from '#libs/key-vault-postgres/vault'
import { startPostgres } from '#libs/postgres/testing/server'
import type { TestServer } from '#libs/postgres/testing/server'
import { copyKeys } from '#libs/privacy/copy'
import type { Copied, KeyStore } from '#libs/privacy/copy'
import { openKeyFile } from '#libs/privacy/key-file'
import { openKeyVault } from '#libs/privacy/vault'

const masterKey = createSecretKey(randomBytes(32))
let server: TestServer
let folder: string
beforeAll(async () => {
  server = await startPostgres()
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaka-copy-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})
afterAll(() => server.stop())

interface Place {
  readonly vault: () => Promise<KeyVault>
  readonly store: (key?: typeof masterKey) => KeyStore
}
let files = 0
const sqlite = async (): Promise<Place> => {
  const file = join(folder, `keys-${++files}.db`)
  return { vault: () => openKeyVault({ file, masterKey }), store: (key = masterKey) => openKeyFile({ file, masterKey: key }) }
}
const postgres = async (): Promise<Place> => {
  const url = await server.schema()
  return { vault: () => openKeyVaultPostgres({ url, masterKey }), store: (key = masterKey) => openKeyTables({ url, masterKey: key }) }
}
const using = async <T>(vault: KeyVault, work: (vault: KeyVault) => Promise<T>): Promise<T> => {
  try {
    return await work(vault)
  } finally {
    await vault.close()
  }
}
const copied = async (from: KeyStore, to: KeyStore): Promise<Copied> => {
  try {
    return await copyKeys(from, to)
  } finally {
    await from.close()
    await to.close()
  }
}
/** More than go together; ids whose order by code point is not that of any language, or of UTF-16. */
const ids = [...Array.from({ length: 2_100 }, (_, i) => `case/${i}`), 'case/å', 'case/z', 'case/Å', 'case/😀', 'case/｡']
/** What a vault answers. */
const answers = (place: Place): Promise<unknown> =>
  place.vault().then((vault) =>
    using(vault, async () => {
      const number = await vault.staffNumber('anna')
      const keys = await vault.find([...ids, `staff/${number}`, 'case/none'])
      return { mac: vault.idMac('text').toString('hex'), number, keys: [...keys].map(([id, key]) => `${id} ${key.export().toString('hex')}`).sort() }
    }),
  )
const filled = async (place: Place): Promise<Place> => {
  await using(await place.vault(), async (vault) => {
    await vault.create(ids)
    await vault.enrol('anna')
  })
  return place
}

describe.each([
  ['from the SQLite file to PostgreSQL', sqlite, postgres],
  ['from PostgreSQL to the SQLite file', postgres, sqlite],
] as const)('keys copied %s', (_, source, target) => {
  it('are the same, with the digests and staff numbers, and new ones can be made there', async () => {
    const [from, to] = [await filled(await source()), await target()]
    expect(await copied(from.store(), to.store())).toEqual({ keys: ids.length + 1, added: ids.length + 1 })
    expect(await answers(to)).toEqual(await answers(from))
    await using(await to.vault(), async (vault) => {
      expect((await vault.create(['case/new'])).size).toBe(1)
      expect(await vault.enrol('bo')).not.toBe(await vault.enrol('anna'))
    })
  })
  it('are copied again where it was broken off, and each only once', async () => {
    const [from, to] = [await filled(await source()), await target()]
    const broken = to.store()
    await expect(
      copied(from.store(), {
        ...broken,
        add: async (rows) => {
          await broken.add(rows.slice(0, 300))
          throw new Error('broken off')
        },
      }),
    ).rejects.toThrow('broken off')
    expect(await copied(from.store(), to.store())).toEqual({ keys: ids.length + 1, added: ids.length + 1 - 300 })
    expect(await copied(from.store(), to.store())).toEqual({ keys: ids.length + 1, added: 0 })
    expect(await answers(to)).toEqual(await answers(from))
  })
  it('do not go over those of another deployment, nor of another master key, nor from nowhere', async () => {
    const [from, to] = [await source(), await target()]
    await expect(copied(from.store(), to.store())).rejects.toMatchObject({ code: 'no-vault' })
    for (const place of [from, to]) await using(await place.vault(), (vault) => vault.create(['case/1']))
    const before = await answers(to)
    await expect(copied(from.store(), to.store())).rejects.toMatchObject({ code: 'other-vault' })
    await expect(copied(from.store(createSecretKey(randomBytes(32))), to.store())).rejects.toMatchObject({ code: 'master-key' })
    await expect(copied(from.store(), to.store(createSecretKey(randomBytes(32))))).rejects.toMatchObject({ code: 'master-key' })
    expect(await answers(to)).toEqual(before)
  })
  it('are looked at: one that differs is named, and one too many is seen', async () => {
    const [from, to] = [await source(), await target()]
    await using(await from.vault(), (vault) => vault.create(['case/1', 'case/2']))
    await copied(from.store(), to.store())
    await using(await to.vault(), (vault) => vault.create(['case/3', 'case/4']))
    await expect(copied(from.store(), to.store())).rejects.toMatchObject({ code: 'copy-incomplete' })
    await using(await from.vault(), (vault) => vault.create(['case/3']))
    await expect(copied(from.store(), to.store())).rejects.toMatchObject({ code: 'copy-differs', message: expect.stringContaining('case/3') })
    // A source that gives less than it has.
    const half = from.store()
    const short: KeyStore = { ...half, all: async function* () { for await (const rows of half.all()) yield rows.slice(1, 2) } }
    const empty = await target()
    await expect(copied(short, empty.store())).rejects.toMatchObject({ code: 'copy-incomplete' })
  })
})

it('makes no file where the one to copy from is not', () => {
  expect(() => openKeyFile({ file: join(folder, 'none.db'), masterKey, readonly: true })).toThrow(expect.objectContaining({ code: 'missing-file' }))
  expect(readdirSync(folder)).toEqual([])
})
