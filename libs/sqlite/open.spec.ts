import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import Database from 'better-sqlite3'
import { openDatabase } from '#libs/sqlite/open'
import type { OpenOptions } from '#libs/sqlite/open'
import { probeFile } from '#libs/sqlite/probe'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'open-'))
  file = join(folder, 'probe.db')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})
const fill = (): void => {
  const db = openDatabase(file, probeFile)
  const insert = db.prepare('insert into entry (text) values (?)')
  db.transaction(() => {
    for (let i = 0; i < 1000; i++) insert.run('text '.repeat(20))
  })()
  db.close()
}
/** As a crash leaves it: the last changes are in the write-ahead log only. */
const copyOfOpen = (options: OpenOptions): void => {
  const original = join(folder, 'original.db')
  openDatabase(original, options).close()
  const db = openDatabase(original, options)
  db.exec("insert into entry (text) values ('a')")
  for (const suffix of ['', '-wal']) copyFileSync(original + suffix, file + suffix)
  db.close()
}
const contents = (): readonly unknown[] => ['', '-wal'].map((suffix) => existsSync(file + suffix) && readFileSync(file + suffix))
const overwrite = (from: number, bytes: Buffer): void => {
  const whole = readFileSync(file)
  bytes.copy(whole, from)
  writeFileSync(file, whole)
}

describe('openDatabase', () => {
  it.each([
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const)('opens with synchronous %s on every connection', (synchronous, level) => {
    for (const readonly of [false, true]) {
      const db = openDatabase(file, { ...probeFile, synchronous, readonly })
      expect(db.pragma('synchronous', { simple: true })).toBe(level)
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
      db.close()
    }
  })

  it('creates an empty file once and finds its contents again', () => {
    fill()
    const [first, second] = [openDatabase(file, probeFile), openDatabase(file, { ...probeFile, readonly: true })]
    expect(second.prepare('select count(*) from entry').pluck().get()).toBe(1000)
    expect(() => second.exec('delete from entry')).toThrow(/readonly/)
    first.close()
    second.close()
    expect(openDatabase(':memory:', probeFile).prepare('select count(*) from entry').pluck().get()).toBe(0)
  })

  it.each([
    ['text', () => { writeFileSync(file, 'Kära dagbok, '.repeat(100)) }],
    ['a short text', () => { writeFileSync(file, 'Kära dagbok') }],
    ['a database of another program', () => { new Database(file).exec('create table diary (text)').close() }],
    ['another database of ours, with changes in its write-ahead log', () => { copyOfOpen({ ...probeFile, applicationId: 7 }) }],
  ])('refuses %s and leaves it as it was', (_, write) => {
    write()
    const before = contents()
    expect(refusal()).toEqual({ code: 'foreign-file', message: `${file} is not the probe of this program. Check the path; nothing was written to it.` })
    expect(contents()).toEqual(before)
  })

  it.each([
    ['its first bytes', () => { overwrite(4, Buffer.alloc(8)) }],
    ['its end cut off', () => { truncateSync(file, statSync(file).size - 100) }],
    ['nothing but the start of its header', () => { truncateSync(file, 40) }],
    ['its last pages overwritten', () => { overwrite(8192, Buffer.alloc(statSync(file).size - 8192, 0xff)) }],
    ['its tables gone', () => { new Database(file).exec('drop table entry').close() }],
  ])('refuses a file with %s', (_, damage) => {
    fill()
    damage()
    expect(refusal()).toEqual({ code: 'damaged-file', message: expect.stringContaining(`The probe ${file} is damaged`) })
  })

  it('refuses a file of a newer or an older version', () => {
    openDatabase(file, { ...probeFile, schemaVersion: 3 }).close()
    expect(refusal()).toEqual({ code: 'newer-file', message: expect.stringContaining('format 3, this one knows 1') })
    expect(refusal({ ...probeFile, schemaVersion: 4 }).code).toBe('older-file')
  })

  it('does not create what it only reads', () => {
    expect(refusal({ ...probeFile, readonly: true })).toEqual({ code: 'missing-file', message: expect.stringContaining(file) })
  })
})

const refusal = (options = probeFile): { code: unknown; message: unknown } => {
  try {
    openDatabase(file, options).close()
  } catch (thrown) {
    return { code: Reflect.get(Object(thrown), 'code'), message: Reflect.get(Object(thrown), 'message') }
  }
  throw new Error('The file was opened')
}
