import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addDays, addMonths, addWorkingDays, isWorkingDay, stockholmDay } from '#libs/calendar/days'
import { type Duration, limitFrom, limitOn, warningBefore } from '#libs/calendar/limits'

const hours = (amount: number): Duration => ({ amount, unit: 'hours' })
const days = (amount: number): Duration => ({ amount, unit: 'days' })
const workingDays = (amount: number): Duration => ({ amount, unit: 'working-days' })
const months = (amount: number): Duration => ({ amount, unit: 'months' })
const utc = (time: string): string => new Date(time).toISOString()

/** Start on the clock of Stockholm, duration, due day, end in UTC, why. */
type Case = readonly [start: string, duration: Duration, due: string, end: string, why: string]

const counted: readonly Case[] = [
  ['2025-09-03T09:00+02:00', days(5), '2025-09-08', '2025-09-08T22:00Z', 'Wednesday is day 0, Monday is day 5'],
  ['2025-09-01T00:00+02:00', days(10), '2025-09-11', '2025-09-11T22:00Z', 'what comes at the first moment of Monday has Monday as day 0'],
  ['2025-09-01T23:59:59.999+02:00', days(10), '2025-09-11', '2025-09-11T22:00Z', 'and so has what comes at its last'],
  ['2025-09-01T09:00+02:00', days(5), '2025-09-08', '2025-09-08T22:00Z', 'Saturday moves to Monday'],
  ['2025-09-02T09:00+02:00', days(5), '2025-09-08', '2025-09-08T22:00Z', 'Sunday moves to Monday'],
  ['2025-09-06T09:00+02:00', days(0), '2025-09-08', '2025-09-08T22:00Z', 'the same day is a Saturday and moves to Monday'],
  ['2025-09-05T09:00+02:00', days(0), '2025-09-05', '2025-09-05T22:00Z', 'the same day is a Friday'],

  ['2025-04-12T12:00+02:00', days(5), '2025-04-17', '2025-04-17T22:00Z', 'skärtorsdagen is a working day'],
  ['2025-04-13T12:00+02:00', days(5), '2025-04-22', '2025-04-22T22:00Z', 'långfredagen moves past Easter to Tuesday'],
  ['2025-04-14T12:00+02:00', days(5), '2025-04-22', '2025-04-22T22:00Z', 'påskafton is a Saturday'],
  ['2025-04-15T12:00+02:00', days(5), '2025-04-22', '2025-04-22T22:00Z', 'påskdagen'],
  ['2025-04-16T12:00+02:00', days(5), '2025-04-22', '2025-04-22T22:00Z', 'annandag påsk'],
  ['2026-03-29T12:00+02:00', days(5), '2026-04-07', '2026-04-07T22:00Z', 'långfredagen 2026, 3 April'],
  ['2024-03-24T12:00+01:00', days(5), '2024-04-02', '2024-04-02T22:00Z', 'långfredagen 2024; summer time begins on påskdagen'],
  ['2027-03-23T12:00+01:00', days(5), '2027-03-30', '2027-03-30T22:00Z', 'påskdagen 2027, 28 March'],
  ['2008-03-16T12:00+01:00', days(5), '2008-03-25', '2008-03-25T23:00Z', 'långfredagen 21 March 2008: an early Easter'],
  ['2011-04-17T12:00+02:00', days(5), '2011-04-26', '2011-04-26T22:00Z', 'långfredagen 22 April 2011: a late Easter'],

  ['2025-04-25T12:00+02:00', days(5), '2025-04-30', '2025-04-30T22:00Z', 'valborgsmässoafton is a working day'],
  ['2025-04-26T12:00+02:00', days(5), '2025-05-02', '2025-05-02T22:00Z', 'första maj, a Thursday, moves to Friday'],
  ['2026-04-26T12:00+02:00', days(5), '2026-05-04', '2026-05-04T22:00Z', 'första maj, a Friday, moves to Monday'],
  ['2025-05-24T12:00+02:00', days(5), '2025-05-30', '2025-05-30T22:00Z', 'Kristi himmelsfärdsdag moves to Friday, which is a working day'],
  ['2026-05-09T12:00+02:00', days(5), '2026-05-15', '2026-05-15T22:00Z', 'Kristi himmelsfärdsdag 2026, 14 May'],
  ['2008-04-26T12:00+02:00', days(5), '2008-05-02', '2008-05-02T22:00Z', 'första maj 2008 is Kristi himmelsfärdsdag as well: one day off, not two'],

  ['2025-06-01T12:00+02:00', days(5), '2025-06-09', '2025-06-09T22:00Z', 'nationaldagen, a Friday, moves to annandag pingst, a working day since 2005'],
  ['2024-06-01T12:00+02:00', days(5), '2024-06-07', '2024-06-07T22:00Z', 'nationaldagen, a Thursday, moves to Friday'],
  ['2005-06-01T12:00+02:00', days(5), '2005-06-07', '2005-06-07T22:00Z', 'nationaldagen 2005, the first that was a holiday (lag 2004:1320)'],
  ['2003-06-01T12:00+02:00', days(5), '2003-06-06', '2003-06-06T22:00Z', '6 June 2003 was a working day'],
  ['2004-05-26T12:00+02:00', days(5), '2004-06-01', '2004-06-01T22:00Z', 'annandag pingst 2004, the last that was a holiday'],

  ['2025-06-14T12:00+02:00', days(5), '2025-06-19', '2025-06-19T22:00Z', 'the day before midsommarafton is a working day'],
  ['2025-06-15T12:00+02:00', days(5), '2025-06-23', '2025-06-23T22:00Z', 'midsommarafton moves to Monday'],
  ['2025-06-16T12:00+02:00', days(5), '2025-06-23', '2025-06-23T22:00Z', 'midsommardagen moves to Monday'],
  ['2026-06-14T12:00+02:00', days(5), '2026-06-22', '2026-06-22T22:00Z', 'midsommarafton 19 June 2026, as early as it can be'],
  ['2027-06-20T12:00+02:00', days(5), '2027-06-28', '2027-06-28T22:00Z', 'midsommarafton 25 June 2027, as late as it can be'],
  ['2027-06-13T12:00+02:00', days(5), '2027-06-18', '2027-06-18T22:00Z', 'Friday 18 June is never midsommarafton'],

  ['2025-10-26T12:00+01:00', days(5), '2025-10-31', '2025-10-31T23:00Z', 'allhelgonaafton is a working day'],
  ['2025-10-27T12:00+01:00', days(5), '2025-11-03', '2025-11-03T23:00Z', 'alla helgons dag moves to Monday'],
  ['2026-10-26T12:00+01:00', days(5), '2026-11-02', '2026-11-02T23:00Z', 'alla helgons dag 31 October 2026'],
  ['2024-12-08T12:00+01:00', days(5), '2024-12-13', '2024-12-13T23:00Z', 'Lucia is a working day'],

  ['2025-12-18T12:00+01:00', days(5), '2025-12-23', '2025-12-23T23:00Z', 'the day before julafton is a working day'],
  ['2025-12-19T12:00+01:00', days(5), '2025-12-29', '2025-12-29T23:00Z', 'julafton moves past Christmas and the week-end'],
  ['2025-12-20T12:00+01:00', days(5), '2025-12-29', '2025-12-29T23:00Z', 'juldagen'],
  ['2025-12-21T12:00+01:00', days(5), '2025-12-29', '2025-12-29T23:00Z', 'annandag jul'],
  ['2025-12-10T12:00+01:00', days(14), '2025-12-29', '2025-12-29T23:00Z', 'fourteen days to answer a complaint end on julafton'],
  ['2025-12-26T12:00+01:00', days(5), '2026-01-02', '2026-01-02T23:00Z', 'nyårsafton moves past nyårsdagen into the next year'],
  ['2025-12-27T12:00+01:00', days(5), '2026-01-02', '2026-01-02T23:00Z', 'nyårsdagen, a Thursday'],
  ['2025-12-31T12:00+01:00', days(5), '2026-01-05', '2026-01-05T23:00Z', 'trettondagsafton is a working day'],
  ['2026-01-01T12:00+01:00', days(5), '2026-01-07', '2026-01-07T23:00Z', 'trettondedag jul, a Tuesday'],
  ['2026-12-19T12:00+01:00', days(5), '2026-12-28', '2026-12-28T23:00Z', 'julafton 2026, a Thursday: four days off'],
  ['2026-12-26T12:00+01:00', days(5), '2027-01-04', '2027-01-04T23:00Z', 'nyårsafton 2026, a Thursday: four days off'],

  ['2025-09-05T12:00+02:00', workingDays(1), '2025-09-08', '2025-09-08T22:00Z', 'Friday, then Monday'],
  ['2025-09-06T12:00+02:00', workingDays(1), '2025-09-08', '2025-09-08T22:00Z', 'Saturday, then Monday'],
  ['2025-09-06T12:00+02:00', workingDays(0), '2025-09-08', '2025-09-08T22:00Z', 'no working day from Saturday: Monday'],
  ['2025-09-01T12:00+02:00', workingDays(10), '2025-09-15', '2025-09-15T22:00Z', 'ten working days are two weeks'],
  ['2025-04-17T12:00+02:00', workingDays(2), '2025-04-23', '2025-04-23T22:00Z', 'skärtorsdagen, then Tuesday and Wednesday'],
  ['2025-04-30T12:00+02:00', workingDays(3), '2025-05-06', '2025-05-06T22:00Z', 'not första maj, nor the week-end'],
  ['2025-05-28T12:00+02:00', workingDays(1), '2025-05-30', '2025-05-30T22:00Z', 'not Kristi himmelsfärdsdag'],
  ['2025-06-05T12:00+02:00', workingDays(1), '2025-06-09', '2025-06-09T22:00Z', 'not nationaldagen, nor the week-end'],
  ['2026-06-05T12:00+02:00', workingDays(1), '2026-06-08', '2026-06-08T22:00Z', 'nationaldagen on a Saturday takes no other day off'],
  ['2025-06-18T12:00+02:00', workingDays(2), '2025-06-23', '2025-06-23T22:00Z', 'Thursday, then the Monday after Midsummer'],
  ['2025-12-23T12:00+01:00', workingDays(2), '2025-12-30', '2025-12-30T23:00Z', 'two working days over Christmas'],
  ['2025-12-23T12:00+01:00', workingDays(3), '2026-01-02', '2026-01-02T23:00Z', 'three, over nyårsafton and nyårsdagen'],
  ['2025-12-23T12:00+01:00', workingDays(5), '2026-01-07', '2026-01-07T23:00Z', 'five, over trettondedag jul'],
  ['2025-12-24T12:00+01:00', workingDays(1), '2025-12-29', '2025-12-29T23:00Z', 'from julafton itself'],

  ['2025-01-31T12:00+01:00', months(1), '2025-02-28', '2025-02-28T23:00Z', '31 January and a month: the last of February'],
  ['2024-01-31T12:00+01:00', months(1), '2024-02-29', '2024-02-29T23:00Z', 'which is the 29th in a leap year'],
  ['2026-01-31T12:00+01:00', months(1), '2026-03-02', '2026-03-02T23:00Z', 'and moves into March when it is a Saturday'],
  ['2025-02-28T12:00+01:00', months(1), '2025-03-28', '2025-03-28T23:00Z', 'the same day number, not the last day again'],
  ['2025-03-31T12:00+02:00', months(1), '2025-04-30', '2025-04-30T22:00Z', '31 March and a month: 30 April'],
  ['2025-08-31T12:00+02:00', months(1), '2025-09-30', '2025-09-30T22:00Z', '31 August and a month: 30 September'],
  ['2024-12-31T12:00+01:00', months(2), '2025-02-28', '2025-02-28T23:00Z', '31 December and two months'],
  ['2023-12-31T12:00+01:00', months(2), '2024-02-29', '2024-02-29T23:00Z', '31 December and two months, into a leap year'],
  ['2025-12-31T12:00+01:00', months(2), '2026-03-02', '2026-03-02T23:00Z', '31 December and two months, to a Saturday'],
  ['2024-02-29T12:00+01:00', months(12), '2025-02-28', '2025-02-28T23:00Z', 'a year after 29 February'],
  ['2025-04-20T12:00+02:00', months(2), '2025-06-23', '2025-06-23T22:00Z', 'two months end on midsommarafton'],
  ['2025-04-06T12:00+02:00', months(2), '2025-06-09', '2025-06-09T22:00Z', 'two months end on nationaldagen'],
  ['2025-10-24T12:00+02:00', months(2), '2025-12-29', '2025-12-29T23:00Z', 'two months end on julafton; begun in summer time, ended in winter'],
  ['2025-11-01T12:00+01:00', months(2), '2026-01-02', '2026-01-02T23:00Z', 'two months end on nyårsdagen'],
  ['2025-11-06T12:00+01:00', months(2), '2026-01-07', '2026-01-07T23:00Z', 'two months end on trettondedag jul'],
  ['2025-01-30T12:00+01:00', months(2), '2025-03-31', '2025-03-31T22:00Z', 'two months end on a Sunday, the day summer time begins'],
  ['2025-08-26T12:00+02:00', months(2), '2025-10-27', '2025-10-27T23:00Z', 'two months end on a Sunday, the day summer time ends'],
  ['2025-06-30T12:00+02:00', months(2), '2025-09-01', '2025-09-01T22:00Z', 'received the day before SoL 2025:400 came into force: Saturday 30 August moves to Monday'],
  ['2025-07-01T12:00+02:00', months(2), '2025-09-01', '2025-09-01T22:00Z', 'received the day it came into force: the count is the same'],
  ['2019-06-30T12:00+02:00', months(2), '2019-08-30', '2019-08-30T22:00Z', 'received under SoL 2001:453'],

  ['2025-09-01T23:30+02:00', days(3), '2025-09-04', '2025-09-04T22:00Z', 'late on 1 September'],
  ['2025-09-02T00:30+02:00', days(3), '2025-09-05', '2025-09-05T22:00Z', 'early on the 2nd, still the 1st in UTC'],
  ['2025-12-01T23:30+01:00', days(3), '2025-12-04', '2025-12-04T23:00Z', 'late on 1 December'],
  ['2025-12-02T00:30+01:00', days(3), '2025-12-05', '2025-12-05T23:00Z', 'early on the 2nd, still the 1st in UTC'],
  ['2025-09-08T00:30+02:00', workingDays(1), '2025-09-09', '2025-09-09T22:00Z', 'early on Monday, still Sunday in UTC'],
  ['2025-12-31T23:30+01:00', months(1), '2026-02-02', '2026-02-02T23:00Z', 'late on nyårsafton: 31 January is a Saturday'],
  ['2026-03-01T00:30+01:00', months(1), '2026-04-01', '2026-04-01T22:00Z', 'early on 1 March, still February in UTC'],
  ['2026-01-01T00:30+01:00', days(1), '2026-01-02', '2026-01-02T23:00Z', 'early on nyårsdagen, still the old year in UTC'],
  ['2025-07-01T00:15+02:00', months(2), '2025-09-01', '2025-09-01T22:00Z', 'in the first minutes of SoL 2025:400, still June in UTC'],

  ['2026-03-22T12:00+01:00', days(5), '2026-03-27', '2026-03-27T23:00Z', 'the last working day of winter time'],
  ['2025-03-25T12:00+01:00', days(5), '2025-03-31', '2025-03-31T22:00Z', 'the first working day of summer time'],
  ['2025-10-19T12:00+02:00', days(5), '2025-10-24', '2025-10-24T22:00Z', 'the last working day of summer time'],
  ['2025-10-21T12:00+02:00', days(5), '2025-10-27', '2025-10-27T23:00Z', 'the first working day of winter time'],
]

