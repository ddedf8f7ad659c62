import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { clusterAddress, clusterEnv, prepareCluster, runNamespace } from '#bench/cluster-town'
import { brokenPromises, projectionsThatDiffer, type Kept } from '#bench/kept'
import { reporter, unitIds } from '#bench/municipality'
import { member, type Member } from '#bench/process'
import { inFolder, option } from '#bench/rounds'
import { isDone, people, send, text, type Sent } from '#bench/sent'
import { authorised } from '#bench/server'
import { atMost, figure, quantile, report, type Row } from '#bench/table'

/**
 * Two api and two projectors on a cluster, under load, while one after the other is killed, frozen or told to stop, and the stores go away and come
 * back: `--minutes 60` for the long proof, `--rate` commands a second. The log is that of EVENTSTORE_URL; `--hurt <command>` names a program that
 * hurts that cluster, such as one that ends its leader and starts it again, and ends when it is whole.
 * Every command is sent until it is answered, to one api and then to the other, under one key. Every few minutes all is held against the log.
 */
const minutes = option('minutes', 5)
const rate = option('rate', 20)
const checkEvery = option('check', 10)
const clients = 16
/** Longest that a command may go unanswered, and the whole may not be ready after what was done to it, s. */
const patience = 60
const hurtAt = process.argv.indexOf('--hurt')
const hurtCommand = hurtAt < 0 ? undefined : process.argv[hurtAt + 1]

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const between = (least: number, most: number): number => least + Math.random() * (most - least)
const oneOf = <T>(all: readonly T[]): T => {
  const one = all[Math.floor(Math.random() * all.length)]
  if (one === undefined) throw new Error('Nothing to choose from')
  return one
}
const began = performance.now()
const now = (): number => (performance.now() - began) / 1000
const failures: string[] = []
const fail = (sentence: string): void => {
  failures.push(`${figure(now())} s: ${sentence}`)
  console.error(`${figure(now())} s: ${sentence}`)
}

/** Answered in time, from before what was waited for. */
const behind = 299
interface Look {
  readonly at: number
  readonly status: number
  readonly ms: number
}
/** What was done, from when to when, and how long until all were ready again. */
interface Harm {
  readonly what: string
  readonly from: number
  until: number
  recovered: number
}

// What only tests use is not built.
const { startPostgres }: typeof import('#libs/postgres/testing/server') = await import(new URL('../libs/postgres/testing/server.ts', import.meta.url).href)

