import { createServer } from 'node:http'
import { createMetrics } from '#apps/api/metrics'
import type { Projector } from '#apps/projector/cluster'

export interface HealthServer {
  /** Listens and answers the port that it got. */
  listen(port: number, host: string): Promise<number>
  close(): Promise<void>
}

/** What a projector says of itself over HTTP: that it lives, whether its stores answer, and its metrics. */
export const healthServer = (projector: Pick<Projector, 'ready' | 'projections' | 'reactors' | 'clockFigures'>): HealthServer => {
  const metrics = createMetrics(projector)
  const answers: Readonly<Record<string, () => Promise<{ readonly status: number; readonly type: string; readonly text: string }>>> = {
    '/health/live': async () => json(200, { status: 'live' }),
    '/health/ready': async () => {
      const { ready, details } = projector.ready()
      return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', ...details })
    },
    '/metrics': async () => ({ status: 200, type: metrics.contentType, text: await metrics.exposition() }),
  }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1).join()
    const answer = request.method === 'GET' && Object.hasOwn(answers, path) ? answers[path] : undefined
    const answered = answer ? answer() : Promise.resolve(json(404, { status: 'not-found' }))
    answered.catch(() => json(500, { status: 'fault' })).then(
      ({ status, type, text }) => response.writeHead(status, { 'content-type': type, ...(status === 503 && { 'retry-after': '1' }) }).end(text),
      () => response.destroy(),
    )
  })
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          const address = server.address()
          resolve(typeof address === 'object' && address !== null ? address.port : port)
        })
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => { resolve() })
        server.closeAllConnections()
      }),
  }
}
const json = (status: number, body: object) => ({ status, type: 'application/json; charset=utf-8', text: JSON.stringify(body) })
