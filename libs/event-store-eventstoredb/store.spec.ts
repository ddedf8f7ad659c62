import { randomBytes } from 'node:crypto'
import { eventStoreContract, type EventStoreHarness } from '#libs/contracts/event-store'
import { openEventStore } from '#libs/event-store-eventstoredb/store'
import { servedLog } from '#libs/event-store-eventstoredb/testing/served-log'
import { standIn } from '#libs/event-store-eventstoredb/testing/server'
import { systemClock } from '#libs/kernel/clock'

/** A log of its own on a server that holds those of other tests, and what is left of earlier runs, as well. */
const logOn = (url: string, dispose = async (): Promise<void> => undefined): EventStoreHarness => {
  const namespace = `t${randomBytes(8).toString('hex')}`
  return {
    open: (clock = systemClock) => openEventStore({ url, namespace, clock }),
    opening: `
      import { openEventStore } from '#libs/event-store-eventstoredb/store'
      import { systemClock } from '#libs/kernel/clock'
      const open = () => openEventStore({ url: ${JSON.stringify(url)}, namespace: ${JSON.stringify(namespace)}, clock: systemClock })`,
    dispose,
  }
}
/** One log for all tests, each with streams of its own: it holds ever more of other people's events. */
const log = servedLog()
eventStoreContract('The cluster store', async () => {
  const server = await standIn({ log })
  return logOn(server.url, server.close)
})

/** A server that is there for tests: its events of other runs do no harm, and those of this run stay there. Its `--max-append-size` is 8 MB or more. */
const real = process.env['EVENTSTORE_URL']
if (real !== undefined) eventStoreContract('The cluster store on a real server', async () => logOn(real))
