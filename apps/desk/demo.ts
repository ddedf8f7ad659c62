import { readConfig } from '#apps/api/config'
import { isCluster } from '#apps/application/places'
import { argumentsOf, refusal, said, type Desk, type Run } from '#apps/desk/desk'
import { refused, sentToServer } from '#apps/desk/running'

/** The demonstration's organisation and its year, loaded by the server that runs, else here; on a cluster here, while no projector is its clock. */
export const run: Run = async (desk, args) => {
  argumentsOf(desk, args, 'demo load', {}, 0)
  const config = readConfig(desk.environment)
  if (!config.demo) throw refusal(desk, 'not-demo')
  const { cases, events } = (isCluster(config.stores) ? undefined : await sentToServer(desk, '/demo/load', {})) ?? (await loadHere(desk, config))
  return `${said(desk, 'demo-loaded', { cases: String(cases), events: String(events) })}\n`
}

const loadHere = async (desk: Desk, config: ReturnType<typeof readConfig>) => {
  const { openVaka } = await import('#apps/application/vaka')
  const application = await openVaka({ ...config, alone: true })
  try {
    const outcome = await application.demo?.load()
    if (outcome?.kind !== 'done') throw refused(desk, outcome?.reasons.map(({ code }) => code) ?? [])
    return outcome.body
  } finally {
    await application.close()
  }
}
