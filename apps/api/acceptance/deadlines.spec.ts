import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, measure, motivation, openTown, outcomeOf, score, type Town } from '#apps/api/acceptance/town'
import { filesOf } from '#apps/application/places'
import { conditionsOf } from '#apps/application/queries/deadlines'
import { deadlineStatuses } from '#libs/deadlines/state'
import { emptyOrganisation, type Organisation } from '#libs/organisation/state'
import { statementsOf } from '#libs/read-model-sqlite/query'
import { tableOf, readStore } from '#libs/read-model-sqlite/schema'
import { openDatabase } from '#libs/sqlite/open'
import { deadlines as projection } from '#projections/deadlines/deadlines'

let town: Town
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.end())

interface Row {
  readonly id: string
  readonly case: string | null
  readonly status: string
  readonly key: string
  readonly unit: string
  readonly dueInstant: string
}
/** A question that has seen all that was written, also by the clock: a case page says where the log ends. */
const look = async (login: string, url: string) => {
  const end = (await town.ask('omradeschef', 'GET', `/v1/deviations/${first}`)).headers['vaka-position']
  return town.ask(login, 'GET', `${url}${url.includes('?') ? '&' : '?'}after=${String(end)}`)
}
const rowsOf = async (login: string, query = ''): Promise<readonly Row[]> => {
  const { status, body, text } = await look(login, `/v1/deadlines?limit=200${query}`)
  if (status !== 200) throw new Error(text)
  return body.rows
}
const idsOf = (rows: readonly Row[], id: string): readonly string[] => rows.filter((row) => row.case === id).map((row) => `${row.id} ${row.status}`)

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
let first = ''
describe('the deadlines of a case', () => {
  it('are upcoming once it is reported, in the order in which they are due', async () => {
    first = await town.reports(worker, { unit, wantsFeedback: true })
    const { body } = await look(chef, '/v1/deadlines')
    expect(body).toMatchObject({ complete: true })
    expect(idsOf(body.rows, first)).toEqual(['acknowledge upcoming', 'assess upcoming', 'close upcoming'])
    expect(body.rows[0]).toEqual({
      id: 'acknowledge',
      kind: 'case',
      case: first,
      number: expect.stringMatching(/^\w{5}-\w{5}$/),
      routine: null,
      title: 'Avvikelse, Enheten för missbruk (myndighet och Nakterhuset)',
      key: 'acknowledge',
      label: 'Bekräfta mottagandet',
      unit,
      responsible: 'unit-manager@missbruk',
      due: '2026-03-04',
      dueInstant: '2026-03-04T23:00:00.000Z',
      warn: '2026-03-03',
      warnInstant: '2026-03-02T23:00:00.000Z',
      status: 'upcoming',
      binding: 'local',
      missedAt: null,
      metAt: null,
      lateHours: null,
    })
    expect((await town.get(chef, '/v1/deadlines?key=assess', { 'accept-language': 'en' })).body.rows[0].label).toBe('Assess')
  })
  it('are warned and missed as the clock goes, with who is to act and how late it is', async () => {
    await town.later(1)
    expect(idsOf(await rowsOf(chef), first)).toEqual(['acknowledge warned', 'assess upcoming', 'close upcoming'])
    await town.later(2)
    expect(await rowsOf(chef, '&status=missed')).toMatchObject([{ id: 'acknowledge', responsible: 'unit-manager@missbruk', missedAt: '2026-03-04T23:00:00.000Z', metAt: null, lateHours: 10 }])
    expect(await rowsOf(chef, '&status=warned,missed')).toHaveLength(1)
    const { body } = await look('revisor', `/v1/deviations/${first}/history?limit=200`)
    expect(body.rows.find(({ type }: { readonly type: string }) => type === 'deadline-missed').summary).toMatch(/Enhetschef vid Enheten för missbruk.* \(s-\w+\)/)
  })
  it('that were met late say so, and no longer with whom they lay', async () => {
    await town.does(chef, first, 'acknowledge', { to: 'Anmälaren', how: 'samtal' })
    expect(await rowsOf(chef, '&status=met')).toMatchObject([{ id: 'acknowledge', metAt: expect.stringMatching(/^2026-03-05T08:00:/), missedAt: '2026-03-04T23:00:00.000Z', lateHours: 10, responsible: null }])
    await town.does(chef, first, 'assess', assess('deviation'))
    expect(await rowsOf(chef, '&key=assess')).toMatchObject([{ status: 'met', missedAt: null, lateHours: null }])
  })
  it('lapse with the duty', async () => {
    const id = await town.reports(worker, { unit, wantsFeedback: true })
    await town.command(chef, id, 'record-no-case', { outcome: 'withdrawn', motivation })
    expect(idsOf(await rowsOf(chef, '&status=lapsed'), id)).toEqual(['acknowledge lapsed', 'assess lapsed', 'close lapsed'])
  })
  it('of a measure lie with the unit that is to carry it out', async () => {
    await town.does(chef, first, 'score-risk', score(1, 1))
    await town.does(chef, first, 'propose-measure', measure('m1', 'stod-och-behandling'))
    await town.does(chef, first, 'decide-measures', approve('m1'))
    const rows = await rowsOf('chef-stod-och-behandling')
    // A case at another unit: its own list is by the unit of the case.
    expect(rows).toEqual([])
    expect(await rowsOf(chef, '&key=complete-measure')).toMatchObject([{ id: 'complete-measure/m1', label: 'Genomför åtgärd m1', responsible: 'unit-manager@stod-och-behandling', unit }])
  })
  it('are at the moment asked about what was known then', async () => {
    const { body } = await look(chef, '/v1/deadlines?at=2026-03-03T08:00:00Z')
    expect(idsOf(body.rows, first)).toEqual(['acknowledge warned', 'assess upcoming', 'close upcoming'])
    expect(body.rows[0]).toMatchObject({ metAt: null, lateHours: null, responsible: 'unit-manager@missbruk' })
  })
})

