import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, completed, feedback, findings, measure, motivation, openTown, outcomeOf, score, type Town } from '#apps/api/acceptance/town'
import { tellerOf } from '#apps/api/stories/teller'

/** One case while its policy, its unit and its managers change around it: it keeps what was true on its day, and somebody can always act. */
let town: Town
let told: ReturnType<typeof tellerOf>
const [worker, chef, manager] = ['medarbetare-missbruk', 'chef-missbruk', 'unit-manager@missbruk']
const sevenDays = 7
let id: string
let act: ReturnType<ReturnType<typeof tellerOf>['on']>
let firstDay: string

beforeAll(async () => {
  town = await openTown()
  told = tellerOf(town)
  ;({ id } = await told.report(worker, { unit: 'missbruk', wantsFeedback: true }))
  await town.does(chef, id, 'acknowledge', { to: 'Rapportören', how: 'Samtal' })
  act = told.on(id, 'revisor')
  await town.does(chef, id, 'assess', assess('deviation'))
  await town.does(chef, id, 'score-risk', score(4, 2))
  firstDay = town.now()
  await town.later(1)
})
afterAll(() => town.end())

const organise = (login: string, intent: string, body: object): Promise<string> => told.tries(login, `/v1/organisation/${intent}`, body)
const grantOf = async (login: string, role: string): Promise<string> =>
  (await town.get(login, '/v1/me')).body.roles.find((held: { readonly role: string }) => held.role === role).grant
const granted = async (subject: string, role: string, unit: string): Promise<void> => {
  const { grant } = await told.orders('admin', '/v1/organisation/grant-role', { subject, role, unit, from: town.now() })
  await told.orders('dataskydd', '/v1/organisation/confirm-grant', { grant })
}

describe('a policy is published in mid-case', () => {
  it('by one and confirmed by another', async () => {
    const { vocabulary } = (await town.get('admin', '/v1/policy')).body
    const social = vocabulary.social.map((category: { readonly code: string }) => (category.code === 'insats-utebliven' ? { ...category, label: { sv: 'Hjälpen kom inte', en: 'No help came' } } : category))
    const version = { policy: '2026-b', risk: { social: { score: 8, severity: 3, combine: 'and' }, health: { score: 4 } }, vocabulary: { ...vocabulary, social } }
    expect(await told.tries('chef-missbruk', '/v1/policy/publish', version)).toBe('403 forbidden')
    expect(await told.tries('admin', '/v1/policy/publish', version)).toBe('200 policy-published')
    expect(await told.tries('admin', '/v1/policy/confirm', { policy: '2026-b' })).toBe('403 forbidden')
    expect((await town.get(chef, '/v1/policy')).body).toMatchObject({ id: 'default-1' })
    expect(await told.tries('dataskydd', '/v1/policy/confirm', { policy: '2026-b' })).toBe('200 policy-confirmed')
    expect((await town.get(chef, '/v1/policy')).body).toMatchObject({ id: '2026-b' })
    expect((await town.get(chef, `/v1/policy?at=${firstDay}`)).body).toMatchObject({ id: 'default-1' })
  })
  it('and the old case keeps its score, what it triggered and its words, while a new one has the new', async () => {
    const stood = { title: expect.stringContaining('Utebliven insats'), risk: { social: { triggers: 'investigate', because: ['severity-floor'] } }, assessments: [{ categoryLabel: 'Utebliven insats' }] }
    expect(await told.page(chef, id)).toMatchObject(stood)
    expect(await told.words(chef, id)).toContain('kategori Utebliven insats')
    const { id: fresh } = await told.report(worker, { unit: 'missbruk' })
    await town.does(chef, fresh, 'assess', assess('deviation'))
    await town.does(chef, fresh, 'score-risk', score(2, 4))
    expect(await told.page(chef, fresh)).toMatchObject({ title: expect.stringContaining('Hjälpen kom inte'), risk: { social: { score: 8, triggers: 'none', because: [] } } })
    await town.does(chef, fresh, 'score-risk', score(4, 2))
    expect((await told.page(chef, fresh)).risk.social).toMatchObject({ triggers: 'investigate', because: ['threshold', 'severity-floor'] })
    expect(await told.waits(chef, id)).toBe(`investigate ${manager}, propose-measures ${manager}, give-feedback ${manager}`)
  })
})

