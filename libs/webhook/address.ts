import { BlockList, isIP } from 'node:net'

/** Addresses that no receiver on the internet has (RFC 6890): this machine, the networks around it, and what routers and clouds keep for themselves. */
const kept = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16],
  ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const)
  kept.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [['::', 128], ['::1', 128], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8]] as const)
  kept.addSubnet(network, prefix, 'ipv6')
const own = new BlockList()
own.addSubnet('127.0.0.0', 8, 'ipv4')
own.addAddress('::1', 'ipv6')

/** Which addresses a webhook may go to: those of the internet, of this machine as well, or any. */
export type Reach = 'public' | 'public-and-loopback' | 'any'

/** Whether an IP address may be called; an IPv4 address inside an IPv6 one is what it holds. */
export const mayCall = (address: string, reach: Reach): boolean => {
  const version = isIP(address)
  if (version === 0) return false
  if (reach === 'any') return true
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (own.check(address, family)) return reach === 'public-and-loopback'
  return !kept.check(address, family)
}
