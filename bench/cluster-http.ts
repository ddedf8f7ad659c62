import { join } from 'node:path'
import { filesOf } from '#apps/application/places'
import { allReached } from '#apps/application/standing'
import type { Aim } from '#bench/cannon'
import { clusterAddress, prepareCluster, runNamespace, startApi, startProjector } from '#bench/cluster-town'
import { prepareFolder } from '#bench/folder'
import { reporter, unitIds } from '#bench/municipality'
import { cpuAt, portsIn } from '#bench/processes'
import { inFolder, option, rounds } from '#bench/rounds'
import { authorised, startServer, type Running } from '#bench/server'
import { assessable, assessing, morning, reportBody, shoot } from '#bench/shoot'
import { atLeast, atMost, ranged, ratio, report, spread, type Row } from '#bench/table'
import type { ReadModel } from '#libs/kernel/read-model'
import { openReadModelPostgres } from '#libs/read-model-postgres/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

/**
 * Reports and assessments over HTTP, as `bench:http` fires them: on the embedded engine in one process; on a cluster by one api and by two, with the keys
 * in PostgreSQL and one projector at work. Servers and load are all on the same cores, so the processor time of a request is told for each process, up
 * to when the projections have caught up.
 */
const count = option('rounds', 3)
const seconds = option('seconds', 5)
const connections = option('connections', 64)
/** More than the rounds can use up. */
const cases = option('cases', 30_000)
const patienceMs = 900_000
const warmSeconds = 2
const address = clusterAddress()

/** Processor time so far, ms. */
type Parts = Readonly<Record<'api' | 'projector' | 'events' | 'postgres', number>>
interface Measured {
  readonly p50: number
  readonly p99: number
  readonly errors: number
  readonly refused: number
  /** Processor time of a request, µs. */
  readonly cost: Parts
  /** From the last answer until every projection had seen it. */
  readonly behindMs: number
}
/** A town to be put under load. */
interface Target {
  readonly folder: string
  readonly readModel: ReadModel
  /** Cases that nobody has assessed yet. */
  readonly stock: string[]
  readonly apis: readonly Running[]
  cpu(): Parts
}
const measured: Record<string, Measured[]> = {}
const unit = unitIds[0] ?? ''

/** Fires at all apis of the target at once, each with its share of the connections. */
const fire = async ({ folder, stock, apis }: Target, what: 'report' | 'assess', forSeconds: number) => {
  const logins = what === 'report' ? unitIds.slice(0, connections).map((each) => reporter(each)) : ['mas']
  const tokens = await Promise.all(logins.map(async (login) => (await authorised(folder, login))['authorization'] ?? ''))
  const share = Math.floor(stock.length / apis.length)
  const shots = await Promise.all(
    apis.map(async ({ url }, n) => {
      const mine = stock.slice(n * share, (n + 1) * share)
      const aim: Pick<Aim, 'body'> = what === 'report' ? { body: reportBody(unit) } : assessing(mine)
      const shot = await shoot({ url: `${url}/v1/deviations`, connections: connections / apis.length, seconds: forSeconds, tokens, ...aim })
      if (shot.used > mine.length) throw new Error(`The ${cases} cases are used up: --cases takes more`)
      return { shot, used: mine.slice(0, shot.used) }
    }),
  )
  const used = new Set(shots.flatMap((each) => each.used))
  stock.splice(0, stock.length, ...stock.filter((id) => !used.has(id)))
  return shots.map(({ shot }) => shot)
}
/** Until every projection has seen what is written by now. */
const caughtUp = async ({ folder, readModel, apis: [api] }: Target): Promise<void> => {
  const answer = await api?.client.send('POST', '/v1/deviations', await authorised(folder, reporter(unit)), JSON.parse(reportBody(unit)))
  if (answer?.status !== 201 || !(await allReached(readModel, String(answer.body['position']), patienceMs))) throw new Error(`The projections have not caught up: ${JSON.stringify(answer)}`)
}
const measure = async (name: string, what: 'report' | 'assess', target: Target): Promise<number> => {
  const before = target.cpu()
  const shots = await fire(target, what, seconds)
  const ended = performance.now()
  await caughtUp(target)
  const behindMs = performance.now() - ended
  const after = target.cpu()
  const perSecond = shots.reduce((sum, shot) => sum + shot.perSecond, 0)
  const cost = (part: keyof Parts): number => ((after[part] - before[part]) * 1_000) / (perSecond * seconds)
  ;(measured[name] ??= []).push({
    p50: Math.max(...shots.map(({ p50 }) => p50)),
    p99: Math.max(...shots.map(({ p99 }) => p99)),
    errors: shots.reduce((sum, { errors }) => sum + errors, 0),
    refused: shots.reduce((sum, { refused }) => sum + refused, 0),
    cost: { api: cost('api'), projector: cost('projector'), events: cost('events'), postgres: cost('postgres') },
    behindMs,
  })
  return perSecond
}

