import { randomUUID } from 'node:crypto'
import { readEventsUrl } from '#apps/application/stores'
import { connect } from '#libs/event-store-eventstoredb/client'
import { envelopeIn, namesOf } from '#libs/event-store-eventstoredb/schema'
import { openLogCopy } from '#libs/event-store-sqlite/copy'
import type { RawEvent } from '#libs/kernel/copy'

/** So many events, of one family of streams, are written before the next are begun: together they are small enough for one append. */
const mostTogether = 1_000
const appendsAtOnce = 128
const patienceMs = 60_000

/**
 * Puts a log in a file into an empty log of a cluster, many streams at once: the copier sends one append after the other, which is what keeps the
 * order of the log and takes minutes. The bytes are the same, and so is the order in each stream and between families (the organisation comes before
 * the cases); cases that stand close together may change places. Answers the events written.
 */
export const fillLog = async (file: string, address: string): Promise<number> => {
  const place = readEventsUrl(address)
  if (place.engine !== 'esdb') throw new Error('Only a log of a cluster is filled')
  const names = namesOf(place.namespace)
  const server = connect(place.url, patienceMs)
  const source = openLogCopy({ file, readonly: true })
  const append = async (events: readonly RawEvent[]): Promise<void> => {
    const [first] = events
    if (!first) return
    const proposed = events.map(({ stream, revision, bytes }) => ({ id: randomUUID(), type: envelopeIn(bytes, stream, revision).type, text: bytes }))
    const answer = await server.append(names.served(first.stream), first.revision === 0 ? 'none' : first.revision - 1, proposed)
    if (answer.outcome === 'conflict') throw new Error(`${first.stream} is there already: choose another namespace`)
  }
  const together = new Map<string, RawEvent[]>()
  let [family, size, written] = ['', 0, 0]
  const flush = async (): Promise<void> => {
    const appends = together.values()
    await Promise.all(
      Array.from({ length: appendsAtOnce }, async () => {
        for (const events of appends) await append(events)
      }),
    )
    together.clear()
    written = size
  }
  try {
    for await (const event of source.raw()) {
      const [itsFamily = ''] = event.stream.split('-', 1)
      if (size - written >= mostTogether || itsFamily !== family) await flush()
      family = itsFamily
      const before = together.get(event.stream)
      if (before) before.push(event)
      else together.set(event.stream, [event])
      size++
    }
    await flush()
    return size
  } finally {
    await source.close()
    await server.close()
  }
}
