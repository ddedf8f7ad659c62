import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** All benchmarks one after the other, each in a process of its own; a few minutes. The long proofs are `npm run torture`. */
const names = ['append', 'load', 'http', 'rebuild', 'queue', 'live', 'start', 'statistics']
for (const name of names) {
  const { status } = spawnSync(process.execPath, ['--no-warnings', fileURLToPath(new URL(`${name}.ts`, import.meta.url))], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
