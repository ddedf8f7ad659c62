import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { isLocked, lockFolder } from '#libs/sqlite/lock'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lock-')), 'data')
})
afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true })
})

it('has one holder until it is released', () => {
  expect(isLocked(folder)).toBe(false)
  const lock = lockFolder(folder)
  expect(isLocked(folder)).toBe(true)
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'folder-locked', message: expect.stringContaining(folder) }))
  lock.release()
  expect(isLocked(folder)).toBe(false)
  lockFolder(folder).release()
})

it('is freed by the operating system when its holder is killed', async () => {
  const source = `
    import { lockFolder } from '#libs/sqlite/lock'
    lockFolder(${JSON.stringify(folder)})
    globalThis.gc()
    console.log('locked')
    setInterval(() => undefined, 1000)`
  const flags = ['--expose-gc', '--conditions=source', '--no-warnings', '--input-type=module', '--eval']
  const child = spawn(process.execPath, [...flags, source], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const meanwhile = [isLocked(folder), isLocked(folder)]
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(meanwhile).toEqual([true, true])
  expect(isLocked(folder)).toBe(false)
})
