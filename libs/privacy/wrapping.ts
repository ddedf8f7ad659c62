import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { lock, unlock } from '#libs/privacy/box'
import { macText } from '#libs/privacy/mac'
import { random } from '#libs/privacy/random'

/** What every key vault stores, whatever it stores it in. */

/** A box under the key above it, which opens under this id only. */
export const wrapKey = (above: KeyObject, id: string, key: KeyObject): string => lock(above, key.export(), contextOf(id))
/** Undefined for what was changed or moved to another id, and for what was wrapped under another key. */
export const unwrapKey = (above: KeyObject, id: string, wrapped: string): KeyObject | undefined => {
  const bytes = unlock(above, wrapped, contextOf(id))
  return bytes && createSecretKey(bytes)
}
export interface WrappedKey {
  readonly id: string
  readonly key: KeyObject
  readonly wrapped: string
}
export const newKey = (above: KeyObject, id: string): WrappedKey => {
  const bytes = random(32)
  return { id, key: createSecretKey(bytes), wrapped: lock(above, bytes, contextOf(id)) }
}
const contextOf = (keyId: string): string => `data ${keyId}`

const staffPrefix = 'staff/'
/** Crockford's base 32: no i, l, o or u, so that nothing is mistaken when read aloud or typed. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz'
/** The id of the key of somebody new, with a staff number drawn at random. */
export const newStaffId = (): string => `${staffPrefix}s-${Array.from(randomBytes(10), (byte) => letters.charAt(byte & 31)).join('')}`
export const staffNumberIn = (id: string): string => id.slice(staffPrefix.length)
/** What stands in the row of a staff member's key: the only way from login to staff number. */
export const loginMac = (indexKey: KeyObject, login: string): string => createHmac('sha256', indexKey).update(macText('login', login)).digest('base64url')

/** The keys of the deployment, which are never erased. */
export interface OwnKeys {
  readonly ids: KeyObject
  readonly index: KeyObject
}
export const newOwnKeys = (): OwnKeys => ({ ids: createSecretKey(randomBytes(32)), index: createSecretKey(randomBytes(32)) })

const knownValue = 'vaka key vault'
const ownContext = (name: string): string => `own ${name}`
/** By name, with a known value that only the vault's own master key unwraps. */
export const wrapOwnKeys = (masterKey: KeyObject, { ids, index }: OwnKeys): readonly (readonly [name: string, wrapped: string])[] => [
  ['known', lock(masterKey, knownValue, ownContext('known'))],
  ['ids', lock(masterKey, ids.export(), ownContext('ids'))],
  ['index', lock(masterKey, index.export(), ownContext('index'))],
]
export const unwrapOwnKeys = (masterKey: KeyObject, wrapped: ReadonlyMap<string, string>): OwnKeys | 'another master key' | 'damaged' => {
  const value = (name: string): Buffer | undefined => unlock(masterKey, wrapped.get(name) ?? '', ownContext(name))
  if (wrapped.has('known') && value('known')?.toString() !== knownValue) return 'another master key'
  const [ids, index] = [value('ids'), value('index')]
  return wrapped.has('known') && ids && index ? { ids: createSecretKey(ids), index: createSecretKey(index) } : 'damaged'
}
