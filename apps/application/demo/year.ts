import { readFileSync } from 'node:fs'
import type { CaseStep, DemoStep } from '#apps/application/demo/step'
import { stockholm, utc } from '#apps/application/demo/step'
import { organisationSteps } from '#apps/application/demo/organisation'
import { addDays, addWorkingDays } from '#libs/calendar/days'
import type { CommandOf, DeviationCommand } from '#libs/deviation/commands'
import type { Degree, ReportedType } from '#events/codes'

/** A case of the board's report for 2020 as its text gives it; what the text does not say is absent. */
interface BoardCase {
  readonly no: number
  readonly unit: string
  readonly reportedType: ReportedType
  readonly origin: Report['origin']
  readonly half: 'H1' | 'H2' | null
  readonly description: string
  readonly measures?: readonly string[]
  readonly forwardedBy?: string
  readonly lexSarahDegree?: Degree
}
interface Board {
  readonly cases: readonly BoardCase[]
  readonly expected: {
    readonly cases: number
    readonly byUnit: Readonly<Record<string, Readonly<Record<string, number>>>>
    readonly byReportedType: Readonly<Record<string, number>>
    readonly feedbackWaived: number
    readonly ivoNotifications: number
    readonly assessedAsNotADeviation: number
  }
  readonly contactCentre: Pick<BoardCase, 'unit' | 'reportedType' | 'origin'> & {
    readonly channel: Report['channel']
    readonly count: number
    readonly aboutPandemic: number
    readonly feedbackWaived: number
  }
}
type Report = CommandOf<'report'>

/** The file lies beside this source; the build does not copy it. */
const file = new URL(import.meta.url.endsWith('.ts') ? './social-board-2020.json' : '../../../../apps/application/demo/social-board-2020.json', import.meta.url)
/** The social board's year 2020, derived from its published report. */
export const readBoard = (): Board => JSON.parse(readFileSync(file, 'utf8'))

/** Steps of one case in their order; each names who, which day and which time. */
type Told = readonly [who: string, day: string, time: string, command: DeviationCommand]
const story = (name: string, ...told: readonly Told[]): CaseStep[] =>
  told.map(([who, day, time, command], i) => ({ kind: 'case', story: name, key: `${name}-${i + 1}-${command.intent}`, who, at: stockholm(day, time), command }))

/** Day of each report; exact dates are not in the source, only in which half some of them lie. */
const reported: Readonly<Record<number, string>> = {
  1: '2020-02-11', 2: '2020-09-22', 3: '2020-11-04', 4: '2020-02-19', 5: '2020-04-07', 6: '2020-06-03', 7: '2020-03-17', 8: '2020-05-12',
  9: '2020-03-05', 10: '2020-03-10', 11: '2020-01-28', 12: '2020-03-24', 13: '2020-05-05', 14: '2020-06-16', 15: '2020-10-13',
}
const dayOf = ({ no }: BoardCase): string => {
  const day = reported[no]
  if (day === undefined) throw new Error(`Case ${no} has no day`)
  return day
}
/** What is known to have happened some time before is said to have happened on a day, approximately. */
const approximately = (day: string): Pick<Report, 'occurredAt' | 'occurredApproximately'> => ({ occurredAt: utc(stockholm(day, '12:00')), occurredApproximately: true })

/** Who sent what staff typed in, where the source names it. */
const senders: Readonly<Record<number, string>> = { 9: 'Psykiatrin vid Akademiska sjukhuset', 15: 'Barn- och ungdomspsykiatrin (BUP)' }
/** Staff report in the web form what they saw the day before; letters are typed in when they arrive. */
const reportOf = (c: BoardCase): Told => {
  const day = dayOf(c)
  const staff = c.origin === 'staff'
  const sender = c.forwardedBy ?? senders[c.no]
  return [
    `medarbetare-${c.unit}`,
    day,
    '09:20',
    {
      intent: 'report',
      origin: c.origin,
      channel: staff ? 'web' : 'letter',
      reportedType: c.reportedType,
      legalAreas: ['SoL'],
      unit: c.unit,
      ...approximately(addDays(day, staff ? -1 : -10)),
      receivedAt: utc(stockholm(day, staff ? '09:20' : '08:30')),
      concerns: 'operation',
      description: c.description,
      ...(sender === undefined ? {} : { reporter: { name: sender } }),
    },
  ]
}

