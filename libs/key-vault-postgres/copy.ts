import type { KeyObject } from 'node:crypto'
import { systemClock } from '#libs/kernel/clock'
import { openPeriods } from '#libs/key-vault-postgres/periods'
import { columns, createRows, findRows, joined, storedAs } from '#libs/key-vault-postgres/rows'
import type { Row, Stored } from '#libs/key-vault-postgres/rows'
import { keyVault, ownKeys } from '#libs/key-vault-postgres/schema'
import { openConnections } from '#libs/postgres/connection'
import type { ConnectionOptions } from '#libs/postgres/connection'
import type { KeyRow, KeyStore } from '#libs/privacy/copy'
import { wrapKey } from '#libs/privacy/wrapping'

const together = 1000

/** The key vault in PostgreSQL, for copying. Its operations throw as those of the vault do. */
export const openKeyTables = ({ masterKey, ...options }: ConnectionOptions & { readonly masterKey: KeyObject }): KeyStore => {
  const connections = openConnections(options, keyVault)
  const { run } = connections
  const periods = openPeriods(run, masterKey, systemClock)
  const opened = ({ id, login, key }: Stored): KeyRow => ({ id, login, key: key() })
  return {
    own: () => ownKeys(connections, masterKey),
    begin: async (own) => {
      await ownKeys(connections, masterKey, () => own)
    },
    all: async function* () {
      for (let last = ''; ; ) {
        const rows = await run<Row>(`select ${columns} from ${joined} where k.id > $1 order by k.id limit ${together}`, [last])
        const next = rows.at(-1)
        if (!next) return
        yield rows.map((row) => opened(storedAs(row, periods)))
        last = next.id
      }
    },
    add: async (rows) => {
      const before = new Set((await findRows(run, periods, rows.map(({ id }) => id), [])).map(({ id }) => id))
      const absent = rows.filter(({ id }) => !before.has(id))
      if (absent.length === 0) return 0
      // The month of creation is not known here. Destroying any of these keys wraps those anew that came with it, and no others.
      const period = await periods.closed()
      await createRows(run, periods, period, absent.map((row) => ({ ...row, wrapped: wrapKey(period.key, row.id, row.key) })))
      return absent.length
    },
    find: async (ids) => (await findRows(run, periods, ids, [])).map(opened),
    count: async () => (await run<{ readonly keys: number }>('select count(*) as keys from data_key'))[0]?.keys ?? 0,
    close: () => connections.close(),
  }
}
