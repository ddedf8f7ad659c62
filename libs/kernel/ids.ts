import { randomUUID } from 'node:crypto'

/** A UUIDv7 (RFC 9562): 48 bits of time, then random. Time-ordered keys keep the writer's index warm. */
export const uuidv7 = (atMs: number): string => {
  const time = atMs.toString(16).padStart(12, '0')
  // The runtime keeps a pool of random bytes for its own UUIDs: a tenth of the cost of asking for bytes each time.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

const timeOf = (key: string): Buffer | undefined =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(key) ? Buffer.from(key.replaceAll('-', '').slice(0, 12), 'hex') : undefined

/**
 * An id derived from a digest, so that a repeated command finds what it made: a UUIDv8 (RFC 9562) whose first 48 bits are the time of `key`
 * where that is a UUIDv7, else digest bits as well.
 */
export const derivedId = (digest: Uint8Array, key: string): string => {
  const bytes = Buffer.from(digest.subarray(0, 16))
  timeOf(key)?.copy(bytes)
  return shaped(bytes, 8)
}

const shaped = (bytes: Buffer, version: number): string => {
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | (version << 4)
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
