import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readMasterKey } from '#libs/privacy/master-key'

describe('the master key', () => {
  const bytes = randomBytes(32)
  let dataFolder: string
  let vault: string
  beforeEach(() => {
    dataFolder = mkdtempSync(join(tmpdir(), 'vaka-master-'))
    vault = join(dataFolder, 'keys.db')
  })
  afterEach(() => {
    rmSync(dataFolder, { recursive: true })
  })

  it('comes from the variable, as base64 or hex, and then touches no file', () => {
    for (const variable of [bytes.toString('base64'), bytes.toString('base64url'), `${bytes.toString('hex')}\n`, bytes.toString('hex').toUpperCase()]) {
      const { key, beside } = readMasterKey({ variable, dataFolder, vault })
      expect(key.export()).toEqual(bytes)
      expect(beside).toBe(false)
    }
    expect(readdirSync(dataFolder)).toEqual([])
  })
  it('is made at the first start in the data folder, for its owner only, and read after that', () => {
    const first = readMasterKey({ variable: '', dataFolder, vault })
    expect(first.beside).toBe(true)
    expect(readdirSync(dataFolder)).toEqual(['master.key'])
    expect(statSync(join(dataFolder, 'master.key')).mode & 0o777).toBe(0o600)
    expect(Buffer.from(readFileSync(join(dataFolder, 'master.key'), 'utf8'), 'base64')).toEqual(first.key.export())
    writeFileSync(vault, 'keys')
    expect(readMasterKey({ dataFolder, vault }).key.export()).toEqual(first.key.export())
  })
  it('may lie elsewhere', () => {
    const file = join(`${dataFolder}-keys`, 'master.key')
    expect(readMasterKey({ dataFolder, file, vault }).beside).toBe(false)
    rmSync(`${dataFolder}-keys`, { recursive: true })
  })
  it('is refused in one sentence when it is not 32 bytes, and never shown', () => {
    for (const variable of [randomBytes(31).toString('base64'), randomBytes(31).toString('base64url'), randomBytes(33).toString('hex'), 'a secret'])
      expect(() => readMasterKey({ variable, dataFolder, vault })).toThrow(
        expect.objectContaining({ code: 'master-key', message: expect.not.stringContaining(variable) }),
      )
    writeFileSync(join(dataFolder, 'master.key'), '')
    expect(() => readMasterKey({ dataFolder, vault })).toThrow(expect.objectContaining({ code: 'master-key' }))
  })
  it('is not made anew where there are keys already', () => {
    writeFileSync(vault, 'keys')
    expect(() => readMasterKey({ dataFolder, vault })).toThrow(expect.objectContaining({ code: 'master-key', message: expect.stringContaining('Put the master key back') }))
    expect(readdirSync(dataFolder)).toEqual(['keys.db'])
  })
})
