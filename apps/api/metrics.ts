import type { Application } from '#apps/api/application'
import type { ReactorFigures } from '#apps/application/reactors'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics: command durations by intent and outcome, lag of each projection, open streams, event loop and memory of the process. */
export interface Metrics {
  command(intent: string, outcome: string, seconds: number): void
  /** The text that a scraper reads. */
  exposition(): Promise<string>
  readonly contentType: string
}

export const createMetrics = (application: Pick<Application, 'lag' | 'reactors'>, streams: () => number = () => 0): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const commands = new Histogram({
    name: 'vaka_command_duration_seconds',
    help: 'Time from a validated command to its outcome',
    labelNames: ['intent', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  const lag = new Gauge({ name: 'vaka_projection_lag_events', help: 'Events between the end of the log and the projection', labelNames: ['projection'], registers: [registry] })
  const open = new Gauge({ name: 'vaka_streams_open', help: 'Streams of server-sent events that are open', registers: [registry] })
  const reactors = reactorMetrics(registry)
  return {
    command: (intent, outcome, seconds) => {
      commands.labels(intent, outcome).observe(seconds)
    },
    exposition: async () => {
      for (const [projection, events] of Object.entries((await application.lag?.()) ?? {})) lag.labels(projection).set(events)
      open.set(streams())
      const figures = await application.reactors?.()
      if (figures) reactors(figures)
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

/** What mail and webhooks have come to: counts of this process, and what waits or was given up in all. */
const reactorMetrics = (registry: Registry) => {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => new Gauge<L>({ name, help, labelNames: [...labelNames], registers: [registry] })
  const mails = gauge('vaka_mails', 'Mails about alarms: letters sent and attempts that failed since the start, alarms that wait, alarms that were given up', ['state'])
  const failing = gauge('vaka_mail_failing', '1 while the mail server takes no mail')
  const lag = gauge('vaka_webhook_lag_events', 'Events between the end of the log and what a webhook receiver has taken', ['host'])
  const deliveries = gauge('vaka_webhook_deliveries', 'Events taken and attempts that failed since the start, and events given up', ['host', 'state'])
  return ({ mail, webhooks }: ReactorFigures): void => {
    if (mail) {
      for (const state of ['sent', 'failed', 'waiting', 'dead'] as const) mails.labels(state).set(mail[state])
      failing.set(mail.failingSince === undefined ? 0 : 1)
    }
    for (const { host, ...figures } of webhooks) {
      lag.labels(host).set(figures.lag)
      for (const state of ['delivered', 'failed', 'dead'] as const) deliveries.labels(host, state).set(figures[state])
    }
  }
}
