import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { projections } from '#apps/projector/list'
import { prepareLog } from '#bench/folder'
import { projectAll } from '#bench/project'
import { inFolder, option, rounds } from '#bench/rounds'
import { atLeast, atMost, ranged, ratio, report, spread, type Row } from '#bench/table'
import { eventLog } from '#libs/event-store-sqlite/schema'
import { readLog } from '#libs/event-store-sqlite/store'
import { rebuild } from '#libs/kernel/projector'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { openDatabase } from '#libs/sqlite/open'

/**
 * P5: every projection alone and all together, from the beginning of a generated log into a new read store, each run in a process of its own; beside
 * them the bare reading of the log (pages of 1,000, JSON.parse). `--events 2_000_000` for the large log.
 */
interface Run {
  readonly perSecond: number
  /** The same by processor time, of all threads. */
  readonly perCpuSecond: number
  /** Peak resident memory of the process in the first and in the second half of the time. */
  readonly firstMb: number
  readonly secondMb: number
}
const megabytes = (): number => process.memoryUsage.rss() / 1_048_576

const bareRead = (file: string): void => {
  const db = openDatabase(file, { ...eventLog, readonly: true })
  const page = db.prepare<[number], [number, string]>('select position, bytes from event where position > ? order by position limit 1000').raw()
  let position = 0
  for (let rows = page.all(0); rows.length > 0; rows = page.all(position))
    for (const [at, bytes] of rows) {
      JSON.parse(bytes)
      position = at
    }
  db.close()
}
/** One measurement, in this process. */
const run = async (name: string, file: string, folder: string, events: number): Promise<Run> => {
  const store = await readLog({ file })
  const readModel = await openReadModel({ file: join(folder, `${name}-${process.pid}.db`) })
  const memory: number[] = []
  const watch = setInterval(() => memory.push(megabytes()), 20)
  const cpu = process.cpuUsage()
  const started = performance.now()
  if (name === 'log') bareRead(file)
  else if (name === 'all') await projectAll(store, readModel)
  else {
    const projection = projections.find((candidate) => candidate.name === name)
    if (!projection) throw new Error(`There is no projection ${name}`)
    await rebuild({ store, readModel, projection, signal: new AbortController().signal })
  }
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(watch)
  memory.push(megabytes())
  const half = Math.ceil(memory.length / 2)
  await readModel.close()
  await store.close()
  return { perSecond: (events * 1_000) / ms, perCpuSecond: (events * 1_000_000) / (user + system), firstMb: Math.max(...memory.slice(0, half)), secondMb: Math.max(...memory.slice(half)) }
}

const [only, file, folder] = process.argv[2] === '--only' ? process.argv.slice(3) : []
const events = option('events', 200_000)
if (only !== undefined && file !== undefined && folder !== undefined) console.log(JSON.stringify(await run(only, file, folder, events)))
else
  await inFolder(async (folder) => {
    const file = join(folder, 'events.db')
    // As dense however long: a larger log is more years.
    const written = prepareLog(file, events, { seed: 1, from: '2000-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2100-01-01T00:00:00.000Z' })
    const runs: Record<string, Run[]> = {}
    const one = (name: string) => async (): Promise<number> => {
      const output = execFileSync(process.execPath, ['--no-warnings', fileURLToPath(import.meta.url), '--only', name, file, folder, '--events', String(written.events)], { encoding: 'utf8' })
      const measured: Run = JSON.parse(output)
      ;(runs[name] ??= []).push(measured)
      return measured.perSecond
    }
    const names = ['log', ...projections.map(({ name }) => name), 'all']
    const measured = await rounds(option('rounds', 3), Object.fromEntries(names.map((name) => [name, one(name)])))
    const of = (name: string, what: keyof Run): number => spread((runs[name] ?? []).map((each) => each[what])).median
    const label = (name: string): string => (name === 'log' ? 'bare reading of the log' : name === 'all' ? `all ${projections.length} together` : name)
    const rate = (name: string): number => spread(measured[name] ?? []).median
    const slowest = Math.min(...projections.map(({ name }) => rate(name)))
    report(events === 200_000 ? 'rebuild' : `rebuild-${events}`, {
      rows: names.map((name): Row => ({
        projection: label(name),
        'events/s': ranged(spread(measured[name] ?? [])),
        'ratio to bare reading': ranged(ratio(measured[name] ?? [], measured['log'] ?? [])),
        'events per CPU second': of(name, 'perCpuSecond'),
        'peak MB, first half': of(name, 'firstMb'),
        'second half': of(name, 'secondMb'),
      })),
      bars: [
        atLeast('P5 one projection, events/s (the fastest)', Math.max(...projections.map(({ name }) => rate(name))), 120_000),
        atLeast('P5 one projection, events/s (the slowest)', slowest, 120_000),
        atLeast('P5 all together, events/s', rate('all'), 40_000),
        atMost('P5 memory of all together, second half against first', of('all', 'secondMb') / of('all', 'firstMb'), 1.2, ' x'),
      ],
      notes: [`${written.events} events; to judge the rate against the size of the log, run with --events 2_000_000 as well.`],
      raw: runs,
    })
  })