const elapsed: readonly Case[] = [
  ['2025-09-01T14:00+02:00', hours(24), '2025-09-02', '2025-09-02T12:00Z', 'the same time the next day'],
  ['2025-09-01T14:00:05.250+02:00', hours(72), '2025-09-04', '2025-09-04T12:00:05.250Z', 'three days later, to the millisecond'],
  ['2025-09-01T00:00+02:00', hours(24), '2025-09-02', '2025-09-01T22:00Z', 'midnight belongs to the day that begins'],
  ['2025-09-01T14:00+02:00', hours(0), '2025-09-01', '2025-09-01T12:00Z', 'at once'],
  ['2025-09-05T17:00+02:00', hours(24), '2025-09-06', '2025-09-06T15:00Z', 'ends on a Saturday and stays there'],
  ['2025-12-24T10:00+01:00', hours(24), '2025-12-25', '2025-12-25T09:00Z', 'ends on juldagen and stays there'],
  ['2025-06-19T16:00+02:00', hours(24), '2025-06-20', '2025-06-20T14:00Z', 'ends on midsommarafton and stays there'],
  ['2025-04-17T08:00+02:00', hours(72), '2025-04-20', '2025-04-20T06:00Z', 'runs through långfredagen and ends on påskdagen'],
  ['2025-12-31T12:00+01:00', hours(24), '2026-01-01', '2026-01-01T11:00Z', 'ends on nyårsdagen'],
  ['2025-03-29T14:00+01:00', hours(24), '2025-03-30', '2025-03-30T13:00Z', 'over the night that lacks an hour: at 15:00'],
  ['2025-03-29T23:30+01:00', hours(24), '2025-03-31', '2025-03-30T22:30Z', 'from before midnight to after the next one: that day has 23 hours'],
  ['2025-03-30T01:59+01:00', hours(1), '2025-03-30', '2025-03-30T01:59Z', 'from 01:59 to 03:59'],
  ['2025-10-25T14:00+02:00', hours(24), '2025-10-26', '2025-10-26T12:00Z', 'over the night that has an hour twice: at 13:00'],
  ['2025-10-26T00:30+02:00', hours(24), '2025-10-26', '2025-10-26T22:30Z', 'ends at 23:30 on the same day: it has 25 hours'],
  ['2025-10-26T02:30+02:00', hours(1), '2025-10-26', '2025-10-26T01:30Z', 'from 02:30 to 02:30'],
  ['2024-02-28T12:00+01:00', hours(24), '2024-02-29', '2024-02-29T11:00Z', 'to the leap day'],
]

