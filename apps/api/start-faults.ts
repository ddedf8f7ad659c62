import type { Config } from '#apps/api/config'
import { property } from '#apps/api/problem'
import { fault } from '#libs/sqlite/fault'

/** Why a port could not be listened on, in a sentence that says what to do. */
export const wordedFor = ({ port, host }: Pick<Config, 'port' | 'host'>, thrown: unknown): unknown => {
  const code = property(thrown, 'code')
  if (code === 'EADDRINUSE') return fault('port-in-use', `Port ${port} is in use on ${host}: stop the other server, or set PORT.`, thrown)
  if (code === 'EACCES') return fault('port-denied', `Port ${port} may not be used by this user: set PORT to another.`, thrown)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return fault('no-such-host', `${host} is not an address of this machine: set HOST.`, thrown)
  return thrown
}
/** A known fault is one sentence; an unknown one keeps its stack, for whoever has to find it. */
export const sentenceOf = (thrown: unknown): string => {
  const message = property(thrown, 'message')
  return String(typeof property(thrown, 'code') === 'string' ? message : (property(thrown, 'stack') ?? message))
}
