import { openToLook, storesOf } from '#apps/desk/stores'
import { readLogUrl } from '#apps/application/stores'
import { argumentsOf, refusal, word, type Desk, type Run } from '#apps/desk/desk'
import { described } from '#libs/sqlite/fault'
import type { ReadModel } from '#libs/kernel/read-model'

/** Status of every build, read from the stores as they are, with or without a running server. */
export const run: Run = async (desk, args) => {
  argumentsOf(desk, args, 'projections', {}, 0)
  const urls = storesOf(desk)
  const log = await opened(desk, () => readLogUrl(urls.events))
  try {
    const readModel = await opened(desk, () => openToLook(urls.read))
    try {
      const head = await log.checkpoint('head')
      return await table(desk, readModel, head === 'start' ? 0 : head.size)
    } finally {
      await readModel.close()
    }
  } finally {
    await log.close()
  }
}

const opened = async <T>(desk: Desk, open: () => Promise<T>): Promise<T> => {
  try {
    return await open()
  } catch (thrown) {
    if (described(thrown).code === 'missing-file') throw refusal(desk, 'no-projections', { folder: desk.folder })
    throw thrown
  }
}

const table = async (desk: Desk, readModel: ReadModel, head: number): Promise<string> => {
  const headings = (['name', 'version', 'status', 'position', 'lag', 'rows', 'checksum'] as const).map((name) => word(desk, name))
  const lines = [headings]
  const reasons: string[] = []
  for (const { name, version, promoted, status, position, size, rows, reason } of await readModel.status()) {
    const checksum = promoted ? (await readModel.checksum(name)).slice(0, 16) : ''
    lines.push([name, String(version), status, position ?? '', String(head - size), String(rows), checksum])
    if (reason !== undefined) reasons.push(`${name}: ${reason}`)
  }
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const aligned = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
  return `${[...aligned, ...reasons].join('\n')}\n`
}
