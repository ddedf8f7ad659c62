import type { Draft, Meta } from '#libs/kernel/event'

const meta: Meta = {
  actor: { id: '01JD3W6S8M', role: 'unit-manager', unit: 'hemtjanst-norr' },
  commandId: 'q3xN0wCk5T8',
  fingerprint: 'Zr7yQm1vB2c',
  correlationId: '0192f0c1-7a51-7cc2-9f5e-3d1f6b0a9e11',
  causationId: '0192f0c1-7a51-7cc2-9f5e-3d1f6b0a9e11',
  versions: { policy: '2025-1', vocabulary: '2025-1', legalBasis: '2025-07-01', organisation: 7 },
}
/** An event as any stream may hold it; `n` tells one from another. */
export const draft = (n: number, data: Readonly<Record<string, unknown>> = {}): Draft => ({
  id: `0192f0c1-7a51-7cc2-9f5e-${String(n).padStart(12, '0')}`,
  type: 'sample-noted',
  schemaVersion: 1,
  meta,
  data: { n, ...data },
})
export const drafts = (count: number, from = 0): readonly Draft[] => Array.from({ length: count }, (_, i) => draft(from + i))