describe('a unit is renamed', () => {
  it('and the case of today carries the new name, the case of that day the old', async () => {
    expect(await organise('chef-missbruk', 'rename-unit', { unit: 'missbruk', name: 'Beroendeenheten' })).toBe('403 forbidden')
    expect(await organise('admin', 'rename-unit', { unit: 'missbruk', name: 'Beroendeenheten' })).toBe('200 unit-renamed')
    expect(await told.page(chef, id)).toMatchObject({ unit: 'missbruk', unitName: 'Beroendeenheten' })
    expect(await told.page(chef, id, `?at=${firstDay}`)).toMatchObject({ unitName: 'Enheten för missbruk (myndighet och Nakterhuset)' })
  })
})

describe('a manager is away', () => {
  it('and her substitute acts in her place, for the period and no longer', async () => {
    const grant = await grantOf(chef, 'unit-manager')
    const days = (count: number): string => new Date(Date.parse(town.now()) + count * 86_400_000).toISOString()
    await told.orders('admin', '/v1/organisation/grant-role', { subject: 'vikarie', role: 'reporter', unit: 'missbruk', from: town.now() })
    expect(await told.status('vikarie', id)).toBe(404)
    expect(await organise('omradeschef', 'appoint-substitute', { grant, subject: 'vikarie', from: days(1), until: days(sevenDays) })).toBe('403 forbidden')
    expect(await organise('admin', 'appoint-substitute', { grant, subject: 'vikarie', from: days(1), until: days(sevenDays) })).toBe('200 substitute-appointed')
    expect(await told.status('vikarie', id)).toBe(404)
    await town.later(2)
    expect(await act('vikarie', 'open-investigation', { kind: 'standard' })).toBe(`investigation-opened → complete-investigation ${manager}, propose-measures ${manager}, give-feedback ${manager}`)
    expect(await told.status(chef, id)).toBe(404)
    expect(await told.queued('vikarie', 'missbruk', id, 'mine')).toMatchObject({ responsible: manager })
    await town.later(sevenDays)
    expect(await told.status('vikarie', id)).toBe(404)
    expect(await act(chef, 'complete-investigation', findings)).toBe(`investigation-completed → propose-measures ${manager}, give-feedback ${manager}`)
  })
})

describe('somebody is in conflict of interest', () => {
  it('and the next level up acts, until it is lifted one level up', async () => {
    expect(await town.tries('medarbetare-missbruk', id, 'declare-conflict', { subject: chef, reason: 'Släkt' })).toBe('403 forbidden')
    expect(await act(chef, 'declare-conflict', { subject: chef, reason: 'Släkt med den enskilde' })).toBe(
      'conflict-of-interest-declared responsibility-assigned → propose-measures area-manager@ifo, give-feedback area-manager@ifo',
    )
    expect(await town.tries(chef, id, 'propose-measure', measure('m1', 'missbruk'))).toBe('422 conflict-of-interest')
    expect(Object.keys(await told.page(chef, id)).sort()).toEqual(['id', 'number', 'phase', 'receivedAt', 'reportedAt', 'revision'])
    expect(await act('omradeschef', 'propose-measure', measure('m1', 'missbruk'))).toBe('measure-proposed effect-criterion-set → decide-measures area-manager@ifo, give-feedback area-manager@ifo')
    expect(await town.tries(chef, id, 'lift-conflict', { subject: chef, reason: 'x' })).toMatch(/^(403|422) /)
    expect(await act('omradeschef', 'lift-conflict', { subject: chef, reason: 'Uppgiften var fel' })).toBe(
      `conflict-of-interest-lifted responsibility-assigned → decide-measures ${manager}, give-feedback ${manager}`,
    )
    expect(await act(chef, 'decide-measures', approve('m1'))).toBe(`measures-decided → complete-measures ${manager}, give-feedback ${manager}`)
  })
})

