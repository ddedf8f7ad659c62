/**
 * Who asks in the same turn of the event loop shares one answer. It is no older than the asking: whoever could know of something later asks in a
 * later turn.
 */
export const inOneTurn = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined
  return () => {
    if (asked) return asked
    setImmediate(() => (asked = undefined))
    return (asked = ask())
  }
}
