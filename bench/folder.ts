import { mkdirSync } from 'node:fs'
import { caseIdOf } from '#events/deviation'
import { caseKeyId } from '#apps/application/context'
import { filesOf } from '#apps/application/places'
import { generate, type Generation } from '#bench/generator'
import { logins, municipality, type Municipality } from '#bench/municipality'
import { random } from '#bench/random'
import { writeLog } from '#bench/stored'
import { readMasterKey } from '#libs/privacy/master-key'
import { openKeyVault } from '#libs/privacy/vault'

/** Before every report: roles are held from here on. */
const founded = '1999-12-31T00:00:00.000Z'
const keysPerCommit = 2_000

export interface Prepared {
  readonly events: number
  /** In the order in which they were reported. */
  readonly cases: readonly string[]
}
/**
 * A data folder that a server can be started on: the municipality with its logins enrolled in the key vault, and generated cases in the log. With
 * `keys` every case has its key, so that commands on it are accepted; the ciphertexts in the log open with none.
 */
export const prepareFolder = async (folder: string, options: { readonly generation?: Generation; readonly keys?: boolean; readonly mostEvents?: number } = {}): Promise<Prepared> => {
  const { generation, keys = false, mostEvents = Infinity } = options
  const files = filesOf(folder)
  mkdirSync(folder, { recursive: true })
  const vault = await openKeyVault({ file: files.keys, masterKey: readMasterKey({ dataFolder: folder, vault: files.keys }).key })
  const staff = new Map<string, string>()
  await Promise.all(logins.map(async (login) => staff.set(login, await vault.enrol(login))))
  const town = municipality(random(generation?.seed ?? 1), founded, (login) => staff.get(login) ?? '')
  const cases: string[] = []
  const appends = function* () {
    yield* town.appends
    if (!generation) return
    for (const append of generate(generation, town)) {
      if (append.expected === 'none') cases.push(caseIdOf(append.stream))
      yield append
    }
  }
  const events = writeLog(files.events, appends(), mostEvents)
  if (keys) for (let i = 0; i < cases.length; i += keysPerCommit) await vault.create(cases.slice(i, i + keysPerCommit).map(caseKeyId))
  await vault.close()
  return { events, cases }
}

/** A log for what needs no server: about so many events, exactly at most. */
export const prepareLog = (file: string, events: number, generation: Omit<Generation, 'cases'>): { readonly events: number; readonly town: Municipality } => {
  const town = municipality(random(generation.seed), founded)
  const appends = function* () {
    yield* town.appends
    yield* generate({ ...generation, cases: Infinity }, town)
  }
  return { events: writeLog(file, appends(), events), town }
}