describe('a list of deadlines', () => {
  it('reaches below, keeps to a unit and to what is asked for, and pages without a gap', async () => {
    const other = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga', reportedType: 'complaint', origin: 'relative' })
    const all = await rowsOf('omradeschef', '&unit=ifo')
    expect(new Set(all.map((row) => row.unit))).toEqual(new Set(['missbruk', 'barn-och-unga']))
    expect(all.map((row) => row.dueInstant)).toEqual(all.map((row) => row.dueInstant).sort())
    expect(new Set((await rowsOf('omradeschef', '&unit=barn-och-unga')).map((row) => row.case))).toEqual(new Set([other]))
    expect(new Set((await rowsOf('omradeschef', '&key=answer-complaint&status=upcoming')).map((row) => row.case))).toEqual(new Set([other]))
    const paged: Row[] = []
    for (let cursor = ''; ; ) {
      const { body } = await look('omradeschef', `/v1/deadlines?unit=ifo&limit=2${cursor}`)
      paged.push(...body.rows)
      expect(body.rows.length).toBeLessThanOrEqual(2)
      if (body.complete) break
      cursor = `&cursor=${body.cursor}`
    }
    expect(paged).toEqual(all)
  })
  it('refuses what is nobody\'s to ask', async () => {
    const told = async (login: string, query: string): Promise<string> => outcomeOf(await town.ask(login, 'GET', `/v1/deadlines${query}`))
    expect(await told(chef, '?unit=ifo')).toBe('403 forbidden')
    expect(await told(chef, '?unit=okand')).toBe('404 not-found')
    for (const login of [worker, 'nobody']) expect(await told(login, '')).toBe('403 forbidden')
    expect(await told(chef, '?status=missed,late')).toBe('400 /status unknown-code')
    expect(await told(chef, '?status=missed,missed')).toBe('400 /status unknown-code')
    expect(await told(chef, '?key=late')).toBe('400 /key unknown-code')
    expect(await told(chef, '?cursor=x')).toBe('400 /cursor not-a-cursor')
  })
  it('tells nothing of a case to whom it is not open', async () => {
    const concerned = await town.reports(worker, { unit, concernsManager: true })
    const officers = await town.reports(worker, { unit, reportedType: 'misconduct', ground: 'Skada' })
    const providers = await town.reports('medarbetare-nattugglan-lss', { unit: 'nattugglan-lss', legalAreas: ['LSS'], reportedType: 'misconduct', ground: 'Skada' })
    await town.does('sas', officers, 'take-over-lex-sarah', {})
    const seers = async (id: string): Promise<readonly string[]> => {
      const found: string[] = []
      for (const login of [chef, 'omradeschef', 'sas', 'forvaltningschef', 'ordforande', 'mas', 'registrator', 'kvalitet', 'revisor', 'dataskydd', 'chef-nattugglan-lss', 'sas-nattugglan', 'admin'])
        if ((await rowsOf(login)).some((row) => row.case === id)) found.push(login)
      return found
    }
    const watchers = ['registrator', 'kvalitet', 'revisor', 'dataskydd']
    expect(await seers(concerned)).toEqual(['omradeschef', 'sas', 'forvaltningschef', ...watchers])
    expect(await seers(officers)).toEqual(['omradeschef', 'sas', 'forvaltningschef', 'ordforande', ...watchers])
    expect(await seers(providers)).toEqual(['dataskydd', 'chef-nattugglan-lss', 'sas-nattugglan'])
    // Nor does the manager find it in the past, when it was hers.
    expect(idsOf(await rowsOf('sas'), officers)).toContain('investigate-lex-sarah upcoming')
    expect(idsOf((await look(chef, `/v1/deadlines?at=${town.now()}`)).body.rows, officers)).toEqual([])
  })
  it('has the self-check of a routine and the review of the policy', async () => {
    const done = async (login: string, url: string, body: object): Promise<void> => {
      const answer = await town.post(login, url, body)
      if (answer.status > 201) throw new Error(outcomeOf(answer))
    }
    await done(chef, '/v1/routines', { id: 'motivation', process: 'Missbruk', activity: 'Samtal', name: 'Motiverande samtal', ownerUnit: unit })
    await done(chef, '/v1/routines/motivation/plan-self-check', { what: 'Samtal', interval: 'quarterly', direction: 'up', lowestAcceptedResult: 9, firstDue: '2026-06-01' })
    await done('admin', '/v1/policy/publish', { policy: 'kommunen-1' })
    await town.later(0.001)
    expect(await rowsOf(chef, '&key=self-check')).toMatchObject([{ kind: 'routine', routine: 'motivation', case: null, number: null, title: 'Motiverande samtal', label: 'Egenkontroll', responsible: 'unit-manager@missbruk', due: '2026-06-01' }])
    expect(await rowsOf('chef-barn-och-unga', '&key=self-check')).toEqual([])
    // Whose routine it is today may see its past, whoever owned it then.
    const then = town.now()
    await town.later(0.001)
    await done('omradeschef', '/v1/routines/motivation/change-owner', { ownerUnit: 'barn-och-unga', reason: 'Ny organisation' })
    const past = async (login: string) => (await look(login, `/v1/deadlines?key=self-check&at=${then}`)).body.rows
    expect([await past(chef), await rowsOf(chef, '&key=self-check')]).toEqual([[], []])
    expect(await past('omradeschef')).toMatchObject([{ unit, responsible: 'unit-manager@missbruk' }])
    expect(await rowsOf('chef-barn-och-unga', '&key=self-check')).toMatchObject([{ unit: 'barn-och-unga', responsible: 'unit-manager@barn-och-unga' }])
    const review = { kind: 'policy', title: 'Regelverket', responsible: 'administrator@municipality', due: '2027-03-05', unit: 'municipality' }
    for (const login of [chef, 'admin', 'dataskydd']) expect(await rowsOf(login, '&key=review-policy')).toMatchObject([review])
    expect((await rowsOf('admin')).map((row) => row.key)).toEqual(['review-policy'])
    expect(await rowsOf(chef, '&unit=missbruk&key=review-policy')).toEqual([])
  })
  it('is inspected row by row', async () => {
    const { body } = await look('dataskydd', '/v1/projections/deadlines?limit=200')
    const keys: readonly string[] = body.rows.map(({ key }: { readonly key: string }) => key)
    expect(keys).toEqual(expect.arrayContaining([`deviation-${first}`, `deviation-${first}#acknowledge`, 'routine-motivation#self-check', 'policy#review-policy']))
  })
  it('says where nobody holds the seat', async () => {
    const granted = (await town.get('admin', '/v1/organisation')).body.grants
    const { grant } = granted.find((g: { readonly role: string; readonly unit: string }) => g.role === 'unit-manager' && g.unit === 'ekonomiskt-bistand')
    const id = await town.reports('medarbetare-ekonomiskt-bistand', { unit: 'ekonomiskt-bistand' })
    const of = async () => (await rowsOf('omradeschef', '&unit=ekonomiskt-bistand&key=close')).filter((row) => row.case === id)
    expect((await of())[0]).not.toHaveProperty('vacant')
    await town.post('admin', '/v1/organisation/revoke-role', { grant, until: town.now() })
    await town.later(0.001)
    expect(await of()).toMatchObject([{ responsible: 'unit-manager@ekonomiskt-bistand', vacant: true }])
  })
})

