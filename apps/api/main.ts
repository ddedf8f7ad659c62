import { mkdirSync } from 'node:fs'
import { readConfig } from '#apps/api/config'
import { deferred } from '#apps/api/deferred'
import { createServer, type Server } from '#apps/api/server'
import { sentenceOf, wordedFor } from '#apps/api/start-faults'
import { isCluster } from '#apps/application/places'
import { announceServer } from '#apps/desk/running'
import { authenticator, demoVerifier, oidcVerifier } from '#apps/api/tokens'
import { openVaka } from '#apps/application/vaka'
import { destination, pino } from 'pino'

/** Longest that a stop may take in all, ms. */
const patience = 10_000
/** How long a server that stops answers what still comes, ms: on a cluster a proxy has time to see that it is to ask another one. */
const grace = { cluster: 2_000, alone: 250 }

const start = async (): Promise<void> => {
  const config = readConfig(process.env)
  const output = destination({ fd: 1, sync: false, minLength: 4_096, periodicFlush: 250 })
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output)
  const cluster = isCluster(config.stores)
  const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
  if (cluster && config.demo) mkdirSync(config.dataFolder, { recursive: true })
  const application = cluster ? deferred(() => openVaka(config, tell), { tell, onFinal: end }) : await openVaka(config)
  let server: Server
  let port: number
  try {
    const verify = config.oidc ? oidcVerifier(config.oidc) : demoVerifier(config.dataFolder)
    server = await createServer({ application, authenticate: authenticator(verify), rateLimit: config.rateLimit, log })
    port = await server.listen(config.port, config.host).catch((thrown: unknown) => {
      throw wordedFor(config, thrown)
    })
  } catch (thrown) {
    await application.close()
    throw thrown
  }
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  // The desk finds the one writer of a folder by it; on a cluster there is neither.
  const withdraw = cluster ? () => undefined : announceServer(config.dataFolder, { url, pid: process.pid })
  if (config.demo) process.stderr.write(banner)
  process.stderr.write(`Vaka listens on ${url} (data in ${cluster ? 'a cluster' : config.dataFolder}, API at /docs).\n`)

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    withdraw()
    setTimeout(() => process.exit(1), patience).unref()
    server
      .close({ graceMs: cluster ? grace.cluster : grace.alone })
      .then(() => application.close())
      .then(
        () => {
          output.flushSync()
          process.exit(0)
        },
        (thrown: unknown) => {
          say(thrown)
          process.exit(1)
        },
      )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

const banner = [
  '',
  '  DEMO MODE: no identity provider is configured (VAKA_OIDC_ISSUER). Tokens come from `npm run -s desk -- token <subject>`,',
  '  the clock can be set, and the server answers this machine only. Not for real cases.',
  '',
  '',
].join('\n')

const say = (thrown: unknown): void => void process.stderr.write(`${sentenceOf(thrown)}\n`)
const end = (thrown: unknown): void => {
  say(thrown)
  process.exit(1)
}

start().catch(end)
