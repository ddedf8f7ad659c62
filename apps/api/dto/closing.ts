import { ChosenId, Code, Day, Parts, Text } from '#apps/api/checks'
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

/** Mer tid. */
export class ExtendDeadlineBody {
  /** Id of a deadline, as the case shows it: `assess`, `complete-measure/m1`. */
  @Text() readonly deadline!: string
  /** Later than the day that holds now. */
  @Day() readonly newDue!: string
  @Text() readonly reason!: string
}
