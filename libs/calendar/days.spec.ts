import { expect, it } from '@jest/globals'
import { stockholmDay } from '#libs/calendar/days'

it.each([
  ['2020-06-30T21:59:59.999Z', '2020-06-30'],
  ['2020-06-30T22:00:00.000Z', '2020-07-01'],
  ['2020-06-30T19:00:00.000-04:00', '2020-07-01'],
  ['2020-12-31T22:59:59.999Z', '2020-12-31'],
  ['2020-12-31T23:00:00.000Z', '2021-01-01'],
])('%s is %s in Stockholm', (instant, day) => {
  expect(stockholmDay(instant)).toBe(day)
})
