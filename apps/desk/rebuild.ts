import { openReadModelUrl } from '#apps/application/stores'
import { argumentsOf, refusal, said, type Run } from '#apps/desk/desk'
import { openLogToRead, storesOf } from '#apps/desk/stores'
import { projections } from '#apps/projector/list'
import { rebuild } from '#libs/kernel/projector'

/**
 * Builds a projection anew beside the one that answers and lets it take over. The read store takes writers from several processes, so this
 * needs no lock: a running server finds its build replaced and goes on with the new one.
 */
export const run: Run = async (desk, args) => {
  const [name = ''] = argumentsOf(desk, args, 'rebuild <projection>', {}, 1).positionals
  const projection = projections.find((candidate) => candidate.name === name)
  if (!projection) throw refusal(desk, 'no-projection', { name, names: projections.map((p) => p.name).join(', ') })
  const store = await openLogToRead(desk)
  try {
    const readModel = await openReadModelUrl(storesOf(desk).read)
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
