import { hash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { leafHash, merkleTree } from '#libs/kernel/merkle'

/** Leaves and roots that the reference implementation of RFC 6962 (Certificate Transparency) is tested with. */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex').toString())
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** The definition in the words of the RFC: the left subtree is the largest full one that does not hold all. */
const defined = (leaves: readonly string[]): string => {
  if (leaves.length === 0) return hash('sha256', '')
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined) return only
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return hash('sha256', Buffer.concat([Buffer.of(1), Buffer.from(defined(leaves.slice(0, split)), 'hex'), Buffer.from(defined(leaves.slice(split)), 'hex')]))
}

describe('the Merkle tree', () => {
  it('has the roots of the test vectors at every size', () => {
    const tree = merkleTree()
    expect(tree.root()).toBe(roots[0])
    for (const [i, input] of inputs.entries()) {
      tree.add(leafHash(input))
      expect([tree.size(), tree.root()]).toEqual([i + 1, roots[i + 1]])
    }
  })
  it('is what the RFC defines, beyond them', () => {
    const tree = merkleTree()
    const leaves = Array.from({ length: 133 }, (_, i) => leafHash(`å ${i}`))
    for (const [i, leaf] of leaves.entries()) {
      tree.add(leaf)
      expect(tree.root()).toBe(defined(leaves.slice(0, i + 1)))
    }
  })
})
