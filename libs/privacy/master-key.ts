import { createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { described, fault } from '#libs/sqlite/fault'

export interface MasterKey {
  readonly key: KeyObject
  /** The key lies in the data folder: whoever takes a copy of the data takes the key with it. The edge warns. */
  readonly beside: boolean
}
export interface MasterKeyOptions {
  /** What VAKA_MASTER_KEY holds, if anything: 32 bytes as base64 or hex. It goes before the file. */
  readonly variable?: string | undefined
  readonly dataFolder: string
  /** Default `<dataFolder>/master.key`. */
  readonly file?: string | undefined
  /** The key vault's file: where that exists, a master key is asked for and never made. */
  readonly vault: string
}

/** The key that wraps all keys; made at the first start, readable by its owner only. Throws with code `master-key`. */
export const readMasterKey = ({ variable, dataFolder, file = join(dataFolder, 'master.key'), vault }: MasterKeyOptions): MasterKey => {
  if (variable !== undefined && variable.trim() !== '') return { key: parsed(variable, 'VAKA_MASTER_KEY'), beside: false }
  if (!existsSync(file)) {
    if (existsSync(vault) && statSync(vault).size > 0)
      throw fault('master-key', `There is a key vault at ${vault} but no master key at ${file}. Put the master key back, or set VAKA_MASTER_KEY.`)
    make(file)
  }
  return { key: parsed(readFileSync(file, 'utf8'), file), beside: isWithin(dataFolder, file) }
}

const parsed = (text: string, where: string): KeyObject => {
  const value = text.trim()
  const encoding = /^[0-9a-f]{64}$/i.test(value) ? 'hex' : /^[A-Za-z0-9+/_-]{43}=?$/.test(value) ? 'base64' : undefined
  if (!encoding) throw fault('master-key', `The master key in ${where} must be 32 bytes, written as 44 characters of base64 or 64 of hex.`)
  return createSecretKey(Buffer.from(value, encoding))
}

/** Written whole and flushed before it has its name, so that no other start reads half a key and no power loss takes what keys were wrapped by. */
const make = (file: string): void => {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(draft, file)
  } catch (thrown) {
    // Another process was first: its key stands.
    if (described(thrown).code !== 'EEXIST') throw thrown
  } finally {
    rmSync(draft)
  }
  // Windows opens no folder as a file and writes names through by itself.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

const isWithin = (folder: string, file: string): boolean => {
  const way = relative(folder, file)
  return !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way)
}
