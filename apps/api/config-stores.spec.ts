import { expect, it } from '@jest/globals'
import { readConfig } from '#apps/api/config'

const cluster = 'esdb://vaka:hemligt@events-1:2113?tls=true&namespace=town'
const postgres = 'postgres://vaka:hemligt@postgres/vaka'
const masterKey = 'a'.repeat(64)

it('keeps everything in the files of the data folder unless told otherwise', () => {
  expect(readConfig({ VAKA_DATA: '/data' }).stores).toEqual({ events: 'sqlite:/data/events.db', read: 'sqlite:/data/read.db', keys: 'sqlite:/data/keys.db' })
})
it('takes a cluster with PostgreSQL, and a log in a file with tables elsewhere', () => {
  expect(readConfig({ EVENTS_URL: cluster, READ_URL: postgres, KEYS_URL: postgres, VAKA_MASTER_KEY: masterKey }).stores).toEqual({ events: cluster, read: postgres, keys: postgres })
  expect(readConfig({ READ_URL: postgres, VAKA_DATA: '/data' }).stores).toEqual({ events: 'sqlite:/data/events.db', read: postgres, keys: 'sqlite:/data/keys.db' })
})
it.each([
  ['a cluster without PostgreSQL for what is read', { EVENTS_URL: cluster, KEYS_URL: postgres, VAKA_MASTER_KEY: masterKey }, /READ_URL and KEYS_URL must then be postgres/],
  ['a cluster with keys in a file', { EVENTS_URL: cluster, READ_URL: postgres }, /READ_URL and KEYS_URL must then be postgres/],
  ['keys in PostgreSQL without a master key', { EVENTS_URL: cluster, READ_URL: postgres, KEYS_URL: postgres }, /set VAKA_MASTER_KEY/],
  ['an option that nobody knows', { EVENTS_URL: `${cluster}&colour=red` }, /EVENTS_URL cannot be used/],
  ['another scheme', { READ_URL: 'mysql://vaka:hemligt@db' }, /READ_URL cannot be used/],
])('refuses %s in one sentence without the address', (_, env, sentence) => {
  const read = (): unknown => readConfig(env)
  expect(read).toThrow(expect.objectContaining({ code: 'bad-configuration', message: expect.stringMatching(sentence) }))
  expect(read).not.toThrow(/hemligt/)
})
