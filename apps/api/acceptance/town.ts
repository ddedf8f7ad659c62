import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type ServerOptions } from '#apps/api/server'
import type { StopOptions } from '#apps/api/stopping'
import { authenticator, demoVerifier, mintDemoToken } from '#apps/api/tokens'
import { founders, organisationSteps } from '#apps/application/demo/organisation'
import type { ReactorSettings } from '#apps/application/reactors'
import { openVaka } from '#apps/application/vaka'
import { withoutTime } from '#libs/deadlines/testing/without-time'
import { judgements, type CommandOf, type Intent } from '#libs/deviation/commands'
import type { InjectOptions } from 'fastify'
import { pino } from 'pino'

type Headers = Readonly<Record<string, string>>
/** What a person sends: the body of a command without its intent. */
export type Body<I extends Intent> = Omit<CommandOf<I>, 'intent'>
type Act = Exclude<Intent, 'report' | 'report-batch'>

export interface TownOptions {
  readonly clock?: string
  readonly organised?: boolean
  readonly perSecond?: number
  readonly streams?: ServerOptions['streams']
  readonly folder?: string
  readonly reactors?: ReactorSettings
}
/**
 * The whole application for real, on a folder of its own, with the organisation of the demonstration: a server that is asked over HTTP with
 * real tokens, and what it logs. A folder that was closed may be opened again. `revisions` remembers what each case has come to, as a client would, and judgements send it as If-Match.
 */
export const openTown = async ({ clock = '2026-03-02T08:00:00.000Z', organised = true, perSecond = 1_000_000, streams, reactors, folder = mkdtempSync(join(tmpdir(), 'vaka-town-')) }: TownOptions = {}) => {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const application = await openVaka({ dataFolder: folder, clock, demo: true, ...(reactors && { reactors }) }, write)
  const log = pino({ level: 'trace', base: null }, { write })
  const server = await createServer({ application, authenticate: authenticator(demoVerifier(folder)), rateLimit: perSecond, log, ...(streams && { streams }) })
  const tokens = new Map<string, Promise<string>>()
  const tokenOf = (login: string): Promise<string> => {
    const token = tokens.get(login) ?? mintDemoToken(folder, login)
    tokens.set(login, token)
    return token
  }
  const revisions = new Map<string, number>()
  let position = ''

  const ask = async (login: string, method: 'GET' | 'POST', url: string, payload?: InjectOptions['payload'], headers: Headers = {}) => {
    const authorization = `Bearer ${await tokenOf(login)}`
    const answer = await server.fastify.inject({ method, url, headers: { authorization, ...headers }, ...(payload !== undefined && { payload }) })
    const isJson = answer.headers['content-type']?.toString().includes('json') ?? false
    const body = isJson ? answer.json() : undefined
    return { status: answer.statusCode, headers: answer.headers, text: answer.body, body }
  }
  /** A question that has seen what was written before it. */
  const get = (login: string, url: string, headers: Headers = {}) =>
    ask(login, 'GET', position === '' ? url : `${url}${url.includes('?') ? '&' : '?'}after=${position}`, undefined, headers)
  const post = async (login: string, url: string, body: object = {}, headers: Headers = {}) => {
    const answer = await ask(login, 'POST', url, body, headers)
    if (answer.status < 300 && answer.body?.position > position) position = answer.body.position
    return answer
  }
  const command = async <I extends Act>(login: string, id: string, intent: I, body: Body<I>, headers: Headers = {}) => {
    const ifMatch: Headers = judgements.has(intent) && revisions.has(id) ? { 'if-match': `"${revisions.get(id)}"` } : {}
    const answer = await post(login, `/v1/deviations/${id}/${intent}`, body, { ...ifMatch, ...headers })
    if (answer.status === 200) revisions.set(id, Math.max(revisions.get(id) ?? 0, answer.body.revision))
    return answer
  }
  /** Sends a command and tells in one line what came of it: the status, and the events, reasons, faulty fields or problem. */
  const tries = async <I extends Act>(login: string, id: string, intent: I, body: Body<I>, headers: Headers = {}): Promise<string> =>
    outcomeOf(await command(login, id, intent, body, headers))
  /** Sends a command that must be done, and tells the events. */
  const does = async <I extends Act>(login: string, id: string, intent: I, body: Body<I>): Promise<string> => {
    const outcome = await tries(login, id, intent, body)
    if (!outcome.startsWith('200 ')) throw new Error(`${login} ${intent}: ${outcome}`)
    return outcome.slice(4)
  }
  const sendReport = (login: string, what: Partial<Body<'report'>> & Pick<Body<'report'>, 'unit'>, headers: Headers = {}) =>
    post(login, '/v1/deviations', { ...ordinary, ...what }, headers)
  /** Reports and answers the id of the case. */
  const reports = async (login: string, what: Partial<Body<'report'>> & Pick<Body<'report'>, 'unit'>, headers: Headers = {}): Promise<string> => {
    const answer = await sendReport(login, what, headers)
    if (answer.status !== 201) throw new Error(`${login} report: ${outcomeOf(answer)}`)
    revisions.set(answer.body.id, answer.body.revision)
    return answer.body.id
  }
  /** Goes forward in time; what comes due on the way is said. */
  const later = (days: number): Promise<void> => until(new Date(Date.parse(application.clock.now()) + days * 86_400_000).toISOString())
  const until = async (now: string): Promise<void> => {
    const answer = await ask('', 'POST', '/demo/clock', { now })
    if (answer.status !== 200) throw new Error(answer.text)
  }

  const organise = async (): Promise<void> => {
    const grants = new Map<string, string>()
    const done = async (login: string, url: string, body: object): Promise<string> => {
      const answer = await post(login, url, body)
      if (answer.status !== 200) throw new Error(`${login} ${url}: ${outcomeOf(answer)}`)
      return answer.body.grant ?? ''
    }
    await done('', '/demo/organisation-init', founders)
    for (const step of organisationSteps()) {
      if (step.kind === 'case') continue
      const { intent, ...body } = step.kind === 'organisation' ? step.command : { intent: 'confirm-grant', grant: grants.get(step.grants) }
      grants.set(step.key, await done(step.who, `/v1/organisation/${intent}`, body))
    }
  }
  const close = async (): Promise<void> => {
    await server.close()
    await application.close()
  }
  const end = async (): Promise<void> => {
    await close()
    rmSync(folder, { recursive: true })
  }
  try {
    if (organised) await organise()
  } catch (thrown) {
    await end()
    throw thrown
  }
  return {
    ask, get, post, command, tries, does, sendReport, reports, later, until, close, folder, lines, application, tokenOf, revisions,
    fastify: server.fastify,
    listen: () => server.listen(0, '127.0.0.1'),
    closeServer: (options?: StopOptions) => server.close(options),
    now: () => application.clock.now(),
    /** Closes and removes the folder. */
    end,
  }
}
export type Town = Awaited<ReturnType<typeof openTown>>

