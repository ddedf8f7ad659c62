import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Aim, Shot } from '#bench/cannon'
import { prepareFolder } from '#bench/folder'
import { reporter, unitIds } from '#bench/municipality'
import { inFolder, option, rounds } from '#bench/rounds'
import { authorised, startServer, type Running } from '#bench/server'
import { assessable, assessing, morning, reportBody, shoot } from '#bench/shoot'
import { atLeast, atMost, figure, ranged, ratio, report, spread, type Row } from '#bench/table'

/**
 * P3: a report over HTTP through the whole server (authenticated, authorised, validated, decided, encrypted, on disk) against the same edge that
 * authenticates and validates but stores nothing, and against a bare Fastify. And a judgement with If-Match (`assess`), each on a case of its own.
 * Servers and load generator are processes of their own; rounds alternate. `--profile 1` writes CPU profiles of the whole server to
 * `bench/results`.
 */
const count = option('rounds', 5)
const seconds = option('seconds', 4)
const connections = option('connections', 64)
const profile = option('profile', 0) === 1
const warmSeconds = 2
/** More than the rounds can use up. */
const stock = option('cases', 200_000)

const file = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

interface Measured extends Shot {
  /** Processor time of the server for each request, µs: of all its threads, and of the one that answers. */
  readonly cpuUs: number
  readonly mainUs: number
}

await inFolder(async (root) => {
  const folder = (name: string): string => join(root, name)
  const { cases } = await prepareFolder(folder('whole'), {
    keys: true,
    generation: assessable(stock),
  })
  await prepareFolder(folder('edge'))
  const [whole, edge, noop] = await Promise.all([
    startServer(folder('whole'), { clock: morning, node: profile ? ['--cpu-prof', `--cpu-prof-dir=${file('results/')}`] : [] }),
    startServer(folder('edge'), { program: [file('stub.ts'), 'edge'] }),
    startServer(folder('noop'), { program: [file('stub.ts'), 'noop'] }),
  ])
  const tokens = async (name: string, logins: readonly string[]): Promise<string[]> =>
    Promise.all(logins.map(async (login) => (await authorised(folder(name), login))['authorization'] ?? ''))
  const reporters = unitIds.slice(0, connections).map((unit) => reporter(unit))
  const [wholeReporters, edgeReporters] = [await tokens('whole', reporters), await tokens('edge', reporters)]
  const medical = { whole: await tokens('whole', ['mas']), edge: await tokens('edge', ['mas']) }

  const shots: Record<string, Measured[]> = {}
  let nextCase = 0
  const fire = async (name: string, running: Running, aim: Pick<Aim, 'tokens' | 'body' | 'paths' | 'ifMatch'>): Promise<number> => {
    const before = running.cpu()
    const shot = await shoot({ connections, seconds, ...aim, url: `${running.url}/v1/deviations` })
    const after = running.cpu()
    const each = 1_000 / (shot.perSecond * seconds)
    ;(shots[name] ??= []).push({ ...shot, cpuUs: (after.process - before.process) * each, mainUs: (after.main - before.main) * each })
    // Only the whole server uses cases up.
    if (running === whole) nextCase += shot.used
    return shot.perSecond
  }
  const assess = (name: string, running: Running, who: readonly string[]) => (): Promise<number> =>
    fire(name, running, { tokens: who, ...assessing(cases.slice(running === whole ? nextCase : 0)) })
  const unit = unitIds[0] ?? ''
  const variants = {
    'bare Fastify': () => fire('bare Fastify', noop, { tokens: [], body: reportBody(unit) }),
    'report, nothing stored': () => fire('report, nothing stored', edge, { tokens: edgeReporters, body: reportBody(unit) }),
    'report, whole': () => fire('report, whole', whole, { tokens: wholeReporters, body: reportBody(unit) }),
    'assess, nothing stored': assess('assess, nothing stored', edge, medical.edge),
    'assess, whole': assess('assess, whole', whole, medical.whole),
  }
  for (const [running, tokens] of [[noop, []], [edge, edgeReporters], [whole, wholeReporters]] as const)
    await shoot({ url: `${running.url}/v1/deviations`, connections, seconds: warmSeconds, tokens, body: reportBody(unit) })
  const measured = await rounds(count, variants)
  const memory = whole.memory()
  await Promise.all([whole.stop(), edge.stop(), noop.stop()])

  const median = (name: string, of: 'p50' | 'p99' | 'cpuUs' | 'mainUs'): number => spread((shots[name] ?? []).map((shot) => shot[of])).median
  const total = (name: string, of: 'errors' | 'refused'): number => (shots[name] ?? []).reduce((sum, shot) => sum + shot[of], 0)
  const rows = Object.entries(measured).map(([name, rates]): Row => {
    const compared = name.startsWith('assess') ? measured['assess, nothing stored'] : measured['report, nothing stored']
    return {
      variant: name,
      'requests/s': ranged(spread(rates)),
      'ratio to nothing stored': ranged(ratio(rates, compared)),
      'ratio to bare Fastify': ranged(ratio(rates, measured['bare Fastify'])),
      'p50 ms': median(name, 'p50'),
      'p99 ms': median(name, 'p99'),
      'CPU µs': median(name, 'cpuUs'),
      'of it main thread': median(name, 'mainUs'),
      errors: String(total(name, 'errors')),
      'not 2xx': String(total(name, 'refused')),
    }
  })
  const bad = Object.keys(measured).reduce((sum, name) => sum + total(name, 'errors') + total(name, 'refused'), 0)
  report('http', {
    rows,
    bars: [
      atLeast('P3 report against the same route that stores nothing', ratio(measured['report, whole'], measured['report, nothing stored']).median, 0.6),
      atLeast('P3 report against bare Fastify', ratio(measured['report, whole'], measured['bare Fastify']).median, 0.25),
      atMost('P3 p99 of the report against p99 of nothing stored', median('report, whole', 'p99') / median('report, nothing stored', 'p99'), 3, ' x'),
      atMost('P3 errors and refusals', bad, 0),
    ],
    notes: [`${count} rounds of ${seconds} s, ${connections} connections; resident memory of the whole server at the end ${figure(memory)} MB.`],
    raw: { measured, shots },
  })
})
