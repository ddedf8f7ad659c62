import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { CloudEvent, HTTP } from 'cloudevents'
import { Webhook } from 'standardwebhooks'
import { openWorld, type World } from '#apps/application/mail/testing/world'
import { openReceiver, type ReceiverServer } from '#apps/application/webhooks/testing/receiver'
import { startWebhooks, type Webhooks, type WebhooksOptions } from '#apps/application/webhooks/webhooks'
import type { Recorded } from '#libs/kernel/event'
import type { ReadModel } from '#libs/kernel/read-model'
import { openReadModel } from '#libs/read-model-sqlite/store'
import { certificate, key } from '#libs/smtp/testing/certificate'

let w: World
let receiver: ReceiverServer
let checkpoints: ReadModel
let faults: string[]
const secret = randomBytes(32)
const closing: (() => unknown)[] = []
beforeEach(async () => {
  w = await openWorld()
  receiver = await openReceiver()
  checkpoints = await openReadModel({ file: ':memory:' })
  faults = []
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await receiver.close()
  await checkpoints.close()
  await w.close()
})
const start = ({ url = receiver.url, ...more }: Partial<WebhooksOptions> & { readonly url?: string; readonly since?: string } = {}): Webhooks => {
  const webhooks = startWebhooks({
    store: w.context.store,
    checkpoints,
    clock: w.clock,
    settings: { receivers: [{ url, secret }], reach: 'public-and-loopback', giveUpDays: 3, ...(more.since === undefined ? {} : { since: more.since }) },
    source: 'https://vaka.kommunen.example',
    onFault: (sentence) => void faults.push(sentence),
    pause: () => Promise.resolve(),
    ...more,
  })
  closing.push(() => webhooks.stop())
  return webhooks
}
const report = () => w.report('medarbetare-barn-och-unga', { unit: 'barn-och-unga' })
/** The whole log of what is offered, in order. */
const log = async (): Promise<readonly Recorded[]> => {
  const found: Recorded[] = []
  const stop = new AbortController()
  for await (const item of w.context.store.subscribe({ after: 'start', signal: stop.signal })) {
    if (item === 'caught-up') break
    if (!('passed' in item)) found.push(item)
  }
  return found
}
const idsOf = (deliveries: readonly { readonly body: string }[]): readonly string[] => deliveries.map(({ body }) => JSON.parse(body).id)
/** Its checkpoint stands at so many events of the log, or later. */
const passed = async (webhooks: Webhooks, events: number): Promise<void> => {
  while ((await checkpoints.status()).every(({ size, promoted }) => !promoted || size < events)) await new Promise((resolve) => setImmediate(resolve))
  await webhooks.health()
}

