import { successorOf } from '#libs/organisation/holders'
import type { Organisation } from '#libs/organisation/state'

/** What became of an old unit: the one that it is today, its parts when it was split, or null when it closed. */
export type Became = string | readonly string[] | null

/** What became of each of some units that have ended, and of those that they went into. Units that stand are left out. */
export const becameOf = (organisation: Organisation, ids: Iterable<string>): Readonly<Record<string, Became>> => {
  const became: Record<string, Became> = {}
  const tell = (id: string): void => {
    const ended = organisation.units.get(id)?.ended
    if (!ended || Object.hasOwn(became, id)) return
    if (ended.how === 'merged') {
      const successor = successorOf(organisation, id)
      became[id] = successor
      tell(successor)
    } else became[id] = ended.how === 'closed' ? null : [...new Set(ended.into.map((part) => successorOf(organisation, part)))]
  }
  for (const id of [...ids].sort()) tell(id)
  return became
}

/** Every id under which what belongs to a unit may stand: today's, and those of the units that were merged into it. */
export const idsOf = (organisation: Organisation, id: string): readonly string[] => {
  const today = successorOf(organisation, id)
  return [today, ...(organisation.units.get(today)?.absorbed ?? [])]
}
