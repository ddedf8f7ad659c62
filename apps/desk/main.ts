import { runDesk } from '#apps/desk/run'

const { code, out, error } = await runDesk(process.argv.slice(2), process.env, (line) => process.stderr.write(`${line}\n`))
process.exitCode = code
process.stdout.write(out)
process.stderr.write(error)
