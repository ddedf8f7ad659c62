import { routineEvents, routineStream, type NewRoutineEvent } from '#events/routine'
import { byName, type Recorded } from '#libs/kernel/event'
import { reads, type Columns, type Projection, type RowOf } from '#libs/kernel/projection'

const types = byName(routineEvents)

/** For specs: plain events of a routine as a projection sees them, an event a day from 3 April 2020. */
export const routineRecorded = (
  id: string,
  events: readonly { readonly [T in NewRoutineEvent['type']]: readonly [type: T, data: Partial<Extract<NewRoutineEvent, { readonly type: T }>['data']>] }[NewRoutineEvent['type']][],
): readonly Recorded[] =>
  events.map(([type, data], revision) => ({
    id: `01890a5d-ac96-774b-a000-${String(revision).padStart(12, '0')}`,
    stream: routineStream(id),
    revision,
    type,
    schemaVersion: types.get(type)?.version ?? 0,
    recordedAt: `2020-04-${String(revision + 3).padStart(2, '0')}T09:00:00.000Z`,
    meta: {
      actor: { id: 's-2', role: 'unit-manager', unit: 'missbruk' },
      commandId: 'c',
      fingerprint: 'f',
      correlationId: 'x',
      causationId: 'x',
      versions: { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 1 },
    },
    data,
    position: String(revision).padStart(12, '0'),
    size: revision + 1,
  }))

/** Events of several streams as one log. */
export const oneLog = (...streams: readonly (readonly Recorded[])[]): readonly Recorded[] =>
  streams.flat().map((event, i) => ({ ...event, position: String(i).padStart(12, '0'), size: i + 1 }))

/** States and columns by key after the events, as the engine would make them. */
export const rowsAfter = <S, C extends Columns>(projection: Projection<S, C>, events: readonly Recorded[]): Readonly<Record<string, { readonly state: S; readonly columns: RowOf<C> }>> => {
  const states = new Map<string, S>()
  for (const event of events.filter((each) => reads(projection, each)))
    for (const key of [projection.key(event)].flat()) {
      const state = projection.fold(states.get(key), event)
      if (state === undefined) states.delete(key)
      else states.set(key, state)
    }
  return Object.fromEntries([...states].map(([key, state]) => [key, { state, columns: projection.row(state, key) }]))
}
