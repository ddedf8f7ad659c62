import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf } from '#apps/application/places'
import { prepareFolder } from '#bench/folder'
import { brokenPromises, projectionsThatDiffer, type Kept } from '#bench/kept'
import { unitIds } from '#bench/municipality'
import { inFolder, option } from '#bench/rounds'
import { isDone, people, send, text, type Sent } from '#bench/sent'
import { startServer, type Running } from '#bench/server'
import { atLeast, atMost, figure, quantile, report, type Bar, type Row } from '#bench/table'
import { deviationStream } from '#events/deviation'
import { openDatabase } from '#libs/sqlite/open'
import { eventLog } from '#libs/event-store-sqlite/schema'
import { readLog } from '#libs/event-store-sqlite/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

/**
 * The promises that must hold when things go wrong, on the real server over HTTP: `--kills 200` for the long proof.
 *  kills      SIGKILL at random moments under load; after each restart every answer that was given is in the log, once
 *  slow disk  every fsync takes 50 ms longer: nothing is answered sooner, and many together take hardly longer than one
 *  races      32 clients with one If-Match, and the same Idempotency-Key thrice
 *  stops      SIGTERM under load: everything that was begun is answered, nothing else is in the log, and the process ends by itself in good order
 */
const kills = option('kills', 25)
const raceRounds = option('races', 20)
const stopRounds = option('stops', 10)
/** Longest that a stop may take, ms. */
const stopMs = 10_000
const clients = 32
const slowMs = 50

const failures: string[] = []
const check = (holds: boolean, sentence: string): void => {
  if (!holds) failures.push(sentence)
}

/** A server that ended by itself says why. */
const alive = async ({ client, said }: Running, when: string): Promise<void> => {
  const { status } = await client.send('GET', '/health/live')
  check(status === 200, `The server ended by itself ${when}: ${said().trim()}`)
}
/** The whole log, read past the server. */
const logOf = (folder: string): readonly Kept[] => {
  const db = openDatabase(filesOf(folder).events, { ...eventLog, readonly: true })
  const rows = db
    .prepare<[], Kept>("select stream, revision, bytes ->> 'id' as id, bytes ->> '$.meta.commandId' as commandId from event order by position")
    .all()
  db.close()
  return rows
}
const checkLog = (folder: string, acknowledged: readonly Sent[]): void => void failures.push(...brokenPromises(logOf(folder), acknowledged))
const checkProjections = async (folder: string): Promise<void> => {
  const files = filesOf(folder)
  const store = await readLog({ file: files.events })
  const readModel = await openReadModel({ file: files.read, readonly: true })
  failures.push(...(await projectionsThatDiffer(store, readModel)))
  await readModel.close()
  await store.close()
}

/** The end of what was generated. */
const clock = '2026-01-01T00:00:00.000Z'
const killRounds = async (root: string): Promise<{ readonly row: Row; readonly ready: number[] }> => {
  const folder = join(root, 'kills')
  await prepareFolder(folder, { generation: { seed: 1, cases: 200, from: '2025-01-01T00:00:00.000Z', casesPerYear: 6_600, until: '2026-01-01T00:00:00.000Z' } })
  const who = people(folder)
  const acknowledged: Sent[] = []
  const ready: number[] = []
  const cases: { readonly unit: string; readonly id: string; readonly revision: number }[] = []
  let inFlight = 0
  let server = await startServer(folder, { clock })
  for (let round = 0; round < kills; round++) {
    let killed = false
    const uncertain: Sent[] = []
    const client = async (n: number): Promise<void> => {
      const unit = unitIds[n] ?? ''
      while (!killed) {
        const known = cases.length > 0 && Math.random() < 0.6 ? cases[Math.floor(Math.random() * cases.length)] : undefined
        const sent = !known ? await who.report(unit) : Math.random() < 0.7 ? await who.note(known.unit, known.id) : await who.assess(known.unit, known.id, known.revision)
        const { status, body } = await send(server.client, sent)
        if (status === 0) uncertain.push(sent)
        else if (isDone(sent)) {
          acknowledged.push(sent)
          if (!known) cases.push({ unit, id: text(body['id']), revision: Number(body['revision']) })
        } else check(status === 412 || status === 409, `${sent.path} was answered ${status}: ${JSON.stringify(body)}`)
      }
    }
    const running = Array.from({ length: clients }, (_, n) => client(n))
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 950))
    const end = server.kill()
    killed = true
    await Promise.all([end, ...running])

    server = await startServer(folder, { clock })
    ready.push(server.readyMs)
    checkLog(folder, acknowledged)
    // What had no answer is sent again under the same key: done once, now or before.
    for (const sent of uncertain) {
      const { status, body } = await send(server.client, sent)
      if (isDone(sent)) acknowledged.push(sent)
      else check(status === 412, `Repeated after the kill, ${sent.path} was answered ${status}: ${JSON.stringify(body)}`)
    }
    inFlight += uncertain.length
    checkLog(folder, acknowledged)
    await checkProjections(folder)
    await alive(server, `in round ${round}`)
  }
  await server.stop()
  return {
    row: { proof: 'kills', rounds: String(kills), commands: `${figure(acknowledged.length)} answered, ${inFlight} cut off and sent again`, result: `ready again after ${figure(quantile(ready, 0.5))} ms (p99 ${figure(quantile(ready, 0.99))})` },
    ready,
  }
}

