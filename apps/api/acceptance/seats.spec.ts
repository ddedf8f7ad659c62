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
    // It was said when she left, not when somebody looked.
    expect((await vacancies('?at=2026-03-06T16:01:00.000Z')).length).toBe(1)
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

describe('every case of a seat, laid with another', () => {
  const path = '/v1/deviations/reassign'
  const [source, target] = ['unit-manager@missbruk', 'unit-manager@ekonomiskt-bistand']
  const body = (from: string, to: string) => ({ from, to, reason: 'Ny arbetsfördelning' })
  const reassign = (login: string, from: string, to: string, key?: string) => town.post(login, path, body(from, to), { 'accept-language': 'en', ...(key === undefined ? {} : { 'idempotency-key': key }) })
  const outcome = (answer: { readonly status: number; readonly body: { readonly reassigned?: readonly unknown[]; readonly errors?: readonly { readonly pointer: string; readonly code: string }[] } }): string =>
    `${answer.status} ${answer.body.reassigned?.length ?? answer.body.errors?.map((e) => `${e.pointer} ${e.code}`).join() ?? ''}`
  let ids: readonly string[]
  let escalated: string
  let offered: string
  const offer = { toUnit: 'nattugglan-lss', reason: 'Deras insats' }
  beforeAll(async () => {
    const report = (more = {}) => town.reports('medarbetare-missbruk', { unit: 'missbruk', ...more })
    ids = [await report(), await report(), await report({ legalAreas: ['HSL'] })]
    escalated = await report({ reportedType: 'misconduct' })
    offered = await report()
    await town.does('chef-missbruk', offered, 'offer-handover', offer)
  })

  it('is for who stands above both, never for an administrator', async () => {
    const statuses: Record<string, string> = {}
    for (const login of ['admin', 'dataskydd', 'revisor', 'chef-missbruk', 'chef-ekonomiskt-bistand', 'sas', 'mas', 'sas-nattugglan', 'okand']) statuses[login] = outcome(await reassign(login, source, target))
    expect(new Set(Object.values(statuses))).toEqual(new Set(['403 ']))
    expect(outcome(await reassign('omradeschef', source, 'unit-manager@hemsjukvard'))).toBe('403 ')
  })
  it('names two seats that there are', async () => {
    expect(outcome(await reassign('omradeschef', 'missbruk', target))).toBe('400 /from not-a-seat')
    expect(outcome(await reassign('omradeschef', 'unit-manager@ingenstans', 'registrar@missbruk'))).toBe('400 /from seat-unknown,/to seat-unknown')
    expect(outcome(await reassign('omradeschef', source, source))).toBe('400 /to seat-unchanged')
    // The area manager's seat is where she holds it.
    expect(outcome(await reassign('omradeschef', source, 'area-manager@missbruk'))).toBe('400 /to seat-unknown')
    expect((await town.post('omradeschef', `/v1/deviations/${ids[0]}/reassign`, body(source, target))).body.type).toBe('/problems/unknown-command')
  })
  it('moves each in one append, by the rules of a move, and says why where it could not', async () => {
    const answer = await reassign('omradeschef', source, target, 'flytt-1')
    expect(answer.status).toBe(200)
    expect(answer.body.reassigned.map((r: { id: string }) => r.id).toSorted()).toEqual(ids.toSorted())
    expect(answer.body.refused).toEqual([{ id: offered, reasons: [{ code: 'handover-pending', detail: 'A hand-over awaits its answer. Wait for the receiver, or withdraw it.' }] }])
    for (const { id, revision } of answer.body.reassigned) {
      town.revisions.set(id, revision)
      const page = (await town.get('chef-ekonomiskt-bistand', `/v1/deviations/${id}`)).body
      expect(page).toMatchObject({ revision, unit: 'ekonomiskt-bistand', responsible: target, accountable: { staff: await staffOf('chef-ekonomiskt-bistand'), standIn: false } })
      const { rows } = (await town.get('chef-ekonomiskt-bistand', `/v1/deviations/${id}/history`)).body
      expect(rows.slice(-2).map((r: { type: string }) => r.type)).toEqual(['case-moved', 'responsibility-assigned'])
      expect(rows.at(-1).summary).toContain('Skäl: Ny arbetsfördelning')
    }
    expect((await town.get('sas', `/v1/deviations/${escalated}`)).body).toMatchObject({ unit: 'missbruk', responsible: 'lex-sarah-officer@socialnamnden' })
    // Sent again it is the same answer, also when one of them is closed since, and nothing is written.
    await town.does('chef-ekonomiskt-bistand', ids[0] ?? '', 'record-no-case', { outcome: 'withdrawn', motivation: 'Fel' })
    const again = await reassign('omradeschef', source, target, 'flytt-1')
    expect([again.body.reassigned, again.body.refused]).toEqual([answer.body.reassigned, answer.body.refused])
    expect((await reassign('omradeschef', source, 'area-manager@ifo', 'flytt-1')).body.type).toBe('/problems/idempotency-key-reused')
  })
  it('lets whom it was laid with act in it, also above a manager', async () => {
    await town.does('chef-missbruk', offered, 'withdraw-handover', { reason: 'Vår' })
    expect(outcome(await reassign('forvaltningschef', source, 'area-manager@ifo'))).toBe('200 1')
    expect((await town.get('omradeschef', `/v1/deviations/${offered}`)).body).toMatchObject({ unit: 'missbruk', responsible: 'area-manager@ifo' })
    expect(await town.tries('omradeschef', offered, 'add-note', { text: 'x', kind: 'fact', source: 'y' })).toBe('200 note-added')
  })
  it('touches no case that the sender may not know of, and does not count it', async () => {
    expect((await town.get('ordforande', `/v1/deviations/${ids[1]}`)).status).toBe(404)
    expect((await reassign('ordforande', target, source)).body).toMatchObject({ reassigned: [], refused: [] })
  })
})
