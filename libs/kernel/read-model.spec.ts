import { expect, it } from '@jest/globals'
import { stateText } from '#libs/kernel/read-model'

it('writes a state the same, in whatever order its properties came, at every depth and without undefined ones', () => {
  const text = '{"a":{"x":1,"y":[{"p":true,"q":null}]},"b":"text"}'
  expect(stateText({ a: { x: 1, y: [{ p: true, q: null }] }, b: 'text' })).toBe(text)
  expect(stateText({ a: { y: [{ q: null, p: true }], x: 1 }, b: 'text', c: undefined })).toBe(text)
  expect(stateText({ c: undefined, b: 'text', a: { x: 1, y: [{ p: true, q: null }] } })).toBe(text)
})
it.each([[{ a: NaN }], [{ a: [undefined] }], [{ a: 1n }], [{ a: new Date(0) }]])('refuses what JSON cannot hold: %p', (state) => {
  expect(() => stateText(state)).toThrow('A state holds JSON only')
})
