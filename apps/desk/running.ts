import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasonSentence } from '#libs/catalogue/reasons'
import { refusal, type Desk } from '#apps/desk/desk'
import { isLocked } from '#libs/sqlite/lock'

type Json = Readonly<Record<string, unknown>>
const fileIn = (folder: string): string => join(folder, 'server.json')

/** Tells the desk on this machine where the server of a data folder listens; the answer takes it back when the server stops. */
export const announceServer = (folder: string, server: { readonly url: string; readonly pid: number }): (() => void) => {
  writeFileSync(fileIn(folder), `${JSON.stringify(server)}\n`, { mode: 0o600 })
  return () => rmSync(fileIn(folder), { force: true })
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
/** Address of the server that holds a folder, where it has announced one; what a killed server left behind counts for nothing. */
const announced = (folder: string): string | undefined => {
  try {
    const { url, pid }: { readonly url?: unknown; readonly pid?: unknown } = JSON.parse(readFileSync(fileIn(folder), 'utf8'))
    return typeof url === 'string' && typeof pid === 'number' && isAlive(pid) ? url : undefined
  } catch {
    return undefined
  }
}

/**
 * Gives a command to the server that holds the data folder; undefined when none does, and the desk may take the lock itself. A refusal of the
 * server is one sentence in the desk's language.
 */
export const sentToServer = async (desk: Desk, path: string, body: Json): Promise<Json | undefined> => {
  const { folder, language } = desk
  if (!isLocked(folder)) return undefined
  const url = announced(folder)
  if (url === undefined) throw refusal(desk, 'folder-busy', { folder })
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify(body),
  }).catch(() => {
    throw refusal(desk, 'folder-busy', { folder })
  })
  const answer: unknown = await response.json().catch(() => ({}))
  if (response.ok) return isRecord(answer) ? answer : {}
  if (response.status === 404) throw refusal(desk, 'folder-busy', { folder })
  const { detail, reasons } = isRecord(answer) ? answer : {}
  if (Array.isArray(reasons)) throw refused(desk, reasons.map((reason: unknown) => String(isRecord(reason) ? reason['code'] : reason)))
  throw refusal(desk, 'server-refused', { status: String(response.status), detail: typeof detail === 'string' ? detail : '' })
}
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The sentences of reasons, as a fault that ends the command. */
export const refused = (desk: Desk, codes: readonly string[]): Error =>
  refusal(desk, 'refused', { reasons: codes.map((code) => reasonSentence(code)[desk.language]).join(' ') })
