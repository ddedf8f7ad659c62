import { describe, expect, it } from '@jest/globals'
import { caseNumber, readCaseNumber } from '#libs/duties/number'

describe('the number of a case', () => {
  it('is the last 50 bits of its id in Crockford base 32', () => {
    expect(caseNumber('01890a5d-ac96-774b-8c00-000000000000')).toBe('00000-00000')
    expect(caseNumber('01890a5d-ac96-774b-bfff-ffffffffffff')).toBe('ZZZZZ-ZZZZZ')
    expect(caseNumber('01890a5d-ac96-774b-8000-000000000021')).toBe('00000-00011')
    // The 49th and 50th bit from the right, and none further left.
    expect(caseNumber('01890a5d-ac96-774b-8003-000000000000')).toBe('R0000-00000')
    expect(caseNumber('01890a5d-ac96-774b-8004-000000000000')).toBe('00000-00000')
  })
  it('is read as people write it', () => {
    const number = caseNumber('01890a5d-ac96-774b-b1e2-0123456789ab')
    expect(readCaseNumber(number)).toBe(number)
    expect(readCaseNumber(` ${number.toLowerCase().replace('-', '')} `)).toBe(number)
    expect(readCaseNumber('oooil-00000')).toBe('00011-00000')
    expect(readCaseNumber('U0000-00000')).toBeUndefined()
    expect(readCaseNumber('0000-00000')).toBeUndefined()
  })
})
