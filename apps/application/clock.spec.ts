import { createSecretKey, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { nextInstant, setFirstDeadlines, tick } from '#apps/application/clock'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { grants, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { handlePolicy } from '#apps/application/policy'
import { handleRoutine } from '#apps/application/routines'
import { caseIdOf, deviationStream } from '#events/deviation'
import type { DeviationCommand } from '#libs/deviation/commands'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import type { Draft, Recorded } from '#libs/kernel/event'
import type { Outcome } from '#libs/kernel/outcome'
import { runProjections } from '#libs/kernel/projector'
import type { EventStore } from '#libs/kernel/store'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { deadlines } from '#projections/deadlines/deadlines'

const start = '2026-03-02T08:00:00.000Z'
type World = Awaited<ReturnType<typeof openWorld>>
/** Real stores in memory, the organisation of the demonstration, and a clock that stands still. */
const openWorld = async () => {
  const clock = settableClock(start, { now: () => start })
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const contextOf = (over: EventStore = store): Context => ({ store: over, vault, readModel, clock, organisation: organisationCache(over), policies: policyCache(over) })
  const context = contextOf()
  const stop = new AbortController()
  const running = runProjections({ projections: [deadlines], store, readModel, signal: stop.signal })
  const must = (outcome: Outcome): Extract<Outcome, { kind: 'done' }> => {
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome))
    return outcome
  }
  const sent = { path: 'p', correlationId: 'test' }
  must(await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' }))
  const organise = async (login: string, command: Parameters<typeof handleOrganisation>[1]['command']) => must(await handleOrganisation(context, { ...sent, command, sender: { login } }))
  await organise('admin', { intent: 'register-authority', unit: 'socialnamnden', name: 'Socialnämnden' })
  await organise('admin', { intent: 'register-provider', unit: 'nattugglan-ab', name: 'Nattugglan AB' })
  for (const { unit, name, parent } of units) await organise('admin', { intent: 'register-unit', unit, name, parent })
  for (const grant of grants) {
    const made = await handleOrganisation(context, { ...sent, command: { intent: 'grant-role', ...grant, from: start }, sender: { login: 'admin' } })
    if (made.kind === 'done' && grant.role !== 'reporter') await organise('dataskydd', { intent: 'confirm-grant', grant: made.extra?.['grant'] ?? '' })
  }
  const caughtUp = async (): Promise<void> => {
    const head = await store.checkpoint('head')
    if (head !== 'start' && !(await readModel.reached(deadlines.name, head.position, 10_000))) throw new Error('The projection is behind')
  }
  const act = async (login: string, caseId: string | undefined, command: DeviationCommand) => must(await handleDeviation(context, { ...sent, command, caseId, sender: { login } }))
  return {
    clock,
    store,
    context,
    contextOf,
    caughtUp,
    organise,
    act,
    report: async (more: Partial<Extract<DeviationCommand, { readonly intent: 'report' }>> = {}): Promise<string> =>
      caseIdOf(
        (
          await act('medarbetare-missbruk', undefined, {
            intent: 'report', origin: 'staff', channel: 'web', reportedType: 'deviation', legalAreas: ['SoL'], unit: 'missbruk', discoveredAt: start, concerns: 'operation', description: 'x', ...more,
          })
        ).stream,
      ),
    routine: async (command: Parameters<typeof handleRoutine>[1]['command'], routineId?: string) => must(await handleRoutine(context, { ...sent, command, routineId, sender: { login: 'chef-missbruk' } })),
    publish: async (policy: string) => must(await handlePolicy(context, { ...sent, command: { intent: 'publish', policy }, sender: { login: 'admin' } })),
    /** What the clock said, in the order of the log. */
    said: async (): Promise<readonly Recorded[]> => (await logOf(store)).filter(({ meta }) => meta.actor.role === 'clock'),
    close: async () => {
      stop.abort()
      await running
      await Promise.all([store.close(), vault.close(), readModel.close()])
    },
  }
}
const logOf = async (store: EventStore): Promise<readonly Recorded[]> => {
  const events: Recorded[] = []
  for await (const item of store.subscribe({ after: 'start', signal: new AbortController().signal })) {
    if (item === 'caught-up') break
    if (!('passed' in item)) events.push(item)
  }
  return events
}
const told = (events: readonly Recorded[]): readonly string[] => events.map(({ stream, type, data }) => `${stream} ${type} ${String(data['deadline'])} ${String(data['dueInstant'])} ${String(data['step'] ?? '')}`)

let w: World
beforeEach(async () => {
  w = await openWorld()
})
afterEach(() => w.close())

describe('a round of the clock', () => {
  it('says nothing before its instant, and then each thing once', async () => {
    const id = await w.report()
    await w.caughtUp()
    expect(await nextInstant(w.context)).toBe('2026-03-07T23:00:00.000Z')
    w.clock.set('2026-03-07T22:59:59.999Z')
    expect(await tick(w.context)).toMatchObject({ said: 0, failed: [] })
    w.clock.set('2026-03-07T23:00:00.000Z')
    expect(await tick(w.context)).toMatchObject({ said: 1, failed: [] })
    expect(await tick(w.context)).toMatchObject({ said: 0, failed: [] })
    const [warned] = await w.said()
    expect(warned).toMatchObject({ stream: deviationStream(id), type: 'deadline-warned', data: { deadline: 'assess', late: false }, meta: { actor: { id: 'clock', role: 'clock' } } })
    await w.act('chef-missbruk', id, { intent: 'assess', group: 'social', outcome: 'deviation', category: 'annat' })
    await w.caughtUp()
    w.clock.set('2026-03-20T00:00:00.000Z')
    expect(await tick(w.context)).toMatchObject({ said: 0, failed: [] })
  })
  it('catches up in the order of the instants after a stop, and says that it is late', async () => {
    const ids = [await w.report(), await w.report({ wantsFeedback: true }), await w.report({ reportedType: 'misconduct' })]
    await w.caughtUp()
    w.clock.set('2026-03-12T09:00:00.000Z')
    const { said, failed } = await tick(w.context)
    const events = await w.said()
    expect([failed, said, events.length]).toEqual([[], events.length, events.length])
    const at = events.map(({ data }) => String(data['at']))
    expect(at).toEqual(at.toSorted())
    expect(events.every(({ data }) => data['late'] === true)).toBe(true)
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set(ids.map(deviationStream)))
    expect(told(events).filter((line) => line.includes('deadline-missed assess')).length).toBe(2)
    expect(told(events)).toContainEqual(expect.stringContaining('deadline-missed protect'))
    expect(new Set(told(events)).size).toBe(events.length)
  })
  it('is said once by two clocks at once, and by one that starts again', async () => {
    for (let i = 0; i < 12; i++) await w.report({ wantsFeedback: i % 2 === 0 })
    await w.caughtUp()
    w.clock.set('2026-03-12T09:00:00.000Z')
    // Both have looked at the same rows, so that each has everything to say.
    const answers = await Promise.all([tick(w.context), tick(w.contextOf()), tick(w.contextOf())])
    expect(answers.flatMap(({ failed }) => failed)).toEqual([])
    const lines = told(await w.said())
    expect(lines.length).toBeGreaterThan(40)
    expect(new Set(lines).size).toBe(lines.length)
    expect((await tick(w.contextOf())).said).toBe(0)
    expect(told(await w.said())).toEqual(lines)
  })
  it('says a second miss after an extension', async () => {
    const id = await w.report()
    w.clock.set('2026-05-05T09:00:00.000Z')
    await w.caughtUp()
    await tick(w.context)
    await w.act('chef-missbruk', id, { intent: 'extend-deadline', deadline: 'close', newDue: '2026-05-29', reason: 'Semester' })
    await w.caughtUp()
    w.clock.set('2026-06-01T09:00:00.000Z')
    await tick(w.context)
    expect(told(await w.said()).filter((line) => line.includes('deadline-missed close'))).toEqual([
      `${deviationStream(id)} deadline-missed close 2026-05-04T22:00:00.000Z `,
      `${deviationStream(id)} deadline-missed close 2026-05-29T22:00:00.000Z `,
    ])
  })
  it('speaks in the streams of routines and of the policy too', async () => {
    await w.routine({ intent: 'register-routine', id: 'medicin', process: 'Boende', activity: 'Dosett', name: 'Läkemedel', ownerUnit: 'missbruk' })
    await w.routine({ intent: 'plan-self-check', what: 'x', interval: 'once', direction: 'up', lowestAcceptedResult: 1, firstDue: '2026-04-01' }, 'medicin')
    await w.publish('kommunen-1')
    await w.caughtUp()
    w.clock.set('2027-03-10T09:00:00.000Z')
    await tick(w.context)
    expect(told(await w.said()).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'routine-medicin deadline-warned self-check',
      'routine-medicin deadline-missed self-check',
      'routine-medicin deadline-escalated self-check',
      'routine-medicin deadline-escalated self-check',
      'routine-medicin deadline-escalated self-check',
      'policy deadline-warned review-policy',
      'policy deadline-missed review-policy',
    ])
  })
  it('goes on with the others where one stream cannot be written to, tells why, and tries again', async () => {
    const [broken, whole] = [await w.report(), await w.report()]
    await w.caughtUp()
    w.clock.set('2026-03-10T09:00:00.000Z')
    let fails = true
    const store: EventStore = {
      ...w.store,
      append: (stream, expected, events) => (fails && stream === deviationStream(broken) ? Promise.reject(new Error('The disk is full')) : w.store.append(stream, expected, events)),
    }
    const { failed } = await tick(w.contextOf(store))
    expect(failed).toEqual([{ stream: deviationStream(broken), reason: new Error('The disk is full') }])
    expect(new Set((await w.said()).map(({ stream }) => stream))).toEqual(new Set([deviationStream(whole)]))
    fails = false
    expect((await tick(w.contextOf(store))).failed).toEqual([])
    expect(told(await w.said()).filter((line) => line.includes('deadline-missed assess')).length).toBe(2)
  })
})

