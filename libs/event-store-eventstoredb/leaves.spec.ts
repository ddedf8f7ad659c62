import { describe, expect, it } from '@jest/globals'
import { leavesIn, leavesOf, pageOf, pageSize, type Leaf } from '#libs/event-store-eventstoredb/leaves'

const leaf = (stream: string, revision: number, position: number, recordedAt = 0): Leaf => ({ stream, revision, position, recordedAt })

describe('the leaves', () => {
  it('know the how manieth an event is and where it stands', () => {
    const leaves = leavesOf()
    for (const each of [leaf('a', 0, 17), leaf('b', 0, 40), leaf('a', 1, 41)]) leaves.add(each)
    expect([leaves.size(), leaves.sizeOf('a', 1), leaves.sizeOf('b', 0), leaves.sizeOf('b', 1), leaves.sizeOf('c', 0)]).toEqual([3, 3, 2, undefined, undefined])
    expect([16, 17, 18, 40, 41, 42].map(leaves.sizeAt)).toEqual([undefined, 1, undefined, 2, 3, undefined])
    expect([1, 2, 3].map(leaves.positionAt)).toEqual([17, 40, 41])
  })
  it('end an instant before the first that was recorded later, though clocks differ', () => {
    const leaves = leavesOf()
    for (const [at, recordedAt] of [10, 12, 11, 15, 14, 16].entries()) leaves.add(leaf('a', at, at, recordedAt))
    expect([9, 10, 11, 12, 13, 14, 15, 16, 99].map(leaves.sizeBy)).toEqual([0, 1, 1, 3, 3, 3, 5, 6, 6])
  })
  it.each([
    ['skips one of its stream', leaf('a', 2, 50)],
    ['begins a stream in its middle', leaf('b', 1, 50)],
    ['repeats one', leaf('a', 0, 50)],
    ['stands before the last', leaf('a', 1, 9)],
  ])('refuse one that %s', (_, next) => {
    const leaves = leavesOf()
    leaves.add(leaf('a', 0, 10))
    expect(() => {
      leaves.add(next)
    }).toThrow(expect.objectContaining({ code: 'foreign-event' }))
  })
})

describe('a page', () => {
  const full = Array.from({ length: pageSize }, (_, i) => leaf(`case-${i % 7}`, Math.floor(i / 7), 1000 + i * 3, 1_700_000_000_000 - i))
  const text = JSON.stringify(pageOf(2000, full))

  it('holds its leaves as they were', () => {
    expect(leavesIn(text, 2000)).toEqual(full)
  })
  it.each([
    ['follows other leaves', text, 1000],
    ['is not whole', JSON.stringify(pageOf(2000, full.slice(1))), 2000],
    ['is no JSON', text.slice(1), 2000],
    ['is something else', '{"from":2000,"streams":["a"],"leaves":"many"}', 2000],
    ['names no stream', text.replace(/"streams":\[[^\]]*\]/, '"streams":[]'), 2000],
  ])('is left aside when it %s', (_, stored, from) => {
    expect(leavesIn(stored, from)).toBeUndefined()
  })
})
