import type { Labels } from '#libs/kernel/event'

/** A phrase of a sentence; left out when a field that it names is absent, or the flag `when` is not set. */
export type Phrase = Labels & { readonly when?: string }
export const p = (sv: string, en: string): Phrase => ({ sv, en })
export const when = (flag: string, sv: string, en: string): Phrase => ({ when: flag, sv, en })
