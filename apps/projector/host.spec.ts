import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startProjector } from '#apps/projector/host'
import type { HostOptions, ProjectorHost } from '#apps/projector/host'
import { openEventStore } from '#libs/event-store-sqlite/store'
import { systemClock } from '#libs/kernel/clock'
import { rebuild } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { EventStore } from '#libs/kernel/store'
import { openReadModel } from '#libs/read-model-sqlite/store'

const counts = `export const projections = [{
  name: 'counts', version: 1, streams: ['case-'], columns: { count: 'integer' }, indices: [],
  key: ({ stream }) => stream,
  fold: (state, { type }) => { if (type === 'broken') throw new Error('this event makes no sense'); return { count: (state?.count ?? 0) + 1 } },
  row: ({ count }) => ({ count }),
}]`

let folder: string
let readModel: ReadModel
let closing: (() => Promise<void>)[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'projector-'))
  await writeFile(join(folder, 'list.mjs'), counts)
  readModel = await openReadModel({ file: join(folder, 'read.db') })
  closing = [() => readModel.close()]
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await rm(folder, { recursive: true })
})
const openLog = async (name = 'events.db'): Promise<EventStore> => {
  const store = await openEventStore({ file: join(folder, name), clock: systemClock })
  closing.push(() => store.close())
  return store
}
const start = (more: Partial<HostOptions> = {}): ProjectorHost => {
  const host = startProjector({ events: `sqlite:${join(folder, 'events.db')}`, read: `sqlite:${join(folder, 'read.db')}`, list: pathToFileURL(join(folder, 'list.mjs')).href, ...more })
  closing.push(() => host.stop())
  return host
}
const append = async (store: EventStore, stream: string, type = 'reported'): Promise<string> => {
  const meta = { actor: { id: 's-1', role: 'manager' }, commandId: 'c', fingerprint: 'f', correlationId: 'c', causationId: 'c' }
  const versions = { policy: 'default-1', vocabulary: 'default-1', legalBasis: 'default-1', organisation: 0 }
  const receipt = await store.append(stream, 'none', [{ id: stream, type, schemaVersion: 1, meta: { ...meta, versions }, data: {} }])
  if (receipt.outcome === 'conflict') throw new Error('conflict')
  return receipt.position
}

describe('the projector thread', () => {
  it('projects, rebuilds and ends', async () => {
    const store = await openLog()
    const told: unknown[] = []
    const host = start({ onStatus: ({ build, status }) => told.push([build, status]) })
    expect(await readModel.reached('counts', await append(store, 'case-1'), 10_000)).toBe(true)
    await Promise.all([host.rebuild('counts'), host.rebuild('counts')])
    expect(await readModel.reached('counts', await append(store, 'case-2'), 10_000)).toBe(true)
    expect((await readModel.status()).map(({ build, status, rows }) => [build, status, rows])).toEqual([[2, 'live', 2]])
    await expect(host.rebuild('unheard-of')).rejects.toThrow('There is no projection unheard-of')
    await host.stop()
    await host.stop()
    expect(told).toEqual([
      [1, 'catching-up'],
      [1, 'live'],
      [2, 'catching-up'],
      [2, 'live'],
    ])
  })
  it('tells why a rebuild failed, and goes on with a projection that had stopped once it is rebuilt', async () => {
    const store = await openLog()
    await readModel.reached('counts', await append(store, 'case-1'), 0)
    const first = start()
    expect(await readModel.reached('counts', await append(store, 'case-2'), 10_000)).toBe(true)
    await first.stop()
    const other = await openLog('other.db')
    await append(other, 'case-9')
    const stopped = Promise.withResolvers<string>()
    const host = start({
      events: `sqlite:${join(folder, 'other.db')}`,
      onStatus: (status) => {
        if (status.status === 'stopped') stopped.resolve(status.reason)
      },
    })
    expect(await stopped.promise).toContain('restored')
    await host.rebuild('counts')
    expect(await readModel.reached('counts', await append(other, 'case-10'), 10_000)).toBe(true)
    expect((await readModel.query('counts')).map(({ key }) => key)).toEqual(['case-10', 'case-9'])
    await append(other, 'case-11', 'broken')
    await expect(host.rebuild('counts')).rejects.toThrow('this event makes no sense')
  })
  it('goes on with a projection that had stopped when another process rebuilds it', async () => {
    const store = await openLog()
    const first = start()
    expect(await readModel.reached('counts', await append(store, 'case-1'), 10_000)).toBe(true)
    await first.stop()
    const other = await openLog('other.db')
    await append(other, 'case-9')
    const stopped = Promise.withResolvers<string>()
    start({
      events: `sqlite:${join(folder, 'other.db')}`,
      onStatus: (status) => {
        if (status.status === 'stopped') stopped.resolve(status.reason)
      },
    })
    await stopped.promise
    const { projections } = await import(pathToFileURL(join(folder, 'list.mjs')).href)
    await rebuild({ store: other, readModel, projection: projections[0], signal: new AbortController().signal })
    expect(await readModel.reached('counts', await append(other, 'case-10'), 10_000)).toBe(true)
  })
  it('is started again after a crash, which is told', async () => {
    const crashed = Promise.withResolvers<string>()
    const host = start({ onCrash: crashed.resolve })
    expect(await crashed.promise).toContain('There is no event log')
    const rebuilt = host.rebuild('counts')
    const store = await openLog()
    expect(await readModel.reached('counts', await append(store, 'case-1'), 10_000)).toBe(true)
    await rebuilt
  })
})