const shim = (root: string): string | undefined => {
  const [source, library] = [fileURLToPath(new URL('slow-fsync.c', import.meta.url)), join(root, 'slow-fsync.so')]
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: 'ignore' })
    return library
  } catch {
    return undefined
  }
}
const slowDisk = async (root: string): Promise<{ readonly row: Row; readonly bars: readonly Bar[] }> => {
  const library = shim(root)
  if (library === undefined) return { row: { proof: 'slow disk', result: 'SKIPPED: there is no C compiler (`cc`) to build the shim with, or this is not Linux' }, bars: [] }
  const folder = join(root, 'slow')
  await prepareFolder(folder)
  const who = people(folder)
  const server = await startServer(folder, { clock, env: { LD_PRELOAD: library, SLOW_FSYNC_MS: String(slowMs) } })
  const one: number[] = []
  const notes: number[] = []
  for (let n = 0; n < 20; n++) {
    const report = await who.report(unitIds[n] ?? '')
    one.push((await send(server.client, report)).ms)
    check(isDone(report), `On the slow disk a report was answered ${String(report.answer?.status)}`)
    const note = await who.note(unitIds[n] ?? '', text(report.answer?.body['id']))
    notes.push((await send(server.client, note)).ms)
    check(isDone(note), `On the slow disk a note was answered ${String(note.answer?.status)}`)
  }
  const together: number[] = []
  for (let n = 0; n < 10; n++) {
    const reports = await Promise.all(Array.from({ length: clients }, (_, i) => who.report(unitIds[i] ?? '')))
    const started = performance.now()
    await Promise.all(reports.map((each) => send(server.client, each)))
    together.push(performance.now() - started)
    check(reports.every(isDone), 'On the slow disk one of many reports failed')
  }
  await alive(server, 'on the slow disk')
  await server.kill()
  const single = quantile(one, 0.5)
  return {
    row: {
      proof: `slow disk, +${slowMs} ms`,
      rounds: '20 / 20 / 10',
      commands: `report ${figure(single)} ms (least ${figure(Math.min(...one))}), note ${figure(quantile(notes, 0.5))} ms (least ${figure(Math.min(...notes))})`,
      result: `${clients} reports together ${figure(quantile(together, 0.5))} ms (most ${figure(Math.max(...together))})`,
    },
    bars: [
      // A report makes keys before it appends, each durable by itself; a note appends only.
      atLeast('least time of a report on the slow disk, ms: its keys, then its events', Math.min(...one), 2 * slowMs),
      atLeast('least time of a note on the slow disk, ms', Math.min(...notes), slowMs),
      atMost(`${clients} reports together against one`, quantile(together, 0.5) / single, 2.5, ' x'),
    ],
  }
}

