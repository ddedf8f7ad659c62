import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, degree, feedback, findings, ivo, measure, motivation, openTown, outcomeOf, receipt, score, sent, type Town } from '#apps/api/acceptance/town'
import { deadlineKeys, type DeadlineKey } from '#events/codes'
import { deadlineName } from '#libs/catalogue/time'

const start = '2026-03-02T08:00:00.000Z'
const unit = 'barn-och-unga'
const [worker, chef] = ['medarbetare-barn-och-unga', 'chef-barn-och-unga']
let town: Town
const health = { group: 'health', category: 'fall' } as const
const happened = () => ({ at: new Date(Date.parse(town.now()) - 1).toISOString() })

type Step = (id: string) => Promise<unknown>
const case_ = (what: Partial<Parameters<Town['reports']>[1]>, ...steps: readonly Step[]) => async (): Promise<string> => {
  const id = await town.reports(what.unit === 'nattugglan-lss' ? 'medarbetare-nattugglan-lss' : worker, { unit, ...what })
  for (const step of steps) await step(id)
  return id
}
const both = { legalAreas: ['SoL', 'HSL'] } as const
const assessed: Step = (id) => town.does(chef, id, 'assess', assess('deviation'))
const escalated: Step = (id) => town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Upprepat' })
const takenOver: Step = (id) => town.does('sas', id, 'take-over-lex-sarah', {})
const decides = (which: Parameters<typeof degree>[0]): Step => async (id) => {
  await town.does('sas', id, 'appoint-investigator', { subject: 'utredare' })
  await town.does('utredare', id, 'open-investigation', { kind: 'lex-sarah' })
  await town.does('utredare', id, 'complete-investigation', findings)
  await town.does('utredare', id, 'propose-degree', degree(which))
  await town.does('ordforande', id, 'decide-degree', degree(which))
}
const approved: Step = async (id) => {
  await town.does(chef, id, 'score-risk', score(1, 1))
  await town.does(chef, id, 'propose-measure', measure('m1', unit))
  await town.does(chef, id, 'decide-measures', approve('m1'))
}
const injury: Step = (id) => town.does('mas', id, 'assess', assess('suspected-care-injury', health))
const lexMaria: Step = async (id) => {
  await injury(id)
  await town.does('mas', id, 'refer-to-lex-maria', { ground: 'Skada' })
  await town.does('mas', id, 'decide-lex-maria', { notify: true, motivation })
}
const lexMariaSent: Step = (id) => town.does('mas', id, 'record-ivo-sent', { ...sent, law: 'lex-maria', sentAt: happened().at })
let routines = 0
const routine = async (): Promise<string> => {
  const id = `rutin-${++routines}`
  const body = { id, process: 'Barn', activity: 'Samtal', name: 'Samtal', ownerUnit: unit }
  for (const [url, sends] of [['/v1/routines', body], [`/v1/routines/${id}/plan-self-check`, { what: 'Samtal', interval: 'yearly', direction: 'up', lowestAcceptedResult: 9, firstDue: '2026-09-01' }]] as const) {
    const answer = await town.post(chef, url, sends)
    if (answer.status > 201) throw new Error(outcomeOf(answer))
  }
  return id
}

