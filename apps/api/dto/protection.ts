import { Login, Text } from '#apps/api/checks'
import { Optional } from '#apps/api/field'

/** Jäv (FL 16-18 §§). */
export class DeclareConflictBody {
  /** Login of the one who is in conflict of interest. */
  @Login() readonly subject!: string
  @Text() readonly reason!: string
}

export class LiftConflictBody {
  @Login() readonly subject!: string
  @Text() readonly reason!: string
}

/** Begränsad åtkomst: the reason is `protected-identity`, `conflict-of-interest`, or another in words. */
export class RestrictAccessBody {
  @Text() readonly reason!: string
  @Optional() @Text() readonly decisionReference?: string
}

export class LiftAccessRestrictionBody {
  @Text() readonly reason!: string
  @Optional() @Text() readonly decisionReference?: string
}

/** Gallringsstopp. */
export class PlaceLegalHoldBody {
  @Text() readonly reason!: string
  @Optional() @Text() readonly decisionReference?: string
}

export class LiftLegalHoldBody {
  @Text() readonly reason!: string
  @Optional() @Text() readonly decisionReference?: string
}
