/** Seconds to wait before the next request of a subject, or 0 when this one may pass. */
export type RateLimit = (subject: string) => number

const mostSubjects = 50_000
/**
 * A token bucket for each subject, `perSecond` tokens a second and at most as many saved up. Buckets live in memory and the oldest are
 * forgotten; a forgotten one is full again.
 */
export const rateLimit = (perSecond: number, nowMs: () => number = () => performance.now()): RateLimit => {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (subject) => {
    const now = nowMs()
    let bucket = buckets.get(subject)
    if (!bucket) {
      const oldest = buckets.size >= mostSubjects ? buckets.keys().next().value : undefined
      if (oldest !== undefined) buckets.delete(oldest)
      bucket = { tokens: perSecond, at: now }
      buckets.set(subject, bucket)
    }
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond)
    bucket.at = now
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond
    bucket.tokens -= 1
    return 0
  }
}

/** Bounds what is under way at once: beyond it the server says no early instead of answering everybody late. */
export interface Admission {
  enter(): boolean
  leave(): void
}
export const admission = (most: number): Admission => {
  let inside = 0
  return {
    enter: () => {
      if (inside >= most) return false
      inside++
      return true
    },
    leave: () => {
      inside--
    },
  }
}

/** Bounds what stays open at once, in all and for each subject. */
export interface Places {
  /** Undefined when taken; else whose places are full. */
  take(subject: string): 'subject' | 'all' | undefined
  free(subject: string): void
  taken(): number
}
export const places = (mostOfSubject: number, mostInAll: number): Places => {
  const bySubject = new Map<string, number>()
  let taken = 0
  return {
    take: (subject) => {
      const hers = bySubject.get(subject) ?? 0
      if (hers >= mostOfSubject) return 'subject'
      if (taken >= mostInAll) return 'all'
      bySubject.set(subject, hers + 1)
      taken++
      return undefined
    },
    free: (subject) => {
      const hers = (bySubject.get(subject) ?? 0) - 1
      if (hers > 0) bySubject.set(subject, hers)
      else bySubject.delete(subject)
      taken--
    },
    taken: () => taken,
  }
}
