import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deviationStream, readDeviation } from '#events/deviation'
import { organisationCache, policyCache, loadCase, type Context } from '#apps/application/context'
import { grants, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { accessToEach, askerOf, type Json } from '#apps/application/queries/asker'
import { questions } from '#apps/application/queries/questions'
import type { Answer, Page, QueryRequest } from '#apps/application/request'
import { projections } from '#apps/projector/list'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { runProjections } from '#libs/kernel/projector'
import { caseNumber } from '#libs/duties/number'
import type { CommandOf, DeviationCommand, Report } from '#libs/deviation/commands'
import { accessTo } from '#libs/deviation/access'
import { evolveCase, type CaseFacts } from '#libs/duties/facts'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { factsOfSight, sightOf } from '#projections/statistics/sight'

/** Everything real, in memory: the organisation of the demonstration, commands that are decided, projections that run. */
const openWorld = async () => {
  const clock = settableClock('2026-03-02T08:00:00.000Z')
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjections({ projections, store, readModel, signal: stop.signal })
  let position = ''
  const organise = async (login: string, command: OrganisationCommand) => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: `/v1/organisation/${command.intent}`, correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${command.intent}: ${JSON.stringify(outcome)}`)
    return outcome.extra?.['grant'] ?? ''
  }
  await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' })
  await organise('admin', { intent: 'register-authority', unit: 'socialnamnden', name: 'Socialnämnden' })
  await organise('admin', { intent: 'register-provider', unit: 'nattugglan-ab', name: 'Nattugglan AB' })
  for (const { unit, name, parent } of units) await organise('admin', { intent: 'register-unit', unit, name, parent })
  for (const grant of grants) {
    const id = await organise('admin', { intent: 'grant-role', ...grant, from: clock.now() })
    if (grant.role !== 'reporter') await organise('dataskydd', { intent: 'confirm-grant', grant: id })
  }
  const act = async (login: string, caseId: string | undefined, command: DeviationCommand): Promise<string> => {
    const outcome = await handleDeviation(context, { command, caseId, sender: { login }, path: `/v1/deviations/${command.intent}`, correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${login} ${command.intent}: ${JSON.stringify(outcome)}`)
    position = outcome.position
    return outcome.stream.slice('deviation-'.length)
  }
  return {
    context,
    clock,
    ask: questions(context, async () => undefined),
    organise,
    act,
    report: (login: string, what: Partial<Report> & Pick<Report, 'unit'>): Promise<string> =>
      act(login, undefined, {
        intent: 'report',
        origin: 'staff',
        channel: 'web',
        reportedType: 'deviation',
        legalAreas: ['SoL'],
        discoveredAt: '2026-03-01T10:00:00.000Z',
        concerns: 'person',
        description: 'Beskrivning',
        ...what,
      }),
    caughtUp: async () => {
      for (const { name } of projections) if (!(await readModel.reached(name, position, 10_000))) throw new Error(`${name} is behind`)
    },
    close: async () => {
      stop.abort()
      await running
      await Promise.all([store.close(), vault.close(), readModel.close()])
    },
  }
}
type World = Awaited<ReturnType<typeof openWorld>>

const as = (login: string, reason?: string): QueryRequest => ({ sender: { login }, language: 'sv', reason })
const found = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const got = await answer
  if (got.kind !== 'found') throw new Error(`Answered ${JSON.stringify(got)}`)
  return got.body
}
const kind = async (answer: Promise<Answer<unknown>>): Promise<string> => (await answer).kind
const idsOf = (page: Page<Json>): unknown[] => page.rows.map(({ id }) => id)

const assess = (outcome: CommandOf<'assess'>['outcome'], category = 'insats-utebliven', group: 'social' | 'health' = 'social'): DeviationCommand => ({
  intent: 'assess',
  group,
  outcome,
  category,
  motivation: 'HEMLIG-bedömning',
})
const year = { from: '2026-01-01', to: '2026-12-31', date: 'received' } as const

let w: World
beforeAll(async () => {
  w = await openWorld()
})
afterAll(() => w.close())

