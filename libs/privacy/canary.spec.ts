import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { filesContaining } from '#libs/privacy/canary'

const needle = 'Åsa Öberg "x"?'
const bytes = Buffer.from(needle)
const plants: readonly (readonly [string, string | Buffer])[] = [
  ['utf8', needle],
  ['latin1', Buffer.from(needle, 'latin1')],
  ['utf16le', Buffer.from(needle, 'utf16le')],
  ['json', JSON.stringify(needle)],
  ['json', '"\\u00c5sa \\u00d6berg \\"x\\"?"'],
  ['json', '"\\u00C5sa \\u00D6berg \\"x\\"?"'],
  ['url', `/search?name=${encodeURIComponent(needle)}&page=1`],
  ['hex of utf8', bytes.toString('hex').toUpperCase()],
  ['hex of utf16le', Buffer.from(needle, 'utf16le').toString('hex')],
  ...[0, 1, 2].flatMap((before) => {
    const around = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.from([0xff])])
    return [['base64 of utf8', around.toString('base64')] as const, ['base64 of utf8', around.toString('base64url')] as const]
  }),
  ['base64 of latin1', Buffer.from(`x${needle}`, 'latin1').toString('base64')],
]

describe('looking for personal data in files', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vaka-canary-'))
    mkdirSync(join(folder, 'deep'))
    writeFileSync(join(folder, 'clean'), 'Asa Oberg')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it.each(plants)('finds it as %s (%#), wherever it lies', async (form, planted) => {
    writeFileSync(join(folder, 'deep', 'file'), Buffer.concat([Buffer.from('before '), Buffer.from(planted), Buffer.from(' after')]))
    expect(await filesContaining(folder, ['nowhere', needle])).toEqual([{ file: join('deep', 'file'), needle, form }])
  })
  it('finds bytes', async () => {
    writeFileSync(join(folder, 'file'), bytes.toString('base64'))
    expect(await filesContaining(folder, [bytes])).toEqual([{ file: 'file', needle: bytes.toString('hex'), form: 'base64 of bytes' }])
  })
  it('refuses what chance would find', async () => {
    await expect(filesContaining(folder, ['Anna'])).rejects.toThrow(/4 bytes/)
  })
})
