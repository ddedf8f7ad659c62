import { createHash, hash } from 'node:crypto'

/** The leaf of an event, hex: SHA-256(0x00 ‖ stored bytes). The leading zero byte tells leaves from inner nodes (RFC 6962 §2.1). */
export const leafHash = (bytes: string): string => hash('sha256', `\0${bytes}`)

/** The tree of RFC 6962 §2.1 over leaves that are added one after the other. It keeps one node for each power of two in its size, however many leaves there are. */
export interface MerkleTree {
  /** `leaf` as `leafHash` gives it. */
  add(leaf: string): void
  size(): number
  /** Hex. That of an empty tree is SHA-256 of nothing. */
  root(): string
}
export const merkleTree = (): MerkleTree => {
  /** Roots of the full subtrees from the left, each larger than the next. */
  const full: Buffer[] = []
  let size = 0
  return {
    add: (leaf) => {
      let node: Buffer = Buffer.from(leaf, 'hex')
      // Each trailing one of the size is a full subtree as large as the new one.
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = joined(full.pop(), node)
      full.push(node)
      size++
    },
    size: () => size,
    root: () => {
      const [last, ...others] = full.toReversed()
      return last ? others.reduce((right, left) => joined(left, right), last).toString('hex') : hash('sha256', '')
    },
  }
}

const inner = Buffer.of(1)
const joined = (left: Buffer | undefined, right: Buffer): Buffer => {
  if (!left) throw new RangeError('The tree has lost a node')
  return createHash('sha256').update(inner).update(left).update(right).digest()
}
