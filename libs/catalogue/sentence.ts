import type { Labels } from '#libs/kernel/event'

/** The languages of everything that people read; Swedish is the default. */
export type Language = keyof Labels

/** A sentence of the catalogue with `{name}` filled from `params`; a name without a value stays empty. */
export const filled = (labels: Labels, language: Language, params?: Readonly<Record<string, string>>): string =>
  labels[language].replaceAll(/\{(\w+)\}/g, (_, name: string) => params?.[name] ?? '')
