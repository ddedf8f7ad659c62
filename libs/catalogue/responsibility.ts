import type { Labels } from '#libs/kernel/event'

/** Who answered for a case in a time. */
export const responsibilitySentences = {
  held: { sv: '{role} vid {unit}.', en: '{role} at {unit}.' },
  'stood-in': { sv: '{role} vid {unit}: ingen kunde svara för uppdraget. {standInRole} vid {standInUnit} trädde in.', en: '{role} at {unit}: nobody could answer for it. {standInRole} at {standInUnit} stood in.' },
  nobody: { sv: '{role} vid {unit}: ingen svarade för uppdraget, och ingen trädde in.', en: '{role} at {unit}: nobody answered for it, and nobody stood in.' },
} as const satisfies Readonly<Record<string, Labels>>
