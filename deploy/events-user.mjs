/**
 * Once, when the cluster is new: makes the user `vaka`, who may read the log as a whole (`$all`, which is only the administrators' otherwise) and
 * is no administrator. Run again it changes nothing. Ends with 1 where the cluster is not there yet, so that it is started again.
 */
import { readFileSync } from 'node:fs'
import { EventStoreDBClient } from '@eventstore/db-client'

const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim()
const nodes = (process.env.EVENTS_NODES ?? 'events-1:2113,events-2:2113,events-3:2113').split(',')
const authority = process.env.NODE_EXTRA_CA_CERTS ?? ''
const admin = secret('events_admin_password')

const makeUser = async () => {
  const answer = await fetch(`https://${nodes[0]}/users/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`admin:${admin}`).toString('base64')}` },
    body: JSON.stringify({ loginName: 'vaka', fullName: 'Vaka', password: secret('events_vaka_password'), groups: ['vaka'] }),
  })
  if (answer.status !== 201 && answer.status !== 409) throw new Error(`The cluster answered ${answer.status} when the user was to be made`)
}
const letRead = async () => {
  const client = EventStoreDBClient.connectionString(`esdb://admin:${encodeURIComponent(admin)}@${nodes.join(',')}?tls=true&tlsCaFile=${encodeURIComponent(authority)}`)
  try {
    const readers = ['$admins', 'vaka']
    const { metadata } = await client.getStreamMetadata('$all')
    const now = [metadata?.acl?.readRoles ?? []].flat()
    if (readers.every((reader) => now.includes(reader))) return
    await client.setStreamMetadata('$all', { ...metadata, acl: { ...metadata?.acl, readRoles: readers } })
  } finally {
    await client.dispose()
  }
}

try {
  await makeUser()
  await letRead()
  process.stdout.write('The user vaka may read and write the log.\n')
} catch (thrown) {
  process.stderr.write(`${thrown.cause?.message ?? thrown.message}\n`)
  process.exitCode = 1
}