// What only tests use is not built.
const { startPostgres }: typeof import('#libs/postgres/testing/server') = await import(new URL('../libs/postgres/testing/server.ts', import.meta.url).href)
const postgres = await startPostgres({ shared_buffers: '512MB', max_wal_size: '4GB' })
try {
  await inFolder(async (root) => {
    const folder = join(root, 'embedded')
    const embedded = await prepareFolder(folder, { keys: true, generation: assessable(cases) })
    const town = await prepareCluster({ folder: join(root, 'cluster'), eventsUrl: runNamespace(address), postgres, keys: true, generation: assessable(cases) })
    const alone = await startServer(folder, { clock: morning, patienceMs })
    const projector = await startProjector(town, { clock: morning })
    const first = await startApi(town, { clock: morning, patienceMs })
    const inFile: Target = {
      folder,
      readModel: await openReadModel({ file: filesOf(folder).read, readonly: true }),
      stock: [...embedded.cases],
      apis: [alone],
      cpu: () => ({ api: alone.cpu().process, projector: 0, events: 0, postgres: 0 }),
    }
    const [readModel, stock] = [await openReadModelPostgres({ url: town.stores.read }), [...town.cases]]
    const onCluster = (apis: readonly Running[]): Target => ({
      folder: town.folder,
      readModel,
      stock,
      apis,
      cpu: () => ({
        api: apis.reduce((sum, api) => sum + api.cpu().process, 0),
        projector: projector.cpu().process,
        events: cpuAt(portsIn(address)),
        postgres: cpuAt(portsIn(town.stores.read)),
      }),
    })
    /** The second api is there for its own rounds only: whoever runs follows the log. */
    const withTwo = async (work: (target: Target) => Promise<number>): Promise<number> => {
      const second = await startApi(town, { clock: morning, patienceMs })
      const fresh = onCluster([second])
      await fire(fresh, 'report', warmSeconds)
      await caughtUp(fresh)
      const rate = await work(onCluster([first, second]))
      await second.stop()
      return rate
    }
    for (const target of [inFile, onCluster([first])]) {
      await fire(target, 'report', warmSeconds)
      await caughtUp(target)
    }
    const kinds = ['report', 'assess'] as const
    const variants = kinds.flatMap((what) => [
      [`${what}, embedded`, () => measure(`${what}, embedded`, what, inFile)] as const,
      [`${what}, one api`, () => measure(`${what}, one api`, what, onCluster([first]))] as const,
      [`${what}, two apis`, () => withTwo((target) => measure(`${what}, two apis`, what, target))] as const,
    ])
    const rates = await rounds(count, Object.fromEntries(variants))
    for (const running of [first, projector, alone]) await running.stop()
    for (const opened of [readModel, inFile.readModel]) await opened.close()

    const of = (name: string): readonly number[] => rates[name] ?? []
    const median = (name: string, pick: (each: Measured) => number): number => spread((measured[name] ?? []).map(pick)).median
    const total = (name: string, pick: (each: Measured) => number): number => (measured[name] ?? []).reduce((sum, each) => sum + pick(each), 0)
    const part = (name: string, which: keyof Parts): number | string => (name.endsWith('embedded') && which !== 'api' ? '' : median(name, ({ cost }) => cost[which]))
    const names = variants.map(([name]) => name)
    report('cluster-http', {
      rows: names.map((name): Row => {
        const [what = ''] = name.split(', ')
        return {
          variant: name,
          'requests/s': ranged(spread(of(name))),
          'ratio to embedded': ranged(ratio(of(name), of(`${what}, embedded`))),
          'ratio to one api': ranged(ratio(of(name), of(`${what}, one api`))),
          'p50 ms': median(name, ({ p50 }) => p50),
          'p99 ms': median(name, ({ p99 }) => p99),
          'CPU µs of api': part(name, 'api'),
          projector: part(name, 'projector'),
          EventStoreDB: part(name, 'events'),
          PostgreSQL: part(name, 'postgres'),
          'behind ms': median(name, ({ behindMs }) => behindMs),
          errors: String(total(name, ({ errors }) => errors)),
          'not 2xx': String(total(name, ({ refused }) => refused)),
        }
      }),
      bars: [
        ...kinds.map((what) => atLeast(`${what}: two apis against one, where there are cores for them`, ratio(of(`${what}, two apis`), of(`${what}, one api`)).median, 1.7)),
        atMost('errors and refusals', names.reduce((sum, name) => sum + total(name, ({ errors, refused }) => errors + refused), 0), 0),
      ],
      notes: [`${count} rounds of ${seconds} s, ${connections} connections; ${portsIn(address).length} nodes of EventStoreDB, PostgreSQL, one projector, the apis and the load on the same machine.`],
      raw: { rates, measured },
    })
  })
} finally {
  await postgres.stop()
}
