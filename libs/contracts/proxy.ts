import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'

export type Direction = 'to-server' | 'to-client'
/** A network that fails when it is told to, between a client and a server on this machine. */
export interface Proxy {
  /** The server's address with the proxy's port. */
  readonly url: string
  /** Connections that were made through it, and bytes that have passed, either way. */
  readonly made: number
  readonly passed: number
  /** From now on what goes one way, or either, does not arrive, and nobody is told: the line is half open, or dead. */
  hold(...directions: readonly Direction[]): void
  /** What is open now is dead, either way, and nobody is told, as when a firewall on the way has forgotten it. What is made later is good. */
  forget(): void
  /** What was kept back arrives, in so small pieces. */
  release(pieces?: number): void
  /** Ends all connections: in good order, or not. */
  cut(how: 'end' | 'reset'): void
  /** Cuts all, and takes none until it is opened. */
  shut(): void
  open(): void
  close(): Promise<void>
}

/** Before a server on this machine, whose address names it as `127.0.0.1:<port>`. */
export const proxyTo = async (address: string): Promise<Proxy> => {
  const place = /127\.0\.0\.1:(\d+)/
  const target = Number(place.exec(address)?.[1])
  const pairs = new Set<readonly [client: Socket, server: Socket]>()
  const forgotten = new WeakSet<Socket>()
  const closed = Promise.withResolvers<undefined>()
  const held = new Set<Direction>()
  let release = Promise.withResolvers<undefined>()
  let pieces = Infinity
  let [made, passed] = [0, 0]
  let isOpen = true
  const arrives = async (to: Socket, direction: Direction): Promise<void> => {
    while (held.has(direction)) await release.promise
    if (forgotten.has(to)) await closed.promise
  }
  const pass = async (chunk: Buffer, to: Socket, direction: Direction): Promise<void> => {
    await arrives(to, direction)
    for (let at = 0; at < chunk.length; at += pieces) {
      const piece = chunk.subarray(at, at + Math.min(pieces, chunk.length))
      if (!to.destroyed) to.write(piece)
      passed += piece.length
      if (pieces < chunk.length) await turn()
    }
  }
  const pump = (from: Socket, to: Socket, direction: Direction): void => {
    let passing = Promise.resolve()
    const then = (work: () => unknown): void => {
      passing = passing.then(async () => void (await work()))
    }
    from.on('data', (chunk: Buffer) => {
      then(() => pass(chunk, to, direction))
    })
    from.on('end', () => {
      then(async () => {
        await arrives(to, direction)
        to.end()
      })
    })
    from.on('error', () => undefined)
    // That one end is gone does not arrive either.
    from.on('close', () => {
      void arrives(to, direction).then(() => to.destroy())
    })
  }
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy()
      return
    }
    made++
    const upstream = connect(target, '127.0.0.1')
    const pair = [client, upstream] as const
    pairs.add(pair)
    client.on('close', () => pairs.delete(pair))
    client.setNoDelay()
    upstream.setNoDelay()
    pump(client, upstream, 'to-server')
    pump(upstream, client, 'to-client')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cut = (how: 'end' | 'reset'): void => {
    for (const [client, upstream] of [...pairs]) {
      if (how === 'reset') client.resetAndDestroy()
      else client.end()
      upstream.destroy()
    }
  }
  const letGo = (size = Infinity): void => {
    pieces = size
    held.clear()
    release.resolve(undefined)
    release = Promise.withResolvers()
  }
  return {
    url: address.replace(place, `127.0.0.1:${port}`),
    get made() {
      return made
    },
    get passed() {
      return passed
    },
    hold: (...directions) => {
      for (const direction of directions) held.add(direction)
    },
    forget: () => {
      for (const socket of [...pairs].flat()) forgotten.add(socket)
    },
    release: letGo,
    cut,
    shut: () => {
      isOpen = false
      cut('reset')
    },
    open: () => {
      isOpen = true
    },
    close: async () => {
      closed.resolve(undefined)
      letGo()
      cut('reset')
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
