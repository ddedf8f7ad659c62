import { createHash } from 'node:crypto'
import type { Columns, ColumnValue, Query, StoredRow } from '#libs/kernel/projection'
import { hasSoundNames, namedColumns } from '#libs/kernel/question'
import { checkpointOf, rowLine, sameCheckpoint, statusesOf } from '#libs/kernel/read-model'
import type { Build, BuildId, Counted, Operation, ReadModel, StoredCheckpoint, StoredMark } from '#libs/kernel/read-model'
import type { Checkpoint } from '#libs/kernel/store'
import { arrivals, arrivalText } from '#libs/read-model-postgres/arrivals'
import { clientConfig, openConnections } from '#libs/postgres/connection'
import type { Cells, ConnectionOptions, Run } from '#libs/postgres/connection'
import { fault, isOutdated } from '#libs/postgres/fault'
import { exclusively } from '#libs/postgres/once'
import { beside, select } from '#libs/read-model-postgres/query'
import { isStorable, whereClause } from '#libs/read-model-postgres/condition'
import type { Bind } from '#libs/read-model-postgres/condition'
import { createIndex, createTable, openStore, quoted, readStore, sweep, tableOf } from '#libs/read-model-postgres/schema'
import { orderClause } from '#libs/read-model-postgres/stretch'

interface BuildRow extends BuildId, StoredCheckpoint, StoredMark {
  readonly promoted: boolean
  readonly columns: string
  readonly indices: string
}
const buildOf = (row: BuildRow): Build => ({ name: row.name, version: row.version, build: row.build, promoted: row.promoted, checkpoint: checkpointOf(row) })
const sameBuild = (a: BuildId, b: BuildId): boolean => a.name === b.name && a.version === b.version && a.build === b.build
const gone = ({ name, version, build }: BuildId): Error => fault('build-gone', `Build ${build} of ${name} version ${version} was dropped: a newer one has taken its place`)
const notReady = (name: string): Error => fault('not-ready', `The projection ${name} has not caught up with the log for the first time`)

const ofBuild = 'name = $1 and version = $2 and build = $3'
const idOf = ({ name, version, build }: BuildId): readonly [string, number, number] => [name, version, build]
const pageSize = 2000
const mostAttempts = 5

/** The build that answers, with what it can be asked about. */
interface Answerer extends BuildId {
  readonly columns: Columns
}

/**
 * The read store at scale: a PostgreSQL database or schema, made where it is empty. Any number of handles in any number of processes. `unavailable`
 * when the server is away: what was asked may have been done or not, and may be asked again. Throws as `openStore` does.
 */
