import { outcomeOf, type Body, type Intent, type Town } from '#apps/api/acceptance/town'
import { withoutTime } from '#libs/deadlines/testing/without-time'

type Act = Exclude<Intent, 'report' | 'report-batch'>
type Report = Parameters<Town['reports']>[1]
interface Step {
  readonly code: string
  readonly responsible: string
}
interface HistoryRow {
  readonly type: string
  readonly summary: string
}

/** How a story asks a town: over HTTP, as the people in it do. */
export const tellerOf = (town: Town) => {
  const page = async (login: string, id: string, query = '') => (await town.get(login, `/v1/deviations/${id}${query}`)).body
  /** What a case waits for: each step and who has to take it. */
  const waits = async (login: string, id: string): Promise<string> =>
    (await page(login, id)).nextSteps.map(({ code, responsible }: Step) => `${code} ${responsible}`).join(', ')
  const history = async (login: string, id: string): Promise<readonly HistoryRow[]> => (await town.get(login, `/v1/deviations/${id}/history?limit=200`)).body.rows
  return {
    page,
    waits,
    status: async (login: string, id: string): Promise<number> => (await town.get(login, `/v1/deviations/${id}`)).status,
    /** What people did in a case in order, as somebody sees it. */
    trail: async (login: string, id: string): Promise<readonly string[]> => withoutTime((await history(login, id)).map(({ type }) => type)),
    /** The history of a case in Swedish. */
    words: async (login: string, id: string): Promise<string> => (await history(login, id)).map(({ summary }) => summary).join('\n'),
    own: async (login: string) => (await town.get(login, '/v1/deviations?view=reported-by-me&limit=200')).body.rows,
    queued: async (login: string, unit: string, id: string, view = 'open') =>
      (await town.get(login, `/v1/queues/${unit}?limit=200&view=${view}`)).body.rows.find((row: { readonly id: string }) => row.id === id),
    /** Reports, and tells the events of the append with the case's id. */
    report: async (login: string, what: Report, url = '/v1/deviations'): Promise<{ readonly id: string; readonly events: string }> => {
      const answer = url === '/v1/deviations' ? await town.sendReport(login, what) : await town.post(login, url, what)
      if (answer.status !== 201) throw new Error(`${login} report: ${outcomeOf(answer)}`)
      town.revisions.set(answer.body.id, answer.body.revision)
      return { id: answer.body.id, events: outcomeOf(answer).slice(4) }
    },
    /** Acts on one case; tells the events, and what the case waits for afterwards as the watcher sees it. */
    on:
      (id: string, watcher: string) =>
      async <I extends Act>(login: string, intent: I, body: Body<I>): Promise<string> =>
        `${await town.does(login, id, intent, body)} → ${await waits(watcher, id)}`,
    /** Counts of a period by one dimension, as somebody counts them. */
    count: async (login: string, by: string, more = '&from=2026-01-01&to=2028-12-31'): Promise<Readonly<Record<string, number>>> => {
      const { body } = await town.get(login, `/v1/statistics?by=${by}${more}`)
      return Object.fromEntries(body.rows.map((row: Readonly<Record<string, number | string>>) => [row[by], row['count']]))
    },
    /** A command on the organisation, the policy or a routine that must be done; answers the body. */
    orders: async (login: string, url: string, body: object = {}) => {
      const answer = await town.post(login, url, body)
      if (answer.status >= 300) throw new Error(`${login} ${url}: ${outcomeOf(answer)}`)
      return answer.body
    },
    /** A command on the organisation, the policy or a routine: the status, and the events or reasons. */
    tries: async (login: string, url: string, body: object = {}): Promise<string> => outcomeOf(await town.post(login, url, body)),
  }
}