interface Row {
  readonly key: DeadlineKey
  /** Its id, where it is about something. */
  readonly id?: string
  /** Day, or hours from the start, by which it is due. */
  readonly due: string | number
  readonly given: () => Promise<string>
  readonly meet: Step
  /** With whom it lies, and to whom a miss goes up. */
  readonly seat: string
  readonly up?: string
  readonly warned?: false
}
const manager = 'unit-manager@barn-och-unga'
const area = 'Verksamhetschef vid Individ- och familjeomsorgen'
/** Case format §6: every deadline of a case or a routine, what sets and what meets it, in the order in which they are due. */
const rows: readonly Row[] = [
  { key: 'protect', due: 24, given: case_({}, (id) => town.does(chef, id, 'assess', assess('suspected-misconduct'))), meet: (id) => town.does(chef, id, 'record-immediate-action', { text: 'Skyddad', takenAt: happened().at }), seat: manager, up: area, warned: false },
  { key: 'inform-authority', due: '2026-03-03', given: case_({ unit: 'nattugglan-lss', legalAreas: ['LSS'], reportedType: 'misconduct', ground: 'Skada' }), meet: (id) => town.does('chef-nattugglan-lss', id, 'inform-authority', { informedAt: happened().at, how: 'Brev' }), seat: 'lex-sarah-officer@nattugglan-ab', up: 'Beslutsfattare vid Nattugglan AB', warned: false },
  { key: 'acknowledge', due: '2026-03-04', given: case_({ wantsFeedback: true }), meet: (id) => town.does(chef, id, 'acknowledge', { to: 'Anmälaren', how: 'samtal' }), seat: manager, up: area },
  { key: 'answer-handover', due: '2026-03-04', given: case_({}, (id) => town.does(chef, id, 'offer-handover', { toUnit: 'nattugglan-lss', reason: 'Deras insats' })), meet: (id) => town.does('chef-nattugglan-lss', id, 'decline-handover', { reason: 'Inte vår' }), seat: 'unit-manager@nattugglan-lss', up: 'Beslutsfattare vid Nattugglan AB' },
  {
    key: 'notify-ivo',
    id: 'notify-ivo/lex-sarah',
    due: 72,
    given: case_({}, escalated, takenOver, decides('serious')),
    meet: async (id) => {
      await town.does('ordforande', id, 'decide-ivo-notification', ivo(true))
      await town.does('sas', id, 'record-ivo-sent', { ...sent, sentAt: happened().at })
    },
    seat: 'decision-maker@socialnamnden',
  },
  { key: 'inform-patient', due: 72, given: case_(both, injury), meet: (id) => town.does('mas', id, 'inform-patient', { informedAt: happened().at, how: 'samtal', notedInRecord: true }), seat: 'medical-officer@socialnamnden', up: 'Beslutsfattare vid Socialnämnden' },
  { key: 'lex-sarah-assessment', due: '2026-03-05', given: case_({}, escalated), meet: takenOver, seat: 'lex-sarah-officer@socialnamnden', up: 'Beslutsfattare vid Socialnämnden' },
  { key: 'assess', due: '2026-03-09', given: case_({}), meet: assessed, seat: manager, up: area },
  { key: 'start-investigation', due: '2026-03-12', given: case_({}, assessed, (id) => town.does(chef, id, 'score-risk', score(3, 3))), meet: (id) => town.does(chef, id, 'open-investigation', { kind: 'standard' }), seat: manager, up: area },
  { key: 'answer-complaint', due: '2026-03-16', given: case_({ reportedType: 'complaint', origin: 'relative' }), meet: (id) => town.does(chef, id, 'give-feedback', feedback('complainant')), seat: manager, up: area },
  {
    key: 'answer-ivo',
    id: 'answer-ivo/1',
    due: '2026-04-01',
    given: case_(both, lexMaria, lexMariaSent, (id) => town.does('mas', id, 'record-ivo-receipt', { ...receipt, law: 'lex-maria', receivedAt: happened().at }), (id) => town.does('mas', id, 'record-ivo-request', { law: 'lex-maria', what: 'Journalen', due: '2026-04-01' })),
    meet: (id) => town.does('mas', id, 'record-ivo-supplement', { law: 'lex-maria', sentAt: happened().at }),
    seat: 'medical-officer@socialnamnden',
    up: 'Beslutsfattare vid Socialnämnden',
  },
  { key: 'complete-measure', id: 'complete-measure/m1', due: '2026-04-01', given: case_({}, assessed, approved), meet: (id) => town.does(chef, id, 'complete-measure', { measureId: 'm1', completedAt: happened().at }), seat: manager, up: area },
  { key: 'investigate-lex-sarah', due: '2026-04-02', given: case_({}, escalated, takenOver), meet: decides('misconduct'), seat: 'lex-sarah-officer@socialnamnden', up: 'Beslutsfattare vid Socialnämnden' },
  { key: 'close', due: '2026-05-04', given: case_({}, (id) => town.does(chef, id, 'assess', assess('not-a-deviation'))), meet: (id) => town.does(chef, id, 'close', { outcome: 'not-a-deviation', motivation }), seat: manager, up: area },
  {
    key: 'complete-ivo-investigation',
    id: 'complete-ivo-investigation/lex-maria',
    due: '2026-05-04',
    given: case_(both, lexMaria, lexMariaSent),
    meet: (id) => town.does('mas', id, 'record-ivo-investigation-sent', { law: 'lex-maria', sentAt: happened().at }),
    seat: 'medical-officer@socialnamnden',
    up: 'Beslutsfattare vid Socialnämnden',
  },
  {
    key: 'check-effect',
    id: 'check-effect/m1',
    due: '2026-06-01',
    given: case_({}, assessed, approved, (id) => town.does(chef, id, 'complete-measure', { measureId: 'm1', completedAt: happened().at })),
    meet: (id) => town.does(chef, id, 'check-effect', { measureId: 'm1', result: 1 }),
    seat: manager,
    up: area,
  },
  {
    key: 'self-check',
    due: '2026-09-01',
    given: routine,
    meet: async (id) => {
      const answer = await town.post(chef, `/v1/routines/${id}/record-self-check`, { result: 10, performedAt: happened().at })
      if (answer.status !== 200) throw new Error(outcomeOf(answer))
    },
    seat: manager,
    up: area,
  },
]

