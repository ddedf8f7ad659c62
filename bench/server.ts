import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { mintDemoToken } from '#apps/api/tokens'
import { clientOf, type Client } from '#bench/client'

export interface Running {
  readonly url: string
  readonly pid: number
  /** From the start of the process until `/health/ready` said yes, ms. */
  readonly readyMs: number
  readonly client: Client
  /** Resident memory of the process, MB; Linux only. */
  memory(): number
  /** Processor time so far, ms, of the whole process and of its main thread; Linux only. It says what a request costs also where others use the machine. */
  cpu(): { readonly process: number; readonly main: number }
  /** What it wrote to its error output. */
  said(): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM, and waits for the end; answers the exit code. */
  stop(): Promise<number | null>
}
export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Options of node, such as `--cpu-prof`. */
  readonly node?: readonly string[]
  /** Program and its arguments; the server itself unless said. */
  readonly program?: readonly string[]
  readonly patienceMs?: number
  /** Where the server's clock starts: at the end of what was generated, for what falls due between then and today would all be said at once. */
  readonly clock?: string
}
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Starts the server on a data folder as a process of its own on loopback, at a free port, and waits until it is ready. */
export const startServer = async (folder: string, { env = {}, node = [], program = [path('../dist/apps/api/main.js')], patienceMs = 120_000, clock }: ServerOptions = {}): Promise<Running> => {
  const started = performance.now()
  const child = spawn(process.execPath, ['--no-warnings', ...node, ...program], {
    cwd: path('..'),
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', VAKA_DATA: folder, VAKA_RATE_LIMIT: '1000000', ...(clock === undefined ? {} : { VAKA_CLOCK: clock }), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('The server did not start')
  const ended: Promise<(number | null)[]> = once(child, 'exit')
  // A benchmark that fails leaves no server behind.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  let said = ''
  child.stderr.setEncoding('utf8')
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      said += text
      const found = /http:\/\/[\d.]+:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', (code) => {
      reject(new Error(`The server ended with code ${String(code)}: ${said.trim()}`))
    })
  })
  const client = clientOf(url)
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    const [code = null] = await ended
    process.off('exit', kill)
    client.close()
    return code
  }
  while ((await client.send('GET', '/health/ready')).status !== 200) {
    if (performance.now() - started > patienceMs) {
      await end('SIGKILL')
      throw new Error(`The server was not ready in ${patienceMs} ms: ${said.trim()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return {
    url,
    pid,
    readyMs: performance.now() - started,
    client,
    said: () => said,
    memory: () => memoryOf(pid),
    cpu: () => ({ process: cpuOf(`/proc/${pid}/stat`), main: cpuOf(`/proc/${pid}/task/${pid}/stat`) }),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}
/** User and system time in clock ticks of 10 ms (proc(5)). */
export const cpuOf = (file: string): number => {
  try {
    const [, , , , , , , , , , , user = '', system = ''] = readFileSync(file, 'utf8').replace(/^.*\) /, '').split(' ')
    return (Number(user) + Number(system)) * 10
  } catch {
    return NaN
  }
}
const memoryOf = (pid: number): number => {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
  } catch {
    return NaN
  }
}

/** A header for each login. */
export const authorised = async (folder: string, login: string): Promise<Readonly<Record<string, string>>> => ({ authorization: `Bearer ${await mintDemoToken(folder, login)}` })
