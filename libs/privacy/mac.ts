import { createHmac, createSecretKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const derived = new WeakMap<KeyObject, KeyObject>()

/**
 * The subkey of a data key for digests, so that a key that encrypts never signs: HKDF-Expand with SHA-256, one block (RFC 5869 §2.3). Data keys
 * are uniformly random, so the extract step is left out (§3.3). Kept as long as the data key is.
 */
export const macKey = (dataKey: KeyObject): KeyObject => {
  const known = derived.get(dataKey)
  if (known) return known
  const key = createSecretKey(createHmac('sha256', dataKey).update('vaka mac\u0001').digest())
  derived.set(dataKey, key)
  return key
}

/** One text of several, from which they can be told apart again: ('a', 'bc') and ('ab', 'c') differ. What `KeyVault.idMac` is given. */
export const macText = (purpose: string, ...parts: readonly string[]): string => JSON.stringify([purpose, ...parts])

/** HMAC-SHA256 under a case's key, as 43 characters base64url (format `mac`): command ids, fingerprints, the reporter's mark. */
export const mac = (dataKey: KeyObject, purpose: string, ...parts: readonly string[]): string =>
  createHmac('sha256', macKey(dataKey))
    .update(macText(purpose, ...parts))
    .digest('base64url')
