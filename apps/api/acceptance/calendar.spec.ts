import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approve, assess, measure, openTown, outcomeOf, score, type Town } from '#apps/api/acceptance/town'
import ICAL from 'ical.js'
import ical from 'node-ical'

let town: Town
beforeAll(async () => {
  town = await openTown()
})
afterAll(() => town.end())

const [worker, chef, unit] = ['medarbetare-missbruk', 'chef-missbruk', 'missbruk']
interface Grant {
  readonly grant: string
  readonly role: string
}
const grantOf = async (login: string): Promise<Grant> => {
  const { roles } = (await town.get(login, '/v1/me')).body
  return roles[0]
}
const command = async (login: string, intent: string, body: object, headers = {}) => town.post(login, `/v1/organisation/${intent}`, body, headers)
const open = async (login: string): Promise<{ readonly feed: string; readonly token: string; readonly path: string }> => {
  const answer = await command(login, 'open-calendar-feed', { grant: (await grantOf(login)).grant })
  if (answer.status !== 200) throw new Error(outcomeOf(answer))
  return answer.body
}
/** A calendar program: no token in a header. It reads what every projection has seen. */
const subscribe = async (path: string, headers: Record<string, string> = {}) => {
  const end = (await town.ask('omradeschef', 'GET', `/v1/deviations/${id}`)).headers['vaka-position']
  await town.application.reached(String(end), 10_000)
  return town.fastify.inject({ method: 'GET', url: path, headers: { host: 'vaka.example', ...headers } })
}
const eventsOf = (text: string) => new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((component) => new ICAL.Event(component))
const summaries = async (path: string): Promise<readonly string[]> => eventsOf((await subscribe(path)).body).map((event) => event.summary)

let id = ''
let number = ''
let feed: Awaited<ReturnType<typeof open>>
beforeAll(async () => {
  id = await town.reports(worker, { unit, wantsFeedback: true, description: 'HEMLIG händelse', individuals: [{ name: 'HEMLIG person' }] })
  await town.does(chef, id, 'assess', assess('suspected-misconduct'))
  number = (await town.get(chef, `/v1/deviations/${id}`)).body.number
  feed = await open(chef)
})