describe('a case of misconduct that the officer has taken over', () => {
  const secrets = /HEMLIG|Kajsa|Närstående Person|19\d{10}|misconduct|insats-utebliven|Missförhållande|barn-och-unga@|lex-sarah-/
  let id: string
  let before: string
  beforeAll(async () => {
    id = await w.report('medarbetare-barn-och-unga', {
      unit: 'barn-och-unga',
      reportedType: 'misconduct',
      description: 'HEMLIG-händelse',
      ground: 'HEMLIG-grund',
      reporter: { name: 'Kajsa Rapportör' },
      individuals: [{ name: 'Närstående Person', personalNumber: '191212121212' }, { name: 'HEMLIG-skyddad', protectedIdentity: true }],
      wantsFeedback: true,
    })
    await w.act('chef-barn-och-unga', id, assess('suspected-misconduct'))
    await w.act('chef-barn-och-unga', id, { intent: 'add-note', text: 'HEMLIG-anteckning', kind: 'fact', source: 'samtal' })
    before = w.context.clock.now()
    w.clock.set('2026-03-03T08:00:00.000Z')
    await w.act('sas', id, { intent: 'take-over-lex-sarah' })
    await w.act('sas', id, { intent: 'give-feedback', to: 'reporter', how: 'samtal', content: 'Vi utreder.' })
    await w.act('sas', id, { intent: 'give-feedback', to: 'relative', how: 'samtal', content: 'HEMLIG-till-anhörig' })
    await w.caughtUp()
  })

  it('shows the officer everything, protected identities too', async () => {
    const page = await found(w.ask.casePage(as('sas'), id))
    expect(page).toMatchObject({
      number: caseNumber(id),
      title: 'Utebliven insats, Enheten för barn och unga (inkl. familjerätten)',
      phase: 'lex-sarah',
      unit: 'barn-och-unga',
      description: 'HEMLIG-händelse',
      individuals: [{ name: 'Närstående Person', personalNumber: '191212121212' }, { name: 'HEMLIG-skyddad' }],
      notes: [{ text: 'HEMLIG-anteckning', kind: 'fact' }],
      lexSarah: { step: 'taken-over', escalation: { ground: 'HEMLIG-grund' } },
      lexMaria: null,
      deadlines: expect.arrayContaining([
        expect.objectContaining({ id: 'lex-sarah-assessment', status: 'met', due: '2026-03-05' }),
        expect.objectContaining({ id: 'investigate-lex-sarah', status: 'upcoming', due: '2026-04-02', responsible: 'lex-sarah-officer@socialnamnden', binding: 'statute' }),
      ]),
      responsible: 'lex-sarah-officer@socialnamnden',
      nextStep: 'appoint-investigator',
      nextSteps: [{ code: 'appoint-investigator', responsible: 'lex-sarah-officer@socialnamnden', due: '2026-04-02', text: 'Utse lex Sarah-utredare.' }],
      hindersClosing: ['lex-sarah-undecided'],
    })
    expect(JSON.stringify(page)).not.toContain('reporterMark')
    const history = await found(w.ask.caseHistory({ ...as('sas'), language: 'en' }, id))
    expect(history.rows).toHaveLength((await loadCase(w.context.store, id))?.events.length ?? 0)
    expect(history.rows[0]).toMatchObject({ type: 'deviation-reported', label: 'Reported', occurredAt: '2026-03-01T10:00:00.000Z', actor: { role: 'reporter' } })
    expect(JSON.stringify(history)).toContain('Motivation: HEMLIG-bedömning')
  })
  it('shows its manager number, phase and times only, also of the past', async () => {
    const limited = { id, number: caseNumber(id), phase: 'lex-sarah', reportedAt: expect.any(String), receivedAt: expect.any(String) }
    const page = await found(w.ask.casePage(as('chef-barn-och-unga'), id))
    expect(page).toEqual({ ...limited, revision: 13 })
    const past = await found(w.ask.casePage(as('chef-barn-och-unga'), id, { at: before }))
    expect(past).toEqual({ ...limited, revision: 6 })
    const history = await found(w.ask.caseHistory(as('chef-barn-och-unga', 'skäl'), id))
    for (const row of history.rows) expect(Object.keys(row)).toEqual(['revision', 'recordedAt'])
    const queue = await found(w.ask.queue(as('chef-barn-och-unga'), 'barn-och-unga', {}))
    const nulls = { title: null, nextStep: null, due: null, overdue: null, risk: null, lexSarah: null, responsible: null, vacant: null, standIn: null }
    expect(queue.rows).toEqual([{ ...limited, revision: 13, ageDays: 1, ...nulls }])
    const pastQueue = await found(w.ask.queue(as('chef-barn-och-unga'), 'barn-och-unga', { at: before }))
    expect(pastQueue.rows).toMatchObject([{ ...nulls, ageDays: 0 }])
    const figures = await found(w.ask.statistics(as('chef-barn-och-unga'), { ...year, by: ['reportedType', 'category', 'channel', 'unit', 'phase'] }))
    expect(figures).toMatchObject({ total: 1, rows: [{ reportedType: 'restricted', category: 'restricted', channel: 'restricted', unit: 'barn-och-unga', phase: 'lex-sarah', count: 1 }] })
    const then = await found(w.ask.statistics(as('chef-barn-och-unga'), { ...year, by: ['category'], at: before }))
    expect(then).toMatchObject({ rows: [{ category: 'restricted' }] })
    const counted = await found(w.ask.countedCases(as('chef-barn-och-unga'), { ...year, dimensions: { category: 'restricted' } }))
    expect(counted.rows).toEqual([{ ...limited, revision: 13, unit: 'barn-och-unga' }])
    expect(idsOf(await found(w.ask.countedCases(as('chef-barn-och-unga'), { ...year, dimensions: { category: 'insats-utebliven' } })))).toEqual([])
    const trails = await found(w.ask.ivoTrails(as('chef-barn-och-unga'), {}))
    expect(trails.rows).toEqual([])
    expect(await kind(w.ask.ivoTrail(as('chef-barn-och-unga'), id))).toBe('forbidden')
    expect(JSON.stringify([page, past, history, queue, pastQueue, figures, then, counted, trails])).not.toMatch(secrets)
  })
  it('shows the auditor everything but personal data, and that for a reason only', async () => {
    for (const login of ['revisor', 'kvalitet', 'registrator', 'dataskydd']) {
      const page = await found(w.ask.casePage(as(login), id))
      expect(page).toMatchObject({ description: '[personal data]', individuals: [{ name: '[personal data]' }, { name: '[protected identity]' }], reportedType: 'misconduct' })
      const history = await found(w.ask.caseHistory(as(login), id))
      expect(history.rows[0]).toMatchObject({ summary: expect.stringContaining('[personal data]') })
      expect(JSON.stringify([page, history])).not.toMatch(/HEMLIG|Kajsa|Närstående P|19\d{10}/)
    }
    for (const login of ['revisor', 'dataskydd']) {
      const page = await found(w.ask.casePage(as(login, 'granskning'), id))
      expect(page).toMatchObject({ description: 'HEMLIG-händelse', individuals: [{ name: 'Närstående Person' }, { name: '[protected identity]', personalNumber: '[protected identity]' }] })
      expect(JSON.stringify([page, await found(w.ask.caseHistory(as(login, 'granskning'), id))])).not.toContain('HEMLIG-skyddad')
    }
    expect(await found(w.ask.casePage(as('registrator', 'nyfiken'), id))).toMatchObject({ description: '[personal data]' })
  })
  it('shows its reporter her own text, where it stands and the feedback to her', async () => {
    await w.act('medarbetare-barn-och-unga', id, { intent: 'supplement', text: 'Mitt tillägg' })
    await w.act('sas', id, { intent: 'supplement', text: 'HEMLIG-tillägg' })
    const page = await found(w.ask.casePage(as('medarbetare-barn-och-unga'), id))
    expect(page).toMatchObject({ description: 'HEMLIG-händelse', phase: 'lex-sarah', supplements: [{ text: 'Mitt tillägg' }], feedback: [{ to: 'reporter', content: 'Vi utreder.' }] })
    const history = await found(w.ask.caseHistory(as('medarbetare-barn-och-unga'), id))
    expect(history.rows.map(({ type }) => type)).toEqual(['deviation-reported', 'feedback-given', 'report-supplemented'])
    const list = await found(w.ask.ownReports(as('medarbetare-barn-och-unga'), {}))
    expect(list.rows).toEqual([page])
    expect(JSON.stringify([page, history, list])).not.toMatch(/HEMLIG-(b|a|t|g)|insats-utebliven|"responsible/)
    expect(await kind(w.ask.ivoTrail(as('medarbetare-barn-och-unga'), id))).toBe('forbidden')
  })
  it('does not exist for anybody else', async () => {
    for (const login of ['chef-missbruk', 'medarbetare-missbruk', 'sas-nattugglan', 'mas', 'admin', 'nobody']) {
      expect(await kind(w.ask.casePage(as(login, 'skäl'), id))).toBe('not-found')
      expect(await kind(w.ask.caseHistory(as(login, 'skäl'), id))).toBe('not-found')
      expect(await kind(w.ask.ivoTrail(as(login), id))).toBe('not-found')
    }
  })
  it('is a fault, never erased, when its key is missing', async () => {
    const keyless = questions({ ...w.context, vault: { ...w.context.vault, find: async () => new Map() } }, async () => undefined)
    for (const login of ['sas', 'revisor']) await expect(keyless.casePage(as(login), id)).rejects.toMatchObject({ code: 'key-missing' })
    const personless = questions(
      { ...w.context, vault: { ...w.context.vault, find: async (ids) => new Map([...(await w.context.vault.find(ids))].filter(([key]) => !key.endsWith('p1'))) } },
      async () => undefined,
    )
    await expect(personless.casePage(as('sas'), id)).rejects.toMatchObject({ code: 'key-missing' })
    expect(await kind(personless.casePage(as('revisor'), id))).toBe('found')
  })
  it('has a trail of every step to the receipt', async () => {
    await w.act('sas', id, { intent: 'appoint-investigator', subject: 'utredare' })
    await w.act('ordforande', id, { intent: 'decide-ivo-notification', law: 'lex-sarah', notify: true, motivation: 'HEMLIG-ivo' })
    const sentAt = w.context.clock.now()
    const packageSha256 = 'a'.repeat(64)
    await w.act('sas', id, { intent: 'record-ivo-sent', law: 'lex-sarah', channel: 'e-service', sentAt, diaryNumber: 'HEMLIG-dnr', packageSha256 })
    await w.caughtUp()
    expect((await found(w.ask.ivoTrails(as('revisor'), {}))).rows).toMatchObject([{ id, law: 'lex-sarah', status: 'sent' }])
    await w.act('registrator', id, { intent: 'record-ivo-receipt', law: 'lex-sarah', ivoCaseNumber: 'HEMLIG-ivo', receivedAt: sentAt })
    await w.caughtUp()
    const trail = await found(w.ask.ivoTrail(as('revisor'), id))
    expect(trail).toMatchObject({ id, number: caseNumber(id), notifications: [{ law: 'lex-sarah', status: 'received' }] })
    const { steps } = JSON.parse(JSON.stringify(trail))
    expect(steps.map(({ type }: { type: string }) => type)).toEqual([
      'deviation-reported',
      'responsibility-assigned',
      'lex-sarah-escalated',
      'responsibility-assigned',
      'deviation-assessed',
      'lex-sarah-taken-over',
      'responsibility-assigned',
      'lex-sarah-investigator-appointed',
      'ivo-notification-decided',
      'ivo-notification-sent',
      'ivo-receipt-recorded',
    ])
    expect(steps.at(-2)).toMatchObject({ documentSha256: packageSha256, occurredAt: sentAt, law: 'lex-sarah', actor: { role: 'lex-sarah-officer', unit: 'socialnamnden' }, label: 'Anmälan skickad till IVO' })
    expect(JSON.stringify(trail)).not.toContain('HEMLIG')
    expect((await found(w.ask.ivoTrails(as('revisor'), { unit: 'missbruk' }))).rows).toEqual([])
    expect((await found(w.ask.ivoTrails(as('revisor'), { at: w.context.clock.now() }))).rows).toMatchObject([{ id, status: 'received' }])
    expect((await found(w.ask.ivoTrails(as('revisor'), { at: before }))).rows).toMatchObject([{ id, status: 'undecided' }])
    expect((await found(w.ask.ivoTrails(as('sas-nattugglan'), {}))).rows).toEqual([])
    expect(await kind(w.ask.ivoTrails(as('nobody'), {}))).toBe('forbidden')
  })
})

describe('a case as of an earlier moment', () => {
  it('is what was known then, by instant or revision', async () => {
    w.clock.set('2026-04-01T08:00:00.000Z')
    const id = await w.report('medarbetare-missbruk', { unit: 'missbruk' })
    const reported = w.context.clock.now()
    w.clock.set('2026-04-02T08:00:00.000Z')
    await w.act('chef-missbruk', id, assess('deviation', 'bemotande'))
    await w.act('chef-missbruk', id, { intent: 'move', toUnit: 'barn-och-unga', reason: 'Fel enhet' })
    const now = await found(w.ask.casePage(as('chef-barn-och-unga'), id))
    expect(now).toMatchObject({ unit: 'barn-och-unga', reportedUnit: 'missbruk', phase: 'assessing', responsible: 'unit-manager@barn-och-unga' })
    for (const asOf of [{ at: reported }, { revision: 2 }])
      expect(await found(w.ask.casePage(as('chef-barn-och-unga'), id, asOf))).toMatchObject({ unit: 'missbruk', phase: 'reported', revision: 2, assessments: [], title: 'Avvikelse, Enheten för missbruk (myndighet och Nakterhuset)' })
    // The right to read is today's: who handed the case over does not see its past.
    expect(await kind(w.ask.casePage(as('chef-missbruk'), id, { at: reported }))).toBe('not-found')
    expect(await kind(w.ask.casePage(as('chef-barn-och-unga'), id, { at: '2026-03-31T00:00:00.000Z' }))).toBe('not-found')
    expect(await kind(w.ask.casePage(as('chef-barn-och-unga'), id, { revision: 99 }))).toBe('not-found')
    const first = await found(w.ask.caseHistory(as('chef-barn-och-unga'), id, { limit: 2 }))
    expect(first).toMatchObject({ complete: false, rows: [{ revision: 0 }, { revision: 1 }] })
    expect(await found(w.ask.caseHistory(as('chef-barn-och-unga'), id, { limit: 9, cursor: first.cursor }))).toMatchObject({ complete: true, rows: [2, 3, 4, 5, 6].map((revision) => ({ revision })) })
    expect(await kind(w.ask.caseHistory(as('chef-barn-och-unga'), id, { cursor: 'x' }))).toBe('invalid')
  })
})

describe('a queue', () => {
  const cases: string[] = []
  let hidden: string
  let anonymous: string
  beforeAll(async () => {
    w.clock.set('2026-05-01T08:00:00.000Z')
    for (const day of ['28', '29', '30'])
      cases.push(await w.report('medarbetare-stod-och-behandling', { unit: 'stod-och-behandling', receivedAt: `2026-04-${day}T08:00:00.000Z`, receivedLateReason: 'x' }))
    hidden = await w.report('medarbetare-stod-och-behandling', { unit: 'stod-och-behandling', concernsManager: true })
    anonymous = await w.report('medarbetare-hemsjukvard', { unit: 'hemsjukvard', legalAreas: ['HSL'], anonymous: true })
    await w.caughtUp()
  })
  it('is in the order of due day and received time, page by page, without a trace of what the manager may not know of', async () => {
    const first = await found(w.ask.queue(as('chef-stod-och-behandling'), 'stod-och-behandling', { limit: 2 }))
    expect(idsOf(first)).toEqual(cases.slice(0, 2))
    expect(first.rows[0]).toMatchObject({ number: caseNumber(cases[0] ?? ''), title: expect.stringMatching(/^Avvikelse, /), phase: 'reported', nextStep: 'assess', due: '2026-05-04', overdue: false, risk: {}, lexSarah: null, ageDays: 3, responsible: 'unit-manager@stod-och-behandling' })
    // The case that concerns the manager comes after these: not even a cursor says so.
    expect(await found(w.ask.queue(as('chef-stod-och-behandling'), 'stod-och-behandling', { limit: 1, cursor: first.cursor }))).toEqual({ rows: [expect.objectContaining({ id: cases[2] })], complete: true })
    expect(await kind(w.ask.casePage(as('chef-stod-och-behandling'), hidden))).toBe('not-found')
    expect(await found(w.ask.statistics(as('chef-stod-och-behandling'), { ...year, by: [] }))).toMatchObject({ total: 3 })
  })
  it('reaches below for who has a role there', async () => {
    expect(idsOf(await found(w.ask.queue(as('omradeschef'), 'stod-och-behandling', {})))).toEqual([...cases, hidden])
    const area = await found(w.ask.queue(as('omradeschef'), 'ifo', { limit: 3 }))
    const rest = await found(w.ask.queue(as('omradeschef'), 'ifo', { cursor: area.cursor }))
    const all = [...area.rows, ...rest.rows]
    const places = all.map(({ dueInstant, receivedAt }) => `${String(dueInstant)} ${String(receivedAt)}`)
    expect(places).toEqual(places.toSorted())
    expect(new Set(all.map(({ unit }) => unit))).toEqual(new Set(['barn-och-unga', 'stod-och-behandling']))
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    // What she only reported is no part of her queue.
    await w.report('mas', { unit: 'hemsjukvard' })
    await w.caughtUp()
    expect(idsOf(await found(w.ask.queue(as('mas'), 'socialnamnden', {})))).toEqual([anonymous])
    expect(await kind(w.ask.queue(as('chef-stod-och-behandling'), 'ifo', {}))).toBe('forbidden')
    expect(await kind(w.ask.queue(as('medarbetare-stod-och-behandling'), 'stod-och-behandling', {}))).toBe('forbidden')
    expect(await kind(w.ask.queue(as('nobody'), 'stod-och-behandling', {}))).toBe('forbidden')
    expect(await kind(w.ask.queue(as('omradeschef'), 'okand', {}))).toBe('not-found')
  })
  it('has views of mine, unassigned and overdue', async () => {
    expect(idsOf(await found(w.ask.queue(as('omradeschef'), 'stod-och-behandling', { view: 'mine' })))).toEqual([hidden])
    expect(idsOf(await found(w.ask.queue(as('chef-stod-och-behandling'), 'stod-och-behandling', { view: 'mine' })))).toEqual(cases)
    expect(idsOf(await found(w.ask.queue(as('omradeschef'), 'stod-och-behandling', { view: 'unassigned' })))).toEqual([])
    expect(idsOf(await found(w.ask.queue(as('omradeschef'), 'stod-och-behandling', { view: 'overdue' })))).toEqual([])
    const [grant] = (await w.context.organisation()).grants.values().filter((g) => g.role === 'unit-manager' && g.unit === 'stod-och-behandling')
    w.clock.set('2026-05-02T08:00:00.000Z')
    await w.organise('admin', { intent: 'revoke-role', grant: grant?.id ?? '', until: w.context.clock.now() })
    w.clock.set('2026-05-02T09:00:00.000Z')
    expect(idsOf(await found(w.ask.queue(as('omradeschef'), 'ifo', { view: 'unassigned' })))).toEqual(cases)
    expect(await kind(w.ask.queue(as('chef-stod-och-behandling'), 'stod-och-behandling', {}))).toBe('forbidden')
  })
  it('of the past is what was known then', async () => {
    await w.act('mas', anonymous, assess('not-a-deviation', 'fall', 'health'))
    await w.act('chef-hemsjukvard', anonymous, { intent: 'close', outcome: 'not-a-deviation', motivation: 'Klart' })
    await w.caughtUp()
    expect(idsOf(await found(w.ask.queue(as('mas'), 'hemsjukvard', {})))).toEqual([])
    const then = await found(w.ask.queue(as('mas'), 'hemsjukvard', { at: '2026-05-01T12:00:00.000Z' }))
    expect(then.rows).toMatchObject([{ id: anonymous, phase: 'reported', nextStep: 'assess', ageDays: 0 }])
  })
  it('has the reporter\'s own list beside it, the latest first', async () => {
    const typed = await w.report('medarbetare-stod-och-behandling', { unit: 'missbruk', origin: 'relative', channel: 'phone', receivedAt: '2026-04-29T12:00:00.000Z', receivedLateReason: 'x' })
    await w.caughtUp()
    const latestFirst = [hidden, cases[2], typed, cases[1], cases[0]]
    const first = await found(w.ask.ownReports(as('medarbetare-stod-och-behandling'), { limit: 3 }))
    expect(idsOf(first)).toEqual(latestFirst.slice(0, 3))
    expect(idsOf(await found(w.ask.ownReports(as('medarbetare-stod-och-behandling'), { limit: 2, cursor: first.cursor })))).toEqual(latestFirst.slice(3))
  })
  it('knows an anonymous reporter by id only', async () => {
    expect(idsOf(await found(w.ask.ownReports(as('medarbetare-hemsjukvard'), {})))).toEqual([])
    expect(await found(w.ask.casePage(as('medarbetare-hemsjukvard'), anonymous))).toMatchObject({ id: anonymous, description: 'Beskrivning', phase: 'closed' })
    expect(JSON.stringify(await found(w.ask.casePage(as('chef-hemsjukvard'), anonymous)))).not.toContain((await w.context.vault.staffNumber('medarbetare-hemsjukvard')) ?? 'x')
  })
})

describe('statistics', () => {
  let both: string
  beforeAll(async () => {
    w.clock.set('2026-06-30T22:30:00.000Z')
    both = await w.report('medarbetare-ekonomiskt-bistand', { unit: 'ekonomiskt-bistand', legalAreas: ['SoL', 'HSL'], channel: 'phone', occurredAt: '2026-06-29T22:30:00.000Z' })
    await w.act('chef-ekonomiskt-bistand', both, assess('deviation', 'bemotande'))
    await w.act('mas', both, assess('risk-of-deviation', 'fall', 'health'))
    const duplicate = await w.report('medarbetare-ekonomiskt-bistand', { unit: 'ekonomiskt-bistand' })
    await w.act('chef-ekonomiskt-bistand', duplicate, { intent: 'record-no-case', outcome: 'withdrawn', motivation: 'Fel' })
    await w.report('medarbetare-ekonomiskt-bistand', { unit: 'ekonomiskt-bistand', reportedType: 'praise', channel: 'letter' })
    await w.caughtUp()
  })
  const ask = (login: string, by: readonly string[], rest = {}) => w.ask.statistics(as(login), { ...year, by, ...rest })
  it('count by any dimension, a case of two groups in two rows, without what is no case', async () => {
    const july = { from: '2026-07-01', to: '2026-07-01', unit: 'ekonomiskt-bistand' }
    const figures = await found(ask('kvalitet', ['category', 'assessedOutcome'], july))
    expect(figures).toMatchObject({
      total: 2,
      rows: [
        { category: 'bemotande', assessedOutcome: 'deviation', count: 1 },
        { category: 'fall', assessedOutcome: 'risk-of-deviation', count: 1 },
        { category: 'none', assessedOutcome: 'none', count: 1 },
      ],
      policyVersion: 'default-1',
      projectionVersion: 4,
      treeSize: expect.any(Number),
      position: expect.any(String),
    })
    expect(await found(ask('kvalitet', ['channel', 'reportedType'], july))).toMatchObject({ rows: [{ channel: 'letter', reportedType: 'praise', count: 1 }, { channel: 'phone', reportedType: 'deviation', count: 1 }] })
    expect(await found(ask('kvalitet', ['daysToAssess'], july))).toMatchObject({ rows: [{ daysToAssess: 0, count: 1 }, { daysToAssess: 'none', count: 1 }] })
    // Days are those of Stockholm: half past midnight on the first of July, and on the thirtieth of June.
    expect(await found(ask('kvalitet', [], { ...july, from: '2026-06-30', to: '2026-06-30' }))).toMatchObject({ total: 0, rows: [{ count: 0 }] })
    expect(await found(ask('kvalitet', [], { ...july, date: 'occurred', from: '2026-06-30', to: '2026-06-30' }))).toMatchObject({ total: 1 })
  })
  it('open to the cases behind each figure', async () => {
    const { rows } = await found(ask('kvalitet', ['unit', 'category']))
    for (const row of JSON.parse(JSON.stringify(rows))) {
      const url = new URL(row.cases, 'http://localhost')
      expect(url.pathname).toBe('/v1/deviations')
      const { view, from, to, date, ...dimensions } = Object.fromEntries(url.searchParams)
      expect({ view, from, to, date }).toEqual({ view: 'counted', ...year })
      const counted = await found(w.ask.countedCases(as('kvalitet'), { ...year, dimensions, limit: 200 }))
      expect(counted.rows).toHaveLength(row.count)
    }
    const counted = await found(w.ask.countedCases(as('kvalitet'), { ...year, unit: 'ekonomiskt-bistand', dimensions: { category: 'fall' } }))
    expect(counted.rows).toEqual([{ id: both, number: caseNumber(both), phase: 'assessing', unit: 'ekonomiskt-bistand', receivedAt: expect.any(String), reportedAt: expect.any(String) }])
    expect(await kind(w.ask.countedCases(as('kvalitet'), { ...year, dimensions: { colour: 'red' } }))).toBe('invalid')
  })
  it('are of the units that the role reaches', async () => {
    expect(await found(ask('chef-ekonomiskt-bistand', ['unit']))).toMatchObject({ total: 2, rows: [{ unit: 'ekonomiskt-bistand', count: 2 }] })
    expect(await kind(ask('chef-ekonomiskt-bistand', [], { unit: 'missbruk' }))).toBe('forbidden')
    expect(await kind(ask('chef-ekonomiskt-bistand', [], { unit: 'okand' }))).toBe('not-found')
    expect(await kind(ask('medarbetare-missbruk', []))).toBe('forbidden')
    expect(await kind(ask('kvalitet', ['colour']))).toBe('invalid')
    const total = async (login: string): Promise<unknown> => (await found(ask(login, [])))['total']
    expect(await total('revisor')).toBe(await total('forvaltningschef'))
    expect(await total('beslut-nattugglan')).toBe(0)
    // The report that concerns a manager is counted by who may read it, not by the decision-maker, who opens it only once it is escalated.
    expect(Number(await total('revisor')) - Number(await total('ordforande'))).toBe(1)
  })
  it('tell by sight what the facts would tell', async () => {
    const logins = [...new Set(grants.map(({ subject }) => subject)), 'admin', 'dataskydd']
    const askers = await Promise.all(logins.map((login) => askerOf(w.context, as(login))))
    const streams = new Set<string>()
    for await (const item of w.context.store.subscribe({ after: 'start', streams: ['deviation-'], signal: new AbortController().signal })) {
      if (item === 'caught-up') break
      if (!('passed' in item)) streams.add(item.stream)
    }
    for (const stream of streams) {
      let facts: CaseFacts | undefined
      for await (const recorded of w.context.store.read(stream)) {
        facts = evolveCase(facts, readDeviation(recorded))
        for (const asker of askers) {
          const person = { ...asker, isReporter: () => false }
          const own = { ...facts, registeredBy: '' }
          const { reportedBy: _reportedBy, ...nobodys } = own
          expect(accessTo(factsOfSight(facts.unit, sightOf(facts)), person)).toBe(accessTo(nobodys, person))
        }
      }
    }
    expect(streams.has(deviationStream(both))).toBe(true)
  })
})

describe('access to many cases at once', () => {
  it('is that of each, with keys fetched only where a reporter may matter', async () => {
    const facts = (await loadCase(w.context.store, await w.report('chef-missbruk', { unit: 'missbruk' })))?.facts
    if (!facts) throw new Error('No case')
    let fetched = 0
    const context: Context = { ...w.context, vault: { ...w.context.vault, find: (ids) => ((fetched += ids.length), w.context.vault.find(ids)) } }
    expect(await accessToEach(context, await askerOf(context, as('chef-missbruk')), [facts, facts])).toEqual(['full', 'full'])
    expect(fetched).toBe(0)
    expect(await accessToEach(context, await askerOf(context, as('medarbetare-missbruk')), [facts])).toEqual(['none'])
    expect(fetched).toBe(1)
  })
})

describe('inspection', () => {
  it('of projections is the compliance officer\'s', async () => {
    await w.caughtUp()
    const { rows } = await found(w.ask.projections(as('dataskydd')))
    expect(rows.map(({ name }) => name)).toEqual(projections.map(({ name }) => name).sort())
    for (const row of rows) expect(row).toMatchObject({ version: expect.any(Number), status: 'live', lag: 0, rows: expect.any(Number), checksum: expect.stringMatching(/^[0-9a-f]{64}$/), position: expect.any(String) })
    const trail = await found(w.ask.projectionRows(as('dataskydd'), 'ivo-trail', {}))
    expect(trail.rows).toMatchObject([{ key: expect.any(String), state: { steps: expect.any(Array) }, columns: { begun: expect.any(String) } }])
    expect(await found(w.ask.rebuild(as('dataskydd'), 'queue'))).toEqual({ name: 'queue', version: 4 })
    expect(await kind(w.ask.projectionRows(as('dataskydd'), 'okand', {}))).toBe('not-found')
    for (const login of ['admin', 'revisor', 'nobody']) {
      expect(await kind(w.ask.projections(as(login)))).toBe('forbidden')
      expect(await kind(w.ask.projectionRows(as(login), 'queue', {}))).toBe('forbidden')
      expect(await kind(w.ask.rebuild(as(login), 'queue'))).toBe('forbidden')
    }
  })
  it('of the organisation is everybody\'s who holds a role', async () => {
    expect(await found(w.ask.me(as('mas')))).toMatchObject({ roles: [{ role: 'medical-officer', unit: 'socialnamnden', scope: 'subtree' }] })
    expect(await found(w.ask.me(as('nobody')))).toEqual({ staff: null, roles: [], feeds: [] })
    expect(await kind(w.ask.organisation(as('nobody'), {}))).toBe('forbidden')
    expect(JSON.stringify(await found(w.ask.organisation(as('medarbetare-missbruk'), {})))).toContain('barn-och-unga')
    expect(JSON.stringify(await found(w.ask.organisation(as('medarbetare-missbruk'), { at: '2020-01-01T00:00:00.000Z' })))).not.toContain('barn-och-unga')
    expect(await found(w.ask.policy(as('nobody')))).toMatchObject({ id: 'default-1' })
  })
})

describe('an organisation that changes in mid-year', () => {
  const by = (login: string, rest: { readonly by?: readonly string[]; readonly unit?: string; readonly at?: string } = {}) =>
    found(w.ask.statistics(as(login), { ...year, by: rest.by ?? ['unit'], ...rest }))
  interface Row {
    readonly unit: string
    readonly count: number
    readonly cases: string
    readonly from?: readonly string[]
  }
  const rowsOf = (figures: Json): readonly Row[] => JSON.parse(JSON.stringify(figures['rows']))
  const countOf = (figures: Json, unit: string): number => rowsOf(figures).find((row) => row.unit === unit)?.count ?? 0
  /** Whoever asks in the turn of the event loop in which something was written may share a reading from before it. */
  const anotherDay = async (instant: string): Promise<void> => {
    await new Promise((turn) => setImmediate(turn))
    w.clock.set(instant)
  }
  let old: string
  let before: Json
  let beforeAt: string
  beforeAll(async () => {
    await anotherDay('2026-08-01T08:00:00.000Z')
    old = await w.report('medarbetare-missbruk', { unit: 'missbruk' })
    await w.report('medarbetare-hemsjukvard', { unit: 'hemsjukvard' })
    await w.caughtUp()
    before = await by('kvalitet')
    beforeAt = w.context.clock.now()
    await anotherDay('2026-08-02T08:00:00.000Z')
    await w.organise('admin', { intent: 'merge-units', units: ['missbruk', 'stod-och-behandling'], into: 'vuxna', name: 'Vuxna', parent: 'ifo' })
    await w.organise('admin', { intent: 'close-unit', unit: 'hemsjukvard' })
    await w.organise('admin', { intent: 'split-unit', unit: 'ekonomiskt-bistand', into: [{ unit: 'bistand', name: 'Bistånd' }, { unit: 'etablering', name: 'Etablering' }] })
    const grant = await w.organise('admin', { intent: 'grant-role', subject: 'chef-vuxna', role: 'unit-manager', unit: 'vuxna', from: w.context.clock.now() })
    await w.organise('dataskydd', { intent: 'confirm-grant', grant })
    await anotherDay('2026-08-02T09:00:00.000Z')
  })

  it('gives old cases to the successor\'s manager at once', async () => {
    expect(idsOf(await found(w.ask.queue(as('chef-vuxna'), 'vuxna', { view: 'mine' })))).toContain(old)
    expect(await found(w.ask.casePage(as('chef-vuxna'), old))).toMatchObject({ responsible: 'unit-manager@vuxna', title: expect.stringContaining('Vuxna') })
    expect(await kind(w.ask.casePage(as('chef-missbruk'), old))).toBe('not-found')
    expect(await found(w.ask.casePage(as('chef-vuxna'), old, { at: beforeAt }))).toMatchObject({ responsible: 'unit-manager@missbruk' })
    await w.act('chef-vuxna', old, assess('deviation'))
    // Nobody manages a closed unit: the next level up does.
    expect(await kind(w.ask.queue(as('chef-hemsjukvard'), 'hemsjukvard', {}))).toBe('forbidden')
    expect((await found(w.ask.queue(as('forvaltningschef'), 'hemsjukvard', {}))).rows).not.toHaveLength(0)
  })
  it('is counted by today\'s units, which say what they hold of old ones', async () => {
    const figures = await by('kvalitet')
    expect(figures['total']).toBe(before['total'])
    expect(figures['units']).toEqual({ 'ekonomiskt-bistand': ['bistand', 'etablering'], hemsjukvard: null, missbruk: 'vuxna', 'stod-och-behandling': 'vuxna' })
    expect(rowsOf(figures).filter((row) => row.from)).toMatchObject([{ unit: 'vuxna', from: ['missbruk', 'stod-och-behandling'], count: countOf(before, 'missbruk') + countOf(before, 'stod-och-behandling') }])
    expect([countOf(figures, 'hemsjukvard'), countOf(figures, 'ekonomiskt-bistand')]).toEqual([countOf(before, 'hemsjukvard'), countOf(before, 'ekonomiskt-bistand')])
    // An old unit is asked about as what it is today.
    const [asked, askedOld] = [await by('kvalitet', { by: ['channel'], unit: 'vuxna' }), await by('kvalitet', { by: ['channel'], unit: 'missbruk' })]
    expect([asked['total'], asked['units']]).toEqual([countOf(figures, 'vuxna'), { missbruk: 'vuxna', 'stod-och-behandling': 'vuxna' }])
    expect([askedOld['total'], askedOld['units']]).toEqual([asked['total'], asked['units']])
    expect(await found(w.ask.statistics(as('kvalitet'), { ...year, to: '2026-01-01', by: [], unit: 'missbruk' }))).toMatchObject({ total: 0, units: { missbruk: 'vuxna' } })
    // All but the report that concerns the manager.
    expect((await by('chef-vuxna'))['total']).toBe(rowsOf(before).reduce((sum, row) => sum + (['missbruk', 'stod-och-behandling'].includes(row.unit) ? row.count : 0), 0) - 1)
  })
  it('opens to exactly the cases behind each figure', async () => {
    for (const rest of [{}, { by: ['unit', 'channel'] }, { by: ['phase'], unit: 'vuxna' }, { by: ['phase'], unit: 'missbruk' }, { at: beforeAt }, { by: ['phase'], unit: 'missbruk', at: beforeAt }])
      for (const row of rowsOf(await by('kvalitet', rest))) {
        const { view: _view, from: _from, to: _to, date: _date, unit, at, ...dimensions } = Object.fromEntries(new URL(row.cases, 'http://localhost').searchParams)
        const { rows } = await found(w.ask.countedCases(as('kvalitet'), { ...year, dimensions: { ...dimensions, ...(unit === undefined ? {} : { unit }) }, ...(at === undefined ? {} : { at }), limit: 200 }))
        expect({ rest, row, found: rows.length }).toEqual({ rest, row, found: row.count })
      }
  })
  it('is, as of an instant before, what it was then', async () => {
    const then = await by('kvalitet', { at: beforeAt })
    expect(rowsOf(then).map(({ unit, count, from }) => ({ unit, count, from }))).toEqual(rowsOf(before).map(({ unit, count, from }) => ({ unit, count, from })))
    expect([then['total'], then['units']]).toEqual([before['total'], {}])
    expect((await by('kvalitet', { unit: 'missbruk', at: beforeAt }))['total']).toBe(countOf(before, 'missbruk'))
  })
  it('has substitutes and people who leave', async () => {
    const [grant] = (await w.context.organisation()).grants.values().filter((g) => g.role === 'area-manager')
    const until = '2026-09-01T08:00:00.000Z'
    const substitution = await w.organise('omradeschef', { intent: 'appoint-substitute', grant: grant?.id ?? '', subject: 'vikarie', from: w.context.clock.now(), until })
    await anotherDay('2026-08-03T08:00:00.000Z')
    expect(await found(w.ask.me(as('vikarie')))).toMatchObject({ roles: [{ grant: substitution, role: 'area-manager', unit: 'ifo', until, substituteFor: grant?.id }] })
    expect(await found(w.ask.me(as('omradeschef')))).toMatchObject({ roles: [] })
    expect(await found(w.ask.casePage(as('vikarie'), old))).toMatchObject({ id: old })
    await w.organise('admin', { intent: 'end-service', subject: 'vikarie', at: w.context.clock.now() })
    await anotherDay('2026-08-04T08:00:00.000Z')
    expect(await found(w.ask.me(as('omradeschef')))).toMatchObject({ roles: [{ role: 'area-manager' }] })
    await expect(w.organise('admin', { intent: 'end-service', subject: 'okand', at: until })).rejects.toThrow('subject-unknown')
  })
})
