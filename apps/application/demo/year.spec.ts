import { describe, expect, it } from '@jest/globals'
import { grants, roots, units } from '#apps/application/demo/organisation'
import type { CaseStep } from '#apps/application/demo/step'
import { demoSteps, readBoard } from '#apps/application/demo/year'
import { isWorkingDay } from '#libs/calendar/days'
import type { CommandOf, Intent } from '#libs/deviation/commands'

const board = readBoard()
const steps = demoSteps(board)
const caseSteps = steps.filter((step): step is CaseStep => step.kind === 'case')
const sent = <I extends Intent>(intent: I): CommandOf<I>[] => caseSteps.map(({ command }) => command).filter((command): command is CommandOf<I> => command.intent === intent)
const told = (story: string): string[] => caseSteps.filter((step) => step.story === story).map(({ who, command }) => `${who} ${command.intent}`)
const counted = (values: readonly string[]): Record<string, number> => Object.fromEntries([...new Set(values)].map((v) => [v, values.filter((w) => w === v).length]))

describe('the demo year', () => {
  it('runs through 2020 in the order of time, in office hours of Stockholm', () => {
    const instants = steps.map(({ at }) => Date.parse(at))
    expect(instants).toEqual(instants.toSorted((a, b) => a - b))
    for (const { key, at } of steps) {
      const [, hour = 0] = /T(\d\d):/.exec(at)?.map(Number) ?? []
      expect([key, at.slice(0, 4), isWorkingDay(at.slice(0, 10)), hour >= 8 && hour < 17]).toEqual([key, '2020', true, true])
      expect(new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', dateStyle: 'short', timeStyle: 'short' }).format(new Date(at))).toBe(at.slice(0, 16).replace('T', ' '))
    }
    expect(new Set(steps.map(({ key }) => key)).size).toBe(steps.length)
  })
  it('says nothing of the future, and is received no more than a day before it is typed in', () => {
    for (const { key, at, command } of caseSteps)
      for (const [field, value] of Object.entries(command))
        if (field.endsWith('At')) expect([key, field, String(value) <= new Date(at).toISOString()]).toEqual([key, field, true])
    for (const { at, command } of caseSteps) if (command.intent === 'report') expect(Date.parse(at) - Date.parse(command.receivedAt ?? at)).toBeLessThan(86_400_000)
  })
  it('reports what the board reported', () => {
    const reports = sent('report')
    const { expected, cases } = board
    expect(reports).toHaveLength(expected.cases)
    expect(counted(reports.map((r) => r.reportedType))).toEqual(expected.byReportedType)
    expect(counted(reports.map((r) => r.unit))).toEqual(Object.fromEntries(Object.entries(expected.byUnit).flatMap(([unit, { total = 0 }]) => (total > 0 ? [[unit, total]] : []))))
    expect(counted(reports.map((r) => r.channel))).toEqual({ web: 5, letter: 10, 'contact-centre': 28 })
    for (const { no, half, description } of cases) {
      const report = caseSteps.find((step) => step.story === `case-${no}`)?.command
      if (report?.intent !== 'report') throw new Error(`Case ${no} does not begin with a report`)
      const { occurredAt = '' } = report
      expect([report.description, report.occurredApproximately, half ?? (occurredAt < '2020-07' ? 'H1' : 'H2')]).toEqual([description, true, occurredAt < '2020-07' ? 'H1' : 'H2'])
    }
    expect(reports.filter((r) => r.unit === 'socialnamnden' && r.description.includes('pandemi'))).toHaveLength(board.contactCentre.aboutPandemic)
    expect([sent('waive-feedback').length, sent('give-feedback').filter((f) => f.to === 'complainant').length]).toEqual([expected.feedbackWaived, 26])
    expect(sent('record-ivo-sent')).toHaveLength(expected.ivoNotifications)
    expect(sent('assess').filter((a) => a.outcome === 'not-a-deviation')).toHaveLength(expected.assessedAsNotADeviation)
  })
  it('tells each case as the report does', () => {
    expect(told('case-3')).toEqual([
      'medarbetare-ekonomiskt-bistand report',
      ...['assess', 'score-risk', 'propose-measure', 'propose-measure', 'decide-measures', 'complete-measure', 'complete-measure'].map((intent) => `chef-ekonomiskt-bistand ${intent}`),
    ])
    expect(told('case-9')).toEqual(['medarbetare-missbruk report', 'chef-missbruk acknowledge'])
    expect(told('case-15').slice(1)).toEqual(['assess', 'give-feedback', 'close'].map((intent) => `chef-barn-och-unga ${intent}`))
    expect(told('case-10').at(-1)).toBe('registrator record-ivo-receipt')
    expect(sent('propose-measure').map((m) => m.description)).toEqual(expect.arrayContaining(board.cases.flatMap((c) => c.measures ?? [])))
  })
  it('has the organisation of the contract', () => {
    expect([...roots, ...units].map(({ unit }) => unit).sort()).toEqual([
      'barn-och-unga', 'ekonomiskt-bistand', 'hemsjukvard', 'ifo', 'missbruk', 'nattugglan-ab', 'nattugglan-lss', 'socialnamnden', 'stod-och-behandling',
    ])
    expect(grants.map(({ subject, role, unit, scope }) => `${subject} ${role} ${unit} ${scope}`)).toEqual(
      expect.arrayContaining([
        'medarbetare-hemsjukvard reporter hemsjukvard unit',
        'chef-nattugglan-lss unit-manager nattugglan-lss unit',
        'omradeschef area-manager ifo subtree',
        'kontaktchef unit-manager socialnamnden unit',
        'beslut-nattugglan decision-maker nattugglan-ab subtree',
      ]),
    )
    const confirmed = steps.flatMap((step) => (step.kind === 'confirmation' ? [step.grants] : []))
    expect(confirmed.sort()).toEqual(grants.flatMap(({ subject, role }) => (role === 'reporter' ? [] : [`grant-${subject}`])).sort())
  })
})
