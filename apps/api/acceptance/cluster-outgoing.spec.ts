import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { leasesOf, openCluster, type Api, type Cluster } from '#apps/api/acceptance/cluster'
import { openOutside, until, type Outside } from '#apps/api/acceptance/outside'
import type { Projector } from '#apps/projector/cluster'
import { standIn, type StandIn } from '#libs/event-store-eventstoredb/testing/server'
import { startPostgres, type TestServer } from '#libs/postgres/testing/server'

let postgres: TestServer
let events: StandIn
let outside: Outside
let cluster: Cluster
let apis: readonly [Api, Api]
let first: Projector
let second: Projector
/** The clock of the projectors is a day ahead: what has to be done at once is missed as soon as it is asked for. */
const [today, tomorrow] = ['2026-03-02T08:00:00.000Z', '2026-03-03T09:00:00.000Z']
const openProjector = (): Projector => cluster.projector({ clock: tomorrow, reactors: outside.reactors })

beforeAll(async () => {
  postgres = await startPostgres()
  const [read, keys] = [await postgres.schema(), await postgres.schema()]
  events = await standIn()
  outside = await openOutside()
  cluster = openCluster({ events: events.url, read, keys })
  first = openProjector()
  await until(async () => leasesOf(first), (held) => String(held).includes('reactor'))
  second = openProjector()
  apis = [await cluster.api(today), await cluster.api(today)]
  for (const api of apis) await until(() => cluster.readiness(api), ({ status }) => status === 200)
  await cluster.found(today)
  expect(await cluster.organise(apis)).toEqual([])
}, 120_000)
afterAll(async () => {
  await cluster.close()
  await outside.close()
  await events.close()
  await postgres.stop()
}, 60_000)
beforeEach(() => {
  outside.mailServer.mood.wait = undefined
  outside.receiver.mood.answer = () => 204
})

interface Kept {
  readonly id: string
  readonly type: string
}
/** What the log holds, past all processes. */
const logged = (): readonly Kept[] => events.log.events.filter(({ stream }) => stream.startsWith('vaka.')).map(({ data }) => JSON.parse(Buffer.from(data).toString()))
let cases = 0
/** A report of something that must be looked at the same day; its case is nobody's until then. */
const misconduct = () => cluster.reported(apis, `misconduct-${++cases}`, { unit: 'barn-och-unga', reportedType: 'misconduct' }, 'medarbetare-barn-och-unga')
/** Of each case the officer and the chair of the board are told. */
const recipients = ['ordforande@kommunen.example', 'sas@kommunen.example']
const ids = (): readonly string[] => outside.receiver.taken().map(({ headers }) => String(headers['webhook-id']))
const letters = (): readonly string[] => outside.mailServer.arrived.map(({ mail }) => String(mail.messageId))
/** Waits until the log says of every letter that it went, and the receiver was told of everything in the log. */
const settled = async (): Promise<void> => {
  await until(async () => mailed(), (count) => count === recipients.length * cases)
  await until(async () => new Set(ids()).size, (told) => told === logged().length)
}
/** Something that waits for a word from outside. */
const gate = () => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let isMet = false
  return {
    meet: (): Promise<undefined> => {
      isMet = true
      return promise
    },
    isMet: () => isMet,
    open: () => {
      resolve(undefined)
    },
  }
}
/** Holds letters and calls up at the other end, after they were taken in; waits until there is one of each. */
const heldUp = async () => {
  const [letter, call] = [gate(), gate()]
  outside.mailServer.mood.wait = letter.meet
  outside.receiver.mood.answer = () => call.meet().then(() => 204)
  await misconduct()
  await until(async () => letter.isMet() && call.isMet(), Boolean)
  return { letter, call }
}
const mailed = (): number => logged().filter(({ type }) => type === 'alarm-mailed').length

it('mails an alarm once to each, and tells others of every event once, in order and signed, though two could', async () => {
  await misconduct()
  await settled()
  expect([leasesOf(first), leasesOf(second)]).toEqual([expect.arrayContaining(['reactor']), []])
  expect(outside.mailServer.arrived.map(({ to }) => to.join()).sort()).toEqual(recipients)
  expect(ids()).toEqual(logged().map(({ id }) => id))
  const verifier = new Webhook(`whsec_${outside.secret.toString('base64')}`)
  for (const { headers, body } of outside.receiver.came)
    verifier.verify(body, { 'webhook-id': String(headers['webhook-id']), 'webhook-timestamp': String(headers['webhook-timestamp']), 'webhook-signature': String(headers['webhook-signature']) })
}, 60_000)

it('finishes what is under way when the projector that does it stops, and the other goes on: nothing is lost, nothing comes twice', async () => {
  const before = mailed()
  const { letter, call } = await heldUp()
  const stopped = first.stop()
  letter.open()
  await until(async () => mailed(), (count) => count > before)
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
  call.open()
  await stopped
  await misconduct()
  await settled()
  expect(leasesOf(second)).toEqual(expect.arrayContaining(['reactor']))
  expect(ids()).toEqual(logged().map(({ id }) => id))
  expect(letters().length).toBe(recipients.length * cases)
  expect(new Set(letters()).size).toBe(letters().length)
}, 60_000)

it('loses nothing when the database goes away under it, and what comes twice is known as the same', async () => {
  first = openProjector()
  await until(async () => first.ready().ready, Boolean)
  const { letter, call } = await heldUp()
  await postgres.crash()
  await until(async () => [first, second].some((projector) => projector.ready().ready), (ready) => !ready)
  letter.open()
  call.open()
  await postgres.start()
  const back = performance.now()
  await misconduct()
  await settled()
  expect(performance.now() - back).toBeLessThan(20_000)
  expect([...new Set(ids())]).toEqual(logged().map(({ id }) => id))
  expect(new Set(letters()).size).toBe(recipients.length * cases)
  // One call and one letter were under way.
  expect(ids().length).toBeLessThanOrEqual(logged().length + 1)
  expect(letters().length).toBeLessThanOrEqual(recipients.length * cases + 1)
  expect([first, second].filter((projector) => String(leasesOf(projector)).includes('reactor'))).toHaveLength(1)
  expect(cluster.failed).toEqual([])
}, 90_000)
