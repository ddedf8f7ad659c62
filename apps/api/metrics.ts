import type { Application } from '#apps/api/application'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Prometheus metrics: command durations by intent and outcome, lag of each projection, open streams, event loop and memory of the process. */
export interface Metrics {
  command(intent: string, outcome: string, seconds: number): void
  /** The text that a scraper reads. */
  exposition(): Promise<string>
  readonly contentType: string
}

export const createMetrics = (application: Pick<Application, 'lag'>, streams: () => number = () => 0): Metrics => {
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
  return {
    command: (intent, outcome, seconds) => {
      commands.labels(intent, outcome).observe(seconds)
    },
    exposition: async () => {
      for (const [projection, events] of Object.entries((await application.lag?.()) ?? {})) lag.labels(projection).set(events)
      open.set(streams())
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
