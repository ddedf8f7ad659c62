import { createSecretKey, randomBytes } from 'node:crypto'
import { setImmediate as aTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { organisationStream, readOrganisation } from '#events/organisation'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { grants, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { watchSeats } from '#apps/application/seats'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { runProjection } from '#libs/kernel/projector'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { queue } from '#projections/queue/queue'

/** Real stores in memory, the organisation of the demonstration, and how often the cases were counted. */
const openWorld = async () => {
  const clock = settableClock('2026-03-02T08:00:00.000Z')
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const stored = await openReadModel({ file: ':memory:' })
  let counted = 0
  const readModel: Context['readModel'] = {
    ...stored,
    countBy: (...asked) => {
      counted++
      return stored.countBy(...asked)
    },
  }
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjection({ projection: queue, store, readModel, signal: stop.signal })
  const organise = async (login: string, command: OrganisationCommand) => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: '/', correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${command.intent}: ${JSON.stringify(outcome)}`)
    // Stores in memory answer within one turn of the event loop, in which everybody shares one reading of the organisation.
    await aTurn()
    return outcome.extra?.['grant'] ?? ''
  }
  const hire = async (grant: Omit<Extract<OrganisationCommand, { intent: 'grant-role' }>, 'intent'>) => {
    const id = await organise('admin', { intent: 'grant-role', ...grant })
    await organise('dataskydd', { intent: 'confirm-grant', grant: id })
    return id
  }
  await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' })
  await organise('admin', { intent: 'register-authority', unit: 'socialnamnden', name: 'Socialnämnden' })
  for (const { unit, name, parent } of units.filter(({ parent: above }) => above !== 'nattugglan-ab')) await organise('admin', { intent: 'register-unit', unit, name, parent })
  const ids = new Map<string, string>()
  for (const grant of grants.filter(({ role, unit }) => role !== 'reporter' && !unit.startsWith('nattugglan'))) ids.set(grant.subject, await hire({ ...grant, from: clock.now() }))
  await organise('admin', { intent: 'grant-role', subject: 'medarbetare', role: 'reporter', unit: 'missbruk', from: clock.now() })
  return {
    context,
    clock,
    organise,
    hire,
    grantOf: (login: string): string => ids.get(login) ?? '',
    counted: () => counted,
    report: async (unit: string) => {
      const outcome = await handleDeviation(context, {
        command: { intent: 'report', origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], unit, discoveredAt: '2026-03-01T10:00:00.000Z', concerns: 'person', description: 'Beskrivning' },
        sender: { login: 'medarbetare' },
        path: '/v1/deviations',
        correlationId: 'test',
      })
      if (outcome.kind !== 'done' || !(await stored.reached(queue.name, outcome.position, 10_000))) throw new Error(outcome.kind)
    },
    said: async () => {
      const found = []
      for await (const recorded of store.read(organisationStream)) {
        const e = readOrganisation(recorded)
        if (e.type === 'seat-vacated' || e.type === 'seat-filled') found.push({ type: e.type, actor: e.meta.actor.id, ...e.data })
      }
      return found
    },
    close: async () => {
      stop.abort()
      await running
      await Promise.all([store.close(), vault.close(), stored.close()])
    },
  }
}
type World = Awaited<ReturnType<typeof openWorld>>

let w: World
beforeAll(async () => {
  w = await openWorld()
})
afterAll(() => w.close())

describe('the seats that cases wait for', () => {
  it('are said once when nobody holds them, by however many clocks, and by one that starts again', async () => {
    const [one, other] = [watchSeats(w.context), watchSeats(w.context)]
    await w.report('missbruk')
    expect(await Promise.all([one(), other()])).toEqual([0, 0])
    const friday = '2026-03-06T16:00:00.000Z'
    await w.organise('admin', { intent: 'revoke-role', grant: w.grantOf('chef-missbruk'), until: friday })
    // A seat for which no case waits is nobody's concern.
    await w.organise('admin', { intent: 'revoke-role', grant: w.grantOf('chef-hemsjukvard'), until: w.clock.now() })
    expect(await Promise.all([one(), other()])).toEqual([0, 0])
    w.clock.set(friday)
    await aTurn()
    const known = await w.context.organisation()
    const written = await Promise.all([one(), other(), watchSeats(w.context)()])
    expect(written.filter((n) => n > 0).length).toBeGreaterThan(0)
    expect(await watchSeats(w.context)()).toBe(0)
    const area = await w.context.vault.staffNumber('omradeschef')
    const vacated = { type: 'seat-vacated', actor: 'clock', role: 'unit-manager', unit: 'missbruk', since: friday, late: false, passedTo: { role: 'area-manager', unit: 'ifo' }, to: [area] }
    expect(await w.said()).toEqual([vacated])
    // One that looks with what it knew before, and sees another seat as well, adds that one only.
    await w.report('hemsjukvard')
    await watchSeats({ ...w.context, organisation: () => Promise.resolve(known) })()
    expect((await w.said()).map(({ unit }) => unit)).toEqual(['missbruk', 'hemsjukvard'])
    await w.hire({ subject: 'ny', role: 'unit-manager', unit: 'missbruk', scope: 'unit', from: '2026-03-01T00:00:00.000Z' })
    await Promise.all([one(), other()])
    expect((await w.said()).filter(({ unit }) => unit === 'missbruk')).toEqual([vacated, { type: 'seat-filled', actor: 'clock', role: 'unit-manager', unit: 'missbruk', since: expect.any(String), heldBy: [await w.context.vault.staffNumber('ny')] }])
  })
  it('are looked up only when a case, the organisation or the time of somebody may have changed it', async () => {
    const look = watchSeats(w.context)
    const grant = await w.hire({ subject: 'vikarie', role: 'unit-manager', unit: 'hemsjukvard', scope: 'unit', from: w.clock.now(), until: '2026-03-20T00:00:00.000Z' })
    await w.report('hemsjukvard')
    await look()
    await aTurn()
    await look()
    const before = w.counted()
    for (const hour of ['10', '11', '12']) {
      w.clock.set(`2026-03-10T${hour}:00:00.000Z`)
      await look()
    }
    expect(w.counted()).toBe(before)
    w.clock.set('2026-03-20T00:00:00.000Z')
    await look()
    expect(w.counted()).toBeGreaterThan(before)
    expect((await w.said()).at(-1)).toMatchObject({ type: 'seat-vacated', unit: 'hemsjukvard', since: '2026-03-20T00:00:00.000Z', passedTo: { role: 'director', unit: 'socialnamnden' } })
    expect((await w.context.organisation()).grants.get(grant)?.until).toBe('2026-03-20T00:00:00.000Z')
  })
  it('say that it is late when nothing ran when it came to be, and not when no case waited', async () => {
    await w.organise('admin', { intent: 'revoke-role', grant: w.grantOf('chef-barn-och-unga'), until: w.clock.now() })
    w.clock.set('2026-03-25T08:00:00.000Z')
    await w.report('barn-och-unga')
    await watchSeats(w.context)()
    expect((await w.said()).at(-1)).toMatchObject({ unit: 'barn-och-unga', since: expect.stringMatching(/^2026-03-20/), late: false })
    await w.report('ekonomiskt-bistand')
    await w.organise('admin', { intent: 'revoke-role', grant: w.grantOf('chef-ekonomiskt-bistand'), until: w.clock.now() })
    w.clock.set('2026-03-26T08:00:00.000Z')
    await watchSeats(w.context)()
    expect((await w.said()).at(-1)).toMatchObject({ unit: 'ekonomiskt-bistand', since: expect.stringMatching(/^2026-03-25/), late: true })
  })
})
