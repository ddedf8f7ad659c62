import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Texts, or bytes such as a key. */
export type Needle = string | Buffer
export interface Find {
  /** Path from the folder. */
  readonly file: string
  readonly needle: string
  readonly form: string
}
const fewestBytes = 6

/**
 * Which files under a folder hold any of the needles: as UTF-8, Latin-1, UTF-16, escaped as in JSON or a URL, or inside something that was
 * written as hex or base64 as a whole. For tests that personal data reaches no file. A needle of less than six bytes is refused, as chance
 * would find it; a long one may be missed where SQLite splits a value between pages, so take a telling part of a long text.
 */
export const filesContaining = async (folder: string, needles: readonly Needle[]): Promise<Find[]> => {
  const sought = needles.map((needle) => ({ needle: typeof needle === 'string' ? needle : needle.toString('hex'), forms: formsOf(needle) }))
  const finds: Find[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    const file = path.slice(join(folder, '/').length)
    for (const { needle, forms } of sought) {
      const form = forms.find(([, sequence]) => bytes.includes(sequence))?.[0]
      if (form !== undefined) finds.push({ file, needle, form })
    }
  }
  return finds
}

type Form = readonly [name: string, sequence: Buffer]
const formsOf = (needle: Needle): Form[] => {
  const encodings: Form[] =
    typeof needle === 'string'
      ? [['utf8', Buffer.from(needle)], ['latin1', Buffer.from(needle, 'latin1')], ['utf16le', Buffer.from(needle, 'utf16le')]]
      : [['bytes', needle]]
  for (const [, sequence] of encodings) if (sequence.length < fewestBytes) throw new Error(`A needle of ${sequence.length} bytes would be found by chance`)
  const written = typeof needle === 'string' ? textForms(needle) : []
  return [...encodings, ...written, ...encodings.flatMap(([name, sequence]) => wholeForms(name, sequence))]
}

const textForms = (needle: string): Form[] => {
  const inJson = JSON.stringify(needle).slice(1, -1)
  const ascii = inJson.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const percent = encodeURIComponent(needle)
  const texts: readonly (readonly [string, string])[] = [
    ['json', inJson],
    ['json', ascii],
    ['json', ascii.replace(/\\u[0-9a-f]{4}/g, (unit) => `\\u${unit.slice(2).toUpperCase()}`)],
    ['url', percent],
    ['url', percent.toLowerCase()],
  ]
  return texts.map(([name, text]) => [name, Buffer.from(text)])
}

/** The sequence somewhere inside bytes that were encoded as a whole; base64 depends on where in a group of three bytes it begins. */
const wholeForms = (name: string, sequence: Buffer): Form[] => {
  const hex = sequence.toString('hex')
  const base64 = [0, 1, 2].map((shift) => {
    const bits = 8 * shift
    const text = Buffer.concat([Buffer.alloc(shift), sequence]).toString('base64')
    // Only whole characters that no neighbouring byte has a part in.
    return text.slice(Math.ceil(bits / 6), Math.floor((bits + 8 * sequence.length) / 6))
  })
  const texts = [
    ...[hex, hex.toUpperCase()].map((text) => [`hex of ${name}`, text] as const),
    ...base64.map((text) => [`base64 of ${name}`, text] as const),
    ...base64.map((text) => [`base64 of ${name}`, text.replaceAll('+', '-').replaceAll('/', '_')] as const),
  ]
  return texts.map(([form, text]) => [form, Buffer.from(text)])
}
