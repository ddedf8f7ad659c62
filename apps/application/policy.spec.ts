import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { grants, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { handlePolicy } from '#apps/application/policy'
import type { Json } from '#apps/application/queries/asker'
import { questions } from '#apps/application/queries/questions'
import type { Answer, QueryRequest } from '#apps/application/request'
import type { DeviationCommand } from '#libs/deviation/commands'
import { caseNumber } from '#libs/duties/number'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { withoutTime } from '#libs/deadlines/testing/without-time'
import type { Outcome } from '#libs/kernel/outcome'
import { runProjections } from '#libs/kernel/projector'
import type { OrganisationCommand } from '#libs/organisation/commands'
import type { PolicyCommand } from '#libs/policy/commands'
import { defaultParts } from '#libs/policy/default'
import { municipalities } from '#libs/policy/testing/municipalities'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { queue } from '#projections/queue/queue'
import { statistics } from '#projections/statistics/statistics'

const projections = [queue, statistics]

/** Everything real, in memory, with the organisation of the demonstration. */
const openWorld = async () => {
  const clock = settableClock('2026-03-02T08:00:00.000Z')
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjections({ projections, store, readModel, signal: stop.signal })
  const ask = questions(context, async () => undefined)
  let position = ''
  const worded = (outcome: Outcome): string => {
    if (outcome.kind === 'done') position = outcome.position
    if (outcome.kind === 'done') return withoutTime(outcome.events.map(({ type }) => type)).join(' ')
    if (outcome.kind === 'refused') return outcome.reasons.map(({ code }) => code).join(' ')
    return outcome.kind === 'invalid' ? outcome.faults.map(({ pointer, code }) => `${pointer} ${code}`).join(' ') : outcome.kind
  }
  const organise = async (login: string, command: OrganisationCommand): Promise<string> => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: 'o', correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(worded(outcome))
    return outcome.extra?.['grant'] ?? ''
  }
  const act = async (login: string, caseId: string | undefined, command: DeviationCommand): Promise<string> => {
    const outcome = await handleDeviation(context, { command, caseId, sender: { login }, path: command.intent, correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${command.intent}: ${worded(outcome)}`)
    position = outcome.position
    return outcome.stream.slice('deviation-'.length)
  }
  await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' })
  await organise('admin', { intent: 'register-authority', unit: 'socialnamnden', name: 'Socialnämnden' })
  await organise('admin', { intent: 'register-provider', unit: 'nattugglan-ab', name: 'Nattugglan AB' })
  for (const { unit, name, parent } of units) await organise('admin', { intent: 'register-unit', unit, name, parent })
  for (const grant of grants) {
    const id = await organise('admin', { intent: 'grant-role', ...grant, from: clock.now() })
    if (grant.role !== 'reporter') await organise('dataskydd', { intent: 'confirm-grant', grant: id })
  }
  return {
    clock,
    store,
    ask,
    /** What a command on the policy comes to. */
    policy: async (login: string, command: PolicyCommand, idempotencyKey?: string): Promise<string> =>
      worded(await handlePolicy(context, { command, sender: { login }, path: `/v1/policy/${command.intent}`, correlationId: 'test', idempotencyKey })),
    act,
    /** A case of missbruk that is assessed and scored. */
    scored: async (severity: number, likelihood: number, category = 'bemotande'): Promise<string> => {
      const id = await act('medarbetare-missbruk', undefined, {
        intent: 'report',
        origin: 'staff',
        channel: 'web',
        reportedType: 'deviation',
        legalAreas: ['SoL'],
        unit: 'missbruk',
        discoveredAt: clock.now(),
        concerns: 'person',
        description: 'Något hände',
      })
      await act('chef-missbruk', id, { intent: 'assess', group: 'social', outcome: 'deviation', category })
      await act('chef-missbruk', id, { intent: 'score-risk', group: 'social', severity, likelihood })
      return id
    },
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
const as = (login: string): QueryRequest => ({ sender: { login }, language: 'sv' })
const found = async <T = Json>(answer: Promise<Answer<T>>): Promise<T> => {
  const got = await answer
  if (got.kind !== 'found') throw new Error(`Answered ${JSON.stringify(got)}`)
  return got.body
}

let w: Awaited<ReturnType<typeof openWorld>>
beforeAll(async () => {
  w = await openWorld()
})
afterAll(() => w.close())

describe('a policy that changes while a case is open', () => {
  let before: string
  const bemotande = { sv: 'Kränkande bemötande', en: 'Degrading treatment' }
  const social = defaultParts.vocabulary.social.map((c) => (c.code === 'bemotande' ? { code: c.code, label: bemotande, subtypes: [{ code: 'tonfall', label: { sv: 'Tonfall', en: 'Tone' } }] } : c))
  const severity = defaultParts.scales.severity.map((step) => ({ ...step, label: { sv: `Nivå ${step.value}`, en: `Level ${step.value}` } }))
  const published: PolicyCommand = {
    intent: 'publish',
    policy: 'kommunen-1',
    from: '2026-03-10T00:00:00.000Z',
    risk: municipalities.kristianstad.risk,
    vocabulary: { ...defaultParts.vocabulary, social },
    scales: { ...defaultParts.scales, severity },
    legalBases: defaultParts.legalBases.map((b) => (b.provision === '27 kap. 2 §' ? { ...b, provision: '27 kap. 2 a §' } : b)),
  }
  const page = async (id: string) => found(w.ask.casePage(as('chef-missbruk'), id))
  const summaries = async (id: string): Promise<string> => JSON.stringify((await found(w.ask.caseHistory(as('chef-missbruk'), id, {}))).rows)

  it('is published by an administrator, and again with the same key is the same', async () => {
    before = await w.scored(4, 1)
    expect(await w.policy('chef-missbruk', published)).toBe('forbidden')
    expect(await w.policy('dataskydd', published)).toBe('forbidden')
    expect(await w.policy('nobody', published)).toBe('forbidden')
    expect(await w.policy('admin', { ...published, from: '2026-03-02T07:59:59.999Z' })).toBe('policy-from-past')
    expect(await w.policy('admin', published, 'once')).toBe('policy-published')
    expect(await w.policy('admin', published, 'once')).toBe('policy-published')
    expect(await w.policy('admin', { ...published, from: '2026-03-11T00:00:00.000Z' }, 'once')).toBe('key-reused')
    expect(await w.policy('admin', published)).toBe('policy-exists')
  })
  it('is confirmed by another person, and in force at the later of the two', async () => {
    expect(await w.policy('admin', { intent: 'confirm', policy: 'kommunen-1' })).toBe('forbidden')
    w.clock.set('2026-03-09T08:00:00.000Z')
    expect(await w.policy('ordforande', { intent: 'confirm', policy: 'kommunen-1' })).toBe('policy-confirmed')
    expect(await w.policy('dataskydd', { intent: 'confirm', policy: 'kommunen-1' })).toBe('policy-confirmed-already')
    expect(await found(w.ask.policy(as('chef-missbruk')))).toMatchObject({ id: 'default-1' })
    w.clock.set('2026-03-10T00:00:00.000Z')
    const answer = await found(w.ask.policy(as('chef-missbruk')))
    expect(answer).toMatchObject({
      id: 'kommunen-1',
      scaleVersion: 'kommunen-1',
      risk: { social: { combine: 'and' } },
      versions: [
        { id: 'default-1', inForceUntil: '2026-03-10T00:00:00.000Z', inForce: false },
        { id: 'kommunen-1', from: published.from, inForceFrom: published.from, inForceUntil: null, inForce: true, publishedBy: expect.any(String), confirmedBy: expect.any(String) },
      ],
    })
    expect((await found(w.ask.policy(as('nobody'))))['versions']).toMatchObject([{}, { publishedBy: null, confirmedBy: null }])
    expect(await found(w.ask.policy(as('revisor'), { at: '2026-03-09T07:00:00.000Z' }))).toMatchObject({ id: 'default-1', versions: [{}, { confirmedAt: null, inForceFrom: null }] })
  })
  it('leaves the old score and words as they were; the next score and words are its own', async () => {
    expect(await page(before)).toMatchObject({
      title: 'Bemötande, Enheten för missbruk (myndighet och Nakterhuset)',
      risk: { social: { score: 4, triggers: 'investigate', because: ['severity-floor'] } },
      riskWords: { social: { severity: 'Katastrofal', likelihood: 'Mycket liten' } },
      legalBases: [{ provision: '27 kap. 2 §' }],
      nextStep: 'investigate',
    })
    const after = await w.scored(4, 1, 'tonfall')
    expect(await page(after)).toMatchObject({
      title: 'Kränkande bemötande: Tonfall, Enheten för missbruk (myndighet och Nakterhuset)',
      assessments: [{ category: 'tonfall', categoryLabel: 'Kränkande bemötande: Tonfall' }],
      risk: { social: { score: 4, triggers: 'none', because: [] } },
      riskWords: { social: { severity: 'Nivå 4' } },
      legalBases: [{ provision: '27 kap. 2 a §' }],
    })
    await w.act('chef-missbruk', before, { intent: 'score-risk', group: 'social', severity: 4, likelihood: 1 })
    expect(await page(before)).toMatchObject({ title: expect.stringMatching(/^Bemötande,/), risk: { social: { triggers: 'none' } }, riskWords: { social: { severity: 'Nivå 4' } } })
    expect(await summaries(before)).toMatch(/kategori Bemötande\..*4 \(katastrofal\) gånger.*4 \(nivå 4\) gånger/)
    await w.caughtUp()
    const queue = await w.ask.queue(as('chef-missbruk'), 'missbruk', {})
    expect(queue).toMatchObject({ body: { rows: [{ title: expect.stringMatching(/^Bemötande,/) }, { title: expect.stringMatching(/^Kränkande bemötande: Tonfall,/) }] } })
    await expect(w.scored(1, 1, 'bemotande-respektlost')).rejects.toThrow('/category category-unknown')
  })
  it('is named by every event that was decided under it', async () => {
    const versions: string[] = []
    for await (const { type, meta } of w.store.read(`deviation-${before}`)) if (type === 'risk-scored') versions.push(meta.versions.policy)
    expect(versions).toEqual(['default-1', 'kommunen-1'])
  })
})

describe('a replay of the policy', () => {
  const period = { from: '2026-04-01', to: '2026-04-30' }
  let [catastrophe, frequent, both, outside] = ['', '', '', '']
  beforeAll(async () => {
    w.clock.set('2026-03-31T21:59:00.000Z')
    outside = await w.scored(2, 4)
    w.clock.set('2026-04-02T08:00:00.000Z')
    catastrophe = await w.scored(4, 2)
    frequent = await w.scored(2, 4)
    both = await w.scored(4, 4)
    await w.scored(1, 1)
    const mistaken = await w.scored(2, 4)
    await w.act('chef-missbruk', mistaken, { intent: 'record-no-case', outcome: 'not-reportable', motivation: 'Övning' })
    await w.act('chef-missbruk', both, { intent: 'score-risk', group: 'social', severity: 1, likelihood: 1 })
    await w.caughtUp()
  })
  it('names the cases of the period that would be investigated, and whose outcome would differ and why; it writes nothing', async () => {
    const size = async () => {
      const head = await w.store.checkpoint('head')
      return head === 'start' ? 0 : head.size
    }
    const before = await size()
    const answer = await found(w.ask.policyReplay(as('kvalitet'), { ...period, risk: { social: { score: 8, severity: 2, combine: 'and' }, health: { score: 9 } } }))
    expect(answer).toMatchObject({ policy: 'kommunen-1', changedParts: ['risk'], scored: 4, investigated: 2, wouldBeInvestigated: 3, changed: 1 })
    expect(answer['rows']).toEqual([
      expect.objectContaining({ id: frequent, number: caseNumber(frequent), unit: 'missbruk', group: 'social', severity: 2, likelihood: 4, score: 8, policy: 'kommunen-1', was: 'none', wouldBe: 'investigate', because: ['threshold', 'severity-floor'] }),
    ])
    expect(answer['wouldBe']).toEqual([catastrophe, frequent, both].map((id) => ({ id, number: caseNumber(id), unit: 'missbruk' })))
    const stricter = await found(w.ask.policyReplay(as('dataskydd'), { ...period, policy: 'kommunen-1', risk: { social: { score: 9 }, health: { score: 9 } } }))
    expect(stricter).toMatchObject({ scored: 4, investigated: 2, wouldBeInvestigated: 1, changed: 1, rows: [{ id: catastrophe, was: 'investigate', wouldBe: 'none', because: ['threshold', 'severity-floor'] }] })
    expect(await size()).toBe(before)
  })
  it('by its day of receipt in Stockholm', async () => {
    const answer = await found(w.ask.policyReplay(as('kvalitet'), { from: '2026-03-31', to: '2026-03-31', risk: { social: { score: 4 }, health: { score: 4 } } }))
    expect(answer['rows']).toMatchObject([{ id: outside }])
  })
  it('tells an administrator how many, and nobody else anything', async () => {
    expect(await found(w.ask.policyReplay(as('admin'), { ...period, policy: 'default-1' }))).toMatchObject({ scored: 4, changed: 0, rows: [] })
    expect(await found(w.ask.policyReplay(as('admin'), { ...period, risk: { social: { score: 1 }, health: { score: 1 } } }))).toMatchObject({ scored: 4, wouldBeInvestigated: 4, changed: 2, rows: [], wouldBe: [] })
    for (const login of ['chef-missbruk', 'ordforande', 'revisor', 'nobody']) expect((await w.ask.policyReplay(as(login), period)).kind).toBe('forbidden')
  })
  it('says what is wrong with what was asked', async () => {
    expect(await w.ask.policyReplay(as('kvalitet'), { from: '2026-02-01', to: '2026-01-01', policy: 'none', risk: { social: {}, health: { score: 1 } } })).toEqual({
      kind: 'invalid',
      faults: [
        { pointer: '/policy', code: 'policy-unknown' },
        { pointer: '/risk/social/score', code: 'required' },
        { pointer: '/to', code: 'dates-reversed' },
      ],
    })
  })
})