interface Listed {
  readonly id: string
  readonly case: string | null
  readonly routine: string | null
  readonly kind: string
  readonly status: string
  readonly responsible: string | null
  readonly due: string
  readonly dueInstant: string
  readonly lateHours: number | null
  readonly missedAt: string | null
  readonly metAt: string | null
}
interface Told {
  readonly type: string
  readonly summary: string
  readonly recordedAt: string
  readonly actor: { readonly role: string }
}
const overseer = 'dataskydd'
/** A question that has seen what the clock said: a case page says where the log ends. */
const look = async (url: string, anyCase: string) => {
  const end = (await town.ask(overseer, 'GET', `/v1/deviations/${anyCase}`)).headers['vaka-position']
  const answer = await town.ask(overseer, 'GET', `${url}${url.includes('?') ? '&' : '?'}after=${String(end)}`)
  if (answer.status !== 200) throw new Error(`${url}: ${answer.text}`)
  return answer.body
}
const historyOf = async (kind: DeadlineKey, about: string, anyCase: string): Promise<readonly Told[]> =>
  kind === 'self-check' ? (await look(`/v1/routines/${about}`, anyCase)).history : (await look(`/v1/deviations/${about}/history?limit=200`, anyCase)).rows
const clockTypes = ['deadlines-set', 'deadline-warned', 'deadline-missed', 'deadline-escalated', 'deadline-met', 'deadline-lapsed', 'deadline-extended']
/** What the history says of one deadline. */
const about = (history: readonly Told[], id: string): readonly Told[] => {
  const name = deadlineName(id).sv
  return history.filter(({ type, summary }) => clockTypes.includes(type) && new RegExp(`(^|[:,] |fristen )${name}( \\d{4}-|[.,] | \\(|\\.$| gick)`).test(summary))
}

interface Seen {
  readonly kept: { readonly listed: Listed | undefined; readonly history: readonly Told[] }
  readonly missed: { readonly before: Listed | undefined; readonly listed: Listed | undefined; readonly history: readonly Told[] }
  readonly late: { readonly listed: Listed | undefined; readonly history: readonly Told[] }
}
const seen = new Map<string, Seen>()

