import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { keysOf, plainRows, questions } from '#libs/contracts/any-of'
import { projection } from '#libs/kernel/projection'
import type { AnyProjection, Query } from '#libs/kernel/projection'
import { stateText } from '#libs/kernel/read-model'
import type { Build, Operation, ReadModel } from '#libs/kernel/read-model'
import type { Checkpoint } from '#libs/kernel/store'

/** One read store that is kept between openings; `open` answers a new handle, as another process would have. */
export interface ReadStorePlace {
  open(): Promise<ReadModel>
  remove(): Promise<void>
}

const cases = (version = 1): AnyProjection =>
  projection<{ unit: string }, { unit: 'text'; due: 'text'; score: 'integer' }>({
    name: 'cases',
    version,
    streams: ['case-'],
    columns: { unit: 'text', due: 'text', score: 'integer' },
    indices: [['unit', 'due'], ['score']],
    key: ({ stream }) => stream,
    fold: (state) => state,
    row: ({ unit }) => ({ unit, due: null, score: null }),
  })
const at = (size: number): Checkpoint => ({ logId: 'log', position: String(size).padStart(16, '0'), size, leaf: `leaf ${size}` })
const put = (key: string, columns: { unit?: string; due?: string | null; score?: number | null } = {}): Operation => {
  const row = { unit: 'north', due: null, score: null, ...columns }
  return { key, state: stateText(row), columns: row }
}
const remove = (key: string): Operation => ({ key, state: null })
const keys = (rows: readonly { readonly key: string }[]): string[] => rows.map(({ key }) => key)
const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no fault',
    (thrown: unknown) => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'code') : thrown),
  )

