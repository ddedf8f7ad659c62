import { describe, expect, it } from '@jest/globals'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'
import { recorded, report } from '#projections/given'
import { oneLog, rowsAfter, routineRecorded } from '#projections/rows'
import type { Recorded } from '#libs/kernel/event'

const said = { deadline: 'assess', dueInstant: '2020-03-04T09:00:00.000Z', at: '2020-03-04T09:00:00.000Z', late: false }
const responsible = { responsible: { role: 'unit-manager', unit: 'missbruk' }, heldBy: ['s-1'], to: ['s-1', 's-2'] } as const
const up = { ...said, ...responsible, step: 1, escalatedTo: { role: 'area-manager', unit: 'ifo' } } as const
const alarmId = (revision: number): string => `01890a5d-ac96-774b-9000-${String(revision).padStart(12, '0')}`
const told = (events: readonly Recorded[]) => Object.entries(rowsAfter(alarmMails, events)).map(([key, { columns }]) => [key.slice(-5), columns.mail_status, columns.kind, columns.recipient])

describe('mails about alarms', () => {
  it('wait for each of whom an alarm goes to: at once by statute, regulation or a vacant seat, else for the digest', () => {
    const events = recorded([
      report(),
      ['deadline-warned', { ...said, ...responsible }],
      ['deadline-missed', { ...said, ...responsible, binding: 'local' }],
      ['deadline-missed', { ...said, ...responsible, binding: 'regulation' }],
      ['deadline-escalated', { ...up, binding: 'statute' }],
      ['deadline-escalated', { ...up, binding: 'local' }],
    ])
    expect(told(events)).toEqual(
      ['digest', 'digest', 'immediate', 'immediate', 'digest'].flatMap((kind, i) => ['s-1', 's-2'].map((staff) => [`${i + 1}/${staff}`, 'waiting', kind, staff])),
    )
  })
  it('are settled by what the log says of that alarm and person, and of no other', () => {
    const events = recorded([
      report(),
      ['deadline-missed', { ...said, ...responsible, binding: 'statute' }],
      ['deadline-missed', { ...said, ...responsible, binding: 'statute' }],
      ['alarm-mailed', { alarm: alarmId(1), to: 's-1', kind: 'immediate' }],
      ['alarm-mail-abandoned', { alarm: alarmId(2), to: 's-1', kind: 'immediate', because: 'no-address' }],
    ])
    expect(told(events)).toEqual([['1/s-1', 'sent', 'immediate', 's-1'], ['1/s-2', 'waiting', 'immediate', 's-2'], ['2/s-1', 'dead', 'immediate', 's-1'], ['2/s-2', 'waiting', 'immediate', 's-2']])
    expect(rowsAfter(alarmMails, events)[`${alarmId(2)}/s-1`]?.state).toMatchObject({ because: 'no-address', settledAt: '2020-03-07T09:00:00.000Z' })
  })
  it('come of routines and of the organisation as well', () => {
    const [event] = routineRecorded('signering', [['deadline-missed', { ...said, deadline: 'self-check', ...responsible, binding: 'regulation' }]])
    if (!event) throw new Error('No event')
    const vacated: Recorded = { ...event, id: 'v-1', stream: 'organisation', type: 'seat-vacated', data: { role: 'unit-manager', unit: 'missbruk', since: said.at, late: false, to: ['s-3'] } }
    expect(told(oneLog([event], [vacated]))).toEqual([['0/s-1', 'waiting', 'immediate', 's-1'], ['0/s-2', 'waiting', 'immediate', 's-2'], ['1/s-3', 'waiting', 'immediate', 's-3']])
  })
  it('are none where an alarm goes to nobody', () => {
    expect(told(recorded([report(), ['deadline-missed', { ...said, ...responsible, to: [], binding: 'statute' }]]))).toEqual([])
  })
})
