import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { random } from '#libs/privacy/random'

const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM under a random nonce: base64url of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). `context` is authenticated, not stored. */
export const lock = (key: KeyObject, content: string | Buffer, context: string): string => {
  const nonce = random(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(context))
  const ciphertext = typeof content === 'string' ? cipher.update(content, 'utf8') : cipher.update(content)
  return Buffer.concat([nonce, ciphertext, cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** What `lock` was given; undefined when box, key and context are not those of one `lock`. */
export const unlock = (key: KeyObject, box: string, context: string): Buffer | undefined => {
  const bytes = Buffer.from(box, 'base64url')
  if (bytes.length < nonceBytes + tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const content = decipher.update(bytes.subarray(nonceBytes, -tagBytes))
  try {
    decipher.final()
    return content
  } catch {
    return undefined
  }
}