type Proposal = Pick<CommandOf<'propose-measure'>, 'type' | 'timing'>
interface Handled {
  readonly category: string
  readonly severity: number
  readonly likelihood: number
  /** One for each measure of the source, in its order. */
  readonly measures: readonly Proposal[]
}
/** How the managers judged the deviations that the source gives measures for. */
const handled: Readonly<Record<number, Handled>> = {
  1: { category: 'fysisk-miljo-teknik', severity: 2, likelihood: 2, measures: [{ type: 'teknik', timing: 'corrective' }] },
  2: { category: 'fysisk-miljo-teknik', severity: 2, likelihood: 3, measures: [{ type: 'teknik', timing: 'corrective' }] },
  3: { category: 'dokumentation', severity: 2, likelihood: 2, measures: [{ type: 'rutin', timing: 'preventive' }, { type: 'annan-vardgivare', timing: 'corrective' }] },
  8: { category: 'rattssakerhet', severity: 3, likelihood: 2, measures: [{ type: 'annat', timing: 'corrective' }, { type: 'annat', timing: 'preventive' }] },
}
/** Assessed, scored, measures approved and completed; the effect check is still to come, since the source has no result. */
const deviation = (c: BoardCase, { category, severity, likelihood, measures }: Handled): CaseStep[] => {
  const manager = `chef-${c.unit}`
  const day = dayOf(c)
  const [assessed, decided, completed, checked] = [2, 4, 14, 60].map((days) => addWorkingDays(day, days))
  if (!assessed || !decided || !completed || !checked) throw new Error('Every step has its day')
  const listed = (c.measures ?? []).map((description, i) => {
    const proposal = measures[i]
    if (!proposal) throw new Error(`Measure ${i + 1} of case ${c.no} has no type`)
    return { measureId: `m${i + 1}`, description, ...proposal }
  })
  return story(
    `case-${c.no}`,
    reportOf(c),
    [manager, assessed, '10:00', { intent: 'assess', group: 'social', outcome: 'deviation', category }],
    [manager, assessed, '10:10', { intent: 'score-risk', group: 'social', severity, likelihood }],
    ...listed.map((measure, i): Told => [
      manager,
      decided,
      `13:${i + 1}0`,
      {
        intent: 'propose-measure',
        level: 'unit',
        ...measure,
        goal: 'Det inträffade ska inte upprepas.',
        responsibleUnit: c.unit,
        plannedCompletion: completed,
        effect: { what: 'Antal nya avvikelser av samma slag', direction: 'down', lowestAcceptedResult: 0, checkOn: checked },
      },
    ]),
    [manager, decided, '14:00', { intent: 'decide-measures', decisions: listed.map(({ measureId }) => ({ measureId, decision: 'approved' })) }],
    ...listed.map(({ measureId }, i): Told => [
      manager,
      completed,
      `15:${i + 1}0`,
      { intent: 'complete-measure', measureId, completedAt: utc(stockholm(completed, '15:00')) },
    ]),
  )
}

/** Case 10: from the manager's suspicion to the receipt from IVO, within the month that an investigation has. */
const lexSarah = (c: BoardCase, degree: Degree): CaseStep[] => {
  const manager = `chef-${c.unit}`
  return story(
    `case-${c.no}`,
    reportOf(c),
    [manager, '2020-03-11', '10:00', { intent: 'assess', group: 'social', outcome: 'suspected-misconduct', category: 'annat' }],
    [manager, '2020-03-11', '10:15', { intent: 'escalate-to-lex-sarah', ground: c.description }],
    ['sas', '2020-03-12', '09:00', { intent: 'take-over-lex-sarah' }],
    ['sas', '2020-03-12', '09:15', { intent: 'appoint-investigator', subject: 'utredare' }],
    ['utredare', '2020-03-13', '08:30', { intent: 'open-investigation', group: 'social', kind: 'lex-sarah' }],
    [
      'utredare',
      '2020-04-02',
      '15:30',
      {
        intent: 'complete-investigation',
        group: 'social',
        whatHappened: c.description,
        consequences: 'Risk för allvarligt missförhållande.',
        howNoticed: 'Rapporterat av medarbetare vid enheten.',
        whenHappened: 'Under första halvåret 2020.',
        causes: ['annat'],
        happenedBefore: 'Framgår inte av rapporten.',
        couldHappenAgain: 'Framgår inte av rapporten.',
      },
    ],
    ['utredare', '2020-04-03', '09:00', { intent: 'propose-degree', degree, motivation: c.description }],
    ['ordforande', '2020-04-07', '13:00', { intent: 'decide-degree', degree, motivation: c.description, presenter: 'utredare' }],
    ['ordforande', '2020-04-07', '13:10', { intent: 'decide-ivo-notification', law: 'lex-sarah', notify: true, motivation: 'En risk för allvarligt missförhållande ska anmälas till IVO.' }],
    ['sas', '2020-04-07', '15:00', { intent: 'record-ivo-sent', law: 'lex-sarah', channel: 'post', sentAt: utc(stockholm('2020-04-07', '14:45')), diaryNumber: 'SN 2020/10' }],
    ['registrator', '2020-04-09', '10:00', { intent: 'record-ivo-receipt', law: 'lex-sarah', ivoCaseNumber: 'IVO 2020/10', receivedAt: utc(stockholm('2020-04-09', '09:30')) }],
  )
}

