import { timingSafeEqual } from 'node:crypto'
import type { KeyVault } from '#libs/kernel/vault'
import { macText } from '#libs/privacy/mac'

/** The secret in the address of a feed. It derives from the id under the deployment's id key, so nobody stores it. */
export const feedToken = ({ idMac }: Pick<KeyVault, 'idMac'>, feed: string): string => `${feed}.${idMac(macText('calendar', feed)).toString('base64url')}`
/** The id that a token is of, compared in constant time; undefined for a token that we did not make. */
export const feedOf = ({ idMac }: Pick<KeyVault, 'idMac'>, token: string): string | undefined => {
  const dot = token.lastIndexOf('.')
  const id = token.slice(0, Math.max(dot, 0))
  const given = Buffer.from(token.slice(dot + 1), 'base64url')
  const right = idMac(macText('calendar', id))
  return given.length === right.length && timingSafeEqual(given, right) ? id : undefined
}