const address = clusterAddress()
const torture = async (folder: string): Promise<void> => {
  const postgres = await startPostgres({ max_connections: '100' })
  const town = await prepareCluster({ folder, eventsUrl: runNamespace(address), postgres })
  const env = { VAKA_DATA: folder, ...clusterEnv(town) }
  const apis = await Promise.all(['api 1', 'api 2'].map((name) => member({ name, program: 'api', env })))
  const projectors = await Promise.all(['projector 1', 'projector 2'].map((name) => member({ name, program: 'projector', env })))
  const all = [...apis, ...projectors]
  for (const each of all) {
    each.onEnded((code) => {
      fail(`${each.name} ended by itself with ${String(code)}: ${each.said().trim().slice(-3000)}`)
      each.start()
    })
    each.start()
  }
  const allReady = async (withinS: number): Promise<boolean> => {
    for (const end = now() + withinS; now() < end; await rest(50)) if ((await Promise.all(all.map((each) => each.isReady()))).every(Boolean)) return true
    return false
  }
  if (!(await allReady(patience))) throw new Error(`Not ready in ${patience} s: ${all.map((each) => `${each.name}: ${each.said()}`).join('\n')}`)

  const who = people(folder)
  const acknowledged: Sent[] = []
  const cases: { readonly unit: string; readonly id: string; revision: number }[] = []
  const harms: Harm[] = []
  const answered: Look[] = []
  const reads: Look[] = []
  const attempts: Look[] = []
  let stopped = false
  let paused = false
  let quiet = 0

  /** Until it has an answer that is one. */
  const insist = async (sent: Sent, first: number): Promise<boolean> => {
    const started = now()
    for (let turn = first; now() - started < patience; turn++) {
      const api = apis[turn % apis.length]
      if (!api) continue
      const { status, ms, body } = await send(api.client, sent)
      attempts.push({ at: now(), status, ms })
      if (isDone(sent)) {
        answered.push({ at: now(), status, ms: (now() - started) * 1000 })
        acknowledged.push(sent)
        return true
      }
      if (status === 412 || status === 409) return false
      if (status !== 0 && status !== 503) {
        fail(`${sent.path} was answered ${status} by ${api.name}: ${JSON.stringify(body)}`)
        return false
      }
      await rest(between(50, 250))
    }
    fail(`${sent.path} had no answer in ${patience} s: last ${String(sent.answer?.status)} ${JSON.stringify(sent.answer?.body)}`)
    return false
  }
  /** What was answered is there for whoever asks the other api, once that says that it has come so far. */
  const readBack = async (unit: string, sent: Sent, asked: number): Promise<void> => {
    const api = apis[asked % apis.length]
    if (!api) return
    const { position, id } = { position: text(sent.answer?.body['position']), id: text(sent.answer?.body['id']) }
    const { status, ms, body, headers } = await api.client.send('GET', `/v1/deviations?view=reported-by-me&after=${encodeURIComponent(position)}`, await authorised(folder, reporter(unit)))
    const isBehind = status === 200 && text(headers['vaka-position']) < position
    reads.push({ at: now(), status: isBehind ? behind : status, ms })
    if (status !== 200) {
      if (status !== 0 && status !== 503) fail(`A read was answered ${status} by ${api.name}: ${JSON.stringify(body)}`)
      return
    }
    const rows: unknown = body['rows']
    if (!isBehind && (!Array.isArray(rows) || !rows.some((row) => Reflect.get(Object(row), 'id') === id))) fail(`${api.name} does not show ${id} to its reporter after ${position}`)
  }
  const client = async (n: number): Promise<void> => {
    const unit = unitIds[n] ?? ''
    const meanMs = (1000 * clients) / rate
    while (!stopped) {
      await rest(between(0, 2 * meanMs))
      if (paused) {
        quiet++
        while (paused && !stopped) await rest(50)
        quiet--
        continue
      }
      const turn = Math.random() < 0.5 ? 0 : 1
      const known = cases.length > 0 && Math.random() < 0.5 ? oneOf(cases) : undefined
      if (!known) {
        const sent = await who.report(unit)
        if (!(await insist(sent, turn))) continue
        cases.push({ unit, id: text(sent.answer?.body['id']), revision: Number(sent.answer?.body['revision']) })
        await readBack(unit, sent, turn + 1)
      } else if (Math.random() < 0.7) await insist(await who.note(known.unit, known.id), turn)
      else await insist(await who.assess(known.unit, known.id, known.revision), turn)
    }
  }

  const harm = async (what: string, work: () => Promise<void>): Promise<void> => {
    const one: Harm = { what, from: now(), until: Infinity, recovered: Infinity }
    harms.push(one)
    await work()
    one.until = now()
    if (await allReady(patience)) {
      one.recovered = now()
      console.error(`${figure(one.from)} s: ${what}, for ${figure(one.until - one.from)} s; ready again ${figure(one.recovered - one.until)} s later`)
    } else fail(`Not ready ${patience} s after: ${what}. ${(await Promise.all(all.map(async (each) => `${each.name} ${JSON.stringify((await each.client.send('GET', '/health/ready')).body)}`))).join('; ')}`)
  }
  const kill = (one: Member) => async (): Promise<void> => {
    await one.end('SIGKILL')
    await rest(between(0, 4000))
    one.start()
  }
  const ask = (one: Member) => async (): Promise<void> => {
    const asked = now()
    const code = await one.end('SIGTERM')
    if (code !== 0) fail(`${one.name}, asked to end, ended with ${String(code)} after ${figure(now() - asked)} s: ${one.said().trim().slice(-300)}`)
    if (now() - asked > 10) fail(`${one.name} took ${figure(now() - asked)} s to end`)
    await rest(between(0, 2000))
    one.start()
  }
  const kinds: readonly { readonly share: number; readonly what: string; readonly work: () => () => Promise<void> }[] = [
    { share: 4, what: 'api killed', work: () => kill(oneOf(apis)) },
    { share: 4, what: 'projector killed', work: () => kill(oneOf(projectors)) },
    { share: 2, what: 'api told to end', work: () => ask(oneOf(apis)) },
    { share: 2, what: 'projector told to end', work: () => ask(oneOf(projectors)) },
    { share: 1, what: 'api frozen', work: () => () => oneOf(apis).freeze(between(2000, 12_000)) },
    { share: 2, what: 'projector frozen', work: () => () => oneOf(projectors).freeze(between(2000, 15_000)) },
    {
      share: 2,
      what: 'PostgreSQL crashed',
      work: () => async () => {
        await postgres.crash()
        await rest(between(0, 6000))
        await postgres.start()
      },
    },
    ...(hurtCommand === undefined ? [] : [{ share: 4, what: 'event store hurt', work: () => async () => void (await promisify(execFile)('sh', ['-c', hurtCommand])) }]),
  ]
  const lots = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind))
  const harming = async (): Promise<void> => {
    while (!stopped) {
      await rest(between(2000, 12_000))
      if (stopped || paused) continue
      const first = oneOf(lots)
      const second = Math.random() < 0.2 ? oneOf(lots.filter((kind) => kind.what.split(' ')[0] !== first.what.split(' ')[0])) : undefined
      busy = true
      await harm([first, ...(second ? [second] : [])].map(({ what }) => what).join(' and '), async () => void (await Promise.all([first.work()(), second?.work()()])))
      busy = false
    }
  }
  let busy = false
  let checks = 0
  const checkAll = async (): Promise<void> => {
    paused = true
    while (busy || quiet < clients) await rest(100)
    const log = await readLogUrl(town.stores.events)
    const readModel = await openReadModelUrl(town.stores.read)
    const kept: Kept[] = []
    for await (const item of log.subscribe({ after: 'start', streams: ['deviation-', 'organisation', 'policy', 'routine-'], signal: new AbortController().signal })) {
      if (item === 'caught-up') break
      if (!('passed' in item)) kept.push({ stream: item.stream, revision: item.revision, id: item.id, commandId: item.meta.commandId })
    }
    for (const sentence of [...brokenPromises(kept, acknowledged), ...(await projectionsThatDiffer(log, readModel))]) fail(sentence)
    await log.close()
    await readModel.close()
    checks++
    console.error(`${figure(now())} s: ${figure(acknowledged.length)} answered, ${figure(kept.length)} events, ${harms.length} harms, ${failures.length} broken`)
    paused = false
  }

  const running = [...Array.from({ length: clients }, (_, n) => client(n)), harming()]
  const end = now() + minutes * 60
  while (now() < end) {
    await rest(Math.min(checkEvery * 60_000, (end - now()) * 1000))
    await checkAll()
  }
  stopped = true
  await Promise.all(running)
  for (const each of all) await ask(each)().then(() => each.end('SIGKILL'))
  await postgres.stop()

  const calm = (at: number): boolean => !harms.some(({ from, recovered }) => at >= from && at <= recovered + 1)
  const rows = (name: string, looks: readonly Look[]): Row => {
    const still = looks.filter(({ at }) => calm(at))
    const lost = (of: readonly Look[]): string => [503, 0, behind].map((wanted) => of.filter(({ status }) => status === wanted).length).join(' / ')
    return { what: name, all: figure(looks.length), '503 / cut off / behind': lost(looks), 'while nothing was wrong': figure(still.length), 'of these': lost(still), 'p50 ms': quantile(still.map(({ ms }) => ms), 0.5), 'p99 ms': quantile(still.map(({ ms }) => ms), 0.99), 'longest ms, of all': Math.max(...looks.map(({ ms }) => ms)) }
  }
  report('torture-cluster-requests', { rows: [rows('commands, until answered', answered), rows('attempts', attempts), rows('reads after a write', reads)] })
  report('torture-cluster', {
    rows: Object.entries(Object.groupBy(harms, ({ what }) => what)).map(([what, of = []]): Row => {
      const s = of.map(({ until, recovered }) => recovered - until)
      return { harm: what, times: figure(of.length), 'ready again after s, p50': quantile(s, 0.5), longest: Math.max(...s) }
    }),
    bars: [atMost('promises broken', failures.length, 0)],
    notes: [`${figure(minutes)} minutes, ${figure(acknowledged.length)} commands answered, ${checks} times held against the log.`, ...failures.slice(0, 30)],
    raw: { failures, harms },
  })
  if (failures.length > 0) process.exitCode = 1
}
await inFolder(torture)
process.exit()