export const openReadModelPostgres = async (options: ConnectionOptions): Promise<ReadModel> => {
  const connections = openConnections(options, readStore)
  const { run, transaction } = connections
  const storeId = await openStore(connections).catch(async (thrown: unknown) => {
    await connections.close()
    throw thrown
  })
  const channel = `vaka ${storeId}`
  const positions = async (): Promise<ReadonlyMap<string, string>> => {
    const rows = await run<{ readonly name: string; readonly position: string }>('select name, position from build where promoted and position is not null', [], { kept: true })
    return new Map(rows.map(({ name, position }) => [name, position]))
  }
  const arrived = arrivals({ config: clientConfig(options), channel, positions })
  const buildsOf = (ask: Run, name: string, how = ''): Promise<readonly BuildRow[]> => ask<BuildRow>(`select * from build where name = $1 order by version, build ${how}`, [name])

  /** The last answerers seen. Each question tells whether its build still is one. */
  const known = new Map<string, Answerer>()
  const answerer = async (name: string): Promise<Answerer> => {
    const [row] = await run<BuildRow>('select * from build where name = $1 and promoted', [name], { kept: true })
    if (!row) throw notReady(name)
    const found = { ...row, columns: JSON.parse(row.columns) }
    known.set(name, found)
    return found
  }
  /** The rows of a statement about the build that answers. */
  const ask = async (name: string, named: readonly string[], statement: (table: string, columns: Columns, bind: Bind) => string): Promise<{ readonly columns: Columns; readonly rows: readonly Cells[] }> => {
    for (let attempt = 1; ; attempt++) {
      const seen = known.get(name)
      const knows = seen !== undefined && named.every((column) => column === 'key' || column in seen.columns)
      const build = knows ? seen : await answerer(name)
      for (const column of named) if (column !== 'key' && !(column in build.columns)) throw fault('unknown-column', `The projection ${name} has no column ${column}`)
      const values: unknown[] = [...idOf(build)]
      const bind: Bind = (value) => `$${values.push(value)}`
      const sql = beside(`${ofBuild} and promoted`, statement(tableOf(build), build.columns, bind))
      try {
        const rows = await run(sql, values, { kept: true })
        if (rows.length > 0) return { columns: build.columns, rows: rows.filter(({ key }) => key !== null) }
      } catch (thrown) {
        if (!isOutdated(thrown) || attempt === mostAttempts) throw thrown
      }
      known.delete(name)
      if (attempt === mostAttempts) throw fault('unavailable', `The builds of ${name} take one another's place too fast`)
    }
  }
  const rowsOf = async (name: string, query: Query): Promise<StoredRow[]> => {
    const { columns, rows } = await ask(name, namedColumns(query), (table, types, bind) => select(query, table, types, bind))
    const names = Object.keys(columns)
    return rows.map((row) => ({ key: String(row['key']), state: JSON.parse(String(row['state'])), columns: cellsOf(row, names) }))
  }

  return {
    ready: async (projection, { fresh = false } = {}) => {
      const { name, version } = projection
      if (!hasSoundNames(projection)) throw fault('bad-projection', `The projection ${name} has a name, version, column or index that the read store cannot hold`)
      const [columns, indices] = [JSON.stringify(projection.columns), JSON.stringify(projection.indices)]
      const going = (builds: readonly BuildRow[]): Build | undefined => {
        const same = fresh ? [] : builds.filter((row) => row.version === version)
        const row = same.find(({ promoted }) => promoted) ?? same.at(-1)
        if (row && (row.columns !== columns || row.indices !== indices))
          throw fault('other-shape', `The columns or indices of ${name} changed and its version ${version} did not: raise the version`)
        return row && buildOf(row)
      }
      // Nearly always there is one, and then nobody is waited for.
      const found = going(await buildsOf(run, name))
      if (found) return found
      const made = await transaction(async (ask) => {
        await exclusively(ask, `${storeId} ${name}`)
        const builds = await buildsOf(ask, name)
        const meanwhile = going(builds)
        if (meanwhile) return meanwhile
        await ask('delete from build where name = $1 and version = $2 and not promoted', [name, version])
        const build = { name, version, build: (builds.filter((row) => row.version === version).at(-1)?.build ?? 0) + 1 }
        await ask("insert into build (name, version, build, promoted, columns, indices, status, size) values ($1, $2, $3, false, $4, $5, 'catching-up', 0)", [...idOf(build), columns, indices])
        await ask(createTable(build, projection.columns))
        return { ...build, promoted: false, checkpoint: 'start' } as const
      })
      if (fresh) await sweep(connections, storeId, name)
      return made
    },

    load: async (build, keys) => {
      const sql = beside(ofBuild, `select "key", "state" from ${tableOf(build)} where "key" = any(array(select json_array_elements_text($4)))`)
      const rows = await run(sql, [...idOf(build), JSON.stringify(keys.filter(isStorable))], { kept: true }).catch((thrown: unknown) => {
        throw isOutdated(thrown) ? gone(build) : thrown
      })
      if (rows.length === 0) throw gone(build)
      return new Map(rows.flatMap(({ key, state }) => (key === null ? [] : [[String(key), String(state)] as const])))
    },

    apply: async (build, operations, from, to) => {
      for (;;) {
        const [row] = await run<BuildRow>(`select * from build where ${ofBuild}`, idOf(build), { kept: true })
        if (!row) throw gone(build)
        if (row.position !== null && row.position >= to.position) return 'already'
        if (!sameCheckpoint(checkpointOf(row), from)) throw fault('stale-checkpoint', `Build ${build.build} of ${build.name} has moved on`)
        const { sql, values } = movement(build, JSON.parse(row.columns), operations, from, to)
        const moved = await run(sql, [...values, channel], { kept: true }).catch((thrown: unknown) => {
          throw isOutdated(thrown) ? gone(build) : thrown
        })
        if (moved.length > 0) return 'applied'
        // Somebody else moved the build meanwhile: look again where it stands.
      }
    },

    mark: async (build, mark) => {
      const [reason, stoppedAt] = mark.status === 'stopped' ? [mark.reason, mark.stoppedAt ?? null] : [null, null]
      await run(`update build set status = $4, reason = $5, stopped_at = $6 where ${ofBuild}`, [...idOf(build), mark.status, reason, stoppedAt])
    },

    promote: async (build, { anyway = false } = {}) => {
      const { name } = build
      const outcome = await transaction(
        async (ask) => {
          await exclusively(ask, `${storeId} ${name}`)
          const judge = async (how = ''): Promise<BuildRow | 'behind'> => {
            const builds = await buildsOf(ask, name, how)
            const row = builds.find((other) => sameBuild(other, build))
            if (!row) throw gone(build)
            const now = builds.find(({ promoted }) => promoted)
            const ahead = now !== undefined && now.status !== 'stopped' && now.log_id === row.log_id && now.size > row.size
            return ahead && !anyway ? 'behind' : row
          }
          const before = await judge()
          if (before === 'behind') return before
          const indices: string[][] = JSON.parse(before.indices)
          for (const [i, columns] of indices.entries()) await ask(createIndex(build, columns, i + 1))
          await ask(`analyze ${tableOf(build)}`)
          // The one that answers went on meanwhile. If this is behind now, the indices stay, and the next time it is quick.
          const row = await judge('for update')
          if (row === 'behind') return row
          await ask('update build set promoted = false where name = $1 and promoted', [name])
          await ask(`update build set promoted = true, status = 'live' where ${ofBuild}`, idOf(build))
          await ask('delete from build where name = $1 and (version < $2 or version = $2 and build < $3)', idOf(build))
          await ask('select pg_notify($1, $2)', [channel, arrivalText(name, row.position ?? '')])
          return 'promoted'
        },
        { long: true },
      )
      if (outcome === 'promoted') await sweep(connections, storeId, name)
      return outcome
    },

    query: (name, query = {}) => rowsOf(name, query),
    get: async (name, key) => (await rowsOf(name, { where: [{ column: 'key', is: '=', value: key }] }))[0],
    count: async (name, where = []) => {
      const { rows } = await ask(name, namedColumns({ where }), (table, columns, bind) => `select count(*) as count from ${table} where ${whereClause(where, columns, bind)}`)
      return Number(rows[0]?.['count'])
    },
    countBy: async (name, by, where = []) => {
      const list = by.map(quoted).join(', ')
      const { rows } = await ask(
        name,
        [...by, ...namedColumns({ where })],
        (table, columns, bind) => `select count(*) as "number of rows", ${list} from ${table} where ${whereClause(where, columns, bind)} group by ${list} order by ${orderClause(by)}`,
      )
      return rows.filter((row) => row['number of rows'] !== null).map((row): Counted => ({ columns: cellsOf(row, by), count: Number(row['number of rows']) }))
    },
    position: (name) => arrived.position(name),
    reached: (name, position, withinMs) => arrived.reached(name, position, withinMs),

    builds: async () => statusesOf(await run<BuildRow>(everything), buildOf),
    status: async () => {
      for (let attempt = 1; ; attempt++)
        try {
          const rows = await run<BuildRow>(everything)
          const counts = rows.length === 0 ? [] : await run(rows.map((row, i) => `select ${i} as i, count(*) as count from ${tableOf(row)}`).join(' union all '))
          return statusesOf(rows, buildOf).map((status, i) => ({ ...status, rows: Number(counts[i]?.['count']) }))
        } catch (thrown) {
          // A build was dropped between the two statements.
          if (!isOutdated(thrown) || attempt === mostAttempts) throw thrown
        }
    },

    checksum: async (name) => {
      const digest = async (ask: Run): Promise<string> => {
        const [row] = await ask<BuildRow>('select * from build where name = $1 and promoted', [name])
        if (!row) throw notReady(name)
        const columns = Object.keys(JSON.parse(row.columns))
        await ask(`declare page no scroll cursor for select ${['key', 'state', ...columns].map(quoted).join(', ')} from ${tableOf(row)} order by "key"`)
        const hash = createHash('sha256')
        for (;;) {
          const rows = await ask(`fetch ${pageSize} from page`)
          if (rows.length === 0) return hash.digest('hex')
          for (const { key, state, ...cells } of rows) hash.update(rowLine(String(key), String(state), cellsOf(cells, columns)))
        }
      }
      for (let attempt = 1; ; attempt++)
        try {
          return await transaction(digest, { begin: 'begin isolation level repeatable read read only' })
        } catch (thrown) {
          if (!isOutdated(thrown) || attempt === mostAttempts) throw thrown
        }
    },

    close: async () => {
      await arrived.close()
      await connections.close()
    },
  }
}

