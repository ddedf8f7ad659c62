import { randomBytes } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import type { Town } from '#apps/api/acceptance/town'
import type { ReactorSettings } from '#apps/application/reactors'
import { openReceiver } from '#apps/application/webhooks/testing/receiver'
import { openMailServer } from '#libs/smtp/testing/server'

/** Asks until the answer is as it should be; gives up when that takes too long, with what it was. */
export const until = async <T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> => {
  const end = Date.now() + 60_000
  for (;;) {
    const answer = await ask()
    if (isSo(answer)) return answer
    // An injected request never leaves its turn of the event loop; what is waited for needs others.
    await breath()
    if (Date.now() > end) throw new Error(`It never came to be: ${JSON.stringify(answer)}`)
  }
}

/** What Vaka speaks to: a mail server and a receiver of webhooks, both real and on loopback, and the settings that lead there. */
export const openOutside = async () => {
  const mailServer = await openMailServer()
  const receiver = await openReceiver()
  const secret = randomBytes(32)
  const reactors: ReactorSettings = {
    publicUrl: 'https://vaka.kommunen.example',
    mail: { smtp: mailServer.at, from: { name: 'Vaka', address: 'vaka@kommunen.example' }, domain: 'kommunen.example', languages: ['sv', 'en'], digestAt: '07:00', giveUpDays: 3 },
    webhooks: { receivers: [{ url: receiver.url, secret }], reach: 'public-and-loopback', giveUpDays: 3 },
    everyMs: 20,
  }
  /** Waits until no mail waits that is to go now. */
  const settled = async (town: Town): Promise<void> => {
    const midnight = `${town.now().slice(0, 10)}T00:00:00.000Z`
    const goesNow = (row: { readonly kind: string; readonly recordedAt: string }): boolean => row.kind === 'immediate' || row.recordedAt < midnight
    await until(
      async () => (await town.get('admin', '/v1/mails?status=waiting&limit=200')).body.rows,
      (rows) => !rows.some(goesNow),
    )
  }
  /** Waits until the receiver has taken every event. */
  const told = (town: Town): Promise<unknown> =>
    until(
      async () => (await town.get('dataskydd', '/v1/webhooks')).body.rows,
      ([row]) => row.lag === 0,
    )
  return {
    reactors,
    told,
    secret,
    mailServer,
    receiver,
    settled,
    /** Lets alarms come, to an officer whose mailbox is gone and to others; waits until all that is to be sent was. */
    alarmed: async (town: Town): Promise<void> => {
      mailServer.mood.recipient = (address) => (address.startsWith('sas@') ? '550 5.1.1 No such mailbox' : undefined)
      for (const days of [1, 1, 1, 1, 2, 2, 2, 2, 2]) {
        await town.later(days)
        await settled(town)
      }
      await told(town)
    },
    /** What was mailed, as it came but for the address that it was sent to. */
    mails: (): readonly string[] => mailServer.arrived.map(({ raw, mail }) => `${raw.replace(/^To: .*$/m, '')}\n${mail.subject ?? ''}\n${mail.text ?? ''}`),
    events: (): readonly string[] => receiver.came.map(({ headers, body }) => `${JSON.stringify(headers)}\n${body}`),
    close: async (): Promise<void> => {
      await mailServer.close()
      await receiver.close()
    },
  }
}
export type Outside = Awaited<ReturnType<typeof openOutside>>
