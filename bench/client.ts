import { Agent, request } from 'node:http'

export interface Answered {
  /** 0 when the connection broke before there was an answer. */
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Readonly<Record<string, unknown>>
  readonly ms: number
}
export interface Client {
  send(method: 'GET' | 'POST', path: string, headers?: Readonly<Record<string, string>>, body?: object): Promise<Answered>
  close(): void
}
/** A client on connections that stay open. It never throws on a broken connection: that is an answer, too. */
export const clientOf = (url: string): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const { hostname, port } = new URL(url)
  return {
    send: (method, path, headers = {}, body) =>
      new Promise((resolve) => {
        const started = performance.now()
        const text = body === undefined ? undefined : JSON.stringify(body)
        const lost = (): void => {
          resolve({ status: 0, headers: {}, body: {}, ms: performance.now() - started })
        }
        const sent = request({ agent, hostname, port, method, path, headers: { ...headers, ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) } }, (response) => {
          let received = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => {
            received += part
          })
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed(received), ms: performance.now() - started })
          })
          response.on('error', lost)
        })
        sent.on('error', lost)
        sent.end(text)
      }),
    close: () => {
      agent.destroy()
    },
  }
}
const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
