import { caseIdOf, readDeviation, type DeviationEvent } from '#events/deviation'
import { projection } from '#libs/kernel/projection'

export interface OwnReport {
  /** Staff number of the one whose observation it is. */
  readonly reporter?: string
  /** Staff number of the one who typed it in. */
  readonly typist: string
  readonly receivedAt: string
}

const columns = { reporter: 'text', typist: 'text', received: 'text' } as const

/** Who reported what. An anonymous report never has a row: its reporter finds it by id. */
export const ownReports = projection<OwnReport, typeof columns>({
  name: 'own-reports',
  version: 1,
  streams: ['deviation-'],
  types: new Set<DeviationEvent['type']>(['deviation-reported']),
  columns,
  indices: [
    ['reporter', 'received'],
    ['typist', 'received'],
  ],
  key: (event) => caseIdOf(event.stream),
  fold: (report, recorded) => {
    const event = readDeviation(recorded)
    if (event.type !== 'deviation-reported' || event.data.anonymous) return report
    const { reportedBy, receivedAt } = event.data
    return { ...(reportedBy === undefined ? {} : { reporter: reportedBy }), typist: event.meta.actor.id, receivedAt }
  },
  row: ({ reporter = null, typist, receivedAt }) => ({ reporter, typist, received: receivedAt }),
})
