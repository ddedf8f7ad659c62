import { expect, it } from '@jest/globals'
import { recent } from '#libs/privacy/recent'

it('keeps what was asked for or set last, and lets go of the rest', () => {
  const map = recent<number, string>(6)
  for (let i = 0; i < 10; i++) {
    map.set(i, `was ${i}`)
    map.set(i, `is ${i}`)
    expect(map.get(0)).toBe('is 0')
    if (i > 0) expect(map.get(i - 1)).toBe(`is ${i - 1}`)
  }
  expect([1, 2, 3, 4].map((i) => map.get(i))).toEqual([undefined, undefined, undefined, undefined])
  map.clear()
  expect([0, 9].map((i) => map.get(i))).toEqual([undefined, undefined])
})
