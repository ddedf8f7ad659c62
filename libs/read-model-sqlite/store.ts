import { createHash } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import type { Columns, ColumnValue, Query, StoredRow } from '#libs/kernel/projection'
import { alternatives, firstOfEach, namedColumns, orderOf } from '#libs/kernel/question'
import { checkpointOf, rowLine, sameCheckpoint, statusesOf } from '#libs/kernel/read-model'
import type { Build, BuildId, Counted, Operation, ReadModel, StoredCheckpoint, StoredMark } from '#libs/kernel/read-model'
import { arrivals } from '#libs/read-model-sqlite/arrivals'
import { merged } from '#libs/read-model-sqlite/merge'
import { checkPage, statementsOf, whereClause } from '#libs/read-model-sqlite/query'
import type { Clause } from '#libs/read-model-sqlite/query'
import { checkNames, createIndex, createTable, quoted, readStore, tableOf } from '#libs/read-model-sqlite/schema'
import { fault } from '#libs/sqlite/fault'
import { openDatabase } from '#libs/sqlite/open'
import type { Db } from '#libs/sqlite/open'

interface BuildRow extends BuildId, StoredCheckpoint, StoredMark {
  readonly promoted: number
  readonly columns: string
  readonly indices: string
}
const buildOf = (row: BuildRow): Build => ({ name: row.name, version: row.version, build: row.build, promoted: row.promoted === 1, checkpoint: checkpointOf(row) })
const gone = ({ name, version, build }: BuildId): Error => fault('build-gone', `Build ${build} of ${name} version ${version} was dropped: a newer one has taken its place`)

const pageSize = 1000

/**
 * The embedded read store: one SQLite file, or `:memory:`. Any number of handles in any number of threads and processes; whatever a handle
 * applies wakes the others of its process that wait in `reached`. Throws as `openDatabase` does.
 */
