import { describe, expect, it } from '@jest/globals'
import { derivedId, uuidv7 } from '#libs/kernel/ids'

const digest = new Uint8Array(32).fill(7)

describe('ids', () => {
  it('are time-ordered UUIDs of version 7', () => {
    const [earlier, later] = [uuidv7(1_600_000_000_000), uuidv7(1_600_000_000_001)]
    expect(earlier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(earlier < later).toBe(true)
  })
  it('derived from a digest are the same again, of version 8', () => {
    const id = derivedId(digest, 'any key')
    expect(id).toBe(derivedId(digest, 'any key'))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
  it('take the time of a key that is a UUIDv7', () => {
    const key = uuidv7(1_600_000_000_000)
    expect(derivedId(digest, key).slice(0, 13)).toBe(key.slice(0, 13))
  })
})
