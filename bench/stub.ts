import Fastify from 'fastify'
import { pino } from 'pino'
import { createServer } from '#apps/api/server'
import { authenticator, demoVerifier } from '#apps/api/tokens'
import { openVaka } from '#apps/application/vaka'
import { deviationStream } from '#events/deviation'
import { uuidv7 } from '#libs/kernel/ids'

/** What the whole server is compared with, in a process of its own: `edge`, the same edge whose commands are answered at once, or `noop`, Fastify alone. */
const [kind = 'edge'] = process.argv.slice(2)
const listening = (port: number): void => {
  process.stderr.write(`listens on http://127.0.0.1:${port}\n`)
}

if (kind === 'noop') {
  const fastify = Fastify({ logger: false })
  fastify.post('/v1/deviations', (_, reply) => reply.code(201).send({ id: '0' }))
  fastify.get('/health/ready', () => ({ status: 'ready' }))
  listening(Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port))
} else {
  const folder = process.env['VAKA_DATA'] ?? ''
  const application = await openVaka({ dataFolder: folder, demo: true })
  const position = '0000000000000001'
  const server = await createServer({
    application: {
      ...application,
      handleDeviation: async ({ caseId = uuidv7(Date.now()) }) => ({
        kind: 'done',
        stream: deviationStream(caseId),
        revision: 1,
        position,
        events: [
          { id: uuidv7(Date.now()), type: 'deviation-reported' },
          { id: uuidv7(Date.now()), type: 'responsibility-assigned' },
        ],
        created: true,
      }),
    },
    authenticate: authenticator(demoVerifier(folder)),
    rateLimit: 1_000_000,
    // As the server itself logs, to an output that nobody reads.
    log: pino({ level: 'info', base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 1, sync: false, minLength: 4_096 })),
  })
  listening(await server.listen(0, '127.0.0.1'))
}
process.on('SIGTERM', () => process.exit(0))
