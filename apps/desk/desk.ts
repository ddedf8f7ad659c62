import { parseArgs } from 'node:util'
import { deskSentences, deskWords, type DeskSentence } from '#libs/catalogue/desk'
import { filled, type Language } from '#libs/catalogue/sentence'
import { described, fault } from '#libs/sqlite/fault'

export type Environment = Readonly<Record<string, string | undefined>>
/** What every command of the desk works with. */
export interface Desk {
  readonly folder: string
  readonly environment: Environment
  readonly language: Language
  /** Tells at once, on standard error, how far a command is that takes its time. */
  readonly tell?: (line: string) => void
}
type Params = Readonly<Record<string, string>>
export const said = ({ language }: Desk, sentence: DeskSentence, params?: Params): string => filled(deskSentences[sentence], language, params)
export const word = ({ language }: Desk, name: keyof typeof deskWords, params?: Params): string => filled(deskWords[name], language, params)
/** A fault that ends the command with one sentence. */
export const refusal = (desk: Desk, sentence: DeskSentence, params?: Params): Error => fault(sentence, said(desk, sentence, params))

type Options = Readonly<Record<string, { readonly type: 'string' }>>
/** Positionals, exactly as many as the usage names, and options of a command. Throws with code `bad-arguments`. */
export const argumentsOf = <O extends Options>(desk: Desk, args: readonly string[], usage: string, options: O, count: number) => {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
    } catch (thrown) {
      if (described(thrown).code.startsWith('ERR_PARSE_ARGS')) return undefined
      throw thrown
    }
  })()
  if (parsed?.positionals.length !== count) throw refusal(desk, 'bad-arguments', { usage })
  return parsed
}

/** One command: answers what it prints. */
export type Run = (desk: Desk, args: readonly string[]) => Promise<string>
