import { storesOf } from '#apps/desk/stores'
import { openReadModelUrl, readLogUrl } from '#apps/application/stores'
import { argumentsOf, refusal, said, type Run } from '#apps/desk/desk'
import { projections } from '#apps/projector/list'
import { rebuild } from '#libs/kernel/projector'
import { described } from '#libs/sqlite/fault'

/**
 * Builds a projection anew beside the one that answers and lets it take over. The read store takes writers from several processes, so this
 * needs no lock: a running server finds its build replaced and goes on with the new one.
 */
export const run: Run = async (desk, args) => {
  const [name = ''] = argumentsOf(desk, args, 'rebuild <projection>', {}, 1).positionals
  const projection = projections.find((candidate) => candidate.name === name)
  if (!projection) throw refusal(desk, 'no-projection', { name, names: projections.map((p) => p.name).join(', ') })
  const urls = storesOf(desk)
  const store = await readLogUrl(urls.events).catch((thrown: unknown) => {
    throw described(thrown).code === 'missing-file' ? refusal(desk, 'no-log', { folder: desk.folder }) : thrown
  })
  try {
    const readModel = await openReadModelUrl(urls.read)
    try {
      const { version, build } = await rebuild({ projection, store, readModel, signal: new AbortController().signal })
      const rows = (await readModel.status()).find((s) => s.name === name && s.version === version && s.build === build)?.rows ?? 0
      return `${said(desk, 'rebuilt', { name, rows: String(rows) })}\n`
    } finally {
      await readModel.close()
    }
  } finally {
    await store.close()
  }
}
