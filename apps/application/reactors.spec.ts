import { expect, it } from '@jest/globals'
import type { Context } from '#apps/application/context'
import { openWorld } from '#apps/application/mail/testing/world'
import { startReactors, type ReactorSettings } from '#apps/application/reactors'

const mailOnly: ReactorSettings = {
  publicUrl: 'https://vaka.kommunen.example',
  mail: { smtp: { host: '127.0.0.1', port: 1, secure: false, startTls: false }, from: { name: 'Vaka', address: 'vaka@kommunen.example' }, languages: ['sv'], digestAt: '07:00', giveUpDays: 3 },
  everyMs: 1,
}
const settings: ReactorSettings = { ...mailOnly, webhooks: { receivers: [], reach: 'public-and-loopback', giveUpDays: 3 } }
const onFault = (): void => undefined

it('leaves no mailer running when what it needs besides could not be opened', async () => {
  const world = await openWorld()
  const rounds = new Map<string, number>()
  const counted = (name: string): Context => ({
    ...world.context,
    readModel: {
      ...world.context.readModel,
      position: (projection) => {
        rounds.set(name, (rounds.get(name) ?? 0) + 1)
        return world.context.readModel.position(projection)
      },
    },
  })
  await expect(startReactors(counted('failed'), { settings, openCheckpoints: () => Promise.reject(new Error('away')), onFault })).rejects.toThrow('away')
  const reactors = await startReactors(counted('started'), { settings: mailOnly, openCheckpoints: () => Promise.reject(new Error('not asked')), onFault })
  while ((rounds.get('started') ?? 0) < 10) await new Promise(setImmediate)
  await reactors.stop()
  expect(rounds.get('failed')).toBeUndefined()
  await world.close()
})
