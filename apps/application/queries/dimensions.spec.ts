import { describe, expect, it } from '@jest/globals'
import { placesOf } from '#apps/application/queries/dimensions'

const halfAssessed = { unit: 'missbruk', phase: 'assessing', facets: 'social/bemotande/deviation/teknik+kompetens;health/none/none/' }

describe('where a case stands in a table', () => {
  it('is one row for each value of its groups, without groups of which nothing is said yet', () => {
    expect(placesOf(['category'], halfAssessed, false)).toEqual([['bemotande']])
    expect(placesOf(['cause', 'unit'], halfAssessed, false)).toEqual([['teknik', 'missbruk'], ['kompetens', 'missbruk']])
    expect(placesOf(['group', 'category'], halfAssessed, false)).toEqual([['social', 'bemotande'], ['health', 'none']])
    expect(placesOf(['category'], { facets: 'social/none/none/;health/none/none/' }, false)).toEqual([['none']])
  })
  it('is restricted to unit and phase in the limited view', () => {
    expect(placesOf(['unit', 'phase', 'category', 'channel', 'group'], { ...halfAssessed, channel: 'web' }, true)).toEqual([['missbruk', 'assessing', 'restricted', 'restricted', 'restricted']])
  })
})