/** What every read model does, given-when-then. Each adapter runs all of it. */
export const readModelContract = (name: string, make: () => Promise<ReadStorePlace>): void => {
  describe(`${name} as a read model`, () => {
    let place: ReadStorePlace
    let model: ReadModel
    let handles: ReadModel[]
    const open = async (): Promise<ReadModel> => {
      const handle = await place.open()
      handles.push(handle)
      return handle
    }
    /** A build that answers and holds these rows. */
    const given = async (operations: readonly Operation[], version = 1): Promise<Build> => {
      const build = await model.ready(cases(version), { fresh: true })
      await model.apply(build, operations, 'start', at(operations.length + 1))
      await model.promote(build, { anyway: true })
      return build
    }
    beforeEach(async () => {
      place = await make()
      handles = []
      model = await open()
    })
    afterEach(async () => {
      for (const handle of handles) await handle.close()
      await place.remove()
    })

    describe('rows and checkpoint', () => {
      it('are written together', async () => {
        const build = await model.ready(cases())
        expect(build).toEqual({ name: 'cases', version: 1, build: 1, promoted: false, checkpoint: 'start' })
        expect(await model.apply(build, [put('a', { score: 3 }), put('b')], 'start', at(2))).toBe('applied')
        expect(await model.apply(build, [put('a', { score: 4 }), remove('b'), remove('never there'), put('c')], at(2), at(5))).toBe('applied')
        expect((await model.ready(cases())).checkpoint).toEqual(at(5))
        expect([...(await model.load(build, ['a', 'b', 'c', 'd']))]).toEqual([
          ['a', stateText({ unit: 'north', due: null, score: 4 })],
          ['c', stateText({ unit: 'north', due: null, score: null })],
        ])
      })
      it('are both left alone when a row cannot be written', async () => {
        const build = await model.ready(cases())
        await model.apply(build, [put('a')], 'start', at(1))
        await expect(model.apply(build, [put('b'), { key: 'c', state: '{}', columns: { unit: 'north', due: null, score: 'many' } }], at(1), at(2))).rejects.toThrow()
        expect((await model.load(build, ['b'])).size).toBe(0)
        expect((await model.ready(cases())).checkpoint).toEqual(at(1))
      })
      it('move without rows', async () => {
        const build = await model.ready(cases())
        expect(await model.apply(build, [], 'start', at(7))).toBe('applied')
        expect((await model.ready(cases())).checkpoint).toEqual(at(7))
      })
      it('hold the last of several operations on a key', async () => {
        const build = await model.ready(cases())
        await model.apply(build, [put('a', { score: 1 }), put('b'), remove('a'), put('a', { score: 2 }), remove('b')], 'start', at(5))
        expect([...(await model.load(build, ['a', 'b']))]).toEqual([['a', stateText({ unit: 'north', due: null, score: 2 })]])
      })
      it('answer already, and write nothing, for where the build has been', async () => {
        const build = await model.ready(cases())
        await model.apply(build, [put('a', { score: 1 })], 'start', at(3))
        expect(await model.apply(build, [put('a', { score: 2 })], 'start', at(3))).toBe('already')
        expect(await model.apply(build, [put('a', { score: 2 })], at(1), at(2))).toBe('already')
        expect((await model.load(build, ['a'])).get('a')).toContain('"score":1')
      })
      it('refuse a batch that does not begin where the build stands', async () => {
        const build = await model.ready(cases())
        await model.apply(build, [], 'start', at(3))
        expect(await code(model.apply(build, [put('a')], at(2), at(4)))).toBe('stale-checkpoint')
        expect(await code(model.apply(build, [put('a')], { ...at(3), leaf: 'another' }, at(4)))).toBe('stale-checkpoint')
        expect(await code(model.apply(build, [put('a')], 'start', at(4)))).toBe('stale-checkpoint')
        expect((await model.load(build, ['a'])).size).toBe(0)
      })
      it('are advanced by one of two projectors', async () => {
        const other = await open()
        const builds = [await model.ready(cases()), await other.ready(cases())] as const
        expect(builds[0]).toEqual(builds[1])
        for (let size = 1; size <= 20; size++) {
          const from = size === 1 ? 'start' : at(size - 1)
          const outcomes = await Promise.all([model.apply(builds[0], [put(`k${size}`)], from, at(size)), other.apply(builds[1], [put(`k${size}`)], from, at(size))])
          expect(outcomes.sort()).toEqual(['already', 'applied'])
        }
        expect((await other.load(builds[1], Array.from({ length: 20 }, (_, i) => `k${i + 1}`))).size).toBe(20)
      })
      it('survive closing and opening again; closing twice is once', async () => {
        const build = await given([put('a', { due: 'å ä ö 😀 \\ "' })])
        const before = await model.query('cases')
        await model.close()
        await model.close()
        model = await open()
        expect(await model.query('cases')).toEqual(before)
        expect(await model.ready(cases())).toEqual({ ...build, promoted: true, checkpoint: at(2) })
      })
    })

    describe('builds', () => {
      it('do not answer before the first has been promoted', async () => {
        await model.ready(cases())
        expect(await code(model.query('cases'))).toBe('not-ready')
        expect(await code(model.checksum('cases'))).toBe('not-ready')
        expect(await code(model.get('unheard-of', 'a'))).toBe('not-ready')
        expect(await model.position('cases')).toBeUndefined()
      })
      it('of version 2 are filled while version 1 answers, then take its place', async () => {
        const one = await given([put('old')])
        const two = await model.ready(cases(2))
        await model.apply(two, [put('new')], 'start', at(9))
        expect(keys(await model.query('cases'))).toEqual(['old'])
        expect((await model.status()).map(({ version, promoted, status }) => [version, promoted, status])).toEqual([
          [1, true, 'live'],
          [2, false, 'rebuilding'],
        ])
        const reader = await open()
        expect(keys(await reader.query('cases'))).toEqual(['old'])
        expect(await model.promote(two)).toBe('promoted')
        expect(keys(await reader.query('cases'))).toEqual(['new'])
        expect(await reader.position('cases')).toBe(at(9).position)
        expect(await code(model.apply(one, [put('late')], at(2), at(10)))).toBe('build-gone')
        expect(await code(model.load(one, ['old']))).toBe('build-gone')
        expect(await code(model.promote(one))).toBe('build-gone')
        expect((await model.status()).map(({ version }) => version)).toEqual([2])
      })
      it('of an older version can take the place of a newer one, and every handle sees it', async () => {
        await given([put('new')], 2)
        const reader = await open()
        expect(keys(await reader.query('cases'))).toEqual(['new'])
        await given([put('old')])
        expect(keys(await reader.query('cases'))).toEqual(['old'])
        expect(await reader.count('cases', [{ column: 'key', is: '=', value: 'new' }])).toBe(0)
        expect((await model.status()).map(({ version, promoted }) => [version, promoted])).toEqual([
          [1, true],
          [2, false],
        ])
      })
      it('made fresh stand beside the one that answers, and replace an unfinished one', async () => {
        await given([put('a')])
        const unfinished = await model.ready(cases(), { fresh: true })
        const fresh = await model.ready(cases(), { fresh: true })
        expect(await code(model.apply(unfinished, [], 'start', at(1)))).not.toBe('no fault')
        expect(fresh.checkpoint).toBe('start')
        expect((await model.ready(cases())).promoted).toBe(true)
        expect(keys(await model.query('cases'))).toEqual(['a'])
      })
      it('that are behind the one that answers do not take its place, unless that has stopped or they are told to', async () => {
        const one = await given([put('a'), put('b')])
        const two = await model.ready(cases(), { fresh: true })
        await model.apply(two, [put('a')], 'start', at(2))
        expect(await model.promote(two)).toBe('behind')
        expect(await model.count('cases')).toBe(2)
        expect(await model.promote(two, { anyway: true })).toBe('promoted')
        expect(await model.count('cases')).toBe(1)
        const three = await model.ready(cases(), { fresh: true })
        await model.apply(three, [], 'start', at(1))
        expect(await model.promote(three)).toBe('behind')
        await model.mark(two, { status: 'stopped', reason: 'because' })
        expect(await model.promote(three)).toBe('promoted')
        await model.mark(one, { status: 'live' })
        expect((await model.status()).map(({ build }) => build)).toEqual([3])
      })
      it('refuse columns or indices that changed under the same version', async () => {
        await model.ready(cases())
        expect(await code(model.ready({ ...cases(), columns: { unit: 'text', due: 'text', score: 'text' } }))).toBe('other-shape')
        expect(await code(model.ready({ ...cases(), indices: [['score']] }))).toBe('other-shape')
      })
      it('say what has become of them', async () => {
        const build = await given([put('a'), put('b')])
        const live = { ...build, promoted: true, checkpoint: at(3), status: 'live', position: at(3).position, size: 3 }
        expect(await model.builds()).toEqual([live])
        expect(await model.status()).toEqual([{ ...live, rows: 2 }])
        await model.mark(build, { status: 'stopped', reason: 'it failed', stoppedAt: at(4).position })
        expect((await model.builds())[0]).toMatchObject({ status: 'stopped', reason: 'it failed', stoppedAt: at(4).position })
        await model.mark(build, { status: 'catching-up' })
        const [again] = await model.builds()
        expect(again).not.toHaveProperty('reason')
        expect(again).not.toHaveProperty('stoppedAt')
      })
    })

    describe('queries', () => {
      it('answer state and columns, one row or none', async () => {
        await given([put('a', { due: '2020-01-01', score: 3 })])
        const row = { key: 'a', state: { unit: 'north', due: '2020-01-01', score: 3 }, columns: { unit: 'north', due: '2020-01-01', score: 3 } }
        expect(await model.query('cases')).toEqual([row])
        expect(await model.get('cases', 'a')).toEqual(row)
        expect(await model.get('cases', 'b')).toBeUndefined()
        expect(Object.keys((await model.get('cases', 'a'))?.columns ?? {})).toEqual(['unit', 'due', 'score'])
      })
      it('compare, and never with null', async () => {
        await given([put('a', { score: 1 }), put('b', { score: 2 }), put('c', { score: 3 }), put('d', { unit: 'south' })])
        const where = async (...conditions: NonNullable<Query['where']>): Promise<string[]> => keys(await model.query('cases', { where: conditions }))
        expect(await where({ column: 'score', is: '=', value: 2 })).toEqual(['b'])
        expect(await where({ column: 'score', is: '<', value: 2 })).toEqual(['a'])
        expect(await where({ column: 'score', is: '<=', value: 2 })).toEqual(['a', 'b'])
        expect(await where({ column: 'score', is: '>', value: 2 })).toEqual(['c'])
        expect(await where({ column: 'score', is: '>=', value: 2 })).toEqual(['b', 'c'])
        expect(await where({ column: 'score', is: 'null' })).toEqual(['d'])
        expect(await where({ column: 'score', is: 'not-null' }, { column: 'key', is: '>', value: 'a' })).toEqual(['b', 'c'])
        expect(await where({ column: 'score', is: 'in', value: [3, 1, 7] })).toEqual(['a', 'c'])
        expect(await where({ column: 'unit', is: 'in', value: ['south', 'east'] })).toEqual(['d'])
        expect(await where({ column: 'unit', is: 'in', value: [] })).toEqual([])
        expect(await where({ column: 'score', is: 'not-null' }, { column: 'unit', is: '=', value: 'south' })).toEqual([])
      })
      it('take no SQL and no unknown column', async () => {
        await given([put('a')])
        expect(await model.query('cases', { where: [{ column: 'unit', is: '=', value: "' or true --" }] })).toEqual([])
        expect(await code(model.query('cases', { where: [{ column: 'unit" or "unit', is: '=', value: 'x' }] }))).toBe('unknown-column')
        expect(await code(model.query('cases', { order: ['state'] }))).toBe('unknown-column')
        expect(await code(model.countBy('cases', ['none']))).toBe('unknown-column')
      })
      it('take values that no row can hold', async () => {
        const build = await given([put('a', { due: 'x' }), put('b', { due: 'x y', score: 1 })])
        const where = async (...conditions: NonNullable<Query['where']>): Promise<string[]> => keys(await model.query('cases', { where: conditions }))
        expect(await where({ column: 'due', is: '=', value: 'x\0' })).toEqual([])
        expect(await where({ column: 'due', is: 'in', value: ['x\0', 'x'] })).toEqual(['a'])
        expect(await where({ column: 'due', is: '>', value: 'x\0' })).toEqual(['b'])
        expect(await where({ column: 'due', is: '>=', value: 'x\0' })).toEqual(['b'])
        expect(await where({ column: 'due', is: '<', value: 'x\0' })).toEqual(['a'])
        expect(await where({ column: 'score', is: '=', value: 'many' })).toEqual([])
        expect(await where({ column: 'score', is: '>', value: 'many' })).toEqual([])
        expect(await where({ column: 'score', is: '<', value: 'many' })).toEqual(['b'])
        expect(await where({ column: 'score', is: 'in', value: ['many', 1] })).toEqual(['b'])
        expect(await where({ column: 'score', is: '<', value: Number.MAX_SAFE_INTEGER })).toEqual(['b'])
        expect(await model.get('cases', 'a\0')).toBeUndefined()
        expect(keys(await model.query('cases', { order: ['score'], after: ['x', 1] }))).toEqual([])
        expect([...(await model.load(build, ['a\0']))]).toEqual([])
      })
      it('sort text by code point, null before every value', async () => {
        const texts = ['Ö', 'z', 'å', 'a', '', 'B', '｡', '😀', 'ä', 'ö', 'aa', 'Å', 'o\u0308']
        await given([put('no date'), ...texts.map((due, i) => put(`k${String(i).padStart(2, '0')}`, { due }))])
        const sorted = [null, '', 'B', 'a', 'aa', 'o\u0308', 'z', 'Å', 'Ö', 'ä', 'å', 'ö', '｡', '😀']
        expect((await model.query('cases', { order: ['due'] })).map(({ columns }) => columns['due'])).toEqual(sorted)
        expect((await model.query('cases', { order: ['due'], descending: true })).map(({ columns }) => columns['due'])).toEqual(sorted.reverse())
        expect((await model.query('cases', { where: [{ column: 'due', is: '>=', value: 'z' }], order: ['due'] })).map(({ columns }) => columns['due'])).toEqual(
          ['z', 'Å', 'Ö', 'ä', 'å', 'ö', '｡', '😀'],
        )
      })
      it('match LIKE by case, character by character', async () => {
        const texts = ['Ärende', 'ärende', 'ÄRENDE', 'Ä😀ende', '100 %', '100 x', 'a_b', 'axb', 'a*b', 'a?b', 'a[b]', 'a\\b', 'a\\', '']
        await given(texts.map((due, i) => put(`k${String(i).padStart(2, '0')}`, { due })))
        const like = async (value: string): Promise<unknown[]> =>
          (await model.query('cases', { where: [{ column: 'due', is: 'like', value }] })).map(({ columns }) => columns['due'])
        expect(await like('Är%')).toEqual(['Ärende'])
        expect(await like('Ä_ende')).toEqual(['Ärende', 'Ä😀ende'])
        expect(await like('%ende')).toEqual(['Ärende', 'ärende', 'Ä😀ende'])
        expect(await like('100 \\%')).toEqual(['100 %'])
        expect(await like('a\\_b')).toEqual(['a_b'])
        expect(await like('a_b')).toEqual(['a_b', 'axb', 'a*b', 'a?b', 'a\\b'])
        expect(await like('a*b')).toEqual(['a*b'])
        expect(await like('a?b')).toEqual(['a?b'])
        expect(await like('a[b]')).toEqual(['a[b]'])
        expect(await like('a\\\\b')).toEqual(['a\\b'])
        expect(await like('a\\*b')).toEqual(['a*b'])
        expect(await like('a\\')).toEqual(['a\\'])
        expect(await like('a\\\\')).toEqual(['a\\'])
        expect(await like('')).toEqual([''])
      })
      it.each([false, true])('page by the last row seen, through ties and nulls, while rows come and go (descending %s)', async (descending) => {
        const all = Array.from({ length: 40 }, (_, i) => put(`k${String((i * 17) % 40).padStart(2, '0')}`, { due: i % 4 === 0 ? null : `d${i % 5}`, score: i % 3 === 0 ? null : i % 7 }))
        const build = await given(all)
        const query: Query = { where: [{ column: 'unit', is: '=', value: 'north' }], order: ['due', 'score'], descending }
        const whole = keys(await model.query('cases', query))
        expect(whole).toHaveLength(40)
        const seen: string[] = []
        let after: Query['after']
        for (;;) {
          const page = await model.query('cases', { ...query, limit: 7, ...(after ? { after } : {}) })
          seen.push(...keys(page))
          const last = page.at(-1)
          if (!last) break
          after = [last.columns['due'] ?? null, last.columns['score'] ?? null, last.key]
          // The row that was seen last goes: the next page begins after it all the same.
          if (seen.length === 7) await model.apply(build, [remove(last.key)], at(41), at(42))
        }
        expect(seen).toEqual(whole)
      })
      it('refuse a page after something that is not a row of the order', async () => {
        await given([])
        expect(await code(model.query('cases', { order: ['due'], after: ['x'] }))).toBe('bad-page')
        expect(await code(model.query('cases', { anyOf: [], order: ['due'], after: ['x'] }))).toBe('bad-page')
      })
      it('take several lists of conditions, of which a row meets one or more: each row once, in the order asked for', async () => {
        await given([put('a', { due: '3', score: 1 }), put('b', { unit: 'south', due: '1' }), put('c', { due: '2', score: 1 }), put('d', { unit: 'west' }), put('e', { unit: 'south', score: 1 })])
        const [north, south, west] = ['north', 'south', 'west'].map((value) => [{ column: 'unit', is: '=', value } as const])
        const scored = [{ column: 'score', is: '=', value: 1 } as const]
        const asked = async (query: Query): Promise<string[]> => keys(await model.query('cases', { order: ['due'], ...query }))
        const anyOf = [north ?? [], scored, west ?? [], south ?? []]
        expect(await asked({ anyOf })).toEqual(['d', 'e', 'b', 'c', 'a'])
        expect(await asked({ anyOf, descending: true })).toEqual(['a', 'c', 'b', 'e', 'd'])
        expect(await asked({ anyOf, limit: 2 })).toEqual(['d', 'e'])
        expect(await asked({ anyOf, after: [null, 'd'], limit: 2 })).toEqual(['e', 'b'])
        expect(await asked({ anyOf, after: ['2', 'c'], descending: true })).toEqual(['b', 'e', 'd'])
        expect(await asked({ anyOf: [north ?? [], scored] })).toEqual(['e', 'c', 'a'])
        expect(await asked({ anyOf: [scored, scored], where: north ?? [] })).toEqual(['c', 'a'])
        expect(await asked({ anyOf: [[{ column: 'unit', is: 'in', value: ['south', 'west', 'east'] }]] })).toEqual(['d', 'e', 'b'])
        expect(await asked({ anyOf: [[{ column: 'due', is: '>', value: '1' }], [{ column: 'due', is: '<', value: '3' }]] })).toEqual(['b', 'c', 'a'])
        expect(await asked({ anyOf: [[{ column: 'due', is: '<=', value: '2' }], [{ column: 'due', is: '<=', value: '3' }]], limit: 3 })).toEqual(['b', 'c', 'a'])
        expect(await asked({ anyOf: [[{ column: 'due', is: 'null' }], [{ column: 'due', is: 'like', value: '3%' }]] })).toEqual(['d', 'e', 'a'])
        expect(await asked({ anyOf: [[], north ?? []], where: scored, limit: 9 })).toEqual(['e', 'c', 'a'])
        expect(await asked({ anyOf: [] })).toEqual([])
        expect(await asked({ anyOf: [[{ column: 'unit', is: 'in', value: [] }]] })).toEqual([])
        expect(await model.query('cases', { anyOf: [scored], limit: 1 })).toEqual([await model.get('cases', 'a')])
      })
      it('take in such lists what no row can hold, no SQL and no unknown column', async () => {
        await given([put('a', { due: 'x' }), put('b', { due: 'x y', score: 1 })])
        const any = async (...conditions: NonNullable<Query['where']>): Promise<string[]> => keys(await model.query('cases', { anyOf: conditions.map((one) => [one]) }))
        expect(await any({ column: 'due', is: '=', value: 'x\0' })).toEqual([])
        expect(await any({ column: 'due', is: 'in', value: ['x\0', 'x'] })).toEqual(['a'])
        expect(await any({ column: 'due', is: '>=', value: 'x\0' }, { column: 'score', is: '<', value: 'many' })).toEqual(['b'])
        expect(await any({ column: 'score', is: '=', value: 'many' }, { column: 'due', is: '<', value: 'x\0' })).toEqual(['a'])
        expect(await any({ column: 'unit', is: '=', value: "' or true --" }, { column: 'unit', is: '=', value: '{"north"}' })).toEqual([])
        expect(await code(model.query('cases', { anyOf: [[], [{ column: 'unit" or "unit', is: '=', value: 'x' }]] }))).toBe('unknown-column')
        expect(await code(model.query('cases', { anyOf: [], order: ['state'] }))).toBe('unknown-column')
        expect(await code(model.query('unheard-of', { anyOf: [] }))).toBe('not-ready')
      })
      it('give of several lists, page by page, the rows that a plain filter and a plain sort give', async () => {
        await given(plainRows.map(({ key, unit, due, score }) => put(String(key), { unit: String(unit), due: due === null ? null : String(due), score: score === null ? null : Number(score) })))
        await fc.assert(
          fc.asyncProperty(questions, async (query) => {
            const seen: string[] = []
            let after: Query['after']
            do {
              const page = await model.query('cases', { ...query, ...(after && { after }) })
              seen.push(...keys(page))
              const last = page.length === query.limit ? page.at(-1) : undefined
              after = last && [...(query.order ?? []).map((column) => last.columns[column] ?? null), last.key]
            } while (after)
            expect(seen).toEqual(keysOf(query))
          }),
          { numRuns: 40 },
        )
      })
      it('count, alone and by columns', async () => {
        await given([put('a', { score: 2 }), put('b', { score: 2, unit: 'south' }), put('c'), put('d', { score: 2 })])
        expect(await model.count('cases')).toBe(4)
        expect(await model.count('cases', [{ column: 'score', is: '=', value: 2 }])).toBe(3)
        expect(await model.countBy('cases', ['unit', 'score'], [{ column: 'key', is: '<', value: 'z' }])).toEqual([
          { columns: { unit: 'north', score: null }, count: 1 },
          { columns: { unit: 'north', score: 2 }, count: 2 },
          { columns: { unit: 'south', score: 2 }, count: 1 },
        ])
      })
      it('have a checksum that depends on the rows alone, the same on every engine', async () => {
        const build = await given([put('å', { score: 3 }), put('b', { due: 'x' }), put('c')])
        await model.apply(build, [remove('c'), put('b', { due: 'y' })], at(4), at(9))
        const inSteps = await model.checksum('cases')
        await given([put('b', { due: 'y' }), put('å', { score: 3 })], 2)
        expect(await model.checksum('cases')).toBe(inSteps)
        expect(inSteps).toBe('5272ddee08bbeb8a8f98522ed9c6784e24815290a9a2a919dd2ed60771035780')
        await given([put('b', { due: 'y' }), put('å', { score: 4 })], 3)
        expect(await model.checksum('cases')).not.toBe(inSteps)
      })
    })

    describe('waiting for a position', () => {
      it('ends as soon as the build that answers is there, whoever wrote it', async () => {
        const build = await given([put('a')])
        const other = await open()
        expect(await model.reached('cases', at(2).position, 0)).toBe(true)
        expect(await model.reached('cases', at(3).position, 0)).toBe(false)
        const waits = [model.reached('cases', at(3).position, 10_000), other.reached('cases', at(3).position, 10_000)]
        const later = other.reached('cases', at(4).position, 10_000)
        await model.apply(build, [put('b')], at(2), at(3))
        expect(await Promise.all(waits)).toEqual([true, true])
        const fresh = await model.ready(cases(), { fresh: true })
        await model.apply(fresh, [], 'start', at(5))
        await model.promote(fresh)
        expect(await later).toBe(true)
      })
      it('ends with false in time, and when the read model is closed', async () => {
        await given([put('a')])
        expect(await model.reached('cases', at(3).position, 20)).toBe(false)
        expect(await model.reached('unheard-of', at(1).position, 20)).toBe(false)
        const waiting = model.reached('cases', at(3).position, 60_000)
        await model.close()
        expect(await waiting).toBe(false)
      })
    })
  })
}

