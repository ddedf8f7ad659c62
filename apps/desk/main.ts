import { runDesk } from '#apps/desk/run'

const { code, out, error } = await runDesk(process.argv.slice(2), process.env)
process.exitCode = code
process.stdout.write(out)
process.stderr.write(error)
