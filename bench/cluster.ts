import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { clusterAddress } from '#bench/cluster-town'

/** The benchmarks of the cluster engine one after the other, each in a process of its own. */
clusterAddress()
for (const name of ['append', 'rebuild', 'http']) {
  const { status } = spawnSync(process.execPath, ['--no-warnings', fileURLToPath(new URL(`cluster-${name}.ts`, import.meta.url))], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
