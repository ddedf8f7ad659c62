import { describe, expect, it } from '@jest/globals'
import * as codes from '#events/codes'
import { faultSentence, faultSentences } from '#libs/catalogue/faults'
import { labels } from '#libs/catalogue/labels'
import { problems } from '#libs/catalogue/problems'
import { caseReasons, organisationReasons, policyReasons, reasonSentence, routineReasons } from '#libs/catalogue/reasons'
import { responsibilitySentences } from '#libs/catalogue/responsibility'
import { askSentences } from '#libs/catalogue/routines'
import { filled } from '#libs/catalogue/sentence'
import { phaseLabels, stepSentences } from '#libs/catalogue/steps'
import type { Labels } from '#libs/kernel/event'

const sentences: readonly (readonly [string, Labels])[] = [
  ...Object.entries(faultSentences),
  ...Object.entries(caseReasons),
  ...Object.entries(organisationReasons),
  ...Object.entries(policyReasons),
  ...Object.entries(routineReasons),
  ...Object.entries(askSentences),
  ...Object.entries(stepSentences),
  ...Object.entries(responsibilitySentences),
  ...Object.values(problems).map((p) => [p.title.en, p.detail] as const),
]

describe('the catalogue', () => {
  it('has words for every code list of the events', () => {
    const lists = Object.entries(codes)
      .filter(([, list]) => Array.isArray(list))
      .map(([name, list]) => [name, [...list].sort()])
    expect(Object.entries(labels).map(([name, words]) => [name, Object.keys(words).sort()]).sort()).toEqual(lists.sort())
  })
  it.each(sentences)('says %s in whole sentences of two languages', (_, { sv, en }) => {
    for (const text of [sv, en]) expect(text).toMatch(/^[A-ZÅÄÖ{].*[.}]$/)
    expect(sv).not.toBe(en)
  })
  it.each([...Object.values(caseReasons), ...Object.values(organisationReasons), ...Object.values(policyReasons), ...Object.values(routineReasons)].map(({ sv }) => sv))('says what to do next: %s', (sv) => {
    expect(sv.split(/[.?] /).length).toBeGreaterThan(1)
  })
  it('labels every phase', () => {
    expect(Object.values(phaseLabels).every(({ sv, en }) => sv !== '' && en !== '')).toBe(true)
  })
  it('fills sentences, and has a general one for a code that it does not know', () => {
    expect(filled(faultSentences['not-in-range'], 'sv', { min: '1', max: '4' })).toBe('Ange ett heltal från 1 till 4.')
    expect(faultSentence('toString')).toBe(faultSentences.faulty)
    expect(reasonSentence('toString').en).toMatch(/^The rules say no/)
  })
})
