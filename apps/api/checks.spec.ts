import { describe, expect, it } from '@jest/globals'
import { isDate, isInstant, isPersonalNumber, utc } from '#apps/api/checks'

describe('personnummer and samordningsnummer', () => {
  // Numbers of the Tax Agency's test series.
  it.each(['189001019802', '18900102-9819', '190910799824'])('%s is one', (number) => {
    expect(isPersonalNumber(number)).toBe(true)
  })
  it.each(['189001019803', '900101-9802', '18901301-9808', '18900230-9806', '18900193-9801', '18900101+9802', ' 189001019802', '１８9001019802'])('%s is none', (number) => {
    expect(isPersonalNumber(number)).toBe(false)
  })
})

describe('instants and days', () => {
  it.each(['2020-02-29T00:00:00Z', '2020-03-02T09:00:00.1234567+01:00', '2020-03-02t09:00:00-00:00', '2020-12-31T23:59:59z'])('%s is an instant', (text) => {
    expect(isInstant(text)).toBe(true)
  })
  it.each(['2021-02-29T00:00:00Z', '2020-03-02T09:00:00', '2020-03-02T09:00Z', '2020-03-02T24:00:00Z', '2020-06-30T23:59:60Z', '2020-03-02 09:00:00Z', '2020-03-02T09:00:00+01', '0000-01-01T00:00:00+01:00', '9999-12-31T23:59:59-01:00', '+02020-03-02T09:00:00Z'])(
    '%s is none',
    (text) => {
      expect(isInstant(text)).toBe(false)
    },
  )
  it('stand in UTC with milliseconds', () => {
    expect(utc('2020-03-02t09:00:00.1239+01:00')).toBe('2020-03-02T08:00:00.123Z')
  })
  it('days are those of the calendar', () => {
    expect(['2000-02-29', '2020-04-30', '1900-02-29', '2020-04-31', '2020-00-10', '2020-1-1'].filter(isDate)).toEqual(['2000-02-29', '2020-04-30'])
  })
})
