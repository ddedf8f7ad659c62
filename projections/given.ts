import type { NewDeviationEvent } from '#events/deviation'
import type { Recorded } from '#libs/kernel/event'
import { reads, type Columns, type Projection, type RowOf } from '#libs/kernel/projection'

/** For specs: a plain event of a case as a projection sees it. Personal fields may be left out, as they are not read. */
type Given = { readonly [T in NewDeviationEvent['type']]: readonly [type: T, data: Partial<Extract<NewDeviationEvent, { readonly type: T }>['data']>] }[NewDeviationEvent['type']]

export const caseId = '01890a5d-ac96-774b-8000-000000000001'
export const report = (data: Partial<Extract<NewDeviationEvent, { readonly type: 'deviation-reported' }>['data']> = {}): Given => [
  'deviation-reported',
  {
    origin: 'staff',
    channel: 'web',
    reportedType: 'deviation',
    legalAreas: ['SoL'],
    legalBases: [],
    unit: 'missbruk',
    discoveredAt: '2020-03-01T08:00:00.000Z',
    receivedAt: '2020-03-02T08:00:00.000Z',
    concerns: 'person',
    individuals: [],
    anonymous: false,
    reportedBy: 's-1',
    wantsFeedback: false,
    concernsManager: false,
    ...data,
  },
]
/** One case, an event a day from 3 March 2020. */
export const recorded = (events: readonly Given[]): readonly Recorded[] =>
  events.map(([type, data], revision) => ({
    id: `01890a5d-ac96-774b-9000-${String(revision).padStart(12, '0')}`,
    stream: `deviation-${caseId}`,
    revision,
    type,
    schemaVersion: 1,
    recordedAt: `2020-03-${String(revision + 3).padStart(2, '0')}T09:00:00.000Z`,
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

/** State and columns of the one case after the events, as the engine would make them; undefined when there is no row. */
export const rowAfter = <S, C extends Columns>(projection: Projection<S, C>, events: readonly Given[]): { readonly state: S; readonly columns: RowOf<C> } | undefined => {
  let state: S | undefined
  for (const event of recorded(events)) if (reads(projection, event)) state = projection.fold(state, event)
  return state === undefined ? undefined : { state, columns: projection.row(state, caseId) }
}
