import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { openApi } from '#apps/api/openapi'

/** Writes `docs/openapi.json`, or with `--check` says whether it has drifted from the code. */
const file = 'docs/openapi.json'
const text = `${JSON.stringify(openApi(), undefined, 2)}\n`
if (!process.argv.includes('--check')) {
  mkdirSync('docs', { recursive: true })
  writeFileSync(file, text)
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  process.stderr.write(`${file} has drifted from the code: run node dist/apps/api/openapi-file.js and commit it.\n`)
  process.exitCode = 1
}
