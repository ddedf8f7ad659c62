import type { KeyObject } from 'node:crypto'

/** Keys of persons and cases, apart from the log, so that erasing a key erases what it protects. Adapters pass `libs/contracts/key-vault.ts`. */
export interface KeyVault {
  /**
   * Data keys (32 bytes) by key id, created where absent; keys asked for together become durable in one commit, before this answers. A key
   * that exists is returned as stored. Key objects and not bytes: ciphers take them several times as fast, and no log can print them.
   */
  create(keyIds: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>
  /** Data keys that exist; the others are absent from the map. */
  find(keyIds: readonly string[]): Promise<ReadonlyMap<string, KeyObject>>
  /** HMAC-SHA256 under the deployment's id key, which is never erased: case ids and idempotency of streams that are no case. */
  idMac(text: string): Buffer
  /** The opaque staff number of a login, or undefined when the login never held a role. */
  staffNumber(login: string): Promise<string | undefined>
  /** The staff number of a login, made (with its key) at the first call; durable before it answers. */
  enrol(login: string): Promise<string>
  close(): Promise<void>
}
