import { createSecretKey, randomBytes } from 'node:crypto'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { grants, roots, units } from '#apps/application/demo/organisation'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { handlePolicy } from '#apps/application/policy'
import { handleRoutine } from '#apps/application/routines'
import { startTicker } from '#apps/application/ticker'
import { deviationStream } from '#events/deviation'
import type { DeviationCommand, Report } from '#libs/deviation/commands'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import type { Recorded } from '#libs/kernel/event'
import type { Outcome } from '#libs/kernel/outcome'
import { runProjections } from '#libs/kernel/projector'
import type { OrganisationCommand } from '#libs/organisation/commands'
import type { PolicyCommand } from '#libs/policy/commands'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'
import type { RoutineCommand } from '#libs/routines/commands'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'
import { deadlines } from '#projections/deadlines/deadlines'

const projections = [deadlines, alarmMails]

/** For specs: everything real, in memory, with the organisation of the demonstration and a clock that stands until it is told to pass. */
export const openWorld = async () => {
  const start = '2026-03-02T08:00:00.000Z'
  const clock = settableClock(start, { now: () => start })
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjections({ projections, store, readModel, signal: stop.signal })
  const caughtUp = async (): Promise<void> => {
    const head = await store.checkpoint('head')
    for (const { name } of projections) if (head !== 'start' && !(await readModel.reached(name, head.position, 10_000))) throw new Error(`${name} is behind`)
  }
  const ticker = startTicker(context, { clock, caughtUp, everyMs: 3_600_000, onFault: (thrown) => { throw thrown } })
  const done = (what: string, outcome: Outcome): Extract<Outcome, { kind: 'done' }> => {
    if (outcome.kind !== 'done') throw new Error(`${what}: ${JSON.stringify(outcome)}`)
    return outcome
  }
  const organise = async (login: string, command: OrganisationCommand): Promise<string> => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: command.intent, correlationId: 'test' })
    done(command.intent, outcome)
    return outcome.kind === 'done' ? (outcome.extra?.['grant'] ?? '') : ''
  }
  const grant = async (given: { readonly subject: string; readonly role: (typeof grants)[number]['role']; readonly unit: string; readonly scope: 'unit' | 'subtree' }): Promise<string> => {
    const id = await organise('admin', { intent: 'grant-role', ...given, from: clock.now() })
    if (given.role !== 'reporter') await organise('dataskydd', { intent: 'confirm-grant', grant: id })
    return id
  }
  await initialiseOrganisation(context, { admin: 'admin', confirmer: 'dataskydd' })
  for (const { unit, name, kind } of roots)
    await organise('admin', kind === 'authority' ? { intent: 'register-authority', unit, name } : { intent: 'register-provider', unit, name, private: true })
  for (const { unit, name, parent } of units) await organise('admin', { intent: 'register-unit', unit, name, parent })
  for (const each of grants) await grant(each)
  const act = async (login: string, caseId: string | undefined, command: DeviationCommand): Promise<string> => {
    const outcome = await handleDeviation(context, { command, caseId, sender: { login }, path: command.intent, correlationId: 'test' })
    return done(`${login} ${command.intent}`, outcome).stream.slice(deviationStream('').length)
  }
  return {
    context,
    clock,
    organise,
    grant,
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
        description: 'HEMLIG beskrivning',
        ...what,
      }),
    policy: async (login: string, command: PolicyCommand) => done(command.intent, await handlePolicy(context, { command, sender: { login }, path: command.intent, correlationId: 'test' })),
    routine: async (login: string, id: string | undefined, command: RoutineCommand) =>
      done(command.intent, await handleRoutine(context, { command, routineId: id, sender: { login }, path: command.intent, correlationId: 'test' })),
    /** Lets time pass to an instant; what the clock has to say on the way is said in its time. */
    pass: async (to: string): Promise<void> => {
      await ticker.pass(to)
      await caughtUp()
    },
    caughtUp,
    events: async (stream: string): Promise<readonly Recorded[]> => {
      const found: Recorded[] = []
      for await (const e of store.read(stream)) found.push(e)
      return found
    },
    staff: async (login: string): Promise<string> => (await vault.staffNumber(login)) ?? '',
    close: async (): Promise<void> => {
      await ticker.stop()
      stop.abort()
      await running
      await Promise.all([store.close(), vault.close(), readModel.close()])
    },
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>
