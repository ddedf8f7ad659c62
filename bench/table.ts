import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}
/** The value below which the share `q` of the values lies (nearest rank). NaN of nothing. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? NaN
}
export const spread = (values: readonly number[]): Spread => ({ median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) })
/** The ratio of two medians, with the least and the greatest of the rounds' own ratios. */
export const ratio = (values: readonly number[], reference: readonly number[]): Spread => {
  const each = values.map((value, round) => value / (reference[round] ?? NaN))
  return { median: spread(values).median / spread(reference).median, min: Math.min(...each), max: Math.max(...each) }
}

export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  return size >= 100 ? Math.round(value).toLocaleString('en-US').replaceAll(',', ' ') : value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3)
}
/** `median (min-max)`. */
export const ranged = ({ median, min, max }: Spread): string => `${figure(median)} (${figure(min)}-${figure(max)})`

/** One bar of the quality goals: what was measured, what is asked, whether it is met. */
export interface Bar {
  readonly name: string
  readonly goal: string
  readonly measured: string
  readonly met: boolean
}
export const atLeast = (name: string, measured: number, goal: number): Bar => ({ name, goal: `≥ ${figure(goal)}`, measured: figure(measured), met: measured >= goal })
export const atMost = (name: string, measured: number, goal: number, unit = ''): Bar => ({ name, goal: `≤ ${figure(goal)}${unit}`, measured: `${figure(measured)}${unit}`, met: measured <= goal })

export type Row = Readonly<Record<string, string | number>>
export interface Results {
  readonly rows: readonly Row[]
  readonly bars?: readonly Bar[]
  readonly notes?: readonly string[]
  /** Kept in the file only. */
  readonly raw?: unknown
}
const printed = (rows: readonly Row[]): string => {
  const names = [...new Set(rows.flatMap(Object.keys))]
  const cells = [names, ...rows.map((row) => names.map((name) => (typeof row[name] === 'number' ? figure(row[name]) : (row[name] ?? ''))))]
  const widths = names.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)))
  const lines = cells.map((line) => `| ${line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`)
  return [lines[0], `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`, ...lines.slice(1)].join('\n')
}

/** Prints a table with the bars below it and writes `bench/results/<name>.json`. */
export const report = (name: string, { rows, bars = [], notes = [], raw }: Results): void => {
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model.trim() ?? '', node: process.version, load: loadavg()[0] ?? 0 }
  console.log(`\n## ${name}\n\n${printed(rows)}\n`)
  for (const bar of bars) console.log(`${bar.met ? 'met   ' : 'MISSED'} ${bar.name}: ${bar.measured} (${bar.goal})`)
  for (const note of notes) console.log(note)
  if (machine.load > machine.cores * 1.5) console.log(`Others use this machine as well (load ${figure(machine.load)} on ${machine.cores} cores): throughput and tails say little, ratios in one run a little more.`)
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ name, at: new Date().toISOString(), machine, rows, bars, notes, raw }, null, 2)}\n`)
}
