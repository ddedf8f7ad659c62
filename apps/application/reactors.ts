import type { Context } from '#apps/application/context'
import { createMailer, type MailHealth } from '#apps/application/mail/mailer'
import type { MailSettings } from '#apps/application/mail/settings'
import { startRounds } from '#apps/application/rounds'
import type { WebhookSettings } from '#apps/application/webhooks/settings'
import { startWebhooks, type ReceiverHealth } from '#apps/application/webhooks/webhooks'
import type { ReadModel } from '#libs/kernel/read-model'
import { described } from '#libs/sqlite/fault'
import { smtpPost } from '#libs/smtp/smtp'
import { alarmMails } from '#projections/alarm-mails/alarm-mails'

/** What goes out by itself, as it is set up. */
export interface ReactorSettings {
  /** Where people reach Vaka, without a slash at its end. */
  readonly publicUrl: string
  readonly mail?: MailSettings
  readonly webhooks?: WebhookSettings
  /** Time between two rounds of the mailer, ms; five seconds unless said. */
  readonly everyMs?: number
}
export interface Reactors {
  /** For people and monitoring: `off`, `ok`, or since when nothing gets through. */
  status(): Promise<{ readonly mail: string; readonly webhooks: string }>
  figures(): Promise<ReactorFigures>
  receivers(): Promise<readonly ReceiverHealth[]>
  /** Runs something during which no mail is sent. */
  rest<T>(work: () => Promise<T>): Promise<T>
  stop(): Promise<void>
}
/** For the metrics. */
export interface ReactorFigures {
  readonly mail?: MailHealth & { readonly waiting: number; readonly dead: number }
  readonly webhooks: readonly Pick<ReceiverHealth, 'host' | 'lag' | 'delivered' | 'failed' | 'dead'>[]
}

/** Longest that a stop waits for a letter that is under way, ms; cut off, it is sent again at the next start. */
const patience = 5000

/** What starting takes: `openCheckpoints` opens where it is kept how far each webhook receiver has got, which is closed again at the stop. */
interface ReactorsOptions {
  readonly settings: ReactorSettings | undefined
  readonly openCheckpoints: () => Promise<ReadModel>
  readonly onFault: (sentence: string) => void
}
/** Starts what is set up. */
export const startReactors = async (context: Context, { settings, openCheckpoints, onFault }: ReactorsOptions): Promise<Reactors> => {
  // First what can fail: nothing is left running that nobody could stop.
  const checkpoints = settings?.webhooks && (await openCheckpoints())
  const mail = settings?.mail && startMail(context, settings, settings.mail, onFault)
  const { store, clock, readModel } = context
  const webhooks = settings?.webhooks && checkpoints ? startWebhooks({ store, checkpoints, clock, settings: settings.webhooks, source: settings.publicUrl, onFault }) : undefined
  const receivers = async (): Promise<readonly ReceiverHealth[]> => (await webhooks?.health()) ?? []
  const count = async (value: 'waiting' | 'dead'): Promise<number> =>
    (await readModel.position(alarmMails.name)) === undefined ? 0 : readModel.count(alarmMails.name, [{ column: 'mail_status', is: '=', value }])
  return {
    status: async () => {
      const failing = (await receivers()).filter(({ state }) => state !== 'live').length
      return {
        mail: mail ? sinceText(mail.mailer.health().failingSince) : 'off',
        webhooks: webhooks ? (failing === 0 ? 'ok' : `${failing} failing`) : 'off',
      }
    },
    figures: async () => ({
      ...(mail ? { mail: { ...mail.mailer.health(), waiting: await count('waiting'), dead: await count('dead') } } : {}),
      webhooks: await receivers(),
    }),
    receivers,
    rest: (work) => (mail ? mail.rounds.rest(work) : work()),
    stop: async () => {
      await Promise.all([mail?.stop(), webhooks?.stop()])
      await checkpoints?.close()
    },
  }
}
const sinceText = (failingSince: string | undefined): string => (failingSince === undefined ? 'ok' : `failing since ${failingSince}`)

const startMail = (context: Context, { publicUrl, everyMs = 5000 }: ReactorSettings, settings: MailSettings, onFault: (sentence: string) => void) => {
  const post = smtpPost(settings.smtp)
  const mailer = createMailer(context, { settings, post, publicUrl, onFault })
  const rounds = startRounds(() => mailer.round(), { everyMs, onFault: (thrown) => onFault(`A round of mails failed, and the next is tried: ${described(thrown).code}`) })
  return {
    mailer,
    rounds,
    stop: async (): Promise<void> => {
      mailer.stop()
      const cut = setTimeout(() => post.close(), patience)
      await rounds.stop()
      clearTimeout(cut)
      post.close()
    },
  }
}
