import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Aim, Shot } from '#bench/cannon'
import { reportOf } from '#bench/municipality'
import type { Generation } from '#bench/generator'

export interface Fired extends Shot {
  /** How many of the paths were asked for. */
  readonly used: number
}
/** One round of load, by a process of its own. */
export const shoot = (aim: Aim): Promise<Fired> =>
  new Promise((resolve, reject) => {
    const child = execFile(process.execPath, ['--no-warnings', fileURLToPath(new URL('cannon.ts', import.meta.url))], { maxBuffer: 1 << 24 }, (error, output) => {
      if (error) reject(error)
      else resolve(JSON.parse(output))
    })
    child.stdin?.end(JSON.stringify(aim))
  })

const description = 'Vid morgonbesöket upptäcktes att kvällens insats inte hade utförts enligt genomförandeplanen. Den enskilde hade inte fått sin måltid. '
/** Body of a report that names a person and a reporter. */
export const reportBody = (unit: string): string =>
  JSON.stringify(
    reportOf(unit, {
      individuals: [{ name: 'Tolvan Tolvansson', personalNumber: '19121212-1212' }],
      description: description.repeat(2).trim(),
      immediateMeasures: 'Måltid serverades och kontaktpersonen underrättades.',
      reporter: { name: 'Anna Andersson', title: 'Undersköterska' },
      wantsFeedback: true,
    }),
  )

/** Where the servers' clocks start. */
export const morning = '2026-01-01T00:00:00.000Z'
/** So many cases that the medical officer can assess, all reported within the hour before that morning, so that no deadline has passed. */
export const assessable = (cases: number): Generation => ({ seed: 1, cases, from: '2025-12-31T23:00:00.000Z', casesPerYear: cases * 365 * 24, until: morning, stop: 'reported', areas: ['HSL'] })
/** Asks for the assessment of such cases, as `mas`, each once. */
export const assessing = (cases: readonly string[]): Pick<Aim, 'body' | 'paths' | 'ifMatch'> => ({
  body: JSON.stringify({ group: 'health', outcome: 'deviation', category: 'fall', consequence: 'Lindrig skada.' }),
  ifMatch: '"2"',
  paths: cases.map((id) => `/v1/deviations/${id}/assess`),
})
