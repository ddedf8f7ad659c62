import type { Clock } from '#libs/kernel/clock'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { described, fault } from '#libs/sqlite/fault'

/** Where a log is, from `sqlite:<path>` or `esdb://…`. */
export type EventsPlace =
  | { readonly engine: 'sqlite'; readonly file: string }
  /** `url` as the client of the cluster reads it, without the namespace, which is ours. */
  | { readonly engine: 'esdb'; readonly url: string; readonly namespace: string }
/** Where the read models are, from `sqlite:<path>` or `postgres://…`. */
export type ReadPlace = { readonly engine: 'sqlite'; readonly file: string } | { readonly engine: 'postgres'; readonly url: string }

const defaultNamespace = 'vaka'
/** What the client of the cluster takes. Of anything else it complains on standard output, with the whole address, password and all. */
const clientParameters = /^(nodePreference|tls|tlsVerifyCert|tlsCAFile|userCertFile|userKeyFile|keepAliveInterval|keepAliveTimeout|maxDiscoverAttempts|discoveryInterval|gossipTimeout|defaultDeadline|connectionName)=./i

/**
 * Reads `sqlite:<path>`, or `esdb://…` and `esdb+discover://…` with, among the parameters of the client, `namespace`: letters a to z and digits, `vaka`
 * unless given. Throws with code `bad-store-url` and one sentence, which holds nothing of the address: there may be a password in it.
 */
export const readEventsUrl = (text: string): EventsPlace => {
  const file = sqliteFile(text)
  if (file !== undefined) return { engine: 'sqlite', file }
  if (!/^esdb(\+discover)?:\/\/[^/?]/.test(text)) throw badUrl('The event store is sqlite:<path> or esdb://<host>:<port>')
  const [address = '', ...queries] = text.split('?')
  const given = queries.join('?').split('&').filter((parameter) => parameter !== '')
  const isOurs = (parameter: string): boolean => /^namespace=/i.test(parameter)
  const namespaces = given.filter(isOurs).map((parameter) => parameter.slice('namespace='.length))
  const [namespace = defaultNamespace] = namespaces
  if (namespaces.length > 1 || !/^[a-z][a-z0-9]*$/.test(namespace)) throw badUrl('The namespace of an event store is letters a to z and digits, a letter first, given once')
  const theirs = given.filter((parameter) => !isOurs(parameter))
  const unknown = theirs.find((parameter) => !clientParameters.test(parameter))
  if (unknown !== undefined) throw badUrl(`An event store has no parameter ${unknown.split('=', 1).join()}`)
  return { engine: 'esdb', url: theirs.length > 0 ? `${address}?${theirs.join('&')}` : address, namespace }
}

/** Reads `sqlite:<path>`, `postgres://…` or `postgresql://…`. Throws with code `bad-store-url` as above. */
export const readReadUrl = (text: string): ReadPlace => {
  const file = sqliteFile(text)
  if (file !== undefined) return { engine: 'sqlite', file }
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) throw badUrl('The read store is sqlite:<path> or postgres://<user>:<password>@<host>:<port>/<database>')
  return { engine: 'postgres', url: text }
}

/** An address for people to read, without the name and the password in it. */
export const shownUrl = (text: string): string => text.replace(/^([^:]+:\/\/)[^/?]*@/, '$1')

/**
 * The event store at an address, to read and to append. Throws with code `bad-store-url`, `missing-package`, `unavailable` and what the engine throws,
 * one sentence each. Who writes to a file holds the lock of its folder.
 */
export const openEventStoreUrl = (text: string, clock: Clock, { onInterrupted }: Interruptions = {}): Promise<EventStore> => {
  const place = readEventsUrl(text)
  return opening(text, 'event store', async () => {
    if (place.engine === 'sqlite') return (await import('#libs/event-store-sqlite/store')).openEventStore({ file: place.file, clock })
    return (await import('#libs/event-store-eventstoredb/store')).openEventStore({ url: place.url, namespace: place.namespace, clock, ...(onInterrupted && { onInterrupted }) })
  })
}
/** The same log for those who only read. Throws as `openEventStoreUrl` does, and with `missing-file` where there is no file. */
export const readLogUrl = (text: string, { onInterrupted }: Interruptions = {}): Promise<EventStore> => {
  const place = readEventsUrl(text)
  return opening(text, 'event store', async () => {
    if (place.engine === 'sqlite') return (await import('#libs/event-store-sqlite/store')).readLog({ file: place.file })
    return (await import('#libs/event-store-eventstoredb/store')).readLog({ url: place.url, namespace: place.namespace, ...(onInterrupted && { onInterrupted }) })
  })
}
/** The read models at an address. Throws as `openEventStoreUrl` does. */
export const openReadModelUrl = (text: string): Promise<ReadModel> => {
  const place = readReadUrl(text)
  return opening(text, 'read store', async () => {
    if (place.engine === 'sqlite') return (await import('#libs/read-model-sqlite/store')).openReadModel({ file: place.file })
    return (await import('#libs/read-model-postgres/store')).openReadModelPostgres({ url: place.url })
  })
}
interface Interruptions {
  /** Told in one sentence when a connection to a cluster is lost; it is taken up again without being asked. */
  readonly onInterrupted?: (why: string) => void
}

/** Opens what lies at an address, and says which one it was when that fails. */
export const opening = async <T>(text: string, what: string, open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (thrown) {
    const { code, message } = described(thrown)
    const sentence = message.split('\n', 1).join()
    if (code === 'ERR_MODULE_NOT_FOUND') throw fault('missing-package', `The package that opens ${schemeOf(text)} is not installed: run npm ci.`, thrown)
    // The client's own words about an address that it cannot read repeat it, password and all.
    if (code === 'fault') throw fault('bad-store-url', `The address of the ${what} cannot be used: check its host, port and parameters.`)
    if (code === 'unavailable') throw fault('unavailable', `The ${what} at ${shownUrl(text)} does not answer: ${sentence.replace(/^The (event|read) store [^:]*: /, '')}`, thrown)
    throw thrown
  }
}

const badUrl = (sentence: string): Error => fault('bad-store-url', `${sentence}.`)
const schemeOf = (text: string): string => `${text.split(':', 1).join()}:`
/** `sqlite:./data/events.db`, `sqlite:/data/events.db` or `sqlite:///data/events.db`; undefined for another scheme. */
const sqliteFile = (text: string): string | undefined => {
  if (!text.startsWith('sqlite:')) return undefined
  const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path === '' || path.startsWith('//')) throw badUrl('A file is named as sqlite:<path>, such as sqlite:./data/events.db')
  return path
}
