import type { Draft, Recorded } from '#libs/kernel/event'

/** A safe integer from 0. */
export type Revision = number

export interface Receipt {
  readonly outcome: 'appended'
  /** Revision of the last event of the append. */
  readonly revision: Revision
  readonly position: string
  readonly recordedAt: string
}
/** Somebody else wrote first, or the stream is not where the caller believed. Nothing was written. */
export interface Conflict {
  readonly outcome: 'conflict'
  readonly actual: Revision | 'none'
}

/** A place in the log that can be recognised again: a log that was restored or replaced no longer matches it. */
export interface Checkpoint {
  readonly logId: string
  readonly position: string
  /** Leaves up to and including `position`. */
  readonly size: number
  /** RFC 6962 leaf hash of the event at `position`, hex: SHA-256(0x00 ‖ stored bytes). */
  readonly leaf: string
}
/** An event that the filter left out: checkpoints move over it. */
export interface Passed {
  readonly passed: true
  readonly position: string
  readonly size: number
}
export interface ReadOptions {
  /** First revision wanted, forwards (default 0); backwards it is where to begin (default the last). */
  readonly from?: Revision
  readonly direction?: 'forwards' | 'backwards'
  /** Leaves out events after this position of the log. */
  readonly upTo?: string
  readonly limit?: number
}
export interface SubscribeOptions {
  readonly after: Checkpoint | 'start'
  /** Stream name prefixes wanted, such as `deviation-`; all streams when absent. */
  readonly streams?: readonly string[]
  readonly signal: AbortSignal
}

/** The one channel of facts. Adapters pass `libs/contracts/event-store.ts` whole. */
export interface EventStore {
  /** An unknown stream is empty. */
  read(stream: string, options?: ReadOptions): AsyncIterable<Recorded>
  /**
   * All events or none, after the expected revision or not at all. Answered when on disk. A rejected promise means that the outcome is
   * unknown: the caller reads again and decides again. Throws before anything is written when `events` is empty or holds what JSON cannot.
   */
  append(stream: string, expected: Revision | 'none', events: readonly Draft[]): Promise<Receipt | Conflict>
  /**
   * Every event after the checkpoint in the order of the log, then `caught-up` whenever the reader has seen all there is, then live; ends
   * when the signal aborts. Throws `{ code: 'log-replaced' }` when the checkpoint is not of this log.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<Recorded | Passed | 'caught-up'>
  /** A checkpoint at an event's position, or `start` for an empty log. `head` is the last event. */
  checkpoint(position: string | 'head'): Promise<Checkpoint | 'start'>
  /** The stored bytes of one event as text, exactly; undefined when there is none. */
  raw(stream: string, revision: Revision): Promise<string | undefined>
  /** The last position before the first event that was recorded later than the instant; undefined when there is none. */
  positionAt(instant: string): Promise<string | undefined>
  close(): Promise<void>
}
