import { backOffs } from '#apps/application/back-off'
import type { Context } from '#apps/application/context'
import { addressBook } from '#apps/application/mail/addresses'
import { judge, streamReader, waitingOf, type Waiting } from '#apps/application/mail/alarms'
import { settle, type Settled } from '#apps/application/mail/settle'
import type { MailSettings } from '#apps/application/mail/settings'
import { addDays, startOfDay, stockholmDay } from '#libs/calendar/days'
import { mailText, type AlarmText } from '#libs/catalogue/mail'
import type { Condition, Query } from '#libs/kernel/projection'
import { macText } from '#libs/privacy/mac'
import type { MailPost } from '#libs/smtp/smtp'
import { described } from '#libs/sqlite/fault'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'

export interface MailerOptions {
  readonly settings: MailSettings
  readonly post: MailPost
  /** Where people reach Vaka, without a slash at its end. */
  readonly publicUrl: string
  /** Told of what goes wrong, in sentences without personal data. */
  readonly onFault: (sentence: string) => void
  readonly random?: () => number
}
/** How the mail goes. The counts are of this process. */
export interface MailHealth {
  readonly failingSince?: string
  readonly sent: number
  readonly failed: number
}
export interface Mailer {
  /** One round: gives up what is too old, sends what is to be sent now, and the digests once their time has come. */
  round(): Promise<void>
  health(): MailHealth
  /** Ends the round after the letter that is under way. */
  stop(): void
}

const page = 200
/** Longest that a round waits for the rows of what was written, ms. */
const patience = 10_000
/** So many alarms to one person at once become one letter: after an outage, or the first round ever, nobody gets a hundred. */
const mostAtOnce = 5
const server = 'server'

/**
 * The mailer. It remembers nothing that matters: what waits are rows of a projection, and what was sent or given up is in the log, in the stream of
 * the alarm. Between the server's 250 and the append a crash makes the letter be sent again, under the same Message-ID.
 */
