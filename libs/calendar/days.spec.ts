import { describe, expect, it } from '@jest/globals'
import Holidays from 'date-holidays'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { addDays, addMonths, addWorkingDays, type Day, daysBetween, daysInMonth, endOfDay, isWorkingDay, nextWorkingDay, startOfDay, stockholmDay } from '#libs/calendar/days'

const zone = 'Europe/Stockholm'
const plain = (day: Day): Temporal.PlainDate => Temporal.PlainDate.from(day)
const first = plain('1950-01-01')
const dayBetween = (from: Day, to: Day): fc.Arbitrary<Day> => fc.integer({ min: 0, max: plain(from).until(plain(to)).days }).map((n) => plain(from).add({ days: n }).toString())
const anyDay = dayBetween('1950-01-01', '2100-12-31')
const everyDay = (from: Day, to: Day): Day[] => Array.from({ length: plain(from).until(plain(to)).days + 1 }, (_, n) => plain(from).add({ days: n }).toString())

describe('working days', () => {
  it.each([
    [2025, '01-01 01-06 04-18 04-21 05-01 05-29 06-06 06-20 12-24 12-25 12-26 12-31'],
    [2026, '01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31'],
  ])('%i has no other days off from Monday to Friday than %s', (year, off) => {
    const weekdays = everyDay(`${year}-01-01`, `${year}-12-31`).filter((day) => plain(day).dayOfWeek <= 5)
    expect(weekdays.filter((day) => !isWorkingDay(day))).toEqual(off.split(' ').map((date) => `${year}-${date}`))
  })

  /** The eves of lag 1930:173 are what `date-holidays` calls a bank holiday; it does not know that annandag pingst was a public one until 2004. */
  const calendar = new Holidays('SE', { languages: ['sv'] })
  const isOff = (year: number, { type, name }: { readonly type: string; readonly name: string }): boolean => type === 'public' || type === 'bank' || (name === 'annandag pingst' && year < 2005)
  const off = new Set(Array.from({ length: 61 }, (_, i) => 2000 + i).flatMap((year) => calendar.getHolidays(year).filter((holiday) => isOff(year, holiday)).map(({ date }) => date.slice(0, 10))))
  const works = (day: Day): boolean => plain(day).dayOfWeek <= 5 && !off.has(day)

  it('are those of another calendar, each day from 2000 to 2060', () => {
    expect(off.size).toBeGreaterThan(61 * 14)
    expect(everyDay('2000-01-01', '2060-12-31').filter((day) => isWorkingDay(day) !== works(day))).toEqual([])
  })
  it('are counted one by one, forwards and backwards', () => {
    const slowly = (day: Day, n: number): Day => {
      let reached = plain(day)
      for (let left = Math.abs(n); left > 0; ) {
        reached = reached.add({ days: Math.sign(n) })
        if (works(reached.toString())) left--
      }
      return reached.toString()
    }
    fc.assert(fc.property(dayBetween('2001-01-01', '2059-12-31'), fc.integer({ min: -60, max: 60 }), (day, n) => expect(addWorkingDays(day, n)).toBe(slowly(day, n))))
  })
  it('counted there and back again lead to the day they began on, when it is one', () => {
    fc.assert(fc.property(anyDay.map(nextWorkingDay), fc.integer({ min: -300, max: 300 }), (day, n) => expect(addWorkingDays(addWorkingDays(day, n), -n)).toBe(day)))
  })
  it('follow a day at once, or it is one', () => {
    fc.assert(fc.property(anyDay, (day) => expect(nextWorkingDay(day)).toBe(isWorkingDay(day) ? day : addWorkingDays(day, 1))))
    expect(addWorkingDays('2025-09-06', 0)).toBe('2025-09-06')
  })
})

describe('days and months', () => {
  it('are added as Temporal adds them', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -900, max: 900 }), (day, n) => {
        expect(addDays(day, n)).toBe(plain(day).add({ days: n }).toString())
        expect(addMonths(day, n)).toBe(plain(day).add({ months: n }).toString())
        expect(daysBetween(day, addDays(day, n))).toBe(n)
      }),
    )
  })
  it('have the lengths that Temporal gives them', () => {
    for (let month = first; month.year <= 2100; month = month.add({ months: 1 })) expect([month.toString(), daysInMonth(month.year, month.month)]).toEqual([month.toString(), month.daysInMonth])
    expect([daysInMonth(0, 2), daysInMonth(1900, 2), daysInMonth(2025, 0), daysInMonth(2025, 13)]).toEqual([29, 28, 0, 0])
  })
  it.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2025-01-31', -2, '2024-11-30'],
    ['2025-01-15', -1, '2024-12-15'],
    ['2025-11-30', 1, '2025-12-30'],
    ['0999-11-30', 1, '0999-12-30'],
    ['0999-12-31', 2, '1000-02-28'],
  ])('%s and %i months is %s', (day, n, later) => {
    expect(addMonths(day, n)).toBe(later)
  })
})

describe('instants', () => {
  const started = (day: Day): string => plain(day).toZonedDateTime(zone).toInstant().toString({ smallestUnit: 'millisecond' })
  it('begin each day from 2000 to 2060 when Temporal says', () => {
    expect(everyDay('2000-01-01', '2060-12-31').filter((day) => startOfDay(day) !== started(day))).toEqual([])
  })
  it('end a day where the next one begins', () => {
    fc.assert(fc.property(anyDay, (day) => expect([startOfDay(day), endOfDay(day)]).toEqual([started(day), startOfDay(addDays(day, 1))])))
  })
  it('belong to the day that Temporal says, with whatever offset they are written', () => {
    const instant = fc.date({ min: new Date('1950-01-01T00:00Z'), max: new Date('2100-12-31T00:00Z'), noInvalidDate: true })
    const lateEvening = anyDay.chain((day) => fc.integer({ min: -3 * 3_600_000, max: 3_600_000 }).map((ms) => new Date(Date.parse(day) + ms)))
    fc.assert(
      fc.property(fc.oneof(instant, lateEvening), fc.constantFrom('+00:00', '+05:30', '-11:00', zone), (at, offset) => {
        const told = Temporal.Instant.fromEpochMilliseconds(at.getTime())
        const day = told.toZonedDateTimeISO(zone).toPlainDate().toString()
        expect(stockholmDay(at.toISOString())).toBe(day)
        expect(stockholmDay(told.toString({ timeZone: offset, smallestUnit: 'millisecond' }))).toBe(day)
      }),
    )
  })
  it.each([
    ['2020-06-30T21:59:59.999Z', '2020-06-30'],
    ['2020-06-30T22:00:00.000Z', '2020-07-01'],
    ['2020-06-30T19:00:00.000-04:00', '2020-07-01'],
    ['2020-12-31T22:59:59.999Z', '2020-12-31'],
    ['2020-12-31T23:00:00.000Z', '2021-01-01'],
    ['0999-12-31T23:00:00.000Z', '1000-01-01'],
  ])('%s is %s in Stockholm', (instant, day) => {
    expect(stockholmDay(instant)).toBe(day)
  })
})
