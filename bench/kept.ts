import { projections } from '#apps/projector/list'
import { projectAll } from '#bench/project'
import { eventsOf, type Sent } from '#bench/sent'
import { caseIdOf } from '#events/deviation'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** What a log has of an event, in its order. */
export interface Kept {
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly commandId: string
}
/** In what a log breaks the promises that were given with the answers: every event is there once where the answer said, and every command was applied once. */
export const brokenPromises = (log: Iterable<Kept>, acknowledged: readonly Sent[]): readonly string[] => {
  const broken: string[] = []
  const check = (holds: boolean, sentence: string): void => {
    if (!holds) broken.push(sentence)
  }
  const found = new Map<string, Kept>()
  const heads = new Map<string, Kept>()
  const finished = new Set<string>()
  for (const event of log) {
    check(!found.has(event.id), `Event ${event.id} stands twice in the log`)
    found.set(event.id, event)
    const head = heads.get(event.stream)
    check(event.revision === (head?.revision ?? -1) + 1, `${event.stream} has a gap before ${event.revision}`)
    const command = `${event.stream} ${event.commandId}`
    if (head && head.commandId !== event.commandId) finished.add(`${event.stream} ${head.commandId}`)
    check(!finished.has(command), `A command was applied twice to ${event.stream}`)
    heads.set(event.stream, event)
  }
  for (const sent of acknowledged) {
    const events = eventsOf(sent)
    check(events.length > 0, 'An answer names no events')
    for (const [i, { id }] of events.entries()) {
      const event = found.get(id)
      const revision = Number(sent.answer?.body['revision']) - (events.length - 1 - i)
      check(event !== undefined, `An acknowledged event is lost: ${id} of ${sent.path}`)
      check(event === undefined || (caseIdOf(event.stream) === sent.answer?.body['id'] && event.revision === revision), `An acknowledged event stands elsewhere: ${id}`)
    }
  }
  return broken
}

const catchUpMs = 30_000
const attempts = 5
/** In what the rows that are kept up differ from the same projections of the whole log in a read store of their own. */
export const projectionsThatDiffer = async (store: EventStore, kept: ReadModel): Promise<readonly string[]> => {
  for (let attempt = 1; ; attempt++) {
    const rebuilt = await openReadModel({ file: ':memory:' })
    try {
      await projectAll(store, rebuilt)
      const broken: string[] = []
      for (const { name } of projections) {
        const end = await rebuilt.position(name)
        if (end !== undefined && !(await kept.reached(name, end, catchUpMs))) broken.push(`${name} did not catch up by itself`)
        else if ((await kept.checksum(name)) !== (await rebuilt.checksum(name))) broken.push(`${name} differs from its rebuild`)
      }
      // What the clock has said meanwhile is in one and not in the other.
      const head = await store.checkpoint('head')
      const moved = head !== 'start' && projections.length > 0 && head.position !== (await rebuilt.position(projections[0]?.name ?? ''))
      if (broken.length === 0 || !moved || attempt === attempts) return broken
    } finally {
      await rebuilt.close()
    }
  }
}
