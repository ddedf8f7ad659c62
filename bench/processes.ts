import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { cpuOf } from '#bench/server'

/** Processor time so far, ms, of the processes that listen at ports of this machine, with their children, living and ended. NaN when one of them cannot be seen; Linux only. */
export const cpuAt = (ports: readonly number[]): number => {
  const pids = ports.map(listenerAt)
  return pids.includes(undefined) ? NaN : [...new Set(pids)].reduce<number>((sum, pid) => sum + (pid === undefined ? 0 : cpuOfTree(pid)), 0)
}
/** The ports in an address of a store: one, or those of all nodes of a cluster. */
export const portsIn = (url: string): readonly number[] => [...url.replace(/[/]?[?].*$/, '').replace(/^[^:]+:[/]{2}([^@]*@)?/, '').matchAll(/:(\d+)/g)].map(([, port]) => Number(port))

const cpuOfTree = (pid: number): number => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter((child) => child !== '')
  // A child that ends in between is counted the next time, among those that were waited for.
  return children.reduce((sum, child) => sum + (cpuOf(`/proc/${child}/stat`) || 0), cpuOf(`/proc/${pid}/stat`) + endedOf(pid))
}
/** Of the children that a process has waited for, ms. */
const endedOf = (pid: number): number => {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').slice(13, 15)
  return (Number(user) + Number(system)) * 10
}
const listenerAt = (port: number): number | undefined => {
  try {
    const socket = `socket:[${inodeAt(port) ?? ''}]`
    for (const pid of readdirSync('/proc')) {
      if (/^\d+$/.test(pid) && descriptorsOf(pid).includes(socket)) return Number(pid)
    }
  } catch {
    // No /proc: not Linux.
  }
  return undefined
}
/** Of a socket that listens (state 0A) at a port, by IPv4 or IPv6. */
const inodeAt = (port: number): string | undefined => {
  const at = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
      if (state === '0A' && local.endsWith(at)) return inode
    }
  return undefined
}
const descriptorsOf = (pid: string): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)]
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}
