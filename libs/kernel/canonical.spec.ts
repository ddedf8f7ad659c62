import { describe, expect, it } from '@jest/globals'
import reference from 'canonicalize'
import fc from 'fast-check'
import { canonical } from '#libs/kernel/canonical'

describe('canonical JSON (RFC 8785)', () => {
  it('agrees with another implementation on any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonical(value)).toBe(reference(value))
      }),
    )
  })
  it('sorts keys by UTF-16 code units and writes numbers as ECMAScript does', () => {
    expect(canonical({ ö: 1, z: 1e21, A: -0, '\u{1f600}': 0.1, '\uffff': null })).toBe('{"A":0,"z":1e+21,"ö":1,"\u{1f600}":0.1,"\uffff":null}')
  })
  it.each([[undefined], [NaN], [Infinity], [1n], [() => 1], [Symbol('s')], [new Date(0)], [new Map()], ['\ud800'], [{ a: undefined }], [[undefined]]])(
    'refuses %p before anything is written',
    (value) => {
      expect(() => canonical(value)).toThrow(expect.objectContaining({ code: 'unstorable-value' }))
    },
  )
})
