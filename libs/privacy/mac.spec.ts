import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { formats } from '#libs/kernel/shape'
import { mac, macKey, macText } from '#libs/privacy/mac'

describe('digests under a case key', () => {
  const key = createSecretKey(randomBytes(32))

  it('differ by key, purpose and where one part ends', () => {
    const macs = [
      mac(key, 'command', 'ab', 'c'),
      mac(key, 'command', 'a', 'bc'),
      mac(key, 'command', 'abc'),
      mac(key, 'command', 'a","bc'),
      mac(key, 'command', 'ab', 'c', ''),
      mac(key, 'fingerprint', 'ab', 'c'),
      mac(createSecretKey(randomBytes(32)), 'command', 'ab', 'c'),
    ]
    expect(new Set(macs).size).toBe(macs.length)
    for (const text of macs) expect(text).toMatch(formats.mac)
    expect(mac(key, 'command', 'ab', 'c')).toBe(macs[0])
  })
  it('are HMAC-SHA256 under a key derived from the one that encrypts', () => {
    const derived = createHmac('sha256', key).update('vaka mac\u0001').digest()
    expect(macKey(key).export()).toEqual(derived)
    expect(mac(key, 'reporter', 's-1')).toBe(createHmac('sha256', derived).update(macText('reporter', 's-1')).digest('base64url'))
  })
})
