import { readConfig, type Config } from '#apps/api/config'
import { property } from '#apps/api/problem'
import { createServer, type Server } from '#apps/api/server'
import { announceServer } from '#apps/desk/running'
import { authenticator, demoVerifier, oidcVerifier } from '#apps/api/tokens'
import { openVaka } from '#apps/application/vaka'
import { fault } from '#libs/sqlite/fault'
import { destination, pino } from 'pino'

/** Longest that a stop waits for what is under way, ms. */
const patience = 10_000

const start = async (): Promise<void> => {
  const config = readConfig(process.env)
  const output = destination({ fd: 1, sync: false, minLength: 4_096, periodicFlush: 250 })
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, output)
  const application = await openVaka(config)
  let server: Server
  let port: number
  try {
    const verify = config.oidc ? oidcVerifier(config.oidc) : demoVerifier(config.dataFolder)
    server = await createServer({ application, authenticate: authenticator(verify), rateLimit: config.rateLimit, log })
    port = await server.listen(config.port, config.host).catch((thrown: unknown) => {
      throw worded(thrown, config)
    })
  } catch (thrown) {
    await application.close()
    throw thrown
  }
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  const withdraw = announceServer(config.dataFolder, { url, pid: process.pid })
  if (config.demo) process.stderr.write(banner)
  process.stderr.write(`Vaka listens on ${url} (data in ${config.dataFolder}, API at /docs).\n`)

  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    withdraw()
    setTimeout(() => process.exit(1), patience).unref()
    server
      .close()
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

const worded = (thrown: unknown, { port, host }: Config): unknown => {
  const code = property(thrown, 'code')
  if (code === 'EADDRINUSE') return fault('port-in-use', `Port ${port} is in use on ${host}: stop the other server, or set PORT.`, thrown)
  if (code === 'EACCES') return fault('port-denied', `Port ${port} may not be used by this user: set PORT to another.`, thrown)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return fault('no-such-host', `${host} is not an address of this machine: set HOST.`, thrown)
  return thrown
}
/** A known fault is one sentence; an unknown one keeps its stack, for whoever has to find it. */
const say = (thrown: unknown): void => {
  const message = property(thrown, 'message')
  process.stderr.write(`${typeof property(thrown, 'code') === 'string' ? message : (property(thrown, 'stack') ?? message)}\n`)
}

start().catch((thrown: unknown) => {
  say(thrown)
  process.exit(1)
})