const everything = 'select * from build order by name, version, build'

const cellsOf = (row: Cells, columns: readonly string[]): Record<string, ColumnValue> =>
  Object.fromEntries(
    columns.map((column) => {
      const cell = row[column] ?? null
      return [column, typeof cell === 'boolean' ? String(cell) : cell]
    }),
  )

/**
 * Rows and checkpoint as one statement, which is one transaction and one round trip: nothing is written unless the build still stands at `from`, and
 * two who try wait for one another at its row. Each column goes as one JSON text, the states byte for byte as they are: arrays of texts, every quote
 * in them escaped and back, took twice the time. The last value is the channel.
 */
const movement = (build: BuildId, columns: Columns, operations: readonly Operation[], from: Checkpoint | 'start', to: Checkpoint): { readonly sql: string; readonly values: readonly unknown[] } => {
  const names = Object.keys(columns)
  const removed: string[] = []
  const keys: string[] = []
  const states: string[] = []
  const cells = names.map((): ColumnValue[] => [])
  for (const operation of new Map(operations.map((each) => [each.key, each])).values()) {
    if (operation.state === null) removed.push(operation.key)
    else {
      keys.push(operation.key)
      states.push(operation.state)
      for (const [i, name] of names.entries()) cells[i]?.push(operation.columns[name] ?? null)
    }
  }
  const at = from === 'start' ? { logId: null, size: 0, leaf: null } : from
  const stands = [...idOf(build), at.logId, at.size, at.leaf, to.logId, to.position, to.size, to.leaf]
  const rows = [keys, ...cells].map((column) => JSON.stringify(column))
  const texts = rows.map((_, i) => `json_array_elements_text($${i + 14}::json)`)
  const held = ['key', ...names, 'state'].map(quoted)
  const sql = `with moved as (
      update build set log_id = $7, position = $8, size = $9, leaf = $10
      where ${ofBuild} and log_id is not distinct from $4 and size = $5 and leaf is not distinct from $6 and (position is null or position < $8)
      returning promoted
    ), gone as (
      delete from ${tableOf(build)} where "key" = any($12) and exists (select from moved)
    ), put as (
      insert into ${tableOf(build)} (${held.join(', ')})
      select ${held.map((column, i) => (columns[names[i - 1] ?? ''] === 'integer' ? `${column}::bigint` : column)).join(', ')}
      from rows from (${[...texts, 'json_array_elements($13::json)'].join(', ')}) as row (${held.join(', ')}) where exists (select from moved)
      on conflict ("key") do update set ${held.map((column) => `${column} = excluded.${column}`).join(', ')}
    )
    select promoted, case when promoted then pg_notify($${rows.length + 14}, $11) end from moved`
  return { sql, values: [...stands, arrivalText(build.name, to.position), removed, `[${states.join(',')}]`, ...rows] }
}
