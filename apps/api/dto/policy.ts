import { ChosenId, Code, Codes, Day, Flag, InstantOrDay, Line, Part, Parts, VersionId, Whole } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import {
  bindings,
  causes,
  deadlineAnchors,
  deadlineKeys,
  delegatedDecisions,
  legalAreas,
  legalDuties,
  measureTypes,
  retentionActions,
  retentionStarts,
  riskCombinations,
  roles,
  timeUnits,
} from '#events/codes'
import type { LegalArea, Role } from '#events/codes'
import { deviationEvents } from '#events/deviation'

/** Words in Swedish and English, about no person. */
export class LabelBody {
  @Line() readonly sv!: string
  @Line() readonly en!: string
}
/** Ett steg på en skala, 1-4. */
export class ScaleStepBody {
  @Whole(1, 4) readonly value!: number
  @Part(LabelBody) readonly label!: LabelBody
  @Optional() @Part(LabelBody) readonly meaning?: LabelBody
}
export class ScalesBody {
  /** Allvarlighetsgrad. */
  @Parts(ScaleStepBody, 4, 4) readonly severity!: ScaleStepBody[]
  /** Sannolikhet. */
  @Parts(ScaleStepBody, 4, 4) readonly likelihood!: ScaleStepBody[]
}

/** Utredning krävs vid riskvärdet `score` eller allvarlighetsgraden `severity` och däröver; with `and` both are needed. */
export class RiskRuleBody {
  @Optional() @Whole(1, 16) readonly score?: number
  @Optional() @Whole(1, 4) readonly severity?: number
  @Optional() @Code(riskCombinations) readonly combine?: (typeof riskCombinations)[number]
}
export class RiskRulesBody {
  @Part(RiskRuleBody) readonly social!: RiskRuleBody
  @Part(RiskRuleBody) readonly health!: RiskRuleBody
}

export class SubtypeBody {
  @ChosenId() readonly code!: string
  @Part(LabelBody) readonly label!: LabelBody
}
/** Händelsetyp med undertyper. */
export class CategoryBody {
  @ChosenId() readonly code!: string
  @Part(LabelBody) readonly label!: LabelBody
  @Parts(SubtypeBody, 0, 100) readonly subtypes!: SubtypeBody[]
}
/** Two levels for each group; the codes of the contract stay as first level. */
export class VocabularyBody {
  @Parts(CategoryBody, 1, 100) readonly social!: CategoryBody[]
  @Parts(CategoryBody, 1, 100) readonly health!: CategoryBody[]
}
export class CauseWordsBody {
  @Code(causes) readonly code!: (typeof causes)[number]
  @Part(LabelBody) readonly label!: LabelBody
}
export class MeasureTypeWordsBody {
  @Code(measureTypes) readonly code!: (typeof measureTypes)[number]
  @Part(LabelBody) readonly label!: LabelBody
}

export class DurationBody {
  @Whole(1, 1_000) readonly amount!: number
  @Code(timeUnits) readonly unit!: (typeof timeUnits)[number]
}
/** What can start a clock: the events, or the calendar. */
const starts = [...Object.values(deviationEvents).map(({ name }) => name), 'policy-published', 'self-check-planned', 'self-check-performed', 'month', 'tertial']
/** Tidsgräns. */
export class DeadlineBody {
  @Code(deadlineKeys) readonly key!: (typeof deadlineKeys)[number]
  @Codes(starts) readonly setBy!: string[]
  @Code(deadlineAnchors) readonly countedFrom!: (typeof deadlineAnchors)[number]
  /** Absent where the date or the interval is its own. */
  @Optional() @Part(DurationBody) readonly due?: DurationBody
  @Optional() @Part(DurationBody) readonly warnBefore?: DurationBody
  @Line() readonly basis!: string
  @Code(bindings) readonly binding!: (typeof bindings)[number]
}
export class EscalationBody {
  @Code(roles) readonly role!: Role
  @Codes(roles) readonly to!: Role[]
}

/** Lagrum, in force from a day up to, not including, another. */
export class LegalBasisBody {
  @Code(legalDuties) readonly duty!: (typeof legalDuties)[number]
  @Code(legalAreas) readonly area!: LegalArea
  @Line() readonly provision!: string
  @Line() readonly statute!: string
  @Optional() @Day() readonly from?: string
  @Optional() @Day() readonly before?: string
}
/** Delegationsordning. */
export class DelegationBody {
  @Code(delegatedDecisions) readonly decision!: (typeof delegatedDecisions)[number]
  @Code(roles) readonly role!: Role
  @Line() readonly reference!: string
  @Flag() readonly reportedToBoard!: boolean
}
/** Gallringsklass; `years` unless preserved. */
export class RetentionBody {
  @ChosenId() readonly class!: string
  @Part(LabelBody) readonly label!: LabelBody
  @Code(retentionActions) readonly action!: (typeof retentionActions)[number]
  @Code(retentionStarts) readonly startsAt!: (typeof retentionStarts)[number]
  @Optional() @Whole(1, 150) readonly years?: number
  @Line() readonly basis!: string
  @Code(bindings) readonly binding!: (typeof bindings)[number]
}
export class RoutineRulesBody {
  @Whole(1, 16) readonly measuresFromScore!: number
  @Whole(1, 120) readonly reviewMonths!: number
}

/** Parts of a policy, each whole; what is left out stays as it is in force. */
class PolicyPartsBody {
  @Optional() @Part(ScalesBody) readonly scales?: ScalesBody
  @Optional() @Part(RiskRulesBody) readonly risk?: RiskRulesBody
  @Optional() @Part(VocabularyBody) readonly vocabulary?: VocabularyBody
  @Optional() @Parts(CauseWordsBody, 1, 100) readonly causes?: CauseWordsBody[]
  @Optional() @Parts(MeasureTypeWordsBody, 1, 100) readonly measureTypes?: MeasureTypeWordsBody[]
  @Optional() @Parts(DeadlineBody, 1, 100) readonly deadlines?: DeadlineBody[]
  @Optional() @Parts(EscalationBody, 0, 100) readonly escalation?: EscalationBody[]
  @Optional() @Parts(LegalBasisBody, 1, 500) readonly legalBases?: LegalBasisBody[]
  @Optional() @Parts(DelegationBody, 1, 100) readonly delegation?: DelegationBody[]
  @Optional() @Parts(RetentionBody, 0, 100) readonly retention?: RetentionBody[]
  @Optional() @Part(RoutineRulesBody) readonly routines?: RoutineRulesBody
}
/** Ny version av regelverket. */
export class PublishPolicyBody extends PolicyPartsBody {
  /** Id of the new version. */
  @VersionId() readonly policy!: string
  /** Not in the past; in force no earlier than it is confirmed. At once when absent. */
  @Optional() @InstantOrDay() readonly from?: string
}
/** Bekräftelse av en annan person (fyra ögon). */
export class ConfirmPolicyBody {
  @VersionId() readonly policy!: string
}
/** Under a version, or the one in force, with any parts changed; inclusive days of receipt. */
export class ReplayPolicyBody extends PolicyPartsBody {
  @Optional() @VersionId() readonly policy?: string
  @Day() readonly from!: string
  @Day() readonly to!: string
}
