import { ChosenId, Code, Parts, Text } from '#apps/api/checks'
import { Optional } from '#apps/api/field'
import { closingOutcomes, feedbackReceivers } from '#events/codes'
import type { ClosingOutcome, FeedbackReceiver } from '#events/codes'

/** Which measure, and when, as told to a complainant. */
export class FeedbackMeasureBody {
  @ChosenId() readonly measureId!: string
  @Text() readonly when!: string
}

/** Återkoppling. */
export class GiveFeedbackBody {
  @Code(feedbackReceivers) readonly to!: FeedbackReceiver
  @Text() readonly how!: string
  @Text() readonly content!: string
  @Optional() @Parts(FeedbackMeasureBody, 0, 100) readonly measures?: FeedbackMeasureBody[]
}

/** Avstådd återkoppling. */
export class WaiveFeedbackBody {
  @Code(feedbackReceivers) readonly to!: FeedbackReceiver
  @Text() readonly reason!: string
}

/** Avslut. */
export class CloseBody {
  @Code(closingOutcomes) readonly outcome!: ClosingOutcome
  @Text() readonly motivation!: string
}

export class ReopenBody {
  @Text() readonly reason!: string
}