export const openReadModel = async ({ file, readonly = false }: { readonly file: string; readonly readonly?: boolean }): Promise<ReadModel> => {
  const db = openDatabase(file, { ...readStore, readonly })
  const prepared = statements(db)
  const find = db.prepare<[string, number, number], BuildRow>('select * from build where name = ? and version = ? and build = ?')
  const ofName = db.prepare<[string], BuildRow>('select * from build where name = ? order by version, build')
  const everything = db.prepare<[], BuildRow>('select * from build order by name, version, build')
  const answering = db.prepare<[string], BuildRow>('select * from build where name = ? and promoted')
  const positionOf = db.prepare<[string], string | null>('select position from build where name = ? and promoted').pluck()
  const arrived = arrivals(db, (name) => positionOf.get(name) ?? undefined)
  const reading = <T>(work: () => T): T => db.transaction(work).deferred()
  const writing = <T>(work: () => T): T => db.transaction(work).immediate()
  const found = ({ name, version, build }: BuildId): BuildRow => {
    const row = find.get(name, version, build)
    if (!row) throw gone({ name, version, build })
    return row
  }
  const drop = (build: BuildId): void => {
    db.exec(`drop table ${tableOf(build)}`)
    db.prepare('delete from build where name = ? and version = ? and build = ?').run(build.name, build.version, build.build)
  }
  /** The build that answers, with what it can be asked about. */
  const answerer = (name: string, named: readonly string[]): { readonly table: string; readonly columns: readonly string[] } => {
    const row = answering.get(name)
    if (!row) throw fault('not-ready', `The projection ${name} has not caught up with the log for the first time`)
    const columns = Object.keys(JSON.parse(row.columns))
    for (const column of named) if (column !== 'key' && !columns.includes(column)) throw fault('unknown-column', `The projection ${name} has no column ${column}`)
    return { table: tableOf(row), columns }
  }
  /** The cells of the rows of statements that follow one another. */
  const cellsOf = (table: string, names: readonly string[], clauses: readonly Clause[], limit: number): ColumnValue[][] => {
    const rows: ColumnValue[][] = []
    for (const { sql, values } of clauses) {
      if (rows.length >= limit) break
      const statement = prepared(`select ${names.map(quoted).join(', ')} from ${table} where ${sql} limit ?`)
      for (const row of statement.all(...values, limit === Infinity ? -1 : limit - rows.length)) rows.push(row)
    }
    return rows
  }
  const rowsOf = (table: string, columns: readonly string[], clauses: readonly Clause[], limit: number): StoredRow[] =>
    cellsOf(table, ['key', 'state', ...columns], clauses, limit).map(([key, state, ...cells]) => ({
      key: String(key),
      state: JSON.parse(String(state)),
      columns: Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? null])),
    }))
  const rowOf = (table: string, columns: readonly string[], key: string): StoredRow | undefined => rowsOf(table, columns, [{ sql: '"key" = ?', values: [key] }], 1)[0]
  /** The stretches are merged by what an index holds of their rows; only a row that is given is read whole. */
  const rowsOfAny = (table: string, columns: readonly string[], query: Query, anyOf: NonNullable<Query['anyOf']>): StoredRow[] => {
    const { where = [], limit = Infinity, descending = false } = query
    const lists = alternatives(anyOf)
    const chunk = firstOfEach(limit, lists.length)
    const order = orderOf(query)
    const places = lists.map(
      (list) =>
        (after = query.after) =>
          cellsOf(table, order, statementsOf({ ...query, where: [...where, ...list], ...(after && { after }) }), chunk),
    )
    const rows: StoredRow[] = []
    for (const place of merged(places, chunk, descending)) {
      const row = rows.length < limit ? rowOf(table, columns, String(place.at(-1))) : undefined
      if (!row) break
      rows.push(row)
    }
    return rows
  }

  return {
    ready: async (projection, { fresh = false } = {}) =>
      writing(() => {
        checkNames(projection)
        const { name, version } = projection
        const columns = JSON.stringify(projection.columns)
        const indices = JSON.stringify(projection.indices)
        const same = ofName.all(name).filter((row) => row.version === version)
        if (fresh) for (const row of same) if (!row.promoted) drop(row)
        const row = fresh ? undefined : (same.find(({ promoted }) => promoted) ?? same.at(-1))
        if (row && (row.columns !== columns || row.indices !== indices))
          throw fault('other-shape', `The columns or indices of ${name} changed and its version ${version} did not: raise the version`)
        if (row) return buildOf(row)
        const build = { name, version, build: (same.at(-1)?.build ?? 0) + 1 }
        db.prepare("insert into build (name, version, build, promoted, columns, indices, status, size) values (?, ?, ?, 0, ?, ?, 'catching-up', 0)").run(
          name,
          version,
          build.build,
          columns,
          indices,
        )
        db.exec(createTable(build, projection.columns))
        return { ...build, promoted: false, checkpoint: 'start' }
      }),

    load: async (build, keys) =>
      reading(() => {
        found(build)
        const state = prepared(`select "state" from ${tableOf(build)} where "key" = ?`)
        const states = new Map<string, string>()
        for (const key of keys) {
          const row = state.get(key)
          if (row) states.set(key, String(row[0]))
        }
        return states
      }),

    apply: async (build, operations, from, to) => {
      const outcome = writing(() => {
        const row = found(build)
        if (row.position !== null && row.position >= to.position) return 'already'
        if (!sameCheckpoint(checkpointOf(row), from)) throw fault('stale-checkpoint', `Build ${build.build} of ${build.name} has moved on`)
        write(prepared, build, JSON.parse(row.columns), operations)
        prepared('update build set log_id = ?, position = ?, size = ?, leaf = ? where name = ? and version = ? and build = ?').run(
          to.logId,
          to.position,
          to.size,
          to.leaf,
          build.name,
          build.version,
          build.build,
        )
        return 'applied'
      })
      if (outcome === 'applied') arrived.tell()
      return outcome
    },

    mark: async (build, mark) => {
      const [reason, stoppedAt] = mark.status === 'stopped' ? [mark.reason, mark.stoppedAt ?? null] : [null, null]
      prepared('update build set status = ?, reason = ?, stopped_at = ? where name = ? and version = ? and build = ?').run(
        mark.status,
        reason,
        stoppedAt,
        build.name,
        build.version,
        build.build,
      )
    },

    promote: async (build, { anyway = false } = {}) => {
      const outcome = writing(() => {
        const row = found(build)
        const now = answering.get(build.name)
        const ahead = now !== undefined && now.status !== 'stopped' && now.log_id === row.log_id && now.size > row.size
        if (ahead && !anyway) return 'behind'
        const indices: string[][] = JSON.parse(row.indices)
        indices.forEach((columns, i) => db.exec(createIndex(build, columns, i + 1)))
        db.prepare('update build set promoted = 0 where name = ?').run(build.name)
        db.prepare("update build set promoted = 1, status = 'live' where name = ? and version = ? and build = ?").run(build.name, build.version, build.build)
        for (const other of ofName.all(build.name))
          if (other.version < build.version || (other.version === build.version && other.build < build.build)) drop(other)
        return 'promoted'
      })
      arrived.tell()
      return outcome
    },

    query: async (name, query: Query = {}) =>
      reading(() => {
        const { table, columns } = answerer(name, namedColumns(query))
        checkPage(query)
        return query.anyOf ? rowsOfAny(table, columns, query, query.anyOf) : rowsOf(table, columns, statementsOf(query), query.limit ?? Infinity)
      }),
    get: async (name, key) =>
      reading(() => {
        const { table, columns } = answerer(name, [])
        return rowOf(table, columns, key)
      }),
    count: async (name, where = []) =>
      reading(() => {
        const { table } = answerer(name, namedColumns({ where }))
        const { sql, values } = whereClause(where)
        return Number(prepared(`select count(*) from ${table} where ${sql}`).get(...values)?.[0])
      }),
    countBy: async (name, by, where = []) =>
      reading((): Counted[] => {
        const { table } = answerer(name, [...by, ...namedColumns({ where })])
        const { sql, values } = whereClause(where)
        const list = by.map(quoted).join(', ')
        return prepared(`select count(*), ${list} from ${table} where ${sql} group by ${list} order by ${list}`)
          .all(...values)
          .map(([count, ...cells]) => ({ count: Number(count), columns: Object.fromEntries(by.map((column, i) => [column, cells[i] ?? null])) }))
      }),
    position: async (name) => positionOf.get(name) ?? undefined,
    reached: async (name, position, withinMs) => arrived.reached(name, position, withinMs),

    builds: async () => statusesOf(everything.all(), buildOf),
    status: async () =>
      reading(() => {
        const rows = everything.all()
        const counts = rows.map((row) => Number(prepared(`select count(*) from ${tableOf(row)}`).get()?.[0]))
        return statusesOf(rows, buildOf).map((status, i) => ({ ...status, rows: counts[i] ?? 0 }))
      }),

    checksum: async (name) => {
      // A connection of its own keeps one view of the file while this thread does other things between pages.
      const own = file === ':memory:' ? undefined : openDatabase(file, { ...readStore, readonly: true })
      const view = own ?? db
      const digest = createHash('sha256')
      view.exec('begin')
      try {
        const row = view.prepare<[string], BuildRow>('select * from build where name = ? and promoted').get(name)
        if (!row) throw fault('not-ready', `The projection ${name} has not caught up with the log for the first time`)
        const columns = Object.keys(JSON.parse(row.columns))
        const rows = view
          .prepare<[], [string, string, ...ColumnValue[]]>(`select ${['key', 'state', ...columns].map(quoted).join(', ')} from ${tableOf(row)} order by "key"`)
          .raw()
          .iterate()
        let seen = 0
        for (const [key, state, ...cells] of rows) {
          digest.update(rowLine(key, state, Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? null]))))
          if (own && ++seen % pageSize === 0) await breath()
        }
        return digest.digest('hex')
      } finally {
        view.exec('rollback')
        own?.close()
      }
    },

    close: async () => {
      arrived.close()
      db.close()
    },
  }
}