const races = async (root: string): Promise<Row> => {
  const folder = join(root, 'races')
  await prepareFolder(folder)
  const who = people(folder)
  const server = await startServer(folder, { clock })
  const unit = unitIds[0] ?? ''
  const first = await who.report(unit)
  await send(server.client, first)
  const id = text(first.answer?.body['id'])
  let revision = Number(first.answer?.body['revision'])
  for (let round = 0; round < raceRounds; round++) {
    const racers = await Promise.all(Array.from({ length: clients }, () => who.assess(unit, id, revision)))
    await Promise.all(racers.map((racer) => send(server.client, racer)))
    const winners = racers.filter(isDone)
    check(winners.length === 1, `A race had ${winners.length} winners`)
    const losers = racers.filter(({ answer }) => answer?.status === 412)
    check(losers.length === clients - 1, `A race was answered ${JSON.stringify(Object.groupBy(racers.map(({ answer }) => answer?.status), String))}`)
    // A judgement ends deadlines and sets others: that it moved the case by one event is not said.
    revision = Number(winners[0]?.answer?.body['revision'] ?? revision)
  }
  const thrice: Sent[] = []
  for (let round = 0; round < raceRounds; round++) {
    const [report, note] = [await who.report(unit), await who.note(unit, id)]
    for (const one of [report, note]) {
      const [a, b, c] = [{ ...one }, { ...one }, { ...one }]
      await Promise.all([send(server.client, a), send(server.client, b)])
      await send(server.client, c)
      check([a, b, c].every(isDone), `A command sent thrice was answered ${[a, b, c].map(({ answer }) => answer?.status).join(', ')}`)
      check(new Set([a, b, c].map(({ answer }) => JSON.stringify(answer?.body))).size === 1, 'A command sent thrice had different answers')
      thrice.push(a)
    }
    const other = { ...note, body: { ...note.body, kind: 'assessment' } }
    await send(server.client, other)
    check(other.answer?.status === 422, `A key with another body was answered ${String(other.answer?.status)}`)
  }
  checkLog(folder, [first, ...thrice])
  await checkProjections(folder)
  await alive(server, 'after the races')
  await server.stop()
  return { proof: 'races', rounds: String(raceRounds), commands: `${clients} clients with one If-Match; ${thrice.length} commands thrice under one key`, result: 'one winner each, one event each' }
}

const stops = async (root: string): Promise<Row> => {
  const folder = join(root, 'stops')
  await prepareFolder(folder)
  const who = people(folder)
  const acknowledged: Sent[] = []
  const took: number[] = []
  let refused = 0
  for (let round = 0; round < stopRounds; round++) {
    const server = await startServer(folder, { clock })
    let stopped = false
    const client = async (n: number): Promise<void> => {
      for (let isDown = false; !isDown; ) {
        const sent = await who.report(unitIds[n] ?? '')
        const { status, body } = await send(server.client, sent)
        if (isDone(sent)) acknowledged.push(sent)
        else check(status === 0 && stopped, `While a server was stopped, ${sent.path} was answered ${status}: ${JSON.stringify(body)}`)
        if (status === 0) refused++
        isDown = status === 0
      }
    }
    const running = Array.from({ length: clients }, (_, n) => client(n))
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500))
    const began = performance.now()
    stopped = true
    const code = await server.stop()
    took.push(performance.now() - began)
    check(code === 0, `A server that was stopped ended with ${String(code)}: ${server.said().trim()}`)
    await Promise.all(running)
    checkLog(folder, acknowledged)
    const streams = new Set(logOf(folder).map(({ stream }) => stream).filter((stream) => stream.startsWith(deviationStream(''))))
    check(streams.size === acknowledged.length, `Of ${streams.size} reports in the log ${acknowledged.length} were answered`)
  }
  check(Math.max(...took) < stopMs, `A stop took ${figure(Math.max(...took))} ms`)
  return { proof: 'stops', rounds: String(stopRounds), commands: `${figure(acknowledged.length)} answered, ${refused} not taken any more`, result: `ended after ${figure(quantile(took, 0.5))} ms (most ${figure(Math.max(...took))})` }
}

await inFolder(async (root) => {
  const stopped = await stops(root)
  const raced = await races(root)
  const slow = await slowDisk(root)
  const killed = await killRounds(root)
  report('torture', {
    rows: [killed.row, slow.row, raced, stopped],
    bars: [...slow.bars, atMost('promises broken', failures.length, 0)],
    // What may explain the others comes first.
    notes: failures.toSorted((a, b) => Number(b.startsWith('The server')) - Number(a.startsWith('The server'))).slice(0, 20),
    raw: { ready: killed.ready, failures: failures.slice(0, 1_000) },
  })
  if (failures.length > 0) process.exitCode = 1
})
