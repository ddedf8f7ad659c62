import type { Draft } from '#libs/kernel/event'

const meta = {
  actor: { id: 's-4f7kq2m9xa', role: 'reporter', unit: 'enhet-014' },
  commandId: 'q7Vx2-JmZ0aYbN4cKd9EwLfTgHu_3RiPoS1Uj8kQyAv',
  fingerprint: 'Jx2-q7VmZ0aYbN4cKd9EwLfTgHu_3RiPoS1Uj8kQyAv',
  correlationId: '0192f3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b',
  causationId: '0192f3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b',
  versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 508 },
}
const sealed = { case: 'q7Vx2-JmZ0aYbN4cKd9EwLfTgHu_3RiPoS1Uj8kQyAvMlXBzW5nOCtDhF6GpIers'.repeat(3) }

/** An event of about 800 stored bytes, for appending. */
export const draftOf = (id: string): Draft => ({ id, type: 'note-added', schemaVersion: 1, meta, data: { kind: 'fact', sealed } })
