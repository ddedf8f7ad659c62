import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { accessTo } from '#libs/deviation/access'
import { beginning, begun, original, path, tried } from '#libs/deviation/testing/paths'
import { everyone, type Story } from '#libs/deviation/testing/world'
import type { CaseFacts } from '#libs/duties/facts'
import { factsOfSight, sightOf } from '#projections/statistics/sight'

const nobody = (): boolean => false
const isOwn = ({ facts, person }: Story, who: string): boolean => person(who).isReporter(who) || facts.registeredBy === who || facts.reportedBy === who

describe('the sight of a case', () => {
  it('gives everybody the access that the facts give, but for reporters and the other side of a hand-over', () => {
    const seen = new Set<string>()
    const compare = (s: Story): void => {
      const sight: CaseFacts = factsOfSight(s.facts.unit, sightOf(s.facts))
      for (const who of everyone.filter((one) => !isOwn(s, one))) {
        const person = { ...s.person(who), isReporter: nobody }
        const real = accessTo(s.facts, person)
        seen.add(real)
        if (real === 'informed') continue
        const told = accessTo(sight, person)
        if (told !== real) throw new Error(`${who} has ${real}, by the sight ${told}: ${JSON.stringify(s.facts)}`)
      }
    }
    fc.assert(
      fc.property(beginning, path, (start, acts) => {
        const end = acts.reduce((s, act) => {
          const attempt = tried(s, act)
          return attempt?.who === undefined ? s : s.then(attempt.who, attempt.command, { original })
        }, begun(start))
        compare(end)
      }),
      { numRuns: 400, endOnFailure: true },
    )
    expect([...seen].sort()).toEqual(['full', 'informed', 'limited', 'masked', 'none'])
  })
})
