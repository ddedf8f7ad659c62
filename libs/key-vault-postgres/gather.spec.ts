import { describe, expect, it } from '@jest/globals'
import { gather } from '#libs/key-vault-postgres/gather'

describe('requests that come together', () => {
  const gates: PromiseWithResolvers<string>[] = []
  const batches: (readonly number[])[] = []
  const begins = Array.from({ length: 4 }, () => Promise.withResolvers<undefined>())
  const work = (requests: readonly number[]): Promise<string> => {
    begins[batches.length]?.resolve(undefined)
    batches.push(requests)
    const gate = Promise.withResolvers<string>()
    gates.push(gate)
    return gate.promise
  }

  it('go together, those that come meanwhile after them, and no more than fit', async () => {
    const { submit, idle } = gather({ work, weight: (request: number) => request, most: 10 })
    await idle()
    const first = [submit(1), submit(2)]
    await begins[0]?.promise
    const second = [submit(4), submit(6), submit(20), submit(3)]
    expect(batches).toEqual([[1, 2]])
    gates[0]?.resolve('first')
    expect(await Promise.all(first)).toEqual(['first', 'first'])
    await begins[1]?.promise
    gates[1]?.reject(new Error('not this time'))
    await expect(second[0]).rejects.toThrow('not this time')
    await expect(second[1]).rejects.toThrow('not this time')
    await begins[2]?.promise
    gates[2]?.resolve('alone')
    await begins[3]?.promise
    let over = false
    const ended = idle().then(() => (over = true))
    await Promise.resolve()
    expect(over).toBe(false)
    gates[3]?.resolve('last')
    expect(await Promise.all(second.slice(2))).toEqual(['alone', 'last'])
    await ended
    expect(batches).toEqual([[1, 2], [4, 6], [20], [3]])
  })
})
