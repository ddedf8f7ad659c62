import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

/** Where each rule is broken on purpose: a file and what it must not import. */
const planted: Readonly<Record<string, readonly [string, string]>> = {
  'no-cycles': ['libs/kernel/a.ts', 'libs/kernel/b.ts'],
  'kernel-stands-alone': ['libs/kernel/c.ts', 'events/deviation.ts'],
  'calendar-knows-only-the-kernel': ['libs/calendar/limits.ts', 'libs/policy/policy.ts'],
  'events-know-only-the-kernel': ['events/organisation.ts', 'libs/policy/policy.ts'],
  'domain-knows-no-adapter-and-no-package': ['libs/deviation/decide.ts', 'libs/privacy/codec.ts'],
  'projections-know-no-aggregate': ['projections/queue/queue.ts', 'libs/deviation/rights.ts'],
  'adapters-know-no-domain': ['libs/event-store-sqlite/store.ts', 'events/deviation.ts'],
  'postgres-knows-no-sqlite': ['libs/read-model-postgres/store.ts', 'libs/sqlite/open.ts'],
  'keys-in-postgres-know-no-key-file': ['libs/key-vault-postgres/vault.ts', 'libs/privacy/vault.ts'],
  'only-apps-know-nest': ['libs/organisation/state.ts', 'node_modules/@nestjs/common/index.js'],
  'only-the-desk-copies-logs': ['libs/event-store-eventstoredb/store.ts', 'libs/event-store-eventstoredb/copy.ts'],
  'one-file-knows-the-eventstoredb-client': ['libs/event-store-eventstoredb/log.ts', 'node_modules/@eventstore/db-client/index.js'],
}
const packageOf = (path: string): string => path.split('/').slice(1, 3).join('/')
const relative = (from: string, to: string): string => (to.startsWith('node_modules/') ? packageOf(to) : `${'../'.repeat(dirname(from).split('/').length)}${to}`)

let folder: string
const violations = (): readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[] => {
  const cli = resolve('node_modules/.bin/depcruise')
  const run = (): string => execFileSync(process.execPath, [cli, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'events', 'projections'], { cwd: folder, encoding: 'utf8' })
  return JSON.parse(run()).summary.violations
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vaka-boundaries-'))
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const imports = new Map<string, string[]>([['libs/kernel/b.ts', ["import '../kernel/a.ts'"]]])
  for (const [from, to] of Object.values(planted)) {
    imports.set(from, [...(imports.get(from) ?? []), `import '${relative(from, to)}'`])
    if (!imports.has(to)) imports.set(to, [])
  }
  for (const [path, lines] of imports) write(path, `${lines.join('\n')}\nexport const x = 1\n`)
  for (const name of [...imports.keys()].filter((path) => path.startsWith('node_modules/')).map(packageOf))
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }))
  write('tsconfig.json', '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true, "noEmit": true } }')
  write('.dependency-cruiser.cjs', `module.exports = require(${JSON.stringify(resolve('.dependency-cruiser.cjs'))})`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('imports point one way', () => {
  it('finds a planted violation of every rule', () => {
    const found = violations()
    const byRule = Object.fromEntries(Object.entries(planted).map(([rule, [from]]) => [rule, found.some((v) => v.rule.name === rule && v.from === from)]))
    expect(byRule).toEqual(Object.fromEntries(Object.keys(planted).map((rule) => [rule, true])))
  })
})
