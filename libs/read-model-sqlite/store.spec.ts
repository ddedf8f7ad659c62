import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { readModelContract } from '#libs/contracts/read-model'
import { projection } from '#libs/kernel/projection'
import { openReadModel } from '#libs/read-model-sqlite/store'

const place = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'read-'))
  return {
    file: join(folder, 'read.db'),
    open: () => openReadModel({ file: join(folder, 'read.db') }),
    remove: () => rm(folder, { recursive: true }),
  }
}
readModelContract('SQLite', place)

const cases = projection({
  name: 'cases',
  version: 1,
  streams: ['case-'],
  columns: { unit: 'text' },
  indices: [['unit']],
  key: ({ stream }) => stream,
  fold: () => ({}),
  row: () => ({ unit: null }),
})

it('answers and waits through a handle that only reads', async () => {
  const { file, open, remove } = await place()
  await expect(openReadModel({ file, readonly: true })).rejects.toThrow('There is no read store')
  const writer = await open()
  const reader = await openReadModel({ file, readonly: true })
  const build = await writer.ready(cases)
  const waiting = reader.reached('cases', '1', 10_000)
  await writer.apply(build, [{ key: 'a', state: '{}', columns: { unit: 'north' } }], 'start', { logId: 'log', position: '1', size: 1, leaf: 'leaf' })
  await writer.promote(build)
  expect(await waiting).toBe(true)
  expect(await reader.count('cases', [{ column: 'unit', is: '=', value: 'north' }])).toBe(1)
  await expect(reader.ready(cases, { fresh: true })).rejects.toThrow('readonly')
  await reader.close()
  await writer.close()
  await remove()
})

it('takes no projection whose names could be taken for SQL or for one another', async () => {
  const model = await openReadModel({ file: ':memory:' })
  const wrong = [{ name: 'Cases' }, { name: 'a"b' }, { version: 0 }, { columns: { key: 'text' } }, { columns: { unit: 'text', Unit: 'text' } }, { indices: [['none']] }] as const
  for (const part of wrong) await expect(model.ready({ ...cases, ...part })).rejects.toMatchObject({ code: 'bad-projection' })
  await model.close()
})
