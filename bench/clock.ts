import { tick } from '#apps/application/clock'
import { organisationCache, policyCache } from '#apps/application/context'
import { filesOf } from '#apps/application/places'
import { projections } from '#apps/projector/list'
import { prepareFolder } from '#bench/folder'
import { inFolder, option } from '#bench/rounds'
import { atMost, figure, quantile, report } from '#bench/table'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { settableClock } from '#libs/kernel/clock'
import { runProjections } from '#libs/kernel/projector'
import { readMasterKey } from '#libs/privacy/master-key'
import { openKeyVault } from '#libs/privacy/vault'
import { openReadModel } from '#libs/read-model-sqlite/store'

/**
 * A round of the clock with 100,000 deadlines running: one in which nothing is due, as nearly all are, and what it says a second when a day's worth, and
 * when a week's worth after a stop, is.
 */
const wanted = option('deadlines', 100_000)
const rounds = option('rounds', 50)
const until = '2026-06-01T00:00:00.000Z'
const dayMs = 86_400_000

await inFolder(async (folder) => {
  // Open cases have about two deadlines that run.
  const cases = Math.ceil(wanted / 1.6)
  await prepareFolder(folder, { generation: { seed: 1, cases, from: '2026-04-20T00:00:00.000Z', casesPerYear: cases * 9, until, stop: 'backlog' } })
  const files = filesOf(folder)
  const clock = settableClock(until, { now: () => until })
  const store = await openEventStore({ file: files.events, clock })
  const vault = await openKeyVault({ file: files.keys, masterKey: readMasterKey({ dataFolder: folder, vault: files.keys }).key })
  const readModel = await openReadModel({ file: files.read })
  const context = { store, vault, readModel, clock, organisation: organisationCache(store), policies: policyCache(store) }
  const stop = new AbortController()
  const running = runProjections({ store, readModel, projections, signal: stop.signal })
  const caughtUp = async (): Promise<void> => {
    const head = await store.checkpoint('head')
    if (head !== 'start') for (const { name } of projections) while (!(await readModel.reached(name, head.position, 60_000)));
  }
  await caughtUp()
  const open = await readModel.count('deadlines', [{ column: 'deadline_status', is: 'in', value: ['upcoming', 'warned', 'missed'] }])
  const timed = async (): Promise<{ readonly said: number; readonly ms: number }> => {
    const started = performance.now()
    const { said, failed } = await tick(context)
    if (failed.length > 0) throw failed[0]?.reason
    return { said, ms: performance.now() - started }
  }
  await timed()
  const idle: number[] = []
  for (let i = 0; i < rounds; i++) idle.push((await timed()).ms)
  const after = async (days: number) => {
    clock.set(new Date(Date.parse(clock.now()) + days * dayMs).toISOString())
    return timed()
  }
  const day = await after(1)
  const week = await after(7)
  stop.abort()
  await running
  await Promise.all([readModel.close(), vault.close(), store.close()])
  report('clock', {
    rows: [
      { round: 'nothing due', 'running deadlines': open, said: 0, 'p50 ms': quantile(idle, 0.5), 'p99 ms': quantile(idle, 0.99) },
      { round: 'after a day', 'running deadlines': open, said: day.said, 'whole ms': day.ms, 'said a second': figure((day.said * 1_000) / day.ms) },
      { round: 'after a week without a clock', 'running deadlines': open, said: week.said, 'whole ms': week.ms, 'said a second': figure((week.said * 1_000) / week.ms) },
    ],
    bars: [atMost('a round with nothing due', quantile(idle, 0.99), 1_000, ' ms')],
  })
})
