import { prepareFolder } from '#bench/folder'
import { inFolder, option } from '#bench/rounds'
import { startServer } from '#bench/server'
import { atMost, figure, ranged, report, spread } from '#bench/table'

/** P8: from the start of the process to `/health/ready`, on a log whose projections are up to date and on one whose projector was stopped behind. */
const events = option('events', 200_000)
const starts = option('rounds', 5)

const until = '2026-06-01T00:00:00.000Z'

await inFolder(async (folder) => {
  const cases = Math.ceil(events / 9)
  const { events: written } = await prepareFolder(folder, {
    mostEvents: events,
    generation: { seed: 1, cases, from: '2020-01-01T00:00:00.000Z', casesPerYear: Math.max(6_600, cases / 5), until },
  })
  const first = await startServer(folder, { patienceMs: 900_000, clock: until })
  await first.stop()
  const [ready, memory]: [number[], number[]] = [[], []]
  for (let i = 0; i < starts; i++) {
    const server = await startServer(folder, { clock: until })
    ready.push(server.readyMs)
    memory.push(server.memory())
    await server.stop()
  }
  report(events === 200_000 ? 'start' : `start-${events}`, {
    rows: [
      { start: 'projections up to date', events: written, 'ready after ms': ranged(spread(ready)), 'resident MB': ranged(spread(memory)) },
      { start: 'nothing projected yet', events: written, 'ready after ms': figure(first.readyMs), 'resident MB': '' },
    ],
    bars: [atMost('P8 ready', spread(ready).median, 2_000, ' ms'), atMost('P8 resident memory', spread(memory).median, 300, ' MB')],
    notes: ['The goal is asked of 2,000,000 events: --events 2_000_000.'],
  })
})