describe('a case from before there were deadlines', () => {
  /** The same events without those of time, in a stream of their own, as an earlier version wrote them. */
  const asBefore = async (id: string): Promise<string> => {
    const old = '00000000-0000-7000-8000-00000000000a'
    const drafts: Draft[] = []
    for await (const { stream: _, revision: __, recordedAt: ___, position: ____, size: _____, ...draft } of w.store.read(deviationStream(id)))
      if (draft.type !== 'deadlines-set') drafts.push({ ...draft, id: `${draft.id.slice(0, -1)}f` })
    await w.store.append(deviationStream(old), 'none', drafts)
    return old
  }
  it('gets them once, counted from its recorded events', async () => {
    const old = await asBefore(await w.report({ receivedAt: '2026-02-27T10:00:00.000Z' }))
    await w.caughtUp()
    expect(await setFirstDeadlines(w.context)).toBe(1)
    await w.caughtUp()
    expect(await setFirstDeadlines(w.context)).toBe(0)
    const set = (await w.said()).filter(({ type }) => type === 'deadlines-set')
    expect(set).toMatchObject([{ stream: deviationStream(old), data: { deadlines: [{ id: 'assess', due: '2026-03-04' }, { id: 'close', due: '2026-04-27' }] } }])
  })
  it('waits for a projection that has never been built', async () => {
    const empty: Context = { ...w.context, readModel: await openReadModel({ file: ':memory:' }) }
    expect(await setFirstDeadlines(empty)).toBeUndefined()
    expect(await tick(empty)).toMatchObject({ said: 0, failed: [] })
    await empty.readModel.close()
  })
})
