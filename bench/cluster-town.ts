import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf, type StoreUrls } from '#apps/application/places'
import { fillLog } from '#bench/cluster-fill'
import { prepareFolder, type Prepared } from '#bench/folder'
import type { Generation } from '#bench/generator'
import { startServer, type Running, type ServerOptions } from '#bench/server'
import { openKeyTables } from '#libs/key-vault-postgres/copy'
import type { TestServer } from '#libs/postgres/testing/server'
import { copyKeys } from '#libs/privacy/copy'
import { openKeyFile } from '#libs/privacy/key-file'
import { readMasterKey } from '#libs/privacy/master-key'

/** A generated municipality in the stores of a cluster, on which apis and projectors can be started. */
export interface ClusterTown extends Prepared {
  readonly stores: StoreUrls
  /** What VAKA_MASTER_KEY holds. */
  readonly masterKey: string
  /** VAKA_DATA of all its processes: demo tokens are made and read there. */
  readonly folder: string
}
export interface ClusterTownOptions {
  /** An empty folder. */
  readonly folder: string
  /** The cluster and a namespace in which there is nothing yet, as of `runNamespace`. */
  readonly eventsUrl: string
  /** Where the read store and the keys get a schema each. */
  readonly postgres: Pick<TestServer, 'schema'>
  readonly generation?: Generation
  /** As in `prepareFolder`: every case has its key, so that commands on it are accepted. */
  readonly keys?: boolean
}

/** The address in EVENTSTORE_URL. Without one it ends the process with one sentence: a stand-in would measure nothing. */
export const clusterAddress = (): string => {
  const url = process.env['EVENTSTORE_URL'] ?? ''
  if (url !== '') return url
  process.stderr.write('Set EVENTSTORE_URL to a running EventStoreDB (esdb://127.0.0.1:2113?tls=false): what only stands in for one would measure nothing.\n')
  process.exit(1)
}
/** The same cluster with a namespace that no run has had before, so that runs are not in each other's way. */
export const runNamespace = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}namespace=bench${randomBytes(6).toString('hex')}`

/** Generates the municipality in files and copies its log and keys into the stores of a cluster. The files of log and keys are removed again. */
export const prepareCluster = async ({ folder, eventsUrl, postgres, generation, keys = false }: ClusterTownOptions): Promise<ClusterTown> => {
  const prepared = await prepareFolder(folder, { keys, ...(generation && { generation }) })
  const stores = { events: eventsUrl, read: await postgres.schema(), keys: await postgres.schema() }
  const files = filesOf(folder)
  await fillLog(files.events, eventsUrl)
  const { key: masterKey } = readMasterKey({ dataFolder: folder, vault: files.keys })
  const [from, to] = [openKeyFile({ file: files.keys, masterKey }), openKeyTables({ url: stores.keys, masterKey })]
  await copyKeys(from, to)
  await Promise.all([from.close(), to.close()])
  for (const file of [files.events, files.keys]) for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  return { ...prepared, stores, masterKey: readFileSync(join(folder, 'master.key'), 'utf8').trim(), folder }
}

/** What an api or a projector of the town is started with, beside its port. */
export const clusterEnv = ({ stores, masterKey }: ClusterTown): Readonly<Record<string, string>> => ({
  EVENTS_URL: stores.events,
  READ_URL: stores.read,
  KEYS_URL: stores.keys,
  VAKA_MASTER_KEY: masterKey,
})
const start = (town: ClusterTown, { env, ...options }: ServerOptions): Promise<Running> => startServer(town.folder, { ...options, env: { ...clusterEnv(town), ...env } })
/** An api of the town; ready once the projections have seen the log as it is, so a projector has to run. */
export const startApi = (town: ClusterTown, options: ServerOptions = {}): Promise<Running> => start(town, options)
/** A projector of the town; ready as soon as its stores answer. */
export const startProjector = (town: ClusterTown, options: ServerOptions = {}): Promise<Running> =>
  start(town, { ...options, program: [fileURLToPath(new URL('../dist/apps/projector/main.js', import.meta.url))] })
