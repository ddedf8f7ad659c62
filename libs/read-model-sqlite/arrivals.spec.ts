import { afterEach, expect, it } from '@jest/globals'
import { arrivals } from '#libs/read-model-sqlite/arrivals'
import { readStore } from '#libs/read-model-sqlite/schema'
import { openDatabase } from '#libs/sqlite/open'

const db = openDatabase(':memory:', readStore)
afterEach(() => {
  db.close()
})

it('wakes those who wait elsewhere in the process without polling', async () => {
  let position = '1'
  // One connection for both: what it commits itself never shows in its `PRAGMA data_version`, so only the signal can tell.
  const [here, elsewhere] = [arrivals(db, () => position), arrivals(db, () => position)]
  const waiting = elsewhere.reached('cases', '2', 60_000)
  position = '2'
  here.tell()
  expect(await waiting).toBe(true)
  here.close()
  elsewhere.close()
})