type Prepared = (sql: string) => {
  all(...values: readonly unknown[]): ColumnValue[][]
  get(...values: readonly unknown[]): ColumnValue[] | undefined
  run(...values: readonly unknown[]): unknown
}
const mostStatements = 300
/** Each text is prepared once: preparing costs about as much as running. The tables of old builds go out of use, hence the limit. */
const statements = (db: Db): Prepared => {
  const kept = new Map<string, ReturnType<Prepared>>()
  return (sql) => {
    let statement = kept.get(sql)
    if (!statement) {
      if (kept.size >= mostStatements) kept.clear()
      const made = db.prepare<unknown[], ColumnValue[]>(sql)
      statement = made.reader ? made.raw() : made
      kept.set(sql, statement)
    }
    return statement
  }
}

const write = (prepared: Prepared, build: BuildId, columns: Columns, operations: readonly Operation[]): void => {
  const names = Object.keys(columns)
  const held = ['state', ...names].map(quoted)
  const remove = prepared(`delete from ${tableOf(build)} where "key" = ?`)
  const put = prepared(
    `insert into ${tableOf(build)} ("key", ${held.join(', ')}) values (?${', ?'.repeat(held.length)}) on conflict ("key") do update set ${held
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`,
  )
  for (const operation of operations) {
    if (operation.state === null) remove.run(operation.key)
    else {
      const { key, state, columns: row } = operation
      put.run(key, state, ...names.map((name) => row[name] ?? null))
    }
  }
}
