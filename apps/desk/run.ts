import { refusal, said, type Desk, type Environment, type Run } from '#apps/desk/desk'
import type { Language } from '#libs/catalogue/sentence'
import { described } from '#libs/sqlite/fault'

/** Loaded when asked for: a token needs neither stores nor framework. */
const commands: ReadonlyMap<string, () => Promise<{ readonly run: Run }>> = new Map([
  ['token', () => import('#apps/desk/token')],
  ['organisation init', () => import('#apps/desk/organisation')],
  ['demo load', () => import('#apps/desk/demo')],
  ['projections', () => import('#apps/desk/projections')],
  ['rebuild', () => import('#apps/desk/rebuild')],
  ['policy diff', async () => ({ run: (await import('#apps/desk/policy')).diff })],
  ['policy replay', async () => ({ run: (await import('#apps/desk/policy')).replay })],
  ['replay', () => import('#apps/desk/replay')],
  ['copy-log', () => import('#apps/desk/copy-log')],
  ['verify-copy', async () => ({ run: (await import('#apps/desk/copy-log')).verify })],
])

export interface Ran {
  readonly code: 0 | 1
  readonly out: string
  readonly error: string
}
/** Runs one command line; what it prints and the exit code. Every failure is one sentence and exit code 1. `tell` hears meanwhile how far it is. */
export const runDesk = async (argv: readonly string[], environment: Environment, tell: (line: string) => void = () => undefined): Promise<Ran> => {
  const byLocale: Language = /^en/i.test(environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || '') ? 'en' : 'sv'
  const desk: Desk = { folder: environment['VAKA_DATA'] || './data', environment, language: byLocale, tell }
  try {
    const { language, args } = languageOf(desk, argv)
    const [first, second] = args
    if (first === undefined || first === 'help' || first === '--help') return { code: 0, out: said({ ...desk, language }, 'help'), error: '' }
    const both = `${first} ${second ?? ''}`
    const name = commands.has(both) ? both : first
    const command = commands.get(name)
    if (!command) throw refusal({ ...desk, language }, 'unknown-command', { command: first })
    const { run } = await command()
    return { code: 0, out: await run({ ...desk, language }, args.slice(name === both ? 2 : 1)), error: '' }
  } catch (thrown) {
    return { code: 1, out: '', error: `${described(thrown).message.split('\n', 1).join()}\n` }
  }
}

/** Takes `--language` out of the arguments, wherever it stands. */
const languageOf = (desk: Desk, argv: readonly string[]): { readonly language: Language; readonly args: readonly string[] } => {
  const at = argv.findIndex((arg) => arg === '--language' || arg.startsWith('--language='))
  const option = argv[at]
  if (option === undefined) return { language: desk.language, args: argv }
  const joined = option.includes('=')
  const value = joined ? option.slice('--language='.length) : argv[at + 1]
  if (value !== 'sv' && value !== 'en') throw refusal(desk, 'bad-language')
  return { language: value, args: argv.toSpliced(at, joined ? 1 : 2) }
}