describe('a calendar feed', () => {
  it('has an address that derives from its id: the same command answers the same', async () => {
    const key = { 'idempotency-key': 'kalender-1' }
    const { grant } = await grantOf('sas')
    const [once, again] = [await command('sas', 'open-calendar-feed', { grant }, key), await command('sas', 'open-calendar-feed', { grant }, key)]
    expect(once.body).toMatchObject({ feed: expect.stringMatching(/^[0-9a-f-]{36}$/), path: `/v1/deadlines.ics?token=${once.body.token}`, events: [{ type: 'calendar-feed-opened' }] })
    expect(once.body.token).toMatch(new RegExp(`^${once.body.feed}\\.[\\w-]{43}$`))
    expect(again.body).toEqual(once.body)
  })
  it('is iCalendar that others read: what is to be done, in which case, and nothing else', async () => {
    const { statusCode, headers, body, rawPayload } = await subscribe(feed.path)
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({ 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'private, no-cache', etag: expect.stringMatching(/^"[\w-]{27}"$/), 'last-modified': expect.stringMatching(/GMT$/) })
    const text = rawPayload.toString('utf8')
    expect(text.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Vaka//Vaka//SV\r\n')).toBe(true)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(text).toMatch(/\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n/)
    const calendar = new ICAL.Component(ICAL.parse(body))
    expect([calendar.getFirstPropertyValue('method'), calendar.getFirstPropertyValue('x-wr-calname')]).toEqual(['PUBLISH', 'Frister: Enhetschef, Enheten för missbruk (myndighet och Nakterhuset)'])
    const events = eventsOf(body)
    expect(events.map(({ summary, uid }) => [summary, uid])).toEqual([
      [`Skydda omedelbart (${number})`, `deviation-${id}/protect@vaka`],
      [`Bekräfta mottagandet (${number})`, `deviation-${id}/acknowledge@vaka`],
      [`Avsluta ärendet (${number})`, `deviation-${id}/close@vaka`],
    ])
    for (const { component } of events) {
      expect(component.getAllProperties().map(({ name }) => name).sort()).toEqual(
        expect.arrayContaining(['class', 'created', 'dtend', 'dtstamp', 'dtstart', 'last-modified', 'sequence', 'summary', 'transp', 'uid', 'url']),
      )
      expect([component.getFirstPropertyValue('class'), component.getFirstPropertyValue('transp'), component.getFirstPropertyValue('url')]).toEqual(['PRIVATE', 'TRANSPARENT', `http://vaka.example/v1/deviations/${id}`])
      expect(component.getAllProperties().filter((p) => p.getParameter('tzid') !== undefined)).toEqual([])
    }
    expect(text).not.toMatch(/HEMLIG|Utebliven|Avvikelse,|DESCRIPTION:(?!Bekr|Avsl)|chef-missbruk|s-[a-z0-9]{10}/)
  })
  it('has days for limits in days, an hour for limits in hours, and alarms where they are warned of', async () => {
    const { body } = await subscribe(feed.path)
    const [protect, acknowledge] = eventsOf(body)
    const timesOf = (event: typeof protect) => [event?.startDate.isDate, String(event?.startDate), String(event?.endDate)]
    expect(timesOf(acknowledge)).toEqual([true, '2026-03-04', '2026-03-05'])
    const suspected = (await town.get('revisor', `/v1/deviations/${id}/history`)).body.rows.find(({ type }: { readonly type: string }) => type === 'deviation-assessed').recordedAt
    const inSeconds = (hours: number): string => new Date(Date.parse(suspected) + hours * 3_600_000).toISOString().replace(/\.\d+/, '')
    expect(timesOf(protect)).toEqual([false, inSeconds(23), inSeconds(24)])
    expect(protect?.component.getAllSubcomponents('valarm')).toEqual([])
    const [alarm] = acknowledge?.component.getAllSubcomponents('valarm') ?? []
    expect([alarm?.getFirstPropertyValue('action'), String(alarm?.getFirstPropertyValue('trigger')), alarm?.getFirstPropertyValue('description')]).toEqual(['DISPLAY', '2026-03-02T23:00:00Z', `Bekräfta mottagandet (${number})`])
    // And as another program reads it.
    const parsed = Object.values(ical.sync.parseICS(body)).filter((one) => one?.type === 'VEVENT')
    expect(parsed).toHaveLength(3)
    expect(parsed[1]).toMatchObject({ uid: `deviation-${id}/acknowledge@vaka`, datetype: 'date', summary: `Bekräfta mottagandet (${number})` })
  })
  it('speaks English when asked', async () => {
    const { body } = await subscribe(`${feed.path}&language=en`)
    expect(body).toContain('PRODID:-//Vaka//Vaka//EN')
    expect(eventsOf(body)[0]?.summary).toBe(`Protect at once (${number})`)
  })
  it('says that nothing changed, whenever it is asked, until something does', async () => {
    const { headers } = await subscribe(feed.path)
    const etag = String(headers.etag)
    await town.later(0.01)
    for (const sent of [etag, `W/${etag}`, `"x", ${etag}`]) {
      const same = await subscribe(feed.path, { 'if-none-match': sent })
      expect([same.statusCode, same.body, same.headers.etag]).toEqual([304, '', etag])
    }
    await town.reports(worker, { unit: 'hemsjukvard' })
    expect((await subscribe(feed.path, { 'if-none-match': etag })).statusCode).toBe(304)
    await town.does(chef, id, 'acknowledge', { to: 'Anmälaren', how: 'samtal' })
    const changed = await subscribe(feed.path, { 'if-none-match': etag })
    expect([changed.statusCode, eventsOf(changed.body).length]).toEqual([200, 2])
  })
  it('numbers the versions of a deadline that is moved', async () => {
    const closing = async () => {
      const found = eventsOf((await subscribe(feed.path)).body).find((event) => event.uid.endsWith('/close@vaka'))
      return [found?.sequence, String(found?.startDate), String(found?.component.getFirstPropertyValue('last-modified')) > String(found?.component.getFirstPropertyValue('created'))]
    }
    expect(await closing()).toEqual([0, '2026-05-04', false])
    await town.later(0.01)
    await town.does(chef, id, 'extend-deadline', { deadline: 'close', newDue: '2026-06-15', reason: 'Väntar' })
    expect(await closing()).toEqual([1, '2026-06-15', true])
  })
  it('follows the seat: what goes to the officer leaves the manager\'s calendar and stands in hers', async () => {
    const officer = await open('mas').then(() => grantOf('sas'))
    const { feeds } = (await town.get('sas', '/v1/me')).body
    await command('sas', 'close-calendar-feed', { feed: feeds[0].feed })
    const hers = (await command('sas', 'open-calendar-feed', { grant: officer.grant })).body
    expect(await summaries(hers.path)).toEqual([])
    await town.does(chef, id, 'escalate-to-lex-sarah', { ground: 'Skada' })
    await town.does('sas', id, 'take-over-lex-sarah', {})
    expect(await summaries(feed.path)).toEqual([])
    expect(await summaries(hers.path)).toEqual(expect.arrayContaining([`Utred och besluta lex Sarah (${number})`, `Avsluta ärendet (${number})`, `Skydda omedelbart (${number})`]))
  })
  it('has a measure that was given to a unit in a case of another, and the self-check of a routine', async () => {
    const other = await town.reports('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
    await town.does('chef-barn-och-unga', other, 'assess', assess('deviation'))
    await town.does('chef-barn-och-unga', other, 'score-risk', score(1, 1))
    await town.does('chef-barn-och-unga', other, 'propose-measure', measure('m1', unit))
    await town.does('chef-barn-och-unga', other, 'decide-measures', approve('m1'))
    await town.post(chef, '/v1/routines', { id: 'samtal', process: 'Missbruk', activity: 'Samtal', name: 'Motiverande samtal', ownerUnit: unit })
    await town.post(chef, '/v1/routines/samtal/plan-self-check', { what: 'Samtal', interval: 'quarterly', direction: 'up', lowestAcceptedResult: 9, firstDue: '2026-09-01' })
    const about = (await town.get('chef-barn-och-unga', `/v1/deviations/${other}`)).body.number
    expect(await summaries(feed.path)).toEqual([`Genomför åtgärd m1 (${about})`, `Kontrollera effekt m1 (${about})`, 'Egenkontroll (samtal)'])
    expect(await summaries((await open('chef-barn-och-unga')).path)).toEqual([`Avsluta ärendet (${about})`])
    expect(await summaries((await open('omradeschef')).path)).toEqual([])
    // What the officer has taken over lies with her, that measure too.
    await town.does('chef-barn-och-unga', other, 'escalate-to-lex-sarah', { ground: 'Skada' })
    await town.does('sas', other, 'take-over-lex-sarah', {})
    expect(await summaries(feed.path)).toEqual(['Egenkontroll (samtal)'])
  })
  it('does not tell its reader of a case that concerns her, nor of a measure at her unit in it', async () => {
    const concerned = await town.reports(worker, { unit, concernsManager: true })
    await town.does('omradeschef', concerned, 'assess', assess('deviation'))
    await town.does('omradeschef', concerned, 'score-risk', score(1, 1))
    await town.does('omradeschef', concerned, 'propose-measure', measure('m1', unit))
    await town.does('omradeschef', concerned, 'decide-measures', approve('m1'))
    const { body } = await town.get('omradeschef', '/v1/deadlines?key=complete-measure&unit=missbruk')
    expect(body.rows).toMatchObject([{ case: concerned, responsible: 'area-manager@ifo' }])
    expect(await summaries(feed.path)).toEqual(['Egenkontroll (samtal)'])
  })
})

describe('the address of a calendar feed', () => {
  const answers = async (path: string): Promise<number> => (await subscribe(path)).statusCode
  it('opens nothing unless every character is right', async () => {
    const { token } = feed
    expect(await answers('/v1/deadlines.ics')).toBe(400)
    expect(await answers('/v1/deadlines.ics?token=')).toBe(404)
    expect(await answers(`/v1/deadlines.ics?token=${feed.feed}`)).toBe(404)
    expect(await answers(`/v1/deadlines.ics?token=${token.replace(/.\.(.)/, (two) => `${two.startsWith('0') ? '1' : '0'}.${two.slice(2)}`)}`)).toBe(404)
    expect(await answers(`/v1/deadlines.ics?token=${token.replace(/\../, (two) => (two === '.A' ? '.B' : '.A'))}`)).toBe(404)
    expect(await answers(`/v1/deadlines.ics?token=${token.slice(0, -1)}`)).toBe(404)
    expect(await answers(`/v1/deadlines.ics?token=${token}&token=${token}`)).toBe(404)
    expect(await answers(feed.path)).toBe(200)
    // It reads its calendar, and opens nothing else.
    expect((await town.fastify.inject({ method: 'GET', url: `/v1/deadlines?token=${token}` })).statusCode).toBe(401)
    expect((await town.fastify.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(401)
    expect((await town.fastify.inject({ method: 'POST', url: feed.path })).statusCode).toBe(405)
  })
  it('is in no log: a reading is told by the id of the feed', async () => {
    town.lines.length = 0
    await subscribe(feed.path)
    const log = town.lines.join('')
    expect(log).toContain(`"route":"/v1/deadlines.ics"`)
    expect(log).toContain(`"feed":"${feed.feed}"`)
    expect(log).not.toContain(feed.token.split('.')[1])
    expect(log).not.toContain('token')
  })
  it('ends with the role, with its closing, and is bounded', async () => {
    const { feed: theirs, path } = await open('chef-hemsjukvard')
    expect(await answers(path)).toBe(200)
    const { grant } = await grantOf('chef-hemsjukvard')
    await command('admin', 'appoint-substitute', { grant, subject: 'vikarie', from: town.now(), until: '2026-12-01' })
    await town.later(0.001)
    expect(await answers(path)).toBe(404)
    // Who stands in for her has the deadlines, at an address of her own.
    expect(await answers((await open('vikarie')).path)).toBe(200)
    expect(outcomeOf(await command('dataskydd', 'close-calendar-feed', { feed: theirs }))).toBe('200 calendar-feed-closed')
    const mine = await open('chef-ekonomiskt-bistand')
    expect(outcomeOf(await command('chef-ekonomiskt-bistand', 'close-calendar-feed', { feed: mine.feed }))).toBe('200 calendar-feed-closed')
    expect(await answers(mine.path)).toBe(404)
    const anew = await open('chef-ekonomiskt-bistand')
    expect(anew.token).not.toBe(mine.token)
    expect([await answers(anew.path), await answers(mine.path)]).toEqual([200, 404])
  })
  it('is given for one\'s own grant in force, once', async () => {
    const told = async (login: string, intent: string, body: object): Promise<string> => outcomeOf(await command(login, intent, body))
    expect(await told('chef-barn-och-unga', 'open-calendar-feed', { grant: (await grantOf(chef)).grant })).toBe('403 forbidden')
    expect(await told(chef, 'open-calendar-feed', { grant: 'g-okand' })).toBe('403 forbidden')
    expect(await told(chef, 'open-calendar-feed', { grant: (await grantOf(chef)).grant })).toBe('422 feed-open-already')
    expect(await told(worker, 'open-calendar-feed', { grant: (await grantOf(worker)).grant })).toBe('422 role-without-deadlines')
    const { grant } = (await command('admin', 'grant-role', { subject: chef, role: 'unit-manager', unit: 'ekonomiskt-bistand', from: town.now() })).body
    expect(await told(chef, 'open-calendar-feed', { grant })).toBe('422 grant-not-in-force')
    expect(await told('chef-barn-och-unga', 'close-calendar-feed', { feed: feed.feed })).toBe('403 forbidden')
    expect(await told('sas-nattugglan', 'close-calendar-feed', { feed: feed.feed })).toBe('403 forbidden')
    expect(await told('admin', 'close-calendar-feed', { feed: 'f-okand' })).toBe('422 feed-unknown')
    expect(await told('admin', 'open-calendar-feed', {})).toBe('400 /grant required')
    expect(await told('admin', 'close-calendar-feed', { feed: (await town.get('vikarie', '/v1/me')).body.feeds[0].feed })).toBe('200 calendar-feed-closed')
    expect(await told('admin', 'close-calendar-feed', { feed: (await town.get('vikarie', '/v1/me')).body.feeds[0].feed })).toBe('422 feed-closed-already')
  })
  it('is shown to nobody again: its feed is, to its reader and to who may close it', async () => {
    const mine = { feed: feed.feed, staff: expect.stringMatching(/^s-/), role: 'unit-manager', unit, open: true }
    expect((await town.get(chef, '/v1/me')).body.feeds).toEqual([mine])
    const all = (await town.get('admin', '/v1/organisation')).body
    expect(all.feeds).toContainEqual(mine)
    expect(JSON.stringify(all)).not.toContain(feed.token.split('.')[1])
    expect((await town.get('dataskydd', '/v1/organisation')).body.feeds).toContainEqual(mine)
    for (const login of [chef, 'chef-barn-och-unga', 'sas']) expect((await town.get(login, '/v1/organisation')).body).not.toHaveProperty('feeds')
  })
  it('is read no oftener than others ask', async () => {
    const slow = await openTown({ perSecond: 100, organised: true })
    try {
      const { roles } = (await slow.get(chef, '/v1/me')).body
      const { path } = (await slow.post(chef, '/v1/organisation/open-calendar-feed', { grant: roles[0].grant })).body
      // From wherever the feed is read, and whoever guesses from one place.
      const many = async (url: string, addresses: number) => {
        const all = await Promise.all(Array.from({ length: 150 }, (_, i) => slow.fastify.inject({ method: 'GET', url, remoteAddress: `10.0.${addresses}.${i % addresses}` })))
        expect(all.find(({ statusCode }) => statusCode === 429)?.headers['retry-after']).toBe('1')
        return [...new Set(all.map(({ statusCode }) => statusCode))].sort()
      }
      expect(await many(path, 50)).toEqual([200, 429])
      expect(await many('/v1/deadlines.ics?token=x', 1)).toEqual([404, 429])
    } finally {
      await slow.end()
    }
  })
})
