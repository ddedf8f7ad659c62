import { createSecretKey, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { inFolder, option, rounds } from '#bench/rounds'
import { quantile, ranged, ratio, report, spread, type Row } from '#bench/table'
import type { KeyVault } from '#libs/kernel/vault'
import { openKeyVaultPostgres } from '#libs/key-vault-postgres/vault'
import { openKeyVault } from '#libs/privacy/vault'

/**
 * The key vault in PostgreSQL beside the one in SQLite: two new keys, as a report on a person asks for, durable before the next is asked for; and
 * two keys that this process has not in memory. By one caller and by many, each of which waits for its own. The server runs beside this process
 * on the same cores and keeps its promises (`fsync`); no network lies between.
 */
const count = option('rounds', 5)
const sliceMs = option('slice', 1_000)
const keys = option('keys', 50_000)
const callers = [1, 32]
const masterKey = createSecretKey(randomBytes(32))

// What only tests use is not built.
const { startPostgres }: typeof import('#libs/postgres/testing/server') = await import(new URL('../libs/postgres/testing/server.ts', import.meta.url).href)
const server = await startPostgres()
const latencies = new Map<string, number[]>()
try {
  await inFolder(async (folder) => {
    const url = await server.schema()
    const file = join(folder, 'keys.db')
    const engines: Readonly<Record<string, () => Promise<KeyVault>>> = { SQLite: () => openKeyVault({ file, masterKey }), PostgreSQL: () => openKeyVaultPostgres({ url, masterKey }) }
    const caseOf = (n: number): readonly string[] => [`case/${n}`, `case/${n}/person/p1`]
    const closedLoop = async (name: string, many: number, ask: (n: number) => Promise<unknown>, from: number): Promise<number> => {
      const times = latencies.get(name) ?? []
      latencies.set(name, times)
      const started = performance.now()
      const end = started + sliceMs
      let n = from
      await Promise.all(
        Array.from({ length: many }, async () => {
          while (performance.now() < end) {
            const before = performance.now()
            await ask(n++)
            times.push(performance.now() - before)
          }
        }),
      )
      return ((n - from) * 1000) / (performance.now() - started)
    }
    for (const open of Object.values(engines)) {
      const vault = await open()
      for (let n = 0; n < keys / 2; n += 500) await vault.create(Array.from({ length: 500 }, (_, i) => caseOf(n + i)).flat())
      await vault.close()
    }
    let made = keys
    const variants = Object.entries(engines).flatMap(([engine, open]) =>
      callers.flatMap((many) =>
        (['create', 'find'] as const).map((what) => {
          const name = `${what} ${many} ${engine}`
          const work = async (): Promise<number> => {
            // Each run has nothing in memory, and finds what it has not looked for yet.
            const vault = await open()
            const rate = await closedLoop(name, many, (n) => (what === 'create' ? vault.create(caseOf(n)) : vault.find(caseOf(n % (keys / 2)))), what === 'create' ? made : 0)
            await vault.close()
            made += 1_000_000
            return rate
          }
          return [name, work] as const
        }),
      ),
    )
    const measured = await rounds(count, Object.fromEntries(variants))
    report('keys', {
      rows: (['create', 'find'] as const).flatMap((what) =>
        callers.flatMap((many) =>
          Object.keys(engines).map((engine): Row => {
            const name = `${what} ${many} ${engine}`
            const reference = `${what} ${many} SQLite`
            const p = (of: string, q: number): number => quantile(latencies.get(of) ?? [], q)
            return {
              what,
              callers: String(many),
              engine,
              'calls/s': ranged(spread(measured[name] ?? [])),
              'ratio to SQLite': ranged(ratio(measured[name] ?? [], measured[reference] ?? [])),
              'p50 ms': p(name, 0.5),
              'p99 ms': p(name, 0.99),
              'p50 against SQLite': p(name, 0.5) / p(reference, 0.5),
            }
          }),
        ),
      ),
      notes: [`Two keys a call; ${keys} keys at the beginning. Found keys come from the store, not from memory.`],
      raw: measured,
    })
  })
} finally {
  await server.stop()
}
