import type { directions, selfCheckIntervals } from '#events/codes'

interface Named<I extends string> {
  readonly intent: I
}
/** Why something is done: a case, and a measure of it. */
interface Because {
  readonly case?: string | undefined
  readonly measureId?: string | undefined
}

/** Commands on the register of routines, as the edge sends them. */
export type RoutineCommand =
  | (Named<'register-routine'> & {
      readonly id?: string | undefined
      readonly process: string
      readonly activity: string
      readonly name: string
      readonly ownerUnit: string
    })
  | (Named<'revise'> & Because & { readonly changes: string })
  | (Named<'analyse-risk'> &
      Because & { readonly severity: number; readonly likelihood: number; readonly description: string; readonly measures?: string | undefined })
  | (Named<'plan-self-check'> &
      Because & {
        readonly what: string
        readonly interval: (typeof selfCheckIntervals)[number]
        readonly direction: (typeof directions)[number]
        /** With direction `down` the highest accepted. */
        readonly lowestAcceptedResult: number
        readonly firstDue: string
      })
  /** Performed now unless said otherwise. */
  | (Named<'record-self-check'> & { readonly result: number; readonly performedAt?: string | undefined; readonly comment?: string | undefined })
  | (Named<'change-owner'> & { readonly ownerUnit: string; readonly reason: string })
  | (Named<'end'> & { readonly reason: string })
export type RoutineIntent = RoutineCommand['intent']
export type RoutineCommandOf<I extends RoutineIntent> = Extract<RoutineCommand, { readonly intent: I }>