describe('a receiver', () => {
  it('that is new begins at the end of the log, and gets every event from then on, in order', async () => {
    const before = await log()
    const webhooks = start()
    await passed(webhooks, before.length)
    for (let n = 0; n < 5; n++) await report()
    const after = (await log()).slice(before.length)
    await receiver.has(after.length)
    expect(idsOf(receiver.came)).toEqual(after.map(({ id }) => id))
    await passed(webhooks, before.length + after.length)
    expect(await webhooks.health()).toMatchObject([{ host: new URL(receiver.url).host, state: 'live', last: '204', lag: 0, delivered: after.length, failed: 0, dead: 0 }])
  })
  it('begins where it is told to', async () => {
    w.clock.set('2026-03-03T08:00:00.000Z')
    await report()
    start({ since: '2026-03-03T08:00:00.000Z' })
    await receiver.has(3)
    expect(new Set(receiver.came.map(({ body }) => JSON.parse(body).time.slice(0, 10)))).toEqual(new Set(['2026-03-03']))
    expect(JSON.parse(receiver.came[0]?.body ?? '').type).toBe('se.vaka.deviation-reported')
  })
  it('can verify what it gets by another’s hand, and read it as CloudEvents', async () => {
    const webhooks = start()
    await passed(webhooks, (await log()).length)
    const id = await report()
    await receiver.has(1)
    const [first] = receiver.came
    if (!first) throw new Error('Nothing came')
    const { headers, body } = first
    const verifier = new Webhook(`whsec_${secret.toString('base64')}`)
    const given = { 'webhook-id': String(headers['webhook-id']), 'webhook-timestamp': String(headers['webhook-timestamp']), 'webhook-signature': String(headers['webhook-signature']) }
    expect(verifier.verify(body, given)).toMatchObject({ subject: `deviation-${id}` })
    expect(() => verifier.verify(body.replace('"SoL"', '"LSS"'), given)).toThrow()
    expect(() => new Webhook(randomBytes(32).toString('base64')).verify(body, given)).toThrow()
    const read = HTTP.toEvent({ headers: { 'content-type': String(headers['content-type']) }, body })
    if (!(read instanceof CloudEvent)) throw new Error('Not one event')
    expect(read.validate()).toBe(true)
    expect(read).toMatchObject({ id: given['webhook-id'], source: 'https://vaka.kommunen.example', type: 'se.vaka.deviation-reported', subject: `deviation-${id}`, time: '2026-03-02T08:00:00.000Z' })
  })
  it('over https is reached when its certificate is trusted, and not otherwise', async () => {
    const secure = await openReceiver({ tls: { key, cert: certificate } })
    closing.push(() => secure.close())
    const size = (await log()).length
    const trusting = start({ url: secure.url, ca: certificate })
    await passed(trusting, size)
    await report()
    await secure.has(1)
    await trusting.stop()
    const failed = Promise.withResolvers<undefined>()
    start({ url: secure.url, pause: () => { failed.resolve(undefined); return new Promise(() => undefined) }, onFault: (sentence) => void faults.push(sentence) })
    await report()
    await failed.promise
    expect(faults).toEqual([`The webhook receiver ${new URL(secure.url).host} takes no events (DEPTH_ZERO_SELF_SIGNED_CERT). It is tried again.`])
    closing.pop()
  })
})

describe('a receiver that fails', () => {
  it('with 500, a cut connection, a redirect or slowness gets all in order once it takes them, none lost', async () => {
    const size = (await log()).length
    const webhooks = start()
    await passed(webhooks, size)
    const answers = [500, 0, 302, 429, 404]
    receiver.mood.headers = { location: `${receiver.url}/elsewhere` }
    receiver.mood.answer = async (_body, nth) => {
      await new Promise((resolve) => setImmediate(resolve))
      return nth % 2 === 0 ? (answers[(nth / 2) % answers.length] ?? 500) : 200
    }
    for (let n = 0; n < 6; n++) await report()
    const after = (await log()).slice(size)
    await receiver.has(after.length)
    expect(idsOf(receiver.taken())).toEqual(after.map(({ id }) => id))
    // Each was refused once, and came again under the same id before the next.
    expect(idsOf(receiver.came)).toEqual(after.flatMap(({ id }) => [id, id]))
    expect(new Set(receiver.came.map(({ headers }) => headers.host)).size).toBe(1)
    await passed(webhooks, size + after.length)
    const [health] = await webhooks.health()
    expect(health).toMatchObject({ delivered: after.length, failed: after.length, dead: 0 })
  })
  it('is waited for, longer each time', async () => {
    const pauses: number[] = []
    const enough = Promise.withResolvers<undefined>()
    const webhooks = start({ pause: (ms, signal) => {
      pauses.push(ms)
      if (pauses.length < 9) return Promise.resolve()
      enough.resolve(undefined)
      return new Promise((resolve) => { signal.addEventListener('abort', resolve) })
    } })
    await passed(webhooks, (await log()).length)
    receiver.mood.answer = () => 503
    await report()
    await enough.promise
    for (const [i, ms] of pauses.entries()) expect(Math.abs(ms / Math.min(15_000 * 2 ** i, 900_000) - 1)).toBeLessThanOrEqual(0.2)
    expect(await webhooks.health()).toMatchObject([{ state: 'failing', failingSince: '2026-03-02T08:00:00.000Z', last: '503' }])
    expect(faults).toHaveLength(1)
  })
  it('for too long gets what is too old as a dead letter, and then the rest', async () => {
    const size = (await log()).length
    let tries = 0
    const webhooks = start({ pause: () => {
      // Time goes by while it is tried again.
      if (++tries === 3) w.clock.set('2026-03-05T08:00:00.001Z')
      return Promise.resolve()
    } })
    await passed(webhooks, size)
    receiver.mood.answer = (body) => (JSON.parse(body).type === 'se.vaka.deviation-reported' && tries < 4 ? 500 : 200)
    await report()
    const after = (await log()).slice(size)
    await receiver.has(after.length - 1)
    expect(idsOf(receiver.taken())).toEqual(after.slice(1).map(({ id }) => id))
    await passed(webhooks, size + after.length)
    expect(await webhooks.health()).toMatchObject([{ state: 'live', dead: 1, deadLetters: [{ event: after[0]?.id, type: 'deviation-reported', because: '500', givenUpAt: '2026-03-05T08:00:00.001Z' }] }])
  })
  it('does not hold up another', async () => {
    const other = await openReceiver()
    closing.push(() => other.close())
    const size = (await log()).length
    const webhooks = start({ settings: { receivers: [{ url: receiver.url, secret }, { url: other.url, secret }], reach: 'public-and-loopback', giveUpDays: 3 }, pause: () => new Promise(() => undefined) })
    closing.pop()
    while ((await checkpoints.status()).filter(({ promoted, size: at }) => promoted && at >= size).length < 2) await new Promise((resolve) => setImmediate(resolve))
    receiver.mood.answer = () => 500
    await report()
    await other.has(2)
    expect(await webhooks.health()).toMatchObject([{ state: 'failing' }, { state: 'live' }])
  })
})

