import { describe, expect, it } from '@jest/globals'
import { report, rowAfter } from '#projections/given'
import { ownReports } from '#projections/own-reports/own-reports'

describe('own reports', () => {
  it('are found by whose observation it is and by who typed it in', () => {
    expect(rowAfter(ownReports, [report(), ['note-added', { kind: 'fact' }]])?.columns).toEqual({ reporter: 's-1', typist: 's-2', received: '2020-03-02T08:00:00.000Z' })
    expect(rowAfter(ownReports, [report({ reportedBy: undefined })])?.columns).toMatchObject({ reporter: null, typist: 's-2' })
  })
  it('never hold an anonymous one', () => {
    expect(rowAfter(ownReports, [report({ anonymous: true, reportedBy: undefined }), ['note-added', { kind: 'fact' }]])).toBeUndefined()
  })
})
