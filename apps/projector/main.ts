import { readConfig } from '#apps/api/config'
import { sentenceOf, wordedFor } from '#apps/api/start-faults'
import { filesOf, isCluster } from '#apps/application/places'
import { startClusterProjector } from '#apps/projector/cluster'
import { healthServer } from '#apps/projector/health'
import { readMasterKey } from '#libs/privacy/master-key'
import { fault } from '#libs/sqlite/fault'

/** Longest that a stop waits for what is under way, ms. */
const patience = 9000

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
const end = (thrown: unknown): void => {
  say(sentenceOf(thrown))
  process.exit(1)
}

const start = async (): Promise<void> => {
  const config = readConfig(process.env, { port: 3_001 })
  if (!isCluster(config.stores)) throw fault('bad-configuration', 'EVENTS_URL names no cluster: with a log in a file the server keeps up the projections itself.')
  const masterKey = readMasterKey({ variable: config.masterKey, dataFolder: config.dataFolder, vault: filesOf(config.dataFolder).keys })
  const { clock, reactors } = config
  const projector = startClusterProjector({ stores: config.stores, masterKey, ...(clock !== undefined && { clock }), ...(reactors && { reactors }), tell: say, onFinal: end })
  const server = healthServer(projector)
  const port = await server.listen(config.port, config.host).catch((thrown: unknown) => {
    throw wordedFor(config, thrown)
  })
  say(`The projector's health is on http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}.`)

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(1), patience).unref()
    projector
      .stop()
      .then(() => server.close())
      .then(() => process.exit(0), end)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

start().catch(end)