export const createMailer = (context: Context, { settings, post, publicUrl, onFault, random }: MailerOptions): Mailer => {
  const { store, readModel, clock, vault } = context
  const addressOf = addressBook(context, settings.domain)
  const waits = backOffs(clock, random)
  /** What the server has taken or the judgement settled, and the log does not know yet. */
  const unwritten = new Map<string, { readonly one: Waiting; readonly settled: Settled }>()
  let failingSince: string | undefined
  let [sent, failed] = [0, 0]
  let stopping = false

  /** Rows as the log is now: what was written before is seen. */
  const seesAll = async (): Promise<boolean> => {
    const head = await store.checkpoint('head')
    return head !== 'start' && readModel.reached(alarmMails.name, head.position, patience)
  }
  const rows = async (where: readonly Condition[], more: Query): Promise<readonly Waiting[]> =>
    (await readModel.query(alarmMails.name, { ...more, where: [{ column: 'mail_status', is: '=', value: 'waiting' }, ...where] })).map(waitingOf)

  const write = async (one: Waiting, settled: Settled): Promise<void> => {
    unwritten.set(one.key, { one, settled })
    await settle(context, one, settled)
    unwritten.delete(one.key)
  }
  /** False when it could not be written; it is kept, and tried at the next round. */
  const written = async (one: Waiting, settled: Settled): Promise<boolean> => {
    try {
      await write(one, settled)
      return true
    } catch (thrown) {
      onFault(`What became of a mail could not be recorded, and is tried again: ${described(thrown).code}`)
      return false
    }
  }
  const finish = async (): Promise<void> => {
    for (const { one, settled } of [...unwritten.values()]) await written(one, settled)
  }

  const messageId = (...what: readonly string[]): string =>
    `<${vault.idMac(macText('mail', ...what)).toString('base64url')}@${settings.from.address.split('@')[1] ?? ''}>`

  /** Sends some alarms to one person as one letter. False when nothing gets through to anybody. */
  const deliver = async (alarms: readonly Waiting[], number: (told: readonly Waiting[]) => string, judging: Parameters<typeof judge>[1]): Promise<boolean> => {
    const [first] = alarms
    if (!first || waits.waits(first.to)) return true
    const told: { readonly one: Waiting; readonly text: AlarmText }[] = []
    for (const one of alarms) {
      if (unwritten.has(one.key)) continue
      const verdict = await judge(one, judging)
      if (verdict.kind === 'tell') told.push({ one, text: verdict.text })
      if (verdict.kind === 'give-up') await write(one, verdict)
    }
    if (told.length === 0) return true
    const address = await addressOf(first.to)
    const giveUp = async (because: 'no-address' | 'not-delivered'): Promise<true> => {
      for (const { one } of told) await write(one, { kind: 'give-up', because })
      return true
    }
    if (address === undefined) return giveUp('no-address')
    const posted = await post.send({
      messageId: number(told.map(({ one }) => one)),
      from: settings.from,
      to: address,
      ...mailText(told.map(({ text }) => text), settings.languages),
      date: clock.now(),
      languages: settings.languages.join(', '),
    })
    if (posted.kind === 'later') {
      failed++
      if (stopping) return false
      waits.failed(posted.because === 'server' ? server : first.to)
      if (posted.because === 'recipient') return true
      failingSince ??= clock.now()
      onFault(`The mail server takes no mail (${posted.reason}). It is tried again.`)
      return false
    }
    waits.succeeded(first.to)
    waits.succeeded(server)
    failingSince = undefined
    if (posted.kind === 'refused') {
      failed++
      return giveUp('not-delivered')
    }
    sent++
    // First all are known as taken, then each is written: a fault on the way sends nothing twice.
    for (const { one } of told) unwritten.set(one.key, { one, settled: { kind: 'mailed' } })
    for (const { one } of told) await write(one, { kind: 'mailed' })
    return true
  }
  /** A fault with one person's mail holds up nobody else's. */
  const guarded = async (to: string, work: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await work()
    } catch (thrown) {
      waits.failed(to)
      onFault(`A mail about alarms could not be made or recorded, and is tried again: ${described(thrown).code}`)
      return true
    }
  }

  const abandonOld = async (now: string): Promise<void> => {
    const before = new Date(Date.parse(now) - settings.giveUpDays * 86_400_000).toISOString()
    for (;;) {
      const old = (await rows([{ column: 'recorded', is: '<', value: before }], { limit: page })).filter(({ key }) => !unwritten.has(key))
      for (const one of old) if (stopping || !(await written(one, { kind: 'give-up', because: 'not-delivered' }))) return
      if (old.length === 0 || !(await seesAll())) return
    }
  }

  /** Rows of a question one page after another. */
  const walk = async function* (where: readonly Condition[], order: readonly ('recipient' | 'recordedAt')[]): AsyncGenerator<readonly Waiting[]> {
    const columns = order.map((name) => (name === 'recipient' ? 'recipient' : 'recorded'))
    let after: readonly string[] | undefined
    for (;;) {
      const found = await rows(where, { order: columns, limit: page, ...(after ? { after } : {}) })
      if (found.length > 0) yield found
      const last = found.at(-1)
      if (!last || found.length < page) return
      after = [...order.map((name) => (name === 'recipient' ? last.to : last.recordedAt)), last.key]
    }
  }
  type Judging = Parameters<typeof judge>[1]
  const judgingNow = async (): Promise<Judging> => ({ context, organisation: await context.organisation(), eventsOf: streamReader(context), publicUrl })

  const sendImmediate = async (): Promise<boolean> => {
    for await (const found of walk([{ column: 'kind', is: '=', value: 'immediate' }], ['recordedAt'])) {
      const judging = await judgingNow()
      for (const [to, alarms] of Map.groupBy(found, (one) => one.to)) {
        const letters = alarms.length > mostAtOnce ? [alarms] : alarms.map((one) => [one])
        for (const letter of letters) {
          if (stopping || !(await guarded(to, () => deliver(letter, (told) => messageId(to, ...told.map(({ alarm }) => alarm)), judging)))) return false
        }
      }
    }
    return true
  }

  const sendDigests = async (now: string): Promise<void> => {
    const instant = lastDigest(now, settings.digestAt)
    const due: readonly Condition[] = [{ column: 'kind', is: '=', value: 'digest' }, { column: 'recorded', is: '<', value: instant }]
    if ((await rows(due, { limit: 1 })).length === 0) return
    let gathered: Waiting[] = []
    const flush = async (): Promise<boolean> => {
      const [first] = gathered
      const alarms = gathered
      gathered = []
      // By its time and not by its alarms: repeated after a crash on its way it holds fewer, and is the same letter.
      return !first || guarded(first.to, async () => deliver(alarms, () => messageId(first.to, instant), await judgingNow()))
    }
    for await (const found of walk(due, ['recipient', 'recordedAt']))
      for (const one of found) {
        if (gathered[0] && gathered[0].to !== one.to && !(await flush())) return
        if (stopping) return
        gathered.push(one)
      }
    await flush()
  }

  return {
    round: async () => {
      if (stopping || (await readModel.position(alarmMails.name)) === undefined) return
      try {
        await finish()
        if (!(await seesAll())) return
        await abandonOld(clock.now())
        // Before looking: what is recorded up to the time of a digest must be seen when it is gathered.
        const now = clock.now()
        if (waits.waits(server) || !(await seesAll())) return
        if (await sendImmediate()) await sendDigests(now)
      } finally {
        post.rest()
      }
    },
    health: () => ({ ...(failingSince === undefined ? {} : { failingSince }), sent, failed }),
    stop: () => {
      stopping = true
    },
  }
}

/** The last time of the digest that has been, as an instant. */
export const lastDigest = (now: string, at: string): string => {
  const today = instantAt(stockholmDay(now), at)
  return today <= now ? today : instantAt(addDays(stockholmDay(now), -1), at)
}
const timeOfDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
/** A time of day in Sweden: on the two days on which clocks change it is an hour off from midnight what it is on others. */
const instantAt = (day: string, at: string): string => {
  const [hours = 0, minutes = 0] = at.split(':').map(Number)
  const plain = Date.parse(startOfDay(day)) + (hours * 60 + minutes) * 60_000
  const right = [0, -3_600_000, 3_600_000].map((shift) => plain + shift).find((instant) => timeOfDay.format(instant) === at)
  return new Date(right ?? plain).toISOString()
}
