/** The part of the load generator that is used here. */
declare module 'autocannon' {
  interface Sent {
    readonly method?: string
    readonly path?: string
    readonly setupRequest?: (request: Sent) => Sent
  }
  interface Options {
    readonly url: string
    readonly connections: number
    readonly duration: number
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly setupClient: (client: { setHeaders(headers: Readonly<Record<string, string>>): void }) => void
    readonly requests?: readonly Sent[]
  }
  interface Result {
    readonly requests: { readonly average: number }
    readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
  }
  const autocannon: (options: Options) => Promise<Result>
  export default autocannon
}