describe('a year with the clock', () => {
  beforeAll(async () => {
    town = await openTown({ clock: start })
    const made: { readonly row: Row; readonly kept: string; readonly missed: string }[] = []
    for (const row of rows) made.push({ row, kept: await row.given(), missed: await row.given() })
    const anyCase = made[0]?.kept ?? ''
    const listed = async ({ key, id = key }: Row, of: string): Promise<Listed | undefined> => {
      const page: { readonly rows: readonly Listed[] } = await look(`/v1/deadlines?key=${key}&limit=200`, anyCase)
      return page.rows.find((one) => one.id === id && (one.case ?? one.routine) === of)
    }
    const dues = await Promise.all(made.map(async (one) => ({ ...one, before: await listed(one.row, one.missed) })))
    const later = (instant: string, seconds: number): string => new Date(Date.parse(instant) + seconds * 1_000).toISOString()
    // What was set within the same minutes, and is counted in hours, is due within the same minutes.
    for (const group of Map.groupBy(dues, ({ before }) => before?.dueInstant.slice(0, 13)).values()) {
      const instants = group.map(({ before }) => before?.dueInstant ?? '').sort()
      await town.until(later(instants[0] ?? '', -300))
      for (const { row, kept } of group) await row.meet(kept)
      await town.until(later(instants.at(-1) ?? '', 60))
      for (const { row, kept, missed, before } of group) {
        const [id, keptSeen] = [row.id ?? row.key, { listed: await listed(row, kept), history: about(await historyOf(row.key, kept, anyCase), row.id ?? row.key) }]
        const missedSeen = { before, listed: await listed(row, missed), history: about(await historyOf(row.key, missed, anyCase), id) }
        await row.meet(missed)
        seen.set(row.key, { kept: keptSeen, missed: missedSeen, late: { listed: await listed(row, missed), history: about(await historyOf(row.key, missed, anyCase), id) } })
      }
    }
  }, 240_000)
  afterAll(() => town.end())

  it('has every deadline of the case format that a case, a routine or the policy has', () => {
    expect([...rows.map(({ key }) => key), 'review-policy', 'review-access-log', 'tertial-report'].sort()).toEqual([...deadlineKeys].sort())
  })
  it.each(rows)('$key that is met in time is met, and nothing more', ({ key, warned }) => {
    const { listed, history } = seen.get(key)?.kept ?? {}
    expect(listed).toMatchObject({ status: 'met', missedAt: null, lateHours: null, metAt: expect.any(String) })
    expect(history?.map(({ type }) => type)).toEqual(['deadlines-set', ...(warned === false ? [] : ['deadline-warned']), 'deadline-met'])
  })
  it.each(rows)('$key that is missed is missed at its instant, by whom it lay with, and goes up', ({ key, due, seat, up, warned }) => {
    const { before, listed, history = [] } = seen.get(key)?.missed ?? {}
    if (typeof due === 'string') expect(before).toMatchObject({ due, status: 'upcoming', responsible: seat })
    else {
      const hours = (Date.parse(before?.dueInstant ?? '') - Date.parse(start)) / 3_600_000
      expect([hours >= due, hours < due + 0.5, before?.responsible]).toEqual([true, true, seat])
    }
    expect(listed).toMatchObject({ status: 'missed', missedAt: before?.dueInstant, metAt: null, lateHours: 1, responsible: seat })
    expect(history.map(({ type }) => type)).toEqual(['deadlines-set', ...(warned === false ? [] : ['deadline-warned']), 'deadline-missed', ...(up === undefined ? [] : ['deadline-escalated'])])
    const said = history.filter(({ type }) => type !== 'deadlines-set')
    for (const { actor, summary } of said) expect([actor.role, summary.includes('efterhand')]).toEqual(['clock', false])
    const [missed, above] = history.filter(({ type }) => type === 'deadline-missed' || type === 'deadline-escalated')
    const after = Date.parse(missed?.recordedAt ?? '') - Date.parse(before?.dueInstant ?? '')
    expect([after >= 0, after < 10_000]).toEqual([true, true])
    // Who held it then stands in the event, as staff numbers.
    expect(missed?.summary).toMatch(/ \((s-\w+)(, s-\w+)*\)\.$/)
    if (up !== undefined) expect(above?.summary).toContain(`gick vidare`)
    if (up !== undefined) expect(above?.summary).toContain(`till ${up}`)
  })
  it.each(rows)('$key that is met after all says how late', ({ key, id = key }) => {
    const { listed, history = [] } = seen.get(key)?.late ?? {}
    expect(listed).toMatchObject({ id, status: 'met', lateHours: 1, missedAt: expect.any(String), responsible: null })
    expect(history.filter(({ type }) => type === 'deadline-met' || type === 'deadline-lapsed').map(({ type }) => type)).toEqual(['deadline-met'])
  })
  it('reviews the policy: the next version meets it, and a year after that it is missed', async () => {
    const anyCase = await town.reports(worker, { unit })
    const review = async (): Promise<readonly Listed[]> => (await look('/v1/deadlines?key=review-policy', anyCase)).rows
    const published = await town.post('admin', '/v1/policy/publish', { policy: 'kommunen-1' })
    expect(published.body.events.map(({ type }: { readonly type: string }) => type)).toEqual(['policy-published', 'deadlines-set'])
    const [first] = await review()
    await town.until(new Date(Date.parse(first?.dueInstant ?? '') - 60_000).toISOString())
    expect(await review()).toMatchObject([{ status: 'warned', responsible: 'administrator@municipality' }])
    await town.post('admin', '/v1/policy/publish', { policy: 'kommunen-2' })
    const [met, second] = await review()
    expect([met, second]).toMatchObject([{ id: 'review-policy', status: 'met', lateHours: null }, { id: 'review-policy/2', status: 'upcoming' }])
    await town.until(new Date(Date.parse(second?.dueInstant ?? '') + 60_000).toISOString())
    expect((await review())[1]).toMatchObject({ status: 'missed', missedAt: second?.dueInstant, lateHours: 1 })
  }, 120_000)
})

