import { ChosenId, Code, Day, Measurement, Part, Parts, PastInstant, Text } from '#apps/api/checks'
import { Optional, Rules } from '#apps/api/field'
import { directions, measureDecisions, measureLevels, measureTimings, measureTypes } from '#events/codes'
import type { MeasureLevel } from '#events/codes'

type Direction = (typeof directions)[number]

/** Effektmått: vad som ska ändras och lägsta godtagbara resultat. */
export class EffectCriterionBody {
  @Text() readonly what!: string
  @Code(directions) readonly direction!: Direction
  /** With direction `down` the highest accepted. */
  @Measurement() readonly lowestAcceptedResult!: number
  @Day() readonly checkOn!: string
}

/** Förslag till åtgärd. */
@Rules<ProposeMeasureBody>({
  reads: ['plannedStart', 'plannedCompletion'],
  faults: (body) =>
    body.plannedStart !== undefined && body.plannedStart > body.plannedCompletion ? [{ pointer: '/plannedCompletion', code: 'dates-reversed' }] : [],
})
export class ProposeMeasureBody {
  @Optional() @ChosenId() readonly measureId?: string
  @Code(measureTypes) readonly type!: (typeof measureTypes)[number]
  @Code(measureLevels) readonly level!: MeasureLevel
  @Code(measureTimings) readonly timing!: (typeof measureTimings)[number]
  @Text() readonly description!: string
  /** Mål med åtgärden. */
  @Text() readonly goal!: string
  @ChosenId() readonly responsibleUnit!: string
  @Optional() @Day() readonly plannedStart?: string
  @Day() readonly plannedCompletion!: string
  /** Rutin som ändras: its id in the register, or words. */
  @Optional() @Text() readonly routine?: string
  /** The measure that this one replaces. */
  @Optional() @ChosenId() readonly replaces?: string
  @Optional() @Part(EffectCriterionBody) readonly effect?: EffectCriterionBody
}

export class SetEffectCriterionBody {
  @ChosenId() readonly measureId!: string
  @Text() readonly what!: string
  @Code(directions) readonly direction!: Direction
  @Measurement() readonly lowestAcceptedResult!: number
  @Day() readonly checkOn!: string
}

export class MeasureDecisionBody {
  @ChosenId() readonly measureId!: string
  @Code(measureDecisions) readonly decision!: (typeof measureDecisions)[number]
  /** Required unless approved. */
  @Optional() @Text() readonly motivation?: string
}

/** Beslut om åtgärder. */
@Rules<DecideMeasuresBody>({
  reads: ['decisions'],
  faults: ({ decisions }) =>
    decisions.flatMap(({ measureId, decision, motivation }, i) => [
      ...(decision !== 'approved' && motivation === undefined ? [{ pointer: `/decisions/${i}/motivation`, code: 'motivation-missing' } as const] : []),
      ...(decisions.findIndex((d) => d.measureId === measureId) < i ? [{ pointer: `/decisions/${i}/measureId`, code: 'repeated' } as const] : []),
    ]),
})
export class DecideMeasuresBody {
  @Parts(MeasureDecisionBody, 1, 100) readonly decisions!: MeasureDecisionBody[]
}

export class DecideNoMeasuresBody {
  @Text() readonly motivation!: string
}

export class CancelMeasureBody {
  @ChosenId() readonly measureId!: string
  @Text() readonly motivation!: string
}

export class CompleteMeasureBody {
  @ChosenId() readonly measureId!: string
  @PastInstant() readonly completedAt!: string
}

/** Effektkontroll. */
export class CheckEffectBody {
  @ChosenId() readonly measureId!: string
  @Measurement() readonly result!: number
  @Optional() @Text() readonly comment?: string
}
