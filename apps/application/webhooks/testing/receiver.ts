import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { text } from 'node:stream/consumers'

export interface Delivery {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** What it was answered. */
  readonly status: number
}
interface ReceiverOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly path?: string
}

/** A real receiver of webhooks on loopback for specs: answers what it is told, and keeps what came. */
export const openReceiver = async ({ tls, path = '/hook' }: ReceiverOptions = {}) => {
  const came: Delivery[] = []
  const mood: { answer: (body: string, nth: number) => number | Promise<number>; headers: Readonly<Record<string, string>>; content: string } = { answer: () => 204, headers: {}, content: '' }
  const waiting: { readonly isSo: () => boolean; readonly resolve: () => void }[] = []
  const listener: Parameters<typeof createServer>[1] = (request, reply) => {
    void text(request).then(async (body) => {
      const status = await mood.answer(body, came.length)
      came.push({ headers: request.headers, body, status })
      if (status === 0) request.socket.destroy()
      else reply.writeHead(status, mood.headers).end(mood.content)
      for (const one of waiting) if (one.isSo()) one.resolve()
    })
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = Number(Reflect.get(Object(server.address()), 'port'))
  const taken = (): readonly Delivery[] => came.filter(({ status }) => status >= 200 && status < 300)
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      if (isSo()) resolve()
      else waiting.push({ isSo, resolve })
    })
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
    came,
    mood,
    taken,
    /** Settles when so many deliveries were taken. */
    has: (count: number): Promise<void> => until(() => taken().length >= count),
    until,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
export type ReceiverServer = Awaited<ReturnType<typeof openReceiver>>
