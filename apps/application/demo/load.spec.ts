import { mkdtempSync, rmSync } from 'node:fs'
import { createSecretKey, randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { loadDemo, type DemoTools } from '#apps/application/demo/load'
import { readBoard } from '#apps/application/demo/year'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { asOf } from '#libs/kernel/projector'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { readFacets, statistics } from '#projections/statistics/statistics'

const folders: string[] = []
const closing: (() => Promise<void>)[] = []
const opened = async (): Promise<{ readonly context: Context; readonly tools: DemoTools }> => {
  const folder = mkdtempSync(join(tmpdir(), 'vaka-demo-'))
  folders.push(folder)
  const clock = settableClock('2026-03-02T09:00:00.000Z')
  const store = await openEventStore({ file: join(folder, 'events.db'), clock })
  const vault = await openKeyVault({ file: join(folder, 'keys.db'), masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  closing.push(() => store.close(), () => vault.close(), () => readModel.close())
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const waitForProjections = (position: string): Promise<void> => asOf({ store, readModel, projection: statistics, upTo: position, signal: new AbortController().signal })
  return {
    context,
    tools: {
      store,
      clock,
      pass: async (to) => clock.set(to),
      handleDeviation: (request) => handleDeviation(context, request),
      handleOrganisation: (request) => handleOrganisation(context, request),
      initOrganisation: (people) => initialiseOrganisation(context, people),
      waitForProjections,
    },
  }
}
afterAll(async () => {
  for (const close of closing) await close()
  for (const folder of folders) rmSync(folder, { recursive: true })
})

describe('loading the demonstration', () => {
  let context: Context
  let tools: DemoTools
  beforeAll(async () => {
    ;({ context, tools } = await opened())
    const [first, second] = await Promise.all([loadDemo(tools), loadDemo(tools)])
    expect(first).toMatchObject({ kind: 'done', body: { cases: 43 } })
    expect(second).toEqual(first)
  })
  const counted = async (column: string): Promise<Record<string, number>> => {
    const rows = await context.readModel.countBy('statistics', [column], [{ column: 'received', is: '>=', value: '2020-01-01' }, { column: 'received', is: '<=', value: '2020-12-31' }])
    return Object.fromEntries(rows.map(({ columns, count }) => [String(columns[column]), count]))
  }

  it('gives the totals of the report', async () => {
    const { expected, contactCentre } = readBoard()
    const totals = Object.entries(expected.byUnit).flatMap(([unit, { total = 0 }]) => (total > 0 ? [[unit, total]] : []))
    expect(await counted('unit')).toEqual(Object.fromEntries(totals))
    expect(await counted('reported_type')).toEqual(expected.byReportedType)
    expect(await counted('channel')).toEqual({ web: 5, letter: 10, 'contact-centre': contactCentre.count })
    expect(await counted('feedback')).toMatchObject({ waived: expected.feedbackWaived, given: 27 })
    expect(await counted('ivo')).toEqual({ none: expected.cases - expected.ivoNotifications, notified: expected.ivoNotifications })
    expect(await counted('degree')).toMatchObject({ 'tangible-risk-of-serious': 1 })
    expect(await counted('outcome')).toEqual({ none: expected.cases - 1, 'not-a-deviation': 1 })
    const assessed = Object.entries(await counted('facets')).flatMap(([facets, count]) => readFacets(facets).map(({ assessedOutcome }) => [assessedOutcome, count] as const))
    expect(assessed.reduce((sum, [outcome, count]) => sum + (outcome === 'not-a-deviation' ? count : 0), 0)).toBe(expected.assessedAsNotADeviation)
  })
  it('leaves each case where the source leaves it', async () => {
    expect(await counted('phase')).toEqual({ 'following-up': 4, measures: 1, closed: 1, investigating: 9, reported: 26, closing: 2 })
  })
  it('hands the clock back', () => {
    expect(context.clock.now()).toMatch(/^2026-03-02T09:0\d/)
  })
  it('changes nothing the second time', async () => {
    const before = await context.store.checkpoint('head')
    expect(await loadDemo(tools)).toMatchObject({ kind: 'done', body: { cases: 43 } })
    expect(await context.store.checkpoint('head')).toEqual(before)
    expect(before).toMatchObject({ position: expect.any(String) })
  })
  it('is refused once the log holds anything else', async () => {
    const report = { intent: 'report', origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], unit: 'missbruk', concerns: 'other', description: 'Annat.' } as const
    const { kind } = await tools.handleDeviation({ command: { ...report, occurredAt: '2026-03-01T09:00:00.000Z' }, sender: { login: 'medarbetare-missbruk' }, path: '/v1/deviations', correlationId: 'r' })
    expect(kind).toBe('done')
    expect(await loadDemo(tools)).toEqual({ kind: 'refused', reasons: [{ code: 'log-not-empty' }] })
  })
})

describe('a loading that cannot be', () => {
  it('is refused where the organisation was begun by hand', async () => {
    const { tools } = await opened()
    await tools.initOrganisation({ admin: 'admin', confirmer: 'dataskydd' })
    expect(await loadDemo(tools)).toEqual({ kind: 'refused', reasons: [{ code: 'log-not-empty' }] })
  })
  it('names the step that was not done, hands the clock back, and is completed by the next', async () => {
    const { tools, context } = await opened()
    let calls = 0
    const failing: DemoTools = { ...tools, handleDeviation: async (request) => (++calls === 20 ? { kind: 'refused', reasons: [{ code: 'not-scored' }] } : tools.handleDeviation(request)) }
    await expect(loadDemo(failing)).rejects.toThrow(/^Step \S+ of the demonstration was not done: refused, not-scored$/)
    expect(context.clock.now()).toMatch(/^2026-03-02/)
    expect(await loadDemo(tools)).toMatchObject({ kind: 'done', body: { cases: 43 } })
  })
})