const told = ({ amount, unit }: Duration): string => `${amount} ${unit}`
describe('a limit', () => {
  for (const [start, duration, due, end, why] of [...counted, ...elapsed])
    it(`${start} + ${told(duration)} = ${due}: ${why}`, () => {
      expect(limitFrom(utc(start), duration)).toEqual({ due, dueInstant: utc(end) })
    })

  it.each([
    ['2025-09-06', '2025-09-06T22:00Z', 'a Saturday'],
    ['2025-12-24', '2025-12-24T23:00Z', 'julafton'],
    ['2025-12-31', '2025-12-31T23:00Z', 'the end of the year'],
    ['2025-03-29', '2025-03-29T23:00Z', 'the day before summer time'],
    ['2025-03-30', '2025-03-30T22:00Z', 'the day summer time begins'],
    ['2025-10-25', '2025-10-25T22:00Z', 'the day before winter time'],
    ['2025-10-26', '2025-10-26T23:00Z', 'the day summer time ends'],
    ['9999-12-31', '9999-12-31T23:00Z', 'the last day that can be written'],
  ])('stays on the day %s that people chose, to %s: %s', (day, end) => {
    expect(limitOn(day)).toEqual({ due: day, dueInstant: utc(end) })
  })

  const start = fc.date({ min: new Date('2000-01-01T00:00Z'), max: new Date('2060-12-31T00:00Z'), noInvalidDate: true }).map((d) => d.toISOString())
  it('ends on the first working day that there is from the day the count reaches', () => {
    const counts = { days: addDays, 'working-days': addWorkingDays, months: addMonths }
    fc.assert(
      fc.property(start, fc.constantFrom('days', 'working-days', 'months'), fc.integer({ min: 0, max: 40 }), (from, unit, amount) => {
        const reached = counts[unit](stockholmDay(from), amount)
        const { due } = limitFrom(from, { amount, unit })
        expect(isWorkingDay(due)).toBe(true)
        expect(due >= reached).toBe(true)
        for (let day = reached; day < due; day = addDays(day, 1)) expect(isWorkingDay(day)).toBe(false)
      }),
    )
  })
  it('that has a warning is warned of no later than it ends, and the day of either instant is its own', () => {
    fc.assert(
      fc.property(start, fc.constantFrom('hours', 'days', 'working-days', 'months'), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), (from, unit, amount, before) => {
        const limit = limitFrom(from, { amount, unit })
        const { warn, warnInstant } = warningBefore(limit, { amount: before, unit })
        expect(warnInstant <= limit.dueInstant).toBe(true)
        expect(stockholmDay(warnInstant)).toBe(warn)
      }),
    )
  })
})