describe('units are merged', () => {
  const merged = 'unit-manager@vuxen'
  it('and the next level up acts in the old cases until the new unit has a manager', async () => {
    const merger = { units: ['missbruk', 'stod-och-behandling'], into: 'vuxen', name: 'Vuxenenheten', parent: 'ifo' }
    expect(await organise('admin', 'merge-units', { ...merger, units: ['missbruk', 'nattugglan-lss'] })).toBe('422 different-roots')
    expect(await organise('admin', 'merge-units', merger)).toBe('200 units-merged')
    expect(await told.waits('revisor', id)).toBe(`complete-measures ${merged}, give-feedback ${merged}`)
    for (const former of [chef, 'chef-stod-och-behandling']) expect([former, await told.status(former, id)]).toEqual([former, 404])
    expect(await told.queued('omradeschef', 'vuxen', id, 'unassigned')).toMatchObject({ responsible: merged })
    expect(await act('omradeschef', 'complete-measure', completed('m1'))).toBe(`measure-completed → check-effect ${merged}, give-feedback ${merged}`)
    await granted('chef-vuxen', 'unit-manager', 'vuxen')
    expect(await told.queued('omradeschef', 'vuxen', id, 'unassigned')).toBeUndefined()
    expect(await told.queued('chef-vuxen', 'vuxen', id, 'mine')).toMatchObject({ nextStep: 'check-effect' })
  })
  it('and a report that names an old unit comes to the new one', async () => {
    const { id: late } = await told.report(worker, { unit: 'stod-och-behandling' })
    expect(await told.page('chef-vuxen', late)).toMatchObject({ responsible: merged, unitName: 'Vuxenenheten' })
    expect(await told.queued('chef-vuxen', 'vuxen', late)).toMatchObject({ nextStep: 'assess' })
  })
  it('and figures count under the unit of today, and say what became of the old one', async () => {
    const figures = (await town.get('chef-vuxen', '/v1/statistics?by=unit&from=2026-01-01&to=2026-12-31')).body
    expect(figures).toMatchObject({ total: 3, rows: [{ unit: 'vuxen', count: 3 }], units: { missbruk: 'vuxen' } })
    expect(await told.count('omradeschef', 'unit', `&from=2026-01-01&to=2026-12-31&at=${firstDay}`)).toEqual({ missbruk: 1 })
  })
})

describe('a unit is closed or split', () => {
  const unit = 'ekonomiskt-bistand'
  it('and what lies there or is reported of it later waits for the next level up, who moves it to where it belongs', async () => {
    const { id: left } = await told.report(`medarbetare-${unit}`, { unit })
    expect(await organise('admin', 'close-unit', { unit: 'ifo' })).toBe('422 sub-units-open')
    expect(await organise('admin', 'split-unit', { unit, into: [{ unit: 'bistand', name: 'Bistånd' }, { unit: 'etablering', name: 'Etablering' }] })).toBe('200 unit-split')
    expect(outcomeOf(await town.sendReport(`medarbetare-${unit}`, { unit }))).toMatch(/^201 /)
    expect(await told.status(`chef-${unit}`, left)).toBe(404)
    expect(await told.queued('omradeschef', 'ifo', left, 'unassigned')).toMatchObject({ nextStep: 'assess' })
    expect(await told.on(left, 'revisor')('omradeschef', 'move', { toUnit: 'bistand', reason: 'Hör dit' })).toBe('case-moved responsibility-assigned → assess unit-manager@bistand')
    expect(await town.tries('omradeschef', left, 'move', { toUnit: unit, reason: 'Tillbaka' })).toBe('400 /toUnit unit-ended')
    expect(await told.page('omradeschef', left)).toMatchObject({ unit: 'bistand', reportedUnit: unit })
  })
})

