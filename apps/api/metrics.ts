import type { Application } from '#apps/api/application'
import type { ClockFigures } from '#apps/application/clock-figures'
import type { ReactorFigures } from '#apps/application/reactors'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics: command durations by intent and outcome, lag of each projection, open streams, event loop and memory of the process. */
export interface Metrics {
  command(intent: string, outcome: string, seconds: number): void
  /** The text that a scraper reads. */
  exposition(): Promise<string>
  readonly contentType: string
}

export const createMetrics = (application: Pick<Application, 'projections' | 'reactors' | 'clockFigures'>, streams: () => number = () => 0): Metrics => {
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
  const stopped = new Gauge({ name: 'vaka_projection_stopped', help: '1 while the projection has stopped at an event that it cannot project', labelNames: ['projection'], registers: [registry] })
  const open = new Gauge({ name: 'vaka_streams_open', help: 'Streams of server-sent events that are open', registers: [registry] })
  const reactors = reactorMetrics(registry)
  const clock = clockMetrics(registry)
  return {
    command: (intent, outcome, seconds) => {
      commands.labels(intent, outcome).observe(seconds)
    },
    exposition: async () => {
      lag.reset()
      stopped.reset()
      // A store that is away must not hide how the process is: what it would tell is left out.
      for (const { name, lag: events, status } of (await application.projections?.().catch(() => [])) ?? []) {
        lag.labels(name).set(events)
        stopped.labels(name).set(status === 'stopped' ? 1 : 0)
      }
      open.set(streams())
      reactors((await application.reactors?.().catch(() => undefined)) ?? { webhooks: [] })
      const figures = application.clockFigures?.()
      if (figures) clock(figures)
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
    for (const each of [mails, failing, lag, deliveries]) each.reset()
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

/** When the clock last looked, and what was missed. */
const clockMetrics = (registry: Registry) => {
  const round = new Gauge({ name: 'vaka_clock_round_timestamp_seconds', help: 'When the clock of this process last looked for deadlines that are due', registers: [registry] })
  // Nothing is said before the first round: 0 would be a clock that stands still.
  round.remove()
  const missed = new Counter({ name: 'vaka_deadlines_missed_total', help: 'Deadlines that the clock of this process said were missed', labelNames: ['kind'], registers: [registry] })
  const counted = new Map<string, number>()
  return ({ lastRound, missed: kinds }: ClockFigures): void => {
    if (lastRound !== undefined) round.set(lastRound)
    for (const [kind, count] of Object.entries(kinds)) {
      missed.labels(kind).inc(count - (counted.get(kind) ?? 0))
      counted.set(kind, count)
    }
  }
}
