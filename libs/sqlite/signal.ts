import { BroadcastChannel } from 'node:worker_threads'

export interface Signal {
  /** Wakes whoever listens to the name in any thread of this process. */
  post(): void
  /** Answers how to stop. Keeps no process alive. */
  listen(wake: () => void): () => void
  /** Frees what `post` holds. */
  close(): void
}
/** A wake-up across the threads of one process; it says that something changed, never what. */
export const inProcessSignal = (name: string): Signal => {
  const open = (): BroadcastChannel => {
    const channel = new BroadcastChannel(name)
    channel.unref()
    return channel
  }
  let mouth: BroadcastChannel | undefined
  return {
    post: () => {
      mouth ??= open()
      mouth.postMessage(null)
    },
    listen: (wake) => {
      // Apart from the one that posts: a channel does not hear itself.
      const ear = open()
      ear.onmessage = wake
      return () => {
        ear.close()
      }
    },
    close: () => {
      mouth?.close()
    },
  }
}
