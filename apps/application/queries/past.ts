import { organisationUpTo, type Context } from '#apps/application/context'
import type { AnyProjection } from '#libs/kernel/projection'
import { asOf } from '#libs/kernel/projector'
import type { ReadModel } from '#libs/kernel/read-model'
import type { Organisation } from '#libs/organisation/state'
import { emptyOrganisation } from '#libs/organisation/state'
import { openReadModel } from '#libs/read-model-sqlite/store'

/** What a list is read from: the rows now, or the rows as they were known at an instant. */
export interface Moment {
  readonly readModel: ReadModel
  readonly organisation: Organisation
  readonly instant: string
  /** The answer has seen the log at least this far. */
  readonly position: string
  readonly past: boolean
}

/**
 * Runs a question on the rows of a projection now or, with `at`, on the same projection run over the log up to that instant, into a read model
 * that is thrown away.
 */
export const atMoment = async <T>(
  context: Context,
  projection: AnyProjection,
  { at, now, organisation }: { readonly at?: string | undefined; readonly now: string; readonly organisation: Organisation },
  ask: (moment: Moment) => Promise<T>,
): Promise<T> => {
  if (at === undefined) {
    const position = (await context.readModel.position(projection.name)) ?? ''
    return ask({ readModel: context.readModel, organisation, instant: now, position, past: false })
  }
  const upTo = await context.store.positionAt(at)
  const readModel = await openReadModel({ file: ':memory:' })
  try {
    await asOf({ projection, store: context.store, readModel, signal: new AbortController().signal, upTo })
    const then = upTo === undefined ? emptyOrganisation : await organisationUpTo(context.store, upTo)
    return await ask({ readModel, organisation: then, instant: at, position: upTo ?? '', past: true })
  } finally {
    await readModel.close()
  }
}
