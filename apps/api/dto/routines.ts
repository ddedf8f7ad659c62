import { CaseId, ChosenId, Code, Day, Line, Measurement, PastInstant, Text, Whole } from '#apps/api/checks'
import { Optional, Rules } from '#apps/api/field'
import { directions, selfCheckIntervals } from '#events/codes'

/** Registrering av en rutin: en aktivitet i en process. */
export class RegisterRoutineBody {
  @Optional() @ChosenId() readonly id?: string
  @Line() readonly process!: string
  @Line() readonly activity!: string
  @Line() readonly name!: string
  /** The unit whose manager owns it. */
  @ChosenId() readonly ownerUnit!: string
}

/** A measure is one of a case. */
const measureOfCase = {
  reads: ['case', 'measureId'] as const,
  faults: (body: { readonly case?: string | undefined; readonly measureId?: string | undefined }) =>
    body.measureId !== undefined && body.case === undefined ? [{ pointer: '/case', code: 'required' as const }] : [],
}

/** Revidering. */
@Rules<ReviseRoutineBody>(measureOfCase)
export class ReviseRoutineBody {
  /** Vad som ändrats. */
  @Text() readonly changes!: string
  /** The case and its measure by which the routine was changed. */
  @Optional() @CaseId() readonly case?: string
  @Optional() @ChosenId() readonly measureId?: string
}

/** Riskanalys av processens aktivitet med tillhörande rutin. */
@Rules<AnalyseRoutineRiskBody>(measureOfCase)
export class AnalyseRoutineRiskBody {
  @Whole(1, 4) readonly severity!: number
  @Whole(1, 4) readonly likelihood!: number
  @Text() readonly description!: string
  @Optional() @Text() readonly measures?: string
  @Optional() @CaseId() readonly case?: string
  @Optional() @ChosenId() readonly measureId?: string
}

/** Planering av egenkontroll, med det resultat som godtas. */
@Rules<PlanSelfCheckBody>(measureOfCase)
export class PlanSelfCheckBody {
  @Text() readonly what!: string
  @Code(selfCheckIntervals) readonly interval!: (typeof selfCheckIntervals)[number]
  @Code(directions) readonly direction!: (typeof directions)[number]
  /** With direction `down` the highest accepted. */
  @Measurement() readonly lowestAcceptedResult!: number
  @Day() readonly firstDue!: string
  @Optional() @CaseId() readonly case?: string
  @Optional() @ChosenId() readonly measureId?: string
}

/** Genomförd egenkontroll. */
export class RecordSelfCheckBody {
  @Measurement() readonly result!: number
  /** Now unless said otherwise. */
  @Optional() @PastInstant() readonly performedAt?: string
  @Optional() @Text() readonly comment?: string
}

export class ChangeRoutineOwnerBody {
  @ChosenId() readonly ownerUnit!: string
  @Text() readonly reason!: string
}

export class EndRoutineBody {
  @Text() readonly reason!: string
}
