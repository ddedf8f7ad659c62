import { describe, expect, it } from '@jest/globals'
import { deadlineKeys } from '#events/codes'
import { hoursLate, resultOf } from '#libs/deadlines/late'
import type { Deadline } from '#libs/deadlines/state'
import { limitsIn, limitsText, readLimit } from '#projections/statistics/limits'

const deadline = (more: Partial<Deadline> = {}): Deadline => ({ id: 'assess', key: 'assess', due: '2026-03-09', dueInstant: '2026-03-09T23:00:00.000Z', binding: 'local', state: 'running', step: 0, ...more })

describe('what a deadline came to', () => {
  it('is told by when it was met, and by the limit that held last', () => {
    const due = deadline().dueInstant
    expect(resultOf(deadline())).toBe('running')
    expect(resultOf(deadline({ missed: [due] }))).toBe('missed')
    // Extended since.
    expect(resultOf(deadline({ missed: ['2026-03-01T23:00:00.000Z'] }))).toBe('running')
    expect(resultOf(deadline({ state: 'met', metAt: due }))).toBe('met')
    expect(resultOf(deadline({ state: 'met', metAt: '2026-03-09T23:00:00.001Z', missed: [due] }))).toBe('late')
    expect(resultOf(deadline({ state: 'met', metAt: '2026-03-09T22:00:00.000Z', missed: [due] }))).toBe('met')
    expect(resultOf(deadline({ state: 'lapsed', missed: [due] }))).toBe('lapsed')
  })
  it('is late by begun hours', () => {
    expect(['2026-03-09T22:00:00.000Z', '2026-03-09T23:00:00.000Z', '2026-03-09T23:00:00.001Z', '2026-03-10T00:00:00.000Z', '2026-03-10T00:00:01.000Z'].map((at) => hoursLate(deadline().dueInstant, at))).toEqual([0, 0, 1, 1, 2])
  })
})

describe('the deadlines of a case as one text', () => {
  it('read as they were, the same for cases that kept the same', () => {
    const late = deadline({ id: 'close', key: 'close', binding: 'statute', state: 'met', metAt: '2026-03-11T23:00:00.000Z' })
    const text = limitsText([late, deadline()])
    expect(text).toBe('assess/local/running;close/statute/late/48')
    expect(limitsText([deadline(), late])).toBe(text)
    expect(limitsIn(text).map(readLimit)).toEqual([
      { key: 'assess', binding: 'local', result: 'running', hours: 0 },
      { key: 'close', binding: 'statute', result: 'late', hours: 48 },
    ])
    expect(limitsIn(limitsText([]))).toEqual([])
    expect(() => readLimit('assess/local/kept')).toThrow('Not what a deadline came to')
  })
  it('hold no code that could be mistaken for a mark', () => {
    for (const key of deadlineKeys) expect(key).not.toMatch(/[/;]/)
  })
})