describe('a warning', () => {
  const warnings: readonly (readonly [due: string, before: Duration, warn: string, from: string, why: string])[] = [
    ['2025-09-08', workingDays(1), '2025-09-05', '2025-09-04T22:00Z', 'a working day before Monday is Friday'],
    ['2025-09-08', workingDays(2), '2025-09-04', '2025-09-03T22:00Z', 'two are Thursday'],
    ['2025-09-08', days(2), '2025-09-06', '2025-09-05T22:00Z', 'two days are Saturday, and stay there'],
    ['2025-09-08', days(0), '2025-09-08', '2025-09-07T22:00Z', 'on the day itself, from its start'],
    ['2025-09-06', workingDays(1), '2025-09-05', '2025-09-04T22:00Z', 'a working day before a chosen Saturday'],
    ['2025-04-22', workingDays(1), '2025-04-17', '2025-04-16T22:00Z', 'back over Easter to skärtorsdagen'],
    ['2025-06-23', workingDays(1), '2025-06-19', '2025-06-18T22:00Z', 'back over Midsummer'],
    ['2025-12-29', workingDays(2), '2025-12-22', '2025-12-21T23:00Z', 'back over Christmas'],
    ['2026-01-02', workingDays(3), '2025-12-23', '2025-12-22T23:00Z', 'back over the new year and Christmas'],
    ['2025-04-04', days(14), '2025-03-21', '2025-03-20T23:00Z', 'back into winter time'],
    ['2025-03-31', months(1), '2025-02-28', '2025-02-27T23:00Z', 'a month before 31 March'],
    ['2025-09-08', hours(24), '2025-09-08', '2025-09-07T22:00Z', 'a day of 24 hours before its end is its start'],
    ['2025-03-30', hours(24), '2025-03-29', '2025-03-29T22:00Z', '24 hours before the end of a day that has 23: at 23:00 the day before'],
    ['2025-10-26', hours(24), '2025-10-26', '2025-10-25T23:00Z', '24 hours before the end of a day that has 25: at 01:00'],
    ['2025-10-26', days(1), '2025-10-25', '2025-10-24T22:00Z', 'a day before, from its start'],
  ]
  for (const [due, before, warn, from, why] of warnings)
    it(`${told(before)} before ${due} = ${warn}: ${why}`, () => {
      expect(warningBefore(limitOn(due), before)).toEqual({ warn, warnInstant: utc(from) })
    })
  it('of what must be done at once comes after 24 of 72 hours, whatever day that is', () => {
    const limit = limitFrom('2025-12-23T09:00:00.000Z', hours(72))
    expect(warningBefore(limit, hours(48))).toEqual({ warn: '2025-12-24', warnInstant: '2025-12-24T09:00:00.000Z' })
  })
})
