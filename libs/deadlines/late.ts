import type { Deadline } from '#libs/deadlines/state'

const msPerHour = 3_600_000

/** Hours from a limit to an instant after it, begun ones counted; 0 when it was in time. */
export const hoursLate = (dueInstant: string, at: string): number => Math.max(0, Math.ceil((Date.parse(at) - Date.parse(dueInstant)) / msPerHour))

/** What a deadline came to, as figures tell it: what was met counts as late by when it happened, not by when it was written down. */
export type Result = 'met' | 'late' | 'missed' | 'running' | 'lapsed'
export const resultOf = ({ state, metAt, dueInstant, missed }: Deadline): Result => {
  switch (state) {
    case 'met':
      return metAt !== undefined && metAt > dueInstant ? 'late' : 'met'
    case 'lapsed':
      return 'lapsed'
    case 'running':
      return missed?.at(-1) === dueInstant ? 'missed' : 'running'
  }
}