describe('a week in which nothing ran', () => {
  it('is told afterwards as late, in order, and nothing twice', async () => {
    const before = await openTown({ clock: start })
    const id = await before.reports(worker, { unit, wantsFeedback: true })
    await before.close()
    const told = async (again: Town): Promise<readonly Told[]> => {
      await again.later(0.0001)
      town = again
      return historyOf('close', id, id)
    }
    const instants = (history: readonly Told[]): readonly string[] => history.flatMap(({ type, summary }) => (type.startsWith('deadline-') ? [/\d{4}-\d\d-\d\d \d\d:\d\d/.exec(summary)?.[0] ?? ''] : []))
    let history: readonly Told[] = []
    const open = (clock: string): Promise<Town> => openTown({ clock, folder: before.folder, organised: false })
    try {
      const week = await open('2026-03-10T08:00:00.000Z')
      try {
        history = await told(week)
      } finally {
        await week.close()
      }
      const said = history.filter(({ type }) => type.startsWith('deadline-'))
      expect(said.map(({ type, summary }) => `${type} ${/Bekräfta mottagandet|Bedöm/.exec(summary)?.[0] ?? ''}`)).toEqual([
        'deadline-warned Bekräfta mottagandet',
        'deadline-missed Bekräfta mottagandet',
        'deadline-escalated Bekräfta mottagandet',
        'deadline-warned Bedöm',
        'deadline-escalated Bekräfta mottagandet',
        'deadline-missed Bedöm',
        'deadline-escalated Bedöm',
      ])
      for (const { summary, actor } of said) expect([actor.role, summary]).toEqual(['clock', expect.stringContaining('Detta skrevs i efterhand.')])
      expect(instants(history)).toEqual([...instants(history)].sort())
      // Opened once more at the same instant it has nothing to add.
      const again = await open('2026-03-10T08:10:00.000Z')
      try {
        expect(await told(again)).toEqual(history)
      } finally {
        await again.close()
      }
    } finally {
      rmSync(before.folder, { recursive: true, force: true })
    }
  }, 120_000)
})
