import { expect, it } from '@jest/globals'
import { random } from '#libs/privacy/random'

it('never gives the same bytes twice, also when the pool is filled anew, and leaves what it gave alone', () => {
  const given = Array.from({ length: 2000 }, (_, i) => random(i % 2 ? 12 : 32))
  const texts = given.map((bytes) => bytes.toString('hex'))
  expect(given.map((bytes) => bytes.length).slice(0, 2)).toEqual([32, 12])
  expect(new Set(texts).size).toBe(2000)
  expect(texts.filter((text) => /^0+$/.test(text))).toEqual([])
})
