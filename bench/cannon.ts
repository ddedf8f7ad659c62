import autocannon from 'autocannon'

/** What one round of load is: run as a process of its own, with this as JSON in its only argument; answers a `Shot` on its output. */
export interface Aim {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly tokens: readonly string[]
  readonly body: string
  /** A path for each request, one after the other and then from the first again; absent where all requests go to `url`. */
  readonly paths?: readonly string[]
  readonly ifMatch?: string
}
export interface Shot {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly errors: number
  readonly refused: number
}

let input = ''
for await (const part of process.stdin.setEncoding('utf8')) input += String(part)
const { url, connections, seconds, tokens, body, paths, ifMatch }: Aim = JSON.parse(input)
let client = 0
let next = 0
const result = await autocannon({
  url,
  connections,
  duration: seconds,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
  body,
  setupClient: (each) => {
    const authorization = tokens[client++ % tokens.length]
    each.setHeaders({ 'content-type': 'application/json', ...(authorization !== undefined && { authorization }), ...(ifMatch !== undefined && { 'if-match': ifMatch }) })
  },
  ...(paths && {
    requests: [{ method: 'POST', setupRequest: (request) => ({ ...request, path: paths[next++ % paths.length] ?? request.path ?? '' }) }],
  }),
})
const shot: Shot = {
  perSecond: result.requests.average,
  p50: result.latency.p50,
  p99: result.latency.p99,
  max: result.latency.max,
  errors: result.errors + result.timeouts,
  refused: result.non2xx,
}
console.log(JSON.stringify({ ...shot, used: next }))
