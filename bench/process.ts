import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { clientOf, type Client } from '#bench/client'

/** A process of Vaka that is started again at the same address, whatever was done to it. */
export interface Member {
  readonly name: string
  readonly client: Client
  start(): void
  /** Answers the exit code, null after a signal that was not heeded. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
  /** It neither runs nor ends, for a while: what it holds others believe it holds. */
  freeze(ms: number): Promise<void>
  isReady(): Promise<boolean>
  /** What it wrote to its error output since it was started first. */
  said(): string
  /** Told when it ends and nobody asked it to. */
  onEnded(told: (code: number | null) => void): void
}
export interface MemberOptions {
  readonly name: string
  readonly program: 'api' | 'projector'
  readonly env: Readonly<Record<string, string>>
}
const mostSaid = 20_000

export const member = async ({ name, program, env }: MemberOptions): Promise<Member> => {
  const port = await freePort()
  const client = clientOf(`http://127.0.0.1:${port}`)
  let child: ChildProcess | undefined
  let said = ''
  let ended: (code: number | null) => void = () => undefined
  const expected = new WeakSet<ChildProcess>()
  process.once('exit', () => child?.kill('SIGKILL'))
  return {
    name,
    client,
    start: () => {
      const started = spawn(process.execPath, ['--no-warnings', fileURLToPath(new URL(`../dist/apps/${program}/main.js`, import.meta.url))], {
        env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), VAKA_RATE_LIMIT: '1000000', VAKA_LOG: 'error', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = started
      for (const output of [started.stdout, started.stderr])
        output.setEncoding('utf8').on('data', (text: string) => {
          said = `${said}${text}`.slice(-mostSaid)
        })
      started.once('exit', (code) => {
        if (!expected.has(started)) ended(code)
      })
    },
    end: async (signal) => {
      if (!child || child.exitCode !== null) return child?.exitCode ?? null
      expected.add(child)
      const exited = once(child, 'exit')
      child.kill(signal)
      const [code]: readonly unknown[] = await exited
      return typeof code === 'number' ? code : null
    },
    freeze: async (ms) => {
      child?.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, ms))
      child?.kill('SIGCONT')
    },
    isReady: async () => (await client.send('GET', '/health/ready')).status === 200,
    said: () => said,
    onEnded: (told) => {
      ended = told
    },
  }
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