describe('each filter', () => {
  it('is walked along an index, without sorting', () => {
    const db = openDatabase(filesOf(town.folder).read, { ...readStore, readonly: true })
    const [build] = db.prepare<unknown[], { readonly version: number; readonly build: number }>("select version, build from build where name = 'deadlines' and promoted").all()
    const table = tableOf({ name: projection.name, version: 0, build: 0, ...build })
    const many: Organisation = { ...emptyOrganisation, units: Array.from({ length: 100 }).reduce<Organisation['units']>((units, _, i) => units.with(`u${i}`, { id: `u${i}`, name: '', kind: 'unit', path: [], pathFrom: '', names: [], parents: [] }), emptyOrganisation.units) }
    const plans = new Set<string>()
    for (const units of [['missbruk'], [...many.units.values()].map(({ id }) => id)])
      for (const key of [undefined, 'assess'] as const)
        for (const after of [undefined, ['2026-03-04T23:00:00.000Z', 'k']])
          for (const where of conditionsOf({ key }, units, many))
            for (const { sql, values } of statementsOf({ where, order: ['due'], ...(after ? { after } : {}) }))
              for (const { detail } of db.prepare<unknown[], { readonly detail: string }>(`explain query plan select * from ${table} where ${sql} limit 51`).all(...values)) plans.add(detail.replace(/.* USING INDEX .*? \(/, '('))
    db.close()
    expect([...plans].sort()).toEqual([
      '(deadline_key=? AND deadline_status=? AND (due,key)>(?,?))',
      '(deadline_key=? AND deadline_status=?)',
      '(deadline_status=? AND (due,key)>(?,?))',
      '(deadline_status=?)',
      '(unit=? AND deadline_key=? AND deadline_status=? AND (due,key)>(?,?))',
      '(unit=? AND deadline_key=? AND deadline_status=?)',
      '(unit=? AND deadline_status=? AND (due,key)>(?,?))',
      '(unit=? AND deadline_status=?)',
    ])
    expect(conditionsOf({}, ['missbruk'], many)).toHaveLength(deadlineStatuses.length)
  })
})