describe('a unit moves to the authority that has offered it a case', () => {
  it('and who reaches both units finds the case once', async () => {
    const moved = 'elevhalsan'
    expect(await organise('admin', 'register-authority', { unit: 'utbildningsnamnden', name: 'Utbildningsnämnden' })).toBe('200 authority-registered')
    expect(await organise('admin', 'register-unit', { unit: moved, name: 'Elevhälsan', parent: 'utbildningsnamnden' })).toBe('200 unit-registered')
    await granted('chef-elevhalsan', 'unit-manager', moved)
    const { id: offered } = await told.report('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
    await town.does('chef-barn-och-unga', offered, 'offer-handover', { toUnit: moved, reason: 'Skedde där' })
    expect(await organise('admin', 'move-unit', { unit: moved, parent: 'ifo' })).toBe('200 unit-moved')
    const listed = async (login: string, at: string): Promise<readonly string[]> =>
      (await town.get(login, `/v1/queues/${at}?view=open`)).body.rows.flatMap((row: { readonly id: string; readonly unit: string }) => (row.id === offered ? [row.unit] : []))
    expect(await listed('chef-elevhalsan', moved)).toEqual(['barn-och-unga'])
    expect(await listed('omradeschef', 'ifo')).toEqual(['barn-och-unga'])
  })
})

describe('a manager leaves', () => {
  it('and loses all she had; the next level up acts, then her successor, who closes the case', async () => {
    expect(await organise('admin', 'end-service', { subject: 'chef-vuxen', at: town.now() })).toBe('200 service-ended')
    expect([await told.status('chef-vuxen', id), (await town.get('chef-vuxen', '/v1/me')).body.roles]).toEqual([404, []])
    expect(await told.queued('omradeschef', 'vuxen', id, 'unassigned')).toMatchObject({ id })
    expect(await act('omradeschef', 'check-effect', { measureId: 'm1', result: 1 })).toBe('measure-effect-checked → give-feedback unit-manager@vuxen')
    await granted('chef-ny', 'unit-manager', 'vuxen')
    expect(await act('chef-ny', 'give-feedback', feedback('reporter'))).toBe('feedback-given → close unit-manager@vuxen')
    expect(await act('chef-ny', 'close', { outcome: 'deviation', motivation })).toBe('deviation-closed → none unit-manager@vuxen')
    expect(await told.page(worker, id)).toMatchObject({ phase: 'closed', reportedUnit: 'missbruk', feedback: [{ to: 'reporter' }] })
  })
  it('and the whole is told for ever in the words of its days', async () => {
    const words = await told.words('chef-ny', id)
    for (const phrase of ['Jäv anmäldes', 'Släkt med den enskilde', 'Jäv hävdes', 'kategori Utebliven insats', 'ger riskvärdet 8. Utredning krävs']) expect(words).toContain(phrase)
    expect(await told.trail('revisor', id)).toEqual([
      'deviation-reported', 'responsibility-assigned', 'receipt-acknowledged', 'deviation-assessed', 'risk-scored', 'investigation-opened', 'investigation-completed', 'conflict-of-interest-declared',
      'responsibility-assigned', 'measure-proposed', 'effect-criterion-set', 'conflict-of-interest-lifted', 'responsibility-assigned', 'measures-decided', 'measure-completed',
      'measure-effect-checked', 'feedback-given', 'deviation-closed',
    ])
    const { grants, units } = (await town.get('dataskydd', '/v1/organisation')).body
    expect(units.find((unit: { readonly unit: string }) => unit.unit === 'missbruk')).toMatchObject({ successor: 'vuxen', names: [{ name: 'Enheten för missbruk (myndighet och Nakterhuset)' }, { name: 'Beroendeenheten' }] })
    expect(grants.filter((grant: { readonly substituteFor: string | null }) => grant.substituteFor !== null)).toMatchObject([{ role: 'unit-manager', unit: 'missbruk', inForce: false }])
  })
})
