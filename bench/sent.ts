import { randomUUID } from 'node:crypto'
import type { Answered, Client } from '#bench/client'
import { manager, reporter, reportOf } from '#bench/municipality'
import { authorised } from '#bench/server'
import { uuidv7 } from '#libs/kernel/ids'

/** One command and what became of it. */
export interface Sent {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
  answer?: Answered
}
export const send = async (client: Client, sent: Sent): Promise<Answered> => (sent.answer = await client.send('POST', sent.path, sent.headers, sent.body))
export const isDone = ({ answer }: Sent): boolean => answer?.status === 200 || answer?.status === 201
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')
export const eventsOf = ({ answer }: Sent): readonly { readonly id: string }[] => {
  const events = answer?.body['events']
  return Array.isArray(events) ? events : []
}

/** Who sends, on one data folder. */
export const people = (folder: string) => {
  const tokens = new Map<string, Promise<Readonly<Record<string, string>>>>()
  const headers = async (login: string): Promise<Readonly<Record<string, string>>> => {
    const made = tokens.get(login) ?? authorised(folder, login)
    tokens.set(login, made)
    return { ...(await made), 'idempotency-key': uuidv7(Date.now()) }
  }
  return {
    report: async (unit: string): Promise<Sent> => ({
      path: '/v1/deviations',
      headers: await headers(reporter(unit)),
      body: reportOf(unit, {
        individuals: [{ name: 'Tolvan Tolvansson' }],
        description: `Kvällens insats utfördes inte (${randomUUID()}).`,
      }),
    }),
    note: async (unit: string, id: string): Promise<Sent> => ({
      path: `/v1/deviations/${id}/add-note`,
      headers: await headers(manager(unit)),
      body: { text: `Talade med kontaktpersonen (${randomUUID()}).`, kind: 'fact', source: 'samtal' },
    }),
    assess: async (unit: string, id: string, revision: number): Promise<Sent> => ({
      path: `/v1/deviations/${id}/assess`,
      headers: { ...(await headers(manager(unit))), 'if-match': `"${revision}"` },
      body: { group: 'social', outcome: 'deviation', category: 'insats-utebliven', consequence: 'Ingen skada.', motivation: randomUUID() },
    }),
  }
}
