import { CaseId, ChosenId, Code, Codes, Line, PastInstant, Text } from '#apps/api/checks'
import { Optional, Rules } from '#apps/api/field'
import { legalAreas, noCaseOutcomes, noteKinds } from '#events/codes'
import type { LegalArea } from '#events/codes'

/** Komplettering av rapporten. */
export class SupplementBody {
  @Text() readonly text!: string
}

/** Rättade lagrum; the reported ones stay in the report. */
export class CorrectLegalAreasBody {
  @Codes(legalAreas) readonly legalAreas!: LegalArea[]
  @Text() readonly motivation!: string
}

/** Bekräftelse på mottagandet. */
export class AcknowledgeBody {
  @Text() readonly to!: string
  @Text() readonly how!: string
  @Optional() @Line() readonly diaryNumber?: string
}

/** Begäran om diarienummer. */
export class RequestDiaryNumberBody {}

/** Diarieföring. */
export class AssignDiaryNumberBody {
  @Line() readonly diaryNumber!: string
  /** Offentlig ärendemening, without secret content (OSL 5 kap. 2 §). */
  @Text() readonly publicTitle!: string
}

/** Dokumentation till registrator. */
export class SendToRegistrarBody {
  @Optional() @Text() readonly documents?: string
}

/** Anteckning: text, source, fact or assessment (law §2.4). */
export class AddNoteBody {
  @Text() readonly text!: string
  @Code(noteKinds) readonly kind!: (typeof noteKinds)[number]
  @Text() readonly source!: string
  /** Befattning of the author (SOSFS 2011:5 asks for it in each entry). */
  @Optional() @Line() readonly authorTitle?: string
}

/** Flytt till en annan enhet. */
export class MoveBody {
  @ChosenId() readonly toUnit!: string
  @Text() readonly reason!: string
}

/** Omedelbar åtgärd. */
export class RecordImmediateActionBody {
  @Text() readonly text!: string
  @PastInstant() readonly takenAt!: string
}

/** Utan ärende: dubblett, inget att rapportera, återtagen. */
@Rules<RecordNoCaseBody>({
  reads: ['outcome', 'duplicateOf'],
  faults: (body) => {
    if (body.outcome === 'duplicate' && body.duplicateOf === undefined) return [{ pointer: '/duplicateOf', code: 'duplicate-of-missing' }]
    return body.outcome !== 'duplicate' && body.duplicateOf !== undefined ? [{ pointer: '/duplicateOf', code: 'duplicate-of-needless' }] : []
  },
})
export class RecordNoCaseBody {
  @Code(noCaseOutcomes) readonly outcome!: (typeof noCaseOutcomes)[number]
  /** The earlier case. */
  @Optional() @CaseId() readonly duplicateOf?: string
  @Text() readonly motivation!: string
}
