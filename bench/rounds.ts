import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `--name value` of the command line, as a whole number. */
export const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  const text = at < 0 ? undefined : process.argv[at + 1]
  if (text === undefined) return fallback
  if (!/^\d[\d_]*$/.test(text)) throw new Error(`--${name} takes a whole number`)
  return Number(text.replaceAll('_', ''))
}

/** Runs every variant once a round, beginning with another one each time, so that drift hits all alike. Answers what each measured, by name. */
export const rounds = async <V extends string>(count: number, variants: Readonly<Record<V, () => Promise<number>>>): Promise<Readonly<Record<V, number[]>>> => {
  const names = Object.keys(variants).filter((name): name is V => Object.hasOwn(variants, name))
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<V, number[]>
  for (let round = 0; round < count; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length]
      if (name !== undefined) measured[name].push(await variants[name]())
    }
  return measured
}

/** Gives a temporary folder and removes it afterwards. */
export const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'vaka-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
