import { ChosenId, Code, Codes, Text, Whole } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { answers, assessmentOutcomes, causes, groups, investigationKinds } from '#events/codes'
import type { AssessmentOutcome, Group } from '#events/codes'

type Answer = (typeof answers)[number]

/** Bedömning av en grupp (SoL/LSS eller HSL). */
export class AssessBody {
  @Code(groups) readonly group!: Group
  @Code(assessmentOutcomes) readonly outcome!: AssessmentOutcome
  /** A code of the policy's vocabulary. */
  @ChosenId() readonly category!: string
  /** Rutin som brast: its id in the register, or words. */
  @Optional() @Text() readonly routine?: string
  /** Konsekvens för den enskilde eller verksamheten. */
  @Optional() @Text() readonly consequence?: string
  /** Required when it lowers an earlier outcome. */
  @Optional() @Text() readonly motivation?: string
}

/** Riskvärdering: allvarlighetsgrad och sannolikhet, 1-4. */
export class ScoreRiskBody {
  @Code(groups) readonly group!: Group
  @Whole(1, 4) readonly severity!: number
  @Whole(1, 4) readonly likelihood!: number
}

export class OpenInvestigationBody {
  @Code(investigationKinds) readonly kind!: (typeof investigationKinds)[number]
  @Optional() @Code(groups) readonly group?: Group
}

/** Utredningens sex punkter (HSLF-FS 2024:91; law §2.4), orsaker och åtgärder. */
export class CompleteInvestigationBody {
  @Optional() @Code(groups) readonly group?: Group
  @Text(20_000) readonly whatHappened!: string
  @Text() readonly consequences!: string
  @Text() readonly howNoticed!: string
  @Text() readonly whenHappened!: string
  /** Orsaker. */
  @Codes(causes) readonly causes!: (typeof causes)[number][]
  @Text() readonly happenedBefore!: string
  @Text() readonly couldHappenAgain!: string
  @Optional() @Text() readonly measuresTaken?: string
  @Optional() @Code(answers) readonly individualInformed?: Answer
  /** Polisanmälan. */
  @Optional() @Code(answers) readonly policeReport?: Answer
}

export class ReopenInvestigationBody {
  @Optional() @Code(groups) readonly group?: Group
  @Text() readonly reason!: string
}
