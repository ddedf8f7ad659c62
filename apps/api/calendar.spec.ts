import { describe, expect, it } from '@jest/globals'
import { iCalendar, isNamed, lastModified, tagOf } from '#apps/api/calendar'
import type { Calendar, CalendarEntry } from '#apps/application/queries/calendar'
import ICAL from 'ical.js'
import ical from 'node-ical'

const entry: CalendarEntry = {
  uid: 'deviation-1/close@vaka',
  summary: 'Avsluta ärendet (8CVR0-Z6DRP)',
  due: '2026-03-29',
  dueInstant: '2026-03-29T22:00:00.000Z',
  timed: false,
  setAt: '2026-03-02T08:00:00.000Z',
  moves: 0,
  changedAt: '2026-03-02T08:00:00.000Z',
  path: '/v1/deviations/1',
}
const calendarOf = (...entries: readonly Partial<CalendarEntry>[]): Calendar => ({ feed: 'f1', name: 'Frister: Enhetschef', entries: entries.map((one) => ({ ...entry, ...one })) })
const writing = { now: '2026-03-02T09:00:00.000Z', language: 'sv', origin: 'https://vaka.example' } as const
const written = (calendar: Calendar): string => iCalendar(calendar, writing)
const eventIn = (text: string): ICAL.Component => {
  const found = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')
  if (!found) throw new Error('No event')
  return found
}

describe('a calendar as iCalendar', () => {
  it('ends its lines with CRLF and folds them at 75 octets, between characters', () => {
    for (const text of ['å', 'ä😀', 'Ö,', 'a'].map((piece) => piece.repeat(90))) {
      const bytes = Buffer.from(written(calendarOf({ summary: text })))
      const lines: string[] = []
      for (let from = 0; from < bytes.length; ) {
        const to = bytes.indexOf('\r\n', from)
        const line = to < 0 ? bytes.subarray(from) : bytes.subarray(from, to)
        expect(line.length).toBeLessThanOrEqual(75)
        lines.push(line.toString('utf8'))
        from = to < 0 ? bytes.length : to + 2
      }
      expect(lines.join('')).not.toMatch(/[\r\n\uFFFD]/)
      expect(eventIn(bytes.toString('utf8')).getFirstPropertyValue('summary')).toBe(text)
    }
  })
  it('escapes what has a meaning of its own', () => {
    const odd = 'Svara; "Åsa", bakåt\\\nny rad: slut'
    const text = written(calendarOf({ summary: odd }))
    expect(text).toContain('SUMMARY:Svara\\; "Åsa"\\, bakåt\\\\\\nny rad: slut')
    expect(eventIn(text).getFirstPropertyValue('summary')).toBe(odd)
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1)
  })
  it('has whole days as days, whose end is the day after, also where the clock changes', () => {
    const text = written(calendarOf({}))
    expect(text).toContain('DTSTART;VALUE=DATE:20260329\r\nDTEND;VALUE=DATE:20260330\r\n')
    const [day] = Object.values(ical.sync.parseICS(text)).filter((one) => one?.type === 'VEVENT')
    expect(day).toMatchObject({ datetype: 'date', uid: entry.uid, url: { val: 'https://vaka.example/v1/deviations/1' } })
  })
  it('has hours in UTC, so that no time zone has to be defined', () => {
    const text = written(calendarOf({ timed: true, dueInstant: '2026-03-29T01:30:00.000Z', warnInstant: '2026-03-28T01:30:00.000Z' }))
    expect(text).toContain('DTSTART:20260329T003000Z\r\nDTEND:20260329T013000Z\r\n')
    expect(text).toContain('TRIGGER;VALUE=DATE-TIME:20260328T013000Z\r\n')
    expect(text).not.toContain('TZID')
  })
  it('says what it is before anything else, with a stamp, a name of its own and a version in every entry', () => {
    const text = written(calendarOf({ moves: 2, changedAt: '2026-03-02T08:30:00.000Z' }))
    expect(text.split('\r\n').slice(0, 4)).toEqual(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Vaka//Vaka//SV', 'METHOD:PUBLISH'])
    const of = (name: string): string => String(eventIn(text).getFirstPropertyValue(name))
    expect(['dtstamp', 'uid', 'sequence', 'created', 'last-modified', 'class'].map(of)).toEqual(['2026-03-02T09:00:00Z', entry.uid, '2', '2026-03-02T08:00:00Z', '2026-03-02T08:30:00Z', 'PRIVATE'])
  })
  it('is a calendar also when there is nothing in it', () => {
    const empty = new ICAL.Component(ICAL.parse(written(calendarOf())))
    expect([empty.name, empty.getFirstPropertyValue('x-wr-calname'), empty.getAllSubcomponents()]).toEqual(['vcalendar', 'Frister: Enhetschef', []])
    expect(lastModified(calendarOf())).toBeUndefined()
  })
})

describe('the tag of a calendar', () => {
  it('is of what it holds, in a language', () => {
    const tag = tagOf(calendarOf({}), writing)
    expect(tagOf(calendarOf({}), writing)).toBe(tag)
    for (const other of [calendarOf({ moves: 1 }), calendarOf({ due: '2026-03-30' }), calendarOf({}, {}), calendarOf()]) expect(tagOf(other, writing)).not.toBe(tag)
    expect(tagOf(calendarOf({}), { ...writing, language: 'en' })).not.toBe(tag)
  })
  it('is found in what a client has', () => {
    expect([undefined, '', '"b"', 'W/"b"', '"aa"', 'a'].map((header) => isNamed(header, '"a"'))).toEqual(Array(6).fill(false))
    expect(['"a"', 'W/"a"', '"b", W/"a"', '*'].map((header) => isNamed(header, '"a"'))).toEqual(Array(4).fill(true))
  })
  it('stands beside the time of the latest change', () => {
    expect(lastModified(calendarOf({}, { changedAt: '2026-03-05T08:00:00.000Z' }, {}))).toBe('Thu, 05 Mar 2026 08:00:00 GMT')
  })
})