describe('a fault of ours', () => {
  it('is waited out no longer than the first one when events were passed since', async () => {
    const pauses: number[] = []
    let failing = 0
    const apply: ReadModel['apply'] = async (...args) => {
      if (failing-- > 0) throw Object.assign(new Error('away'), { code: 'unavailable' })
      return checkpoints.apply(...args)
    }
    const webhooks = start({ checkpoints: { ...checkpoints, apply }, pause: async (ms) => void pauses.push(ms) })
    await passed(webhooks, (await log()).length)
    for (let round = 1; round <= 3; round++) {
      failing = 2
      await report()
      await passed(webhooks, (await log()).length)
    }
    // A fifth more or less than 15 and 30 seconds.
    expect(pauses.map((ms) => Math.round(ms / 15_000))).toEqual([1, 2, 1, 2, 1, 2])
  })
})

describe('a stop and a start', () => {
  it('goes on where it was: what was taken does not come again, what was not does', async () => {
    const size = (await log()).length
    const first = start()
    await passed(first, size)
    await report()
    await receiver.has(2)
    await first.stop()
    await report()
    start()
    const after = (await log()).slice(size)
    await receiver.until(() => new Set(idsOf(receiver.taken())).size === after.length)
    const ids = idsOf(receiver.came)
    expect(ids).toEqual(after.map(({ id }) => id))
  })
  it('waits for the call that is under way, so that what was taken does not come again', async () => {
    const first = start()
    await passed(first, (await log()).length)
    const [called, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<number>()]
    receiver.mood.answer = () => {
      called.resolve(undefined)
      return answer.promise
    }
    await report()
    await called.promise
    const stopped = first.stop()
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    receiver.mood.answer = () => 204
    answer.resolve(204)
    await stopped
    const second = start()
    await passed(second, (await log()).length)
    expect(new Set(idsOf(receiver.came)).size).toBe(receiver.came.length)
  })
  it('does not wait for ever for a receiver that is silent', async () => {
    const webhooks = start({ patienceMs: 50 })
    await passed(webhooks, (await log()).length)
    const silent = Promise.withResolvers<number>()
    const called = Promise.withResolvers<undefined>()
    receiver.mood.answer = () => {
      called.resolve(undefined)
      return silent.promise
    }
    await report()
    await called.promise
    await webhooks.stop()
    silent.resolve(200)
  })
})
