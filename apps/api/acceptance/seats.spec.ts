import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTown, type Town } from '#apps/api/acceptance/town'

let town: Town
beforeAll(async () => {
  // Friday, an hour before the week is over.
  town = await openTown({ clock: '2026-03-06T15:00:00.000Z' })
})
afterAll(() => town.end())

const [unit, chef, worker] = ['barn-och-unga', 'chef-barn-och-unga', 'medarbetare-barn-och-unga']
const friday = '2026-03-06T16:00:00.000Z'
const monday = '2026-03-09T07:00:00.000Z'

const grantOf = async (role: string, at: string): Promise<string> => {
  const { grants } = (await town.get('admin', '/v1/organisation')).body
  return grants.find((g: { role: string; unit: string; inForce: boolean }) => g.inForce && g.role === role && g.unit === at).grant
}
const passTo = async (now: string): Promise<void> => {
  expect((await town.ask('', 'POST', '/demo/clock', { now })).status).toBe(200)
}
const vacancies = async (query = '') => (await town.get('admin', `/v1/organisation${query}`)).body.vacancies
const queueOf = async (login: string, view: string, at = unit) => (await town.get(login, `/v1/queues/${at}?view=${view}`)).body.rows
const staffOf = async (login: string): Promise<string> => (await town.get(login, '/v1/me')).body.staff

describe('a manager who leaves on a Friday', () => {
  let ids: readonly string[]
  beforeAll(async () => {
    ids = [await town.reports(worker, { unit }), await town.reports(worker, { unit }), await town.reports(worker, { unit, reportedType: 'misconduct' })]
    expect((await town.post('admin', '/v1/organisation/revoke-role', { grant: await grantOf('unit-manager', unit), until: friday })).status).toBe(200)
  })

  it('holds her seat until then', async () => {
    expect(await vacancies()).toEqual([])
    expect(await queueOf('omradeschef', 'mine')).toEqual([])
    expect((await queueOf(chef, 'mine')).map((r: { vacant: boolean; standIn: string | null }) => [r.vacant, r.standIn])).toEqual([[false, null], [false, null]])
    expect((await town.get(chef, `/v1/deviations/${ids[0]}`)).body.accountable).toEqual({ staff: await staffOf(chef), role: 'unit-manager', unit, standIn: false })
  })
  it('leaves a gap that is an event, from the moment that she left, and the next level up answers', async () => {
    await passTo(monday)
    expect(await vacancies()).toEqual([{ role: 'unit-manager', unit, since: friday, until: null, passedTo: { role: 'area-manager', unit: 'ifo' } }])
    const mine = await queueOf('omradeschef', 'mine')
    expect(mine.map((r: { id: string }) => r.id).toSorted()).toEqual(ids.slice(0, 2).toSorted())
    for (const r of mine) expect(r).toMatchObject({ vacant: true, standIn: 'area-manager@ifo', responsible: `unit-manager@${unit}` })
    expect((await queueOf('omradeschef', 'unassigned')).length).toBe(2)
    expect((await queueOf('forvaltningschef', 'mine')).length).toBe(0)
    expect((await town.get('omradeschef', `/v1/deviations/${ids[0]}`)).body.accountable).toEqual({ staff: await staffOf('omradeschef'), role: 'area-manager', unit: 'ifo', standIn: true })
    // The officer has the third, whoever manages its unit.
    expect((await town.get('sas', `/v1/deviations/${ids[2]}`)).body.accountable).toMatchObject({ role: 'lex-sarah-officer', standIn: false })
  })
  it('shows in the time of each case who answered for it', async () => {
    const answer = await town.get('omradeschef', `/v1/deviations/${ids[0]}/responsibility`, { 'accept-language': 'en' })
    expect(answer.body.rows).toMatchObject([
      { until: friday, seat: `unit-manager@${unit}`, roleLabel: 'Unit manager', holder: await staffOf(chef), standIn: null },
      { from: friday, until: null, seat: `unit-manager@${unit}`, holder: null, standIn: { role: 'area-manager', unit: 'ifo', staff: await staffOf('omradeschef') } },
    ])
    expect(answer.body.rows[1].summary).toMatch(/^Unit manager at Enheten för barn och unga .*: nobody could answer for it\. Area manager at Individ- och familjeomsorgen stood in\.$/)
    const statuses: Record<string, number> = {}
    for (const login of ['omradeschef', 'revisor', 'registrator', worker, 'chef-missbruk', 'admin']) statuses[login] = (await town.get(login, `/v1/deviations/${ids[0]}/responsibility`)).status
    expect(statuses).toEqual({ omradeschef: 200, revisor: 200, registrator: 200, [worker]: 403, 'chef-missbruk': 404, admin: 404 })
  })
  it('is followed by another, from whose first moment the seat is filled', async () => {
    const tuesday = '2026-03-10T07:00:00.000Z'
    const { body } = await town.post('admin', '/v1/organisation/grant-role', { subject: 'ny-chef', role: 'unit-manager', unit, from: tuesday })
    await town.post('dataskydd', '/v1/organisation/confirm-grant', { grant: body.grant })
    await passTo('2026-03-10T12:00:00.000Z')
    expect(await vacancies()).toEqual([{ role: 'unit-manager', unit, since: friday, until: tuesday, passedTo: { role: 'area-manager', unit: 'ifo' } }])
    expect(await vacancies(`?at=${monday}`)).toEqual([expect.objectContaining({ until: null })])
    expect(await queueOf('omradeschef', 'mine')).toEqual([])
    expect((await queueOf('ny-chef', 'mine')).length).toBe(2)
    expect((await town.get('revisor', `/v1/deviations/${ids[0]}/responsibility`)).body.rows).toMatchObject([{}, { until: tuesday }, { from: tuesday, holder: await staffOf('ny-chef') }])
  })
})
