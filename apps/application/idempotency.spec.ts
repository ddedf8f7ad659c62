import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { organisationCache, policyCache, type Context } from '#apps/application/context'
import { handleDeviation } from '#apps/application/deviation'
import { handleOrganisation, initialiseOrganisation } from '#apps/application/organisation'
import { deviationStream } from '#events/deviation'
import type { DeviationCommand } from '#libs/deviation/commands'
import { path, tried } from '#libs/deviation/testing/paths'
import { aReport, seats, story, structure, type Story } from '#libs/deviation/testing/world'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import type { Outcome } from '#libs/kernel/outcome'
import type { OrganisationCommand } from '#libs/organisation/commands'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** The town of the domain's specs in a real store: logins are its people's names. */
const openTown = async () => {
  const clock = settableClock('2026-03-02T08:00:00.000Z')
  const store = await openEventStore({ file: ':memory:', clock })
  const vault = await openKeyVault({ file: ':memory:', masterKey: createSecretKey(randomBytes(32)) })
  const readModel = await openReadModel({ file: ':memory:' })
  const context: Context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const organise = async (login: string, command: OrganisationCommand): Promise<string> => {
    const outcome = await handleOrganisation(context, { command, sender: { login }, path: 'o', correlationId: 'test' })
    if (outcome.kind !== 'done') throw new Error(`${command.intent}: ${JSON.stringify(outcome)}`)
    return outcome.extra?.['grant'] ?? ''
  }
  await initialiseOrganisation(context, { admin: 'founder', confirmer: 'confirmer' })
  for (const { type, data } of structure) {
    if (type === 'authority-registered') await organise('founder', { intent: 'register-authority', unit: data.unit, name: data.name })
    if (type === 'provider-registered') await organise('founder', { intent: 'register-provider', unit: data.unit, name: data.name, private: data.private })
    if (type === 'unit-registered') await organise('founder', { intent: 'register-unit', unit: data.unit, name: data.name, parent: data.parent })
  }
  for (const [subject, role, unit, scope] of seats) {
    const grant = await organise('founder', { intent: 'grant-role', subject, role, unit, scope, from: clock.now() })
    if (role !== 'reporter') await organise('confirmer', { intent: 'confirm-grant', grant })
  }
  return {
    send: (login: string, caseId: string | undefined, idempotencyKey: string, command: DeviationCommand): Promise<Outcome> =>
      handleDeviation(context, { command, caseId, idempotencyKey, sender: { login }, path: `/v1/deviations/${command.intent}`, correlationId: 'test' }),
    head: async (caseId: string): Promise<number> => {
      let head = -1
      for await (const { revision } of store.read(deviationStream(caseId))) head = revision
      return head
    },
    close: () => Promise.all([store.close(), vault.close(), readModel.close()]),
  }
}

let town: Awaited<ReturnType<typeof openTown>>
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.close())

interface Sent {
  readonly login: string
  readonly caseId: string | undefined
  readonly key: string
  readonly command: DeviationCommand
  readonly outcome: Outcome
}
let keys = 0

describe('every command on a case', () => {
  it('answers a repetition at any later time with the first receipt, and another body under its key with a no, and writes nothing', async () => {
    const intents = new Set<string>()
    const checkAgain = async ({ login, caseId, key, command, outcome }: Sent, of: string): Promise<void> => {
      const head = await town.head(of)
      expect(await town.send(login, caseId, key, command)).toEqual(outcome)
      expect(await town.send(login, caseId, key, { ...command, ...(command.intent === 'report' ? { description: 'En annan.' } : { intent: 'supplement', text: `Ett annat ${command.intent}.` }) })).toEqual({ kind: 'key-reused' })
      // The key is its sender's: another's is another command, decided anew.
      if (caseId !== undefined) expect(await town.send('admin', caseId, key, command)).toEqual({ kind: 'not-found' })
      expect(await town.head(of)).toBe(head)
    }
    await fc.assert(
      fc.asyncProperty(path, fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), fc.constantFrom('deviation', 'misconduct', 'complaint'), fc.boolean(), async (acts, picks, reportedType, anonymous) => {
        const report = { ...aReport, reportedType, anonymous, legalAreas: ['SoL', 'HSL'] } as const
        const key = `k${keys++}`
        const first = await town.send('worker', undefined, key, report)
        if (first.kind !== 'done') throw new Error(`The report came to ${JSON.stringify(first)}`)
        const caseId = first.stream.slice('deviation-'.length)
        const sent: Sent[] = [{ login: 'worker', caseId: undefined, key, command: report, outcome: first }]
        let s: Story = story('worker', report)
        for (const [i, act] of acts.entries()) {
          const attempt = tried(s, act)
          if (attempt?.who === undefined || 'duplicateOf' in attempt.command) continue
          const { who: login, command } = attempt
          const before = s.types.length
          s = s.then(login, command)
          const once = `k${keys++}`
          const outcome = await town.send(login, caseId, once, command)
          // The application decides as the domain does.
          expect(outcome).toMatchObject({ kind: 'done', revision: s.facts.revision, events: s.types.slice(before).map((type) => ({ type })) })
          sent.push({ login, caseId, key: once, command, outcome })
          intents.add(command.intent)
          const pick = sent[(picks[i] ?? 0) % sent.length]
          if (pick) await checkAgain(pick, caseId)
        }
        for (const one of sent) await checkAgain(one, caseId)
      }),
      { numRuns: 40, endOnFailure: true },
    )
    expect(intents.size).toBeGreaterThan(20)
  })
})
