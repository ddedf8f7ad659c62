import { execFile } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { KeyVault } from '#libs/kernel/vault'

/** A durable place for one vault, empty at first. */
export interface VaultPlace {
  /** A handle on the place; several may be open at once. */
  open(masterKey: KeyObject): Promise<KeyVault>
  /** Text of an ES module whose `vault` is a handle on the place in another process, the master key given in hex. */
  module(masterKey: string): string
  /** Commits that the place has seen so far. */
  commits(): Promise<number>
  drop(): Promise<void>
}

const run = promisify(execFile)
const exported = (keys: ReadonlyMap<string, KeyObject>): Record<string, string> =>
  Object.fromEntries([...keys].map(([id, key]) => [id, key.export().toString('hex')]))

/** What every key vault keeps (`libs/kernel/vault.ts`). */
export const keyVaultContract = (name: string, prepare: () => Promise<VaultPlace>): void => {
  describe(`${name} is a key vault`, () => {
    const masterKey = createSecretKey(randomBytes(32))
    const opened: KeyVault[] = []
    let place: VaultPlace
    const openVault = async (): Promise<KeyVault> => {
      const vault = await place.open(masterKey)
      opened.push(vault)
      return vault
    }
    beforeEach(async () => {
      place = await prepare()
    })
    afterEach(async () => {
      for (const vault of opened.splice(0)) await vault.close()
      await place.drop()
    })

    it('makes keys of 32 bytes, one for each id, and answers them again', async () => {
      const vault = await openVault()
      const made = await vault.create(['case/1', 'case/1/person/a', 'case/1'])
      expect([...made.keys()].sort()).toEqual(['case/1', 'case/1/person/a'])
      expect([...made.values()].map((key) => key.symmetricKeySize)).toEqual([32, 32])
      expect(new Set(Object.values(exported(made))).size).toBe(2)
      expect(exported(await vault.create(['case/1/person/a', 'case/1']))).toEqual(exported(made))
      expect(exported(await vault.find(['case/1', 'case/1/person/a']))).toEqual(exported(made))
    })
    it('finds what is there and leaves out what is not, until it is', async () => {
      const vault = await openVault()
      const other = await openVault()
      expect((await vault.find(['case/1', 'case/2'])).size).toBe(0)
      const made = await other.create(['case/1'])
      expect(exported(await vault.find(['case/1', 'case/2']))).toEqual(exported(made))
    })
    it('answers one key to everyone who makes it at the same time', async () => {
      const vaults = [await openVault(), await openVault()]
      const made = await Promise.all(Array.from({ length: 40 }, (_, i) => vaults[i % 2]?.create(['case/1', `case/${i % 5}/person/a`])))
      const seen = new Map<string, Set<string>>()
      for (const keys of made)
        for (const [id, key] of Object.entries(exported(keys ?? new Map()))) seen.set(id, (seen.get(id) ?? new Set()).add(key))
      expect([...seen.keys()].length).toBe(6)
      expect([...seen.values()].map((keys) => keys.size)).toEqual([1, 1, 1, 1, 1, 1])
      const [first, second] = await Promise.all(vaults.map((vault) => vault.find(['case/1'])))
      expect(exported(first ?? new Map())).toEqual(exported(second ?? new Map()))
    })
    it('makes keys that are asked for together in one commit, and none for keys that are there', async () => {
      const vault = await openVault()
      await vault.create(['case/0'])
      const before = await place.commits()
      await vault.create(['case/1', 'case/1/person/a', 'case/1/person/b'])
      expect((await place.commits()) - before).toBe(1)
      await vault.create(['case/1/person/b', 'case/1'])
      await vault.find(['case/2'])
      expect((await place.commits()) - before).toBe(1)
    })
    it('makes keys of many callers in few commits', async () => {
      const vault = await openVault()
      await vault.create(['case/0'])
      const before = await place.commits()
      await Promise.all(Array.from({ length: 100 }, (_, i) => vault.create([`case/${i + 1}`])))
      expect((await place.commits()) - before).toBeLessThan(10)
    })
    it('has keys, digests and staff numbers again when it is reopened', async () => {
      const vault = await openVault()
      const made = await vault.create(['case/1'])
      const digest = vault.idMac('text').toString('hex')
      const number = await vault.enrol('åsa.öberg')
      const staffKey = exported(await vault.find([`staff/${number}`]))
      await vault.close()
      const again = await openVault()
      expect(exported(await again.find(['case/1']))).toEqual(exported(made))
      expect(again.idMac('text').toString('hex')).toBe(digest)
      expect(await again.staffNumber('åsa.öberg')).toBe(number)
      expect(exported(await again.find([`staff/${number}`]))).toEqual(staffKey)
    })
    it('digests texts under a key of its own', async () => {
      const vault = await openVault()
      expect(vault.idMac('text')).toHaveLength(32)
      expect(vault.idMac('text').equals(vault.idMac('Text'))).toBe(false)
      const elsewhere = await prepare()
      const stranger = await elsewhere.open(masterKey)
      expect(stranger.idMac('text').equals(vault.idMac('text'))).toBe(false)
      await stranger.close()
      await elsewhere.drop()
    })
    it('gives a login one opaque number and a key, however often and from wherever it is enrolled', async () => {
      const vaults = [await openVault(), await openVault()]
      expect(await vaults[0]?.staffNumber('anna')).toBeUndefined()
      const numbers = new Set(await Promise.all(Array.from({ length: 20 }, (_, i) => vaults[i % 2]?.enrol('anna'))))
      expect(numbers.size).toBe(1)
      const [number = ''] = numbers
      expect(number).toMatch(/^s-[0-9a-hjkmnp-tv-z]{10}$/)
      expect(await vaults[1]?.staffNumber('anna')).toBe(number)
      expect(await vaults[1]?.enrol('Anna')).not.toBe(number)
      const [first, second] = await Promise.all(vaults.map((vault) => vault.create([`staff/${number}`])))
      expect(exported(first ?? new Map())).toEqual(exported(second ?? new Map()))
    })
    it('refuses another master key in one sentence, and opens with its own after that', async () => {
      const made = await (await openVault()).create(['case/1'])
      await expect(place.open(createSecretKey(randomBytes(32)))).rejects.toMatchObject({ code: 'master-key', message: expect.stringMatching(/another master key/) })
      expect(exported(await (await openVault()).find(['case/1']))).toEqual(exported(made))
    })
    it('finishes what was asked before it closes, closes twice, and says so after', async () => {
      const vault = await openVault()
      const asked = vault.create(['case/1'])
      await Promise.all([vault.close(), vault.close()])
      const made = await asked
      for (const late of [vault.find(['case/1']), vault.create(['case/1']), vault.enrol('anna'), vault.staffNumber('anna')])
        await expect(late).rejects.toMatchObject({ code: 'closed' })
      expect(exported(await (await openVault()).find(['case/1']))).toEqual(exported(made))
    })
    it('holds no process, idle or closed', async () => {
      const hex = masterKey.export().toString('hex')
      const work = (end: string): string => `${place.module(hex)}\nconsole.log((await vault.create(['case/1'])).get('case/1').export().toString('hex'))\n${end}`
      const child = (end: string) => run(process.execPath, ['--conditions=source', '--no-warnings', '--input-type=module', '-e', work(end)], { timeout: 15_000 })
      const [idle, closed] = [await child(''), await child('await vault.close()')]
      expect(idle.stdout).toBe(closed.stdout)
      expect(exported(await (await openVault()).find(['case/1']))['case/1']).toBe(idle.stdout.trim())
    })
  })
}