/** Case 15: what another provider reported was no deviation, and it is told so. */
const notADeviation = (c: BoardCase): CaseStep[] => {
  const manager = `chef-${c.unit}`
  const motivation = 'Bedömningen är att det inte är en avvikelse.'
  return story(
    `case-${c.no}`,
    reportOf(c),
    [manager, '2020-10-15', '10:00', { intent: 'assess', group: 'social', outcome: 'not-a-deviation', category: 'annat', motivation }],
    [manager, '2020-10-16', '09:00', { intent: 'give-feedback', to: 'sending-provider', how: 'Brev', content: motivation }],
    [manager, '2020-10-16', '09:10', { intent: 'close', outcome: 'not-a-deviation', motivation }],
  )
}

/** Complaints and the client's suggestion: acknowledged the next working day and left open. */
const acknowledged = (c: BoardCase): CaseStep[] => {
  const to = c.forwardedBy ?? senders[c.no] ?? 'Den som lämnade synpunkten'
  return story(`case-${c.no}`, reportOf(c), [`chef-${c.unit}`, addWorkingDays(dayOf(c), 1), '11:00', { intent: 'acknowledge', to, how: 'Brev' }])
}

const caseSteps = (c: BoardCase): CaseStep[] => {
  const judged = handled[c.no]
  if (judged) return deviation(c, judged)
  if (c.lexSarahDegree !== undefined) return lexSarah(c, c.lexSarahDegree)
  return c.reportedType === 'deviation' ? notADeviation(c) : acknowledged(c)
}

/** Working days of 2020 from the first view to the last, and which of them are about the pandemic or need no answer. */
const centreFirst = '2020-01-08'
const centreEvery = 8.8
const centrePandemicFrom = 6
const centreWaived: readonly number[] = [12, 25]
const centreSteps = ({ contactCentre }: Board): CaseStep[] =>
  Array.from({ length: contactCentre.count }, (_, i) => {
    const { unit, reportedType, origin, channel, aboutPandemic } = contactCentre
    const day = addWorkingDays(centreFirst, Math.floor(i * centreEvery))
    const pandemic = i >= centrePandemicFrom && i < centrePandemicFrom + 2 * aboutPandemic && i % 2 === 0
    const time = `${String(9 + (i % 6)).padStart(2, '0')}:${String((i * 7) % 60).padStart(2, '0')}`
    const answer: DeviationCommand = centreWaived.includes(i)
      ? { intent: 'waive-feedback', to: 'complainant', reason: 'Bedömningen är att synpunkten inte behöver återkopplas.' }
      : { intent: 'give-feedback', to: 'complainant', how: 'Via Kontaktcenter', content: 'Synpunkten är hanterad av berörd funktion inom förvaltningen.' }
    return story(
      `view-${i + 1}`,
      [
        'kontaktcenter',
        day,
        time,
        {
          intent: 'report',
          origin,
          channel,
          reportedType,
          legalAreas: ['SoL'],
          unit,
          ...approximately(addDays(day, -1)),
          receivedAt: utc(stockholm(day, time)),
          concerns: 'operation',
          description: pandemic ? 'Synpunkt från privatperson om pandemin.' : 'Synpunkt från privatperson.',
        },
      ],
      ['kontaktchef', addWorkingDays(day, 3), '14:00', answer],
    )
  }).flat()

/** The organisation and the year as commands in the order of time. Pure: the same list every time. */
export const demoSteps = (board: Board): readonly DemoStep[] =>
  [...organisationSteps(), ...board.cases.flatMap(caseSteps), ...centreSteps(board)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
