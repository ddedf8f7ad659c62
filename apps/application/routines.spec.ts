import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { grants, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import type { Json } from '#apps/application/queries/asker'
import type { MeasureStatus } from '#apps/application/queries/measures'
import { questions } from '#apps/application/queries/questions'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { handleRoutine, type RoutineCommandRequest } from '#apps/application/routines'
import type { CommandOf, DeviationCommand } from '#libs/deviation/commands'
import { caseNumber } from '#libs/duties/number'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { withoutTime } from '#libs/deadlines/testing/without-time'
import type { Outcome } from '#libs/kernel/outcome'
import { runProjections } from '#libs/kernel/projector'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import type { RoutineAsk } from '#libs/routines/asks'
import type { RoutineCommand } from '#libs/routines/commands'
import { measures } from '#projections/measures/measures'
import { routines } from '#projections/routines/routines'

const projections = [measures, routines]

/** Everything real, in memory, with the organisation of the demonstration. Every command is sent an hour after the one before. */
const openWorld = async () => {
  const clock = settableClock('2026-03-02T08:00:00.000Z')
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjections({ projections, store, readModel, signal: stop.signal })
  let position = ''
  const worded = (outcome: Outcome): string => {
    if (outcome.kind === 'done') position = outcome.position
    if (outcome.kind === 'done') return withoutTime(outcome.events.map(({ type }) => type)).join(' ')
    return outcome.kind === 'refused' ? outcome.reasons.map(({ code }) => code).join(' ') : outcome.kind
  }
  const organise = async (login: string, command: OrganisationCommand): Promise<string> => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: 'o', correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(worded(outcome))
    return outcome.extra?.['grant'] ?? ''
  }
  const later = (): void => {
    clock.set(new Date(Date.parse(clock.now()) + 3_600_000).toISOString())
  }
  const act = async (login: string, caseId: string | undefined, command: DeviationCommand): Promise<string> => {
    later()
    const outcome = await handleDeviation(context, { command, caseId, sender: { login }, path: command.intent, correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${command.intent}: ${worded(outcome)}`)
    position = outcome.position
    return outcome.stream.slice('deviation-'.length)
  }
  const send = (login: string, command: RoutineCommand, more: Partial<RoutineCommandRequest> = {}): Promise<Outcome> => {
    later()
    const routineId = command.intent === 'register-routine' ? undefined : 'medicin'
    return handleRoutine(context, { command, routineId, sender: { login }, path: command.intent, correlationId: 'test', ...more })
  }
  await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' })
  await organise('admin', { intent: 'register-authority', unit: 'socialnamnden', name: 'Socialnämnden' })
  await organise('admin', { intent: 'register-provider', unit: 'nattugglan-ab', name: 'Nattugglan AB' })
  for (const { unit, name, parent } of units) await organise('admin', { intent: 'register-unit', unit, name, parent })
  for (const grant of grants) {
    const id = await organise('admin', { intent: 'grant-role', ...grant, from: clock.now() })
    if (grant.role !== 'reporter') await organise('dataskydd', { intent: 'confirm-grant', grant: id })
  }
  const ask = questions(context, async () => undefined)
  const caughtUp = async (): Promise<void> => {
    for (const { name } of projections) if (!(await readModel.reached(name, position, 10_000))) throw new Error(`${name} is behind`)
  }
  return {
    clock,
    store,
    ask,
    act,
    organise,
    caughtUp,
    report: (unit: string, more: Partial<CommandOf<'report'>> = {}): Promise<string> =>
      act(`medarbetare-${unit}`, undefined, {
        intent: 'report',
        origin: 'staff',
        channel: 'web',
        reportedType: 'deviation',
        legalAreas: ['SoL'],
        unit,
        discoveredAt: '2026-03-01T10:00:00.000Z',
        concerns: 'operation',
        description: 'HEMLIG-rapport',
        ...more,
      }),
    send,
    /** What a command on the routine comes to. */
    routine: async (login: string, command: RoutineCommand, more: Partial<RoutineCommandRequest> = {}): Promise<string> => worded(await send(login, command, more)),
    /** What the routine asks for, as somebody sees it. */
    asks: async (login: string): Promise<unknown[]> => {
      await caughtUp()
      const { rows } = await found(ask.routines(as(login), { process: 'Boende' }))
      return rows.flatMap((row) => codesOf(row))
    },
    close: async () => {
      stop.abort()
      await running
      await Promise.all([store.close(), vault.close(), readModel.close()])
    },
  }
}
const as = (login: string, reason?: string): QueryRequest => ({ sender: { login }, language: 'sv', reason })
const found = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const got = await answer
  if (got.kind !== 'found') throw new Error(`Answered ${JSON.stringify(got)}`)
  return got.body
}
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : [])
const codesOf = (row: Json): unknown[] => list(row['asks']).map(({ code }) => code)

const register: RoutineCommand = { intent: 'register-routine', id: 'medicin', process: 'Boende', activity: 'Överlämna läkemedel', name: 'Läkemedel', ownerUnit: 'missbruk' }
const plan: RoutineCommand = { intent: 'plan-self-check', what: 'HEMLIG-mått', interval: 'half-yearly', direction: 'up', lowestAcceptedResult: 95, firstDue: '2026-09-01' }
const assess = (outcome: CommandOf<'assess'>['outcome'], routine = 'medicin'): DeviationCommand => ({ intent: 'assess', group: 'social', outcome, category: 'rutin-foljs-ej', routine, motivation: 'HEMLIG-bedömning' })
const propose = (measureId: string, plannedCompletion = '2026-04-01'): DeviationCommand => ({
  intent: 'propose-measure',
  measureId,
  type: 'rutin',
  level: 'unit',
  timing: 'corrective',
  description: 'HEMLIG-åtgärd',
  goal: 'HEMLIG-mål',
  responsibleUnit: 'missbruk',
  plannedCompletion,
  routine: 'medicin',
  effect: { what: 'HEMLIG-effekt', direction: 'up', lowestAcceptedResult: 95, checkOn: '2026-06-01' },
})
const decide = (measureId: string, decision: 'approved' | 'rejected'): DeviationCommand => ({ intent: 'decide-measures', decisions: [{ measureId, decision, motivation: 'HEMLIG-skäl' }] })

let w: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  w = await openWorld()
})
afterAll(() => w.close())

describe('a routine', () => {
  it('is registered once, whoever repeats it', async () => {
    const first = await w.send('chef-missbruk', register, { idempotencyKey: 'k1' })
    expect(first).toMatchObject({ kind: 'done', stream: 'routine-medicin', revision: 0, created: true })
    expect(await w.send('chef-missbruk', register, { idempotencyKey: 'k1' })).toEqual(first)
    expect(await w.routine('chef-missbruk', { ...register, name: 'Annat' }, { idempotencyKey: 'k1' })).toBe('key-reused')
    expect(await w.routine('chef-missbruk', register)).toBe('routine-exists')
    const { id: _id, ...without } = register
    const made = await w.send('chef-missbruk', { ...without, process: 'Annat' }, { idempotencyKey: 'k2' })
    expect(made).toMatchObject({ stream: expect.stringMatching(/^routine-[a-z0-9-]{36}$/) })
    expect(await w.send('chef-missbruk', { ...without, process: 'Annat' }, { idempotencyKey: 'k2' })).toEqual(made)
  })
  it('is commanded by who may, and unknown to who may not read it', async () => {
    expect(await w.routine('kvalitet', { intent: 'revise', changes: 'x' })).toBe('forbidden')
    expect(await w.routine('medarbetare-missbruk', plan)).toBe('forbidden')
    for (const login of ['chef-hemsjukvard', 'nobody']) expect(await w.routine(login, plan)).toBe('not-found')
    expect(await w.routine('chef-missbruk', { ...register, id: 'annan', ownerUnit: 'hemsjukvard' })).toBe('forbidden')
    expect(await w.routine('chef-missbruk', { ...register, id: 'annan', ownerUnit: 'okand' })).toBe('invalid')
    expect(await w.routine('nobody', { ...register, id: 'annan', ownerUnit: 'okand' })).toBe('forbidden')
    expect(await w.routine('chef-missbruk', { intent: 'record-self-check', result: 97 })).toBe('self-check-not-planned')
    expect(await w.routine('kvalitet', plan, { ifMatch: 0 })).toBe('self-check-planned')
    expect(await w.routine('kvalitet', plan, { ifMatch: 0 })).toBe('stale')
  })
})

describe('from a risk and a deviation to an accepted result', () => {
  let risk: string
  let hidden: string
  let then: string
  it('a risk leads to a risk analysis, which asks for a measure that lives', async () => {
    risk = await w.report('missbruk')
    await w.act('chef-missbruk', risk, assess('risk-of-deviation'))
    expect(await w.asks('chef-missbruk')).toEqual(['risk-analysis'])
    expect(await w.asks('kvalitet')).toEqual(['risk-analysis'])
    // Her own report is not enough to be told what came of it.
    expect(await w.asks('medarbetare-missbruk')).toEqual([])
    expect(await w.routine('chef-missbruk', { intent: 'analyse-risk', severity: 3, likelihood: 3, description: 'HEMLIG-risk', case: risk })).toBe('routine-risk-analysed')
    expect(await w.asks('chef-missbruk')).toEqual(['measure'])
    await w.act('chef-missbruk', risk, propose('m1'))
    expect(await w.asks('chef-missbruk')).toEqual([])
    await w.act('chef-missbruk', risk, decide('m1', 'rejected'))
    expect(await w.asks('chef-missbruk')).toEqual(['measure'])
    await w.act('chef-missbruk', risk, propose('m2'))
    await w.act('chef-missbruk', risk, decide('m2', 'approved'))
    expect(await w.asks('chef-missbruk')).toEqual([])
  })
  it('a completed measure leads to a revision and a self-check', async () => {
    await w.act('chef-missbruk', risk, { intent: 'complete-measure', measureId: 'm2', completedAt: w.clock.now() })
    expect(await w.asks('chef-missbruk')).toEqual(['self-check', 'revision'])
    const revise: RoutineCommand = { intent: 'revise', changes: 'HEMLIG-ändring', case: risk, measureId: 'm2' }
    expect(await w.routine('chef-missbruk', { ...revise, measureId: 'm9' })).toBe('measure-unknown')
    expect(await w.routine('chef-missbruk', { ...revise, case: '019f0000-0000-7000-8000-000000000000' })).toBe('case-unknown')
    expect(await w.routine('chef-missbruk', revise)).toBe('routine-revised')
    expect(await w.asks('chef-missbruk')).toEqual(['self-check'])
    then = w.clock.now()
  })
  it('a result that is not accepted asks for a measure again, until one is', async () => {
    expect(await w.routine('chef-missbruk', { intent: 'record-self-check', result: 90, comment: 'HEMLIG-kommentar' })).toBe('self-check-performed')
    expect(await w.asks('chef-missbruk')).toEqual(['measure'])
    expect(await w.routine('chef-missbruk', { intent: 'revise', changes: 'HEMLIG-ändring två' })).toBe('routine-revised')
    expect(await w.asks('chef-missbruk')).toEqual(['self-check'])
    expect(await w.routine('kvalitet', { intent: 'record-self-check', result: 96 })).toBe('self-check-performed')
    expect(await w.asks('chef-missbruk')).toEqual([])
  })
  it('a deviation leads to a self-check as long as its assessment stands, for who may know of it', async () => {
    hidden = await w.report('missbruk', { concernsManager: true })
    await w.act('omradeschef', hidden, assess('deviation'))
    expect(await w.asks('omradeschef')).toEqual(['self-check'])
    expect(await w.asks('chef-missbruk')).toEqual([])
    expect(await w.routine('chef-missbruk', { ...plan, case: hidden })).toBe('case-unknown')
    await w.act('omradeschef', hidden, assess('deviation', 'Muntlig rutin'))
    expect(await w.asks('omradeschef')).toEqual([])
    await w.act('omradeschef', hidden, assess('deviation'))
    expect(await w.asks('omradeschef')).toEqual(['self-check'])
  })
  it('nor does what was recorded as no case count, but it did until then', async () => {
    const withdrawn = await w.report('missbruk')
    await w.act('chef-missbruk', withdrawn, assess('deviation'))
    await w.act('chef-missbruk', withdrawn, propose('m1', '2026-03-20'))
    expect(await w.asks('chef-missbruk')).toEqual(['self-check'])
    const before = w.clock.now()
    await w.act('chef-missbruk', withdrawn, { intent: 'record-no-case', outcome: 'withdrawn', motivation: 'HEMLIG' })
    expect(await w.asks('chef-missbruk')).toEqual([])
    const measuresOf = async (at?: string): Promise<number> => (await found(w.ask.measures(as('chef-missbruk'), { at }))).rows.filter((row) => row['case'] === withdrawn).length
    expect([await measuresOf(), await measuresOf(before)]).toEqual([0, 1])
    const past = await found(w.ask.routines(as('chef-missbruk'), { process: 'Boende', at: before }))
    expect(past.rows.flatMap(codesOf)).toEqual(['self-check'])
  })
  it('a planned self-check is asked for on its day, and as of an earlier instant what was known then', async () => {
    w.clock.set('2026-09-07T08:00:00.000Z')
    expect(await w.asks('chef-missbruk')).toEqual(['self-check'])
    const asked = (asks: RoutineAsk, at?: string) => found(w.ask.routines(as('chef-missbruk'), { asks, at })).then(({ rows }) => rows.map(({ id }) => id))
    expect(await asked('self-check')).toEqual(['medicin'])
    expect(await asked('measure')).toEqual([])
    const past = await found(w.ask.routines(as('chef-missbruk'), { process: 'Boende', at: then }))
    expect(past.rows).toMatchObject([{ version: 2, selfCheck: { last: null, nextDue: '2026-09-01' }, asks: [{ code: 'self-check', responsible: 'unit-manager@missbruk', because: [{ type: 'routine-revised', case: risk }, { type: 'measure-completed', case: risk, number: caseNumber(risk), measureId: 'm2' }] }] }])
    const page = await found(w.ask.routine(as('chef-missbruk'), 'medicin', { at: then }))
    expect([page['version'], list(page['history']).at(-1)?.['type']]).toEqual([2, 'routine-revised'])
  })
  it('is one history, with its texts for who may command the routine', async () => {
    await w.caughtUp()
    const page = await found(w.ask.routine(as('chef-missbruk'), 'medicin'))
    expect(page).toMatchObject({ id: 'medicin', revision: 11, owner: 'unit-manager@missbruk', version: 3, riskAnalysis: { score: 9, asksForMeasures: true } })
    expect(page).toMatchObject({ selfCheck: { what: 'HEMLIG-mått', lowestAcceptedResult: 95, last: { result: 96, accepted: true } } })
    expect(list(page['history']).flatMap(({ type, inCase }) => (withoutTime([String(type)]).length > 0 ? [[inCase ? 'case' : 'routine', type]] : []))).toEqual([
      ['routine', 'routine-registered'],
      ['routine', 'self-check-planned'],
      ['case', 'deviation-assessed'],
      ['routine', 'routine-risk-analysed'],
      ['case', 'measure-proposed'],
      ['case', 'measure-proposed'],
      ['case', 'measure-completed'],
      ['routine', 'routine-revised'],
      ['routine', 'self-check-performed'],
      ['routine', 'routine-revised'],
      ['routine', 'self-check-performed'],
      ['case', 'deviation-assessed'],
      ['case', 'measure-proposed'],
    ])
    const rows = list(page['history']).filter(({ type }) => withoutTime([String(type)]).length > 0)
    expect(rows[3]).toMatchObject({ case: risk, number: caseNumber(risk), score: 9, summary: expect.stringMatching(/^Allvarlighetsgrad 3 .*HEMLIG-risk$/) })
    expect(rows[6]).toMatchObject({ label: 'Åtgärd genomförd', measureId: 'm2', occurredAt: expect.any(String), summary: expect.stringContaining('m2') })
    expect(JSON.stringify(rows.filter(({ inCase }) => inCase))).not.toContain('HEMLIG')
    expect(rows[8]).toMatchObject({ accepted: false, result: 90 })
    expect(JSON.stringify(page)).not.toContain(hidden)
    expect(JSON.stringify(await found(w.ask.routine(as('omradeschef'), 'medicin')))).toContain(hidden)

    const colleague = await found(w.ask.routine(as('medarbetare-missbruk'), 'medicin'))
    expect(JSON.stringify(colleague)).not.toMatch(new RegExp(`HEMLIG|${risk}|${caseNumber(risk)}`))
    expect(list(colleague['history']).filter(({ type }) => withoutTime([String(type)]).length > 0).map(({ summary }) => summary).at(-2)).toBe('Rutinen reviderades, version 3. [personal data]')
    for (const [reason, opens] of [[undefined, false], ['granskning', true]] as const)
      expect(JSON.stringify(await found(w.ask.routine(as('revisor', reason), 'medicin'))).includes('HEMLIG-risk')).toBe(opens)
    for (const login of ['chef-hemsjukvard', 'nobody']) expect((await w.ask.routine(as(login), 'medicin')).kind).toBe('not-found')
    expect((await w.ask.routine(as('chef-missbruk'), 'okand')).kind).toBe('not-found')
  })
  it('keeps no text in the clear', async () => {
    for await (const event of w.store.read('routine-medicin')) expect(JSON.stringify(event)).not.toContain('HEMLIG')
  })
  it('ends, and asks for nothing then', async () => {
    await w.routine('omradeschef', { intent: 'change-owner', ownerUnit: 'ekonomiskt-bistand', reason: 'Omorganisation' })
    expect(await w.asks('chef-missbruk')).toEqual([])
    expect(await w.asks('chef-ekonomiskt-bistand')).toEqual(['self-check'])
    await w.routine('chef-ekonomiskt-bistand', { intent: 'end', reason: 'Ersatt' })
    expect(await w.asks('omradeschef')).toEqual([])
  })
})

describe('the list of measures', () => {
  let id: string
  const of = async (login: string, status?: MeasureStatus, more = {}): Promise<unknown[]> => {
    const { rows } = await found(w.ask.measures(as(login), { status, routine: 'boken', ...more }))
    return rows.map(({ measureId }) => measureId)
  }
  beforeAll(async () => {
    w.clock.set('2026-10-01T08:00:00.000Z')
    expect(await w.routine('chef-barn-och-unga', { ...register, id: 'boken', process: 'Barn', ownerUnit: 'barn-och-unga' })).toBe('routine-registered')
    id = await w.report('barn-och-unga', { discoveredAt: '2026-09-30T08:00:00.000Z' })
    await w.act('chef-barn-och-unga', id, assess('deviation', 'boken'))
    for (const [measureId, plannedCompletion] of [['m1', '2026-10-10'], ['m2', '2026-10-20'], ['m3', '2026-10-05'], ['m4', '2026-10-06'], ['m5', '2026-10-07']] as const)
      await w.act('chef-barn-och-unga', id, { ...propose(measureId, plannedCompletion), routine: 'boken', responsibleUnit: measureId === 'm2' ? 'missbruk' : 'barn-och-unga', effect: { what: 'x', direction: 'up', lowestAcceptedResult: 95, checkOn: '2026-12-01' } } as DeviationCommand)
    for (const measureId of ['m1', 'm2', 'm3', 'm4']) await w.act('chef-barn-och-unga', id, decide(measureId, 'approved'))
    await w.act('chef-barn-och-unga', id, decide('m5', 'rejected'))
    for (const measureId of ['m3', 'm4']) await w.act('chef-barn-och-unga', id, { intent: 'complete-measure', measureId, completedAt: w.clock.now() })
    await w.act('chef-barn-och-unga', id, { intent: 'check-effect', measureId: 'm4', result: 90 })
    await w.caughtUp()
  })
  it('tells where each stands, by planned completion', async () => {
    const { rows } = await found(w.ask.measures(as('chef-barn-och-unga'), { routine: 'boken', limit: 1 }))
    expect(rows).toEqual([
      {
        measureId: 'm3', case: id, number: caseNumber(id), unit: 'barn-och-unga', responsible: 'unit-manager@barn-och-unga', type: 'rutin', level: 'unit', timing: 'corrective', state: 'completed', routine: 'boken',
        plannedStart: null, plannedCompletion: '2026-10-05', completedAt: expect.any(String), effect: { direction: 'up', lowestAcceptedResult: 95, checkOn: '2026-12-01' },
        result: null, accepted: null, replaces: null, replacedBy: null, decision: 'approved', overdue: false,
      },
    ])
    expect(await of('chef-barn-och-unga')).toEqual(['m3', 'm4', 'm5', 'm1', 'm2'])
    expect(await of('chef-barn-och-unga', undefined, { unit: 'missbruk' })).toEqual(['m2'])
    const pages: unknown[] = []
    let page: Page<Json> | undefined
    do {
      page = await found(w.ask.measures(as('chef-barn-och-unga'), { routine: 'boken', limit: 2, cursor: page?.cursor }))
      pages.push(page.rows.map(({ measureId }) => measureId))
    } while (!page.complete)
    expect(pages).toEqual([['m3', 'm4'], ['m5', 'm1'], ['m2']])
  })
  it('is asked by state, by what runs, is overdue or helped', async () => {
    expect(await of('chef-barn-och-unga', 'running')).toEqual(['m1', 'm2'])
    expect(await of('chef-barn-och-unga', 'completed')).toEqual(['m3'])
    expect(await of('chef-barn-och-unga', 'rejected')).toEqual(['m5'])
    expect([await of('chef-barn-och-unga', 'accepted'), await of('chef-barn-och-unga', 'not-accepted')]).toEqual([[], ['m4']])
    const before = w.clock.now()
    // A day is over when it is over in Stockholm.
    w.clock.set('2026-10-20T21:59:00.000Z')
    expect(await of('chef-barn-och-unga', 'overdue')).toEqual(['m1'])
    w.clock.set('2026-12-01T23:01:00.000Z')
    expect(await of('chef-barn-och-unga', 'overdue')).toEqual(['m3', 'm1', 'm2'])
    const { rows } = await found(w.ask.measures(as('chef-barn-och-unga'), { routine: 'boken' }))
    expect(rows.map(({ measureId, overdue }) => (overdue === true ? measureId : null))).toEqual(['m3', null, null, 'm1', 'm2'])
    expect(await of('chef-barn-och-unga', 'overdue', { at: before })).toEqual([])
    expect(await of('chef-barn-och-unga', 'running', { at: before })).toEqual(['m1', 'm2'])
  })
  it('is of the cases that one may read', async () => {
    for (const login of ['medarbetare-barn-och-unga', 'chef-hemsjukvard', 'mas']) expect(await of(login)).toEqual([])
    expect(await of('kvalitet')).toHaveLength(5)
    expect((await w.ask.measures(as('nobody'))).kind).toBe('forbidden')
    expect(JSON.stringify(await found(w.ask.measures(as('chef-missbruk'))))).not.toContain('HEMLIG')
    await w.act('chef-barn-och-unga', id, assess('suspected-misconduct', 'boken'))
    await w.act('sas', id, { intent: 'escalate-to-lex-sarah', ground: 'HEMLIG' })
    await w.act('sas', id, { intent: 'take-over-lex-sarah' })
    await w.caughtUp()
    expect([await of('chef-barn-och-unga'), await of('sas')]).toMatchObject([[], { length: 5 }])
  })
})

describe('inspection of the rows', () => {
  const rowsOf = async (login: string, name: string): Promise<readonly Json[]> => (await found(w.ask.projectionRows(as(login), name))).rows
  it('is the compliance officer\'s, each row with its cases', async () => {
    expect((await rowsOf('dataskydd', 'measures')).map(({ key }) => key)).toContainEqual(expect.stringMatching(/\/m5$/))
    const medicin = (await rowsOf('dataskydd', 'routines')).find(({ key }) => key === 'medicin')
    expect(medicin).toMatchObject({ state: { history: expect.arrayContaining([expect.objectContaining({ type: 'measure-completed', measureId: 'm2' })]) } })
    expect((await w.ask.projectionRows(as('revisor'), 'routines')).kind).toBe('forbidden')
  })
  it('keeps to the units of the officer: a routine of hers without the cases of others', async () => {
    const grant = await w.organise('admin', { intent: 'grant-role', subject: 'granskare', role: 'compliance-officer', unit: 'barn-och-unga', from: w.clock.now() })
    await w.organise('dataskydd', { intent: 'confirm-grant', grant })
    const others = await w.report('missbruk')
    await w.act('chef-missbruk', others, assess('deviation', 'boken'))
    expect(await w.routine('chef-barn-och-unga', plan, { routineId: 'boken' })).toBe('self-check-planned')
    await w.caughtUp()
    expect(JSON.stringify(await rowsOf('dataskydd', 'routines'))).toContain(others)
    const rows = await rowsOf('granskare', 'routines')
    expect(rows).toMatchObject([{ key: 'boken', state: { history: expect.arrayContaining([expect.objectContaining({ type: 'self-check-planned' }), expect.objectContaining({ type: 'measure-completed' })]) } }])
    expect(JSON.stringify(rows)).not.toContain(others)
    expect(JSON.stringify(rows).match(/deviation-assessed/g)).toHaveLength(2)
    expect(await rowsOf('granskare', 'measures')).toHaveLength(5)
  })
})
