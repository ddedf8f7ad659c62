import { readConfig } from '#apps/api/config'
import { isCluster } from '#apps/application/places'
import { argumentsOf, refusal, said, type Run } from '#apps/desk/desk'
import { refused, sentToServer } from '#apps/desk/running'

const usage = 'organisation init --admin <subject> --confirmer <other subject>'

/** The first administrator and compliance officer, while the organisation is empty: by the server that runs, else here. */
export const run: Run = async (desk, args) => {
  const { values } = argumentsOf(desk, args, usage, { admin: { type: 'string' }, confirmer: { type: 'string' } }, 0)
  const { admin, confirmer } = values
  if (admin === undefined || confirmer === undefined) throw refusal(desk, 'bad-arguments', { usage })
  for (const login of [admin, confirmer]) if (!/^[^\s\p{C}]{1,200}$/u.test(login)) throw refusal(desk, 'bad-login')
  const people = { admin, confirmer }
  const config = readConfig(desk.environment)
  if (isCluster(config.stores) || !(await sentToServer(desk, '/demo/organisation-init', people))) {
    // Whoever may write to the data folder, or has the addresses of the cluster, is the operator, with an identity provider too.
    const { openVaka } = await import('#apps/application/vaka')
    const application = await openVaka({ ...config, demo: true })
    try {
      const outcome = await application.demo?.initOrganisation(people)
      if (outcome?.kind !== 'done') throw refused(desk, outcome?.reasons.map(({ code }) => code) ?? [])
    } finally {
      await application.close()
    }
  }
  return `${said(desk, 'organisation-begun', people)}\n`
}
