import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(8192)
let taken = pool.length

/**
 * Random bytes for nonces and keys, from a pool that is filled at once: asking for a few bytes each time was a tenth of the cost of a report.
 * What is taken is wiped from the pool.
 */
export const random = (length: number): Buffer => {
  if (taken + length > pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  const part = pool.subarray(taken, taken + length)
  const bytes = Buffer.from(part)
  part.fill(0)
  taken += length
  return bytes
}