interface Told {
  readonly status: number
  readonly body: {
    readonly type?: string
    readonly events?: readonly { readonly type: string }[]
    readonly reasons?: readonly { readonly code: string }[]
    readonly errors?: readonly { readonly pointer: string; readonly code: string }[]
  }
}
/** What came of a command in one line, without the events of time. */
export const outcomeOf = ({ status, body }: Told): string => {
  const { events, reasons, errors, type = '' } = body
  const what = (events && withoutTime(events.map((e) => e.type))) ?? reasons?.map((r) => r.code) ?? errors?.map((e) => `${e.pointer} ${e.code}`) ?? [type.replace('/problems/', '')]
  return `${status} ${what.join(' ')}`
}

export const ordinary: Omit<Body<'report'>, 'unit'> = {
  origin: 'staff',
  channel: 'web',
  reportedType: 'deviation',
  legalAreas: ['SoL'],
  discoveredAt: '2026-03-01T10:00:00Z',
  concerns: 'person',
  description: 'Beskrivning',
}
export const assess = (outcome: Body<'assess'>['outcome'], more: Partial<Body<'assess'>> = {}): Body<'assess'> => ({ group: 'social', outcome, category: 'insats-utebliven', ...more })
export const score = (severity: number, likelihood: number, group: 'social' | 'health' = 'social'): Body<'score-risk'> => ({ group, severity, likelihood })
export const findings: Body<'complete-investigation'> = {
  whatHappened: 'Insatsen uteblev',
  consequences: 'Oro',
  howNoticed: 'Vid tillsyn',
  whenHappened: 'På kvällen',
  causes: ['tidsbrist'],
  happenedBefore: 'Nej',
  couldHappenAgain: 'Ja',
}
export const effect = { what: 'Uteblivna insatser', direction: 'down', lowestAcceptedResult: 2, checkOn: '2026-06-01' } as const
export const measure = (measureId: string, responsibleUnit: string, more: Partial<Body<'propose-measure'>> = {}): Body<'propose-measure'> => ({
  measureId,
  type: 'rutin',
  level: 'unit',
  timing: 'corrective',
  description: 'Ny rutin',
  goal: 'Färre fel',
  responsibleUnit,
  plannedCompletion: '2026-04-01',
  effect,
  ...more,
})
export const approve = (...measureIds: readonly string[]): Body<'decide-measures'> => ({ decisions: measureIds.map((measureId) => ({ measureId, decision: 'approved' })) })
export const motivation = 'Motivering'
export const degree = (value: Body<'decide-degree'>['degree']): Body<'decide-degree'> => ({ degree: value, motivation })
export const ivo = (notify: boolean): Body<'decide-ivo-notification'> => ({ law: 'lex-sarah', notify, motivation })
const happened = '2026-03-01T12:00:00Z'
export const sent: Body<'record-ivo-sent'> = { law: 'lex-sarah', channel: 'e-service', sentAt: happened, diaryNumber: 'SN 2026/7' }
export const receipt: Body<'record-ivo-receipt'> = { law: 'lex-sarah', ivoCaseNumber: '3.1-1/2026', receivedAt: happened }
export const informed: Body<'inform-authority'> = { informedAt: happened, how: 'Brev' }
export const completed = (measureId: string): Body<'complete-measure'> => ({ measureId, completedAt: happened })
export const feedback = (to: Body<'give-feedback'>['to']): Body<'give-feedback'> => ({ to, how: 'Samtal', content: 'Tack' })
export type { Intent }
