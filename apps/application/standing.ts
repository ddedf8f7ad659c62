import type { Context } from '#apps/application/context'
import { projections } from '#apps/projector/list'

const names = projections.map(({ name }) => name)

export interface Standing {
  readonly name: string
  readonly status: string
  /** Events between the end of the log and the projection. */
  readonly lag: number
  readonly reason?: string
}
/** The answering build of each projection against the end of the log. */
export const standing = async ({ store, readModel }: Pick<Context, 'store' | 'readModel'>): Promise<readonly Standing[]> => {
  const head = await store.checkpoint('head')
  const size = head === 'start' ? 0 : head.size
  const builds = await readModel.builds()
  return names.map((name) => {
    const build = builds.filter((b) => b.name === name).sort((a, b) => Number(b.promoted) - Number(a.promoted))[0]
    return { name, status: build?.status ?? 'catching-up', lag: size - (build?.size ?? 0), ...(build?.reason === undefined ? {} : { reason: build.reason }) }
  })
}
/** Whether every projection has passed a position within the time. */
export const allReached = async (readModel: Context['readModel'], position: string, withinMs: number): Promise<boolean> =>
  (await Promise.all(names.map((name) => readModel.reached(name, position, withinMs)))).every(Boolean)
/** The position that every projection has passed. */
export const leastPosition = async (readModel: Context['readModel']): Promise<string> =>
  (await Promise.all(names.map((name) => readModel.position(name)))).map((position) => position ?? '').sort()[0] ?? ''
