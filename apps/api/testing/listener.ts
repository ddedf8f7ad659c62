import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'

export interface Heard {
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}
/** A client of a stream of server-sent events over a connection of its own (WHATWG HTML §9.2, as far as Vaka uses it). */
export interface Listener {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** Settles with the next event that was not yet taken. */
  next(): Promise<Heard>
  /** Events that came and were not yet taken. */
  taken(): readonly Heard[]
  /** Id of the last event, as a client would send it when it comes back. */
  lastId(): string
  /** Comments so far. */
  comments(): number
  /** Reads no more. */
  pause(): void
  resume(): void
  /** Leaves. */
  leave(): void
  /** Settles when the server has ended it. */
  readonly closed: Promise<unknown>
}

export const listenTo = async (port: number, path: string, headers: Readonly<Record<string, string>>): Promise<Listener> => {
  const asked = request({ host: '127.0.0.1', port, path, headers, agent: false })
  asked.end()
  const [response]: IncomingMessage[] = await once(asked, 'response')
  if (!response) throw new Error('No answer')
  response.setEncoding('utf8')
  const heard: Heard[] = []
  const waiting: ((heard: Heard) => void)[] = []
  let text = ''
  let lastId = ''
  let comments = 0
  response.on('data', (part: string) => {
    text += part
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map<string, string>()
      for (const line of block.split('\n')) {
        const at = line.indexOf(':')
        if (at === 0) comments++
        else fields.set(line.slice(0, at), line.slice(at + 1).trim())
      }
      lastId = fields.get('id') ?? lastId
      const data = fields.get('data')
      if (data === undefined) continue
      const event: Heard = { id: lastId, event: fields.get('event') ?? 'message', data: JSON.parse(data) }
      const waiter = waiting.shift()
      if (waiter) waiter(event)
      else heard.push(event)
    }
  })
  response.on('error', () => undefined)
  const closed = new Promise((resolve) => response.once('close', resolve))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next: () => {
      const first = heard.shift()
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve))
    },
    taken: () => heard.splice(0),
    lastId: () => lastId,
    comments: () => comments,
    pause: () => response.pause(),
    resume: () => response.resume(),
    leave: () => asked.destroy(),
    closed,
  }
}
