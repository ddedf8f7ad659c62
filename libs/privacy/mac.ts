import { createHmac, createSecretKey, hkdfSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

const derived = new WeakMap<KeyObject, KeyObject>()

/** The subkey of a data key for digests (HKDF-SHA256, RFC 5869): a key that encrypts never signs. Kept as long as the data key is. */
export const macKey = (dataKey: KeyObject): KeyObject => {
  const known = derived.get(dataKey)
  if (known) return known
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', dataKey, '', 'vaka mac', 32)))
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
