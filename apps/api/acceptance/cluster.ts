import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ordinary } from '#apps/api/acceptance/town'
import type { Application } from '#apps/api/application'
import { deferred } from '#apps/api/deferred'
import { createServer, type Server } from '#apps/api/server'
import { authenticator, demoVerifier, mintDemoToken } from '#apps/api/tokens'
import { founders, organisationSteps } from '#apps/application/demo/organisation'
import type { StoreUrls } from '#apps/application/places'
import type { ReactorSettings } from '#apps/application/reactors'
import { openVaka } from '#apps/application/vaka'
import { startClusterProjector, type Projector } from '#apps/projector/cluster'
import { pino } from 'pino'

export interface Api {
  readonly application: Application
  readonly server: Server
}
export interface Answered {
  readonly status: number
  readonly retryAfter: unknown
  readonly body: ReturnType<typeof JSON.parse>
}
/** A report as a client sends it, again after 503 under the same key, and how often it took. */
export interface Reported {
  readonly id: string
  readonly position: string
  readonly tries: number
}
export const worker = 'medarbetare-missbruk'
export const report = { ...ordinary, unit: 'missbruk', discoveredAt: '2026-03-01T10:00:00Z' }

/** Apis and projectors of one log, each as its process composes it but all in this one, over stores that are given. Leases are lost after 3 seconds of silence. */
export const openCluster = (urls: StoreUrls) => {
  const folder = mkdtempSync(join(tmpdir(), 'vaka-cluster-'))
  const masterKey = randomBytes(32)
  const told: string[] = []
  const tell = (sentence: string): void => void told.push(sentence)
  const failed: unknown[] = []
  const onFinal = (thrown: unknown): void => void failed.push(thrown)
  const ending: (() => Promise<void>)[] = []
  const open = (clock?: string) => openVaka({ dataFolder: folder, stores: urls, masterKey: masterKey.toString('hex'), demo: true, ...(clock !== undefined && { clock }) }, tell)

  const ask = async ({ server }: Api, login: string, method: 'GET' | 'POST', url: string, payload?: object, key?: string): Promise<Answered> => {
    const headers = { authorization: `Bearer ${await mintDemoToken(folder, login)}`, ...(key !== undefined && { 'idempotency-key': key }) }
    const { statusCode, headers: said, body } = await server.fastify.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: statusCode, retryAfter: said['retry-after'], body: JSON.parse(body) }
  }
  return {
    folder,
    /** What the processes have said, and what they would have ended with. */
    told,
    failed,
    ask,
    api: async (clock?: string): Promise<Api> => {
      const application = deferred(() => open(clock), { tell, onFinal })
      const server = await createServer({ application, authenticate: authenticator(demoVerifier(folder)), rateLimit: 1_000_000, log: pino({ level: 'silent' }) })
      ending.push(async () => {
        await server.close()
        await application.close()
      })
      return { application, server }
    },
    projector: ({ clock, reactors }: { readonly clock?: string; readonly reactors?: ReactorSettings } = {}): Projector => {
      const projector = startClusterProjector({
        stores: urls, masterKey: { key: createSecretKey(masterKey) }, silenceMs: 3000, tell, onFinal, ...(clock !== undefined && { clock }), ...(reactors && { reactors }),
      })
      ending.push(() => projector.stop())
      return projector
    },
    readiness: async ({ server }: Api) => {
      const { statusCode, body } = await server.fastify.inject({ url: '/health/ready' })
      return { status: statusCode, body }
    },
    /** As an operator does it who has the addresses. */
    found: async (clock?: string): Promise<readonly unknown[]> => {
      const begin = await open(clock)
      const outcomes = [await begin.demo?.initOrganisation(founders), await begin.demo?.initOrganisation(founders), await begin.demo?.initOrganisation({ admin: 'other', confirmer: 'another' })]
      await begin.close()
      return outcomes
    },
    /** The organisation of the demonstration, each command to another api. Answers what was not done. */
    organise: async (apis: readonly [Api, Api]): Promise<readonly unknown[]> => {
      const grants = new Map<string, string>()
      const refused: unknown[] = []
      for (const step of organisationSteps()) {
        if (step.kind === 'case') continue
        const { intent, ...body } = step.kind === 'organisation' ? step.command : { intent: 'confirm-grant', grant: grants.get(step.grants) }
        const answer = await ask(apis[grants.size % 2 === 0 ? 0 : 1], step.who, 'POST', `/v1/organisation/${intent}`, body)
        if (answer.status !== 200) refused.push([step.key, answer])
        grants.set(step.key, answer.body.grant ?? '')
      }
      return refused
    },
    /** As a client does: again after 503, under the same key, at whichever api. */
    reported: async (apis: readonly [Api, Api], key: string, what: object = {}, login = worker): Promise<Reported> => {
      for (let tries = 1; ; tries++) {
        const { status, body, retryAfter } = await ask(apis[tries % 2 === 0 ? 0 : 1], login, 'POST', '/v1/deviations', { ...report, ...what }, key)
        if (status === 201) return { ...body, tries }
        if (status !== 503 || retryAfter !== '5') throw new Error(`A report was answered ${status}: ${JSON.stringify(body)}`)
        await new Promise(setImmediate)
      }
    },
    close: async (): Promise<void> => {
      await Promise.all(ending.map((end) => end()))
      rmSync(folder, { recursive: true })
    },
  }
}
export type Cluster = ReturnType<typeof openCluster>
export const leasesOf = (projector: Projector): unknown => projector.ready().details['leases']
